"""The regression page as its visitors have it."""

import re
import urllib.request

import pytest
from playwright.sync_api import expect

from lively.engine.formatting import format_fixed
from lively.pages.regression.result import RegressionResult
from lively.pages.regression.settings import RegressionSettings

START = RegressionSettings()
PATH = "voila/render/regression.ipynb"


@pytest.fixture
def page(regression):
    """The shared tab, reset before each test."""
    regression.page.set_viewport_size({"width": 1280, "height": 800})
    regression.settle()
    reset = regression.page.get_by_role("button", name="Reset")
    if reset.is_enabled():
        reset.click()
        expect(reset).to_be_disabled()
    regression.settle()
    return regression


def shows(visit, **changes):
    """Wait until the page's numbers are those of the settings with these changes."""
    result = RegressionResult(START.replace(**changes))
    scores = visit.page.locator(".lively-score")
    expect(scores.nth(0)).to_contain_text(format_fixed(result.fit.train.r2), timeout=20_000)
    expect(scores.nth(0)).to_contain_text(format_fixed(result.fit.train.rmse))
    expect(scores.nth(1)).to_contain_text(format_fixed(result.fit.test.rmse))
    return result


def test_picture_is_there_on_twenty_of_twenty_loads(server, visit):
    for _ in range(20):
        tab = visit(server.url + PATH)
        tab.wait_for_pictures()
        assert "Training R²" in tab.page.locator(".lively-scores").inner_text()
        tab.close()


def test_nothing_in_the_console_nothing_from_elsewhere_nothing_missing(server, visit):
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    tab.control("Degree").press("ArrowRight")
    shows(tab, degree=8)
    assert tab.console == []
    assert tab.failures == []
    foreign = [u for u in tab.requests if not u.startswith((server.url, "data:", "blob:"))]
    assert foreign == []


def test_no_source_code_in_the_page(server, page):
    served = urllib.request.urlopen(server.url + PATH, timeout=60).read().decode()
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


@pytest.mark.parametrize(
    ("name", "key", "changes"),
    [
        ("Samples", "ArrowRight", {"samples": 56}),
        ("Noise σ", "ArrowRight", {"noise": 5.1}),
        ("Noise mean", "ArrowLeft", {"noise_mean": -0.1}),
        ("Test share", "ArrowRight", {"test_share": 0.55}),
        ("Degree", "ArrowRight", {"degree": 8}),
        ("Degree", "Home", {"degree": 1}),
        ("x range, lower end", "ArrowRight", {"x_range": (-4.9, 5.0)}),
        ("x range, upper end", "ArrowLeft", {"x_range": (-5.0, 4.9)}),
    ],
)
def test_sliders_by_keyboard(page, name, key, changes):
    frames = page.frames
    page.control(name).press(key)
    shows(page, **changes)
    page.settle()
    assert page.frames > frames


def test_true_function_and_its_formula(page):
    for value, name, formula in (
        ("runge", "Runge", "y = 30 / (1 + x²)"),
        ("step", "Step", "y = −15 for x < 0, else 15"),
    ):
        page.page.get_by_label("True function", exact=True).select_option(name)
        shows(page, function=value)
        expect(page.page.locator(".lively-formula")).to_have_text(formula)


def test_seeds_and_their_buttons(page):
    page.page.get_by_role("button", name="New sample").click()
    shows(page, seed=110)
    page.page.get_by_role("button", name="New split").click()
    shows(page, seed=110, split_seed=2)
    seed = page.page.get_by_label("Seed", exact=True)
    assert seed.input_value() == "110"
    seed.fill("5")
    seed.press("Enter")
    shows(page, seed=5, split_seed=2)


def test_regularization_strength_ratio_and_cross_validation(page):
    alpha, ratio = page.control("Strength α"), page.control("L1 ratio")
    chosen = page.page.get_by_label("Choose α by cross-validation", exact=True)
    expect(alpha).to_have_attribute("aria-disabled", "true")
    expect(chosen).to_be_disabled()
    expect(page.page.get_by_text("No penalty, so α has no effect.")).to_be_visible()
    for name, value in (("Ridge", "ridge"), ("LASSO", "lasso"), ("Elastic net", "elastic")):
        page.page.get_by_role("button", name=name, exact=True).click()
        shows(page, penalty=value)
    expect(alpha).to_have_attribute("aria-disabled", "false")
    ratio.press("ArrowRight")
    shows(page, penalty="elastic", l1_ratio=0.55)
    alpha.press("ArrowRight")
    shows(page, penalty="elastic", l1_ratio=0.55, alpha=10**-0.9)
    chosen.check()
    shows(page, penalty="elastic", l1_ratio=0.55, choose_alpha=True)
    expect(page.page.get_by_text(re.compile("chose α = "))).to_be_visible()
    expect(alpha).to_have_attribute("aria-disabled", "true")


