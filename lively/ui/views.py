"""Parts of a page that show a result: pictures, numbers and words, each as a widget."""

import html
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import ipywidgets as widgets

from lively.plotting.live_figure import LiveFigure
from lively.ui.canvas import LiveCanvas

Result = TypeVar("Result")


def styled_box(*children: widgets.DOMWidget, style: str) -> widgets.Box:
    """Return a box around `children` that the style sheet lays out by the class `style`."""
    made = widgets.Box(children)
    for name in style.split():
        made.add_class(name)
    return made


class View(Generic[Result]):
    """Something on the page that shows a result.

    Parameters
    ----------
    widget : DOMWidget
    slow : callable
        Result in; whether showing it takes the slow part of the result.
    """

    def __init__(self, widget: widgets.DOMWidget, slow: Callable[[Result], bool]) -> None:
        self.widget, self.is_slow = widget, slow
        self._stale = False

    def draw(self, result: Result) -> None:
        """Show `result`."""
        raise NotImplementedError

    def sketch(self, result: Result) -> None:
        """Show what of `result` needs no slow part; what is not shown anew stays."""

    def refine(self, result: Result) -> None:
        """Show `result` in more detail than a moving hand has time for."""

    @property
    def stale(self) -> bool:
        """Whether what is seen is not of the present settings."""
        return self._stale

    def dim(self, stale: bool) -> None:
        """Show that what is seen is not of the present settings, or that it is again."""
        if stale != self._stale:
            self._stale = stale
            (self.widget.add_class if stale else self.widget.remove_class)("lively-stale")


class TextView(View[Result]):
    """Words or numbers, computed from the result.

    Parameters
    ----------
    write : callable
        Result in; markup out, in which everything from outside is escaped.
    style : str
        Class names for the style sheet.
    slow : callable
        As in `View`.
    """

    def __init__(
        self,
        write: Callable[[Result], str],
        style: str,
        slow: Callable[[Result], bool] = lambda result: False,
    ) -> None:
        super().__init__(widgets.HTML(), slow)
        for name in style.split():
            self.widget.add_class(name)
        self._write = write

    def draw(self, result: Result) -> None:
        """Show `result`."""
        self.widget.value = self._write(result)


class FigureView(View[Result]):
    """A picture, and the same in words for those who do not see it.

    Parameters
    ----------
    picture : Picture
        With a method `draw` that takes a result.
    describe : callable
        Result in, text alternative out.
    style : str
        Class names for the style sheet.
    above : sequence of widgets
        What stands on the same card above the picture.
    slow : callable
        As in `View`.

    Attributes
    ----------
    alternative : Text
        The words: a view of its own, so that the picture need not wait for them.
    """

    def __init__(
        self,
        picture: Any,
        describe: Callable[[Result], str],
        style: str,
        above: Sequence[widgets.DOMWidget] = (),
        slow: Callable[[Result], bool] = lambda result: False,
    ) -> None:
        assert isinstance(picture, LiveFigure)
        self.picture = picture
        self.canvas = LiveCanvas(picture)
        self.alternative = TextView[Result](
            lambda result: html.escape(describe(result)),
            "lively-alternative",
            slow=lambda result: True,
        )
        frame = styled_box(self.canvas, self.alternative.widget, style=f"lively-picture {style}")
        super().__init__(styled_box(*above, frame, style="lively-card lively-column"), slow)

    def draw(self, result: Result) -> None:
        """Show `result`: one frame."""
        self.picture.draw(result)  # type: ignore[attr-defined]
        self.canvas.refresh()

    def sketch(self, result: Result) -> None:
        """Show what needs no slow part, if the picture knows how."""
        if hasattr(self.picture, "sketch"):
            self.picture.sketch(result)
            self.canvas.refresh()

    def refine(self, result: Result) -> None:
        """Show more detail, if the picture has it."""
        if hasattr(self.picture, "refine"):
            self.picture.refine(result)
            self.canvas.refresh()
