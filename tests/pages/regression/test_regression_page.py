"""The regression page as a widget, without a browser."""

import asyncio
import html
import math

import pytest

from lively.engine.formatting import format_fixed
from lively.engine.settings import SettingsError
from lively.learning.scores import Score
from lively.pages.regression.page import RegressionPage
from lively.pages.regression.result import RegressionResult
from lively.pages.regression.settings import RegressionSettings
from lively.pages.regression.verdict import verdict
from lively.ui import scheduler
from lively.ui.score_cards import score_markup


@pytest.fixture
def page():
    return RegressionPage()


def test_numbers_and_words_are_those_of_the_result(page):
    page.controls.widgets["degree"].value = 15
    result = RegressionResult(RegressionSettings().replace(degree=15))
    assert format_fixed(result.fit.train.r2) in page.train.widget.value
    assert format_fixed(result.fit.test.rmse) in page.test.widget.value
    assert html.escape(verdict(result).text) in page.verdict.widget.value
    assert result.truth.formula in page.formula.widget.value
    assert "degree 15" in page.fit_view.alternative.widget.value


def test_chosen_alpha_and_scaling_are_shown(page):
    assert page.scaling.widget.value == ""
    page.controller.change(penalty="ridge", choose_alpha=True)
    assert "chose α = " in page.chosen.widget.value
    assert page.scaling.widget.value == "x mapped to −1..1, powers standardized."


def test_scores_are_short_and_marked():
    far = score_markup("Test", Score(-3.3e10, 2.1e6))
    assert ">−3.3·10¹⁰ <small>RMSE 2.1·10⁶</small>" in far
    assert ">0.95 <small>RMSE 12.30</small>" in score_markup("Test", Score(0.954, 12.3))
    assert "><small>not defined</small> <small>RMSE 0.50</small>" in score_markup(
        "Test", Score(math.nan, 0.5)
    )
    assert "R² (not converged)<" in score_markup("Test", Score(0.9, 1.0), converged=False)


@pytest.mark.parametrize("penalty", ["none", "ridge", "lasso", "elastic"])
@pytest.mark.parametrize("budget", [-1.0, 0.025, math.inf])
def test_page_opens_and_becomes_right_however_little_time_there_is(monkeypatch, budget, penalty):
    """What needs no search is right at once; what is not ready is dimmed until it is."""
    monkeypatch.setattr(scheduler, "BUDGET", budget)
    monkeypatch.setattr(scheduler, "REST_SECONDS", 0.0)
    changes = {"penalty": penalty, "choose_alpha": True, "degree": 12, "seed": 31}

    async def visit():
        page = RegressionPage(**changes)
        bundle = page._repr_mimebundle_()
        dimmed = page.verdict.stale, page.test.stale, page.panel_view.stale
        for _ in range(400):
            await asyncio.sleep(0.005)
            if not any(view.stale for view in page.views):
                break
        return page, bundle, dimmed

    page, bundle, dimmed = asyncio.run(visit())
    assert bundle["application/vnd.lively.poster"]
    # Ridge and least squares are formulas; only the curve and what is said of it wait.
    searches = penalty in ("lasso", "elastic")
    if budget < 0:
        assert dimmed == (True, searches, True)
    if budget == math.inf:
        assert dimmed == (False, False, False)
    assert not any(view.stale for view in page.views)
    result = RegressionResult(RegressionSettings().replace(**changes))
    assert html.escape(verdict(result).text) in page.verdict.widget.value
    assert format_fixed(result.fit.test.rmse) in page.test.widget.value


def test_a_click_on_a_stale_curve_does_nothing(page):
    page.panel_view.dim(True)
    event = type(
        "Event", (), {"inaxes": page.panel_view.picture.degree.ax, "xdata": 11.2, "ydata": 3.0}
    )()
    page._clicked(event)
    assert page.controller.settings == RegressionSettings()


def test_equation_on_request(page):
    assert page.equation.widget.value == ""
    page.controls.widgets["equation"].value = True
    assert "ŷ = " in page.equation.widget.value


def test_a_click_on_the_curve_goes_to_that_degree(page):
    ax = page.panel_view.picture.degree.ax
    event = type("Event", (), {"inaxes": ax, "xdata": 11.2, "ydata": 3.0})()
    page._clicked(event)
    assert page.controller.settings.model.degree == 11
    page.controls.widgets["panel"].value = "residuals"
    page._clicked(type("Event", (), {"inaxes": None, "xdata": None, "ydata": None})())
    assert page.controller.settings.model.degree == 11


def test_steps_set_the_page_from_its_start(page):
    step = page.step("Show", degree=15, panel="coefficients")
    page.controller.change(noise=1.0, samples=400)
    step.click()
    assert page.controller.settings == RegressionSettings().replace(degree=15, panel="coefficients")
    with pytest.raises(SettingsError, match="degree must be"):
        page.step("Show", degree=99)


def test_a_broken_callback_ends_as_a_sentence(page, monkeypatch, caplog):
    before = page.fit_view.alternative.widget.value

    def broken(settings):
        raise ArithmeticError("<b>broken</b>")

    monkeypatch.setattr(page.controller, "_compute", broken)
    page.controls.widgets["degree"].value = 3
    assert "&lt;b&gt;broken&lt;/b&gt;" in page.message.value
    assert page.fit_view.alternative.widget.value == before
    assert page.controls.widgets["degree"].value == 7
    assert "ArithmeticError" in caplog.text
    monkeypatch.setattr(page.controller, "_compute", RegressionResult)
    page.controls.widgets["degree"].value = 3
    assert page.message.value == ""
    assert page.controller.settings.model.degree == 3


def test_values_beyond_a_widened_slider_are_said(page):
    # The settings know better than a slider.
    slider = page.controls.widgets["degree"]
    slider.max = 1000
    slider.set_state({"value": 900})
    assert "degree must be an integer between 1 and 15. Got 900 instead." in page.message.value
    assert page.controller.settings == RegressionSettings()
    assert slider.value == 7
    noise = page.controls.widgets["noise"]
    noise.set_state({"value": float("nan")})
    assert "noise must be a number between 0 and 10. Got nan instead." in page.message.value
    assert noise.value == 5.0
