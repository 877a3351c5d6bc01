"""k-nearest-neighbour regression: average the points that lie nearest."""

from collections.abc import Sequence
from functools import partial

from lively import ErrorCurves, FitData, FitFigure, Page, ValidationCurveFigure, View, errors_text
from lively.pages.neighbours.result import NeighboursResult
from lively.pages.neighbours.settings import MOST_NEIGHBOURS, NeighboursSettings
from lively.pages.neighbours.text import count_note, fit_text, verdict


def errors(result: NeighboursResult) -> ErrorCurves:
    """Return the errors for every k."""
    fits, noise = result.fits, result.settings.data.noise
    return ErrorCurves.of(
        fits.k, fits.train, fits.validated, fits.test, here=result.k, noise=noise, y=result.sample.y
    )


class NeighboursPage(Page[NeighboursResult]):
    """The page on nearest neighbours; settings that differ from its defaults by name."""

    settings_class, result_class = NeighboursSettings, NeighboursResult

    def make_views(self) -> Sequence[View[NeighboursResult]]:
        """Make the parts that show a result."""
        fit = partial(FitFigure[NeighboursResult], data=FitData.of, curve=lambda r: r.curve)
        curves = partial(
            ValidationCurveFigure, data=errors, name="k", limits=(1, MOST_NEIGHBOURS), log=True
        )
        return [
            self.figure(fit, fit_text),
            self.figure(curves, lambda r: errors_text(errors(r), "k"), style="lively-panel"),
            self.score("Training", lambda r: r.train),
            self.score("Test", lambda r: r.test),
            self.verdict_card(verdict),
            self.note("function", lambda r: r.truth.formula, "lively-formula", slow=False),
            self.note("k", count_note, slow=False),
        ]
