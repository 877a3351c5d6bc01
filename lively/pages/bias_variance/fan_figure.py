"""The first picture: the fits to many data sets, their mean, and the truth."""

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array
from lively.engine.fields import Interval, find_metadata
from lively.learning.data_settings import SourceSettings
from lively.pages.bias_variance.result import DRAWN, BiasVarianceResult
from lively.plotting.fit import fitted_line, true_line
from lively.plotting.line_density import LineDensity
from lively.plotting.live_figure import ResultFigure
from lively.plotting.style import (
    TRAIN_POINTS,
    VALIDATION,
    clip_to_view,
    round_limits,
    style_axes,
    update_limits,
    update_points,
)

#: Standard deviations of the noise on either side of the truth for which the axes have room.
LIMIT_MARGIN = 2.5


def count_colours() -> NDArray[np.uint8]:
    """Return transparent, then shades of blue; shape (6, 4)."""
    ends = np.array([[214, 232, 245], [52, 120, 178]])
    shades = [np.interp(np.linspace(0, 1, 5), [0, 1], channel) for channel in ends.T]
    return np.vstack([np.zeros(4), np.column_stack([*shades, np.full(5, 255)])]).astype(np.uint8)


def fan_limits(result: BiasVarianceResult) -> tuple[float, float]:
    """Return limits for y that depend on the data only, so that they stay while the model moves."""
    truth: Array = result.truth(result.grid)
    room = LIMIT_MARGIN * result.settings.data.noise
    return round_limits(np.array([truth.min() - room, truth.max() + room]))


class FanFigure(ResultFigure[BiasVarianceResult]):
    """All fits as a fan, their mean, the truth, and one data set with its own fit."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self.ax = self.figure.add_subplot()
        style_axes(self.ax, "x", "y")
        self.fan = LineDensity(self.ax, count_colours(), zorder=1.5)
        (self.sign,) = self.ax.plot([], [], color="#7fb3dc", linewidth=5, label="fits")
        self.truth = true_line(self.ax, zorder=5)
        self.mean = fitted_line(self.ax, "mean of the fits", zorder=4)
        (self.one,) = self.ax.plot([], [], color=VALIDATION, linewidth=2, linestyle="-.", zorder=6)
        (self.points,) = self.ax.plot([], [], zorder=7, **TRAIN_POINTS)
        self.points.set_markerfacecolor(VALIDATION)
        x_range = find_metadata(SourceSettings.model_fields["x_range"], Interval)
        assert x_range is not None
        self.ax.set_xlim(x_range.low - 0.25, x_range.high + 0.25)
        self.move([self.fan, self.truth, self.mean, self.one, self.points])
        self.arrange()

    def arrange(self) -> None:
        """Lay out the axes for the present size."""
        wide = self.size[0] >= self.narrow
        self.one.set_label("one of them" if wide else "one")
        self.points.set_label("its data set" if wide else "its data")
        self.place(self.ax, legend=[self.sign, self.mean, self.truth, self.one, self.points])

    def sketch(self, result: BiasVarianceResult) -> None:
        """Move what does not wait for the fits: the truth and the points."""
        update_limits(self.ax, y=fan_limits(result))
        self.truth.set_data(result.grid, result.truth(result.grid))
        data, which = result.settings.data, result.settings.view.data_set - 1
        x, y = result.training.x, result.training.y(data.noise)
        update_points(self.points, x[which % len(x)], y[which], data.samples)

    def draw(self, result: BiasVarianceResult) -> None:
        """Move the artists to where `result` has them."""
        self.sketch(result)
        low, high = fan_limits(result)
        grid, curves = result.grid, result.curves
        self.fan.column = 2
        self.fan.set_curves((grid[0], grid[-1]), curves[:DRAWN])
        self.mean.set_data(grid, clip_to_view(result.mean_curve, low, high))
        one = curves[result.settings.view.data_set - 1]
        self.one.set_data(grid, clip_to_view(one, low, high))

    def refine(self, result: BiasVarianceResult) -> None:
        """Show the fan at every pixel."""
        self.fan.column = 1
