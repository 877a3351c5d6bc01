"""The classification page as a widget, without a browser."""

import asyncio
import html
import threading

import numpy as np
import pytest
from hypothesis import given, settings
from matplotlib.backends.backend_agg import FigureCanvasAgg
from strategies import page_settings
from thorough import examples

from lively.engine.formatting import format_fixed
from lively.pages.classification import ClassificationPage, fitting
from lively.pages.classification.data import cell_centres
from lively.pages.classification.model import COARSE, FINE, training
from lively.pages.classification.prediction import class_probability
from lively.pages.classification.result import ClassificationResult
from lively.pages.classification.settings import USES, ClassificationSettings
from lively.pages.classification.surface_figure import SurfaceFigure
from lively.pages.classification.tab_figures import ClassificationTabs
from lively.pages.classification.text import panel_text, surface_text
from lively.pages.classification.verdict import verdict
from lively.plotting.style import DPI
from lively.ui import scheduler

START = ClassificationSettings()


@pytest.fixture
def page():
    return ClassificationPage()


def test_numbers_words_and_line_are_those_of_the_threshold(page):
    lines = page.surface_view.picture.line
    before = [segment.copy() for segment in lines.get_segments()]
    page.controls.widgets["threshold"].value = 0.2
    result = ClassificationResult(START.replace(threshold=0.2))
    assert f"{format_fixed(result.train_judged.accuracy)} " in page.train.widget.value
    assert f"AUC {format_fixed(result.test_judged.auc)}" in page.test.widget.value
    assert html.escape(verdict(result).text) in page.verdict.widget.value
    point = page.panel_view.picture.panels["roc"].marks[1].get_xydata()[0]
    assert tuple(point) == result.test_judged.roc_point
    after = lines.get_segments()
    assert [len(s) for s in after] != [len(s) for s in before] or not all(
        map(np.allclose, after, before)
    )
    # On the line, the probability is the threshold.
    found = class_probability(result.fit.classifier, np.concatenate(after))
    np.testing.assert_allclose(found, 0.2, atol=0.03)


@pytest.mark.parametrize("kind", USES)
def test_only_the_chosen_model_has_its_controls(page, kind):
    page.controller.change(kind=kind, trees=10, units=2, penalty="elastic", kernel="poly")
    shown = {
        name
        for names in USES.values()
        for name in names
        if page.controls.widgets[name].layout.display != "none"
    }
    assert shown == set(USES[kind])


def test_what_has_no_meaning_is_not_there(page):
    widget = page.controls.widgets
    assert widget["noise_mean"].layout.display == "none"
    assert widget["l1_ratio"].layout.display == "none"
    page.controller.change(shape="straight", penalty="none")
    assert widget["noise_mean"].layout.display is None
    assert widget["strength"].disabled
    assert page.controls.notes["model"].value == "No penalty, so its strength has no effect."


def test_a_long_training_is_told_and_gives_way(monkeypatch):
    page = ClassificationPage()
    told = []

    def tell(share):
        told.append(share)

    async def train():
        monkeypatch.setattr(page, "progress", type("Told", (), {"value": ""})())
        page.controller.change(kind="network", units=8, samples=300)
        assert page.surface_view._stale
        # The points are there at once; the surface follows.
        shown = page.surface_view.picture.points["train", 0].get_xdata()
        everything = page.controller.result.parts.train
        assert len(shown) == np.sum(~everything.y)
        for _ in range(5000):
            tell(page.progress.value)
            if not page.surface_view._stale:
                break
            await asyncio.sleep(scheduler.YIELD_SECONDS)
        assert not page.surface_view._stale

    asyncio.run(train())
    steps = [text for text in dict.fromkeys(told) if text]
    assert len(steps) > 3
    assert all(text.startswith("Computing: ") for text in steps)
    assert page.progress.value == ""


def test_a_fit_that_has_no_bits_lets_the_page_go_on(monkeypatch):
    page, fit, heard = ClassificationPage(), fitting._fit, threading.Event()

    def waiting(*args):
        # Only the page's loop can end this, so it has to have its turn before the fit is done.
        assert heard.wait(30)
        fit(*args)

    monkeypatch.setattr(fitting, "_fit", waiting)

    async def train():
        page.controller.change(kind="svm", seed=1234)
        assert page.surface_view.stale
        asyncio.get_running_loop().call_later(2 * scheduler.REST_SECONDS, heard.set)
        while page.surface_view.stale:
            await asyncio.sleep(scheduler.YIELD_SECONDS)

    asyncio.run(train())
    assert heard.is_set()
    assert page.message.value == ""
    result = ClassificationResult(START.replace(kind="svm", seed=1234))
    assert html.escape(verdict(result).text) in page.verdict.widget.value


