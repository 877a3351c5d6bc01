"""The page on nearest neighbours as its visitors have it."""

import pytest
from conftest import Visit
from playwright.sync_api import expect

from lively.pages.neighbours.result import NeighboursResult
from lively.pages.neighbours.settings import NeighboursSettings
from lively.pages.neighbours.text import count_note, verdict

START = NeighboursSettings()
PATH = "voila/render/neighbours.ipynb"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def opened(server, chromium):
    """One tab, for tests that leave it as it was."""
    made = Visit(chromium).open(server.url + PATH)
    made.wait_for_pictures()
    yield made
    made.close()


@pytest.fixture
def page(opened):
    """The shared tab, reset before each test."""
    opened.settle()
    reset = opened.page.get_by_role("button", name="Reset")
    if reset.is_enabled():
        reset.click()
        expect(reset).to_be_disabled()
    opened.settle()
    return opened


def shows(visit, **changes):
    """Wait until scores and verdict are those of the settings with these changes."""
    result = NeighboursResult(START.replace(**changes))
    scores = visit.page.locator(".lively-page .lively-score")
    expect(scores.nth(0)).to_contain_text(f"RMSE {result.train.rmse:.2f}", timeout=20_000)
    expect(scores.nth(1)).to_contain_text(f"RMSE {result.test.rmse:.2f}", timeout=20_000)
    expect(visit.page.locator(".lively-verdict p")).to_have_text(str(verdict(result)))
    note = visit.page.locator(".lively-group .lively-note", has_text="Only")
    expect(note).to_have_text([count_note(result)] if count_note(result) else [])


def test_nothing_in_the_console_nothing_from_elsewhere_nothing_missing(server, visit):
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    tab.control("Neighbours k").press("ArrowRight")
    shows(tab, k=6)
    assert tab.console == []
    assert tab.failures == []
    assert [u for u in tab.requests if not u.startswith((server.url, "data:", "blob:"))] == []


def test_the_slider_can_be_dragged_to_its_end(page):
    frames = page.frames
    page.drag("Neighbours k", 300)
    shows(page, k=50)
    page.settle()
    assert page.frames > frames


def test_few_training_points_are_said_at_the_control(page):
    page.page.get_by_role("button", name="Keep ten training points").click()
    shows(page, test_share=0.9, k=10)
    page.control("Neighbours k").press("ArrowRight")
    shows(page, test_share=0.9, k=11)


@pytest.mark.parametrize(
    ("button", "changes"),
    [
        ("Show k = 1", {"k": 1}),
        ("Show k = 50", {"k": 50}),
        ("Weigh by distance", {"k": 12, "weights": "distance"}),
        ("Show 2000 samples", {"samples": 2000, "k": 30}),
    ],
)
def test_steps_show_what_they_speak_of(page, button, changes):
    page.page.get_by_role("button", name=button, exact=True).click()
    shows(page, **changes)


def test_a_click_on_the_curves_goes_there(page):
    box = page.page.locator(".lively-panel").bounding_box()
    # Left of the axes' middle in the logarithm, where there are no other k than 3 and 4 nearby.
    page.page.mouse.click(box["x"] + 0.37 * box["width"], box["y"] + box["height"] / 2)
    shows(page, k=3)


def test_workbench_fits_a_screen_of_1280_by_800(page):
    bottom = page.page.evaluate(
        "document.querySelector('.lively-workbench').getBoundingClientRect().bottom + scrollY"
    )
    assert bottom <= 800
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_phone(server, visit):
    tab = visit(server.url + PATH, **PHONE)
    tab.wait_for_pictures()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 390
    frames = tab.frames
    tab.control("Neighbours k").press("End")
    shows(tab, k=50)
    assert tab.frames > frames
