"""The classification page as its visitors have it."""

import re

import pytest
from playwright.sync_api import expect

from lively.pages.classification import ClassificationPage

KINDS = {
    "neighbours": "k nearest neighbours",
    "svm": "Support vector machine",
    "tree": "Decision tree",
    "forest": "Random forest",
    "network": "Neural network",
}


@pytest.fixture(scope="module")
def kind():
    return ClassificationPage


@pytest.mark.parametrize("model", KINDS)
def test_models_and_their_controls(page, model):
    page.page.get_by_label("Model", exact=True).select_option(KINDS[model])
    page.shows(kind=model)
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
    page.shows(noise=0.45, kind="network", units=32)
    expect(page.page.locator(".lively-progress")).to_have_text("")
    told = page.page.evaluate("window.told")
    assert len(set(told)) > 2
    assert all(re.fullmatch(r"Computing: \d+%", text) for text in told)


@pytest.mark.parametrize("model", ["logistic", "svm", "forest"])
def test_workbench_fits_a_screen_of_1280_by_800(page, model):
    names = {"logistic": "Logistic regression", **KINDS}
    page.page.get_by_label("Shape", exact=True).select_option("Straight boundary")
    if model != "svm":
        # There the machine and its probabilities differ on some points, and a sentence says so.
        page.control("Class balance").press("ArrowLeft")
    page.page.get_by_label("Model", exact=True).select_option(names[model])
    if model == "svm":
        page.page.get_by_role("button", name="Polynomial", exact=True).click()
    if model == "logistic":
        page.page.get_by_role("button", name="Elastic net", exact=True).click()
    page.settle()
    page.fits_the_screen()
