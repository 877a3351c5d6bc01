"""The page on choosing a model as its visitors have it."""

import re

import pytest
from conftest import Visit
from playwright.sync_api import expect

from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.settings import SelectionSettings
from lively.pages.model_selection.text import table_rows
from lively.pages.model_selection.verdicts import verdict

START = SelectionSettings()
PATH = "voila/render/model_selection.ipynb"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TABS = {
    "curves": "Curves",
    "picks": "Picks",
    "splits": "Splits",
    "learning": "Learning curve",
    "path": "Path",
    "geometry": "Geometry",
    "looks": "Test set",
}


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


def button(visit, name):
    return visit.page.get_by_role("button", name=name, exact=True)


def shows(visit, **changes):
    """Wait until table and verdict are those of the settings with these changes."""
    result = SelectionResult(START.replace(**changes))
    for _ in result.steps():
        pass
    expect(visit.page.locator(".lively-page .lively-verdict b")).to_have_text(
        verdict(result).heading, timeout=20_000
    )
    shown = visit.page.locator(".lively-page .lively-table tr")
    for i, row in enumerate(table_rows(result)):
        expect(shown.nth(i)).to_have_text("".join(row))


def test_nothing_in_the_console_nothing_from_elsewhere_nothing_missing(server, visit):
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    tab.control("Degree").press("ArrowLeft")
    shows(tab, degree=8)
    assert tab.console == []
    assert tab.failures == []
    assert [u for u in tab.requests if not u.startswith((server.url, "data:", "blob:"))] == []


def test_sliders_by_keyboard(page):
    changes = {}
    for name, key, change in (
        ("Noise σ", "ArrowRight", {"noise": 5.1}),
        ("Test share", "ArrowRight", {"test_share": 0.35}),
        ("Degree", "End", {"degree": 15}),
        ("Samples", "Home", {"samples": 20}),
    ):
        frames = page.frames
        page.control(name).press(key)
        changes |= change
        shows(page, **changes)
        page.settle()
        assert page.frames > frames


def test_a_penalty_brings_its_weight(page):
    button(page, "Elastic net").click()
    page.control("Strength α").press("ArrowRight")
    page.control("L1 ratio").press("ArrowRight")
    shows(page, penalty="elastic", alpha=0.125893, l1_ratio=0.55)
    button(page, "None").click()
    expect(page.control("Strength α")).to_have_count(0)


def test_criteria_and_seeds(page):
    page.page.get_by_label("Criterion", exact=True).select_option("BIC")
    shows(page, criterion="bic")
    button(page, "New folds").click()
    shows(page, criterion="bic", fold_seed=2)
    button(page, "Use the choice").click()
    shows(page, criterion="bic", fold_seed=2, degree=9)


STEPS = {
    "Show five folds": {"criterion": "five"},
    "Show repeated folds": {"criterion": "repeated"},
    "Show the AIC": {"criterion": "aic"},
    "Show the picks": {"panel": "picks"},
    "Show the splits": {"panel": "splits"},
    "Show the test set": {"panel": "looks", "degree": 5},
    "Show the learning curve": {"panel": "learning"},
    "Show the path": {"panel": "path", "degree": 15, "penalty": "lasso"},
    "Show the geometry": {"panel": "geometry", "penalty": "lasso", "alpha": 3.16228},
}


def test_steps_show_what_they_speak_of(page):
    # Each starts from the page's own start, whatever was shown before.
    for name, changes in STEPS.items():
        button(page, name).click()
        shows(page, **changes)
    assert set(page.page.locator(".lively-step").all_inner_texts()) == set(STEPS)


def test_tabs_and_their_words(page):
    button(page, "LASSO").click()
    for panel, words in (
        ("splits", "Distribution of the test R² over random splits"),
        ("learning", r"Median RMSE against the number of points fitted, 4 to \d+"),
        ("path", "Coefficients of the standardized powers of x against α"),
        ("geometry", "lines of equal squared error"),
        ("looks", "RMSE of every model evaluated on the test set"),
        ("curves", "RMSE against alpha"),
    ):
        button(page, TABS[panel]).click()
        expect(page.page.locator("[role=img]").nth(1)).to_have_attribute(
            "aria-label", re.compile(words), timeout=20_000
        )


def test_a_click_on_the_path_moves_the_fit(page):
    button(page, "Show the path").click()
    shows(page, panel="path", degree=15, penalty="lasso")
    expect(page.page.locator(".lively-stale")).to_have_count(0, timeout=20_000)
    picture = page.page.locator(".lively-panel")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    # The axes reach from 76 pixels at the left to 14 at the right; exponents from -4.25 to 3.05.
    x = 76 + (1 + 4.25) / 7.3 * (box["width"] - 76 - 14)
    page.page.mouse.click(box["x"] + x, box["y"] + box["height"] / 2)
    shows(page, panel="path", degree=15, penalty="lasso", alpha=10.0)


