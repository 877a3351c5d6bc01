"""Fields of the settings on one side, widgets on the other; nothing here computes or draws."""

import math
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
from pydantic.fields import FieldInfo

from lively.engine.fields import Choices, Grid, Interval, bounds, find_metadata
from lively.engine.settings import PageSettings
from lively.ui.validated import ValidatedWidget

#: Choices up to this many are shown side by side, more of them as a list that opens.
SIDE_BY_SIDE = 4


class IntSlider(ValidatedWidget, widgets.IntSlider):  # type: ignore[misc]
    """A slider of whole numbers."""


class FloatSlider(ValidatedWidget, widgets.FloatSlider):  # type: ignore[misc]
    """A slider of real numbers."""


class FloatLogSlider(ValidatedWidget, widgets.FloatLogSlider):  # type: ignore[misc]
    """A slider of real numbers, even in their logarithms."""


class StopsSlider(ValidatedWidget, widgets.SelectionSlider):  # type: ignore[misc]
    """A slider that stops at given numbers, and at any other one that it is told to show.

    A logarithmic slider is no good for whole numbers: its browser side moves whatever it is told
    to show to the nearest step, 500 to 501.187, and sends that back as if a hand had moved it.

    Parameters
    ----------
    stops : list of int
        In rising order.
    """

    options: Any

    def __init__(self, stops: list[int], **options: Any) -> None:
        self._stops = stops
        super().__init__(options=stops, **options)

    def show(self, value: int) -> None:
        """Move to `value`."""
        options = sorted({*self._stops, value})
        with self.hold_sync():
            if list(self.options) != options:
                self.options = options
            self.value = value


class FloatRangeSlider(ValidatedWidget, widgets.FloatRangeSlider):  # type: ignore[misc]
    """A slider with two handles."""


class BoundedIntText(ValidatedWidget, widgets.BoundedIntText):  # type: ignore[misc]
    """A box for a whole number."""


class Dropdown(ValidatedWidget, widgets.Dropdown):  # type: ignore[misc]
    """A list that opens."""


class ToggleButtons(ValidatedWidget, widgets.ToggleButtons):  # type: ignore[misc]
    """Buttons side by side, one of which is down."""


class Checkbox(ValidatedWidget, widgets.Checkbox):  # type: ignore[misc]
    """A box to tick."""


def make_widget(field: FieldInfo) -> widgets.DOMWidget:
    """Return the control for a field, with the field's label, help, range and default."""
    common = {
        "value": field.default,
        "description": field.title,
        "tooltip": field.description,
    }
    if choices := find_metadata(field, Choices):
        options = [(label, value) for value, label in choices.labels]
        beside = choices.tabs or len(options) <= SIDE_BY_SIDE
        kind = ToggleButtons if beside else Dropdown
        return kind(options=options, **common)
    if interval := find_metadata(field, Interval):
        return FloatRangeSlider(
            min=interval.low,
            max=interval.high,
            step=interval.steps.step,
            readout_format=interval.steps.format,
            **common,
        )
    steps = find_metadata(field, Grid)
    if steps is None:
        return Checkbox(indent=False, **common)
    low, high = bounds(field)
    if not steps.slider:
        return BoundedIntText(min=low, max=high, **common)
    whole = field.annotation is int
    if steps.log and whole:
        return StopsSlider(steps.whole_stops(low, high), **common)
    if steps.log:
        kind = FloatLogSlider
        ends = {"min": steps.exponent(low), "max": steps.exponent(high)}
    else:
        kind = IntSlider if whole else FloatSlider
        ends = {"min": low, "max": high}
    return kind(step=steps.step, readout_format=steps.format, **ends, **common)


def widen_interval(
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


def is_same_value(shown: Any, value: Any) -> bool:
    """Say whether a control shows `value`, but for what a browser's arithmetic adds to it.

    To send such a control its own value without the noise would take its handle back to where it
    was when it sent it, out of a hand that has moved on since.
    """
    if isinstance(value, tuple):
        return all(map(is_same_value, shown, value))
    if isinstance(value, float):
        return math.isclose(shown, value, rel_tol=1e-5, abs_tol=1e-9)
    return bool(shown == value)


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
        self.groups = settings.groups()
        self.fields = {
            name: field
            for kind in self.groups.values()
            for name, field in kind.model_fields.items()
        }
        self.widgets = {name: make_widget(field) for name, field in self.fields.items()}
        self.notes = {group: widgets.HTML() for group in self.groups}
        for group, note in self.notes.items():
            note.add_class("lively-note")
            for name in self.groups[group].model_fields:
                self.widgets[name].add_class("lively-control")
        self.show(settings)
        for name, widget in self.widgets.items():
            widget.refused = refused
            widget.observe(lambda change, name=name: self._on_change(name, change), "value")

    def _on_change(self, name: str, change: Any) -> None:
        if self._showing:
            return
        value, interval = change["new"], find_metadata(self.fields[name], Interval)
        self._changed(
            name, value if interval is None else widen_interval(value, change["old"], interval)
        )

    def show(self, settings: PageSettings) -> None:
        """Let every widget show `settings`; those without effect are disabled and say why.

        Those that mean nothing are not there.
        """
        inactive, absent = settings.inactive(), settings.absent()
        self._showing = True
        try:
            for name, value in settings.flat().items():
                widget, reason = self.widgets[name], inactive.get(name)
                if isinstance(widget, StopsSlider):
                    widget.show(value)
                elif not is_same_value(widget.value, value):
                    widget.value = value
                widget.disabled = reason is not None
                widget.layout.display = "none" if name in absent else None
                widget.tooltip = reason or self.fields[name].description
        finally:
            self._showing = False
        for group, note in self.notes.items():
            names = self.groups[group].model_fields
            reasons = dict.fromkeys(
                inactive[name] for name in names if name in inactive and name not in absent
            )
            note.value = " ".join(reasons)
