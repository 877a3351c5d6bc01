"""Curve fitting: estimate the parameters of a known curve, and how certain the estimates are."""

import html
from collections.abc import Hashable, Iterator, Sequence
from typing import ClassVar

from lively.pages.curve_fit.fit_figure import CurveFitFigure
from lively.pages.curve_fit.result import CurveFitResult
from lively.pages.curve_fit.settings import RANGES, CurvePageSettings
from lively.pages.curve_fit.tab_figures import CurveFitTabs
from lively.pages.curve_fit.text import (
    coverage_text,
    curve_text,
    error_name,
    panel_text,
    table_rows,
    verdict,
)
from lively.ui.page import Page
from lively.ui.views import TextView, View

HEADINGS = ("Parameter", "True", "Estimate", None, "95 % interval")


def table_markup(result: CurveFitResult) -> str:
    """Return the markup of the table of parameters."""
    head = "".join(
        f'<th scope="col">{html.escape(heading or error_name(result))}</th>' for heading in HEADINGS
    )
    body = "".join(
        f'<tr><th scope="row">{html.escape(name)}</th>'
        + "".join(f"<td>{html.escape(value)}</td>" for value in values)
        + "</tr>"
        for name, *values in table_rows(result)
    )
    return f'<table class="lively-table"><tr>{head}</tr>{body}</table>'


def is_counted(result: CurveFitResult) -> bool:
    """Say whether data sets are simulated, to count how often intervals contain the truth."""
    return result.settings.view.panel == "coverage"


class CurveFitPage(Page[CurveFitResult]):
    """The curve-fitting page as one widget.

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
    >>> page = CurveFitPage(curve="decay", lifetime=2.0)
    >>> page.controller.settings.data.lifetime
    2.0
    """

    settings_class = CurvePageSettings
    result_class = CurveFitResult
    cards: ClassVar = {
        "Data": ("curve", *RANGES, "samples", "noise", "noise_mean", "outliers", "seed"),
        "Fit": ("start", tuple(f"start_{name}" for name in RANGES), "bounds", "loss", "f_scale"),
    }
    scores_style = "lively-scores lively-sure"
    fit_height = 308

    def make_views(self) -> Sequence[View[CurveFitResult]]:
        """Make the parts that show a result."""
        self.promise = self.note(
            "panel",
            lambda r: coverage_text(r) if is_counted(r) else "",
            "lively-beside",
            is_counted,
        )
        self.fit_view = self.figure(CurveFitFigure, curve_text, slow=False)
        self.panel_view = self.tabs(CurveFitTabs, panel_text, is_counted, beside=[self.promise])
        self.table = TextView[CurveFitResult](
            table_markup, "lively-card lively-estimates", slow=False
        )
        self.verdict = self.verdict_card(verdict, slow=False)
        self.formula = self.note("curve", lambda r: r.curve.formula, "lively-formula", slow=False)
        return [
            *(self.fit_view, self.panel_view, self.table),
            *(self.verdict, self.formula, self.promise),
        ]

    def slow_part(self, result: CurveFitResult) -> Iterator[float]:
        """Fit 200 simulated data sets, if their coverage is looked at."""
        if is_counted(result):
            yield from result.count_coverage()

    def slow_key(self, result: CurveFitResult) -> Hashable:
        """Return what the coverage depends on."""
        return result.coverage_key, is_counted(result)

    def partial(self, result: CurveFitResult) -> bool:
        """Show the shares while they are counted."""
        return True
