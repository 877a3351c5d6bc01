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
from lively.pages.bias_variance.causes import ErrorCauses, approximation_errors, find_causes
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
#: Parts of the x range in which fresh points measure the error.
BINS = 20
#: Fits that are drawn; more of them would only be darker.
DRAWN = 200
#: Fits whose number of numbers is above this take longer than a frame.
MOST_FITTED_VALUES = 800_000


def without_rounding_errors(
    errors: Array, data: RepeatedSettings, family: PolynomialSweep
) -> Array:
    """Return errors of shape (sets, steps, m) without those that only rounding makes.

    Least squares to points without noise meets a true function that is a polynomial of no higher
    degree. How much rounding leaves of the difference depends on where the points lie.
    """
    if data.noise > 0 or family.model.penalty != "none":
        return errors
    distances = approximation_errors(data, family.highest)
    exact = [d < data.samples and distances[d - 1] == 0 for d, _ in family.settings()]
    return np.where(np.array(exact)[:, None], 0.0, errors)


def measure_errors(data: RepeatedSettings, fits: SweepFits) -> Decomposition:
    """Take the error of fits apart and test them on fresh points; a row for each step."""
    sigma, truth = data.noise, TARGET_FUNCTIONS[data.function]
    nodes, weights = quadrature(*data.x_range)
    errors = without_rounding_errors(
        fits.predict(nodes[None], sigma) - truth(nodes), data, fits.family
    )
    tested = errors_on_test_points(data, fits).mean(axis=-1)
    # One step after the other: all at once would take five times as much memory.
    parts = stack_parts(
        [
            decompose(errors[:, at], weights, sigma, tested[:, at], fits.sets.weights)
            for at in range(errors.shape[1])
        ]
    )
    family = fits.family
    degrees = np.array([degree for degree, _ in family.settings()])
    stated = has_standard_errors(data, family.model, degrees, fits.freedom.value)
    # Where all fits meet the truth and there is no noise, nothing is left to chance.
    stated |= (parts.each_total == 0).all(axis=-1)
    return replace(parts, stated=stated & (fits.unconverged == 0))


def errors_on_test_points(data: RepeatedSettings, fits: SweepFits) -> Array:
    """Return squared errors on fresh points, of shape (data_sets, steps, TESTS)."""
    fresh = fresh_points(data)
    errors = fits.predict(fresh.x, data.noise) - fresh.y(data.noise)[:, None]
    return np.asarray(without_rounding_errors(errors, data, fits.family) ** 2)


@lru_cache(maxsize=4)
def cached_errors(data: RepeatedSettings, fits: SweepFits) -> Decomposition:
    """Return what `measure_errors` does, kept."""
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
        """The model, fitted to all training sets, as far as that has been done."""
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
        """Return fits after making those that are not made yet."""
        fits.finish()
        return fits

    @cached_property
    def curves(self) -> Array:
        """What each fit predicts along the grid; shape (data_sets, GRID_POINTS)."""
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
        """Mean squared error on fresh points in each of BINS even bins of the x range."""
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
        """On how many data sets the solver did not converge."""
        return int(self.ready(self.fits).unconverged[0])

    @property
    def tails_hold(self) -> bool:
        """Whether rare data sets leave standard errors of the present model that can be stated."""
        degree = np.array([self.settings.model.degree])
        data, model, freedom = self.settings.data, self.settings.model, self.freedom.value
        held = bool(has_standard_errors(data, model, degree, freedom)[0])
        return held or not self.parts.each_total.any()

    @cached_property
    def mean_curve(self) -> Array:
        """The mean of all fits along the grid, rare ones counted with their weights."""
        weights = self.training.weights
        return np.asarray(weights @ self.curves / weights.sum())

    @cached_property
    def median(self) -> float:
        """Median over the data sets shown of a fit's mean squared error, without noise."""
        shown = self.curves[: self.settings.data.data_sets]
        return float(np.median(((shown - self.truth(self.grid)) ** 2).mean(axis=1)))

    @cached_property
    def causes(self) -> ErrorCauses:
        """What bias and variance come from."""
        return find_causes(self.settings.data, self.settings.model)

    @cached_property
    def freedom(self) -> Estimate:
        """Effective degrees of freedom of the model; of shape (1,)."""
        return self.ready(self.fits).freedom

    @cached_property
    def otherwise(self) -> Decomposition:
        """The same with the inputs drawn the other way; for linear models."""
        data = self.settings.data
        other = data.replace(inputs="fixed" if data.inputs == "fresh" else "fresh")
        return cached_errors(other, self.ready(cached_sweep(other, self.settings.model)))

    @property
    def sweep(self) -> SweepKind:
        """What the second picture's curves run over; "none" if it has no curves."""
        panel, penalty = self.settings.view.panel, self.settings.model.penalty
        if panel == "alpha" and penalty != "none":
            return "alpha"
        return "degree" if panel == "degree" else "none"

    @property
    def steps(self) -> Array:
        """Where the curves have points: degrees, or values of α."""
        return ALPHAS if self.sweep == "alpha" else DEGREES.astype(float)

    @cached_property
    def swept(self) -> SweepFits:
        """The model, fitted along the sweep, as far as that has been done."""
        return cached_sweep(self.settings.data, self.settings.model, self.sweep)

    @cached_property
    def curve(self) -> Decomposition:
        """The expected squared error in parts along the sweep; of shape (steps,)."""
        return cached_errors(self.settings.data, self.ready(self.swept))

    def work(self) -> Iterator[float]:
        """Do bit by bit what may take longer than a frame; give the share that is done."""
        yield from self.fits.steps()
        _ = self.parts
        if is_linear(self.settings.model):
            _ = self.otherwise
        if self.sweep != "none":
            yield from self.swept.steps()
            _ = self.curve
