"""The page on bias and variance as a widget, without a browser."""

import asyncio
import html
import io
import re
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from strategies import page_settings
from thorough import examples

from lively.engine.formatting import format_number
from lively.learning.bias_variance_decomposition import Estimate
from lively.pages.bias_variance import BiasVariancePage
from lively.pages.bias_variance.model import is_linear
from lively.pages.bias_variance.result import BiasVarianceResult
from lively.pages.bias_variance.settings import SHOWN, BiasVarianceSettings
from lively.pages.bias_variance.text import (
    estimate_text,
    never_negative,
    remarks,
    share_text,
    value_with_error,
    verdict,
)
from lively.plotting.line_density import count_lines
from lively.ui import scheduler

START = BiasVarianceSettings()


@pytest.fixture
def page():
    return BiasVariancePage()


@given(page_settings(BiasVarianceSettings))
@settings(max_examples=examples(20))
def test_all_settings_have_numbers_pictures_and_words(chosen):
    if not is_linear(chosen.model):
        # The rest takes long, and is the same.
        samples = min(chosen.data.samples, 60)
        chosen = chosen.replace(data_sets=50, samples=samples, inputs="fixed")
    page = BiasVariancePage(**chosen.flat())
    parts = page.controller.result.parts
    for part in (parts.bias2, parts.variance, parts.total, parts.test):
        assert np.isfinite(part.value).all()
        assert np.isfinite(part.error).all() == parts.stated.all()
    assert "not finite" not in page.table.widget.value
    for view in page.pictures:
        assert view.alternative.widget.value
        view.picture.figure.savefig(io.BytesIO())


def test_the_fan_is_that_of_the_fits(page):
    page.controller.change(degree=3, data_set=5, data_sets=400)
    result, picture = page.controller.result, page.fan_view.picture
    np.testing.assert_array_equal(picture.fan.curves, result.curves[:200])
    np.testing.assert_allclose(picture.mean.get_ydata(), result.mean_curve)
    np.testing.assert_array_equal(picture.one.get_ydata(), result.curves[4])
    np.testing.assert_array_equal(picture.points.get_xdata(), result.training.x[4])


def test_axes_stay_still_while_the_model_moves(page):
    seen = set()
    for changes in ({}, {"degree": 1}, {"degree": 15}, {"penalty": "ridge"}, {"data_set": 9}):
        page.controller.change(**changes)
        panel = page.panel_view.picture.panels["x"]
        seen.add((page.fan_view.picture.ax.get_ylim(), panel.ax.get_ylim()))
    assert len(seen) == 1


def test_areas_along_x_are_stacked_to_the_expected_error(page):
    result = page.controller.result
    panel = page.panel_view.picture.panels["x"]
    parts = result.parts_along
    top = panel.lines[2].get_ydata()
    expected = 25 + parts.variance.value + parts.bias2.value
    seen = expected < panel.ax.get_ylim()[1]
    np.testing.assert_allclose(top[seen], expected[seen])
    ends = [area.get_xy()[:, 1] for area in panel.areas]
    for below, above in pairwise(ends):
        # Outlines go there along the bottom and back along the top, and end where they began.
        np.testing.assert_array_equal(above[:201], below[201:402][::-1])


def test_curves_have_a_point_for_every_degree_and_lead_there(page):
    page.controller.change(panel="degree", inputs="fixed")
    panel, curve = page.panel_view.picture.panels["degree"], page.controller.result.curve
    low, high = panel.ax.get_ylim()
    seen = (curve.total.value > low) & (curve.total.value < high)
    assert seen.sum() > 10
    np.testing.assert_allclose(panel.total.get_ydata()[seen], curve.total.value[seen])
    np.testing.assert_allclose(panel.measured.bars[0].get_ydata()[seen], curve.test.value[seen])
    shown = panel.bias2.get_ydata()
    told = curve.bias2.value > 2 * curve.bias2.error
    np.testing.assert_array_equal(np.isfinite(shown), told)
    assert [panel.nearest(x) for x in (0.7, 3.4, 19.8)] == [1, 3, 20]

    class Click:
        inaxes, xdata = panel.ax, 4.2

    page._clicked(Click)
    assert page.controller.settings.model.degree == 4
    page.controller.change(penalty="ridge", panel="alpha")
    Click.inaxes, Click.xdata = page.panel_view.picture.panels["alpha"].ax, 0.9
    page._clicked(Click)
    assert page.controller.settings.model.alpha == 1.0
    page.controller.change(penalty="none")
    Click.xdata = 100.0
    page._clicked(Click)
    assert page.controller.settings.model.alpha == 1.0
    assert "no α" in page.panel_view.picture.panels["alpha"].say.get_text()


