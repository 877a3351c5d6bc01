"""A fit over one input: points, the true function and the fitted curve."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from lively.arrays import Array
from lively.learning.noisy_sample import SplitSample
from lively.plotting.live_figure import ResultFigure
from lively.plotting.style import (
    FEW_POINTS,
    INK,
    SOFT,
    TEST_POINTS,
    TRAIN_POINTS,
    Limits,
    clip_to_view,
    round_limits,
    style_axes,
    update_limits,
    update_points,
)

Result = TypeVar("Result")

#: What `FitFigure` and others leave of the axis of x on both sides of its range.
X_MARGIN = 0.25


class ShowsSample(Protocol):
    """What `FitData.of` reads of a result."""

    @property
    def grid(self) -> Array:
        """Inputs over the range of x."""

    @property
    def truth(self) -> Callable[[Array], Array]:
        """The true function."""

    @property
    def parts(self) -> SplitSample:
        """The sample, split."""


def true_line(ax: Axes, label: str = "true function", **style: Any) -> Line2D:
    """Return the dashed line of a true function, without points yet."""
    dashes = (0, (5, 3))
    return ax.plot([], [], color=SOFT, linewidth=2, linestyle=dashes, label=label, **style)[0]


def fitted_line(ax: Axes, label: str = "fitted", **style: Any) -> Line2D:
    """Return the thick line of a fitted curve, without points yet."""
    return ax.plot([], [], color=INK, linewidth=3, label=label, **style)[0]


@dataclass(frozen=True)
class FitData:
    """What of a sample of one input is shown.

    Attributes
    ----------
    grid, truth : ndarray of shape (points,)
        Inputs over the range of x, and the true function there.
    train, test : tuple of two ndarray
        Inputs and outputs of the training and the test points.
    hide_test : bool
        Whether the test points, by which the axis is limited all the same, are not shown.
    """

    grid: Array
    truth: Array
    train: tuple[Array, Array]
    test: tuple[Array, Array]
    hide_test: bool = False

    @classmethod
    def of(cls, result: ShowsSample) -> "FitData":
        """Return what is shown of a result that has a grid, a true function and a split sample."""
        train, test = result.parts.train, result.parts.test
        truth = result.truth(result.grid)
        return cls(result.grid, truth, (train.x, train.y), (test.x, test.y))

    @property
    def limits(self) -> Limits:
        """Limits of y, which depend on the data only, so that they stay while the model moves."""
        return round_limits(self.truth, self.train[1], self.test[1])

    @property
    def count(self) -> int:
        """Points of the whole sample."""
        return len(self.train[0]) + len(self.test[0])


class FitFigure(ResultFigure[Result]):
    """Training and test points, the true function and the fitted curve over x.

    Parameters
    ----------
    width, height : int
        In pixels of the page.
    data : callable
        Takes the result; returns `FitData`. It must not need what takes long: while a fit is
        computed, the points move and the curve stays.
    curve : callable
        Takes the result; returns the fitted curve over the grid, of shape (points,).
    x_range : tuple of two floats
        Of the inputs that can be chosen.
    fitted, test : str
        Names in the legend.
    """

    def __init__(
        self,
        width: int,
        height: int,
        data: Callable[[Result], FitData],
        curve: Callable[[Result], Array],
        x_range: Limits = (-5.0, 5.0),
        fitted: str = "fitted",
        test: str = "test",
    ) -> None:
        super().__init__(width, height)
        self._data, self._curve = data, curve
        self.ax = self.figure.add_subplot()
        style_axes(self.ax, "x", "y")
        self.ax.set_xlim(x_range[0] - X_MARGIN, x_range[1] + X_MARGIN)
        self.truth = true_line(self.ax)
        self.more = self.make_more()
        self.curve = fitted_line(self.ax, fitted, solid_capstyle="round")
        (self.train,) = self.ax.plot([], [], label="training", zorder=4, **TRAIN_POINTS)
        (self.test,) = self.ax.plot([], [], label=test, zorder=5, **TEST_POINTS)
        self.lines: list[Artist] = [self.truth, *self.more, self.curve]
        self.move([*self.lines, self.train, self.test])
        self.arrange()

    def make_more(self) -> list[Artist]:
        """Make further lines, which lie between the true function and the fitted curve."""
        return []

    def arrange(self) -> None:
        """Lay out the axes for the present size."""
        legend = [self.truth, self.curve, *self.more, self.train, self.test]
        self.place(self.ax, legend=legend)

    def draw(self, result: Result) -> None:
        """Move the artists to where `result` has them."""
        data = self._data(result)
        self.show(data, self._curve(result))

    def sketch(self, result: Result) -> None:
        """Show the data; the fitted curve stays as it was."""
        self.show(self._data(result))

    def show(self, data: FitData, curve: Array | None = None) -> None:
        """Show arrays.

        Parameters
        ----------
        data : FitData
        curve : ndarray of shape (points,) or None
            The fitted curve over the grid; None leaves it as it was.
        """
        update_limits(self.ax, y=data.limits)
        self.truth.set_data(data.grid, data.truth)
        if curve is not None:
            self.curve.set_data(data.grid, clip_to_view(curve, *data.limits))
        # A crowd of points would hide the curves; among a few, the points stand out.
        for line in self.lines:
            line.set_zorder(6 if data.count > FEW_POINTS else 2)
        self.moving.sort(key=lambda artist: artist.get_zorder())
        update_points(self.train, data.train[0], data.train[1], data.count)
        x, y = data.test
        shown = slice(0) if data.hide_test else slice(None)
        update_points(self.test, x[shown], y[shown], data.count)
