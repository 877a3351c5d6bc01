"""The regression page as a widget, without a browser."""

import asyncio
import html
import logging
import math

import ipywidgets as widgets
import pytest

from lively.engine.formatting import format_fixed
from lively.engine.settings import SettingsError
from lively.learning.scores import Score
from lively.pages.regression.page import RegressionPage
from lively.pages.regression.result import RegressionResult
from lively.pages.regression.settings import RegressionSettings
from lively.pages.regression.verdict import verdict
from lively.ui import canvas as canvas_module
from lively.ui import scheduler
from lively.ui.score_cards import score_markup


@pytest.fixture
def counted(monkeypatch):
    """A page whose computations and frames are counted."""
    page = RegressionPage()
    page.computations, page.frames = 0, []

    def compute(settings):
        page.computations += 1
        return RegressionResult(settings)

    monkeypatch.setattr(page.controller, "_compute", compute)
    for view in (page.fit_view, page.panel_view):
        monkeypatch.setattr(view.canvas, "refresh", lambda view=view: page.frames.append(view))
    return page


def shown(page):
    return {name: widget.value for name, widget in page.controls.widgets.items()}


MOVES = {
    "function": "sine",
    "samples": 130,
    "x_range": (-3.0, 2.0),
    "noise": 2.0,
    "noise_mean": 1.0,
    "seed": 5,
    "test_share": 0.3,
    "split_seed": 5,
    "fold_seed": 5,
    "degree": 3,
    "penalty": "lasso",
    "panel": "residuals",
    "equation": True,
}


@pytest.mark.parametrize("name", MOVES)
def test_moving_a_control_is_one_computation_and_one_frame(counted, name):
    counted.controls.widgets[name].value = MOVES[name]
    assert counted.computations == 1
    assert counted.frames == [counted.fit_view, counted.panel_view]
    assert counted.controller.settings == RegressionSettings().replace(**{name: MOVES[name]})


def test_reset_is_one_and_an_equal_value_none(counted):
    counted.controller.change(**MOVES)
    counted.computations, counted.frames = 0, []
    counted.reset.click()
    assert counted.computations == 1
    assert len(counted.frames) == 2
    assert shown(counted) == RegressionSettings().flat()
    counted.computations, counted.frames = 0, []
    counted.reset.click()
    counted.controls.widgets["noise"].value = 5.0000000000000001
    assert counted.computations == 0
    assert counted.frames == []


def test_buttons_draw_afresh_by_their_seeds(counted):
    buttons = {b.description: b for b in every(counted, widgets.Button)}
    buttons["New sample"].click()
    buttons["New split"].click()
    buttons["New folds"].click()
    flat = counted.controller.settings.flat()
    assert (flat["seed"], flat["split_seed"], flat["fold_seed"]) == (110, 2, 2)
    assert {name: shown(counted)[name] for name in flat} == flat
    assert counted.computations == 3
    counted.controller.change(seed=9999)
    buttons["New sample"].click()
    assert counted.controller.settings.flat()["seed"] == 0


def test_undo_and_redo_buttons(counted):
    assert (counted.undo.disabled, counted.redo.disabled, counted.reset.disabled) == (True,) * 3
    assert counted.undo.tooltip == "Nothing to undo"
    counted.controls.widgets["degree"].value = 12
    assert (counted.undo.disabled, counted.redo.disabled, counted.reset.disabled) == (
        False,
        True,
        False,
    )
    counted.undo.click()
    assert shown(counted)["degree"] == 7
    counted.redo.click()
    assert shown(counted)["degree"] == 12


def test_numbers_and_words_are_those_of_the_result(counted):
    counted.controls.widgets["degree"].value = 15
    result = RegressionResult(RegressionSettings().replace(degree=15))
    assert format_fixed(result.fit.train.r2) in counted.train.widget.value
    assert format_fixed(result.fit.test.rmse) in counted.test.widget.value
    assert html.escape(verdict(result).text) in counted.verdict.widget.value
    assert result.truth.formula in counted.formula.widget.value
    assert "degree 15" in counted.fit_view.alternative.widget.value


def test_chosen_alpha_and_scaling_are_shown(counted):
    assert counted.scaling.widget.value == ""
    counted.controller.change(penalty="ridge", choose_alpha=True)
    assert "chose α = " in counted.chosen.widget.value
    assert counted.scaling.widget.value == "x mapped to −1..1, powers standardized."


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


def test_a_click_on_a_stale_curve_does_nothing(counted):
    counted.panel_view.dim(True)
    event = type(
        "Event", (), {"inaxes": counted.panel_view.picture.degree.ax, "xdata": 11.2, "ydata": 3.0}
    )()
    counted._clicked(event)
    assert counted.controller.settings == RegressionSettings()


def test_equation_on_request(counted):
    assert counted.equation.widget.value == ""
    counted.controls.widgets["equation"].value = True
    assert "ŷ = " in counted.equation.widget.value


