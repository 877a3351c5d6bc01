"""Bias and variance: fit many data sets of one truth, and see what the error is made of."""

import asyncio
import html
from collections.abc import Hashable, Iterator, Sequence
from typing import Any

import ipywidgets as widgets

from lively.engine.formatting import format_number
from lively.pages.bias_variance.fan_figure import FanFigure
from lively.pages.bias_variance.heavy_tails import is_infinite_error
from lively.pages.bias_variance.result import BiasVarianceResult
from lively.pages.bias_variance.settings import SHOWN, BiasVarianceSettings
from lively.pages.bias_variance.tab_figures import BiasVarianceTabs, SweepTab
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
from lively.ui.page import Page, make_button
from lively.ui.views import FigureView, TextView, View, styled_box

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


def verdict_markup(result: BiasVarianceResult) -> str:
    """Return the markup of the sentence on what the error is made of."""
    found = verdict(result)
    return (
        f'<div class="lively-say lively-{found.kind}"><p><b>{html.escape(found.heading)}</b> '
        f"{html.escape(found.text)}</p></div>"
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

    def __init__(self, **changes: Any) -> None:
        self._timer: asyncio.TimerHandle | None = None
        self._left = 0
        super().__init__(BiasVarianceSettings().replace(**changes), BiasVarianceResult)

    def make_views(self) -> Sequence[View[BiasVarianceResult]]:
        """Make the parts that show a result."""
        controls = self.controls.widgets
        controls["panel"].add_class("lively-tabs")
        panels = BiasVarianceTabs(*PANEL_SIZE)
        panels.figure.canvas.mpl_connect("button_press_event", self._clicked)
        self.sweeps = [p for p in panels.panels.values() if isinstance(p, SweepTab)]
        self.play = make_button("Play", self._toggle, "Shows all of them once, one after the other")
        self.next = make_button("Next", self._next, "Shows the next data set")

        def is_heavy(result: BiasVarianceResult) -> bool:
            return result.is_heavy

        self.formula = TextView[BiasVarianceResult](
            lambda r: html.escape(r.truth.formula), "lively-formula"
        )
        self.fan_view = FigureView[BiasVarianceResult](
            FanFigure(*FAN_SIZE), fan_text, "lively-fit", slow=is_heavy
        )
        self.panel_view = FigureView[BiasVarianceResult](
            panels,
            panel_text,
            "lively-panel",
            above=[controls["panel"]],
            slow=lambda r: r.is_heavy or r.sweep != "none",
        )
        self.table = TextView[BiasVarianceResult](table_markup, "lively-parts", slow=is_heavy)
        self.remarks = TextView[BiasVarianceResult](
            lambda r: html.escape(remarks(r)), "lively-note", slow=lambda r: True
        )
        self.freedom = TextView[BiasVarianceResult](
            lambda r: html.escape(freedom_text(r)), "lively-note lively-chosen", slow=is_heavy
        )
        self.verdict = TextView[BiasVarianceResult](
            verdict_markup, "lively-card lively-verdict", slow=lambda r: True
        )
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
        seed = self.seed_row("seed", "New samples", "The next seed")
        one = styled_box(
            self.controls.widgets["data_set"], self.next, self.play, style="lively-row"
        )
        return [
            self.card(
                "Data",
                "data",
                "function",
                self.formula.widget,
                "samples",
                "x_range",
                "noise",
                "inputs",
                "data_sets",
                seed,
            ),
            self.card(
                "Model", "model", "degree", "penalty", "alpha", "l1_ratio", self.freedom.widget
            ),
            self.card("One of them", "view", one),
        ]

    def arrange_views(self) -> Sequence[widgets.DOMWidget]:
        """Return what stands in the right column, from the top."""
        return [
            styled_box(
                styled_box(
                    self.table.widget,
                    self.remarks.widget,
                    style="lively-card lively-estimates lively-column",
                ),
                self.verdict.widget,
                style="lively-scores lively-sure",
            ),
            self.fan_view.widget,
            self.panel_view.widget,
        ]

    def _clicked(self, event: Any) -> None:
        for panel in self.sweeps:
            if event.inaxes is panel.ax and self.controller.result.sweep == panel.name:
                at = panel.nearest(event.xdata)
                self.controller.change(**{panel.name: int(at) if panel.name == "degree" else at})

    def _toggle(self) -> None:
        if self._timer is None:
            self.play.description, self._left = "Pause", SHOWN
            self._beat()
        else:
            self._timer.cancel()
            self._timer, self.play.description = None, "Play"

    def _beat(self) -> None:
        # Once round and no further: a page that is left alone lets its kernel come to rest.
        self._left -= 1
        self._timer = asyncio.get_running_loop().call_later(
            BEAT, self._beat if self._left else self._toggle
        )
        self._next()

    def _next(self) -> None:
        self.controller.change(data_set=self.controller.settings.flat()["data_set"] % SHOWN + 1)


#: Sizes of the pictures on a screen of 1280 x 800 pixels; the browser tells when it has other room.
FAN_SIZE, PANEL_SIZE = (914, 308), (914, 232)
