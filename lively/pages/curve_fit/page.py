"""Curve fitting: estimate the parameters of a known curve, and how certain the estimates are."""

import html
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import ipywidgets as widgets

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
from lively.ui.views import FigureView, TextView, View, styled_box

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


def verdict_markup(result: CurveFitResult) -> str:
    """Return the markup of the verdict on the fit."""
    found = verdict(result)
    return (
        f'<div class="lively-say lively-{found.kind}"><p><b>{html.escape(found.heading)}</b> '
        f"{html.escape(found.text)}</p></div>"
    )


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

    def __init__(self, **changes: Any) -> None:
        super().__init__(CurvePageSettings().replace(**changes), CurveFitResult)

    def make_views(self) -> Sequence[View[CurveFitResult]]:
        """Make the parts that show a result."""
        controls = self.controls.widgets
        controls["panel"].add_class("lively-tabs")
        self.table = TextView[CurveFitResult](table_markup, "lively-card lively-estimates")
        self.verdict = TextView[CurveFitResult](verdict_markup, "lively-card lively-verdict")
        self.formula = TextView[CurveFitResult](
            lambda r: html.escape(r.curve.formula), "lively-formula"
        )
        self.promise = TextView[CurveFitResult](
            lambda r: html.escape(coverage_text(r)) if is_counted(r) else "",
            "lively-beside",
            is_counted,
        )
        self.fit_view = FigureView[CurveFitResult](
            CurveFitFigure(*FIT_SIZE), curve_text, "lively-fit"
        )
        self.panel_view = FigureView[CurveFitResult](
            CurveFitTabs(*PANEL_SIZE),
            panel_text,
            "lively-panel",
            above=[styled_box(controls["panel"], self.promise.widget, style="lively-row")],
            slow=is_counted,
        )
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

    def arrange_controls(self) -> Sequence[widgets.DOMWidget]:
        """Return the cards of the left column."""
        seed = self.seed_row("seed", "New sample", "The next seed")
        data = ["curve", self.formula.widget, *RANGES, "samples", "noise", "noise_mean", "outliers"]
        starts = [self.controls.widgets[f"start_{name}"] for name in RANGES]
        return [
            self.card("Data", "data", *data, seed),
            self.card(
                "Fit",
                "fit",
                "start",
                styled_box(*starts, style="lively-pairs"),
                "bounds",
                "loss",
                "f_scale",
            ),
        ]

    def arrange_views(self) -> Sequence[widgets.DOMWidget]:
        """Return what stands in the right column, from the top."""
        return [
            styled_box(self.table.widget, self.verdict.widget, style="lively-scores lively-sure"),
            self.fit_view.widget,
            self.panel_view.widget,
        ]


#: Sizes of the pictures on a screen of 1280 x 800 pixels; the browser says if it has other room.
FIT_SIZE, PANEL_SIZE = (914, 308), (914, 232)
