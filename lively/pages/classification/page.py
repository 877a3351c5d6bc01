"""Classification: separate two classes, and see how well."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import ClassVar

import ipywidgets as widgets

from lively.engine.formatting import format_fixed
from lively.learning.metrics import ClassificationMetrics
from lively.pages.classification.names import accuracy_text, shape_text
from lively.pages.classification.result import ClassificationResult
from lively.pages.classification.settings import ClassificationSettings
from lively.pages.classification.surface_figure import SurfaceFigure
from lively.pages.classification.tab_figures import ClassificationTabs
from lively.pages.classification.text import (
    auc_text,
    best_text,
    fit_warning,
    model_notes,
    panel_text,
    surface_text,
)
from lively.pages.classification.verdict import verdict
from lively.ui.page import Page
from lively.ui.page_parts import FIGURE_WIDTH, FIT_HEIGHT
from lively.ui.scheduler import Scheduler
from lively.ui.score_cards import score_title
from lively.ui.views import FigureView, TextView, View


def metrics_markup(name: str, judgement: ClassificationMetrics, warning: str) -> str:
    """Return the markup of a card with scores, with a warning where they are preliminary."""
    return (
        f"{score_title(name, 'accuracy' + (', ' + warning if warning else ''))}"
        f'<div class="lively-score">{accuracy_text(judgement.accuracy)} '
        f'<small class="lively-two">log loss {format_fixed(judgement.log_loss)}<br>'
        f"AUC {auc_text(judgement)}</small></div>"
    )


class SurfaceDetail(View[ClassificationResult]):
    """The surface in full detail. A coarse one is correct as well, so it is never dimmed."""

    def __init__(
        self, widget: widgets.DOMWidget, show: Callable[[ClassificationResult], None]
    ) -> None:
        super().__init__(widget, slow=lambda result: True)
        self._show = show

    def draw(self, result: ClassificationResult) -> None:
        """Show the fine surface."""
        self._show(result)

    def dim(self, stale: bool) -> None:
        """Leave the picture as it is."""


class SurfaceView(FigureView[ClassificationResult]):
    """The points on the surface, which is computed in more detail while no control moves."""

    def __init__(
        self,
        picture: SurfaceFigure,
        describe: Callable[[ClassificationResult], str],
        guard: Callable[[], AbstractContextManager[None]],
    ) -> None:
        super().__init__(picture, describe, "lively-fit", slow=lambda result: True)
        self._refining = Scheduler[ClassificationResult](
            [SurfaceDetail(self.widget, super().refine)],
            lambda result: result.fit,
            lambda result: result.fit.fine.steps(),
            guard,
            lambda share: None,
        )

    def draw(self, result: ClassificationResult) -> None:
        """Show `result`: one frame."""
        self._refining.stop()
        super().draw(result)

    def sketch(self, result: ClassificationResult) -> None:
        """Show what needs no model."""
        self._refining.stop()
        super().sketch(result)

    def refine(self, result: ClassificationResult) -> None:
        """Begin to show more detail."""
        self._refining.show(result)


#: Names of the model's settings.
MODEL = tuple(ClassificationSettings.groups()["model"].model_fields)


class ClassificationPage(Page[ClassificationResult]):
    """The classification page as one widget.

    Parameters
    ----------
    **changes
        Settings that differ from the page's defaults, by name.

    Raises
    ------
    SettingsError
        If a name is unknown or a value is not allowed.

    Examples
    --------
    >>> page = ClassificationPage(kind="tree", depth=3)
    >>> page.controller.settings.model.depth
    3
    """

    settings_class = ClassificationSettings
    result_class = ClassificationResult
    cards: ClassVar = {
        "Data": ("shape", "samples", "noise", "noise_mean", "balance", "seed"),
        "Split": ("test_share", "split_seed"),
        "Model": (*MODEL, "threshold"),
    }

    def make_views(self) -> Sequence[View[ClassificationResult]]:
        """Make the parts that show a result. All but the data wait for the model."""
        self.surface_view = SurfaceView(
            SurfaceFigure(FIGURE_WIDTH, FIT_HEIGHT),
            surface_text,
            lambda: self.controller.guard(clears=False),
        )
        self.panel_view = self.tabs(ClassificationTabs, panel_text)
        self.train = TextView[ClassificationResult](
            lambda r: metrics_markup("Training", r.train_judged, fit_warning(r)), "lively-card"
        )
        self.test = TextView[ClassificationResult](
            lambda r: metrics_markup("Test", r.test_judged, fit_warning(r)), "lively-card"
        )
        self.verdict = self.verdict_card(verdict)
        self.chosen = self.note(MODEL[-1], model_notes, "lively-note lively-chosen")
        self.formula = self.note("shape", shape_text, "lively-formula", slow=False)
        self.best = self.note("seed", best_text, slow=False)
        return [
            self.surface_view,
            self.panel_view,
            self.train,
            self.test,
            self.verdict,
            self.chosen,
            self.formula,
            self.best,
        ]

    def slow_part(self, result: ClassificationResult) -> Iterator[float]:
        """Train the model, bit by bit."""
        return result.slow_part()

    def slow_key(self, result: ClassificationResult) -> Hashable:
        """Return what the trained model depends on."""
        return result.slow_key
