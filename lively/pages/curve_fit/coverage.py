"""How often intervals contain the truth, counted on simulated data sets."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrc, ndtri

from lively.arrays import Array
from lively.engine.incremental import in_thread
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
class Coverage:
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
        self.held = np.zeros(len(PARAMETRIC_CURVES[self.data.curve].parameters), dtype=int)

    def steps(self) -> Iterator[float]:
        """Simulate and fit one data set after the other; give the share that is done.

        Each fit starts at the truth, so that the intervals are judged, not the search. A fit that
        does not converge takes many frames' time: it is done in a thread, which takes turns with
        the page's own, since both are Python code.
        """
        truth, curve = true_values(self.data), PARAMETRIC_CURVES[self.data.curve]
        while self.count < DATA_SETS:
            again = self.count + 1
            points = draw_points(self.data, again)
            task = in_thread(partial(fit_from, curve, points, truth, self.fit))
            while True:
                try:
                    next(task)
                except StopIteration as done:
                    found = done.value.named_as(truth)
                    break
                yield self.count / DATA_SETS
            if self.count >= again:
                # Somebody else has counted this data set while the thread was at it.
                continue
            self.held += found.holds(truth)
            self.lost += not found.determined
            self.count = again
            yield self.count / DATA_SETS

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
