"""Predicted against actual values, training and test points side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from lively.arrays import Array
from lively.engine.formatting import format_fixed
from lively.plotting.live_figure import LiveFigure
from lively.plotting.style import (
    INK,
    SOFT,
    TEST_POINTS,
    TRAIN_POINTS,
    Limits,
    style_axes,
    update_limits,
    update_points,
)

Result = TypeVar("Result")


@dataclass(frozen=True)
class PredictedData:
    """Actual and predicted values.

    Attributes
    ----------
    train, test : tuple of two ndarray of shape (n,)
        Actual values and predictions.
    r2 : tuple of two floats
        R² on the training and on the test points; not a number where it is not defined.
    limits : tuple of two floats
        Of both axes.
    """

    train: tuple[Array, Array]
    test: tuple[Array, Array]
    r2: tuple[float, float]
    limits: Limits


class PredictedTab(Generic[Result]):
    """Predicted against actual values; those of a perfect model lie on the diagonal.

    Parameters
    ----------
    figure : Figure
    data : callable
        Takes the result; returns `PredictedData`.
    """

    def __init__(self, figure: Figure, data: Callable[[Result], PredictedData]) -> None:
        self._data = data
        self.axes = [figure.add_subplot(1, 2, i + 1, label=f"predicted{i}") for i in range(2)]
        self.diagonals, self.points = [], []
        styles = (TRAIN_POINTS, TEST_POINTS)
        for ax, name, style in zip(self.axes, ("training", "test"), styles, strict=True):
            style_axes(ax, f"actual y, {name}", "predicted y")
            self.diagonals += ax.plot([], [], color=SOFT, linewidth=1.6, linestyle=(0, (5, 3)))
            self.points += ax.plot([], [], clip_on=False, zorder=4, **style)
        self.titles = [
            ax.text(0.5, 1.04, "", transform=ax.transAxes, ha="center", color=INK, fontsize=13)
            for ax in self.axes
        ]
        self.moving: list[Artist] = [*self.diagonals, *self.points, *self.titles]

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the figure's present size."""
        for column, ax in enumerate(self.axes):
            picture.place(ax, column=column, columns=2)

    def draw(self, result: Result) -> None:
        """Move the artists to where `result` has them."""
        self.show(self._data(result))

    def show(self, data: PredictedData) -> None:
        """Show arrays."""
        low, high = data.limits
        parts: Sequence[tuple[str, tuple[Array, Array]]]
        parts = (("Training", data.train), ("Test", data.test))
        count = len(data.train[0]) + len(data.test[0])
        for i, (name, (actual, predicted)) in enumerate(parts):
            update_limits(self.axes[i], x=(low, high), y=(low, high))
            self.diagonals[i].set_data([low, high], [low, high])
            # Predictions beyond the axes are put on their edge, so that none is out of sight.
            update_points(self.points[i], actual, np.clip(predicted, low, high), count)
            r2 = "not defined" if np.isnan(data.r2[i]) else format_fixed(data.r2[i])
            self.titles[i].set_text(f"{name}: R² {r2}")
