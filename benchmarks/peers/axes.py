"""The axes of the two pictures, for the peers that draw with matplotlib."""

from typing import Any

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from same import DEGREE, ERROR_HEIGHT, ERRORS, FIT_HEIGHT, LINES, POINTS, WIDTH, X_RANGE

from lively.learning.polynomial_settings import DEGREES
from lively.plotting.style import DPI, INK, PAPER, TEST_POINTS, TRAIN_POINTS, VALIDATION, style_axes

#: How matplotlib draws what moves, by the names in `same`.
LOOKS: dict[str, dict[str, Any]] = {
    "truth": {"linewidth": 2, "linestyle": (0, (5, 3))},
    "curve": {"linewidth": 3},
    "train": TRAIN_POINTS,
    "test": TEST_POINTS,
    "train_error": {"linewidth": 2, "marker": "o", "markersize": 7},
    "validation": {"linewidth": 2, "marker": "s", "markersize": 7},
    "test_error": {"linewidth": 2, "marker": "D", "markersize": 7, "markerfacecolor": PAPER},
}
for name, (label, color) in (LINES | POINTS | ERRORS).items():
    LOOKS[name] = LOOKS[name] | {"label": label, "color": color}
LOOKS["bars"] = {"linewidth": 1.4, "color": VALIDATION}
LOOKS["noise"] = {"linewidth": 1.8, "linestyle": ":", "color": "#52606d", "label": "noise level"}


def figure(height: int, xlabel: str, ylabel: str) -> tuple[Figure, Axes]:
    """Return a pyplot figure of a height in pixels, laid out by fixed margins, and its axes."""
    with plt.ioff():
        made, ax = plt.subplots(figsize=(WIDTH / DPI, height / DPI), dpi=DPI)
    made.subplots_adjust(76 / WIDTH, 42 / height, 1 - 14 / WIDTH, 1 - 30 / height)
    style_axes(ax, xlabel, ylabel)
    canvas: Any = made.canvas
    canvas.toolbar_visible = canvas.header_visible = canvas.footer_visible = False
    canvas.resizable = False
    return made, ax


def figures() -> tuple[Figure, Axes, Figure, Axes]:
    """Return the two figures and their axes, still without what moves."""
    fit, fit_ax = figure(FIT_HEIGHT, "x", "y")
    errors, errors_ax = figure(ERROR_HEIGHT, "degree", "RMSE")
    fit_ax.set_xlim(*X_RANGE)
    errors_ax.set_xlim(0.4, 15.6)
    errors_ax.set_xticks(DEGREES)
    errors_ax.axvline(DEGREE, color=INK, linewidth=1.2, alpha=0.6)
    return fit, fit_ax, errors, errors_ax


def legends(*all_axes: Axes) -> None:
    """Put a legend above each of the axes."""
    for ax in all_axes:
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=4, frameon=False, fontsize=13)
