"""Bias and variance: fit many data sets of one truth, and see what the error is made of."""

import asyncio
import html
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, ClassVar

import ipywidgets as widgets

from lively.engine.formatting import format_number
from lively.pages.bias_variance.fan_figure import FanFigure
from lively.pages.bias_variance.heavy_tails import is_infinite_error
from lively.pages.bias_variance.result import BiasVarianceResult
from lively.pages.bias_variance.settings import SHOWN, BiasVarianceSettings
from lively.pages.bias_variance.tab_figures import BiasVarianceTabs
from lively.pages.bias_variance.text import (
    estimate_text,
    fan_text,
    freedom_text,
    never_negative,
    panel_text,
    remarks,
    share_text,
    verdict,
)
from lively.ui.page import Page
from lively.ui.page_parts import make_button
from lively.ui.views import TextView, View, styled_box

#: What the table shows in place of a mean where the expected error is infinite; else that.
INFINITE = {"Bias²": "–"}
#: Seconds for which each data set is shown while they are played.
BEAT = 0.6


def table_markup(result: BiasVarianceResult) -> str:
    """Return the markup of the table of parts, each with its Monte Carlo error."""
    parts = result.parts
    star = "*" if result.unconverged else ""
    rows = [
        ("Bias²", *estimate_text(never_negative(parts.bias2))),
        ("Variance", *estimate_text(never_negative(parts.variance))),
        ("Noise", format_number(parts.noise), "0"),
        ("Sum", *estimate_text(parts.total)),
        ("Test error", *estimate_text(parts.test)),
    ]
    rows = [(name, value + star * (name != "Noise"), error) for name, value, error in rows]
    shown = [share_text(part) for part in parts.shares]
    if is_infinite_error(result.settings.data, result.settings.model):
        rows = [
            (name, value if name == "Noise" else INFINITE.get(name, "∞"), error)
            for name, value, error in rows
        ]
        shown = ["–"] * len(shown)
    shares = "".join(f"<td>{html.escape(each)}</td>" for each in shown)
    heads = "".join(f'<th scope="col">{html.escape(name)}</th>' for name, *_ in rows)
    values, errors = ("".join(f"<td>{html.escape(row[at])}</td>" for row in rows) for at in (1, 2))
    return (
        f'<table class="lively-table"><tr><th scope="col">Part</th>{heads}</tr>'
        f'<tr><th scope="row">mean</th>{values}</tr>'
        f'<tr><th scope="row">± s.e.</th>{errors}</tr>'
        f'<tr><th scope="row">share</th>{shares}</tr></table>'
    )


class BiasVariancePage(Page[BiasVarianceResult]):
    """The page on bias and variance as one widget.

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
    >>> page = BiasVariancePage(degree=3, data_sets=100)
    >>> page.controller.settings.data.data_sets
    100
    """

    settings_class = BiasVarianceSettings
    result_class = BiasVarianceResult
    cards: ClassVar = {
        "Data": ("function", "samples", "x_range", "noise", "inputs", "data_sets", "seed"),
        "Model": ("degree", "penalty", "alpha", "l1_ratio"),
    }
    seed_buttons: ClassVar = {"seed": "New samples"}
    scores_style = "lively-scores lively-sure"
    fit_height = 308

    def __init__(self, **changes: Any) -> None:
        self._timer: asyncio.TimerHandle | None = None
        self._left = 0
        self.play = make_button("Play", self._toggle, "Shows all of them once, one after the other")
        self.next = make_button("Next", self._next, "Shows the next data set")
        super().__init__(**changes)

    def make_views(self) -> Sequence[View[BiasVarianceResult]]:
        """Make the parts that show a result."""

        def is_heavy(result: BiasVarianceResult) -> bool:
            return result.is_heavy

        self.fan_view = self.figure(FanFigure, fan_text, is_heavy)
        self.panel_view = self.tabs(
            BiasVarianceTabs, panel_text, slow=lambda r: r.is_heavy or r.sweep != "none"
        )
        self.table = TextView[BiasVarianceResult](table_markup, "", is_heavy)
        self.remarks = TextView[BiasVarianceResult](
            lambda r: html.escape(remarks(r)), "lively-note"
        )
        self.verdict = self.verdict_card(verdict)
        self.formula = self.note(
            "function", lambda r: r.truth.formula, "lively-formula", slow=False
        )
        self.freedom = self.note("l1_ratio", freedom_text, "lively-note lively-chosen", is_heavy)
        return [
            self.fan_view,
            self.panel_view,
            self.table,
            self.formula,
            self.freedom,
            self.verdict,
            self.remarks,
        ]

    def slow_part(self, result: BiasVarianceResult) -> Iterator[float]:
        """Fit the model along the sweep, and all that takes longer than a frame."""
        return result.work()

    def slow_key(self, result: BiasVarianceResult) -> Hashable:
        """Return what all that depends on."""
        data, model = result.settings.data, result.settings.model
        return data, model, result.sweep

    def arrange_controls(self) -> Sequence[widgets.DOMWidget]:
        """Return the cards of the left column."""
        one = styled_box(
            self.controls.widgets["data_set"], self.next, self.play, style="lively-row"
        )
        return [*super().arrange_controls(), self.card("One of them", one)]

    def arrange_views(self) -> Sequence[widgets.DOMWidget]:
        """Return what stands in the right column, from the top."""
        estimates = styled_box(
            self.table.widget,
            self.remarks.widget,
            style="lively-card lively-estimates lively-column",
        )
        return [
            styled_box(estimates, self.verdict.widget, style=self.scores_style),
            self.fan_view.widget,
            self.panel_view.widget,
        ]

    def _toggle(self) -> None:
        if self._timer is None:
            self.play.description, self._left = "Pause", SHOWN
            self._beat()
        else:
            self._timer.cancel()
            self._timer, self.play.description = None, "Play"

    def _beat(self) -> None:
        # Once through and no further, so that a page that is left alone does not compute for ever.
        self._left -= 1
        self._timer = asyncio.get_running_loop().call_later(
            BEAT, self._beat if self._left else self._toggle
        )
        self._next()

    def _next(self) -> None:
        self.controller.change(data_set=self.controller.settings.flat()["data_set"] % SHOWN + 1)
