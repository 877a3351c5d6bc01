"""Errors against a setting: on training, held-out and test points, with their standard errors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullFormatter, NullLocator
from numpy.typing import NDArray

from lively.arrays import Array
from lively.plotting.live_figure import LiveFigure
from lively.plotting.style import (
    BEYOND_MARK,
    INK,
    PAPER,
    SOFT,
    TEST,
    TRAIN,
    VALIDATION,
    Limits,
    clip_to_view,
    round_up,
    style_axes,
    update_limits,
)

Result = TypeVar("Result")

#: A curve of errors, with a marker at every value of the setting.
LINE: dict[str, Any] = {"linewidth": 2, "markersize": 7, "markeredgewidth": 1.6}
#: Around a marker that is spoken of, or a cross on one that is not to be trusted.
RING: dict[str, Any] = {
    "linestyle": "none",
    "fillstyle": "none",
    "markeredgecolor": INK,
    "markeredgewidth": 2,
    "zorder": 7,
}


def rounded_top(y: Array, noise: float) -> float:
    """Return the top of an axis of errors: what predicting the mean of the data would make."""
    return round_up(max(float(np.std(y)), noise, 1e-3) * 1.1)


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


def move_error_bars(
    bars: ErrorbarContainer, x: Array, y: Array, band: tuple[Array, Array], top: float
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
    """
    centre = clip_to_view(y, 0, top)
    line, caps, segments = bars
    line.set_data(x, centre)
    # A bar whose middle is out of sight would only stand in the way.
    low, high = (clip_to_view(np.where(y <= top, end, centre), 0, top) for end in band)
    for cap, heights in zip(caps, (low, high), strict=True):
        cap.set_data(x, heights)
    segments[0].set_segments([((d, a), (d, b)) for d, a, b in zip(x, low, high, strict=True)])


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


@dataclass(frozen=True)
class ErrorCurves:
    """Errors against a setting, all of shape (n,) and in the unit of y.

    Attributes
    ----------
    x : ndarray
        Values of the setting.
    train, validation, test : ndarray
        Errors on the training points, of cross-validation, and on the test points.
    band : tuple of two ndarray
        One standard error below and above the cross-validated error.
    here : float
        The present value of the setting.
    noise : float
        Standard deviation of the noise.
    top : float
        Where the axis ends; see `rounded_top`.
    unreliable : ndarray of bool, shape (3, n), or None
        Which of the three errors are not to be trusted, and are crossed out.
    """

    x: Array
    train: Array
    validation: Array
    band: tuple[Array, Array]
    test: Array
    here: float
    noise: float
    top: float
    unreliable: NDArray[np.bool_] | None = None


class ValidationCurveTab(ErrorAxes, Generic[Result]):
    """Errors against a setting, with the present value marked; a click goes to another one.

    The axis ends where a model is worse than the mean of the data would be; what lies beyond is
    marked by triangles at the edge.

    Parameters
    ----------
    figure : Figure
    data : callable
        Takes the result; returns `ErrorCurves`.
    name : str
        What the axis calls the setting.
    limits : tuple of two floats
        Lowest and highest value of the setting.
    ticks, narrow_ticks : sequence of float
        Values that are written below the axis, and those on a narrow screen.
    log : bool
        Whether the axis is logarithmic.
    """

    def __init__(
        self,
        figure: Figure,
        data: Callable[[Result], ErrorCurves],
        name: str,
        limits: Limits,
        ticks: Sequence[float] | Array,
        narrow_ticks: Sequence[float] | Array,
        log: bool = False,
    ) -> None:
        xlabel = f"{name} (click a point to go there)"
        super().__init__(figure, name, xlabel, (TRAIN, VALIDATION, TEST))
        self._data, self._ticks, self._narrow_ticks = data, ticks, narrow_ticks
        self._shown: Array = np.array(limits)
        low, high = limits
        if log:
            self.ax.set_xscale("log")
            self.ax.xaxis.set_minor_locator(NullLocator())
            self.ax.xaxis.set_minor_formatter(NullFormatter())
        self.ax.set_xlim(*((low / 1.15, high * 1.15) if log else (low - 0.6, high + 0.6)))
        self.validation = error_bar_line(self.ax, "cross-validation ± s.e.")
        (self.test,) = self.ax.plot(
            [], [], color=TEST, marker="D", markerfacecolor=PAPER, label="test", zorder=4, **LINE
        )
        self.here = self.ax.axvline(low, color=INK, linewidth=1.2, alpha=0.6, zorder=2)
        (self.points,) = self.ax.plot([], [], marker="o", markersize=13, **RING)
        (self.crosses,) = self.ax.plot([], [], marker="x", markersize=14, **RING | {"zorder": 8})

    @property
    def moving(self) -> list[Artist]:
        """The artists that follow the settings."""
        line, *bars = error_bar_artists(self.validation)
        lines = [self.noise, self.here, self.train, line, self.test, self.points]
        return [*lines, *bars, *self.beyond, self.crosses]

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the figure's present size."""
        picture.place(self.ax, legend=[self.train, self.validation, self.test, self.noise])
        ticks = self._narrow_ticks if picture.size[0] < picture.narrow else self._ticks
        self.ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])

    def draw(self, result: Result) -> None:
        """Move the artists to where `result` has them."""
        self.show(self._data(result))

    def show(self, data: ErrorCurves) -> None:
        """Show arrays."""
        x, top = data.x, data.top
        self._shown = x
        self.show_level(data.noise, top)
        self.train.set_data(x, clip_to_view(data.train, 0, top))
        self.test.set_data(x, clip_to_view(data.test, 0, top))
        move_error_bars(self.validation, x, data.validation, data.band, top)
        self.here.set_xdata([data.here, data.here])
        shown = np.array([data.train, data.validation, data.test])
        here = shown[:, np.argmin(np.abs(x - data.here))]
        self.points.set_data([data.here] * int((here <= top).sum()), here[here <= top])
        self.mark_beyond(x, list(shown), top)
        if data.unreliable is not None:
            rows, columns = np.nonzero(data.unreliable)
            self.crosses.set_data(x[columns], clip_to_view(shown[rows, columns], 0, top))

    def value_at(self, x: float) -> float:
        """Return the value of the setting that a click at `x` of the axes means."""
        values = self._shown
        scale = np.log if self.ax.get_xscale() == "log" else np.asarray
        return float(values[np.argmin(np.abs(scale(values) - scale(x)))])