def test_a_click_on_the_curve_goes_to_that_degree(counted):
    ax = counted.panel_view.picture.degree.ax
    event = type("Event", (), {"inaxes": ax, "xdata": 11.2, "ydata": 3.0})()
    counted._clicked(event)
    assert counted.controller.settings.model.degree == 11
    counted.controls.widgets["panel"].value = "residuals"
    counted._clicked(type("Event", (), {"inaxes": None, "xdata": None, "ydata": None})())
    assert counted.controller.settings.model.degree == 11


def test_steps_set_the_page_from_its_start(counted):
    step = counted.step("Show", degree=15, panel="coefficients")
    counted.controller.change(noise=1.0, samples=400)
    step.click()
    assert counted.controller.settings == RegressionSettings().replace(
        degree=15, panel="coefficients"
    )
    with pytest.raises(SettingsError, match="degree must be"):
        counted.step("Show", degree=99)


def test_a_broken_callback_ends_as_a_sentence(counted, monkeypatch, caplog):
    before = counted.fit_view.alternative.widget.value

    def broken(settings):
        raise ArithmeticError("<b>broken</b>")

    monkeypatch.setattr(counted.controller, "_compute", broken)
    counted.controls.widgets["degree"].value = 3
    assert "&lt;b&gt;broken&lt;/b&gt;" in counted.message.value
    assert counted.fit_view.alternative.widget.value == before
    assert shown(counted)["degree"] == 7
    assert "ArithmeticError" in caplog.text
    monkeypatch.setattr(counted.controller, "_compute", RegressionResult)
    counted.controls.widgets["degree"].value = 3
    assert counted.message.value == ""
    assert counted.controller.settings.model.degree == 3


HOSTILE = [None, "abc", [], {}, [1, 2, 3], "<img src=x onerror=alert(1)>", 10**400, -1, "7" * 9999]


@pytest.mark.parametrize("name", RegressionSettings().flat())
def test_hostile_messages_are_refused_and_nothing_sticks(counted, name):
    widget = counted.controls.widgets[name]
    chosen_by_index = isinstance(
        widget, widgets.Dropdown | widgets.ToggleButtons | widgets.SelectionSlider
    )
    for value in HOSTILE:
        counted.message.value = ""
        before = counted.controller.settings
        widget.set_state({"index" if chosen_by_index else "value": value})
        # The control shows what holds, and what holds has been checked.
        assert shown(counted) == counted.controller.settings.flat()
        assert counted.controller.settings == before or counted.controller.settings.replace()
        assert "<img" not in counted.message.value
    counted.controller.change(degree=4)
    assert counted.message.value == ""


def test_values_beyond_a_widened_slider_are_said(counted):
    # The settings know better than a slider.
    slider = counted.controls.widgets["degree"]
    slider.max = 1000
    slider.set_state({"value": 900})
    assert "degree must be an integer between 1 and 15. Got 900 instead." in counted.message.value
    assert counted.controller.settings == RegressionSettings()
    assert slider.value == 7
    noise = counted.controls.widgets["noise"]
    noise.set_state({"value": float("nan")})
    assert "noise must be a number between 0 and 10. Got nan instead." in counted.message.value
    assert noise.value == 5.0


def test_hostile_canvas_messages_do_nothing(counted, caplog):
    caplog.set_level("DEBUG")
    canvas = counted.fit_view.canvas
    size = counted.fit_view.picture.size
    for content in (
        {"type": "resize", "width": 1e9, "height": 1e9},
        {"type": "resize", "width": "x", "height": 1},
        {"type": "set_dpi_ratio", "dpi_ratio": 1e6},
        {"type": "set_device_pixel_ratio", "device_pixel_ratio": float("nan")},
        {"type": "resize", "width": float("inf"), "height": 300},
        {"type": "button_press"},
        {},
        {"type": None},
        "text",
        None,
    ):
        with caplog.at_level(logging.DEBUG, canvas_module.logger.name):
            canvas.receive(canvas, content, [])
    assert counted.fit_view.picture.size == size
    assert canvas.device_pixel_ratio == 1
    assert canvas_module.logger.name in caplog.text


def test_page_is_an_ordinary_widget_with_settings_as_arguments():
    page = RegressionPage(degree=3, noise=2.0)
    assert isinstance(page, widgets.VBox)
    assert page.controller.settings == RegressionSettings().replace(degree=3, noise=2.0)
    page.controller.change(degree=5)
    page.controller.reset()
    assert page.controller.settings.model.degree == 3
    with pytest.raises(SettingsError, match="degree must be an integer"):
        RegressionPage(degree=99)


def every(widget, kind):
    """Return all widgets of a kind below `widget`."""
    found = [widget] if isinstance(widget, kind) else []
    for child in getattr(widget, "children", ()):
        found += every(child, kind)
    return found


def test_every_setting_is_on_the_page_once(counted):
    on_page = every(counted, widgets.DOMWidget)
    for name, widget in counted.controls.widgets.items():
        assert on_page.count(widget) == 1, name
