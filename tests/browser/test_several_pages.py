"""Several pages in one notebook: each is whole, with its own toolbar and its own poster."""

import urllib.request

import nbformat
import pytest
from client import eventually
from conftest import PATIENCE

REGRESSION = "from lively.pages.regression import RegressionPage\n"
CURVE = "from lively.pages.curve_fit import CurveFitPage\n"
NOTEBOOKS = {
    "two_cells": [REGRESSION + "RegressionPage()", REGRESSION + "RegressionPage(degree=3)"],
    "one_cell": [REGRESSION + "display(RegressionPage(), RegressionPage(degree=3))"],
    "two_kinds": [REGRESSION + "RegressionPage()", CURVE + "CurveFitPage()"],
}
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}


@pytest.fixture(scope="module")
def several(serve_folder):
    server = serve_folder(**dict.fromkeys(NOTEBOOKS, "pass"))
    for name, sources in NOTEBOOKS.items():
        path = server.folder / f"{name}.ipynb"
        notebook = nbformat.read(path, 4)
        notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources]
        nbformat.write(notebook, path)
    for name in NOTEBOOKS:
        address = f"{server.url}voila/render/{name}.ipynb"

        def posters(address=address):
            with urllib.request.urlopen(address) as answer:
                return answer.read().count(b'class="lively-poster"')

        eventually(lambda posters=posters: posters() == 2, 90)
    return server


BOXES = """() => [".lively-page", ".lively-toolbar", ".lively-page .lively-card"].map(
    (selector) => [...document.querySelectorAll(selector)].map((element) => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        return { left, right, top: top + scrollY, bottom: bottom + scrollY };
    }))"""


def is_in_order(page, width):
    """Say whether pages stand one below the other, each with its toolbar in its own room."""
    pages, toolbars, cards = page.evaluate(BOXES)
    return (
        len(pages) == len(toolbars) == 2
        and all(
            whole["bottom"] - whole["top"] > 600
            and whole["top"] <= toolbar["top"] < toolbar["bottom"] - 20
            and toolbar["bottom"] < whole["top"] + 80
            and toolbar["right"] <= width
            for whole, toolbar in zip(pages, toolbars, strict=True)
        )
        and pages[0]["bottom"] <= pages[1]["top"]
        and page.evaluate("document.documentElement.scrollWidth") <= width
        # No card lies over a toolbar.
        and all(
            card["bottom"] <= toolbar["top"] or toolbar["bottom"] <= card["top"]
            for card in cards
            for toolbar in toolbars
        )
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_page_is_whole(several, chromium, name, size):
    width, height = SIZES[size]
    address, room = f"{several.url}voila/render/{name}.ipynb", {"width": width, "height": height}
    # Without scripts, the posters stay.
    page = chromium.new_page(viewport=room, java_script_enabled=False)
    page.goto(address)
    assert page.locator(".lively-poster").count() == 2
    eventually(lambda: is_in_order(page, width))
    page.close()

    page = chromium.new_page(viewport=room)
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    canvases = page.locator(".jupyter-matplotlib-canvas-div")
    canvases.nth(3).wait_for(state="attached", timeout=PATIENCE)
    for _ in range(2):
        page.locator(".lively-poster").first.wait_for(state="detached", timeout=PATIENCE)
    eventually(lambda: is_in_order(page, width))
    assert canvases.count() == 4

    # Each toolbar is its own page's.
    second = page.locator(".lively-page").nth(1)
    undo = [page.locator(".lively-toolbar button").nth(3 * i) for i in (0, 1)]
    assert all(button.is_disabled() for button in undo)
    second.get_by_role("button", name="New sample").click()
    undo[1].and_(page.locator(":enabled")).wait_for(timeout=PATIENCE)
    assert undo[0].is_disabled()
    assert not errors
    page.close()


def test_the_first_that_lives_leaves_the_poster_of_the_other(several, chromium):
    page = chromium.new_page()
    page.add_init_script(
        """window.counts = [];
        const count = () => {
            const posters = document.querySelectorAll(".lively-poster").length;
            const pages = document.querySelectorAll(".lively-page").length;
            if (posters) window.counts.push([posters, pages - posters]);
        };
        document.addEventListener("DOMContentLoaded", () => {
            count();
            new MutationObserver(count).observe(document, { childList: true, subtree: true });
        });"""
    )
    page.goto(f"{several.url}voila/render/two_cells.ipynb")
    page.locator(".jupyter-matplotlib-canvas-div").nth(3).wait_for(
        state="attached", timeout=PATIENCE
    )
    for _ in range(2):
        page.locator(".lively-poster").first.wait_for(state="detached", timeout=PATIENCE)
    counts = page.evaluate("window.counts")
    # A poster goes only when there is a page in its place.
    assert [2, 0] in counts
    for posters, living in counts:
        assert posters + living >= 2
    page.close()
