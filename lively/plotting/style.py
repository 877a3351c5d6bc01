"""Colours, markers and measures that all pictures share.

The colours are Okabe and Ito's, which remain apart for every kind of colour vision; shape says the
same again: training points are filled discs, test points hollow diamonds.
"""

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from lively.arrays import Array
from lively.engine.formatting import format_number

Limits = tuple[float, float]

INK, SOFT, GRID, PAPER = "#1f2933", "#52606d", "#e4e7eb", "#ffffff"
TRAIN, TEST, VALIDATION = "#0072B2", "#D55E00", "#007c5f"

#: A figure of 72 dots per inch, so that a point of matplotlib's is a pixel of the page's.
DPI = 72

TRAIN_POINTS: dict[str, Any] = {
    "linestyle": "none",
    "marker": "o",
    "markersize": 8,
    "markerfacecolor": TRAIN,
    "markeredgecolor": PAPER,
    "markeredgewidth": 1.0,
}
TEST_POINTS: dict[str, Any] = {
    "linestyle": "none",
    "marker": "D",
    "markersize": 7,
    "markerfacecolor": PAPER,
    "markeredgecolor": TEST,
    "markeredgewidth": 1.6,
}
#: Marks a value beyond the axes, at their edge.
BEYOND_MARK: dict[str, Any] = {
    "linestyle": "none",
    "marker": "^",
    "markersize": 7,
    "clip_on": False,
    "zorder": 6,
}

#: The markers that are smaller in a crowd.
SHRINKING = {style["marker"]: style for style in (TRAIN_POINTS, TEST_POINTS)}
#: Up to so many points, markers have their full size.
FEW_POINTS = 100
#: Pixels. A paper-coloured edge thinner than this is not seen, and costs as much as its marker.
FINEST_PIXEL = 0.5


def update_points(points: Line2D, x: Array, y: Array, count: int) -> None:
    """Put markers at `x`, `y`; the more points a sample has, the smaller they are.

    Other markers than those of TRAIN_POINTS and TEST_POINTS keep their size.

    Parameters
    ----------
    points : Line2D
    x, y : ndarray of shape (n,)
    count : int
        Points of the whole sample.
    """
    points.set_data(x, y)
    style = SHRINKING.get(str(points.get_marker()))
    if style is None:
        return
    shrunk = min(1.0, FEW_POINTS / count) ** 0.25
    size, edge = style["markersize"] * shrunk, style["markeredgewidth"] * shrunk
    if edge < FINEST_PIXEL and style["markeredgecolor"] == PAPER:
        size, edge = size - edge, 0.0
    points.set_markersize(size)
    points.set_markeredgewidth(edge)


def style_axes(ax: Axes, xlabel: str, ylabel: str) -> None:
    """Give axes the look of the pages."""
    ax.set_facecolor(PAPER)
    ax.grid(color=GRID, linewidth=1)
    ax.set_axisbelow(True)
    ax.tick_params(colors=SOFT, labelsize=12, length=4)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color("#9aa5b1")
    ax.yaxis.set_major_formatter(
        FuncFormatter(lambda value, position: format_number(value, whole=5))
    )
    ax.set_xlabel(xlabel, color=INK, fontsize=13)
    ax.set_ylabel(ylabel, color=INK, fontsize=13)


def round_up(value: float) -> float:
    """Return the next of 1, 2, 5, 10, 20, 50 … that is not below a positive `value`."""
    if not value > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value * (1 - 1e-12))


def round_limits(*values: Array) -> Limits:
    """Return round axis limits around all `values`.

    They depend on the values only and lie on a coarse grid, so that they stay still while values
    move a little.
    """
    low = min(float(np.min(each)) for each in values)
    high = max(float(np.max(each)) for each in values)
    step = round_up((high - low or 1) / 5) / 2
    return (math.floor(low / step - 0.1) * step, math.ceil(high / step + 0.1) * step)


def update_limits(ax: Axes, *, x: Limits | None = None, y: Limits | None = None) -> None:
    """Give axes other limits, if they are others: setting them counts as a change of the axes."""
    if x is not None and ax.get_xlim() != x:
        ax.set_xlim(x)
    if y is not None and ax.get_ylim() != y:
        ax.set_ylim(y)


def clip_to_view(values: Array, low: float, high: float) -> Array:
    """Return `values` moved to at most one height of the axes beyond their limits.

    What leaves the picture leaves it in the right place, and no coordinate is too large to draw.
    """
    return np.clip(values, low - (high - low), high + (high - low))
