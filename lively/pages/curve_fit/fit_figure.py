"""The first figure: points, the true curve, the fitted one with its band, and its start."""

from typing import Any

import numpy as np
from matplotlib.artist import Artist

from lively.pages.curve_fit.model import curve_inputs
from lively.pages.curve_fit.result import CurveFitResult
from lively.plotting.fit import fitted_line, true_line
from lively.plotting.live_figure import LiveFigure, ResultFigure
from lively.plotting.style import (
    SOFT,
    TEST,
    TRAIN,
    TRAIN_POINTS,
    Limits,
    clip_to_view,
    round_limits,
    style_axes,
    update_limits,
    update_points,
)
from lively.plotting.y_axis import CachedYAxis

#: As on every page, with room for the names of parameters beside their correlation.
MARGINS, NAMES = LiveFigure.margins._replace(left=84), (-22, -62)
OUTLIER_POINTS: dict[str, Any] = {
    "linestyle": "none",
    "marker": "X",
    "markersize": 10,
    "markerfacecolor": TEST,
    "markeredgecolor": "white",
    "markeredgewidth": 1.0,
}


def data_limits(result: CurveFitResult) -> Limits:
    """Return limits for y that depend on the data only, so that they stay while the fit moves."""
    return round_limits(result.curve(curve_inputs(), result.truth), result.points.y)


class CurveFitFigure(ResultFigure[CurveFitResult]):
    """Points and curves over x."""

    margins, names = MARGINS, NAMES

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self.ax = self.figure.add_subplot()
        style_axes(self.ax, "x", "y")
        self.ax.set_xlim(-2.1, 2.1)
        self.grid = curve_inputs()
        nothing = np.zeros_like(self.grid)
        self.band = self.ax.fill_between(
            self.grid, nothing, nothing, color=TRAIN, alpha=0.18, linewidth=0, label="95 % band"
        )
        (self.start,) = self.ax.plot(
            [], [], color=SOFT, linewidth=1.8, linestyle=":", label="start", zorder=2
        )
        self.truth = true_line(self.ax, "true curve", zorder=2.5)
        self.fitted = fitted_line(self.ax, zorder=3)
        (self.points,) = self.ax.plot([], [], label="points", zorder=4, **TRAIN_POINTS)
        (self.outliers,) = self.ax.plot([], [], label="outliers", zorder=5, **OUTLIER_POINTS)
        frame: list[Artist] = [CachedYAxis(self.ax), *self.ax.spines.values()]
        self.move([*frame, self.band, self.start, self.truth, self.fitted])
        self.move([self.points, self.outliers])
        self.arrange()

    def arrange(self) -> None:
        """Lay out the axes for the present size."""
        curves = [self.truth, self.fitted, self.band, self.start]
        self.place(self.ax, legend=[*curves, self.points, self.outliers])

    def draw(self, result: CurveFitResult) -> None:
        """Move the artists to where `result` has them."""
        low, high = data_limits(result)
        update_limits(self.ax, y=(low, high))
        points, fit = result.points, result.fit
        self.truth.set_data(self.grid, result.curve(self.grid, result.truth))
        began, middle = (
            clip_to_view(np.nan_to_num(result.curve(self.grid, values), nan=high), low, high)
            for values in (fit.start, fit.values)
        )
        self.start.set_data(self.grid, began)
        self.fitted.set_data(self.grid, middle)
        reach = np.minimum(fit.band(self.grid), 2 * (high - low))
        self.band.set_data(
            self.grid,
            clip_to_view(middle - reach, low, high),
            clip_to_view(middle + reach, low, high),
        )
        count = result.settings.data.samples
        update_points(self.points, points.x[~points.outlier], points.y[~points.outlier], count)
        update_points(self.outliers, points.x[points.outlier], points.y[points.outlier], count)
