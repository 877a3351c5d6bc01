"""What holds for every page, whatever it shows: a new page is tested by this at once."""

import html
import logging
from pathlib import Path

import ipywidgets as widgets
import pytest
from registry import FEWER, PAGES, folder, next_value, states

import lively.pages
from lively.engine.fields import Grid, bounds, find_metadata
from lively.engine.settings import SettingsError
from lively.ui import canvas as canvas_module
from lively.ui.prerender import render_html

#: What no control sends: values of other types, markup, and numbers beyond all limits.
HOSTILE = [
    *(None, "abc", [], {}, [1, 2, 3], "<img src=x onerror=alert(1)>"),
    *(10**400, -1, float("nan"), "7" * 9999),
]
HOSTILE_CANVAS_MESSAGES = [
    {"type": "resize", "width": 1e9, "height": 1e9},
    {"type": "resize", "width": "x", "height": 1},
    {"type": "set_dpi_ratio", "dpi_ratio": 1e6},
    {"type": "set_device_pixel_ratio", "device_pixel_ratio": float("nan")},
    {"type": "resize", "width": float("inf"), "height": 300},
    {"type": "button_press"},
    {},
    {"type": None},
    "text",
    None,
]


@pytest.fixture(params=PAGES)
def kind(request, monkeypatch):
    for name, number in FEWER.items():
        monkeypatch.setattr(name, number)
    return PAGES[request.param]


@pytest.fixture
def page(kind):
    made = kind()
    yield made
    made.close()


def widgets_below(widget):
    """Return a widget and all that are shown within it."""
    found = [widget]
    for child in getattr(widget, "children", ()):
        found += widgets_below(child)
    return found


def values(page):
    return {name: widget.value for name, widget in page.controls.widgets.items()}


def test_every_folder_of_pages_has_one_page():
    below = Path(lively.pages.__file__).parent
    folders = {path.parent.name for path in below.glob("*/__init__.py")}
    assert sorted(map(folder, PAGES.values())) == sorted(folders)


def test_every_move_is_one_computation_and_one_frame_of_each_picture_and_is_undone(page, counting):
    count, start, fields = counting(page), page.controller.settings, page.controls.fields
    moved = []
    for changes, names in states(start):
        page.controller.change(**changes)
        state = page.controller.settings
        for name in names:
            value = next_value(fields[name], state.flat()[name])
            count.restart()
            page.controls.widgets[name].value = value
            assert count.computations == 1, name
            assert count.frames == page.pictures, name
            assert page.controller.settings == state.replace(**{name: value}) != state
            assert values(page) == page.controller.settings.flat()
            page.undo.click()
            assert count.computations == 2, name
            assert count.frames == 2 * page.pictures, name
            assert page.controller.settings == state
            moved.append(name)
        page.reset.click()
    assert sorted(moved) == sorted(fields)


def test_a_reset_is_one_computation_and_an_equal_value_none(page, counting):
    count, start = counting(page), page.controller.settings
    page.controller.change(
        **{name: next_value(page.controls.fields[name], v) for name, v in start.flat().items()}
    )
    count.restart()
    page.reset.click()
    assert (count.computations, count.frames) == (1, page.pictures)
    assert values(page) == start.flat()
    page.reset.click()
    page.controller.change(**start.flat())
    assert (count.computations, count.frames) == (1, page.pictures)


def test_buttons_of_the_toolbar_say_what_they_do(page):
    toolbar = page.undo, page.redo, page.reset
    assert [button.disabled for button in toolbar] == [True, True, True]
    assert page.undo.tooltip == "Nothing to undo"
    name = next(iter(values(page)))
    before = values(page)[name]
    after = next_value(page.controls.fields[name], before)
    page.controls.widgets[name].value = after
    assert [button.disabled for button in toolbar] == [False, True, False]
    page.undo.click()
    assert values(page)[name] == before
    page.redo.click()
    assert values(page)[name] == after


def test_the_button_beside_a_seed_goes_on_to_the_next_one(page, counting):
    count = counting(page)
    seeds = [
        name
        for name, field in page.controls.fields.items()
        if (grid := find_metadata(field, Grid)) and not grid.slider
    ]
    rows = [found.children for found in widgets_below(page) if isinstance(found, widgets.Box)]
    for name in seeds:
        control = page.controls.widgets[name]
        (button,) = [row[1] for row in rows if row and row[0] is control]
        last, before = bounds(page.controls.fields[name])[1], control.value
        button.click()
        assert page.controller.settings.flat()[name] == control.value == before + 1
        page.controller.change(**{name: last})
        button.click()
        assert page.controller.settings.flat()[name] == 0
    assert count.computations == 3 * len(seeds)


def test_hostile_messages_are_refused_and_nothing_sticks(page):
    for name, widget in page.controls.widgets.items():
        by_index = isinstance(
            widget, widgets.Dropdown | widgets.ToggleButtons | widgets.SelectionSlider
        )
        for value in HOSTILE:
            widget.set_state({"index" if by_index else "value": value})
            # The control shows what holds, and what holds has been checked.
            assert values(page)[name] == page.controller.settings.flat()[name], name
            page.controller.settings.replace()
            assert "<img" not in page.message.value
        page.reset.click()
        assert page.message.value == ""


def test_hostile_messages_to_a_canvas_do_nothing(page, caplog):
    for view in page.pictures:
        canvas, size = view.canvas, view.picture.size
        for content in HOSTILE_CANVAS_MESSAGES:
            with caplog.at_level(logging.DEBUG, canvas_module.logger.name):
                canvas.receive(canvas, content, [])
        assert view.picture.size == size
        assert canvas.device_pixel_ratio == 1
        assert canvas_module.logger.name in caplog.text
        caplog.clear()


def test_a_page_starts_from_its_arguments_which_are_checked(kind, page):
    start = page.controller.settings
    seed = next(name for name in start.flat() if name.endswith("seed"))
    other = kind(**{seed: 17})
    assert isinstance(other, widgets.VBox)
    assert other.controller.settings == start.replace(**{seed: 17})
    other.controller.change(**{seed: 18})
    other.reset.click()
    assert other.controller.settings.flat()[seed] == 17
    for name, field in page.controls.fields.items():
        grid = find_metadata(field, Grid)
        beyond = bounds(field)[1] * 10 + 1 if grid else "<other>"
        with pytest.raises(SettingsError, match=f"^{name} must be .* instead\\.$"):
            kind(**{name: beyond})
    with pytest.raises(SettingsError, match="is not a setting"):
        kind(unknown=1)


def test_every_setting_is_on_the_page_once_and_in_its_poster_where_it_is_shown(page):
    on_page = widgets_below(page)
    for changes, _ in states(page.controller.settings):
        page.controller.change(**changes)
        text = render_html(page)
        shown, hidden = set(), set()
        for name, widget in page.controls.widgets.items():
            assert on_page.count(widget) == 1, name
            (hidden if widget.layout.display == "none" else shown).add(widget.description)
        assert [label for label in shown if html.escape(label) not in text] == []
        assert [label for label in hidden - shown if f">{html.escape(label)}<" in text] == []
        page.reset.click()
