"""A page as it stands, as plain markup: what is seen until its scripts are there.

The markup has the class names that ipywidgets gives its elements, so that the page's own style
sheet makes both look the same.
"""

import base64
import html
import io
import math
from collections.abc import Iterable
from functools import singledispatch
from typing import Any

import ipywidgets as widgets
import matplotlib.image
import numpy as np

from lively.ui.canvas import LiveCanvas


def element(name: str, classes: Iterable[str], content: str = "", **attributes: str) -> str:
    """Return an element; `content` is markup, attributes are text."""
    written = {"class": " ".join(classes), **attributes}
    pairs = "".join(f' {k}="{html.escape(v)}"' for k, v in written.items() if v)
    return f"<{name}{pairs}>{content}</{name}>"


def label(widget: widgets.DOMWidget) -> str:
    """Return the label of a control."""
    return element("span", ["widget-label"], html.escape(widget.description))


def looks(widget: widgets.DOMWidget) -> list[str]:
    """Return a control's class names, and that which the page's script gives it if it is off."""
    return [*widget._dom_classes, *["lively-off"] * widget.disabled]


@singledispatch
def markup(widget: widgets.DOMWidget) -> str:
    """Return the markup of a widget; of none, for one that has no looks."""
    return ""


@markup.register
def _(widget: widgets.Box) -> str:
    seen = (child for child in widget.children if child.layout.display != "none")
    content = "".join(map(markup, seen))
    return element("div", ["widget-box", *widget._dom_classes], content)


@markup.register
def _(widget: widgets.HTML) -> str:
    content = element("div", ["widget-html-content"], widget.value)
    return element("div", ["widget-html", *widget._dom_classes], content)


@markup.register
def _(widget: LiveCanvas) -> str:
    shown = io.BytesIO()
    # Painted, not drawn: what the canvas draws it would send, to a page that is not there yet.
    pixels = widget.paint()
    image = pixels.view(np.uint8).reshape(*pixels.shape, 4)
    matplotlib.image.imsave(shown, image, format="png")
    address = "data:image/png;base64," + base64.b64encode(shown.getvalue()).decode()
    return f'<img alt="" src="{address}">'


@markup.register
def _(widget: widgets.Button) -> str:
    classes = ["jupyter-button", *widget._dom_classes]
    off = "disabled" if widget.disabled else ""
    return element("button", classes, html.escape(widget.description), disabled=off)


@markup.register
def _(widget: widgets.Checkbox) -> str:
    marks = " checked" * widget.value + " disabled" * widget.disabled
    box = f'<input type="checkbox"{marks}>'
    words = element("span", ["widget-label-basic"], box + html.escape(widget.description))
    return element("div", ["widget-checkbox", *looks(widget)], words)


@markup.register
def _(widget: widgets.BoundedIntText) -> str:
    box = f'<input value="{widget.value}">'
    return element("div", ["widget-text", *widget._dom_classes], label(widget) + box)


@markup.register
def _(widget: widgets.Dropdown) -> str:
    option = element("option", [], html.escape(widget.label))
    box = element("select", [], option)
    return element("div", ["widget-dropdown", *widget._dom_classes], label(widget) + box)


@markup.register
def _(widget: widgets.ToggleButtons) -> str:
    buttons = "".join(
        element(
            "button",
            ["jupyter-button", "mod-active" if index == widget.index else ""],
            html.escape(words),
        )
        for index, words in enumerate(widget._options_labels)
    )
    content = label(widget) + element("div", [], buttons)
    return element("div", ["widget-toggle-buttons", *widget._dom_classes], content)


def slider(widget: Any, shares: Iterable[float], readout: str) -> str:
    """Return the markup of a slider whose handles stand at some shares of its length."""
    handles = "".join(
        element("i", ["noUi-handle"], style=f"left: calc({share:.2%} - 8px)") for share in shares
    )
    off = "disabled" if widget.disabled else ""
    target = element("div", ["noUi-target"], handles, disabled=off)
    content = (
        label(widget)
        + element("div", ["slider-container"], element("div", ["slider"], target))
        + element("div", ["widget-readout"], html.escape(readout))
    )
    return element("div", ["widget-slider", *looks(widget)], content)


def number(widget: Any, value: float) -> str:
    """Return a number as the slider's readout has it."""
    return format(value, widget.readout_format).replace("-", "−")


@markup.register(widgets.IntSlider)
@markup.register(widgets.FloatSlider)
def _(widget: Any) -> str:
    share = (widget.value - widget.min) / (widget.max - widget.min)
    return slider(widget, [share], number(widget, widget.value))


@markup.register
def _(widget: widgets.FloatLogSlider) -> str:
    share = (math.log10(widget.value) - widget.min) / (widget.max - widget.min)
    return slider(widget, [share], number(widget, widget.value))


@markup.register
def _(widget: widgets.FloatRangeSlider) -> str:
    shares = [(end - widget.min) / (widget.max - widget.min) for end in widget.value]
    return slider(widget, shares, " – ".join(number(widget, end) for end in widget.value))


@markup.register
def _(widget: widgets.SelectionSlider) -> str:
    return slider(widget, [widget.index / (len(widget.options) - 1)], widget.label)