def test_the_test_set_opens_and_no_undo_seals_it(server, visit):
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    seal = tab.page.locator(".lively-page .lively-seal")
    expect(seal).to_contain_text("hidden")
    expect(seal).to_contain_text("test set not used yet")
    button(tab, "Show test score").click()
    expect(seal).to_contain_text(re.compile(r"\d\.\d\d"))
    expect(seal).to_contain_text("test set used once")
    expect(tab.page.locator("[role=img]").first).to_have_attribute(
        "aria-label", re.compile("test points are shown: test R²")
    )
    tab.control("Degree").press("ArrowLeft")
    expect(seal).to_contain_text("hidden")
    button(tab, "Show test score").click()
    expect(seal).to_contain_text("test set used twice")
    button(tab, "Undo").click()
    expect(seal).to_contain_text("test set used twice")
    button(tab, "Test set").click()
    expect(tab.page.locator(".lively-page .lively-verdict")).to_contain_text(
        re.compile(r"2 evaluations on the test set\. The better of 2 models looks")
    )
    button(tab, "New sample").click()
    expect(seal).to_contain_text("test set not used yet")


def test_picks_can_be_cancelled_and_gone_on_with(page):
    button(page, "LASSO").click()
    button(page, "Picks").click()
    work = page.page.locator(".lively-work")
    expect(page.page.locator(".lively-page .lively-verdict b")).to_contain_text(
        re.compile(r"After \d+ of 200"), timeout=30_000
    )
    # While it works, other controls are heard.
    page.control("Degree").press("Home")
    expect(page.control("Degree")).to_have_attribute("aria-valuenow", "1.0")
    expect(work).to_contain_text("Computing: ")
    button(page, "Cancel").click()
    expect(work).to_contain_text("Stopped at ")
    stopped = work.inner_text()
    page.page.wait_for_timeout(500)
    assert work.inner_text() == stopped
    button(page, "Go on").click()
    expect(work).to_contain_text("Computing: ")
    button(page, "None").click()
    button(page, "Curves").click()
    expect(work).to_be_hidden()


def test_every_control_has_its_visible_label_as_its_name(page):
    unnamed = page.page.evaluate(
        """() => [...document.querySelectorAll(
            "[role=slider], input, select, button, [role=img]")]
          .filter((e) => e.checkVisibility({visibilityProperty: true}))
          .filter((e) => !(e.getAttribute("aria-label") || e.labels?.length || e.innerText?.trim()))
          .map((e) => e.outerHTML.slice(0, 200))"""
    )
    assert unnamed == []
    for label in ("Samples", "Noise σ", "Test share", "Degree"):
        expect(page.control(label)).to_have_count(1)
        assert page.page.get_by_text(label, exact=True).first.is_visible()


@pytest.mark.parametrize("penalty", ["None", "Elastic net"])
def test_workbench_fits_a_screen_of_1280_by_800_and_stands_still(page, penalty):
    button(page, penalty).click()
    tops = set()
    for panel in ("splits", "learning", "path", "geometry", "looks", "curves"):
        button(page, TABS[panel]).click()
        expect(page.page.locator(".lively-stale")).to_have_count(0, timeout=20_000)
        bottom = page.page.evaluate(
            "document.querySelector('.lively-workbench').getBoundingClientRect().bottom + scrollY"
        )
        assert bottom <= 800
        tops.add(page.page.locator(".lively-fit").first.bounding_box()["y"])
        # Nothing written above the pictures is cut off.
        cut = page.page.evaluate(
            """() => [...document.querySelectorAll(".lively-page .lively-choose .lively-card")]
              .filter((e) => e.scrollHeight > e.clientHeight + 1 ||
                e.scrollWidth > e.clientWidth + 1)
              .map((e) => e.innerText)"""
        )
        assert cut == []
    assert len(tops) == 1
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_phone(server, visit):
    tab = visit(server.url + PATH, **PHONE)
    tab.wait_for_pictures()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 390
    # With the longest of what can stand in it, too.
    for penalty, changes in (("LASSO", {"penalty": "lasso"}), ("None", {})):
        button(tab, penalty).click()
        shows(tab, **changes)
        table = tab.page.locator(".lively-page .lively-table").bounding_box()
        card = tab.page.locator(".lively-page .lively-estimates").bounding_box()
        assert table["x"] + table["width"] <= card["x"] + card["width"]
    frames = tab.frames
    tab.control("Noise σ").press("Home")
    shows(tab, noise=0.0)
    assert tab.frames > frames


def test_at_rest_every_pixel_is_that_of_a_fresh_page(page, server, visit):
    for name in ("Noise σ", "Degree", "Test share"):
        page.drag(name, 60)
    page.page.get_by_role("button", name="Reset").click()
    page.settle()
    fresh = visit(server.url + PATH)
    fresh.wait_for_pictures()
    fresh.settle()
    page.comes_to_the_pixels_of(fresh)