def test_table_and_words_are_those_of_the_fits(page):
    page.controller.change(degree=2, samples=200)
    parts = page.controller.result.parts
    for part in (parts.bias2, parts.variance, parts.total, parts.test):
        for text in estimate_text(never_negative(part)):
            assert f"<td>{html.escape(text)}</td>" in page.table.widget.value
    assert "High bias." in page.verdict.widget.value
    for part in (*parts.shares, Estimate(np.array([0.004]), np.array([0.001]))):
        value, error = float(part.value[0]), float(part.error[0])
        if error < 1e-9:
            assert share_text(part) == f"{value:.0%}"
        elif value > 0.01:
            told, doubt = re.fullmatch(r"(\d+) ± (\d+)%", share_text(part)).groups()
            assert abs(int(told) / 100 - value) <= 0.005
            assert error <= int(doubt) / 100 < error + 0.01
        else:
            assert share_text(part) == "< 1%"
    assert f"Test error minus sum: {value_with_error(parts.gap)}." in page.remarks.widget.value


def test_every_estimate_in_words_has_its_error(page):
    for changes in (
        {"inputs": "fixed"},
        {"penalty": "ridge", "alpha": 0.5, "panel": "alpha"},
        {
            "penalty": "elastic",
            "samples": 20,
            "degree": 4,
            "data_sets": 50,
            "panel": "degree",
            "inputs": "fixed",
        },
        {"degree": 1},
    ):
        page.controller.change(**{**START.flat(), **changes})
        result = page.controller.result
        for view, found in (
            (page.verdict, [value_with_error(result.parts.total)]),
            (page.freedom, [value_with_error(result.freedom)]),
            (page.panel_view.alternative, lowest(result)),
        ):
            for text in found:
                assert text in html.unescape(view.widget.value)
    assert "±" not in value_with_error(result.freedom)


def lowest(result):
    """Return what the words say of the second picture's numbers."""
    if result.sweep == "none":
        along = result.parts_along
        return [
            value_with_error(part, int(part.value.argmax()))
            for part in (along.variance, along.bias2)
        ]
    at = int(result.curve.total.value.argmin())
    curve = result.curve
    return [value_with_error(part, at) for part in (curve.total, curve.variance, curve.bias2)]


def test_along_x_fresh_points_have_markers_and_bars(page):
    result, panel = page.controller.result, page.panel_view.picture.panels["x"]
    x, y = panel.measured.bars[0].get_data()
    np.testing.assert_allclose(x, np.arange(-4.75, 5, 0.5))
    value, error = result.measured_along
    inside = value < panel.ax.get_ylim()[1]
    np.testing.assert_array_equal(y[inside], value[inside])
    ends = np.array(panel.measured.bars[2][0].get_segments())[:, :, 1]
    whole = value + error < panel.ax.get_ylim()[1]
    assert whole.sum() > 15
    np.testing.assert_allclose(ends[whole], np.column_stack([value - error, value + error])[whole])


@pytest.mark.parametrize(
    ("changes", "heading"),
    [
        ({"degree": 1}, "High bias."),
        ({"degree": 10, "samples": 25, "inputs": "fixed"}, "High variance (overfitting)."),
        ({"samples": 500}, "Close to the best possible."),
        ({"penalty": "ridge", "alpha": 0.1}, "Bias and variance are similar."),
        ({"function": "line", "noise": 0.0, "degree": 1}, "No error."),
    ],
)
def test_the_verdict_names_what_could_be_avoided(changes, heading):
    assert verdict(BiasVarianceResult(START.replace(**changes))).heading == heading


def test_what_rounding_leaves_of_no_error_is_none(page):
    page.controller.change(function="quartic", noise=0.0, panel="degree")
    assert "<td>0</td>" * 5 in page.table.widget.value
    assert "<td>–</td>" * 4 in page.table.widget.value
    assert "Test error minus sum: 0." in page.remarks.widget.value
    curve = page.controller.result.curve
    # With four powers and more the fits meet the truth, even if not to the last bit.
    np.testing.assert_array_equal(curve.total.value > 0, np.arange(1, 21) < 4)
    assert "at 20 of 20" in page.panel_view.alternative.widget.value
    page.controller.change(panel="x")
    assert not page.controller.result.parts_along.total.value.any()