def test_what_counts_is_waited_for_once():
    training.cache_clear()
    page = ClassificationPage(kind="forest", trees=100, samples=300)

    async def look():
        page.controller.change(panel="importance")
        waited = page.panel_view.stale
        while page.panel_view.stale:
            await asyncio.sleep(scheduler.YIELD_SECONDS)
        seen = []
        for panel in ("roc", "importance", "recall"):
            page.controller.change(panel=panel)
            seen.append(page.panel_view.stale)
        return waited, seen

    assert asyncio.run(look()) == (True, [False, False, False])


def test_the_surface_is_refined_bit_by_bit_and_a_new_change_ends_that(monkeypatch):
    training.cache_clear()
    page = ClassificationPage(kind="neighbours", samples=300)
    fine = page.controller.result.fit.fine
    assert not fine.done

    async def rest():
        shades = page.surface_view.picture.shades
        monkeypatch.setattr(scheduler, "BUDGET", 0.0)
        page.surface_view.refine(page.controller.result)
        assert 0 < next(fine.steps()) < 1
        page.controller.change(noise=0.6)
        assert shades.values.shape == COARSE[::-1]
        other = page.controller.result.fit.fine
        while shades.values.shape == COARSE[::-1]:
            await asyncio.sleep(scheduler.YIELD_SECONDS)
        assert other.done
        assert not fine.done

    asyncio.run(rest())


def test_surface_is_refined_to_the_model_s_own_values():
    result = ClassificationResult(START.replace(kind="tree"))
    training.cache_clear()
    picture = SurfaceFigure(914, 338)
    picture.draw(result)
    coarse = picture.shades.values
    picture.refine(result)
    fine = picture.shades.values
    # What is there is shown at once when only the threshold moves.
    picture.draw(ClassificationResult(result.settings.replace(threshold=0.4)))
    assert picture.shades.values is fine
    assert fine.size > 4 * coarse.size
    assert fine.shape == FINE[::-1]
    width, height = 8 / FINE[0], 8 / FINE[1]
    where = np.array([[-4 + 10.5 * width, -4 + 100.5 * height]])
    assert fine[100, 10] == class_probability(result.fit.classifier, where)[0]


def test_what_has_just_the_threshold_lies_on_the_side_of_class_1():
    result, picture = ClassificationResult(START), SurfaceFigure(914, 338)
    votes = np.tile([0.0, 0.0, 0.5, 0.5, 1.0, 1.0], (4, 1))
    picture.show_surface(result, votes)
    (line,) = picture.line.get_segments()
    x1 = cell_centres(result.parts.reach, 6)
    assert np.all(line[:, 0] > x1[1])
    assert np.all(line[:, 0] <= x1[2])


def test_points_stand_where_they_are_and_axes_stay_still():
    picture, seen = SurfaceFigure(914, 338), set()
    for changes in ({}, {"kind": "tree"}, {"polynomial": 1}, {"split_seed": 9}):
        result = ClassificationResult(START.replace(**changes))
        picture.draw(result)
        seen.add((picture.ax.get_xlim(), picture.ax.get_ylim()))
        for part, labelled in (("train", result.parts.train), ("test", result.parts.test)):
            for kind in (0, 1):
                np.testing.assert_array_equal(
                    picture.points[part, kind].get_xydata(), labelled.X[labelled.y == bool(kind)]
                )
    assert len(seen) == 1
    markers = [artist.get_marker() for artist in picture.points.values()]
    assert len(set(markers)) == 4


def test_best_line_is_straight_where_the_truth_is():
    for changes in ({"noise": 0.0}, {"noise": 0.7}, {"noise": 0.0, "noise_mean": 1.5}):
        result = ClassificationResult(START.replace(shape="straight", **changes))
        picture = SurfaceFigure(914, 338)
        picture.sketch(result)
        places = np.concatenate(picture.truth.get_segments())
        mean = changes.get("noise_mean", 0.0)
        np.testing.assert_allclose(places @ [1.5, -2.0] + mean, 0, atol=1e-9)


