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


def html_element(name: str, classes: Iterable[str], content: str = "", **attributes: str) -> str:
    """Return an element; `content` is markup, attributes are text."""
    written = {"class": " ".join(classes), **attributes}
    pairs = "".join(f' {k}="{html.escape(v)}"' for k, v in written.items() if v)
    return f"<{name}{pairs}>{content}</{name}>"


def label_html(widget: widgets.DOMWidget) -> str:
    """Return the label of a control."""
    return html_element("span", ["widget-label"], html.escape(widget.description))


def css_classes(widget: widgets.DOMWidget) -> list[str]:
    """Return a control's class names, and that which the page's script gives it if it is off."""
    return [*widget._dom_classes, *["lively-off"] * widget.disabled]


@singledispatch
def render_html(widget: widgets.DOMWidget) -> str:
    """Return the markup of a widget; of none, for one that has no looks."""
    return ""


@render_html.register
def _(widget: widgets.Box) -> str:
    seen = (child for child in widget.children if child.layout.display != "none")
    content = "".join(map(render_html, seen))
    return html_element("div", ["widget-box", *widget._dom_classes], content)


@render_html.register
def _(widget: widgets.HTML) -> str:
    content = html_element("div", ["widget-html-content"], widget.value)
    return html_element("div", ["widget-html", *widget._dom_classes], content)


@render_html.register
def _(widget: LiveCanvas) -> str:
    shown = io.BytesIO()
    # Painted, not drawn: what the canvas draws it would send, to a page that is not there yet.
    pixels = widget.paint()
    image = pixels.view(np.uint8).reshape(*pixels.shape, 4)
    matplotlib.image.imsave(shown, image, format="png")
    address = "data:image/png;base64," + base64.b64encode(shown.getvalue()).decode()
    return f'<img alt="" src="{address}">'


@render_html.register
def _(widget: widgets.Button) -> str:
    classes = ["jupyter-button", *widget._dom_classes]
    off = "disabled" if widget.disabled else ""
    return html_element("button", classes, html.escape(widget.description), disabled=off)


@render_html.register
def _(widget: widgets.Checkbox) -> str:
    marks = " checked" * widget.value + " disabled" * widget.disabled
    box = f'<input type="checkbox"{marks}>'
    words = html_element("span", ["widget-label-basic"], box + html.escape(widget.description))
    return html_element("div", ["widget-checkbox", *css_classes(widget)], words)


@render_html.register
def _(widget: widgets.BoundedIntText) -> str:
    box = f'<input value="{widget.value}">'
    return html_element("div", ["widget-text", *widget._dom_classes], label_html(widget) + box)


@render_html.register
def _(widget: widgets.Dropdown) -> str:
    option = html_element("option", [], html.escape(widget.label))
    box = html_element("select", [], option)
    return html_element("div", ["widget-dropdown", *widget._dom_classes], label_html(widget) + box)


@render_html.register
def _(widget: widgets.ToggleButtons) -> str:
    buttons = "".join(
        html_element(
            "button",
            ["jupyter-button", "mod-active" if index == widget.index else ""],
            html.escape(words),
        )
        for index, words in enumerate(widget._options_labels)
    )
    content = label_html(widget) + html_element("div", [], buttons)
    return html_element("div", ["widget-toggle-buttons", *widget._dom_classes], content)


def slider_html(widget: Any, shares: Iterable[float], readout: str) -> str:
    """Return the markup of a slider whose handles stand at some shares of its length."""
    handles = "".join(
        html_element("i", ["noUi-handle"], style=f"left: calc({share:.2%} - 8px)")
        for share in shares
    )
    off = "disabled" if widget.disabled else ""
    target = html_element("div", ["noUi-target"], handles, disabled=off)
    content = (
        label_html(widget)
        + html_element("div", ["slider-container"], html_element("div", ["slider"], target))
        + html_element("div", ["widget-readout"], html.escape(readout))
    )
    return html_element("div", ["widget-slider", *css_classes(widget)], content)


def readout_text(widget: Any, value: float) -> str:
    """Return a number as the slider's readout has it."""
    return format(value, widget.readout_format).replace("-", "−")


@render_html.register(widgets.IntSlider)
@render_html.register(widgets.FloatSlider)
def _(widget: Any) -> str:
    share = (widget.value - widget.min) / (widget.max - widget.min)
    return slider_html(widget, [share], readout_text(widget, widget.value))


@render_html.register
def _(widget: widgets.FloatLogSlider) -> str:
    share = (math.log10(widget.value) - widget.min) / (widget.max - widget.min)
    return slider_html(widget, [share], readout_text(widget, widget.value))


@render_html.register
def _(widget: widgets.FloatRangeSlider) -> str:
    shares = [(end - widget.min) / (widget.max - widget.min) for end in widget.value]
    return slider_html(
        widget, shares, " – ".join(readout_text(widget, end) for end in widget.value)
    )


@render_html.register
def _(widget: widgets.SelectionSlider) -> str:
    return slider_html(widget, [widget.index / (len(widget.options) - 1)], widget.label)
