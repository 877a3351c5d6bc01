"""Coverage of the confidence intervals, counted on simulated data sets."""

from dataclasses import dataclass, field
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, ndtri

from lively.arrays import Array
from lively.engine.incremental import IncrementalTask, Progress, in_thread, subtask
from lively.pages.curve_fit.data import draw_points, true_values
from lively.pages.curve_fit.model import CONFIDENCE, fit_from
from lively.pages.curve_fit.parametric_curves import PARAMETRIC_CURVES
from lively.pages.curve_fit.settings import CurveDataSettings, CurveFitSettings

#: Number of simulated data sets.
DATA_SETS = 200
#: Significance level of the test that all intervals of a fit cover as stated.
LEVEL = 0.01


def wilson(share: Array, count: int) -> tuple[Array, Array]:
    """Return Wilson's 95 % confidence interval for a share of `count` data sets.

    Wilson, *Journal of the American Statistical Association* 22 (1927). Unlike share ± 2 standard
    errors, it stays within 0 and 1, and has a positive length at a share of 0 or 1.
    """
    if not count:
        return np.zeros_like(share), np.ones_like(share)
    z2 = ndtri((1 + CONFIDENCE) / 2) ** 2
    middle = share + z2 / (2 * count)
    reach = np.sqrt(z2 * (share * (1 - share) / count + z2 / (4 * count**2)))
    low, high = (middle - reach) / (1 + z2 / count), (middle + reach) / (1 + z2 / count)
    # Without rounding errors where the limit is exactly 0 or 1.
    return np.where(share == 0, 0, low), np.where(share == 1, 1, high)


@dataclass(eq=False)
class Coverage(IncrementalTask[None]):
    """How often the intervals contain the true values, over simulated data sets.

    Attributes
    ----------
    held : ndarray of shape (p,)
        Number of data sets in which the interval of each parameter contained its true value.
    count : int
        Number of data sets so far.
    lost : int
        Number of data sets without an interval, which count as not containing it.
    """

    data: CurveDataSettings
    fit: CurveFitSettings
    held: NDArray[np.int_] = field(init=False)
    count: int = 0
    lost: int = 0

    def __post_init__(self) -> None:
        super().__init__(self._simulate)
        self.held = np.zeros(len(PARAMETRIC_CURVES[self.data.curve].parameters), dtype=int)

    def _simulate(self) -> Progress[None]:
        """Simulate and fit one data set after the other.

        Each fit starts at the truth, so that the intervals are evaluated, not the search. A fit
        that does not converge takes as long as many frames, so fits run in a thread, which takes
        turns with the page's own, since both are Python code.
        """
        truth, curve = true_values(self.data), PARAMETRIC_CURVES[self.data.curve]
        for number in range(self.count + 1, DATA_SETS + 1):
            points = draw_points(self.data, number)
            progress = in_thread(partial(fit_from, curve, points, truth, self.fit))
            fit = yield from subtask(progress, self.count / DATA_SETS, number / DATA_SETS)
            fit = fit.named_as(truth)
            self.held += fit.holds(truth)
            self.lost += not fit.determined
            self.count = number
            yield number / DATA_SETS

    @property
    def share(self) -> Array:
        """Share of the data sets in which an interval contained the true value."""
        return self.held / max(self.count, 1)

    @property
    def limits(self) -> tuple[Array, Array]:
        """The 95 % confidence interval of each share."""
        return wilson(self.share, self.count)

    @property
    def chance(self) -> tuple[Array, Array]:
        """Probabilities of counts as low, and as high, if the intervals cover as stated."""
        low = bdtr(self.held, self.count, CONFIDENCE)
        high = np.where(self.held > 0, bdtrc(self.held - 1, self.count, CONFIDENCE), 1)
        return low, high

    @property
    def limit(self) -> float:
        """Probability below which a count is significant: two-sided, Bonferroni-corrected."""
        return LEVEL / (2 * len(self.held))


@lru_cache(maxsize=16)
def coverage(data: CurveDataSettings, fit: CurveFitSettings) -> Coverage:
    """Return the task; equal settings share one."""
    return Coverage(data, fit)
