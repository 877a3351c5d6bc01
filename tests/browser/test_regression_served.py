"""The regression page as its visitors have it."""

import re
import urllib.request

import pytest
from playwright.sync_api import expect

from lively.pages.regression import RegressionPage


@pytest.fixture(scope="module")
def kind():
    return RegressionPage


def test_picture_is_there_on_twenty_of_twenty_loads(kind, server, visit):
    for _ in range(20):
        tab = visit().open_page(server, kind)
        assert "Training R²" in tab.page.locator(".lively-scores").inner_text()
        tab.close()


def test_no_source_code_in_the_page(server, page):
    served = (
        urllib.request.urlopen(f"{server.url}voila/render/regression.ipynb", timeout=60)
        .read()
        .decode()
    )
    for text in (served, page.page.content()):
        for code in ("RegressionPage(", "from lively", "page.step"):
            assert code not in text
    request = urllib.request.Request(server.url + "voila/files/regression.ipynb")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(request, timeout=60)


def test_title_and_language(page):
    assert page.page.title() == "Regression: fit noisy data"
    assert page.page.locator("html").get_attribute("lang") == "en"
    assert page.page.get_by_role("heading", level=1).inner_text() == "Regression: fit noisy data"


def test_seeds_and_their_buttons(page):
    page.page.get_by_role("button", name="New sample").click()
    page.shows(seed=110)
    page.page.get_by_role("button", name="New split").click()
    page.shows(seed=110, split_seed=2)
    seed = page.page.get_by_label("Seed", exact=True)
    assert seed.input_value() == "110"
    seed.fill("5")
    seed.press("Enter")
    page.shows(seed=5, split_seed=2)


def test_regularization_strength_ratio_and_cross_validation(page):
    alpha, ratio = page.control("Strength α"), page.control("L1 ratio")
    chosen = page.page.get_by_label("Choose α by cross-validation", exact=True)
    expect(alpha).to_have_attribute("aria-disabled", "true")
    expect(chosen).to_be_disabled()
    expect(page.page.get_by_text("No penalty, so α has no effect.")).to_be_visible()
    for name, value in (("Ridge", "ridge"), ("LASSO", "lasso"), ("Elastic net", "elastic")):
        page.page.get_by_role("button", name=name, exact=True).click()
        page.shows(penalty=value)
    expect(alpha).to_have_attribute("aria-disabled", "false")
    ratio.press("ArrowRight")
    page.shows(penalty="elastic", l1_ratio=0.55)
    alpha.press("ArrowRight")
    page.shows(penalty="elastic", l1_ratio=0.55, alpha=10**-0.9)
    chosen.check()
    page.shows(penalty="elastic", l1_ratio=0.55, choose_alpha=True)
    expect(page.page.get_by_text(re.compile("chose α = "))).to_be_visible()
    expect(alpha).to_have_attribute("aria-disabled", "true")


def test_a_click_on_the_curve_goes_to_that_degree(page):
    picture = page.page.locator(".lively-panel")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    # The axes reach from 76 pixels at the left to 14 at the right; degrees from 0.4 to 15.6.
    x = 76 + (3 - 0.4) / 15.2 * (box["width"] - 76 - 14)
    page.page.mouse.click(box["x"] + x, box["y"] + box["height"] / 2)
    page.shows(degree=3)


def test_one_change_is_one_frame_of_each_picture(page):
    before = page.frames
    page.control("Degree").press("ArrowRight")
    page.shows(degree=8)
    page.settle()
    assert page.frames - before == 2
    before = page.frames
    page.page.get_by_role("button", name="Reset").click()
    page.shows()
    page.settle()
    assert page.frames - before == 2


def test_tab_gets_out_of_a_clicked_picture(page):
    page.page.locator(".lively-fit").click(position={"x": 300, "y": 150})
    inside = "document.activeElement.closest('.lively-fit') !== null"
    assert page.page.evaluate(inside)
    page.page.keyboard.press("Tab")
    assert not page.page.evaluate(inside)


@pytest.mark.parametrize("penalty", ["None", "Ridge", "LASSO", "Elastic net"])
def test_workbench_fits_a_screen_of_1280_by_800(page, penalty):
    page.control("Degree").press("End")
    page.page.get_by_role("button", name=penalty, exact=True).click()
    if penalty != "None":
        page.page.get_by_label("Choose α by cross-validation", exact=True).check()
    page.settle()
    page.fits_the_screen()


def test_pictures_follow_the_window(page):
    page.page.set_viewport_size({"width": 1000, "height": 800})
    page.settle()
    room, drawn = page.page.evaluate(
        """() => { const frame = document.querySelector(".lively-fit");
          const canvas = frame.querySelector("canvas");
          return [frame.clientWidth, canvas.getBoundingClientRect().width]; }"""
    )
    assert drawn == pytest.approx(room, abs=2)
    assert room < 914


def test_a_sharp_screen_gets_sharp_pictures(kind, server, visit):
    tab = visit(device_scale_factor=2).open_page(server, kind)
    width, shown = tab.page.evaluate(
        """() => { const canvas = document.querySelector(".lively-fit canvas");
          return [canvas.width, canvas.getBoundingClientRect().width]; }"""
    )
    assert width == pytest.approx(2 * shown, abs=2)


def test_a_drag_ends_at_the_hand(page):
    page.drag("Noise σ", 400)
    page.shows(noise=10.0)
    page.page.get_by_role("button", name="Undo").click()
    page.shows()


def test_after_fast_drags_every_pixel_is_that_of_a_fresh_page(page, kind, server, visit):
    for name, reach in (("Noise σ", 300), ("Noise mean", 120), ("Degree", 400), ("Noise σ", -90)):
        page.drag(name, reach)
    page.settle()
    fresh = visit().open_page(server, kind)
    for name in ("Noise σ", "Noise mean", "Degree"):
        wanted = float(page.control(name).get_attribute("aria-valuenow"))
        step = 1 if name == "Degree" else 0.1
        now = float(fresh.control(name).get_attribute("aria-valuenow"))
        key = "ArrowRight" if wanted > now else "ArrowLeft"
        for _ in range(round(abs(wanted - now) / step)):
            fresh.control(name).press(key)
    fresh.settle()
    for score in (0, 1):
        expect(fresh.page.locator(".lively-score").nth(score)).to_have_text(
            page.page.locator(".lively-score").nth(score).inner_text()
        )
    page.comes_to_the_pixels_of(fresh)
