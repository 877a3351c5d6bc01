"""The classification page as its visitors have it."""

import re

import pytest
from conftest import Visit
from playwright.sync_api import expect

from lively.engine.formatting import format_fixed
from lively.pages.classification.result import ClassificationResult
from lively.pages.classification.settings import ClassificationSettings

START = ClassificationSettings()
PATH = "voila/render/classification.ipynb"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
KINDS = {
    "neighbours": "k nearest neighbours",
    "svm": "Support vector machine",
    "tree": "Decision tree",
    "forest": "Random forest",
    "network": "Neural network",
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


def shows(visit, **changes):
    """Wait until the page's numbers are those of the settings with these changes."""
    result = ClassificationResult(START.replace(**changes))
    scores = visit.page.locator(".lively-score")
    for i, judged in enumerate((result.train_judged, result.test_judged)):
        expect(scores.nth(i)).to_contain_text(
            f"log loss {format_fixed(judged.log_loss)}", timeout=30_000
        )
        expect(scores.nth(i)).to_contain_text(format_fixed(judged.accuracy))
    return result


def test_nothing_in_the_console_nothing_from_elsewhere_nothing_missing(server, visit):
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    tab.control("Degree").press("ArrowRight")
    shows(tab, polynomial=4)
    assert tab.console == []
    assert tab.failures == []
    assert [u for u in tab.requests if not u.startswith((server.url, "data:", "blob:"))] == []


@pytest.mark.parametrize(
    ("name", "key", "changes"),
    [
        ("Samples", "ArrowRight", {"samples": 220}),
        ("Noise σ", "ArrowRight", {"noise": 0.55}),
        ("Class balance", "ArrowLeft", {"balance": 0.45}),
        ("Test share", "ArrowRight", {"test_share": 0.55}),
        ("Degree", "Home", {"polynomial": 1}),
        ("Threshold", "ArrowLeft", {"threshold": 0.49}),
    ],
)
def test_sliders_by_keyboard(page, name, key, changes):
    frames = page.frames
    page.control(name).press(key)
    shows(page, **changes)
    page.settle()
    assert page.frames > frames


@pytest.mark.parametrize("kind", KINDS)
def test_models_and_their_controls(page, kind):
    page.page.get_by_label("Model", exact=True).select_option(KINDS[kind])
    shows(page, kind=kind)
    expect(page.control("Degree")).to_have_count(0)
    expect(page.page.get_by_text("Regularization", exact=True)).to_be_hidden()
    expect(page.page.locator(".lively-stale")).to_have_count(0)


def test_a_long_training_is_told_and_the_page_stays_awake(page):
    page.page.evaluate(
        """() => { window.told = [];
          new MutationObserver(() => {
            const text = document.querySelector(".lively-progress").innerText.trim();
            if (text) window.told.push(text);
          }).observe(document.querySelector(".lively-progress"),
            {subtree: true, childList: true, characterData: true}); }"""
    )
    page.control("Noise σ").press("ArrowLeft")
    page.page.get_by_label("Model", exact=True).select_option("Neural network")
    expect(page.page.locator(".lively-progress")).to_contain_text("Computing: ")
    # While it trains, another control is heard: the training in progress is given up for it.
    page.control("Hidden units").press("End")
    shows(page, noise=0.45, kind="network", units=32)
    expect(page.page.locator(".lively-progress")).to_have_text("")
    told = page.page.evaluate("window.told")
    assert len(set(told)) > 2
    assert all(re.fullmatch(r"Computing: \d+%", text) for text in told)


def test_tabs(page):
    for tab, words in (
        ("Precision and recall", "Precision and recall. Training"),
        ("Confusion", "Confusion. Training: of class 0"),
        ("Calibration", "Calibration. Training"),
        ("Feature importance", "Feature importance: coefficient"),
        ("ROC", "ROC. Training: area"),
    ):
        page.page.get_by_role("button", name=tab, exact=True).click()
        expect(page.page.locator("[role=img]").nth(1)).to_have_attribute(
            "aria-label", re.compile(re.escape(words))
        )


@pytest.mark.parametrize(
    ("button", "changes", "heading"),
    [
        ("Show a straight line", {"polynomial": 1}, "Underfitting."),
        ("Show degree 3", {}, "Neither"),
        (
            "Show one neighbour",
            {"kind": "neighbours", "neighbours": 1, "noise": 0.9},
            "Overfitting.",
        ),
        (
            "Show 15 neighbours",
            {"kind": "neighbours", "neighbours": 15, "noise": 0.9},
            "Neither",
        ),
        (
            "Show the L1 penalty",
            {"shape": "straight", "noise": 1.0, "polynomial": 6, "penalty": "l1", "strength": 10.0},
            "Neither",
        ),
        ("Show a rare class", {"samples": 600, "balance": 0.1, "threshold": 0.2}, "Neither"),
        ("Show rings", {"shape": "rings", "noise": 0.4, "polynomial": 2}, "Neither"),
        ("Show a deep tree", {"noise": 0.8, "kind": "tree", "depth": 15}, "Overfitting."),
        ("Show much noise", {"noise": 1.2, "samples": 2000}, "Neither"),
        (
            "Show the 2017 settings",
            {
                "shape": "straight",
                "samples": 50,
                "noise": 1.0,
                "test_share": 0.1,
                "split_seed": 101,
                "polynomial": 1,
                "penalty": "l1",
            },
            "Neither",
        ),
    ],
)
def test_steps_show_what_they_speak_of(page, button, changes, heading):
    page.page.get_by_role("button", name=button).click()
    shows(page, **changes)
    expect(page.page.locator(".lively-verdict b")).to_contain_text(heading)


def test_undo_goes_back_by_one(page):
    page.page.get_by_label("Shape", exact=True).select_option("XOR")
    shows(page, shape="xor")
    page.page.get_by_role("button", name="Undo").focus()
    page.page.keyboard.press("Enter")
    shows(page)


def test_every_control_has_its_visible_label_as_its_name(page):
    unnamed = page.page.evaluate(
        """() => [...document.querySelectorAll(
            "[role=slider], input, select, button, [role=img]")]
          .filter((e) => e.checkVisibility({visibilityProperty: true}))
          .filter((e) => !(e.getAttribute("aria-label") || e.labels?.length || e.innerText?.trim()))
          .map((e) => e.outerHTML.slice(0, 200))"""
    )
    assert unnamed == []
    for label in ("Samples", "Noise σ", "Class balance", "Degree", "Strength", "Threshold"):
        expect(page.control(label)).to_have_count(1)
        assert page.page.get_by_text(label, exact=True).first.is_visible()


@pytest.mark.parametrize("kind", ["logistic", "svm", "forest"])
def test_workbench_fits_a_screen_of_1280_by_800(page, kind):
    names = {"logistic": "Logistic regression", **KINDS}
    page.page.get_by_label("Shape", exact=True).select_option("Straight boundary")
    if kind != "svm":
        # There the machine and its probabilities differ on some points, and a sentence says so.
        page.control("Class balance").press("ArrowLeft")
    page.page.get_by_label("Model", exact=True).select_option(names[kind])
    if kind == "svm":
        page.page.get_by_role("button", name="Polynomial", exact=True).click()
    if kind == "logistic":
        page.page.get_by_role("button", name="Elastic net", exact=True).click()
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
    frames = tab.frames
    tab.control("Threshold").focus()
    tab.control("Threshold").press("End")
    shows(tab, threshold=0.95)
    assert tab.frames > frames
    assert tab.page.locator(".lively-fit").bounding_box()["y"] < 844


def test_at_rest_every_pixel_is_that_of_a_fresh_page(page, server, visit):
    for name in ("Noise σ", "Threshold", "Degree"):
        page.drag(name, 60)
    page.page.get_by_role("button", name="Reset").click()
    page.settle()
    fresh = visit(server.url + PATH)
    fresh.wait_for_pictures()
    fresh.settle()
    page.comes_to_the_pixels_of(fresh)
