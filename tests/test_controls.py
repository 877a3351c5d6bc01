"""Controls: widgets read off the fields, and what a browser may send."""

import ipywidgets as widgets
import pytest

from lively.controls import Controls, IntLogSlider, opened
from lively.fields import Choices, Interval, Steps, declared, limits
from lively.settings import RegressionSettings

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
        widget, steps = recorder.widgets[name], declared(field, Steps)
        if steps is None:
            continue
        low, high = limits(field)
        if steps.log:
            assert (10**widget.min, 10**widget.max) == (pytest.approx(low), pytest.approx(high))
        else:
            assert (widget.min, widget.max) == (low, high)
        if steps.slider:
            assert widget.step == steps.step


def test_kinds(recorder):
    kinds = {
        "function": widgets.Dropdown,
        "samples": IntLogSlider,
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


def test_whole_numbers_on_a_logarithmic_slider(recorder):
    slider = recorder.widgets["samples"]
    for sent, meant in ((10**1.05, 11), (10**3.65, 4467), (1e9, 5000), (0.0, 10)):
        slider.set_state({"value": sent})
        assert recorder.changes.pop() == ("samples", meant)
        at = slider.value
        recorder.controls.show(START.replace(samples=meant))
        # The handle stays where the hand has it.
        assert slider.value == at
    recorder.controls.show(START.replace(samples=123))
    assert slider.value == 123
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
    interval = declared(RegressionSettings.groups()["data"].model_fields["x_range"], Interval)
    assert opened(moved, before, interval) == pytest.approx(result)
    assert interval.check(opened(moved, before, interval))


def test_a_browser_cannot_choose_what_is_not_offered(recorder):
    recorder.widgets["function"].set_state({"index": 99})
    assert recorder.widgets["function"].value in dict(
        declared(recorder.controls.fields["function"], Choices).labels
    )
    assert recorder.refusals
