"""A release of ipympl whose script has other names: its figures are shown all the same."""

import gzip
import re

import pytest
from conftest import PAGE, PIXELS
from test_screen_served import Line

LATER = "_renamed"


def rename(tab, name):
    """Let a tab get ipympl's script with another name for something."""

    def answer(route):
        response = route.fetch()
        body = response.body()
        text = (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()
        # A chunk is a function of its own in the bundle; others may use the same name.
        chunks = text.split("(function(){")
        (index,) = [i for i, chunk in enumerate(chunks) if "MPLCanvasModel" in chunk]
        chunks[index], count = re.subn(rf"\b{name}\b", name + LATER, chunks[index])
        assert count > 0
        headers = {"content-type": "text/javascript; charset=utf-8"}
        route.fulfill(status=200, headers=headers, body="(function(){".join(chunks))

    tab.page.route("**/lively/scripts.js", answer)


@pytest.fixture(scope="module")
def later(serve_folder):
    return serve_folder(page=PAGE)


@pytest.mark.parametrize(
    "name", ["offscreen_context", "_for_each_view", "resize_canvas", "resize_and_update_canvas"]
)
def test_without_a_name_of_its_script_figures_come_as_images_and_follow(later, visit, name):
    before = len(later.log)
    tab = visit()
    line = Line(tab)
    rename(tab, name)
    tab.open(later.url + "voila/render/page.ipynb")
    tab.page.locator(".lively-poster").first.wait_for(state="detached")
    tab.wait_for_pictures()
    assert line.images >= 2
    frames, shown = len(line.frames), tab.page.evaluate(PIXELS)
    words = tab.words()
    handle = tab.control("Degree")
    handle.press("ArrowRight")
    handle.press("ArrowRight")
    tab.page.wait_for_function(
        "words => document.querySelector('[role=img]').getAttribute('aria-label') !== words",
        arg=words,
    )
    tab.settle()
    assert len(line.frames) == frames, "no frame is pushed to a script that cannot show it"
    assert all(a != b for a, b in zip(tab.page.evaluate(PIXELS), shown, strict=True))
    assert tab.console == []
    lines = [text for text in later.log[before:].splitlines() if "Figures are shown as" in text]
    assert len(lines) == 1
    assert f"has no {name}." in lines[0]
    sizes = tab.page.evaluate(
        """() => [...document.querySelectorAll(".lively-picture")].map((frame) => {
          const {width, height} = frame.querySelector("canvas").getBoundingClientRect();
          return width > 0 && height > 0 && width <= frame.clientWidth + 1;
        })"""
    )
    assert sizes == [True, True]


def test_with_all_names_no_image_is_sent(later, visit):
    before = len(later.log)
    tab = visit()
    line = Line(tab)
    tab.open(later.url + "voila/render/page.ipynb")
    tab.wait_for_pictures()
    assert line.images == 0
    assert len(line.frames) == 2
    assert "Figures are shown as" not in later.log[before:]
