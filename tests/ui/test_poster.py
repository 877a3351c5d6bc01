"""The poster: the page as it stands, without its scripts."""

import base64
import html
import io
import re

import ipywidgets as widgets
import matplotlib.image
import numpy as np
import pytest
from canvas_screen import Screen

from lively.pages.regression.fit_figure import FitFigure
from lively.pages.regression.page import RegressionPage
from lively.pages.regression.settings import RegressionSettings
from lively.ui.page import POSTER
from lively.ui.page_parts import FIGURE_WIDTH, FIT_HEIGHT
from lively.ui.prerender import render_html
from lively.ui.views import TextView


@pytest.fixture(scope="module")
def page():
    return RegressionPage(noise=2.5, alpha=0.01, penalty="ridge", samples=200, seed=7)


def words(text):
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", text)).split())


def test_a_page_brings_its_poster_along(page):
    bundle = page._repr_mimebundle_()
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == page.model_id
    assert bundle[POSTER] == render_html(page)


def test_every_label_readout_score_and_sentence_is_there(page):
    shown = words(render_html(page))
    shown_ones = page.controls.widgets.keys() - page.controller.settings.absent()
    for widget in map(page.controls.widgets.get, sorted(shown_ones)):
        assert widget.description in shown
    for readout in (
        "Samples 200",
        "x range −5.0 – 5.0",
        "Noise σ 2.5",
        "Test share 50%",
        "Degree 7",
    ):
        assert readout in shown
    assert "Strength α 0.01" in shown
    texts = [view for view in page.views if isinstance(view, TextView)]
    assert len(texts) >= 4
    for view in texts:
        assert words(view.widget.value) in shown
    for view in page.pictures:
        assert words(view.alternative.widget.value) in shown


def test_pictures_are_those_of_the_page():
    start = RegressionSettings()
    encoded = re.findall(r'src="data:image/png;base64,([^"]+)"', render_html(RegressionPage()))
    assert len(encoded) == 2
    pixels = matplotlib.image.imread(io.BytesIO(base64.b64decode(encoded[0]))) * 255
    np.testing.assert_array_equal(pixels, Screen(FitFigure, FIGURE_WIDTH, FIT_HEIGHT).show(start))


def test_a_poster_draws_nothing_for_the_browser(monkeypatch):
    page = RegressionPage()
    for view in page.pictures:
        monkeypatch.setattr(view.canvas, "draw", lambda: pytest.fail("drawn"))
    render_html(page)
    assert not any(view.canvas.streaming for view in page.pictures)


@pytest.mark.parametrize(
    ("made", "at"),
    [
        (widgets.IntSlider(value=3, min=1, max=5), "50.00%"),
        (widgets.FloatSlider(value=0, min=0, max=10), "0.00%"),
        (widgets.FloatLogSlider(value=100, min=-6, max=2), "100.00%"),
        (widgets.SelectionSlider(value=30, options=[10, 20, 30, 40, 50]), "50.00%"),
    ],
)
def test_handles_stand_where_the_value_is(made, at):
    assert re.findall(r"left: calc\((.*?) - 8px\)", render_html(made)) == [at]


def test_what_is_off_says_so(page):
    before = render_html(page.controls.widgets["l1_ratio"])
    assert 'disabled="disabled"' in before
    assert 'disabled="disabled"' not in render_html(page.controls.widgets["alpha"])


def test_text_is_text():
    sly = "<img src=x onerror=alert(1)>"
    for made in (
        widgets.Button(description=sly),
        widgets.Checkbox(description=sly),
        widgets.Dropdown(description=sly, options=[sly]),
        widgets.ToggleButtons(description=sly, options=[sly]),
        widgets.SelectionSlider(description=sly, options=[sly, "b"]),
        widgets.BoundedIntText(description=sly),
    ):
        assert "<img" not in render_html(made)
        assert html.escape(sly) in render_html(made)


def test_a_widget_without_looks_is_left_out():
    assert render_html(RegressionPage().shell) == ""
