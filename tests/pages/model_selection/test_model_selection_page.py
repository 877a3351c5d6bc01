"""The page on choosing a model as a widget, without a browser."""

import asyncio
import html
from types import SimpleNamespace

import joblib
import numpy as np
import pytest

from lively.engine.formatting import format_fixed
from lively.pages.model_selection import ModelSelectionPage
from lively.pages.model_selection.candidates import WEIGHTS
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.settings import SelectionSettings
from lively.pages.model_selection.text import table_rows
from lively.pages.model_selection.verdicts import verdict
from lively.ui import scheduler

START = SelectionSettings()


@pytest.fixture
def page():
    return ModelSelectionPage()


@pytest.mark.parametrize(
    ("penalty", "there"),
    [("none", set()), ("ridge", {"alpha"}), ("elastic", {"alpha", "l1_ratio"})],
)
def test_only_what_has_an_effect_is_there(page, penalty, there):
    page.controller.change(penalty=penalty)
    shown = {n for n, w in page.controls.widgets.items() if w.layout.display != "none"}
    assert shown == set(START.flat()) - {"alpha", "l1_ratio", "noise_mean"} | there


def test_table_and_words_are_those_of_the_criteria(page):
    page.controller.change(noise=3.0, criterion="one")
    result = SelectionResult(START.replace(noise=3.0, criterion="one"))
    for row in table_rows(result):
        for value in row:
            assert html.escape(value) in page.table.widget.value
    assert html.escape(verdict(result).heading) in page.verdict.widget.value
    assert '<th scope="col" class="lively-here">LOO</th>' in page.table.widget.value


def test_pictures_show_points_truth_fit_and_folds(page):
    result, picture = page.controller.result, page.fit_view.picture
    np.testing.assert_array_equal(picture.train.get_xdata(), result.parts.train.x)
    np.testing.assert_array_equal(picture.truth.get_ydata(), result.truth(result.fit.grid))
    assert len(picture.without.get_segments()) == 5
    panel = page.panel_view.picture.curves
    choices = result.criteria.choices
    assert panel.lowest.get_xdata() == [choices["ten"] + 1]
    assert panel.simplest.get_xdata() == [choices["ten+"] + 1]
    markers = {artist.get_marker() for artist in (panel.train, panel.truth, panel.criterion[0])}
    assert len(markers) == 3


def test_axes_stay_still_while_the_model_moves(page):
    seen = set()
    for changes in ({}, {"degree": 2}, {"degree": 15}, {"penalty": "ridge"}, {"criterion": "aic"}):
        page.controller.change(**changes)
        picture, panel = page.fit_view.picture, page.panel_view.picture.curves
        seen.add((picture.ax.get_ylim(), panel.ax.get_ylim()))
    assert len(seen) == 1


def test_test_points_are_sealed_until_they_are_opened(page, counting):
    count = counting(page)
    said = format_fixed(page.controller.result.test.r2)
    assert ">hidden<" in page.sealed.widget.value
    assert said not in page.sealed.widget.value
    assert len(page.fit_view.picture.test.get_xdata()) == 0
    page.opener.click()
    assert count.computations == 1
    assert count.frames == page.pictures
    assert said in page.sealed.widget.value
    assert "test set used once" in page.sealed.widget.value
    assert len(page.fit_view.picture.test.get_xdata()) == len(page.controller.result.parts.test.x)
    assert page.opener.disabled
    assert page.opener.tooltip == "This model has been evaluated"
    # It is no setting, and leaves no step in the history.
    assert page.undo.disabled
    assert page.controller.settings == START


def test_nothing_makes_a_look_unseen_but_a_new_sample(page):
    page.opener.click()
    page.controller.change(degree=4)
    assert ">hidden<" in page.sealed.widget.value
    assert not page.opener.disabled
    assert page.opener.tooltip == "Counts as one use of the test set"
    page.opener.click()
    assert "test set used twice" in page.sealed.widget.value
    page.undo.click()
    # What has been seen once needs no second look, and is not page as one.
    assert ">hidden<" not in page.sealed.widget.value
    page.opener.click()
    page.reset.click()
    for changes in ({"noise": 1.0}, {"split_seed": 9}, {"samples": 100}, {"function": "line"}):
        page.controller.change(**changes)
        assert "test set used twice" in page.sealed.widget.value
    page.controller.change(seed=START.data.seed + 1)
    assert "test set not used yet" in page.sealed.widget.value
    page.controller.change(seed=START.data.seed)
    assert "test set used twice" in page.sealed.widget.value


def test_looks_are_drawn_beside_what_the_models_are_worth(page):
    page.controller.change(panel="looks")
    assert "The test set has not been used yet" in page.verdict.widget.value
    for degree in (5, 6, 7):
        page.controller.change(degree=degree)
        page.opener.click()
    panel = page.panel_view.picture.panels["looks"]
    result = page.controller.result
    assert [look.model.degree for look in result.rivals] == [5, 6, 7]
    assert panel.shown.get_ydata()[-1] == pytest.approx(result.test.rmse)
    assert panel.true.get_ydata()[-1] == pytest.approx(np.sqrt(result.criteria.truth[6]))
    assert np.all(np.diff(panel.best.get_ydata()) <= 0)
    assert "3 evaluations on the test set." in page.verdict.widget.value
    page.controller.change(noise=1.0)
    assert "The test set is no longer unseen" in page.verdict.widget.value


