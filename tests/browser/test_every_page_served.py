"""What holds for every page as its visitors have it: a new page is tested by this at once."""

import ipywidgets as widgets
import pytest
from conftest import PHONE
from notebooks import read_steps
from playwright.sync_api import expect
from registry import PAGES, allowed_choices, folder, next_value, states

#: What can be reached by the Tab key is marked when it is; this gives the names of what was not.
MISSED = """() => [...document.querySelectorAll(
    ".lively-page :is(button, select, input, [role=slider]), button.lively-step")]
  .filter((e) => e.checkVisibility({visibilityProperty: true}))
  .filter((e) => !e.disabled && e.getAttribute("aria-disabled") !== "true" && !e.dataset.reached)
  .map((e) => e.getAttribute("aria-label") || e.labels?.[0]?.innerText || e.outerHTML)"""
#: Marks what has the focus; gives the first name that it has.
MARK_FOCUSED = """() => { const e = document.activeElement;
  e.dataset.reached = "1";
  return e.getAttribute("aria-label") || e.labels?.[0]?.innerText || e.innerText; }"""
#: What can be seen and used, and has no name.
UNNAMED = """() => [...document.querySelectorAll(
    "[role=slider], input, select, button, [role=img]")]
  .filter((e) => e.checkVisibility({visibilityProperty: true}))
  .filter((e) => !(e.getAttribute("aria-label") || e.labels?.length || e.innerText?.trim()))
  .map((e) => e.outerHTML.slice(0, 200))"""
#: What stands below each other on a phone.
IN_ORDER = [".lively-fit", ".lively-controls", ".lively-panel"]
#: What reaches beyond a phone's screen.
CUT_OFF = """() => [...document.querySelectorAll(".lively-page *")].filter((e) => {
    const r = e.getBoundingClientRect();
    return r.width > 1 && r.height > 1 && (r.right > 391 || r.left < -1);
  }).map((e) => e.className)"""


@pytest.fixture(scope="module", params=PAGES)
def kind(request):
    return PAGES[request.param]


@pytest.fixture(scope="module")
def made(kind):
    """The same page in Python, for the names and the kinds of its controls."""
    return kind()


def label_of(made, name, value):
    """Return the text that a control with few values shows for one of them."""
    widget = made.controls.widgets[name]
    if isinstance(widget, widgets.Checkbox):
        return value
    return next(label for label, each in widget.options if each == value)


def press(tab, made, name, value):
    """Move a control to the value next to its own, or to any of few, by the keyboard alone."""
    widget, page = made.controls.widgets[name], tab.page
    label = widget.description
    before = made.controller.settings.flat()[name]
    if isinstance(widget, widgets.Dropdown):
        box = page.get_by_label(label, exact=True)
        box.focus()
        order = allowed_choices(made.controls.fields[name])
        goes_down = order.index(value) > order.index(before)
        page.keyboard.press("ArrowDown" if goes_down else "ArrowUp")
    elif isinstance(widget, widgets.ToggleButtons):
        group = page.get_by_role("group", name=label, exact=True)
        group.get_by_role("button", name=label_of(made, name, value), exact=True).focus()
        page.keyboard.press("Enter")
    elif isinstance(widget, widgets.Checkbox):
        box = page.get_by_label(label, exact=True)
        expect(box).to_be_enabled()
        box.focus()
        page.keyboard.press("Space")
    elif isinstance(widget, widgets.BoundedIntText):
        page.get_by_label(label, exact=True).focus()
        page.keyboard.press("Control+A")
        page.keyboard.type(str(value))
        page.keyboard.press("Enter")
    else:
        has_ends = isinstance(widget, widgets.FloatRangeSlider)
        handle = tab.control(f"{label}, lower end" if has_ends else label)
        # What a choice has brought into effect is shown a moment later.
        expect(handle).to_have_attribute("aria-disabled", "false")
        handle.press("ArrowRight" if value > before else "ArrowLeft")


def shown_names(state, names):
    return [name for name in names if name not in {*state.absent(), *state.inactive()}]


def sliders(made):
    """Return the names of the settings that have a slider of one handle at the start."""
    kinds = widgets.IntSlider | widgets.FloatSlider | widgets.SelectionSlider
    start = made.controller.initial
    names = shown_names(start, start.flat())
    return [name for name in names if isinstance(made.controls.widgets[name], kinds)]


def move(tab, made, name):
    """Move a slider by one step, and wait until the page shows that."""
    value = next_value(made.controls.fields[name], made.controller.initial.flat()[name])
    press(tab, made, name, value)
    tab.shows(**{name: value})


def test_nothing_in_the_console_nothing_from_elsewhere_nothing_missing(kind, made, server, visit):
    tab = visit().open_page(server, kind)
    move(tab, made, sliders(made)[0])
    assert tab.console == []
    assert tab.failures == []
    assert [u for u in tab.requests if not u.startswith((server.url, "data:", "blob:"))] == []


