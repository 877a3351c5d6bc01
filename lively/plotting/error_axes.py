"""Axes of errors, and curves of them with their standard errors."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from lively.arrays import Array
from lively.plotting.style import (
    BEYOND_MARK,
    INK,
    SOFT,
    TRAIN,
    VALIDATION,
    clip_to_view,
    style_axes,
    update_limits,
)

#: A curve of errors, with a marker at every value of the setting.
LINE: dict[str, Any] = {"linewidth": 2, "markersize": 7, "markeredgewidth": 1.6}
#: Share of the width of the axes that a marker needs.
MARKER_ROOM = 0.025
#: Around a marker that is spoken of, or a cross on one that is not to be trusted.
RING: dict[str, Any] = {
    "linestyle": "none",
    "fillstyle": "none",
    "markeredgecolor": INK,
    "markeredgewidth": 2,
    "zorder": 7,
}


def error_bar_line(ax: Axes, label: str, **style: Any) -> ErrorbarContainer:
    """Return a curve of cross-validated errors with their standard errors, without points yet."""
    return ax.errorbar(
        [0], [0], yerr=[0], color=VALIDATION, marker="s", capsize=3, elinewidth=1.4, label=label,
        zorder=3.5, **LINE, **style,
    )  # fmt: skip


def error_bar_artists(bars: ErrorbarContainer) -> list[Artist]:
    """Return the artists that a curve with error bars is made of."""
    line, caps, segments = bars
    return [line, *caps, *segments]


def readable_places(ax: Axes, x: Array) -> list[int] | None:
    """Return which of rising values on the axis of x have room for a marker; None for all."""
    low, high = ax.get_xlim()
    scale = np.log if ax.get_xscale() == "log" else np.asarray
    places = (scale(x) - scale(low)) / (scale(high) - scale(low))
    found: list[int] = []
    for i, place in enumerate(places):
        if not found or place - places[found[-1]] >= MARKER_ROOM:
            found.append(i)
    return None if len(found) == len(x) else found


def move_error_bars(
    bars: ErrorbarContainer,
    x: Array,
    y: Array,
    band: tuple[Array, Array],
    top: float,
    marked: list[int] | None = None,
) -> None:
    """Show a curve and its error bars, up to the top of the axes.

    Parameters
    ----------
    bars : ErrorbarContainer
        Made by `error_bar_line`.
    x, y : ndarray of shape (n,)
    band : tuple of two ndarray of shape (n,)
        Lower and upper ends of the bars.
    top : float
    marked : list of int or None
        Which of the points have markers and bars; None for all.
    """
    centre = clip_to_view(y, 0, top)
    line, caps, segments = bars
    line.set_data(x, centre)
    # A bar whose middle is out of sight would only stand in the way.
    low, high = (clip_to_view(np.where(y <= top, end, centre), 0, top) for end in band)
    for cap, heights in zip(caps, (low, high), strict=True):
        cap.set_data(x, heights)
    ends = [((d, a), (d, b)) for d, a, b in zip(x, low, high, strict=True)]
    segments[0].set_segments(ends if marked is None else [ends[i] for i in marked])
    for artist in (line, *caps):
        artist.set_markevery(marked)


class ErrorAxes:
    """Axes of errors, with the training error, the noise level, and marks for what lies beyond.

    Parameters
    ----------
    figure : Figure
    label : str
        Name of the axes in the figure.
    xlabel : str
    colours : sequence of str
        Of the curves that may lie beyond the axes.
    """

    def __init__(self, figure: Figure, label: str, xlabel: str, colours: Sequence[str]) -> None:
        self.ax = figure.add_subplot(label=label)
        self.axes = [self.ax]
        style_axes(self.ax, xlabel, "RMSE (▲ beyond)")
        (self.train,) = self.ax.plot(
            [], [], color=TRAIN, marker="o", label="training", zorder=3, **LINE
        )
        self.noise = self.ax.axhline(
            0, color=SOFT, linestyle=":", linewidth=1.8, label="noise level", zorder=2
        )
        self.beyond: list[Line2D] = [
            self.ax.plot([], [], color=colour, **BEYOND_MARK)[0] for colour in colours
        ]

    def show_level(self, noise: float, top: float) -> None:
        """Show the noise level, on an axis that ends at `top`."""
        update_limits(self.ax, y=(0.0, top))
        self.noise.set_ydata([noise, noise])

    def mark_beyond(self, x: Array, curves: Sequence[Array], top: float) -> None:
        """Mark what of the curves, in the order of their colours, lies above the axes."""
        for artist, values in zip(self.beyond, curves, strict=True):
            far = x[values > top]
            artist.set_data(far, np.full(len(far), top))
