"""The second picture: one of several panels, which take turns in one figure."""

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from lively.engine.formatting import format_fixed
from lively.learning.polynomial_settings import DEGREES
from lively.pages.regression.degree_figure import DegreeTab
from lively.pages.regression.fit_figure import data_limits
from lively.pages.regression.result import RegressionResult
from lively.plotting.live_figure import LiveFigure
from lively.plotting.style import (
    INK,
    SOFT,
    TEST_POINTS,
    TRAIN,
    TRAIN_POINTS,
    round_up,
    style_axes,
    update_limits,
    update_points,
)
from lively.plotting.tabs import Tab, TabbedFigure


class ResidualTab:
    """Residuals of training and test points, with the noise level as a band."""

    def __init__(self, figure: Figure) -> None:
        self.ax = figure.add_subplot(label="residuals")
        self.axes = [self.ax]
        style_axes(self.ax, "x", "residual")
        self.ax.axhline(0, color=INK, linewidth=1.2)
        self.band = self.ax.axhspan(0, 0, color=SOFT, alpha=0.14, linewidth=0, label="noise ± σ")
        points: dict[str, Any] = {"clip_on": False}
        (self.train,) = self.ax.plot([], [], label="training", zorder=4, **points, **TRAIN_POINTS)
        (self.test,) = self.ax.plot([], [], label="test", zorder=5, **points, **TEST_POINTS)
        self.ax.set_xlim(-5.25, 5.25)
        self.moving: list[Artist] = [self.band, self.train, self.test]

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        picture.place(self.ax, legend=[self.train, self.test, self.band])

    def draw(self, result: RegressionResult) -> None:
        """Move the artists to where `result` has them."""
        parts, fit, noise = result.parts, result.fit, result.settings.data.noise
        low, high = data_limits(result)
        reach = max((high - low) / 2, noise)
        update_limits(self.ax, y=(-reach, reach))
        self.band.set(y=-noise, height=2 * noise)
        for artist, part, predicted in (
            (self.train, parts.train, fit.train_predicted),
            (self.test, parts.test, fit.test_predicted),
        ):
            # Residuals beyond the axes are put on their edge, so that none is out of sight.
            residuals = np.clip(part.y - predicted, -reach, reach)
            update_points(artist, part.x, residuals, result.settings.data.samples)


class CoefficientTab:
    """Coefficients of the scaled powers; those that a penalty set to zero are hollow rings."""

    def __init__(self, figure: Figure) -> None:
        self.ax = figure.add_subplot(label="coefficients")
        self.axes = [self.ax]
        style_axes(self.ax, "power of x", "coefficient (standardized)")
        self.ax.axhline(0, color=INK, linewidth=1.2, zorder=2)
        self.ax.set_xlim(DEGREES[0] - 0.6, DEGREES[-1] + 0.6)
        self.ax.set_xticks(DEGREES)
        self.stems = self.ax.vlines([], 0, [], color=TRAIN, linewidth=6)
        (self.tips,) = self.ax.plot(
            [], [], linestyle="none", marker="o", markersize=8, color=TRAIN, label="not zero"
        )
        (self.zeros,) = self.ax.plot(
            [], [], linestyle="none", marker="o", markersize=11, markerfacecolor="white",
            markeredgecolor=INK, markeredgewidth=1.8, zorder=5, label="exactly zero",
        )  # fmt: skip
        self.moving: list[Artist] = [self.stems, self.tips, self.zeros]

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        picture.place(self.ax, legend=[self.tips, self.zeros])

    def draw(self, result: RegressionResult) -> None:
        """Move the artists to where `result` has them."""
        values = result.fit.coefficients
        powers = DEGREES[: len(values)]
        reach = round_up(max(float(np.abs(values).max()) * 1.05, 1.0))
        update_limits(self.ax, y=(-reach, reach))
        zero = values == 0
        self.stems.set_segments(
            [((p, 0), (p, v)) for p, v in zip(powers[~zero], values[~zero], strict=True)]
        )
        self.tips.set_data(powers[~zero], values[~zero])
        self.zeros.set_data(powers[zero], values[zero])


class PredictedTab:
    """Predicted against actual values; a perfect model lies on the diagonal."""

    def __init__(self, figure: Figure) -> None:
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
        """Lay out the axes for the picture's present size."""
        for column, ax in enumerate(self.axes):
            picture.place(ax, column=column, columns=2)

    def draw(self, result: RegressionResult) -> None:
        """Move the artists to where `result` has them."""
        parts, fit = result.parts, result.fit
        low, high = data_limits(result)
        drawn = (
            ("Training", parts.train, fit.train_predicted, fit.train),
            ("Test", parts.test, fit.test_predicted, fit.test),
        )
        for i, (name, part, predicted, score) in enumerate(drawn):
            update_limits(self.axes[i], x=(low, high), y=(low, high))
            self.diagonals[i].set_data([low, high], [low, high])
            count = result.settings.data.samples
            update_points(self.points[i], part.y, np.clip(predicted, low, high), count)
            r2 = "not defined" if np.isnan(score.r2) else format_fixed(score.r2)
            self.titles[i].set_text(f"{name}: R² {r2}")


class RegressionTabs(TabbedFigure):
    """The panels of the regression page."""

    def make_panels(self) -> dict[str, Tab[Any]]:
        """Make the panels, by their names."""
        self.degree = DegreeTab(self.figure)
        return {
            "degree": self.degree,
            "residuals": ResidualTab(self.figure),
            "coefficients": CoefficientTab(self.figure),
            "predicted": PredictedTab(self.figure),
        }
