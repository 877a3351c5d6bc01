"""Residuals over one input, with the noise level as a band."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from lively.arrays import Array
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
from lively.plotting.y_axis import CachedYAxis

Result = TypeVar("Result")

#: Kinds of points by their names in the legend, with their markers.
TRAINING_AND_TEST = (("training", TRAIN_POINTS), ("test", TEST_POINTS))


@dataclass(frozen=True)
class ResidualData:
    """Residuals, observed less predicted.

    Attributes
    ----------
    points : sequence of (x, residuals)
        Two arrays of shape (n,) for each kind of points.
    noise : float
        Standard deviation of the noise.
    limits : tuple of two floats
        Those of y where the points themselves are shown: residuals are shown to the same scale.
    """

    points: Sequence[tuple[Array, Array]]
    noise: float
    limits: Limits


class ResidualTab(Generic[Result]):
    """Residuals of several kinds of points.

    Parameters
    ----------
    figure : Figure
    data : callable
        Takes the result; returns `ResidualData`.
    x_limits : tuple of two floats
    kinds : sequence of (name, style)
        The kinds of points, by their names in the legend, and the style of their markers.
    cached_y : bool
        Whether the limits of y change so often that the numbers beside them are drawn on their own.
    """

    def __init__(
        self,
        figure: Figure,
        data: Callable[[Result], ResidualData],
        x_limits: Limits = (-5.25, 5.25),
        kinds: Sequence[tuple[str, dict[str, Any]]] = TRAINING_AND_TEST,
        cached_y: bool = False,
    ) -> None:
        self._data = data
        self.ax = figure.add_subplot(label="residuals")
        self.axes = [self.ax]
        style_axes(self.ax, "x", "residual")
        self.ax.set_xlim(x_limits)
        zero = self.ax.axhline(0, color=INK, linewidth=1.2)
        self.band = self.ax.axhspan(0, 0, color=SOFT, alpha=0.14, linewidth=0, label="noise ± σ")
        self.points = [
            self.ax.plot([], [], label=name, clip_on=False, zorder=4 + i, **style)[0]
            for i, (name, style) in enumerate(kinds)
        ]
        frame = [CachedYAxis(self.ax), *self.ax.spines.values(), zero] if cached_y else []
        self.moving: list[Artist] = [*frame, self.band, *self.points]

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the figure's present size."""
        picture.place(self.ax, legend=[*self.points, self.band])

    def draw(self, result: Result) -> None:
        """Move the artists to where `result` has them."""
        self.show(self._data(result))

    def show(self, data: ResidualData) -> None:
        """Show arrays."""
        low, high = data.limits
        reach = max((high - low) / 2, data.noise)
        update_limits(self.ax, y=(-reach, reach))
        self.band.set(y=-data.noise, height=2 * data.noise)
        count = sum(len(x) for x, _ in data.points)
        for artist, (x, residuals) in zip(self.points, data.points, strict=True):
            # Residuals beyond the axes are put on their edge, so that none is out of sight.
            seen = np.clip(np.nan_to_num(residuals, nan=reach), -reach, reach)
            update_points(artist, x, seen, count)
