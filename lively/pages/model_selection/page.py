"""Model selection: choose how complex a model may be from one sample."""

import html
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, ClassVar

import ipywidgets as widgets

from lively.engine.formatting import format_fixed
from lively.pages.model_selection.fit_figure import SelectionFitFigure
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.settings import CRITERIA, SelectionSettings
from lively.pages.model_selection.tab_figures import SelectionTabs
from lively.pages.model_selection.test_set_reuse import HeldOutEvaluation
from lively.pages.model_selection.text import (
    fit_text,
    panel_text,
    table_note,
    table_rows,
    use_count_text,
)
from lively.pages.model_selection.verdicts import verdict
from lively.ui.page import Page
from lively.ui.page_parts import make_button
from lively.ui.score_cards import score_title
from lively.ui.views import TextView, View, styled_box


def table_markup(result: SelectionResult) -> str:
    """Return the markup of the table of choices; the criterion in force is marked."""
    head, *body = table_rows(result)
    chosen = list(dict(CRITERIA)).index(result.settings.rule.criterion) + 1

    def mark(column: int) -> str:
        return ' class="lively-here"' if column == chosen else ""

    written = "".join(
        f'<th scope="col"{mark(i)}>{html.escape(cell)}</th>' for i, cell in enumerate(head)
    )
    lines = "".join(
        f'<tr><th scope="row">{html.escape(name)}</th>'
        + "".join(f"<td{mark(i)}>{html.escape(cell)}</td>" for i, cell in enumerate(cells, 1))
        + "</tr>"
        for name, *cells in body
    )
    # Weights have up to seven digits, degrees two.
    style = "lively-table lively-choices" + " lively-fine" * bool(result.family.weights)
    below = f"<caption>{html.escape(table_note(result))}</caption>" if table_note(result) else ""
    return f'<table class="{style}">{below}<tr>{written}</tr>{lines}</table>'


def seal_markup(result: SelectionResult) -> str:
    """Return the markup of the test set's card: the score is there only if it has been seen."""
    shown = format_fixed(result.test.r2) if result.opened else "hidden"
    return (
        f"{score_title('Test', 'R²')}"
        f'<div class="lively-score">{shown}</div>'
        f'<div class="lively-name">{html.escape(use_count_text(result))}</div>'
    )


#: The help of the button that evaluates the model on the test set.
OPENS = "Counts as one use of the test set"


class ModelSelectionPage(Page[SelectionResult]):
    """The page on choosing a model as one widget.

    Parameters
    ----------
    **changes
        Settings that differ from the page's defaults, by name.

    Attributes
    ----------
    looks : tuple of Look
        The evaluations on test sets so far. They are the page's own, and no setting: undo, redo and
        reset change settings, but a test set stays used.

    Raises
    ------
    SettingsError
        If a name is unknown or a value is not allowed.

    Examples
    --------
    >>> page = ModelSelectionPage(degree=3, criterion="bic")
    >>> page.controller.settings.model.degree
    3
    """

    settings_class = SelectionSettings
    cards: ClassVar = {
        "Data": ("function", "samples", "x_range", "noise", "noise_mean", "seed"),
        "Split": ("test_share", "split_seed"),
        "Model": ("degree", "penalty", "alpha", "l1_ratio"),
        "Choice": ("criterion", "fold_seed"),
    }
    scores_style = "lively-scores lively-choose"
    fit_height = 290

    def __init__(self, **changes: Any) -> None:
        self.looks: tuple[HeldOutEvaluation, ...] = ()
        self.opener = make_button("Show test score", self._open, OPENS)
        self.take = make_button(
            "Use the choice", self._take, "The candidate that the criterion chooses"
        )
        self.take.add_class("lively-corner")
        super().__init__(**changes)
        self.add_class("lively-long-verdict")

    def compute(self, settings: SelectionSettings) -> SelectionResult:
        """Return the result for some settings and the evaluations so far."""
        return SelectionResult(settings, self.looks)

    def make_views(self) -> Sequence[View[SelectionResult]]:
        """Make the parts that show a result. The first figure waits for no criterion."""
        self.fit_view = self.figure(SelectionFitFigure, fit_text, slow=False)
        self.panel_view = self.tabs(SelectionTabs, panel_text, above=[self.take])
        self.table = TextView[SelectionResult](table_markup, "lively-card lively-estimates")
        self.verdict = self.verdict_card(verdict)
        self.sealed = TextView[SelectionResult](seal_markup, "", slow=False)
        self.formula = self.note(
            "function", lambda r: r.truth.formula, "lively-formula", slow=False
        )
        return [
            self.fit_view,
            self.panel_view,
            self.table,
            self.verdict,
            self.sealed,
            self.formula,
        ]

    def slow_part(self, result: SelectionResult) -> Iterator[float]:
        """Cross-validate, and do what the second picture needs, bit by bit."""
        return result.steps()

    def slow_key(self, result: SelectionResult) -> Hashable:
        """Return what these depend on."""
        return result.work_key

    def partial(self, result: SelectionResult) -> bool:
        """Say whether the second picture can be shown before all of it is computed."""
        return result.settings.view.panel == "picks" and result.picks.sets > 0

    def arrange_views(self) -> Sequence[widgets.DOMWidget]:
        """Return what stands in the right column, from the top."""
        seal = styled_box(
            self.sealed.widget, self.opener, style="lively-card lively-column lively-seal"
        )
        return [
            styled_box(self.table.widget, seal, self.verdict.widget, style=self.scores_style),
            self.fit_view.widget,
            self.panel_view.widget,
        ]

    def _settle(self) -> None:
        super()._settle()
        opened = self.controller.result.opened
        self.opener.disabled = opened
        self.opener.tooltip = "This model has been evaluated" if opened else OPENS

    def _open(self) -> None:
        look = self.controller.result.look
        if look not in self.looks:
            self.looks += (look,)
            self.controller.again()

    def _take(self) -> None:
        result = self.controller.result
        if not result.criteria.done:
            self.controller.refuse("The criteria are still being computed.")
            return
        place = result.criteria.choices[result.settings.rule.criterion]
        self.controller.change(**{result.family.name: result.family.setting(place)})
