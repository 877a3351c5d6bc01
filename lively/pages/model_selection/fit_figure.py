"""The first picture: training points, true function, fit, and fits without a fold."""

import numpy as np
from matplotlib.collections import LineCollection

from lively.engine.fields import Interval, find_metadata
from lively.learning.data_settings import DataSettings
from lively.pages.model_selection.result import SelectionResult
from lively.plotting.live_figure import LiveFigure
from lively.plotting.style import (
    FEW_POINTS,
    INK,
    SOFT,
    TEST_POINTS,
    TRAIN_POINTS,
    VALIDATION,
    Limits,
    clip_to_view,
    round_limits,
    style_axes,
    update_limits,
    update_points,
)


def data_limits(result: SelectionResult) -> Limits:
    """Return limits for y that depend on the data only, so that they stay while the model moves."""
    parts = result.parts
    return round_limits(
        np.concatenate([result.truth(result.fit.grid), parts.train.y, parts.test.y])
    )


class SelectionFitFigure(LiveFigure):
    """Training points, the true function, the fit, and the fits without one fold each.

    Test points are there only when the test set has been opened for the present candidate.
    """

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self.ax = self.figure.add_subplot()
        style_axes(self.ax, "x", "y")
        (self.truth,) = self.ax.plot(
            [], [], color=SOFT, linewidth=2, linestyle=(0, (5, 3)), label="true function"
        )
        self.without = LineCollection([], colors=VALIDATION, linewidths=1.2, label="without a fold")
        self.ax.add_collection(self.without, autolim=False)
        (self.curve,) = self.ax.plot(
            [], [], color=INK, linewidth=3, label="fit", solid_capstyle="round"
        )
        (self.train,) = self.ax.plot([], [], label="training", zorder=4, **TRAIN_POINTS)
        (self.test,) = self.ax.plot([], [], label="test, if shown", zorder=5, **TEST_POINTS)
        x_range = find_metadata(DataSettings.model_fields["x_range"], Interval)
        assert x_range is not None
        self.ax.set_xlim(x_range.low - 0.25, x_range.high + 0.25)
        self.move([self.truth, self.without, self.curve, self.train, self.test])
        self.arrange()

    def arrange(self) -> None:
        """Lay out the axes for the present size."""
        self.place(self.ax, legend=[self.truth, self.curve, self.without, self.train, self.test])

    def draw(self, result: SelectionResult) -> None:
        """Move the artists to where `result` has them."""
        low, high = data_limits(result)
        update_limits(self.ax, y=(low, high))
        fit, parts, count = result.fit, result.parts, result.settings.data.samples
        self.truth.set_data(fit.grid, result.truth(fit.grid))
        self.curve.set_data(fit.grid, clip_to_view(fit.curve, low, high))
        self.without.set_segments(
            [np.column_stack([fit.grid, clip_to_view(curve, low, high)]) for curve in fit.without]
        )
        # A crowd of points would hide the curves; among a few, the points stand out.
        for line in (self.truth, self.without, self.curve):
            line.set_zorder(6 if count > FEW_POINTS else 2)
        self.moving.sort(key=lambda artist: artist.get_zorder())
        update_points(self.train, parts.train.x, parts.train.y, count)
        seen = parts.test if result.opened else None
        update_points(
            self.test,
            seen.x if seen else np.array([]),
            seen.y if seen else np.array([]),
            count,
        )
