"""Polynomial regression: make noisy data, fit them, and watch the scores."""

import html
import math
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import ipywidgets as widgets

from lively.engine.formatting import format_fixed, format_number
from lively.learning.scores import Score
from lively.pages.regression.fit_figure import FitFigure
from lively.pages.regression.result import RegressionResult
from lively.pages.regression.settings import RegressionSettings
from lively.pages.regression.tab_figures import RegressionTabs
from lively.pages.regression.text import (
    UNCONVERGED,
    alpha_text,
    equation_text,
    fit_text,
    panel_text,
    r2_text,
    scaling_text,
)
from lively.pages.regression.verdict import verdict
from lively.ui.page import Page
from lively.ui.views import FigureView, TextView, View, styled_box


def score_markup(name: str, mark: str, score: Score, converged: bool = True) -> str:
    """Return the markup of a score's card, short enough for half a phone's width."""

    def brief(value: float) -> str:
        return format_number(value, 2) if abs(value) >= 1000 else format_fixed(value)

    # Words take more room than a number.
    r2 = f"<small>{r2_text(score.r2)}</small>" if math.isnan(score.r2) else brief(score.r2)
    note = "" if converged else f" ({UNCONVERGED})"
    return (
        f'<div class="lively-name"><span class="{mark}" aria-hidden="true"></span>{name} R²{note}'
        f'</div><div class="lively-score">{r2} <small>RMSE {brief(score.rmse)}</small></div>'
    )


def verdict_markup(result: RegressionResult) -> str:
    """Return the markup of the sentence that judges the fit."""
    found = verdict(result)
    return (
        f'<div class="lively-say lively-{found.kind}"><p><b>{html.escape(found.heading)}</b> '
        f"{html.escape(found.text)}</p></div>"
    )


def equation_markup(result: RegressionResult) -> str:
    """Return the markup of the fitted equation, if it is asked for."""
    if not result.settings.view.equation:
        return ""
    return f'<p class="lively-equation">{html.escape(equation_text(result))}</p>'


class RegressionPage(Page[RegressionResult]):
    """The regression page as one widget.

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
    >>> page = RegressionPage(degree=3, noise=2.0)
    >>> page.controller.settings.model.degree
    3
    """

    def __init__(self, **changes: Any) -> None:
        super().__init__(RegressionSettings().replace(**changes), RegressionResult)

    def make_views(self) -> Sequence[View[RegressionResult]]:
        """Make the parts that show a result."""
        controls = self.controls.widgets
        controls["panel"].add_class("lively-tabs")
        panel = RegressionTabs(*PANEL_SIZE)
        panel.figure.canvas.mpl_connect("button_press_event", self._clicked)
        self.panel = panel
        self.train = TextView[RegressionResult](
            lambda r: score_markup("Training", "lively-train", r.fit.train, r.fit.converged),
            "lively-card",
            slow=lambda r: r.searches,
        )
        self.test = TextView[RegressionResult](
            lambda r: score_markup("Test", "lively-test", r.fit.test, r.fit.converged),
            "lively-card",
            slow=lambda r: r.searches,
        )
        self.verdict = TextView[RegressionResult](
            verdict_markup, "lively-card lively-verdict", slow=lambda r: True
        )
        self.formula = TextView[RegressionResult](
            lambda r: html.escape(r.truth.formula), "lively-formula"
        )
        self.chosen = TextView[RegressionResult](
            lambda r: html.escape(alpha_text(r)),
            "lively-note lively-chosen",
            slow=lambda r: r.searches,
        )
        self.scaling = TextView[RegressionResult](
            lambda r: html.escape(scaling_text(r)), "lively-note"
        )
        self.equation = TextView[RegressionResult](
            equation_markup, "lively-equation-row", slow=lambda r: r.searches
        )
        controls["equation"].add_class("lively-corner")
        self.fit_view = FigureView[RegressionResult](
            FitFigure(*FIT_SIZE),
            fit_text,
            "lively-fit",
            above=[controls["equation"]],
            slow=lambda r: r.searches,
        )
        self.panel_view = FigureView[RegressionResult](
            panel,
            panel_text,
            "lively-panel",
            above=[controls["panel"]],
            slow=lambda r: r.searches or r.settings.view.panel == "degree",
        )
        # The pictures come first: they are what the eye follows.
        return [
            self.fit_view,
            self.panel_view,
            self.train,
            self.test,
            self.verdict,
            self.formula,
            self.chosen,
            self.scaling,
            self.equation,
        ]

    def slow_part(self, result: RegressionResult) -> Iterator[float]:
        """Choose alpha, and compute the errors at every degree: some ninety fits."""
        yield from result.steps()

    def slow_key(self, result: RegressionResult) -> Hashable:
        """Return what these depend on."""
        return result.work_key

    def arrange_controls(self) -> Sequence[widgets.DOMWidget]:
        """Return the cards of the left column."""
        seed = self.seed_row("seed", "New sample", "The next seed")
        split_seed = self.seed_row("split_seed", "New split", "The next split seed")
        fold_seed = self.seed_row("fold_seed", "New folds", "The next fold seed")
        return [
            self.card(
                "Data",
                "data",
                "function",
                self.formula.widget,
                "samples",
                "x_range",
                "noise",
                "noise_mean",
                seed,
            ),
            self.card("Split", "split", "test_share", split_seed, fold_seed),
            self.card(
                "Model",
                "model",
                "degree",
                "penalty",
                "alpha",
                "l1_ratio",
                "choose_alpha",
                self.scaling.widget,
                self.chosen.widget,
            ),
        ]

    def arrange_views(self) -> Sequence[widgets.DOMWidget]:
        """Return what stands in the right column, from the top."""
        return [
            styled_box(
                self.train.widget, self.test.widget, self.verdict.widget, style="lively-scores"
            ),
            self.fit_view.widget,
            self.equation.widget,
            self.panel_view.widget,
        ]

    def _clicked(self, event: Any) -> None:
        if event.inaxes is self.panel.degree.ax and not self.panel_view.stale:
            self.controller.change(degree=self.panel.degree.degree_at(event.xdata))


#: Sizes of the pictures on a screen of 1280 x 800 pixels; the browser tells when it has other room.
FIT_SIZE, PANEL_SIZE = (914, 338), (914, 232)
