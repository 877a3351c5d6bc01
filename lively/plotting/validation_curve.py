"""Errors against a setting: on training, held-out and test points, with their standard errors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator
from numpy.typing import NDArray

from lively.arrays import Array
from lively.learning.cross_validation import CrossValidationCurve
from lively.plotting.error_axes import (
    LINE,
    RING,
    ErrorAxes,
    error_bar_artists,
    error_bar_line,
    move_error_bars,
    readable_places,
)
from lively.plotting.live_figure import LiveFigure, ResultFigure
from lively.plotting.style import (
    INK,
    PAPER,
    TEST,
    TRAIN,
    VALIDATION,
    Limits,
    clip_to_view,
    round_up,
)

Result = TypeVar("Result")


def rounded_top(y: Array, noise: float) -> float:
    """Return the top of an axis of errors: what predicting the mean of the data would make."""
    return round_up(max(float(np.std(y)), noise, 1e-3) * 1.1)


def default_ticks(limits: Limits, log: bool) -> tuple[Array, Array]:
    """Return what is written below an axis between two numbers, and below a narrow one."""
    low, high = limits
    if log:
        steps = np.outer(10.0 ** np.arange(-9, 10), (1, 2, 5)).ravel()
        found = steps[(steps >= low * 0.999) & (steps <= high * 1.001)]
        return found, found
    whole = np.arange(np.ceil(low), high + 1)
    return whole, whole[::2]


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

    @classmethod
    def of(
        cls,
        x: NDArray[Any],
        train: Array,
        validated: CrossValidationCurve,
        test: Array,
        *,
        here: float,
        noise: float,
        y: Array,
        unreliable: NDArray[np.bool_] | None = None,
    ) -> "ErrorCurves":
        """Return errors of which those held out are a cross-validated curve.

        Parameters
        ----------
        x, train, test, here, noise, unreliable
            As the attributes.
        validated : CrossValidationCurve
        y : ndarray
            Outputs of all points: the axis ends where predicting their mean would be.
        """
        root, band = validated.root, validated.band
        top = rounded_top(y, noise)
        return cls(x, train, root, band, test, here, noise, top, unreliable)


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
        Values that are written below the axis, and those on a narrow screen. By default 1, 2, 5,
        10, … on a logarithmic axis, else all whole numbers, or every second one.
    log : bool
        Whether the axis is logarithmic.
    whole : bool
        Whether the setting is a whole number.
    """

    def __init__(
        self,
        figure: Figure,
        data: Callable[[Result], ErrorCurves],
        name: str,
        limits: Limits,
        ticks: Sequence[float] | NDArray[Any] | None = None,
        narrow_ticks: Sequence[float] | NDArray[Any] | None = None,
        log: bool = False,
        whole: bool = True,
    ) -> None:
        xlabel = f"{name} (click a point to go there)"
        super().__init__(figure, name, xlabel, (TRAIN, VALIDATION, TEST))
        self._data, self._whole = data, whole
        every, fewer = default_ticks(limits, log)
        self._ticks = every if ticks is None else ticks
        self._narrow_ticks = fewer if narrow_ticks is None else narrow_ticks
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
        marked = readable_places(self.ax, x)
        for line in (self.train, self.test):
            line.set_markevery(marked)
        move_error_bars(self.validation, x, data.validation, data.band, top, marked)
        self.here.set_xdata([data.here, data.here])
        shown = np.array([data.train, data.validation, data.test])
        here = shown[:, np.argmin(np.abs(x - data.here))]
        self.points.set_data([data.here] * int((here <= top).sum()), here[here <= top])
        self.mark_beyond(x, list(shown), top)
        if data.unreliable is not None:
            rows, columns = np.nonzero(data.unreliable)
            self.crosses.set_data(x[columns], clip_to_view(shown[rows, columns], 0, top))

    def value_at(self, x: float) -> int | float:
        """Return the value of the setting that a click at `x` of the axes means."""
        values = self._shown
        scale = np.log if self.ax.get_xscale() == "log" else np.asarray
        found = float(values[np.argmin(np.abs(scale(values) - scale(x)))])
        return round(found) if self._whole else found


class ValidationCurveFigure(ResultFigure[Result]):
    """Errors against a setting in a figure of their own; a click changes the setting.

    Parameters
    ----------
    width, height : int
        In pixels of the page.
    data : callable
        Takes the result; returns `ErrorCurves`.
    name : str
        The setting's name.
    **more
        As in `ValidationCurveTab`.
    """

    def __init__(
        self,
        width: int,
        height: int,
        data: Callable[[Result], ErrorCurves],
        name: str,
        **more: Any,
    ) -> None:
        super().__init__(width, height)
        self.curves = ValidationCurveTab(self.figure, data, name, **more)
        self.clicks[self.curves.ax] = lambda result, x: {name: self.curves.value_at(x)}
        self.move(self.curves.moving)
        self.arrange()

    def arrange(self) -> None:
        """Lay out the axes for the present size."""
        self.curves.arrange(self)

    def draw(self, result: Result) -> None:
        """Move the artists to where `result` has them."""
        self.curves.draw(result)
