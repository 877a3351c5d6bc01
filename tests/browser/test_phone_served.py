"""A phone: fingers on sliders, numbers too long for their tiles, the header under a banner."""

import pytest
from conftest import Visit
from playwright.sync_api import expect

PATH = "voila/render/regression.ipynb"
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3}


class Finger:
    """A finger on a tab's screen."""

    def __init__(self, tab):
        self.tab = tab
        self.devtools = tab.context.new_cdp_session(tab.page)

    def say(self, kind, *points):
        self.devtools.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]},
        )

    def move(self, start, by, steps=12):
        """Put down, move by so many pixels to the right and down, and lift."""
        (x, y), (right, down) = start, by
        self.say("touchStart", (x, y))
        for step in range(1, steps + 1):
            self.say("touchMove", (x + right * step / steps, y + down * step / steps))
            self.tab.page.wait_for_timeout(16)
        self.say("touchEnd")

    def tap(self, *place):
        self.say("touchStart", place)
        self.say("touchEnd")


def middle(locator):
    box = locator.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def values(tab):
    handles = tab.page.locator(".lively-page .noUi-handle").all()
    return [handle.get_attribute("aria-valuenow") for handle in handles]


@pytest.fixture(scope="module")
def phone(server, chromium):
    made = Visit(chromium, has_touch=True, is_mobile=True, **PHONE)
    made.open(server.url + PATH).wait_for_pictures()
    yield made
    made.close()


def slider_in_sight(phone):
    """Scroll so that the first slider that can be moved lies low on the screen, and return it."""
    slider = phone.page.locator(".lively-page .noUi-target:not([disabled])").first
    slider.evaluate("(e) => window.scrollBy(0, e.getBoundingClientRect().top - 700)")
    phone.page.wait_for_timeout(300)
    return slider


@pytest.mark.parametrize("part", ["track", "handle", "beside the handle"])
def test_a_swipe_that_begins_on_a_slider_scrolls(phone, part):
    slider, before = slider_in_sight(phone), values(phone)
    x, y = middle(slider.locator(".noUi-handle").last)
    if part == "track":
        # Far from the handle, where a touch of the track would set quite another value.
        left = slider.bounding_box()
        ends = left["x"] + 6, left["x"] + left["width"] - 6
        x, y = max(ends, key=lambda end: abs(end - x)), middle(slider)[1]
    elif part == "beside the handle":
        y -= 14
    scrolled = phone.page.evaluate("scrollY")
    Finger(phone).move((x, y), (3, -300))
    phone.page.wait_for_function("(before) => scrollY > before + 200", arg=scrolled)
    phone.settle()
    assert values(phone) == before
    # Nothing is held any more: the picture stays at the top, and is no slider.
    Finger(phone).move((200, 60), (60, 0))
    phone.settle()
    assert values(phone) == before


def test_a_handle_follows_a_finger_that_moves_sideways(phone):
    handle = slider_in_sight(phone).locator(".noUi-handle").first
    before, scrolled = float(handle.get_attribute("aria-valuenow")), phone.page.evaluate("scrollY")
    for by in (60, -60):
        Finger(phone).move(middle(handle), (by, 4))
        phone.settle()
        moved = float(handle.get_attribute("aria-valuenow"))
        assert (moved - before) * by > 0
        before = moved
    assert phone.page.evaluate("scrollY") == scrolled


def test_a_tap_on_the_track_sets_the_value(phone):
    slider = slider_in_sight(phone)
    handle = slider.locator(".noUi-handle").first
    before, value = middle(handle)[0], handle.get_attribute("aria-valuenow")
    box = slider.bounding_box()
    place = box["x"] + box["width"] * (0.25 if before > 195 else 0.75)
    Finger(phone).tap(place, middle(slider)[1])
    expect(handle).not_to_have_attribute("aria-valuenow", value)
    phone.settle()
    assert abs(middle(handle)[0] - place) < 12


def test_two_fingers_move_nothing(phone):
    slider, before = slider_in_sight(phone), values(phone)
    x, y = middle(slider)
    finger = Finger(phone)
    finger.say("touchStart", (x, y), (x + 60, y))
    finger.say("touchMove", (x - 40, y), (x + 90, y))
    finger.say("touchEnd")
    phone.settle()
    assert values(phone) == before


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_a_number_that_is_too_long_for_its_line_is_not_cut_off(regression, width):
    page = regression.page
    page.set_viewport_size({"width": width, "height": 800})
    try:
        score = page.locator(".lively-score").first
        before = score.inner_html()
        for number in ("0.93", "−3.3·10¹⁰", "−3.3·10¹⁰⁰"):
            score.evaluate(
                "(e, number) => { e.innerHTML = `${number} <small>RMSE ${number}</small>`; }",
                number,
            )
            tile, *parts = (
                box.bounding_box()
                for box in (
                    page.locator(".lively-scores .lively-card").first,
                    score,
                    score.locator("small"),
                )
            )
            for part in parts:
                assert part["x"] + part["width"] <= tile["x"] + tile["width"]
                assert part["y"] + part["height"] <= tile["y"] + tile["height"]
            assert score.evaluate("(e) => e.scrollWidth <= e.clientWidth")
            if width == 1280:
                assert tile["height"] == 78
        score.evaluate("(e, html) => { e.innerHTML = html; }", before)
    finally:
        page.set_viewport_size({"width": 1280, "height": 800})
        regression.settle()


@pytest.mark.parametrize("size", [(320, 640), (390, 844), (1280, 800)])
def test_what_is_wrong_is_said_below_the_header_and_in_sight(server, visit, size):
    tab = visit(viewport=dict(zip(("width", "height"), size, strict=True)))
    tab.page.route("**/voila.js", lambda route: route.abort())
    tab.open(server.url + PATH)
    said = tab.page.get_by_role("alert")
    expect(said).to_be_visible(timeout=30_000)
    header = tab.page.locator(".lively-header").bounding_box()
    assert said.bounding_box()["y"] >= header["y"] + header["height"] - 1
    for link in tab.page.locator(".lively-header :is(a, .lively-menu):visible").all():
        link.click(trial=True)
    # Nothing has moved for it, and it stays in sight.
    page = tab.page.locator(".lively-page").first.bounding_box()
    tab.page.evaluate("document.querySelector('.lively-banner').hidden = true")
    assert tab.page.locator(".lively-page").first.bounding_box() == page
    tab.page.evaluate("document.querySelector('.lively-banner').hidden = false")
    tab.page.mouse.wheel(0, 300)
    tab.page.wait_for_function("() => scrollY > 100")
    assert said.bounding_box()["y"] == 0
    said.get_by_role("button").click(trial=True)