def test_the_keyboard_moves_every_control_and_undoes_it(page, made):
    start, fields, moved = made.controller.initial, made.controls.fields, []
    undo = page.button("Undo")
    for changes, names in states(start):
        state = start.replace(**changes)
        made.controller.change(**state.flat())
        for name, value in changes.items():
            page.set_choice(made.controls.widgets[name], label_of(made, name, value))
        for name in shown_names(state, names):
            value = next_value(fields[name], state.flat()[name])
            press(page, made, name, value)
            page.shows(**changes, **{name: value})
            expect(undo).to_be_enabled()
            undo.focus()
            page.page.keyboard.press("Enter")
            page.shows(**changes)
            moved.append(name)
        if changes:
            page.button("Reset").click()
            expect(page.button("Reset")).to_be_disabled()
    made.controller.change(**start.flat())
    assert moved


def test_every_choice_shows_what_it_says(page, made):
    start = made.controller.initial
    for changes, names in states(start):
        state = start.replace(**changes)
        for name in shown_names(state, names):
            for value in allowed_choices(made.controls.fields[name]):
                if value != state.flat()[name]:
                    for each, chosen in {**changes, name: value}.items():
                        page.set_choice(made.controls.widgets[each], label_of(made, each, chosen))
                    page.shows(**{**changes, name: value})
                    if isinstance(made.controls.widgets[name], widgets.ToggleButtons):
                        pressed = page.button(label_of(made, name, value)).and_(
                            page.page.locator("[aria-pressed=true]")
                        )
                        expect(pressed).not_to_have_count(0)
                    page.button("Reset").click()
                    # A choice that is made before the page is reset would be none.
                    page.shows()


def test_every_step_shows_what_it_speaks_of(page, kind):
    steps = read_steps(folder(kind))
    # Each starts from the page's own start, whatever was shown before.
    for step in steps:
        page.button(step.button).click()
        page.shows(**step.changes)
    shown = page.page.locator(".lively-step").all_inner_texts()
    assert shown == [step.button for step in steps]


def test_one_move_draws_every_picture(page, made):
    frames = page.frames
    move(page, made, sliders(made)[0])
    page.settle()
    assert page.frames - frames >= len(made.pictures)
    # Who cannot see the pictures hears the same words.
    pictures = page.page.locator("[role=img]")
    for i, words in enumerate(page.page.locator(".lively-alternative").all_text_contents()):
        expect(pictures.nth(i)).to_have_attribute("aria-label", words.strip())


def test_the_tab_key_reaches_everything_and_leaves_the_pictures(page, made):
    page.page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.page.locator(".lively-brand").focus()
    seen = [page.page.evaluate(MARK_FOCUSED)]
    for _ in range(150):
        page.page.keyboard.press("Tab")
        name = page.page.evaluate(MARK_FOCUSED)
        if name == seen[0]:
            break
        seen.append((name or "").strip())
    assert page.page.evaluate(MISSED) == []
    words = page.page.locator("[role=img]").evaluate_all(
        "(all) => all.map((e) => e.getAttribute('aria-label'))"
    )
    assert len(words) == len(made.pictures)
    assert max(map(seen.index, words)) < len(seen) - 1


def test_every_control_has_its_visible_label_as_its_name(page, made):
    assert page.page.evaluate(UNNAMED) == []
    start = made.controller.initial
    for name in shown_names(start, start.flat()):
        widget = made.controls.widgets[name]
        label = widget.description
        if isinstance(widget, widgets.FloatRangeSlider):
            expect(page.control(f"{label}, lower end")).to_have_count(1)
            expect(page.control(f"{label}, upper end")).to_have_count(1)
        else:
            expect(page.page.get_by_label(label, exact=True)).to_have_count(1)
        if "lively-tabs" not in widget._dom_classes:
            assert page.page.get_by_text(label, exact=True).first.is_visible(), label


def test_the_workbench_fits_a_screen_of_1280_by_800(page):
    page.fits_the_screen()


def test_a_phone_shows_all_of_it_and_the_first_picture_stays_in_sight(kind, made, server, visit):
    tab = visit(**PHONE).open_page(server, kind)
    assert tab.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert tab.page.evaluate(CUT_OFF) == []
    tops = [tab.page.locator(f".lively-page {name}").bounding_box()["y"] for name in IN_ORDER]
    assert tops == sorted(tops)
    picture = tab.page.locator(".lively-page .lively-picture").first
    assert picture.bounding_box()["y"] < 844
    name, frames = sliders(made)[-1], tab.frames
    tab.control(made.controls.widgets[name].description).scroll_into_view_if_needed()
    move(tab, made, name)
    assert tab.frames > frames
    assert 0 <= picture.bounding_box()["y"] < 60


def test_at_rest_every_pixel_is_that_of_a_fresh_page(page, kind, made, server, visit):
    for name in sliders(made)[:3]:
        page.drag(made.controls.widgets[name].description, 60)
    page.button("Reset").click()
    page.shows()
    page.settle()
    fresh = visit().open_page(server, kind)
    page.comes_to_the_pixels_of(fresh)
