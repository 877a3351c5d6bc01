"""Model selection: choose how complex a model may be from one sample."""

import html
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

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
from lively.ui.page import Page, make_button
from lively.ui.views import FigureView, TextView, View, styled_box


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
        '<div class="lively-name"><span class="lively-test" aria-hidden="true"></span>Test R²</div>'
        f'<div class="lively-score">{shown}</div>'
        f'<div class="lively-name">{html.escape(use_count_text(result))}</div>'
    )


def verdict_markup(result: SelectionResult) -> str:
    """Return the markup of the sentence on what the second picture shows."""
    found = verdict(result)
    return (
        f'<div class="lively-say lively-{found.kind}"><p><b>{html.escape(found.heading)}</b> '
        f"{html.escape(found.text)}</p></div>"
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

    def __init__(self, **changes: Any) -> None:
        self.looks: tuple[HeldOutEvaluation, ...] = ()
        super().__init__(
            SelectionSettings().replace(**changes),
            lambda settings: SelectionResult(settings, self.looks),
        )
        self.add_class("lively-long-verdict")

    def make_views(self) -> Sequence[View[SelectionResult]]:
        """Make the parts that show a result. The first picture waits for no criterion."""
        controls = self.controls.widgets
        controls["panel"].add_class("lively-tabs")
        panels = SelectionTabs(*PANEL_SIZE)
        panels.figure.canvas.mpl_connect("button_press_event", self._clicked)
        self.panels = panels

        def judged(write: Any, style: str) -> TextView[SelectionResult]:
            return TextView[SelectionResult](write, style, slow=lambda r: True)

        self.table = judged(table_markup, "lively-card lively-estimates")
        self.verdict = judged(verdict_markup, "lively-card lively-verdict")
        self.sealed = TextView[SelectionResult](seal_markup, "lively-seal-words")
        self.formula = TextView[SelectionResult](
            lambda r: html.escape(r.truth.formula), "lively-formula"
        )
        self.opener = make_button("Show test score", self._open, OPENS)
        self.take = make_button(
            "Use the choice", self._take, "The candidate that the criterion chooses"
        )
        self.take.add_class("lively-corner")
        self.fit_view = FigureView[SelectionResult](
            SelectionFitFigure(*FIT_SIZE), fit_text, "lively-fit"
        )
        self.panel_view = FigureView[SelectionResult](
            panels,
            panel_text,
            "lively-panel",
            above=[controls["panel"], self.take],
            slow=lambda r: True,
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
        yield from result.steps()

    def slow_key(self, result: SelectionResult) -> Hashable:
        """Return what these depend on."""
        return result.work_key

    def partial(self, result: SelectionResult) -> bool:
        """Say whether the second picture can be shown before all of it is computed."""
        return result.settings.view.panel == "picks" and result.picks.sets > 0

    def arrange_controls(self) -> Sequence[widgets.DOMWidget]:
        """Return the cards of the left column."""
        seed = self.seed_row("seed", "New sample", "The next seed")
        split_seed = self.seed_row("split_seed", "New split", "The next split seed")
        fold_seed = self.seed_row("fold_seed", "New folds", "The next fold seed")
        data = ["function", self.formula.widget, "samples", "x_range", "noise", "noise_mean", seed]
        return [
            self.card("Data", "data", *data),
            self.card("Split", "split", "test_share", split_seed),
            self.card("Model", "model", "degree", "penalty", "alpha", "l1_ratio"),
            self.card("Choice", "rule", "criterion", fold_seed),
        ]

    def arrange_views(self) -> Sequence[widgets.DOMWidget]:
        """Return what stands in the right column, from the top."""
        seal = styled_box(
            self.sealed.widget, self.opener, style="lively-card lively-column lively-seal"
        )
        scores = "lively-scores lively-choose"
        return [
            styled_box(self.table.widget, seal, self.verdict.widget, style=scores),
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

    def _clicked(self, event: Any) -> None:
        if self.panel_view.stale:
            # What was clicked has other axes than those that are on their way.
            return
        result = self.controller.result
        if event.inaxes is self.panels.curves.ax:
            place = self.panels.curves.place_at(event.xdata, result.family)
            self.controller.change(**{result.family.name: result.family.setting(place)})
        elif event.inaxes is self.panels.path.ax and result.path is not None:
            self.controller.change(alpha=self.panels.path.alpha_at(event.xdata))


#: Sizes of the pictures on a screen of 1280 x 800 pixels; the browser tells when it has other room.
FIT_SIZE, PANEL_SIZE = (914, 290), (914, 232)
