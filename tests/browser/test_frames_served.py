"""Frames in a real browser: wherever a hand has been, the picture is the one drawn at once."""

import random

import pytest
from conftest import PIXELS
from playwright.sync_api import expect

from lively.ui.painting import MOST_BACKGROUNDS

PATH = "voila/render/regression.ipynb"
SLIDERS = [
    *("Samples", "x range, lower end", "x range, upper end", "Noise σ", "Noise mean"),
    *("Test share", "Degree", "Strength α", "L1 ratio"),
]
BOXES = ["Equation", "Choose α by cross-validation"]
BUTTONS = [
    *("None", "Ridge", "LASSO", "Elastic net"),
    *("Residuals", "Coefficients", "Predicted against actual", "Error against degree"),
    *("New sample", "New split", "Undo", "Redo", "Reset"),
]
KINDS = [
    *("drag", "keys", "keys", "button", "box", "function", "seed"),
    *("size", "zoom", "theme", "scroll"),
]
SIZES = [(1280, 800), (1100, 760), (1440, 900), (390, 844)]


class Screen:
    """A tab's screen, whose size and pixel ratio change while the page is open."""

    def __init__(self, tab, ratio, size=SIZES[0]):
        self.tab = tab
        self.devtools = tab.context.new_cdp_session(tab.page)
        self.is_now(*size, ratio)

    def is_now(self, width, height, ratio):
        self.size, self.ratio = (width, height), ratio
        # Emulation tells a page of another ratio only along with another size.
        for high in (height + 1, height):
            self.devtools.send(
                "Emulation.setDeviceMetricsOverride",
                {"width": width, "height": high, "deviceScaleFactor": ratio, "mobile": False},
            )
            self.tab.page.wait_for_function(
                """([high, ratio]) => innerHeight === high &&
                  Math.abs(devicePixelRatio - ratio) < 1e-6""",
                arg=[high, ratio],
            )

    def flickers(self):
        """Have all of both pictures drawn again, at the size they have.

        That is so once they have had more other sizes than are kept.
        """
        (width, height), ratio = self.size, self.ratio
        for step in range(MOST_BACKGROUNDS + 1):
            self.is_now(width - 60 + 5 * step, height, ratio)
            self.tab.settle()
        self.is_now(width, height, ratio)
        self.tab.settle()


def can_move(handle):
    """Say whether a slider is there at present, and has an effect."""
    return handle.is_visible() and handle.get_attribute("aria-disabled") != "true"


def walk(tab, screen, rng, steps):
    """Do so many things that a visitor might, without waiting for any of them to be shown."""
    page = tab.page
    for _ in range(steps):
        match rng.choice(KINDS):
            case "drag":
                name = rng.choice(SLIDERS)
                if can_move(tab.control(name)):
                    tab.drag(name, rng.randint(-120, 120), moves=20)
            case "keys":
                handle = tab.control(rng.choice(SLIDERS))
                if can_move(handle):
                    for _ in range(rng.randint(1, 6)):
                        handle.press(rng.choice(["ArrowLeft", "ArrowRight"]))
            case "button":
                button = page.get_by_role("button", name=rng.choice(BUTTONS), exact=True)
                if button.is_enabled():
                    button.click()
            case "box":
                box = page.get_by_label(rng.choice(BOXES), exact=True)
                if box.is_enabled():
                    box.click()
            case "function":
                page.get_by_label("True function", exact=True).select_option(
                    index=rng.randint(0, 6)
                )
            case "seed":
                seed = page.get_by_label(rng.choice(["Seed", "Split seed"]), exact=True)
                seed.fill(str(rng.randint(0, 999)))
                seed.press("Enter")
            case "size":
                screen.is_now(*rng.choice(SIZES), screen.ratio)
            case "zoom":
                screen.is_now(*screen.size, rng.choice([1, 1.25, 2]))
            case "theme":
                page.emulate_media(color_scheme=rng.choice(["light", "dark"]))
            case "scroll":
                page.mouse.wheel(0, rng.randint(-400, 400))
    expect(page.locator(".lively-message")).to_have_text("")


@pytest.mark.parametrize("ratio", [1, 2])
def test_a_random_walk_ends_in_the_picture_that_is_drawn_at_once(server, visit, ratio):
    tab = visit(server.url + PATH, device_scale_factor=ratio)
    tab.wait_for_pictures()
    screen = Screen(tab, ratio)
    rng = random.Random(20 + ratio)
    for _ in range(4):
        walk(tab, screen, rng, 12)
        screen.is_now(*screen.size, ratio)
        tab.settle()
        assert tab.page.locator(".lively-stale").count() == 0
        pixels = tab.page.evaluate(PIXELS)
        screen.flickers()
        assert tab.page.evaluate(PIXELS) == pixels
    assert tab.console == []


def test_what_cannot_keep_up_is_dimmed_while_the_hand_moves(server, visit):
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    tab.page.get_by_role("button", name="LASSO", exact=True).click()
    tab.settle()
    panel = tab.page.locator(".lively-card", has=tab.page.locator(".lively-panel"))
    handle, seen = tab.control("Noise σ"), set()
    for _ in range(12):
        handle.press("ArrowRight")
        seen.add(panel.get_attribute("aria-busy"))
    assert "true" in seen
    expect(panel).to_have_attribute("aria-busy", "false")
    tab.settle()
    pixels = tab.page.evaluate(PIXELS)
    Screen(tab, 1).flickers()
    assert tab.page.evaluate(PIXELS) == pixels
