"""Parts of a page that show a result: figures, numbers and sentences, each as a widget."""

import html
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import ipywidgets as widgets

from lively.plotting.live_figure import ResultFigure
from lively.ui.canvas import LiveCanvas

Result = TypeVar("Result")

#: Whether a view waits for the slow part of the result: always, never, or as the result says.
Slow = bool | Callable[[Result], bool]


def styled_box(*children: widgets.DOMWidget, style: str) -> widgets.Box:
    """Return a box around `children` that the style sheet lays out by the classes in `style`."""
    made = widgets.Box(children)
    for name in style.split():
        made.add_class(name)
    return made


class View(Generic[Result]):
    """Something on the page that shows a result.

    Parameters
    ----------
    widget : DOMWidget
    slow : bool or callable
        Whether showing a result takes its slow part: True, False, or a function of the result. A
        view that is not slow is drawn at once, on the thread that answers the browser.
    """

    def __init__(self, widget: widgets.DOMWidget, slow: Slow[Result] = True) -> None:
        self.widget = widget
        self._slow = slow
        self._stale = False

    def is_slow(self, result: Result) -> bool:
        """Return whether showing `result` takes its slow part."""
        return self._slow(result) if callable(self._slow) else self._slow

    def draw(self, result: Result) -> None:
        """Show `result`."""
        raise NotImplementedError

    def sketch(self, result: Result) -> None:
        """Show what of `result` needs no slow part; the rest stays as it was."""

    def refine(self, result: Result) -> None:
        """Show `result` in more detail than there is time for while a control moves."""

    @property
    def stale(self) -> bool:
        """Whether what is seen is not of the present settings."""
        return self._stale

    def dim(self, stale: bool) -> None:
        """Dim the view while what is seen is not of the present settings."""
        if stale != self._stale:
            self._stale = stale
            (self.widget.add_class if stale else self.widget.remove_class)("lively-stale")


class TextView(View[Result]):
    """A sentence or numbers, written from the result.

    Parameters
    ----------
    write : callable
        Takes the result; returns markup, in which everything from outside is escaped.
    style : str
        Class names for the style sheet.
    slow : bool or callable
        As in `View`.
    under : str
        The setting whose control the text belongs to: on its card, it stands below that control.
    """

    def __init__(
        self,
        write: Callable[[Result], str],
        style: str,
        slow: Slow[Result] = True,
        under: str = "",
    ) -> None:
        super().__init__(widgets.HTML(), slow)
        for name in style.split():
            self.widget.add_class(name)
        self.is_card = "lively-card" in style.split()
        self.under = under
        self._write = write

    def draw(self, result: Result) -> None:
        """Show `result`."""
        self.widget.value = self._write(result)


class FigureView(View[Result]):
    """A figure, and what it shows in words for those who do not see it.

    Parameters
    ----------
    picture : ResultFigure
    describe : callable
        Takes the result; returns the text alternative.
    style : str
        Class names for the style sheet; they say how high the figure is.
    above : sequence of widgets
        What stands on the same card above the figure.
    slow : bool or callable
        As in `View`.

    Attributes
    ----------
    alternative : TextView
        The words: a view of its own, so that the figure need not wait for them.
    """

    def __init__(
        self,
        picture: ResultFigure[Result],
        describe: Callable[[Result], str],
        style: str,
        above: Sequence[widgets.DOMWidget] = (),
        slow: Slow[Result] = True,
    ) -> None:
        self.picture = picture
        self._sketches = type(picture).sketch is not ResultFigure.sketch
        self._refines = type(picture).refine is not ResultFigure.refine
        self.canvas = LiveCanvas(picture)
        self.alternative = TextView[Result](
            lambda result: html.escape(describe(result)), "lively-alternative"
        )
        frame = styled_box(self.canvas, self.alternative.widget, style=f"lively-picture {style}")
        super().__init__(styled_box(*above, frame, style="lively-card lively-column"), slow)

    def draw(self, result: Result) -> None:
        """Show `result`: one frame."""
        self.picture.draw(result)
        self.canvas.refresh()

    def sketch(self, result: Result) -> None:
        """Show what needs no slow part, if the figure has such a thing."""
        if self._sketches:
            self.picture.sketch(result)
            self.canvas.refresh()

    def refine(self, result: Result) -> None:
        """Show more detail, if the figure has it."""
        if self._refines:
            self.picture.refine(result)
            self.canvas.refresh()
