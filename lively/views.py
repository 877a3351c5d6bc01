"""Parts of a page that show a result: pictures, numbers and words, each as a widget."""

import html
from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

import ipywidgets as widgets

from lively.canvas import LiveCanvas
from lively.figures.picture import Picture

Result = TypeVar("Result")
Result_contra = TypeVar("Result_contra", contravariant=True)


class View(Protocol[Result_contra]):
    """Something on the page that shows a result."""

    widget: widgets.DOMWidget

    def draw(self, result: Result_contra) -> None:
        """Show `result`."""
        ...


def box(*children: widgets.DOMWidget, style: str) -> widgets.Box:
    """Return a box around `children` that the style sheet lays out by the class `style`."""
    made = widgets.Box(children)
    for name in style.split():
        made.add_class(name)
    return made


class Text(Generic[Result]):
    """Words or numbers, computed from the result.

    Parameters
    ----------
    write : callable
        Result in; markup out, in which everything from outside is escaped.
    style : str
        Class names for the style sheet.
    """

    def __init__(self, write: Callable[[Result], str], style: str) -> None:
        self.widget = widgets.HTML()
        for name in style.split():
            self.widget.add_class(name)
        self._write = write

    def draw(self, result: Result) -> None:
        """Show `result`."""
        self.widget.value = self._write(result)


class PictureView(Generic[Result]):
    """A picture, and the same in words for those who do not see it.

    Parameters
    ----------
    picture : Picture
        With a method `draw` that takes a result.
    describe : callable
        Result in, text alternative out.
    above : sequence of widgets
        What stands on the same card above the picture.
    """

    def __init__(
        self,
        picture: Any,
        describe: Callable[[Result], str],
        style: str,
        above: Sequence[widgets.DOMWidget] = (),
    ) -> None:
        assert isinstance(picture, Picture)
        self.picture = picture
        self.canvas = LiveCanvas(picture)
        self.alternative = widgets.HTML()
        self.alternative.add_class("lively-alternative")
        self._describe = describe
        frame = box(self.canvas, self.alternative, style=f"lively-picture {style}")
        self.widget = box(*above, frame, style="lively-card lively-column")

    def draw(self, result: Result) -> None:
        """Show `result`: one frame."""
        self.picture.draw(result)  # type: ignore[attr-defined]
        self.alternative.value = html.escape(self._describe(result))
        self.canvas.refresh()