@pytest.mark.parametrize(
    ("changes", "points"),
    [
        ({"kind": "tree", "depth": 1}, 2),
        ({"kind": "neighbours", "neighbours": 50, "samples": 20}, 1),
    ],
)
def test_precision_goes_by_steps_through_what_thresholds_reach(changes, points):
    result = ClassificationResult(START.replace(panel="recall", **changes))
    panel = ClassificationTabs(914, 232).panels["recall"]
    panel.draw(result)
    for curve, judged in zip(panel.curves, (result.train_judged, result.test_judged), strict=True):
        assert curve.get_drawstyle() == "steps-post"
        # Few thresholds are marked, so that a single one is seen.
        assert curve.get_marker() not in ("", "None", None)
        reached = {
            (judged.at_threshold(value).true_positive_rate, judged.at_threshold(value).precision)
            for value in np.unique(judged.probability)
        }
        assert len(reached) == points
        assert set(map(tuple, curve.get_xydata())) == reached
        assert (0, 1) not in reached
    many = ClassificationResult(START.replace(panel="recall"))
    panel.draw(many)
    assert panel.curves[0].get_marker() in ("", "None")
    # Straight lines on a ROC are reached by chance between two thresholds.
    assert ClassificationTabs(914, 232).panels["roc"].curves[0].get_drawstyle() == "default"


def test_what_is_not_defined_has_no_mark():
    result = ClassificationResult(START.replace(panel="recall", threshold=0.95, strength=1000.0))
    assert result.test_judged.precision is None
    panel = ClassificationTabs(914, 232).panels["recall"]
    panel.draw(result)
    assert [len(mark.get_xdata()) for mark in panel.marks] == [0, 0]
    assert "Test, at the threshold: recall 0.00, precision not defined." in panel_text(result)


@pytest.mark.parametrize("panel", ["roc", "recall", "confusion", "calibration", "importance"])
def test_every_number_of_a_fit_that_did_not_converge_is_marked(panel):
    stopped = ClassificationPage(penalty="none", shape="blobs", noise=0.2, panel=panel)
    assert not stopped.controller.result.fit.converged
    for card in (stopped.train, stopped.test):
        assert "accuracy, not converged</div>" in card.widget.value
    judged, surface = stopped.panel_view.picture, stopped.surface_view.picture
    assert surface.notice.get_visible()
    assert judged.panels[panel].notice.get_visible()
    assert "did not converge" in panel_text(stopped.controller.result)
    assert "no finite best values" in stopped.verdict.widget.value
    assert "no limit" in stopped.chosen.widget.value
    stopped.controller.change(penalty="l2")
    assert not surface.notice.get_visible()
    assert not judged.panels[panel].notice.get_visible()
    assert "converge" not in stopped.train.widget.value


def test_chance_is_drawn_where_it_is():
    result = ClassificationResult(START.replace(panel="recall", balance=0.2))
    panel = ClassificationTabs(914, 232).panels["recall"]
    panel.draw(result)
    share = result.parts.test.y.mean()
    np.testing.assert_array_equal(panel.chance.get_ydata(), [share, share])
    assert f"By chance: precision {format_fixed(share)}." in panel_text(result)


@pytest.mark.parametrize("width", [914, 360])
def test_panels_have_room_for_what_they_say(width):
    picture = ClassificationTabs(914, 232)
    for name in ("confusion", "importance"):
        result = ClassificationResult(START.replace(panel=name, polynomial=5))
        picture.draw(result)
        picture.figure.set_size_inches(width / DPI, 232 / DPI)
        picture.arrange()
        renderer = FigureCanvasAgg(picture.figure).get_renderer()
        picture.figure.draw(renderer)
        panel = picture.panels[name]
        said = panel.counts if name == "confusion" else panel.ax.get_xticklabels()
        boxes = [text.get_window_extent(renderer) for text in said]
        assert len(boxes) >= 4
        assert not any(one.overlaps(two) for i, one in enumerate(boxes) for two in boxes[:i])


@settings(max_examples=examples(40))
@given(page_settings(ClassificationSettings))
def test_any_settings_can_be_shown(chosen):
    chosen = chosen.replace(
        samples=min(chosen.data.samples, 150),
        trees=10,
        kind="tree" if chosen.model.kind == "network" else chosen.model.kind,
    )
    result = ClassificationResult(chosen)
    for picture in (SurfaceFigure(600, 300), ClassificationTabs(600, 230)):
        picture.draw(result)
        picture.figure.canvas.draw()
    assert str(verdict(result))
    for text in (surface_text(result), panel_text(result)):
        assert "nan" not in text
        assert text.endswith(".")
    assert 0.5 - 1e-9 <= result.knowable.accuracy <= 1
