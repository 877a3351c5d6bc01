"""Fields of the settings on one side, widgets on the other; nothing here computes or draws."""

import math
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
from pydantic.fields import FieldInfo

from lively.checked import Checked
from lively.fields import Choices, Interval, PageSettings, Steps, declared, limits

#: Choices up to this many are shown side by side, more of them as a list that opens.
SIDE_BY_SIDE = 4


class IntSlider(Checked, widgets.IntSlider):  # type: ignore[misc]
    """A slider of whole numbers."""


class FloatSlider(Checked, widgets.FloatSlider):  # type: ignore[misc]
    """A slider of real numbers."""


class FloatLogSlider(Checked, widgets.FloatLogSlider):  # type: ignore[misc]
    """A slider of real numbers, even in their logarithms."""


class IntLogSlider(FloatLogSlider):
    """A slider of whole numbers, even in their logarithms: its stops are rounded."""


class FloatRangeSlider(Checked, widgets.FloatRangeSlider):  # type: ignore[misc]
    """A slider with two handles."""


class BoundedIntText(Checked, widgets.BoundedIntText):  # type: ignore[misc]
    """A box for a whole number."""


class Dropdown(Checked, widgets.Dropdown):  # type: ignore[misc]
    """A list that opens."""


class ToggleButtons(Checked, widgets.ToggleButtons):  # type: ignore[misc]
    """Buttons side by side, one of which is down."""


class Checkbox(Checked, widgets.Checkbox):  # type: ignore[misc]
    """A box to tick."""


def make_widget(field: FieldInfo) -> widgets.DOMWidget:
    """Return the control for a field, with the field's label, help, range and default."""
    common = {
        "value": field.default,
        "description": field.title,
        "tooltip": field.description,
    }
    if choices := declared(field, Choices):
        options = [(label, value) for value, label in choices.labels]
        kind = ToggleButtons if len(options) <= SIDE_BY_SIDE else Dropdown
        return kind(options=options, **common)
    if interval := declared(field, Interval):
        return FloatRangeSlider(
            min=interval.low,
            max=interval.high,
            step=interval.steps.step,
            readout_format=interval.steps.format,
            **common,
        )
    steps = declared(field, Steps)
    if steps is None:
        return Checkbox(indent=False, **common)
    low, high = limits(field)
    if not steps.slider:
        return BoundedIntText(min=low, max=high, **common)
    whole = field.annotation is int
    if steps.log:
        kind = IntLogSlider if whole else FloatLogSlider
        ends = {"min": steps.exponent(low), "max": steps.exponent(high)}
    else:
        kind = IntSlider if whole else FloatSlider
        ends = {"min": low, "max": high}
    return kind(step=steps.step, readout_format=steps.format, **ends, **common)


def opened(
    value: tuple[float, float], before: tuple[float, float], interval: Interval
) -> tuple[float, float]:
    """Return `value` with its ends as far apart as they must be.

    The handle that was moved pushes the other one; at the end of the slider it stops.
    """
    low, high = value
    if high - low >= interval.gap:
        return value
    if high != before[1]:
        low = max(interval.low, high - interval.gap)
        return low, max(high, low + interval.gap)
    high = min(interval.high, low + interval.gap)
    return min(low, high - interval.gap), high


class Controls:
    """The widgets for a page's settings.

    Parameters
    ----------
    settings : PageSettings
        What the widgets show first.
    changed : callable
        Called with a setting's name and its new value when somebody moves its control.
    refused : callable
        Called with a sentence when the browser sent what no control can.
    """

    def __init__(
        self,
        settings: PageSettings,
        changed: Callable[[str, Any], None],
        refused: Callable[[str], None],
    ) -> None:
        self._changed = changed
        self._showing = False
        self.fields = {
            name: field
            for kind in settings.groups().values()
            for name, field in kind.model_fields.items()
        }
        self.widgets = {name: make_widget(field) for name, field in self.fields.items()}
        self.notes = {group: widgets.HTML() for group in settings.groups()}
        for group, note in self.notes.items():
            note.add_class("lively-note")
            for name in settings.groups()[group].model_fields:
                self.widgets[name].add_class("lively-control")
        self.show(settings)
        for name, widget in self.widgets.items():
            widget.refused = refused
            widget.observe(lambda change, name=name: self._on_change(name, change), "value")

    def _on_change(self, name: str, change: Any) -> None:
        if self._showing:
            return
        value, interval = self.value(name), declared(self.fields[name], Interval)
        self._changed(name, value if interval is None else opened(value, change["old"], interval))

    def value(self, name: str) -> Any:
        """Return what a control is at."""
        widget = self.widgets[name]
        if isinstance(widget, IntLogSlider) and math.isfinite(widget.value):
            return round(widget.value)
        return widget.value

    def show(self, settings: PageSettings) -> None:
        """Let every widget show `settings`; those without effect are disabled and say why."""
        inactive = settings.inactive()
        self._showing = True
        try:
            for name, value in settings.flat().items():
                widget, reason = self.widgets[name], inactive.get(name)
                # A handle between two whole numbers stays where the hand has it.
                if self.value(name) != value:
                    widget.value = value
                widget.disabled = reason is not None
                widget.tooltip = reason or self.fields[name].description
        finally:
            self._showing = False
        for group, note in self.notes.items():
            names = settings.groups()[group].model_fields
            reasons = dict.fromkeys(inactive[name] for name in names if name in inactive)
            note.value = " ".join(reasons)
