"""One page in JupyterLab seen anew, seen twice, and beside another one."""

import hashlib

import pytest
from conftest import Visit, write_notebook
from page_browser import Browser
from test_lab import run_all, start_lab
from test_ratios_served import SEEN

from lively.pages.regression import RegressionPage

WINDOW = {"width": 1500, "height": 1000}
TWO = """from lively.pages.regression import RegressionPage
first, second = RegressionPage(), RegressionPage(degree=3)
display(first, second)"""
HANDLE = ".noUi-target:not([disabled]) .noUi-handle"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    server = start_lab(folder)
    write_notebook(folder / "dashboards" / "two.ipynb", TWO, {})
    yield server
    server.stop()


@pytest.fixture(scope="module")
def tab(lab, chromium):
    """A notebook that has been run, saved, and opened again."""
    made = Visit(chromium, viewport=WINDOW).open(lab.url + "lab/tree/regression.ipynb?reset")
    run_all(made)
    made.wait_for_pictures()
    made.page.keyboard.press("Control+s")
    made.settle()
    yield made
    made.close()


def right(sizes, **settings):
    """Return the digests of the pictures that a page has at some sizes."""
    browser = Browser(RegressionPage, **settings)
    browser.screen(1, sizes)
    return browser, [hashlib.sha256(shown.tobytes()).hexdigest() for shown in browser.shown]


def faults(tab):
    """Return what the console says has gone wrong; JupyterLab also says what takes it long."""
    return [words for words in tab.console if "rror" in words]


def seen(tab):
    """Return what is seen of all pictures, a page's after the other's."""
    tab.settle()
    return tab.page.evaluate(SEEN)


def test_a_notebook_that_is_opened_again_shows_its_pictures_and_they_move(lab, tab):
    tab.frames = 0
    tab.open(lab.url + "lab/tree/regression.ipynb")
    page = tab.page.locator(".lively-page").first
    page.wait_for()
    page.scroll_into_view_if_needed()
    # The cells are not run again, and nobody touches anything.
    tab.wait_for_pictures()
    before = seen(tab)
    assert [one["shown"] for one in before] == [one["room"] for one in before]
    assert [one["digest"] for one in before] == right([one["room"] for one in before])[1]
    assert tab.frames == len(before)
    tab.page.locator(HANDLE).last.press("ArrowRight")
    assert [one["digest"] for one in seen(tab)] == right([one["room"] for one in before], degree=8)[
        1
    ]


def test_two_views_of_an_output_are_both_whole_and_answer(tab):
    tab.page.locator(".lively-verdict").click(button="right")
    tab.page.get_by_text("Create New View for Cell Output", exact=True).click()
    tab.page.wait_for_function(
        "() => document.querySelectorAll('.lively-picture canvas').length === 8"
    )
    both = seen(tab)
    rooms = [one["room"] for one in both]
    narrow, wide = sorted([rooms[:2], rooms[2:]])
    assert narrow[0][0] < wide[0][0]
    browser, digests = right(wide, degree=8)
    assert [one["digest"] for one in both] == digests * 2
    views = tab.page.locator(".lively-page")
    for index in range(2):
        for picture in views.nth(index).locator(".lively-picture").all():
            frame = picture.bounding_box()
            for canvas in picture.locator("canvas").all():
                shown = canvas.bounding_box()
                assert shown["width"] == pytest.approx(frame["width"], abs=1)
                assert shown["height"] <= frame["height"] + 1
    # A click lands where it is seen to land, in either view.
    axes = browser.page.panel_view.picture.degree.ax
    for index, degree in enumerate((12, 4)):
        x, y = axes.transData.transform((degree, sum(axes.get_ylim()) / 2))
        canvas = views.nth(index).locator(".lively-panel canvas").last
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        scale = box["width"] / wide[1][0]
        place = box["x"] + x * scale, box["y"] + (wide[1][1] - y) * scale
        tab.page.mouse.click(*place)
        assert [one["digest"] for one in seen(tab)] == right(wide, degree=degree)[1] * 2
    # One of them is closed; the other one has pictures of its own size.
    tab.page.locator(".lm-TabBar-tabCloseIcon:visible").last.click()
    tab.page.wait_for_function("() => document.querySelectorAll('.lively-page').length === 1")
    left = seen(tab)
    assert [one["shown"] for one in left] == [one["room"] for one in left]
    assert [one["digest"] for one in left] == right([one["room"] for one in left], degree=4)[1]
    assert faults(tab) == []


def test_two_pages_in_a_notebook_are_two(lab, visit):
    tab = visit(lab.url + "lab/tree/two.ipynb?reset", viewport=WINDOW)
    run_all(tab)
    tab.page.wait_for_function(
        "() => document.querySelectorAll('.lively-picture canvas').length === 8"
    )
    rooms = [one["room"] for one in seen(tab)]
    first, second = right(rooms[:2])[1], right(rooms[2:], degree=3)[1]
    assert [one["digest"] for one in seen(tab)] == [*first, *second]
    tab.page.locator(".lively-page").last.locator(HANDLE).last.press("ArrowRight")
    assert [one["digest"] for one in seen(tab)] == [*first, *right(rooms[2:], degree=4)[1]]
    assert faults(tab) == []
