"""The page on bias and variance as its visitors have it."""

import re

import pytest
from playwright.sync_api import expect

from lively.pages.bias_variance import BiasVariancePage
from lively.plotting.live_figure import LiveFigure


@pytest.fixture(scope="module")
def kind():
    return BiasVariancePage


def test_a_lasso_shows_how_far_it_is_and_ends(page):
    page.page.get_by_role("button", name="Error against degree", exact=True).click()
    page.page.get_by_role("button", name="LASSO", exact=True).click()
    expect(page.page.locator(".lively-progress")).to_contain_text("Computing:", timeout=20_000)
    expect(page.page.locator(".lively-progress")).to_have_text("", timeout=120_000)
    page.shows(penalty="lasso", panel="degree")
    expect(page.page.locator(".lively-stale")).to_have_count(0)


def test_data_sets_play_until_they_are_paused(page):
    page.page.get_by_role("button", name="Play", exact=True).click()
    one = page.page.locator("[role=img]").first
    for which in (2, 3, 4):
        expect(one).to_have_attribute(
            "aria-label", re.compile(f"and data set {which} with"), timeout=20_000
        )
    page.page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.page.get_by_role("button", name="Play", exact=True)).to_be_visible()
    page.settle()
    said = one.get_attribute("aria-label")
    page.page.wait_for_timeout(1500)
    assert one.get_attribute("aria-label") == said


def test_a_click_on_the_curve_leads_there_and_next_to_the_next_data_set(page):
    page.page.get_by_role("button", name="Error against degree", exact=True).click()
    panel = page.page.locator("[role=img]").nth(1)
    expect(panel).to_have_attribute("aria-label", re.compile("now 7"), timeout=20_000)
    box = page.page.locator(".lively-panel canvas").first.bounding_box()
    across = box["width"] - LiveFigure.margins.left - LiveFigure.margins.right
    x = LiveFigure.margins.left + (4 - 0.4) / 20.2 * across
    page.page.mouse.click(box["x"] + x, box["y"] + box["height"] / 2)
    page.shows(panel="degree", degree=4)
    expect(panel).to_have_attribute("aria-label", re.compile("now 4"))
    page.page.get_by_role("button", name="Next", exact=True).click()
    expect(page.page.locator("[role=img]").first).to_have_attribute(
        "aria-label", re.compile("and data set 2 with")
    )


@pytest.mark.parametrize("button", ["Show fresh inputs", "Show ridge", "Show double descent"])
def test_workbench_fits_a_screen_of_1280_by_800(page, button):
    page.page.get_by_role("button", name=button).click()
    page.settle()
    page.fits_the_screen()
