"""Browsers of 2023, without `light-dark()`, `:has()` and popovers: legible, and working."""

import re

import pytest
from playwright.sync_api import expect
from test_theme_served import CARDS, FAINT, shot

PATH = "voila/render/regression.ipynb"
#: What no older browser knows.
NEW = re.compile(r"light-dark(?=\()|:has(?=\()|:popover-open")
#: Gives what no older browser knows a name that no browser knows, in the styles that scripts bring.
OLDER = """
  const older = (style) => {
    const text = style.textContent;
    const changed = text.replace(/(light-dark|:has)\\(|:popover-open(?!-)/g, (name) =>
      name.replace(/(\\(?)$/, "-unknown$1"));
    if (changed !== text) style.textContent = changed;
  };
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      for (const node of [target, target.parentNode, ...addedNodes]) {
        if (node instanceof HTMLStyleElement) older(node);
      }
    }
  }).observe(document, { childList: true, subtree: true, characterData: true });
"""
#: What of the page could be seen at the same time as its poster.
BEHIND = """() => [...document.querySelectorAll(".jp-OutputArea-output .lively-page")]
  .filter((page) => document.querySelector(".lively-poster") &&
    page.checkVisibility({ visibilityProperty: true })).length"""
#: Whether any style sheet still has what an older browser does not know.
UNKNOWN = """() => [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
  .filter(({ cssText }) => /light-dark\\(|:has\\(|:popover-open[^-]/.test(cssText)).length"""


def make_older(tab):
    """Have a tab's browser not know what browsers of 2023 did not."""

    def rewrite(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=NEW.sub(r"\g<0>-unknown", answer.text()))

    tab.page.route(re.compile(r"\.css\b"), rewrite)
    tab.page.add_init_script(OLDER)


def height(locator):
    boxes = [one.bounding_box() for one in locator.all()]
    return sum(box["height"] for box in boxes if box)


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_a_page_is_legible_and_works(server, visit, size):
    tab = visit(viewport=dict(zip(("width", "height"), size, strict=True)))
    make_older(tab)
    tab.open(server.url + PATH)
    tab.page.locator(".lively-poster").wait_for()
    seen = 0
    while tab.page.locator(".lively-poster").count():
        seen += tab.page.evaluate(BEHIND)
        tab.page.wait_for_timeout(50)
    assert seen == 0
    tab.wait_for_pictures()
    assert tab.page.evaluate(UNKNOWN) == 0
    for scheme, card in CARDS.items():
        tab.page.emulate_media(color_scheme=scheme)
        assert tab.page.evaluate(FAINT) == []
        box = tab.page.locator(".lively-card").first
        expect(box).to_have_css("background-color", f"rgb{card}")
        assert (shot(tab.page.locator(".lively-picture").first)[2, 2] == card).all()
    assert tab.page.evaluate("document.documentElement.scrollWidth") == size[0]
    # What has nothing to say is not there.
    for name in ("message", "progress", "equation-row"):
        assert height(tab.page.locator(f".lively-{name}")) == 0, name
    # The picture stands beside the controls, or above them.
    picture, controls = (
        tab.page.locator(f".lively-{name}").first.bounding_box() for name in ("fit", "controls")
    )
    if size[0] < 860:
        assert picture["y"] + picture["height"] <= controls["y"]
    else:
        assert picture["x"] >= controls["x"] + controls["width"]
    frames = tab.frames
    tab.page.locator(".noUi-target:not([disabled]) .noUi-handle").last.press("ArrowRight")
    tab.settle()
    assert tab.frames > frames
    # All pages can be reached, and what the header has does not lie upon something else.
    links = tab.page.locator(".lively-pages a")
    assert links.count() >= 5
    for link in links.all():
        link.click(trial=True)
    for thing in tab.page.locator(".lively-toolbar button:enabled, .lively-brand").all():
        thing.click(trial=True)
    links.last.click()
    expect(tab.page.locator(".lively-pages [aria-current=page]")).to_have_count(1)


def test_the_front_page_is_legible(server, visit):
    tab = visit()
    make_older(tab)
    tab.open(server.url + "voila/tree")
    tab.page.locator(".lively-gallery").wait_for()
    for scheme in CARDS:
        tab.page.emulate_media(color_scheme=scheme)
        assert tab.page.evaluate(FAINT) == []
