"""The curve-fitting page as its visitors have it."""

import re

import pytest
from conftest import Visit
from playwright.sync_api import expect

from lively.pages.curve_fit.result import CurveFitResult
from lively.pages.curve_fit.settings import CurvePageSettings
from lively.pages.curve_fit.text import table_rows, verdict

START = CurvePageSettings()
PATH = "voila/render/curve_fit.ipynb"
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
    """Wait until the page's table is that of the settings with these changes."""
    result = CurveFitResult(START.replace(**changes))
    shown = visit.page.locator(".lively-page .lively-table tr")
    for i, row in enumerate(table_rows(result), 1):
        expect(shown.nth(i)).to_have_text("".join(row), timeout=20_000)
    expect(visit.page.locator(".lively-verdict b")).to_have_text(verdict(result).heading)


def test_nothing_in_the_console_nothing_from_elsewhere_nothing_missing(server, visit):
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    tab.control("Height").press("ArrowRight")
    shows(tab, height=3.1)
    assert tab.console == []
    assert tab.failures == []
    assert [u for u in tab.requests if not u.startswith((server.url, "data:", "blob:"))] == []


@pytest.mark.parametrize(
    ("name", "key", "changes"),
    [
        ("Height", "ArrowLeft", {"height": 2.9}),
        ("Centre", "ArrowRight", {"centre": -0.4}),
        ("Width", "ArrowRight", {"width": 0.55}),
        ("Samples", "Home", {"samples": 10}),
        ("Noise σ", "ArrowRight", {"noise": 0.35}),
        ("Noise mean", "ArrowRight", {"noise_mean": 0.1}),
        ("Outliers", "End", {"outliers": 0.3}),
    ],
)
def test_sliders_by_keyboard(page, name, key, changes):
    frames = page.frames
    page.control(name).press(key)
    shows(page, **changes)
    page.settle()
    assert page.frames > frames


def test_own_starting_values_lead_astray(page):
    page.page.get_by_role("button", name="My own", exact=True).click()
    shows(page, start="own")
    for _ in range(20):
        page.control("Start: centre").press("ArrowRight")
    shows(page, start="own", start_centre=2.0)
    expect(page.control("Start: frequency")).to_have_count(0)


def test_bounds_and_losses(page):
    page.page.get_by_role("button", name="Positive", exact=True).click()
    shows(page, bounds="positive")
    page.page.get_by_role("button", name="Huber", exact=True).click()
    shows(page, bounds="positive", loss="huber")
    page.control("Loss scale").press("Home")
    shows(page, bounds="positive", loss="huber", f_scale=0.05)


@pytest.mark.parametrize(
    ("button", "changes"),
    [
        ("Show double noise", {"noise": 0.6}),
        ("Show the coverage", {}),
        ("Show outliers", {"outliers": 0.16}),
        ("Show the Cauchy loss", {"outliers": 0.16, "loss": "cauchy"}),
        ("Show a local minimum", {"curve": "damped", "start": "own", "start_frequency": 1.6}),
        ("Show a peak outside", {"centre": 4.0}),
        ("Show the correlation", {"curve": "growth"}),
        (
            "Show the 2017 settings",
            {"height": 1.0, "centre": 0.0, "width": 1.0, "noise": 0.0, "start": "own",
             "start_centre": 1.0},
        ),
    ],
)  # fmt: skip
def test_steps_show_what_they_speak_of(page, button, changes):
    page.page.get_by_role("button", name=button).click()
    shows(page, **changes)


def test_tabs_and_their_words(page):
    for tab, words in (
        ("Coverage", r"over 200 of 200 simulated data sets.*height [\d.]+ % \([\d.]+ % to"),
        ("Correlation", "Correlation of the 3 estimates: height and centre"),
        ("Residuals", "Residuals over x"),
    ):
        page.page.get_by_role("button", name=tab, exact=True).click()
        expect(page.page.locator("[role=img]").nth(1)).to_have_attribute(
            "aria-label", re.compile(words), timeout=20_000
        )


def test_every_control_has_its_visible_label_as_its_name(page):
    unnamed = page.page.evaluate(
        """() => [...document.querySelectorAll(
            "[role=slider], input, select, button, [role=img]")]
          .filter((e) => e.checkVisibility({visibilityProperty: true}))
          .filter((e) => !(e.getAttribute("aria-label") || e.labels?.length || e.innerText?.trim()))
          .map((e) => e.outerHTML.slice(0, 200))"""
    )
    assert unnamed == []
    for label in ("Height", "Centre", "Width", "Samples", "Noise σ", "Outliers"):
        expect(page.control(label)).to_have_count(1)
        assert page.page.get_by_text(label, exact=True).first.is_visible()


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
    bottom = page.page.evaluate(
        "document.querySelector('.lively-workbench').getBoundingClientRect().bottom + scrollY"
    )
    assert bottom <= 800
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_phone(server, visit):
    tab = visit(server.url + PATH, **PHONE)
    tab.wait_for_pictures()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 390
    table = tab.page.locator(".lively-page .lively-table").bounding_box()
    assert table["x"] + table["width"] <= 390
    frames = tab.frames
    tab.control("Noise σ").press("End")
    shows(tab, noise=1.0)
    assert tab.frames > frames


def test_at_rest_every_pixel_is_that_of_a_fresh_page(page, server, visit):
    for name in ("Noise σ", "Width", "Centre"):
        page.drag(name, 60)
    page.settle()
    page.page.get_by_role("button", name="Reset").click()
    shows(page)
    page.settle()
    fresh = visit(server.url + PATH)
    fresh.wait_for_pictures()
    fresh.settle()
    page.comes_to_the_pixels_of(fresh)
