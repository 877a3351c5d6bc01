"""Polynomial regression: make noisy data, fit them, and watch the scores."""

import html
from collections.abc import Hashable, Iterator, Sequence
from typing import ClassVar

from lively.pages.regression.fit_figure import FitFigure
from lively.pages.regression.result import RegressionResult
from lively.pages.regression.settings import RegressionSettings
from lively.pages.regression.tab_figures import RegressionTabs
from lively.pages.regression.text import (
    alpha_text,
    equation_text,
    fit_text,
    panel_text,
    scaling_text,
)
from lively.pages.regression.verdict import verdict
from lively.ui.page import Page
from lively.ui.views import TextView, View


def equation_markup(result: RegressionResult) -> str:
    """Return the markup of the fitted equation, if it is to be shown."""
    if not result.settings.view.equation:
        return ""
    return f'<p class="lively-equation">{html.escape(equation_text(result))}</p>'


def searches(result: RegressionResult) -> bool:
    """Return whether the fit itself may take longer than a frame."""
    return result.searches


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

    settings_class = RegressionSettings
    result_class = RegressionResult
    cards: ClassVar = {
        "Data": ("function", "samples", "x_range", "noise", "noise_mean", "seed"),
        "Split": ("test_share", "split_seed", "fold_seed"),
        "Model": ("degree", "penalty", "alpha", "l1_ratio", "choose_alpha"),
    }

    def make_views(self) -> Sequence[View[RegressionResult]]:
        """Make the parts that show a result."""
        shows_equation = self.controls.widgets["equation"]
        shows_equation.add_class("lively-corner")
        self.fit_view = self.figure(FitFigure, fit_text, searches, above=[shows_equation])
        self.panel_view = self.tabs(
            RegressionTabs,
            panel_text,
            slow=lambda r: r.searches or r.settings.view.panel == "degree",
        )
        self.equation = TextView[RegressionResult](equation_markup, "lively-equation-row", searches)
        self.train = self.score(
            "Training", lambda r: r.fit.train, searches, lambda r: r.fit.converged
        )
        self.test = self.score("Test", lambda r: r.fit.test, searches, lambda r: r.fit.converged)
        self.verdict = self.verdict_card(verdict)
        self.formula = self.note(
            "function", lambda r: r.truth.formula, "lively-formula", slow=False
        )
        self.scaling = self.note("choose_alpha", scaling_text, slow=False)
        self.chosen = self.note("choose_alpha", alpha_text, "lively-note lively-chosen", searches)
        return [
            self.fit_view,
            self.equation,
            self.panel_view,
            self.train,
            self.test,
            self.verdict,
            self.formula,
            self.scaling,
            self.chosen,
        ]

    def slow_part(self, result: RegressionResult) -> Iterator[float]:
        """Choose alpha, and compute the errors at every degree: some ninety fits."""
        return result.steps()

    def slow_key(self, result: RegressionResult) -> Hashable:
        """Return what these depend on."""
        return result.work_key
