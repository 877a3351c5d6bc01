"""Polynomials fitted to many data sets at once, at one setting of the model or along a sweep.

Least squares and ridge are linear in the outputs: a fit to ``clean + sigma noise`` is the fit to
the clean outputs plus sigma times the fit to the noise. Both are stored, so that another noise
level needs no new fit. LASSO and elastic net are fitted to the noisy outputs, one data set after
the other.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array
from lively.engine.fields import bounds
from lively.engine.incremental import IncrementalTask, Progress
from lively.learning.bias_variance_decomposition import Estimate, mean_estimate, weighted_values
from lively.learning.degrees_of_freedom import elastic_net_degrees_of_freedom
from lively.learning.elastic_net import fit_elastic_net
from lively.learning.fast_fits import fast_fitting
from lively.learning.least_squares import (
    LinearFits,
    fit_leading_columns,
    fit_ridge_path,
    interpolate,
)
from lively.learning.polynomial_features import ScaledPowers, legendre_features
from lively.learning.polynomial_settings import ALPHAS
from lively.pages.bias_variance.data import RepeatedSamples, training_sets
from lively.pages.bias_variance.settings import ComplexitySettings, RepeatedSettings

LOWEST, HIGHEST = bounds(ComplexitySettings.model_fields["degree"])
DEGREES = np.arange(LOWEST, HIGHEST + 1)

#: The setting that changes along the second axis of the coefficients.
SweepKind = Literal["none", "degree", "alpha"]
#: Training points of all data sets that are fitted in one step, by linear algebra.
BATCH_VALUES = 5000


def is_linear(model: ComplexitySettings) -> bool:
    """Return whether the fit is linear in the outputs."""
    return model.penalty in ("none", "ridge")


@dataclass(frozen=True)
class PolynomialSweep:
    """A polynomial model, at one setting or along a sweep of its degree or alpha."""

    model: ComplexitySettings
    sweep: SweepKind

    @property
    def highest(self) -> int:
        """The highest degree of the sweep."""
        return HIGHEST if self.sweep == "degree" else self.model.degree

    @property
    def steps(self) -> int:
        """Number of settings that are fitted."""
        return len(self.settings())

    def features(self, x: Array, train_x: Array, x_range: tuple[float, float]) -> Array:
        """Return the features of `x`, without a constant, as fitted to the training inputs."""
        if self.model.penalty == "none":
            return legendre_features(x, x_range, self.highest)
        return ScaledPowers.of(train_x, self.highest)(x)

    def solve(self, Z: Array, y: Array) -> LinearFits:
        """Fit least squares or ridge, with a row for each step of the sweep.

        Parameters
        ----------
        Z : ndarray of shape (data_sets or 1, n, p)
        y : ndarray of shape (..., data_sets, n)

        Returns
        -------
        LinearFits
            Its coefficients begin with the intercept, and its degrees of freedom count it.
        """
        feature_means, means = Z.mean(axis=1, keepdims=True), y.mean(axis=-1)[..., None, None]
        Z, y = Z - feature_means, y - means[..., 0]
        alpha = self.model.alpha
        if self.sweep == "degree":
            weight = alpha if self.model.penalty == "ridge" else 0.0
            slopes, freedom = fit_leading_columns(Z, y, alpha=weight, distinct=True)
        elif self.model.penalty == "ridge":
            alphas = np.array([alpha for _, alpha in self.settings()])
            slopes, freedom = fit_ridge_path(Z, y, alphas)
        elif self.highest < Z.shape[1]:
            fits = fit_leading_columns(Z, y, distinct=True)
            slopes, freedom = fits.coefficients[..., -1:, :], fits.degrees_of_freedom[:, -1:]
        else:
            slopes, freedom = interpolate(Z, y)
        intercepts = means - slopes @ feature_means.swapaxes(-1, -2)
        return LinearFits(np.concatenate([intercepts, slopes], axis=-1), 1 + freedom)

    def penalize(self, Z: Array, y: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
        """Fit a LASSO or an elastic net to one data set.

        Parameters
        ----------
        Z : ndarray of shape (n, p)
            Standardized.
        y : ndarray of shape (n,)

        Returns
        -------
        coefficients : ndarray of shape (steps, p + 1)
            The intercept first.
        freedom : ndarray of shape (steps,)
        unconverged : ndarray of bool, shape (steps,)
            Where the solver did not converge.
        """
        settings = self.settings()
        coefficients = np.zeros((len(settings), Z.shape[1] + 1))
        coefficients[:, 0] = y.mean()
        freedom, unconverged = np.ones(len(settings)), np.zeros(len(settings), dtype=bool)
        ratio = self.model.l1_share
        for degree, group in groupby(enumerate(settings), lambda item: item[1][0]):
            places, alphas = zip(*((at, alpha) for at, (_, alpha) in group), strict=True)
            features, weights, rows = Z[:, :degree], np.array(alphas), list(places)
            slopes, converged = fit_elastic_net(features, y - y.mean(), weights, ratio)
            coefficients[rows, 1 : degree + 1] = slopes.T
            freedom[rows] += elastic_net_degrees_of_freedom(features, slopes, weights, ratio)
            unconverged[rows] = ~converged
        return coefficients, freedom, unconverged

    def settings(self) -> list[tuple[int, float]]:
        """Return degree and alpha at each step of the sweep."""
        degree, alpha = self.model.degree, self.model.alpha
        match self.sweep:
            case "degree":
                return [(int(d), alpha) for d in DEGREES]
            case "alpha":
                return [(degree, float(a)) for a in ALPHAS]
        return [(degree, alpha)]


class SweepFits(IncrementalTask[None]):
    """A model fitted to all training sets.

    Parameters
    ----------
    data : RepeatedSettings
        For linear fits, with any noise level.
    family : PolynomialSweep

    Attributes
    ----------
    count : int
        Number of training sets, the rare ones included.
    clean : ndarray of shape (count or 1, steps, p)
        Coefficients of the fits to the true function, or to the data if the fits are not linear.
    noise : ndarray of shape (count, steps, p)
        Coefficients of the fits to the noise alone, at a standard deviation of 1.
    each_freedom : ndarray of shape (steps, count)
        Effective degrees of freedom of each fit.
    unconverged : ndarray of int, shape (steps,)
        Number of data sets on which the solver did not converge.
    """

    def __init__(self, data: RepeatedSettings, family: PolynomialSweep) -> None:
        super().__init__(self._fit_linear if is_linear(family.model) else self._fit_penalized)
        self.data, self.family = data, family
        self.sets = training_sets(data)
        self.count = len(self.sets.noise)
        shape = (self.count, family.steps, family.highest + 1)
        shared = is_linear(family.model) and len(self.sets.x) == 1
        self.clean = np.zeros((1, *shape[1:]) if shared else shape)
        self.noise = np.zeros(shape if is_linear(family.model) else (1, *shape[1:]))
        self.unconverged = np.zeros(family.steps, dtype=int)
        self.each_freedom = np.zeros((family.steps, self.count))

    @property
    def freedom(self) -> Estimate:
        """Effective degrees of freedom, the mean over the data sets; of shape (steps,)."""
        return mean_estimate(weighted_values(self.each_freedom, self.sets.weights))

    def _batch(self, start: int, stop: int) -> tuple[RepeatedSamples, Array]:
        """Return some of the training sets, and their features."""
        rows = slice(start, stop)
        x, clean = (a if len(a) == 1 else a[rows] for a in (self.sets.x, self.sets.clean))
        batch = RepeatedSamples(x, clean, self.sets.noise[rows])
        return batch, self.family.features(x, x, self.data.x_range)

    def _fit_linear(self) -> Progress[None]:
        size = max(BATCH_VALUES // self.data.samples, 1)
        for start in range(0, self.count, size):
            stop = min(start + size, self.count)
            with fast_fitting():
                batch, Z = self._batch(start, stop)
                if len(self.clean) > 1:
                    y = np.stack([batch.clean, batch.noise])
                    (clean, noise), freedom = self.family.solve(Z, y)
                    self.clean[start:stop] = clean
                else:
                    y = np.concatenate([batch.clean, batch.noise])
                    coefficients, freedom = self.family.solve(Z, y)
                    self.clean[0], noise = coefficients[0], coefficients[1:]
            self.noise[start:stop] = noise
            self.each_freedom[:, start:stop] = freedom.T
            yield stop / self.count

    def _fit_penalized(self) -> Progress[None]:
        self.unconverged[:] = 0
        for place in range(self.count):
            with fast_fitting():
                batch, Z = self._batch(place, place + 1)
                found = self.family.penalize(Z[0], batch.y(self.data.noise)[0])
            self.clean[place], self.each_freedom[:, place], unconverged = found
            self.unconverged += unconverged
            yield (place + 1) / self.count

    def predict(self, x: Array, sigma: float) -> Array:
        """Return predictions at `x`, of shape (count or 1, m), at a noise level.

        Returns
        -------
        ndarray of shape (count, steps, m)
        """
        features = self.family.features(x, self.sets.x, self.data.x_range)
        coefficients = self.clean + sigma * self.noise
        predictions = coefficients[..., 1:] @ features.swapaxes(-1, -2)
        predictions += coefficients[..., :1]
        return np.asarray(predictions)


@lru_cache(maxsize=4)
def fit_sweep(data: RepeatedSettings, family: PolynomialSweep) -> SweepFits:
    """Return the task; equal settings share one."""
    return SweepFits(data, family)


def cached_sweep(
    data: RepeatedSettings, model: ComplexitySettings, sweep: SweepKind = "none"
) -> SweepFits:
    """Return the task, shared by all settings that have the same fits.

    The fits do not depend on the setting that is swept, on settings without effect, or, if they are
    linear, on the noise level.
    """
    plain = type(model)()
    unused = [*model.inactive(), *(() if sweep == "none" else (sweep,))]
    model = model.replace(**{name: getattr(plain, name) for name in unused})
    if is_linear(model):
        data = data.replace(noise=1.0)
    return fit_sweep(data, PolynomialSweep(model, sweep))
