"""The first picture: the sample, the true function and the fitted curve."""

import numpy as np

from lively.arrays import Array
from lively.engine.fields import Interval, find_metadata
from lively.learning.data_settings import DataSettings
from lively.pages.regression.result import RegressionResult
from lively.plotting.live_figure import LiveFigure
from lively.plotting.style import (
    FEW_POINTS,
    INK,
    SOFT,
    TEST_POINTS,
    TRAIN_POINTS,
    clip_to_view,
    round_limits,
    style_axes,
    update_limits,
    update_points,
)


def data_limits(result: RegressionResult) -> tuple[float, float]:
    """Return limits for y that depend on the data only, so that they stay while the model moves."""
    truth: Array = result.truth(result.grid)
    return round_limits(np.concatenate([truth, result.parts.train.y, result.parts.test.y]))


class FitFigure(LiveFigure):
    """Training and test points, the true function and the fitted curve over x."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self.ax = self.figure.add_subplot()
        style_axes(self.ax, "x", "y")
        (self.truth,) = self.ax.plot(
            [], [], color=SOFT, linewidth=2, linestyle=(0, (5, 3)), label="true function"
        )
        (self.curve,) = self.ax.plot(
            [], [], color=INK, linewidth=3, label="fitted", solid_capstyle="round"
        )
        (self.train,) = self.ax.plot([], [], label="training", zorder=4, **TRAIN_POINTS)
        (self.test,) = self.ax.plot([], [], label="test", zorder=5, **TEST_POINTS)
        x_range = find_metadata(DataSettings.model_fields["x_range"], Interval)
        assert x_range is not None
        self.ax.set_xlim(x_range.low - 0.25, x_range.high + 0.25)
        self.move([self.truth, self.curve, self.train, self.test])
        self.arrange()

    def arrange(self) -> None:
        """Lay out the axes for the present size."""
        self.place(self.ax, legend=[self.truth, self.curve, self.train, self.test])

    def draw(self, result: RegressionResult) -> None:
        """Move the artists to where `result` has them."""
        self.sketch(result)
        self.curve.set_data(result.grid, clip_to_view(result.fit.curve, *data_limits(result)))

    def sketch(self, result: RegressionResult) -> None:
        """Show the data; the fitted curve stays as it was."""
        update_limits(self.ax, y=data_limits(result))
        self.truth.set_data(result.grid, result.truth(result.grid))
        count = result.settings.data.samples
        # A crowd of points would hide the curves; among a few, the points stand out.
        for line in (self.truth, self.curve):
            line.set_zorder(6 if count > FEW_POINTS else 2)
        self.moving.sort(key=lambda artist: artist.get_zorder())
        update_points(self.train, result.parts.train.x, result.parts.train.y, count)
        update_points(self.test, result.parts.test.x, result.parts.test.y, count)
