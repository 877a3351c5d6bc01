"""Controls: widgets read off the fields, and what a browser may send."""

import ipywidgets as widgets
import pytest

from lively.engine.fields import Choices, Grid, Interval, bounds, find_metadata
from lively.pages.regression.settings import RegressionSettings
from lively.ui.controls import Controls, StopsSlider, widen_interval

START = RegressionSettings()


class Recorder:
    def __init__(self):
        self.changes, self.refusals = [], []
        self.controls = Controls(
            START, lambda name, value: self.changes.append((name, value)), self.refusals.append
        )
        self.widgets = self.controls.widgets


@pytest.fixture
def recorder():
    return Recorder()


def test_every_field_has_its_control_with_label_and_help(recorder):
    assert list(recorder.widgets) == list(START.flat())
    for name, widget in recorder.widgets.items():
        field = recorder.controls.fields[name]
        assert widget.description == field.title
        assert widget.value == START.flat()[name]
        assert widget.tooltip in (field.description, START.inactive().get(name))


def test_ranges_are_those_of_the_fields(recorder):
    for name, field in recorder.controls.fields.items():
        widget, steps = recorder.widgets[name], find_metadata(field, Grid)
        if steps is None:
            continue
        low, high = bounds(field)
        if isinstance(widget, StopsSlider):
            assert (widget.options[0], widget.options[-1]) == (low, high)
            assert list(widget.options) == steps.whole_stops(low, high)
            continue
        if steps.log:
            assert (10**widget.min, 10**widget.max) == (pytest.approx(low), pytest.approx(high))
        else:
            assert (widget.min, widget.max) == (low, high)
        if steps.slider:
            assert widget.step == steps.step


def test_kinds(recorder):
    kinds = {
        "function": widgets.Dropdown,
        "samples": StopsSlider,
        "x_range": widgets.FloatRangeSlider,
        "noise": widgets.FloatSlider,
        "seed": widgets.BoundedIntText,
        "penalty": widgets.ToggleButtons,
        "alpha": widgets.FloatLogSlider,
        "choose_alpha": widgets.Checkbox,
    }
    for name, kind in kinds.items():
        assert isinstance(recorder.widgets[name], kind)


def test_a_move_is_reported_once(recorder):
    recorder.widgets["degree"].value = 9
    recorder.widgets["penalty"].value = "ridge"
    assert recorder.changes == [("degree", 9), ("penalty", "ridge")]


def test_a_slider_with_stops_shows_every_number(recorder):
    slider = recorder.widgets["samples"]
    assert {10, 11, 20, 50, 56, 100, 200, 500, 1000, 2000, 5000} <= set(slider.options)
    for index, meant in ((0, 10), (1, 11), (len(slider.options) - 1, 5000)):
        slider.set_state({"index": index})
        assert recorder.changes.pop() == ("samples", meant)
    for number in (123, 500, 4999):
        recorder.controls.show(START.replace(samples=number))
        assert slider.value == number
        assert list(slider.options) == sorted(slider.options)
    recorder.controls.show(START)
    assert 123 not in slider.options
    assert 4999 not in slider.options
    slider.set_state({"index": 99})
    assert slider.value == START.data.samples
    assert recorder.refusals
    assert recorder.changes == []


def test_showing_reports_nothing(recorder):
    target = START.replace(
        degree=3, noise=1.5, x_range=(-2.0, 3.0), penalty="elastic", alpha=10.0, choose_alpha=True
    )
    recorder.controls.show(target)
    assert recorder.changes == []
    assert {name: widget.value for name, widget in recorder.widgets.items()} == target.flat()


def test_what_has_no_effect_is_disabled_and_says_why(recorder):
    assert recorder.widgets["alpha"].disabled
    assert recorder.widgets["alpha"].tooltip == "No penalty, so α has no effect."
    assert "No penalty, so α has no effect." in recorder.controls.notes["model"].value
    recorder.controls.show(START.replace(penalty="elastic"))
    assert not any(widget.disabled for widget in recorder.widgets.values())
    assert recorder.controls.notes["model"].value == ""


@pytest.mark.parametrize(
    ("moved", "before", "result"),
    [
        ((0.0, 0.2), (0.0, 3.0), (-0.3, 0.2)),
        ((2.9, 3.0), (0.0, 3.0), (2.9, 3.4)),
        ((-5.0, -4.9), (-5.0, 0.0), (-5.0, -4.5)),
        ((4.9, 5.0), (0.0, 5.0), (4.5, 5.0)),
        ((-2.0, 2.0), (0.0, 2.0), (-2.0, 2.0)),
    ],
)
def test_handles_push_each_other(moved, before, result):
    interval = find_metadata(RegressionSettings.groups()["data"].model_fields["x_range"], Interval)
    assert widen_interval(moved, before, interval) == pytest.approx(result)
    assert interval.check(widen_interval(moved, before, interval))


def test_a_browser_cannot_choose_what_is_not_offered(recorder):
    recorder.widgets["function"].set_state({"index": 99})
    assert recorder.widgets["function"].value in dict(
        find_metadata(recorder.controls.fields["function"], Choices).labels
    )
    assert recorder.refusals


@pytest.mark.parametrize(
    ("name", "sent", "meant"),
    [
        ("noise", 0.1 + 0.2, 0.3),
        ("noise_mean", -5 + 51 * 0.1, 0.1),
        ("alpha", 10**-0.9, 0.125893),
        ("x_range", (0.1 + 0.2, 3.0), (0.3, 3.0)),
    ],
)
def test_a_handle_is_not_taken_back_by_rounding_noise(recorder, name, sent, meant):
    # A hand may have moved on since; what is sent back would undo that.
    assert sent != meant
    recorder.widgets[name].set_state({"value": sent})
    recorder.controls.show(START.replace(**{name: meant}))
    assert recorder.widgets[name].value == sent
