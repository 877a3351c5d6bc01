"""The effect of more training points on a candidate, and the parts of its error."""

from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import numpy as np

from lively.arrays import Array
from lively.engine.incremental import IncrementalTask, Progress
from lively.learning.data_settings import DataSettings
from lively.learning.fast_fits import fast_fitting
from lively.learning.polynomial_settings import PolynomialSettings
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.model_selection.batched_fits import fit_candidates
from lively.pages.model_selection.candidates import CandidateFamily
from lively.pages.model_selection.data import LARGER_SAMPLES, simulate_sample
from lively.pages.model_selection.generalization_error import expected_error, quadrature_inputs

#: Size of the larger samples, as a multiple of the training points.
SAMPLE_RATIO = 4
#: Simulated data sets.
SIMULATED_SETS = 40
#: Evenly spaced inputs that approximate unlimited data.
DENSE_INPUTS = 2000


@dataclass(frozen=True)
class LimitingParts:
    """Parts of the squared error of the median data set.

    Attributes
    ----------
    noise, degree, penalty, points : float
        The noise variance; the error of the best polynomial of this degree; what the penalty adds
        without noise; and the rest, due to noise in few training points.
    """

    noise: float
    degree: float
    penalty: float
    points: float


@dataclass(eq=False)
class LearningOutlook(IncrementalTask[None]):
    """The true error of one candidate on simulated data sets, of the present size and larger.

    Attributes
    ----------
    count : int
        Training points.
    errors : ndarray of shape (2, SIMULATED_SETS)
        Expected squared errors on new points after fitting the first `count` points of each data
        set, and all SAMPLE_RATIO times as many; filled as the task advances.
    """

    data: DataSettings
    count: int
    model: PolynomialSettings
    errors: Array = field(init=False)

    def __post_init__(self) -> None:
        super().__init__(self._simulate)
        self.errors = np.empty((2, SIMULATED_SETS))
        self.converged = np.ones(SIMULATED_SETS, dtype=bool)

    def _simulate(self) -> Progress[None]:
        (family, place), nodes = CandidateFamily.at(self.model), quadrature_inputs(self.data)
        fitted = np.ones((2, SAMPLE_RATIO * self.count), dtype=bool)
        fitted[0, self.count :] = False
        for number in range(SIMULATED_SETS):
            sample = simulate_sample(self.data, SAMPLE_RATIO * self.count, LARGER_SAMPLES, number)
            with fast_fitting():
                found, converged = fit_candidates(family, sample.x, sample.y, fitted, nodes)
            self.errors[:, number] = expected_error(self.data, found[:, place])
            self.converged[number] = converged[:, place].all()
            yield (number + 1) / SIMULATED_SETS

    @property
    def medians(self) -> tuple[float, float]:
        """The median RMSE at the present size, and at SAMPLE_RATIO times as many points."""
        now, more = np.sqrt(np.median(self.errors, axis=1))
        return float(now), float(more)

    def floor(self, count: float | None = None) -> float:
        """Return the expected squared error after training on dense inputs without noise.

        The penalty has the weight that it has with `count` points: scikit-learn divides the squared
        errors by the number of points for a LASSO or an elastic net, but not for ridge. Without
        `count` there is no penalty.
        """
        family, place = CandidateFamily.at(self.model)
        if count is None:
            family, place = (
                CandidateFamily("none"),
                CandidateFamily.at(self.model.replace(penalty="none"))[1],
            )
        elif family.penalty == "ridge":
            family = replace(family, weights=(self.model.alpha * DENSE_INPUTS / count,))
        low, high = self.data.x_range
        x = low + (high - low) * (np.arange(DENSE_INPUTS) + 0.5) / DENSE_INPUTS
        y = TARGET_FUNCTIONS[self.data.function](x) + self.data.noise_mean
        with fast_fitting():
            found = fit_candidates(
                family, x, y, np.ones((1, DENSE_INPUTS), dtype=bool), quadrature_inputs(self.data)
            )
        return float(expected_error(self.data, found.predictions[0, place]))

    @cached_property
    def parts(self) -> LimitingParts:
        """The parts at the present size."""
        noise, degree, penalty = self.data.noise**2, self.floor(), self.floor(self.count)
        points = max(self.medians[0] ** 2 - penalty, 0.0)
        return LimitingParts(noise, max(degree - noise, 0.0), max(penalty - degree, 0.0), points)


@lru_cache(maxsize=16)
def learning_outlook(data: DataSettings, count: int, model: PolynomialSettings) -> LearningOutlook:
    """Return the task; equal settings share one."""
    return LearningOutlook(data, count, model)
