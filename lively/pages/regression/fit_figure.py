"""The first picture: the sample, the true function and the fitted curve."""

import numpy as np

from lively.arrays import Array
from lively.engine.fields import Interval, declared
from lively.learning.data_settings import DataSettings
from lively.pages.regression.result import RegressionResult
from lively.plotting.live_figure import Picture
from lively.plotting.style import (
    FEW,
    INK,
    SOFT,
    TEST_POINTS,
    TRAIN_POINTS,
    dress,
    limits,
    show_limits,
    show_points,
    within,
)


def data_limits(result: RegressionResult) -> tuple[float, float]:
    """Return limits for y that depend on the data only, so that they stay while the model moves."""
    truth: Array = result.truth(result.grid)
    return limits(np.concatenate([truth, result.parts.train.y, result.parts.test.y]))


class FitPicture(Picture):
    """Training and test points, the true function and the fitted curve over x."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self.ax = self.figure.add_subplot()
        dress(self.ax, "x", "y")
        (self.truth,) = self.ax.plot(
            [], [], color=SOFT, linewidth=2, linestyle=(0, (5, 3)), label="true function"
        )
        (self.curve,) = self.ax.plot(
            [], [], color=INK, linewidth=3, label="fitted", solid_capstyle="round"
        )
        (self.train,) = self.ax.plot([], [], label="training", zorder=4, **TRAIN_POINTS)
        (self.test,) = self.ax.plot([], [], label="test", zorder=5, **TEST_POINTS)
        x_range = declared(DataSettings.model_fields["x_range"], Interval)
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
        self.curve.set_data(result.grid, within(result.fit.curve, *data_limits(result)))

    def sketch(self, result: RegressionResult) -> None:
        """Show the data; the fitted curve stays as it was."""
        show_limits(self.ax, y=data_limits(result))
        self.truth.set_data(result.grid, result.truth(result.grid))
        count = result.settings.data.samples
        # A crowd of points would hide the curves; among a few, the points stand out.
        for line in (self.truth, self.curve):
            line.set_zorder(6 if count > FEW else 2)
        self.moving.sort(key=lambda artist: artist.get_zorder())
        show_points(self.train, result.parts.train.x, result.parts.train.y, count)
        show_points(self.test, result.parts.test.x, result.parts.test.y, count)
