"""The curve-fitting page as its visitors have it."""

import pytest
from playwright.sync_api import expect

from lively.pages.curve_fit import CurveFitPage


@pytest.fixture(scope="module")
def kind():
    return CurveFitPage


def test_own_starting_values_lead_astray(page):
    page.page.get_by_role("button", name="My own", exact=True).click()
    page.shows(start="own")
    for _ in range(20):
        page.control("Start: centre").press("ArrowRight")
    page.shows(start="own", start_centre=2.0)
    expect(page.control("Start: frequency")).to_have_count(0)


def test_coverage_is_judged_beside_the_tabs_and_takes_no_room(page):
    # Of the card with the tabs: the verdict above has a length of its own.
    height = (
        "document.querySelector('.lively-page .lively-panel').closest('.lively-card').offsetHeight"
    )
    sentence = page.page.locator(".lively-page .lively-beside")
    expect(sentence).to_have_text("")
    before = page.page.evaluate(height)
    page.page.get_by_role("button", name="Coverage", exact=True).click()
    expect(sentence).to_contain_text("Kept: ", timeout=20_000)
    page.control("Noise mean").press("End")
    expect(sentence).to_contain_text("Not kept for height", timeout=20_000)
    assert page.page.evaluate(height) == before


@pytest.mark.parametrize("curve", ["Gaussian peak", "Two peaks", "Damped oscillation"])
def test_workbench_fits_a_screen_of_1280_by_800(page, curve):
    page.page.get_by_label("True curve", exact=True).select_option(curve)
    page.settle()
    page.fits_the_screen()
