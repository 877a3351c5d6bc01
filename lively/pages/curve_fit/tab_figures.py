"""The second figure: residuals, coverage or correlation."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from lively.engine.formatting import format_fixed, format_percent
from lively.pages.curve_fit.fit_figure import MARGINS, NAMES, OUTLIER_POINTS, data_limits
from lively.pages.curve_fit.model import CONFIDENCE
from lively.pages.curve_fit.result import CurveFitResult
from lively.pages.curve_fit.settings import RANGES
from lively.plotting.live_figure import LiveFigure
from lively.plotting.residuals import ResidualData, ResidualTab
from lively.plotting.style import (
    GRID,
    INK,
    SOFT,
    TRAIN,
    TRAIN_POINTS,
    style_axes,
    update_limits,
)
from lively.plotting.tabs import Tab, TabbedFigure

#: The most parameters that a curve has.
MOST = 5


#: The kinds of points, by their names in the legend, and their markers.
KINDS = (("points", TRAIN_POINTS), ("outliers", OUTLIER_POINTS))


def residual_data(result: CurveFitResult) -> ResidualData:
    """Return the residuals of the points, and of the outliers among them."""
    points = result.points
    residuals, outlier = points.y - result.fit(points.x), points.outlier
    return ResidualData(
        points=((points.x[~outlier], residuals[~outlier]), (points.x[outlier], residuals[outlier])),
        noise=result.settings.data.noise,
        limits=data_limits(result),
    )


class CoverageTab:
    """How often each parameter's interval contains the truth, beside how often it should."""

    def __init__(self, figure: Figure) -> None:
        self.ax = figure.add_subplot(label="coverage")
        self.axes = [self.ax]
        style_axes(self.ax, "", "coverage")
        update_limits(self.ax, x=(-0.5, MOST - 0.5), y=(-0.03, 1.05))
        self.nominal = self.ax.axhline(
            CONFIDENCE, color=SOFT, linestyle=(0, (5, 3)), linewidth=1.8, label="stated: 95 %"
        )
        self.bars = self.ax.vlines(
            [], 0, [], color=TRAIN, linewidth=3, label="95 % interval", zorder=3
        )
        (self.tips,) = self.ax.plot(
            [], [], linestyle="none", marker="o", markersize=9, color=TRAIN, zorder=4,
            label="counted, with 95 % interval",
        )  # fmt: skip
        self.texts = [
            self.ax.text(0, 0, "", color=INK, fontsize=13, ha="center", linespacing=1.1)
            for _ in range(MOST)
        ]
        self.moving: list[Artist] = [self.bars, self.tips, *self.texts]

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        picture.place(self.ax, legend=[self.tips, self.nominal])

    def draw(self, result: CurveFitResult) -> None:
        """Move the artists to where `result` has them."""
        names = [RANGES[name][3].lower() for name in result.curve.parameters]
        update_limits(self.ax, x=(-0.5, len(names) - 0.5))
        if [label.get_text() for label in self.ax.get_xticklabels()] != names:
            self.ax.set_xticks(range(len(names)), names)
        share, (low, high) = result.coverage.share, result.coverage.limits
        self.tips.set_data(range(len(names)), share)
        self.bars.set_segments(
            [((i, a), (i, b)) for i, (a, b) in enumerate(zip(low, high, strict=True))]
        )
        for i, text in enumerate(self.texts):
            if i < len(names):
                # Below its point, unless there is no room.
                below = share[i] > 0.45
                text.set_text(f"{format_percent(share[i])}\n{whole(low[i])}–{whole(high[i])} %")
                text.set(position=(i, low[i] - 0.06 if below else high[i] + 0.06),
                         va="top" if below else "bottom")  # fmt: skip
            else:
                text.set_text("")


class CorrelationTab:
    """Correlation of the estimates, as numbers and as shades."""

    def __init__(self, figure: Figure) -> None:
        self.ax = figure.add_subplot(label="correlation")
        self.axes = [self.ax]
        style_axes(self.ax, "", "")
        self.ax.grid(visible=False)
        self.cells = [
            self.ax.add_patch(Rectangle((c - 0.48, r - 0.46), 0.96, 0.92, color=GRID, linewidth=0))
            for r in range(MOST)
            for c in range(MOST)
        ]
        self.texts = [
            self.ax.text(c, r, "", ha="center", va="center", fontsize=13, color=INK)
            for r in range(MOST)
            for c in range(MOST)
        ]
        self.moving: list[Artist] = [*self.cells, *self.texts]

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        picture.place(self.ax)

    def draw(self, result: CurveFitResult) -> None:
        """Move the artists to where `result` has them."""
        names = [RANGES[name][3].lower() for name in result.curve.parameters]
        count, found = len(names), result.fit.correlation
        update_limits(self.ax, x=(-0.5, count - 0.5), y=(count - 0.5, -0.5))
        if [label.get_text() for label in self.ax.get_xticklabels()] != names:
            self.ax.set_xticks(range(count), names)
            self.ax.set_yticks(range(count), names)
        for i, (cell, text) in enumerate(zip(self.cells, self.texts, strict=True)):
            row, column = divmod(i, MOST)
            shown = row < count and column < count
            cell.set_visible(shown)
            if shown:
                value = found[row, column]
                # A zero added takes the sign from a rounded zero.
                text.set_text(format_fixed(round(value, 2) + 0.0) if np.isfinite(value) else "?")
                cell.set_facecolor(_shade(np.nan_to_num(value)))
            else:
                text.set_text("")


def whole(share: float) -> str:
    """Write a share as whole per cent, without the sign."""
    return f"{100 * share:.0f}"


def _shade(value: float) -> tuple[float, float, float]:
    """Return paper for 0, on to blue for 1 and to orange for −1."""
    end = np.array([0.62, 0.80, 0.91] if value > 0 else [0.98, 0.77, 0.55])
    mixed = 1 - abs(value) * (1 - end)
    return float(mixed[0]), float(mixed[1]), float(mixed[2])


class CurveFitTabs(TabbedFigure[CurveFitResult]):
    """The panels of the curve-fitting page."""

    margins, names = MARGINS, NAMES

    def make_panels(self) -> dict[str, Tab[CurveFitResult]]:
        """Make the panels, by their names."""
        return {
            "residuals": ResidualTab(self.figure, residual_data, (-2.1, 2.1), KINDS, cached_y=True),
            "coverage": CoverageTab(self.figure),
            "correlation": CorrelationTab(self.figure),
        }
