"""The first figure: training points, true function, fit, and fits without a fold."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection

from lively.arrays import Array
from lively.pages.model_selection.result import SelectionResult
from lively.plotting.fit import FitData, FitFigure
from lively.plotting.style import VALIDATION, clip_to_view


def fit_data(result: SelectionResult) -> FitData:
    """Return what is shown of the data; the test points only if the test set has been opened."""
    grid, train, test = result.fit.grid, result.parts.train, result.parts.test
    truth = result.truth(grid)
    return FitData(grid, truth, (train.x, train.y), (test.x, test.y), not result.opened)


class SelectionFitFigure(FitFigure[SelectionResult]):
    """Training points, the true function, the fit, and the fits without one fold each.

    Test points are there only when the test set has been opened for the present candidate.
    """

    def __init__(self, width: int, height: int) -> None:
        def curve(result: SelectionResult) -> Array:
            return result.fit.curve

        super().__init__(width, height, fit_data, curve, fitted="fit", test="test, if shown")

    def make_more(self) -> list[Artist]:
        """Make the lines of the fits without a fold."""
        self.without = LineCollection([], colors=VALIDATION, linewidths=1.2, label="without a fold")
        self.ax.add_collection(self.without, autolim=False)
        return [self.without]

    def draw(self, result: SelectionResult) -> None:
        """Move the artists to where `result` has them."""
        super().draw(result)
        fit, limits = result.fit, fit_data(result).limits
        self.without.set_segments(
            [np.column_stack([fit.grid, clip_to_view(curve, *limits)]) for curve in fit.without]
        )