def test_a_click_on_the_curves_goes_there_and_the_choice_can_be_taken(page):
    panel = page.panel_view.picture.curves
    page._clicked(SimpleNamespace(inaxes=panel.ax, xdata=3.4))
    assert page.controller.settings.model.degree == 3
    page.take.click()
    place = page.controller.result.criteria.choices["ten"]
    assert page.controller.settings.model.degree == place + 1
    page.controller.change(penalty="ridge", degree=9)
    page._clicked(SimpleNamespace(inaxes=panel.ax, xdata=-0.45))
    assert page.controller.settings.model.alpha == WEIGHTS[7]
    page._clicked(SimpleNamespace(inaxes=None, xdata=None))
    page.take.click()
    place = page.controller.result.criteria.choices["ten"]
    assert page.controller.settings.model.alpha == WEIGHTS[place]


def test_a_click_on_the_path_moves_the_penalty_and_the_fit(page):
    page.controller.change(penalty="lasso", panel="path")
    before = page.fit_view.picture.curve.get_ydata().copy()
    page._clicked(SimpleNamespace(inaxes=page.panel_view.picture.path.ax, xdata=1.234))
    assert page.controller.settings.model.alpha == pytest.approx(10**1.2, rel=1e-5)
    assert page.panel_view.picture.path.here.get_xdata()[0] == pytest.approx(1.2, abs=1e-6)
    assert not np.allclose(before, page.fit_view.picture.curve.get_ydata())
    zeros = np.sum(
        page.controller.result.path.coefficients[:, page.controller.result.path.nearest(10**1.2)]
        == 0
    )
    assert len(page.panel_view.picture.path.zeros.get_xdata()) == zeros > 0


def rested(page):
    """Return a coroutine that waits until nothing is dimmed."""

    async def wait():
        for _ in range(5000):
            if not page.panel_view._stale:
                return
            await asyncio.sleep(scheduler.YIELD_SECONDS)

    return wait()


def test_picks_are_shown_as_they_come_and_can_be_cancelled(monkeypatch):
    monkeypatch.setattr("lively.pages.model_selection.selection_frequency.DATA_SETS", 60)

    async def look():
        page = ModelSelectionPage(seed=4321)
        assert page.cancel.layout.display == "none"
        page.controller.change(panel="picks")
        assert page.panel_view._stale
        while page.controller.result.picks.sets < 20:
            await asyncio.sleep(scheduler.YIELD_SECONDS)
        assert page.cancel.layout.display is None
        assert page.progress.value.startswith("Computing: ")
        assert (
            sum(
                text.get_visible()
                for row in page.panel_view.picture.panels["picks"].counts
                for text in row
            )
            > 0
        )
        page.cancel.click()
        sets = page.controller.result.picks.sets
        assert page.progress.value.startswith("Stopped at ")
        assert page.panel_view.picture.panels["picks"].title.get_text().startswith(f"{sets} of ")
        assert f"After {sets} of" in page.verdict.widget.value
        await asyncio.sleep(3 * scheduler.REST_SECONDS)
        assert page.controller.result.picks.sets == sets
        assert page.panel_view._stale
        assert page.cancel.description == "Go on"
        page.cancel.click()
        await rested(page)
        return page

    page = asyncio.run(look())
    assert page.controller.result.picks.sets == 60
    assert not page.panel_view._stale
    assert page.progress.value == ""
    assert page.cancel.layout.display == "none"


def test_a_move_gives_up_the_sweep_and_its_processes(monkeypatch):
    monkeypatch.setattr("lively.pages.model_selection.selection_frequency.DATA_SETS", 5000)

    async def look():
        page = ModelSelectionPage(seed=4322)
        with joblib.parallel_config(backend="threading", n_jobs=2):
            page.controller.change(panel="picks")
            while page.controller.result.picks.sets < 10:
                await asyncio.sleep(scheduler.YIELD_SECONDS)
            picks = page.controller.result.picks
            page.controller.change(panel="curves")
            await rested(page)
            await asyncio.sleep(0.2)
            sets = picks.sets
            await asyncio.sleep(0.2)
        assert picks.sets == sets < 5000
        return page

    page = asyncio.run(look())
    assert page.progress.value == ""


def test_a_choice_is_not_taken_before_it_is_made():
    async def look():
        page = ModelSelectionPage(seed=4323)
        page.controller.change(penalty="lasso", degree=15)
        assert page.panel_view._stale
        page.take.click()
        assert "still being computed" in page.message.value
        # Nor is a click on a picture of other settings taken for one on what will be there.
        page._clicked(SimpleNamespace(inaxes=page.panel_view.picture.curves.ax, xdata=3.0))
        assert page.controller.settings.model.alpha == START.model.alpha
        await rested(page)
        page.take.click()
        return page

    page = asyncio.run(look())
    result = page.controller.result
    assert page.controller.settings.model.alpha == WEIGHTS[result.criteria.choices["ten"]]


@pytest.mark.parametrize("panel", ["curves", "splits", "path", "geometry", "learning", "looks"])
def test_axes_are_not_drawn_anew_while_the_penalty_moves(page, panel):
    # What makes the figure stale costs a frame's time again: only what moves may move.
    page.controller.change(panel=panel, penalty="ridge", alpha=1.0)
    figure = page.panel_view.picture.figure
    figure.draw_without_rendering()
    assert not figure.stale
    for alpha in (1.25893, 1.58489, 2.51189):
        page.controller.change(alpha=alpha)
        assert not figure.stale
