"""Polynomials fitted to many data sets at once, at one setting of the model or along a sweep.

Least squares and ridge are linear in the outputs: a fit to ``clean + sigma noise`` is the fit to
the clean outputs plus sigma times the fit to the noise. Both are kept, so that other noise needs no
other fit. LASSO and elastic net are fitted to the noisy outputs, one data set after the other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array
from lively.engine.fields import bounds
from lively.learning.bias_variance_decomposition import Estimate, mean_estimate, weighted_values
from lively.learning.elastic_net import fit_elastic_net
from lively.learning.fast_fits import fast_fitting
from lively.learning.least_squares import least_norm, nested, ridge_path
from lively.learning.polynomial_features import legendre_features, powers_with_intercept
from lively.learning.polynomial_settings import ALPHAS
from lively.pages.bias_variance.data import RepeatedSamples, training_sets
from lively.pages.bias_variance.settings import ComplexitySettings, RepeatedSettings

LOWEST, HIGHEST = bounds(ComplexitySettings.model_fields["degree"])
DEGREES = np.arange(LOWEST, HIGHEST + 1)

#: What changes along the last but one axis of the coefficients.
SweepKind = Literal["none", "degree", "alpha"]
#: Data sets fitted in one bit of work, by linear algebra; times samples.
BIT = 5000


def is_linear(model: ComplexitySettings) -> bool:
    """Say whether the fit is linear in the outputs."""
    return model.penalty in ("none", "ridge")


@dataclass(frozen=True)
class PolynomialSweep:
    """A model with its sweep: how its features are made and its coefficients found."""

    model: ComplexitySettings
    sweep: SweepKind

    @property
    def highest(self) -> int:
        """The highest degree that is needed."""
        return HIGHEST if self.sweep == "degree" else self.model.degree

    @property
    def steps(self) -> int:
        """How many settings of the model are fitted."""
        return len(self.settings())

    def features(self, x: Array, of: Array, x_range: tuple[float, float]) -> Array:
        """Return what the model takes of `x`, trained on the inputs `of`."""
        if self.model.penalty == "none":
            return legendre_features(x, x_range, self.highest)
        return powers_with_intercept(x, of, self.highest)

    def solve(self, Z: Array, *targets: Array) -> tuple[list[Array], Array]:
        """Fit by linear algebra; as `nested`, with a row for each step of the sweep."""
        if self.sweep == "alpha":
            return ridge_path(Z, ALPHAS, *targets)
        alpha = self.model.alpha if self.model.penalty == "ridge" else 0.0
        n, p = Z.shape[1:]
        firm = p if alpha else min(n, p)
        found, freedom = nested(Z[..., :firm], alpha, *targets)
        found = [np.pad(f, ((0, 0), (0, 0), (0, p - firm))) for f in found]
        if self.sweep == "none":
            if p > firm:
                found = [f[:, None] for f in least_norm(Z, *targets)]
            return [f[:, -1:] for f in found], freedom[:, -1:]
        for count in range(firm + 1, p + 1):
            more = least_norm(Z[..., :count], *targets)
            found = [
                np.concatenate([f, np.pad(m, ((0, 0), (0, p - count)))[:, None]], axis=1)
                for f, m in zip(found, more, strict=True)
            ]
        return found, np.pad(freedom, ((0, 0), (0, p - firm)), constant_values=n)

    def penalize(self, Z: Array, y: Array) -> tuple[Array, Array, NDArray[np.bool_]]:
        """Fit a LASSO or an elastic net to one data set.

        Parameters
        ----------
        Z : ndarray of shape (n, p)
        y : ndarray of shape (n,)

        Returns
        -------
        coefficients : ndarray of shape (steps, p)
        freedom : ndarray of shape (steps,)
        unconverged : ndarray of bool, shape (steps,)
            Where the solver did not converge.
        """
        rest, settings = Z[:, 1:], self.settings()
        found = np.zeros((len(settings), Z.shape[1]))
        found[:, 0] = y.mean()
        freedom, unconverged = np.ones(len(settings)), np.zeros(len(settings), dtype=bool)
        ratio = 1.0 if self.model.penalty == "lasso" else self.model.l1_ratio
        for degree, group in groupby(enumerate(settings), lambda item: item[1][0]):
            places, alphas = zip(*((at, alpha) for at, (_, alpha) in group), strict=True)
            features = rest[:, :degree]
            solved = fit_elastic_net(features, y - y.mean(), np.array(alphas), ratio)
            for at, alpha, b, good in zip(places, alphas, solved[0].T, solved[1], strict=True):
                found[at, 1 : degree + 1] = b
                freedom[at] += self.freedom_of(features[:, b != 0], alpha)
                unconverged[at] = not good
        return found, freedom, unconverged

    def freedom_of(self, Z: Array, alpha: float) -> float:
        """Estimate the degrees of freedom from the columns whose coefficients are not zero.

        For a LASSO it is their number (Zou, Hastie and Tibshirani, "On the degrees of freedom of
        the lasso", *Annals of Statistics* 35, 2007), for an elastic net what its ridge leaves of
        it (Tibshirani and Taylor, "Degrees of freedom in lasso problems", *Annals of Statistics*
        40, 2012). Both estimates are unbiased.
        """
        if self.model.penalty == "lasso":
            return float(Z.shape[1])
        squares = np.linalg.svd(Z, compute_uv=False) ** 2
        # scikit-learn's squared errors are a mean over the points.
        return float(np.sum(squares / (squares + len(Z) * alpha * (1 - self.model.l1_ratio))))

    def settings(self) -> list[tuple[int, float]]:
        """Return degree and alpha at each step of the sweep."""
        degree, alpha = self.model.degree, self.model.alpha
        match self.sweep:
            case "degree":
                return [(int(d), alpha) for d in DEGREES]
            case "alpha":
                return [(degree, float(a)) for a in ALPHAS]
        return [(degree, alpha)]


class SweepFits:
    """A family fitted to all training sets, bit by bit.

    Parameters
    ----------
    data : RepeatedSettings
        For linear fits, at any noise.
    family : Family

    Attributes
    ----------
    count : int
        Of all training sets, those that are shown and the rare ones.
    clean : ndarray of shape (count or 1, steps, p)
        Coefficients of the fits to the true function; for fits that are not linear, to the data.
    noise : ndarray of shape (count, steps, p)
        Coefficients of the fits to the noise alone, at a standard deviation of 1.
    each_freedom : ndarray of shape (steps, count)
        Effective degrees of freedom of each fit.
    unconverged : ndarray of int, shape (steps,)
        Data sets on which the solver did not converge.
    """

    def __init__(self, data: RepeatedSettings, family: PolynomialSweep) -> None:
        self.data, self.family = data, family
        self.sets = training_sets(data)
        self.count = len(self.sets.noise)
        shape = (self.count, family.steps, family.highest + 1)
        shared = is_linear(family.model) and len(self.sets.x) == 1
        self.clean = np.zeros((1, *shape[1:]) if shared else shape)
        self.noise = np.zeros(shape if is_linear(family.model) else (1, *shape[1:]))
        self.unconverged = np.zeros(family.steps, dtype=int)
        self.each_freedom = np.zeros((family.steps, self.count))
        self._done = 0

    @property
    def freedom(self) -> Estimate:
        """Effective degrees of freedom, the mean over the data sets; of shape (steps,)."""
        done = slice(self._done)
        return mean_estimate(weighted_values(self.each_freedom[:, done], self.sets.weights[done]))

    def steps(self) -> Iterator[float]:
        """Fit what is not fitted yet; give the share that is done."""
        while self._done < self.count:
            with fast_fitting():
                (self._solve if is_linear(self.family.model) else self._penalize)()
            yield self._done / self.count

    def _part(self, start: int, stop: int) -> RepeatedSamples:
        rows = slice(start, stop)
        x, clean = (a if len(a) == 1 else a[rows] for a in (self.sets.x, self.sets.clean))
        return RepeatedSamples(x, clean, self.sets.noise[rows])

    def _solve(self) -> None:
        start = self._done
        stop = min(start + max(BIT // self.data.samples, 1), self.count)
        part = self._part(start, stop)
        Z = self.family.features(part.x, part.x, self.data.x_range)
        (clean, noise), freedom = self.family.solve(Z, part.clean, part.noise)
        self.clean[start if len(self.clean) > 1 else 0 : stop] = clean
        self.noise[start:stop] = noise
        self.each_freedom[:, start:stop] = freedom.T
        self._done = stop

    def _penalize(self) -> None:
        at = self._done
        part = self._part(at, at + 1)
        Z = self.family.features(part.x, part.x, self.data.x_range)
        found = self.family.penalize(Z[0], part.y(self.data.noise)[0])
        self.clean[at], self.each_freedom[:, at], unconverged = found
        self.unconverged += unconverged
        self._done = at + 1

    def predict(self, x: Array, sigma: float) -> Array:
        """Return predictions at `x`, of shape (count or 1, m), at a level of noise.

        Returns
        -------
        ndarray of shape (count, steps, m)
        """
        features = self.family.features(x, self.sets.x, self.data.x_range)
        coefficients = self.clean + sigma * self.noise
        return np.asarray(np.matmul(coefficients, features.swapaxes(-1, -2)))


@lru_cache(maxsize=4)
def fit_sweep(data: RepeatedSettings, family: PolynomialSweep) -> SweepFits:
    """Return the fits, as far as they have been made."""
    return SweepFits(data, family)


def cached_sweep(
    data: RepeatedSettings, model: ComplexitySettings, sweep: SweepKind = "none"
) -> SweepFits:
    """Return the fits to what the settings describe, shared by all settings with the same ones.

    Neither the level of noise, where fits are linear, nor what the sweep runs over has a part in
    them, nor a setting without effect.
    """
    plain = type(model)()
    unused = [*model.inactive(), *(() if sweep == "none" else (sweep,))]
    model = model.replace(**{name: getattr(plain, name) for name in unused})
    if is_linear(model):
        data = data.replace(noise=1.0)
    return fit_sweep(data, PolynomialSweep(model, sweep))
