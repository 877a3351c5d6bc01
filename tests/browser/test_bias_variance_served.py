"""The page on bias and variance as its visitors have it."""

import html
import re

import pytest
from conftest import Visit
from playwright.sync_api import expect

from lively.pages.bias_variance.page import table_markup
from lively.pages.bias_variance.result import BiasVarianceResult
from lively.pages.bias_variance.settings import BiasVarianceSettings
from lively.pages.bias_variance.text import verdict
from lively.plotting.live_figure import LiveFigure

START = BiasVarianceSettings()
PATH = "voila/render/bias_variance.ipynb"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
#: What the newcomer's path starts from.
FEW = {"samples": 25, "inputs": "fixed"}


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
    """Wait until the page's numbers and words are those of the settings with these changes."""
    result = BiasVarianceResult(START.replace(**changes))
    # Means stand in the second row of the table; where they are infinite, signs for that.
    cells = re.findall(r"<td>(.*?)</td>", table_markup(result).split("<tr>")[2])
    row = visit.page.locator(".lively-page .lively-table tr").nth(1)
    expect(row).to_have_text(
        "mean" + "".join(html.unescape(cell) for cell in cells), timeout=30_000
    )
    expect(visit.page.locator(".lively-verdict b")).to_have_text(verdict(result).heading)


def test_nothing_in_the_console_nothing_from_elsewhere_nothing_missing(server, visit):
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    tab.control("Degree").press("ArrowRight")
    shows(tab, degree=8)
    assert tab.console == []
    assert tab.failures == []
    assert [u for u in tab.requests if not u.startswith((server.url, "data:", "blob:"))] == []


@pytest.mark.parametrize(
    ("name", "key", "changes"),
    [
        ("Samples", "Home", {"samples": 8}),
        ("Noise σ", "ArrowLeft", {"noise": 4.9}),
        ("Data sets", "End", {"data_sets": 1000}),
        ("Degree", "Home", {"degree": 1}),
        ("Data set", "ArrowRight", {"data_set": 2}),
    ],
)
def test_sliders_by_keyboard(page, name, key, changes):
    frames = page.frames
    page.control(name).press(key)
    shows(page, **changes)
    page.settle()
    assert page.frames > frames


def test_a_lasso_shows_how_far_it_is_and_ends(page):
    page.page.get_by_role("button", name="Error against degree", exact=True).click()
    page.page.get_by_role("button", name="LASSO", exact=True).click()
    expect(page.page.locator(".lively-progress")).to_contain_text("Computing:", timeout=20_000)
    expect(page.page.locator(".lively-progress")).to_have_text("", timeout=120_000)
    shows(page, penalty="lasso", panel="degree")
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


@pytest.mark.parametrize(
    ("button", "changes"),
    [
        ("Show an overfit", {**FEW, "degree": 10}),
        ("Show the error against degree", {**FEW, "degree": 10}),
        ("Show more data", {"inputs": "fixed", "samples": 400, "degree": 10}),
        ("Show a lower degree", {**FEW, "degree": 5}),
        ("Show ridge", {**FEW, "degree": 10, "penalty": "ridge", "alpha": 0.00316228}),
        ("Show a straight line", {"inputs": "fixed", "samples": 400, "degree": 1}),
        ("Show fresh inputs", {"samples": 25, "degree": 10}),
        (
            "Show double descent",
            {"samples": 8, "inputs": "fixed", "noise": 1.0, "seed": 53, "degree": 20},
        ),
        ("Show the page as it began", {}),
    ],
)
def test_steps_show_what_they_speak_of(page, button, changes):
    page.page.get_by_role("button", name=button).click()
    shows(page, **changes)


def test_both_repairs_lower_the_error_that_the_first_step_shows():
    def total(**changes):
        return float(BiasVarianceResult(START.replace(**changes)).parts.total.value[0])

    overfit = total(**FEW, degree=10)
    assert total(samples=400, inputs="fixed", degree=10) < overfit / 5
    assert total(**FEW, degree=5) < overfit / 5
    assert total(**FEW, degree=10, penalty="ridge", alpha=0.00316228) < overfit / 4


def test_double_descent_has_a_peak_and_a_lower_second_valley():
    settings = START.replace(
        samples=8, inputs="fixed", noise=1.0, seed=53, degree=20, panel="degree"
    )
    error = BiasVarianceResult(settings).curve.total.value
    first, peak, last = error[:5].min(), error[5:8].max(), error[-1]
    assert peak > 50 * first
    assert last < first / 3


def test_tabs_and_their_words(page):
    for tab, words in (
        ("Error against degree", r"against degree 1 to 20.*agrees with the sum"),
        ("Error against α", "no α"),
        ("Error along x", "along x, stacked"),
    ):
        page.page.get_by_role("button", name=tab, exact=True).click()
        expect(page.page.locator("[role=img]").nth(1)).to_have_attribute(
            "aria-label", re.compile(words), timeout=20_000
        )


def test_a_click_on_the_curve_leads_there_and_next_to_the_next_data_set(page):
    page.page.get_by_role("button", name="Error against degree", exact=True).click()
    panel = page.page.locator("[role=img]").nth(1)
    expect(panel).to_have_attribute("aria-label", re.compile("now 7"), timeout=20_000)
    box = page.page.locator(".lively-panel canvas").first.bounding_box()
    across = box["width"] - LiveFigure.margins.left - LiveFigure.margins.right
    x = LiveFigure.margins.left + (4 - 0.4) / 20.2 * across
    page.page.mouse.click(box["x"] + x, box["y"] + box["height"] / 2)
    shows(page, degree=4)
    expect(panel).to_have_attribute("aria-label", re.compile("now 4"))
    page.page.get_by_role("button", name="Next", exact=True).click()
    expect(page.page.locator("[role=img]").first).to_have_attribute(
        "aria-label", re.compile("and data set 2 with")
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
    for label in ("Samples", "Noise σ", "Data sets", "Degree", "Data set"):
        expect(page.control(label)).to_have_count(1)
        assert page.page.get_by_text(label, exact=True).first.is_visible()


@pytest.mark.parametrize("button", ["Show fresh inputs", "Show ridge", "Show double descent"])
def test_workbench_fits_a_screen_of_1280_by_800(page, button):
    page.page.get_by_role("button", name=button).click()
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
    tab.control("Noise σ").press("Home")
    shows(tab, noise=0.0)
    assert tab.frames > frames


def test_at_rest_every_pixel_is_that_of_a_fresh_page(page, server, visit):
    for name in ("Noise σ", "Degree", "Samples"):
        page.drag(name, 60)
    page.page.get_by_role("button", name="Reset").click()
    page.settle()
    fresh = visit(server.url + PATH)
    fresh.wait_for_pictures()
    fresh.settle()
    page.page.wait_for_timeout(500)
    fresh.page.wait_for_timeout(500)
    page.comes_to_the_pixels_of(fresh)
