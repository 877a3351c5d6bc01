"""The curve-fitting page as a widget, without a browser."""

import asyncio
import html

import numpy as np
import pytest

from lively.pages.curve_fit import CurveFitPage
from lively.pages.curve_fit.parametric_curves import PARAMETRIC_CURVES
from lively.pages.curve_fit.result import CurveFitResult
from lively.pages.curve_fit.settings import RANGES, CurvePageSettings
from lively.pages.curve_fit.text import table_rows, verdict
from lively.ui import scheduler

START = CurvePageSettings()


@pytest.fixture
def page():
    return CurveFitPage()


@pytest.mark.parametrize("curve", PARAMETRIC_CURVES)
def test_only_the_curve_s_own_parameters_are_there(page, curve):
    page.controller.change(curve=curve, start="own")
    shown = {n for n, w in page.controls.widgets.items() if w.layout.display != "none"}
    used = set(PARAMETRIC_CURVES[curve].parameters)
    assert shown & set(RANGES) == used
    assert {name for name in shown if name.startswith("start_")} == {f"start_{n}" for n in used}
    assert "f_scale" not in shown


def test_table_and_words_are_those_of_the_fit(page):
    page.controller.change(noise=0.6, outliers=0.12)
    result = CurveFitResult(START.replace(noise=0.6, outliers=0.12))
    for row in table_rows(result):
        for value in row:
            assert html.escape(value) in page.table.widget.value
    assert html.escape(verdict(result).heading) in page.verdict.widget.value


def test_pictures_show_points_outliers_curves_and_band(page):
    page.controller.change(outliers=0.2, loss="cauchy")
    result, picture = page.controller.result, page.fit_view.picture
    points = result.points
    np.testing.assert_array_equal(picture.points.get_xdata(), points.x[~points.outlier])
    np.testing.assert_array_equal(picture.outliers.get_ydata(), points.y[points.outlier])
    np.testing.assert_allclose(picture.fitted.get_ydata(), result.fit(picture.grid))
    np.testing.assert_allclose(picture.truth.get_ydata(), result.curve(picture.grid, result.truth))
    assert picture.points.get_marker() != picture.outliers.get_marker()


def test_axes_stay_still_while_the_fit_moves(page):
    seen = set()
    for changes in ({}, {"loss": "cauchy"}, {"start": "own"}, {"bounds": "positive"}):
        page.controller.change(**changes)
        seen.add(page.fit_view.picture.ax.get_ylim())
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
    coverage = page.controller.result.coverage
    assert coverage.count == 200
    panel = page.panel_view.picture.panels["coverage"]
    np.testing.assert_array_equal(panel.tips.get_ydata(), coverage.share)
