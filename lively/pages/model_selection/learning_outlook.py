"""What more training points would do for a candidate, and what else its error is made of."""

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

#: How many times as many points are tried.
SAMPLE_RATIO = 4
#: Simulated data sets.
SIMULATED_SETS = 40
#: Inputs, evenly spaced over the range of x, that stand for unlimited points.
UNLIMITED = 2000


@dataclass(frozen=True)
class LimitingParts:
    """Parts of a squared error; their sum is the median data set's error, or the noise's.

    Attributes
    ----------
    noise, degree, penalty, points : float
        The noise's variance; what the best polynomial of this degree misses; what the penalty adds
        even without noise; and the rest, which is due to noise in few points.
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
    errors : ndarray of shape (2, SETS)
        Expected squared errors on new points after fitting the first `count` points of each data
        set, and all of its TIMES as many; as far as `done`.
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
        kept = np.ones((2, SAMPLE_RATIO * self.count), dtype=bool)
        kept[0, self.count :] = False
        for number in range(SIMULATED_SETS):
            sample = simulate_sample(self.data, SAMPLE_RATIO * self.count, LARGER_SAMPLES, number)
            with fast_fitting():
                found, converged = fit_candidates(family, sample.x, sample.y, kept, nodes)
            self.errors[:, number] = expected_error(self.data, found[:, place])
            self.converged[number] = converged[:, place].all()
            yield (number + 1) / SIMULATED_SETS

    @property
    def medians(self) -> tuple[float, float]:
        """The median root of the errors at the present size, and at TIMES as many points."""
        now, more = np.sqrt(np.median(self.errors, axis=1))
        return float(now), float(more)

    def floor(self, count: float | None = None) -> float:
        """Return the squared error that is left without any noise in the training points.

        Fitted to a dense grid of inputs with the penalty that `count` points would have beside
        theirs: scikit-learn divides the squares by the number of points for a LASSO or an elastic
        net, and does not for ridge. Without a penalty if there is no `count`.
        """
        family, place = CandidateFamily.at(self.model)
        if count is None:
            family, place = (
                CandidateFamily("none"),
                CandidateFamily.at(self.model.replace(penalty="none"))[1],
            )
        elif family.penalty == "ridge":
            family = replace(family, weights=(self.model.alpha * UNLIMITED / count,))
        low, high = self.data.x_range
        x = low + (high - low) * (np.arange(UNLIMITED) + 0.5) / UNLIMITED
        y = TARGET_FUNCTIONS[self.data.function](x) + self.data.noise_mean
        with fast_fitting():
            found = fit_candidates(
                family, x, y, np.ones((1, UNLIMITED), dtype=bool), quadrature_inputs(self.data)
            )
        return float(expected_error(self.data, found.predictions[0, place]))

    @cached_property
    def parts(self) -> LimitingParts:
        """Parts of the error at the present size."""
        noise, degree, penalty = self.data.noise**2, self.floor(), self.floor(self.count)
        points = max(self.medians[0] ** 2 - penalty, 0.0)
        return LimitingParts(noise, max(degree - noise, 0.0), max(penalty - degree, 0.0), points)


@lru_cache(maxsize=16)
def learning_outlook(data: DataSettings, count: int, model: PolynomialSettings) -> LearningOutlook:
    """Return the outlook, computed or not; the same settings share one."""
    return LearningOutlook(data, count, model)
