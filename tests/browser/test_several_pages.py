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


def boxes(page, selector):
    """Return the boxes of elements, from the top of the document."""
    return page.evaluate(
        """(selector) => [...document.querySelectorAll(selector)].map((element) => {
            const { x, y, width, height } = element.getBoundingClientRect();
            return { x, y: y + scrollY, width, height };
        })""",
        selector,
    )


def check_layout(page, width):
    """Check that pages stand one below the other, each with its toolbar in its own room."""
    pages, toolbars = boxes(page, ".lively-page"), boxes(page, ".lively-toolbar")
    assert len(pages) == len(toolbars) == 2
    for whole, toolbar in zip(pages, toolbars, strict=True):
        assert whole["height"] > 600
        assert toolbar["height"] > 20
        assert toolbar["y"] >= whole["y"]
        assert toolbar["y"] + toolbar["height"] < whole["y"] + 80
        assert toolbar["x"] + toolbar["width"] <= width
    assert pages[0]["y"] + pages[0]["height"] <= pages[1]["y"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # No view lies over a toolbar.
    for view in boxes(page, ".lively-page .lively-card"):
        for toolbar in toolbars:
            apart = (
                view["y"] + view["height"] <= toolbar["y"]
                or toolbar["y"] + toolbar["height"] <= view["y"]
            )
            assert apart, (view, toolbar)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_each_page_is_whole(several, chromium, name, size):
    width, height = SIZES[size]
    page = chromium.new_page(viewport={"width": width, "height": height})
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    # No script of a widget comes, so that both posters stay.
    page.route("**/lively/scripts.js", lambda route: route.abort())
    page.goto(f"{several.url}voila/render/{name}.ipynb", wait_until="load")
    assert page.locator(".lively-poster").count() == 2
    check_layout(page, width)
    page.unroute("**/lively/scripts.js")
    errors.clear()

    page.goto(f"{several.url}voila/render/{name}.ipynb")
    canvases = page.locator(".jupyter-matplotlib-canvas-div")
    canvases.nth(3).wait_for(state="attached", timeout=PATIENCE)
    page.locator(".lively-poster").first.wait_for(state="detached", timeout=PATIENCE)
    page.locator(".lively-poster").wait_for(state="detached", timeout=PATIENCE)
    check_layout(page, width)
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
    page.locator(".lively-poster").wait_for(state="detached", timeout=PATIENCE)
    counts = page.evaluate("window.counts")
    # A poster goes only when there is a page in its place.
    assert [2, 0] in counts
    for posters, living in counts:
        assert posters + living >= 2
    page.close()
