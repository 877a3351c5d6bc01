"""What tests of whether a page is alive have in common: what it says, and whether it is right."""

import re
import time

from conftest import PIXELS
from playwright.sync_api import expect

REGRESSION = "voila/render/regression.ipynb"
#: Built once, or executed for each visit.
KINDS = [{}, {"lively": {"build_once": False}}]
#: Seconds until the page says what is wrong, and until it is well again. The bounds are those that
#: visitors are promised, 8 s and 2 s, and what a slow machine adds to them.
SAID, WELL = 10.0, 6.0
GONE, BLOCKED, ENDED, BACK, LOADING = (
    "The server cannot be reached.",
    "No live connection to the server can be opened",
    "The computation behind this page has ended, and its settings are lost.",
    "The server is back.",
    "This page is still loading.",
)
#: Keeps all that is said from now on.
LISTEN = """() => {
  window.said = [];
  new MutationObserver(() => {
    const banner = document.querySelector(".lively-banner");
    if (banner) window.said.push(banner.textContent);
  }).observe(document.body, { childList: true, subtree: true });
}"""


def alert(tab):
    return tab.page.get_by_role("alert")


def expect_said(tab, words, since):
    """Wait until the page says something, and hold it to its time."""
    expect(alert(tab)).to_contain_text(words, timeout=20_000)
    took = time.monotonic() - since
    print(f"said after {took:.1f} s: {words}")
    assert took < SAID
    expect(tab.page.locator("body")).to_have_attribute("data-lively-answers", "no")


def expect_well(tab, since):
    """Wait until the page has nothing more to say, and hold it to its time."""
    expect(alert(tab)).to_have_count(0, timeout=30_000)
    took = time.monotonic() - since
    print(f"well after {took:.1f} s")
    assert took < WELL
    assert tab.page.locator("[data-lively-answers]").count() == 0


def degree(tab):
    """Return the degree that the slider says and the one that the picture says."""
    words = re.search(r"degree (\d+)", tab.words())
    return int(float(tab.control("Degree").get_attribute("aria-valuenow"))), int(words[1])


def settle(tab):
    """Wait until no frame has come for a while; answers to what was sent may have been lost."""
    seen = -1
    while seen != tab.frames:
        seen = tab.frames
        tab.page.wait_for_timeout(1000)


def expect_right(tab, wanted=None):
    """Wait until slider and picture agree; the pixels must be those of a picture drawn anew."""
    words = tab.page.locator("[role=img]").first
    if wanted is not None:
        expect(words).to_have_attribute("aria-label", re.compile(f"degree {wanted}\\b"))
    settle(tab)
    moved, drawn = degree(tab)
    assert moved == drawn
    pixels = tab.page.evaluate(PIXELS)
    tab.page.evaluate("document.dispatchEvent(new CustomEvent('lively:restored'))")
    settle(tab)
    assert tab.page.evaluate(PIXELS) == pixels
