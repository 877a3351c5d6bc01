"""The first figure: the sample, the true function and the fitted curve."""

from lively.pages.regression.result import RegressionResult
from lively.plotting import fit


def fit_data(result: RegressionResult) -> fit.FitData:
    """Return what is shown of the data."""
    train, test = result.parts.train, result.parts.test
    return fit.FitData(result.grid, result.truth(result.grid), (train.x, train.y), (test.x, test.y))


class FitFigure(fit.FitFigure[RegressionResult]):
    """Training and test points, the true function and the fitted polynomial over x."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height, fit_data, lambda result: result.fit.curve)