def test_tabs_and_equation(page):
    texts = {page.words(1)}
    for name in ("Residuals", "Coefficients", "Predicted against actual"):
        tab = page.page.get_by_role("button", name=name)
        tab.click()
        expect(tab).to_have_attribute("aria-pressed", "true")
        page.settle()
        texts.add(page.words(1))
    assert len(texts) == 4
    page.page.get_by_label("Equation", exact=True).check()
    expect(page.page.locator(".lively-equation")).to_contain_text("ŷ = ")


def test_a_click_on_the_curve_goes_to_that_degree(page):
    picture = page.page.locator(".lively-panel")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    # The axes reach from 76 pixels at the left to 14 at the right; degrees from 0.4 to 15.6.
    x = 76 + (3 - 0.4) / 15.2 * (box["width"] - 76 - 14)
    page.page.mouse.click(box["x"] + x, box["y"] + box["height"] / 2)
    shows(page, degree=3)


def test_undo_redo_and_reset(page):
    page.control("Degree").press("ArrowLeft")
    shows(page, degree=6)
    page.page.get_by_role("button", name="Undo").click()
    shows(page)
    page.page.get_by_role("button", name="Redo").click()
    shows(page, degree=6)
    page.page.get_by_role("button", name="Reset").click()
    shows(page)
    expect(page.page.get_by_role("button", name="Reset")).to_be_disabled()


@pytest.mark.parametrize(
    ("button", "changes", "heading"),
    [
        ("Show a straight line", {"degree": 1}, "Underfitting."),
        ("Show degree 5", {"degree": 5}, "Neither"),
        ("Show degree 15", {"degree": 15}, "Overfitting."),
        ("Show 500 samples", {"degree": 15, "samples": 500}, "Neither"),
        (
            "Show the LASSO",
            {
                "degree": 15,
                "penalty": "lasso",
                "choose_alpha": True,
                "panel": "coefficients",
            },
            "Neither",
        ),
        ("Show double noise", {"degree": 5, "samples": 500, "noise": 10.0}, "Neither"),
        (
            "Show the 2017 settings",
            {
                "x_range": (-3.0, 2.0),
                "noise": 1.0,
                "test_share": 0.1,
                "split_seed": 55,
                "degree": 1,
            },
            "Underfitting.",
        ),
    ],
)
def test_steps_show_what_they_speak_of(page, button, changes, heading):
    page.page.get_by_role("button", name=button).click()
    shows(page, **changes)
    expect(page.page.locator(".lively-verdict b")).to_contain_text(heading)


def test_one_change_is_one_frame_of_each_picture(page):
    before = page.frames
    page.control("Degree").press("ArrowRight")
    shows(page, degree=8)
    page.settle()
    assert page.frames - before == 2
    before = page.frames
    page.page.get_by_role("button", name="Reset").click()
    shows(page)
    page.settle()
    assert page.frames - before == 2


def test_keyboard_alone_reaches_everything_and_leaves_the_pictures(page):
    page.page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.page.locator(".lively-brand").focus()
    seen = []
    for _ in range(60):
        page.page.keyboard.press("Tab")
        name = page.page.evaluate(
            """() => { const e = document.activeElement;
              return e.getAttribute("aria-label") || e.labels?.[0]?.innerText || e.innerText; }"""
        )
        if seen and name == seen[0]:
            break
        seen.append((name or "").strip())
    for name in (
        "True function",
        "Samples",
        "x range, lower end",
        "x range, upper end",
        "Noise σ",
        "Noise mean",
        "Seed",
        "New sample",
        "Test share",
        "Split seed",
        "New split",
        "Degree",
        "None",
        "Equation",
        "Error against degree",
        "Show degree 15",
        "Show the 2017 settings",
    ):
        assert name in seen, (name, seen)
    pictures = [i for i, name in enumerate(seen) if name.startswith(("25 training", "RMSE"))]
    assert len(pictures) == 2
    assert pictures[-1] < len(seen) - 1


