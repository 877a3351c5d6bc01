"""All ratios of pixels that zoom and screens come to: whole pictures, and clicks that land."""

import hashlib
import math

import pytest
from page_browser import Browser
from playwright.sync_api import expect
from test_frames_served import PATH, Screen

from lively.pages.regression import RegressionPage
from lively.ui.screens import MOST_PIXELS, RATIOS

WINDOW = 1280, 800
#: The browser's own zoom, from its smallest to its largest, in a window on a screen of ratio 1.
ZOOMS = [0.25, 1 / 3, 5]
#: Screens, the last so large that there would be too many pixels at its ratio.
SCREENS = [(1280, 800, 0.25), (1280, 800, 1.1), (1920, 1080, 8)]
#: Of each picture its room on the page, the size at which it is seen, and its pixels.
SEEN = """async () => {
  const seen = [];
  for (const frame of document.querySelectorAll(".lively-picture")) {
    const canvas = frame.querySelector(".jupyter-matplotlib-canvas-div canvas");
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    const context = copy.getContext("2d", { willReadFrequently: true });
    context.drawImage(canvas, 0, 0);
    const { data } = context.getImageData(0, 0, copy.width, copy.height);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", data));
    seen.push({
      room: [frame.clientWidth, frame.clientHeight],
      shown: [canvas.clientWidth, canvas.clientHeight],
      pixels: [canvas.width, canvas.height],
      digest: [...digest].map((v) => v.toString(16).padStart(2, "0")).join(""),
    });
  }
  return seen;
}"""


def zoomed(zoom):
    """Return what a zoom makes of the window: pixels of the page, and the ratio."""
    return round(WINDOW[0] / zoom), round(WINDOW[1] / zoom), zoom


def drawn(tab, degree):
    """Return the page as Python draws it for what the tab is seen on."""
    rooms = [one["room"] for one in tab.page.evaluate(SEEN)]
    most = math.sqrt(MOST_PIXELS / sum(width * height for width, height in rooms))
    ratio = min(max(tab.page.evaluate("devicePixelRatio"), RATIOS[0]), RATIOS[1])
    browser = Browser(RegressionPage, degree=degree)
    browser.screen(min(ratio, math.floor(100 * most) / 100), rooms)
    return browser


def expect_whole(tab, degree):
    """Hold the pictures to those that Python draws, pixel by pixel; return Python's page."""
    tab.settle()
    right = drawn(tab, degree)
    (ratio,) = {canvas.shape.ratio for canvas in right.canvases}
    own = tab.page.evaluate("devicePixelRatio")
    seen = tab.page.evaluate(SEEN)
    for one, wanted in zip(seen, right.shown, strict=True):
        assert one["shown"] == one["room"]
        assert one["pixels"] == [*wanted.shape[::-1]]
        assert one["digest"] == hashlib.sha256(wanted.tobytes()).hexdigest()
    area = sum(wanted.size for wanted in right.shown)
    assert area <= MOST_PIXELS
    # No fewer pixels than the screen has, unless they would be too many.
    bound = min(max(own, RATIOS[0]), RATIOS[1])
    assert ratio == pytest.approx(bound) or area > 0.97 * MOST_PIXELS
    return right


def click_degree(tab, right, degree):
    """Click in the curve of errors where a degree is."""
    axes = right.page.panel_view.picture.degree.ax
    x, y = axes.transData.transform((degree, sum(axes.get_ylim()) / 2))
    canvas = right.canvases[1]
    place = x / canvas.shape.ratio, canvas.shape.height - y / canvas.shape.ratio
    box = tab.page.locator(".lively-panel canvas").first
    box.evaluate(
        """(canvas, y) => scrollBy(0, canvas.getBoundingClientRect().top + y - innerHeight / 2)""",
        place[1],
    )
    at = box.bounding_box()
    tab.page.mouse.click(at["x"] + place[0], at["y"] + place[1])


@pytest.mark.parametrize(("width", "height", "ratio"), [zoomed(0.25), zoomed(5), (1280, 800, 8)])
def test_a_page_that_is_loaded_at_a_ratio(server, visit, width, height, ratio):
    tab = visit(
        server.url + PATH,
        viewport={"width": width, "height": height},
        device_scale_factor=ratio,
    )
    tab.wait_for_pictures()
    right = expect_whole(tab, 7)
    click_degree(tab, right, 12)
    expect_whole(tab, 12)
    expect(tab.page.locator(".lively-message")).to_have_text("")
    assert tab.console == []


def test_a_page_whose_ratio_changes(server, visit):
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    screen, degree = Screen(tab, 1), 7
    for number, (width, height, ratio) in enumerate([*map(zoomed, ZOOMS), *SCREENS]):
        screen.is_now(width, height, ratio)
        right = expect_whole(tab, degree)
        degree = 3 + 2 * (number % 6)
        click_degree(tab, right, degree)
        expect_whole(tab, degree)
    expect(tab.page.locator(".lively-message")).to_have_text("")
    assert tab.console == []
