"""The page on choosing a model as its visitors have it."""

import re

import pytest
from conftest import PHONE
from playwright.sync_api import expect

from lively.pages.model_selection import ModelSelectionPage

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
def kind():
    return ModelSelectionPage


def test_criteria_and_seeds(page):
    page.page.get_by_label("Criterion", exact=True).select_option("BIC")
    page.shows(criterion="bic")
    page.button("New folds").click()
    page.shows(criterion="bic", fold_seed=2)
    page.button("Use the choice").click()
    page.shows(criterion="bic", fold_seed=2, degree=9)


def test_a_click_on_the_path_moves_the_fit(page):
    page.button("Show the path").click()
    page.shows(panel="path", degree=15, penalty="lasso")
    expect(page.page.locator(".lively-stale")).to_have_count(0, timeout=20_000)
    picture = page.page.locator(".lively-panel")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    # The axes reach from 76 pixels at the left to 14 at the right; exponents from -4.25 to 3.05.
    x = 76 + (1 + 4.25) / 7.3 * (box["width"] - 76 - 14)
    page.page.mouse.click(box["x"] + x, box["y"] + box["height"] / 2)
    page.shows(panel="path", degree=15, penalty="lasso", alpha=10.0)


def test_the_test_set_opens_and_no_undo_seals_it(kind, server, visit):
    tab = visit().open_page(server, kind)
    seal = tab.page.locator(".lively-page .lively-seal")
    expect(seal).to_contain_text("hidden")
    expect(seal).to_contain_text("test set not used yet")
    tab.button("Show test score").click()
    expect(seal).to_contain_text(re.compile(r"\d\.\d\d"))
    expect(seal).to_contain_text("test set used once")
    expect(tab.page.locator("[role=img]").first).to_have_attribute(
        "aria-label", re.compile("test points are shown: test R²")
    )
    tab.control("Degree").press("ArrowLeft")
    expect(seal).to_contain_text("hidden")
    tab.button("Show test score").click()
    expect(seal).to_contain_text("test set used twice")
    tab.button("Undo").click()
    expect(seal).to_contain_text("test set used twice")
    tab.button("Test set").click()
    expect(tab.page.locator(".lively-page .lively-verdict")).to_contain_text(
        re.compile(r"2 evaluations on the test set\. The better of 2 models looks")
    )
    tab.button("New sample").click()
    expect(seal).to_contain_text("test set not used yet")


def test_picks_can_be_cancelled_and_gone_on_with(page):
    page.button("LASSO").click()
    page.button("Picks").click()
    work = page.page.locator(".lively-work")
    expect(page.page.locator(".lively-page .lively-verdict b")).to_contain_text(
        re.compile(r"After \d+ of 200"), timeout=30_000
    )
    # While it works, other controls are heard.
    page.control("Degree").press("Home")
    expect(page.control("Degree")).to_have_attribute("aria-valuenow", "1.0")
    expect(work).to_contain_text("Computing: ")
    page.button("Cancel").click()
    expect(work).to_contain_text("Stopped at ")
    stopped = work.inner_text()
    page.page.wait_for_timeout(500)
    assert work.inner_text() == stopped
    page.button("Go on").click()
    expect(work).to_contain_text("Computing: ")
    page.button("None").click()
    page.button("Curves").click()
    expect(work).to_be_hidden()


@pytest.mark.parametrize("penalty", ["None", "Elastic net"])
def test_workbench_fits_a_screen_of_1280_by_800_and_stands_still(page, penalty):
    page.button(penalty).click()
    tops = set()
    for panel in ("splits", "learning", "path", "geometry", "looks", "curves"):
        page.button(TABS[panel]).click()
        expect(page.page.locator(".lively-stale")).to_have_count(0, timeout=20_000)
        page.fits_the_screen()
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


def test_on_a_phone_the_longest_table_fits_its_card(kind, server, visit):
    tab = visit(**PHONE).open_page(server, kind)
    for penalty, changes in (("LASSO", {"penalty": "lasso"}), ("None", {})):
        tab.button(penalty).click()
        tab.shows(**changes)
        table = tab.page.locator(".lively-page .lively-table").bounding_box()
        card = tab.page.locator(".lively-page .lively-estimates").bounding_box()
        assert table["x"] + table["width"] <= card["x"] + card["width"]
