"""Estimates with their standard errors: bands, bars and markers."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Polygon

from lively.arrays import Array
from lively.learning.bias_variance_decomposition import Estimate
from lively.plotting.style import PAPER, TEST, Limits


def without_unknown(estimate: Estimate) -> Estimate:
    """Return the same with no error where none can be stated: neither band nor bar is drawn."""
    return Estimate(estimate.value, np.nan_to_num(estimate.error))


def make_error_band(ax: Axes, color: str) -> Polygon:
    """Make an area for one standard error on either side of a line."""
    made = Polygon(np.zeros((3, 2)), facecolor=color, alpha=0.25, edgecolor="none", zorder=2.5)
    ax.add_patch(made)
    return made


def update_error_band(area: Polygon, x: Array, estimate: Estimate, seen: Limits) -> None:
    """Put that area where an estimate is known, no further than the axes."""
    value, error = without_unknown(estimate)
    ends = (np.clip(value + sign * error, *seen) for sign in (-1, 1))
    area.set_xy(area_between(x, *ends))


def update_error_bars(bars: LineCollection, x: Array, estimate: Estimate, seen: Limits) -> None:
    """Put bars of one standard error at `x`, no longer than the axes."""
    value, error = without_unknown(estimate)
    low, high = (np.clip(value + sign * error, *seen) for sign in (-1, 1))
    bars.set_segments(list(np.stack([[x, low], [x, high]]).transpose(2, 0, 1)))


class MeasuredErrors:
    """Mean squared errors on fresh points, with bars of one standard error.

    Parameters
    ----------
    ax : Axes
    count : int
        How many there are.
    """

    def __init__(self, ax: Axes, count: int) -> None:
        self.bars = ax.errorbar(
            np.arange(count), np.ones(count), yerr=np.zeros(count), linestyle="none", marker="D",
            color=TEST, markerfacecolor=PAPER, markeredgewidth=1.6, markersize=6, elinewidth=1.4,
            zorder=5,
        )  # fmt: skip

    @property
    def moving(self) -> list[Artist]:
        """The artists that follow the settings."""
        markers, _, bars = self.bars
        return [markers, *bars]

    def arrange(self, narrow: bool) -> None:
        """Take a name for which there is room."""
        self.bars.set_label("test error" if narrow else "test error on fresh points ± s.e.")

    def show(self, x: Array, estimate: Estimate, seen: Limits) -> None:
        """Put markers and bars at `x`; those beyond the axes are not seen."""
        markers, _, bars = self.bars
        low, high = seen
        within = (estimate.value > low) & (estimate.value < high)
        markers.set_data(x, np.where(within, estimate.value, np.nan))
        update_error_bars(bars[0], x, estimate, seen)


def area_between(x: Array, low: Array, high: Array) -> Array:
    """Return the outline of the area between two curves; shape (2 n, 2)."""
    return np.column_stack([np.r_[x, x[::-1]], np.r_[low, high[::-1]]])
