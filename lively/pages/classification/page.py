"""Classification: separate two classes, and see how well."""

import html
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

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
from lively.ui.scheduler import Scheduler
from lively.ui.views import FigureView, TextView, View, styled_box


def metrics_markup(name: str, mark: str, judgement: ClassificationMetrics, warning: str) -> str:
    """Return the markup of a part's card, with a warning where its numbers are preliminary."""
    return (
        f'<div class="lively-name"><span class="{mark}" aria-hidden="true"></span>'
        f"{name} accuracy{', ' + warning if warning else ''}</div>"
        f'<div class="lively-score">{accuracy_text(judgement.accuracy)} '
        f'<small class="lively-two">log loss {format_fixed(judgement.log_loss)}<br>'
        f"AUC {auc_text(judgement)}</small></div>"
    )


def verdict_markup(result: ClassificationResult) -> str:
    """Return the markup of the sentence that judges the model."""
    found = verdict(result)
    return (
        f'<div class="lively-say lively-{found.kind}"><p><b>{html.escape(found.heading)}</b> '
        f"{html.escape(found.text)}</p></div>"
    )


class SurfaceDetail(View[ClassificationResult]):
    """The surface in full detail. A coarse one is not wrong, so it is never dimmed."""

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
    """The points on the surface, which is refined bit by bit at rest."""

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

    def __init__(self, **changes: Any) -> None:
        super().__init__(ClassificationSettings().replace(**changes), ClassificationResult)

    def make_views(self) -> Sequence[View[ClassificationResult]]:
        """Make the parts that show a result. All but the data wait for the model."""
        controls = self.controls.widgets
        controls["panel"].add_class("lively-tabs")

        def fitted(write: Any, style: str) -> TextView[ClassificationResult]:
            return TextView[ClassificationResult](write, style, slow=lambda r: True)

        self.train = fitted(
            lambda r: metrics_markup("Training", "lively-train", r.train_judged, fit_warning(r)),
            "lively-card",
        )
        self.test = fitted(
            lambda r: metrics_markup("Test", "lively-test", r.test_judged, fit_warning(r)),
            "lively-card",
        )
        self.verdict = fitted(verdict_markup, "lively-card lively-verdict")
        self.chosen = fitted(lambda r: html.escape(model_notes(r)), "lively-note lively-chosen")
        self.formula = TextView[ClassificationResult](
            lambda r: html.escape(shape_text(r)), "lively-formula"
        )
        self.best = TextView[ClassificationResult](
            lambda r: html.escape(best_text(r)), "lively-note"
        )
        self.surface_view = SurfaceView(
            SurfaceFigure(*SURFACE_SIZE), surface_text, lambda: self.controller.guard(clears=False)
        )
        self.panel_view = FigureView[ClassificationResult](
            ClassificationTabs(*PANEL_SIZE),
            panel_text,
            "lively-panel",
            above=[controls["panel"]],
            slow=lambda r: True,
        )
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
        yield from result.slow_part()

    def slow_key(self, result: ClassificationResult) -> Hashable:
        """Return what the trained model depends on."""
        return result.slow_key

    def arrange_controls(self) -> Sequence[widgets.DOMWidget]:
        """Return the cards of the left column."""
        seed = self.seed_row("seed", "New sample", "The next seed")
        split_seed = self.seed_row("split_seed", "New split", "The next split seed")
        model = [name for name in self.controls.fields if name in MODEL]
        return [
            self.card(
                "Data",
                "data",
                "shape",
                self.formula.widget,
                "samples",
                "noise",
                "noise_mean",
                "balance",
                seed,
                self.best.widget,
            ),
            self.card("Split", "split", "test_share", split_seed),
            self.card("Model", "model", *model, self.chosen.widget, "threshold"),
        ]

    def arrange_views(self) -> Sequence[widgets.DOMWidget]:
        """Return what stands in the right column, from the top."""
        return [
            styled_box(
                self.train.widget, self.test.widget, self.verdict.widget, style="lively-scores"
            ),
            self.surface_view.widget,
            self.panel_view.widget,
        ]


#: Names of the model's settings.
MODEL = ClassificationSettings.groups()["model"].model_fields
#: Sizes of the pictures on a screen of 1280 x 800 pixels; the browser tells when it has other room.
SURFACE_SIZE, PANEL_SIZE = (914, 338), (914, 232)
