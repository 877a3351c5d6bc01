"""How often intervals contain the truth, counted on simulated data sets."""

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

#: Simulated data sets on which it is counted how often an interval contains the truth.
DATA_SETS = 200
#: Level of the test that all shares of a fit are as stated: how often it is wrong if they are.
LEVEL = 0.01


def wilson(share: Array, count: int) -> tuple[Array, Array]:
    """Return the limits of the 95 % interval of a share that is counted on so many data sets.

    It is Wilson's (*Journal of the American Statistical Association* 22, 1927), which stays between
    0 and 1 and is not empty at a share of 0 or 1, as share ± 2 standard errors is.
    """
    if not count:
        return np.zeros_like(share), np.ones_like(share)
    z2 = ndtri((1 + CONFIDENCE) / 2) ** 2
    middle = share + z2 / (2 * count)
    reach = np.sqrt(z2 * (share * (1 - share) / count + z2 / (4 * count**2)))
    low, high = (middle - reach) / (1 + z2 / count), (middle + reach) / (1 + z2 / count)
    # Rounding leaves 1e-18 of what is exactly 0 or 1.
    return np.where(share == 0, 0, low), np.where(share == 1, 1, high)


@dataclass(eq=False)
class Coverage(IncrementalTask[None]):
    """How often the intervals contain the truth, over simulated data sets.

    Attributes
    ----------
    held : ndarray of shape (p,)
        In how many data sets each parameter's interval contained its true value.
    count : int
        Data sets so far.
    lost : int
        Those among them in which there is no interval, which contains nothing.
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
        """Share of the data sets in which an interval contained the truth."""
        return self.held / max(self.count, 1)

    @property
    def limits(self) -> tuple[Array, Array]:
        """The 95 % interval of each share: it is counted on so many data sets only."""
        return wilson(self.share, self.count)

    @property
    def chance(self) -> tuple[Array, Array]:
        """How likely counts as low, and as high, would be if the intervals cover as stated."""
        low = bdtr(self.held, self.count, CONFIDENCE)
        high = np.where(self.held > 0, bdtrc(self.held - 1, self.count, CONFIDENCE), 1)
        return low, high

    @property
    def limit(self) -> float:
        """Chance below which a count is significant: two-sided, and Bonferroni's for all shares."""
        return LEVEL / (2 * len(self.held))


@lru_cache(maxsize=16)
def coverage(data: CurveDataSettings, fit: CurveFitSettings) -> Coverage:
    """Return the coverage, counted or not; the same settings share one."""
    return Coverage(data, fit)
