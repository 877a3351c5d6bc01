"""The first figure: the sample, the true function and the fitted curve."""

from lively.pages.regression.result import RegressionResult
from lively.plotting import fit


class FitFigure(fit.FitFigure[RegressionResult]):
    """Training and test points, the true function and the fitted polynomial over x."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height, fit.FitData.of, lambda result: result.fit.curve)
