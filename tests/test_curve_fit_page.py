"""The curve-fitting page as a widget, without a browser."""

import asyncio
import html

import ipywidgets as widgets
import numpy as np
import pytest

from lively.engine.settings import SettingsError
from lively.pages.curve_fit import CurveFitPage
from lively.pages.curve_fit.parametric_curves import PARAMETRIC_CURVES
from lively.pages.curve_fit.result import CurveFitResult
from lively.pages.curve_fit.settings import RANGES, CurvePageSettings
from lively.pages.curve_fit.text import table_rows, verdict
from lively.ui import scheduler
from lively.ui.prerender import render_html

START = CurvePageSettings()


@pytest.fixture
def counted(monkeypatch):
    """A page whose computations and frames are counted."""
    page = CurveFitPage()
    page.computations, page.frames = 0, []

    def compute(settings):
        page.computations += 1
        return CurveFitResult(settings)

    monkeypatch.setattr(page.controller, "_compute", compute)
    for view in page.pictures:
        monkeypatch.setattr(view.canvas, "refresh", lambda view=view: page.frames.append(view))
    return page


MOVES = {
    "curve": "two",
    "height": 2.0,
    "centre": 1.0,
    "width": 1.0,
    "samples": 50,
    "noise": 0.5,
    "noise_mean": 0.5,
    "outliers": 0.1,
    "seed": 3,
    "start": "own",
    "bounds": "positive",
    "loss": "huber",
    "panel": "correlation",
}


@pytest.mark.parametrize("name", MOVES)
def test_moving_a_control_is_one_computation_and_one_frame(counted, name):
    counted.controls.widgets[name].value = MOVES[name]
    assert counted.computations == 1
    assert counted.frames == [counted.fit_view, counted.panel_view]
    assert counted.controller.settings == START.replace(**{name: MOVES[name]})
    counted.undo.click()
    assert counted.controller.settings == START


@pytest.mark.parametrize("curve", PARAMETRIC_CURVES)
def test_only_the_curve_s_own_parameters_are_there(counted, curve):
    counted.controller.change(curve=curve, start="own")
    shown = {n for n, w in counted.controls.widgets.items() if w.layout.display != "none"}
    used = set(PARAMETRIC_CURVES[curve].parameters)
    assert shown & set(RANGES) == used
    assert {name for name in shown if name.startswith("start_")} == {f"start_{n}" for n in used}
    assert "f_scale" not in shown


def test_table_and_words_are_those_of_the_fit(counted):
    counted.controller.change(noise=0.6, outliers=0.12)
    result = CurveFitResult(START.replace(noise=0.6, outliers=0.12))
    for row in table_rows(result):
        for value in row:
            assert html.escape(value) in counted.table.widget.value
    assert html.escape(verdict(result).heading) in counted.verdict.widget.value


def test_pictures_show_points_outliers_curves_and_band(counted):
    counted.controller.change(outliers=0.2, loss="cauchy")
    result, picture = counted.controller.result, counted.fit_view.picture
    points = result.points
    np.testing.assert_array_equal(picture.points.get_xdata(), points.x[~points.outlier])
    np.testing.assert_array_equal(picture.outliers.get_ydata(), points.y[points.outlier])
    np.testing.assert_allclose(picture.fitted.get_ydata(), result.fit(picture.grid))
    np.testing.assert_allclose(picture.truth.get_ydata(), result.curve(picture.grid, result.truth))
    assert picture.points.get_marker() != picture.outliers.get_marker()


def test_axes_stay_still_while_the_fit_moves(counted):
    seen = set()
    for changes in ({}, {"loss": "cauchy"}, {"start": "own"}, {"bounds": "positive"}):
        counted.controller.change(**changes)
        seen.add(counted.fit_view.picture.ax.get_ylim())
    assert len(seen) == 1


def test_coverage_is_counted_bit_by_bit_and_only_when_it_is_looked_at():
    async def look():
        page = CurveFitPage(seed=1234)
        page.controller.change(noise=0.25)
        assert page.controller.result.coverage.count == 0
        page.controller.change(panel="coverage")
        assert page.panel_view._stale
        for _ in range(5000):
            if not page.panel_view._stale:
                break
            await asyncio.sleep(scheduler.YIELD_SECONDS)
        return page

    page = asyncio.run(look())
    counted = page.controller.result.coverage
    assert counted.count == 200
    panel = page.panel_view.picture.panels["coverage"]
    np.testing.assert_array_equal(panel.tips.get_ydata(), counted.share)


def test_hostile_messages_are_refused_and_nothing_sticks(counted):
    for name, widget in counted.controls.widgets.items():
        by_index = isinstance(
            widget, widgets.Dropdown | widgets.ToggleButtons | widgets.SelectionSlider
        )
        for value in (None, "abc", [], {}, "<img src=x>", 10**400, -1, float("nan")):
            widget.set_state({"index" if by_index else "value": value})
            assert "<img" not in counted.message.value
            assert counted.controller.settings.flat()[name] == widget.value
    with pytest.raises(SettingsError, match=r"width must be a number between 0\.1 and 2"):
        CurveFitPage(width=0.0)


def test_every_setting_is_on_the_page_once(counted):
    def every(widget):
        return [widget, *(w for child in getattr(widget, "children", ()) for w in every(child))]

    on_page = every(counted)
    for name, widget in counted.controls.widgets.items():
        assert on_page.count(widget) == 1, name
    assert '<table class="lively-table">' in render_html(counted)