def test_tab_gets_out_of_a_clicked_picture(page):
    page.page.locator(".lively-fit").click(position={"x": 300, "y": 150})
    inside = "document.activeElement.closest('.lively-fit') !== null"
    assert page.page.evaluate(inside)
    page.page.keyboard.press("Tab")
    assert not page.page.evaluate(inside)


def test_buttons_work_by_keyboard(page):
    page.page.get_by_role("button", name="LASSO", exact=True).focus()
    page.page.keyboard.press("Enter")
    shows(page, penalty="lasso")
    box = page.page.get_by_label("Choose α by cross-validation", exact=True)
    # The scores, which were waited for, are shown before the controls.
    expect(box).to_be_enabled()
    box.focus()
    page.page.keyboard.press("Space")
    shows(page, penalty="lasso", choose_alpha=True)
    page.page.get_by_role("button", name="Undo").focus()
    page.page.keyboard.press("Enter")
    shows(page, penalty="lasso")


def test_every_control_has_its_visible_label_as_its_name(page):
    unnamed = page.page.evaluate(
        """() => [...document.querySelectorAll(
            "[role=slider], input, select, button, [role=img]")]
          .filter((e) => e.checkVisibility({visibilityProperty: true}))
          .filter((e) => !(e.getAttribute("aria-label") || e.labels?.length || e.innerText?.trim()))
          .map((e) => e.outerHTML.slice(0, 200))"""
    )
    assert unnamed == []
    for label in ("Samples", "Noise σ", "Noise mean", "Test share", "Degree", "Strength α"):
        expect(page.control(label)).to_have_count(1)
        assert page.page.get_by_text(label, exact=True).first.is_visible()


def test_text_alternatives_follow(page):
    assert page.words().startswith("25 training and 25 test points for x from −5 to 5")
    page.control("Degree").press("Home")
    shows(page, degree=1)
    expect(page.page.locator("[role=img]").first).to_have_attribute(
        "aria-label", re.compile("degree 1.*Underfitting")
    )


@pytest.mark.parametrize("penalty", ["None", "Ridge", "LASSO", "Elastic net"])
def test_workbench_fits_a_screen_of_1280_by_800(page, penalty):
    page.control("Degree").press("End")
    page.page.get_by_role("button", name=penalty, exact=True).click()
    if penalty != "None":
        page.page.get_by_label("Choose α by cross-validation", exact=True).check()
    page.settle()
    bottom = page.page.evaluate(
        "document.querySelector('.lively-workbench').getBoundingClientRect().bottom + scrollY"
    )
    assert bottom <= 800
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_phone(server, visit):
    tab = visit(
        server.url + PATH, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    tab.wait_for_pictures()
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 390
    cut = tab.page.evaluate(
        """() => [...document.querySelectorAll(".lively-page *")].filter((e) => {
            const r = e.getBoundingClientRect();
            return r.width > 1 && r.height > 1 && (r.right > 391 || r.left < -1);
          }).map((e) => e.className)"""
    )
    assert cut == []
    tops = tab.page.evaluate(
        """() => [".lively-fit", ".lively-scores", ".lively-controls", ".lively-panel"]
          .map((s) => document.querySelector(s).getBoundingClientRect().top)"""
    )
    assert tops == sorted(tops)
    # The picture stays in sight while the controls below it are moved.
    degree = tab.control("Degree")
    degree.scroll_into_view_if_needed()
    degree.press("ArrowRight")
    shows(tab, degree=8)
    top = tab.page.evaluate("document.querySelector('.lively-fit').getBoundingClientRect().top")
    assert 0 <= top < 60


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


def test_a_sharp_screen_gets_sharp_pictures(server, visit):
    tab = visit(server.url + PATH, device_scale_factor=2)
    tab.wait_for_pictures()
    width, shown = tab.page.evaluate(
        """() => { const canvas = document.querySelector(".lively-fit canvas");
          return [canvas.width, canvas.getBoundingClientRect().width]; }"""
    )
    assert width == pytest.approx(2 * shown, abs=2)


def test_a_drag_ends_at_the_hand(page):
    page.drag("Noise σ", 400)
    shows(page, noise=10.0)
    page.page.get_by_role("button", name="Undo").click()
    shows(page)


def test_after_fast_drags_every_pixel_is_that_of_a_fresh_page(page, server, visit):
    for name, reach in (("Noise σ", 300), ("Noise mean", 120), ("Degree", 400), ("Noise σ", -90)):
        page.drag(name, reach)
    page.settle()
    fresh = visit(server.url + PATH)
    fresh.wait_for_pictures()
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
