"""All that the page on bias and variance shows."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from lively.arrays import Array
from lively.learning.bias_variance_decomposition import (
    Decomposition,
    ErrorParts,
    Estimate,
    decompose,
    error_parts_along_x,
    mean_in_bins,
    quadrature,
    stack_parts,
)
from lively.learning.polynomial_settings import ALPHAS
from lively.learning.target_functions import TARGET_FUNCTIONS, TargetFunction
from lively.pages.bias_variance.causes import ErrorCauses, closest_polynomials, find_causes
from lively.pages.bias_variance.data import TrainingSets, fresh_points, training_sets
from lively.pages.bias_variance.heavy_tails import has_standard_errors
from lively.pages.bias_variance.model import (
    DEGREES,
    PolynomialSweep,
    SweepFits,
    SweepKind,
    cached_sweep,
    is_linear,
)
from lively.pages.bias_variance.settings import BiasVarianceSettings, RepeatedSettings

GRID_POINTS = 201
#: Bins of the x range in which the error on test points is averaged.
BINS = 20
#: Maximum number of fits that are drawn; more would only look darker.
DRAWN = 200
#: Data sets times samples times coefficients above which the fits take longer than a frame.
MOST_FITTED_VALUES = 800_000


def without_rounding_errors(
    errors: Array, data: RepeatedSettings, family: PolynomialSweep
) -> Array:
    """Return errors of shape (sets, steps, m), with zeros for those that are only rounding.

    Without noise, least squares equals a true function that is a polynomial of at most its degree,
    up to rounding that depends on the inputs.
    """
    if data.noise > 0 or family.model.penalty != "none":
        return errors
    distances = closest_polynomials(data, family.highest)
    exact = [d < data.samples and distances[d - 1] == 0 for d, _ in family.settings()]
    return np.where(np.array(exact)[:, None], 0.0, errors)


def measure_errors(data: RepeatedSettings, fits: SweepFits) -> Decomposition:
    """Decompose the error of fits and test them on fresh points; a row for each step."""
    sigma, truth = data.noise, TARGET_FUNCTIONS[data.function]
    nodes, weights = quadrature(*data.x_range)
    errors = without_rounding_errors(
        fits.predict(nodes[None], sigma) - truth(nodes), data, fits.family
    )
    tested = errors_on_test_points(data, fits).mean(axis=-1)
    # One step after the other; all at once would take five times the memory.
    parts = stack_parts(
        [
            decompose(errors[:, at], weights, sigma, tested[:, at], fits.sets.weights)
            for at in range(errors.shape[1])
        ]
    )
    family = fits.family
    degrees = np.array([degree for degree, _ in family.settings()])
    stated = has_standard_errors(data, family.model, degrees, fits.freedom.value)
    # Without noise and error, the standard errors are zero.
    stated |= (parts.each_total == 0).all(axis=-1)
    return replace(parts, stated=stated & (fits.unconverged == 0))


def errors_on_test_points(data: RepeatedSettings, fits: SweepFits) -> Array:
    """Return squared errors on fresh points, of shape (data_sets, steps, TEST_POINTS)."""
    fresh = fresh_points(data)
    errors = fits.predict(fresh.x, data.noise) - fresh.y(data.noise)[:, None]
    return np.asarray(without_rounding_errors(errors, data, fits.family) ** 2)


@lru_cache(maxsize=4)
def cached_errors(data: RepeatedSettings, fits: SweepFits) -> Decomposition:
    """Return the result of `measure_errors`, cached."""
    return measure_errors(data, fits)


@dataclass(frozen=True)
class BiasVarianceResult:
    """All that the page on bias and variance shows for one value of its settings."""

    settings: BiasVarianceSettings

    @property
    def truth(self) -> TargetFunction:
        """The true function."""
        return TARGET_FUNCTIONS[self.settings.data.function]

    @cached_property
    def grid(self) -> Array:
        """Even inputs over the x range."""
        return np.linspace(*self.settings.data.x_range, GRID_POINTS)

    @property
    def training(self) -> TrainingSets:
        """The training sets."""
        return training_sets(self.settings.data)

    @cached_property
    def fits(self) -> SweepFits:
        """The task of fitting the model to all training sets."""
        return cached_sweep(self.settings.data, self.settings.model)

    @property
    def is_heavy(self) -> bool:
        """Whether the fits themselves take longer than a frame."""
        data, model = self.settings.data, self.settings.model
        return (
            not is_linear(model)
            or data.data_sets * data.samples * (model.degree + 1) > MOST_FITTED_VALUES
        )

    def ready(self, fits: SweepFits) -> SweepFits:
        """Return fits after finishing them."""
        fits.finish()
        return fits

    @cached_property
    def curves(self) -> Array:
        """Predictions of each fit along the grid; shape (data_sets, GRID_POINTS)."""
        fitted = self.ready(self.fits).predict(self.grid[None], self.settings.data.noise)
        return np.asarray(fitted[:, 0])

    @cached_property
    def parts_along(self) -> ErrorParts:
        """The expected squared error along the grid, in parts; of shape (GRID_POINTS,)."""
        data, errors = self.settings.data, (self.curves - self.truth(self.grid))[:, None]
        errors = without_rounding_errors(errors, data, self.fits.family)[:, 0]
        parts = error_parts_along_x(errors, data.noise, self.training.weights)
        return replace(parts, stated=self.parts.stated)

    @cached_property
    def measured_along(self) -> Estimate:
        """Mean squared error on fresh points in each bin of the x range."""
        data = self.settings.data
        squared = errors_on_test_points(data, self.ready(self.fits))[:, 0]
        weights = self.training.weights
        found = mean_in_bins(fresh_points(data).x, squared, data.x_range, BINS, weights)
        return found.where(self.parts.stated)

    @property
    def middles(self) -> Array:
        """Middles of those bins."""
        low, high = self.settings.data.x_range
        return low + (np.arange(BINS) + 0.5) * (high - low) / BINS

    @cached_property
    def parts(self) -> Decomposition:
        """The expected squared error over the whole range, in parts; of shape (1,)."""
        return cached_errors(self.settings.data, self.ready(self.fits))

    @property
    def unconverged(self) -> int:
        """Number of data sets on which the solver did not converge."""
        return int(self.ready(self.fits).unconverged[0])

    @property
    def tails_hold(self) -> bool:
        """Whether the standard errors of the present model are reliable."""
        degree = np.array([self.settings.model.degree])
        data, model, freedom = self.settings.data, self.settings.model, self.freedom.value
        held = bool(has_standard_errors(data, model, degree, freedom)[0])
        return held or not self.parts.each_total.any()

    @cached_property
    def mean_curve(self) -> Array:
        """The weighted mean of all fits along the grid."""
        weights = self.training.weights
        return np.asarray(weights @ self.curves / weights.sum())

    @cached_property
    def median(self) -> float:
        """Median over the data sets shown of the mean squared error without noise."""
        shown = self.curves[: self.settings.data.data_sets]
        return float(np.median(((shown - self.truth(self.grid)) ** 2).mean(axis=1)))

    @cached_property
    def causes(self) -> ErrorCauses:
        """Causes of bias and variance."""
        return find_causes(self.settings.data, self.settings.model)

    @cached_property
    def freedom(self) -> Estimate:
        """Effective degrees of freedom of the model; of shape (1,)."""
        return self.ready(self.fits).freedom

    @cached_property
    def otherwise(self) -> Decomposition:
        """The decomposition with the other kind of inputs, fixed or fresh; for linear models."""
        data = self.settings.data
        other = data.replace(inputs="fixed" if data.inputs == "fresh" else "fresh")
        return cached_errors(other, self.ready(cached_sweep(other, self.settings.model)))

    @property
    def sweep(self) -> SweepKind:
        """The setting that the second figure varies; "none" if it has no curves."""
        panel, penalty = self.settings.view.panel, self.settings.model.penalty
        if panel == "alpha" and penalty != "none":
            return "alpha"
        return "degree" if panel == "degree" else "none"

    @property
    def steps(self) -> Array:
        """Positions of the points of the curves: degrees, or values of α."""
        return ALPHAS if self.sweep == "alpha" else DEGREES.astype(float)

    @cached_property
    def swept(self) -> SweepFits:
        """The task of fitting the model along the sweep."""
        return cached_sweep(self.settings.data, self.settings.model, self.sweep)

    @cached_property
    def curve(self) -> Decomposition:
        """The expected squared error in parts along the sweep; of shape (steps,)."""
        return cached_errors(self.settings.data, self.ready(self.swept))

    def work(self) -> Iterator[float]:
        """Do in steps what may take longer than a frame; yield the share that is done."""
        yield from self.fits.steps()
        _ = self.parts
        if is_linear(self.settings.model):
            _ = self.otherwise
        if self.sweep != "none":
            yield from self.swept.steps()
            _ = self.curve