def test_rare_data_sets_that_dominate_are_named():
    wild = BiasVarianceResult(START.replace(degree=12, samples=25))
    assert "No ±: a few rare data sets dominate" in remarks(wild)
    assert "±" not in remarks(wild).replace("No ±", "").split("With fixed")[0]
    start = BiasVarianceResult(START)
    assert "Rare data sets dominate the averages." in remarks(start)
    squares = (start.curves[:200] - start.truth(start.grid)) ** 2
    middle = np.median(squares.mean(axis=1))
    assert f"have a squared error below {format_number(middle, 2)}" in remarks(start)
    tame = BiasVarianceResult(START.replace(degree=3, samples=200))
    assert "dominate" not in remarks(tame)


def test_the_difference_that_fresh_inputs_make_is_told():
    fresh = BiasVarianceResult(START.replace(degree=8))
    fixed = BiasVarianceResult(START.replace(degree=8, inputs="fixed"))
    assert fresh.parts.variance.value > fixed.parts.variance.value
    assert fresh.otherwise.variance == fixed.parts.variance
    assert "With fixed inputs" in remarks(fresh)
    assert "With fresh inputs" in remarks(fixed)


def test_a_lasso_is_fitted_bit_by_bit_and_says_how_far_it_is():
    async def look():
        page = BiasVariancePage(seed=4321)
        told = []
        page.progress.observe(lambda change: told.append(change["new"]), "value")
        page.controller.change(
            penalty="lasso", panel="degree", degree=6, data_sets=50, inputs="fixed"
        )
        assert page.fan_view._stale
        assert page.panel_view._stale
        for _ in range(20_000):
            if not page.panel_view._stale:
                break
            await asyncio.sleep(scheduler.YIELD_SECONDS)
        return page, told

    page, told = asyncio.run(look())
    assert not page.fan_view._stale
    assert any(re.fullmatch(r"Computing: \d+%", words) for words in told)
    assert told[-1] == ""
    curve = page.controller.result.curve
    assert curve.total.value.shape == (20,)
    np.testing.assert_allclose(
        curve.total.value[5], page.controller.result.parts.total.value[0], rtol=1e-9
    )


def test_data_sets_are_played_one_after_the_other(monkeypatch):
    monkeypatch.setattr("lively.pages.bias_variance.page.BEAT", 0.01)

    async def look():
        page = BiasVariancePage(data_set=SHOWN - 1)
        seen = []
        page.controls.widgets["data_set"].observe(lambda c: seen.append(c["new"]), "value")
        page.play.click()
        assert page.play.description == "Pause"
        while len(seen) < 4:
            await asyncio.sleep(0.005)
        page.play.click()
        assert page.play.description == "Play"
        still = list(seen)
        await asyncio.sleep(0.05)
        assert seen == still
        return seen

    assert asyncio.run(look())[:4] == [50, 1, 2, 3]


def test_playing_ends_by_itself_when_all_have_been_shown(monkeypatch):
    monkeypatch.setattr("lively.pages.bias_variance.page.BEAT", 0.01)
    monkeypatch.setattr("lively.pages.bias_variance.page.SHOWN", 3)

    async def look():
        page = BiasVariancePage()
        seen = []
        page.controls.widgets["data_set"].observe(lambda c: seen.append(c["new"]), "value")
        page.play.click()
        while page.play.description == "Pause":
            await asyncio.sleep(0.005)
        await asyncio.sleep(0.05)
        return page, seen

    page, seen = asyncio.run(look())
    assert seen == [2, 3, 1]
    page.next.click()
    assert page.controller.settings.view.data_set == 2


def test_lines_are_counted_in_every_column_they_cross():
    level = np.full((3, 2), 2.5)
    found = count_lines(level, 0, 4, 4, 6)
    np.testing.assert_array_equal(found, 3 * (np.arange(4) == 2)[:, None] * np.ones(6))
    rise = np.array([[0.0, 3.99]])
    found = count_lines(rise, 0, 4, 4, 2)
    np.testing.assert_array_equal(found, [[1, 0], [1, 1], [0, 1], [0, 1]])
    beyond = np.array([[-1e30, -5.0], [9.0, 1e30]])
    assert not count_lines(beyond, 0, 4, 4, 6).any()
