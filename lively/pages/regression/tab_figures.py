"""The second figure: one of several tabs."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from lively.learning.polynomial_settings import DEGREES, HIGHEST, LOWEST
from lively.pages.regression.degree_figure import degree_errors
from lively.pages.regression.result import RegressionResult
from lively.plotting.fit import FitData
from lively.plotting.live_figure import LiveFigure
from lively.plotting.predicted_actual import PredictedData, PredictedTab
from lively.plotting.residuals import ResidualData, ResidualTab
from lively.plotting.style import INK, TRAIN, round_up, style_axes, update_limits
from lively.plotting.tabs import Tab, TabbedFigure
from lively.plotting.validation_curve import ValidationCurveTab


def residual_data(result: RegressionResult) -> ResidualData:
    """Return the residuals of training and test points."""
    parts, fit = result.parts, result.fit
    return ResidualData(
        points=(
            (parts.train.x, parts.train.y - fit.train_predicted),
            (parts.test.x, parts.test.y - fit.test_predicted),
        ),
        noise=result.settings.data.noise,
        limits=FitData.of(result).limits,
    )


def predicted_data(result: RegressionResult) -> PredictedData:
    """Return actual and predicted values."""
    parts, fit = result.parts, result.fit
    return PredictedData(
        train=(parts.train.y, fit.train_predicted),
        test=(parts.test.y, fit.test_predicted),
        r2=(fit.train.r2, fit.test.r2),
        limits=FitData.of(result).limits,
    )


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


class RegressionTabs(TabbedFigure[RegressionResult]):
    """The tabs of the regression page."""

    def make_panels(self) -> dict[str, Tab[RegressionResult]]:
        """Make the plots, by their names."""
        self.degree = ValidationCurveTab(self.figure, degree_errors, "degree", (LOWEST, HIGHEST))
        self.clicks[self.degree.ax] = lambda result, x: {"degree": self.degree.value_at(x)}
        return {
            "degree": self.degree,
            "residuals": ResidualTab(self.figure, residual_data),
            "coefficients": CoefficientTab(self.figure),
            "predicted": PredictedTab(self.figure, predicted_data),
        }
