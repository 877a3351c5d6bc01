"""A page: controls on the left, views on the right, undo above, and the loop that ties them."""

import html
import sys
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, ClassVar

import ipywidgets as widgets

from lively.engine.controller import Controller
from lively.engine.settings import PageSettings
from lively.ui.canvas import share_pixels
from lively.ui.client import BrowserClient
from lively.ui.controls import Controls
from lively.ui.page_parts import PageParts, Result, compute_stages, make_button
from lively.ui.prerender import render_html
from lively.ui.scheduler import Scheduler
from lively.ui.screens import picture_shapes
from lively.ui.validated import close_to_browser
from lively.ui.views import FigureView, View, styled_box
from lively.visit import hooks, on_prepare, suggest

#: What stands before the share that is done, while it grows and when somebody has ended it.
COMPUTING, STOPPED = "Computing: ", "Stopped at "
#: Seconds that a computation may keep the thread waiting that sends what has been drawn. Python's
#: own five milliseconds are a third of a frame.
TURN = 0.0005
#: The kind of output by which the template of served pages knows a poster.
POSTER = "application/vnd.lively.poster"


class Page(PageParts[Result], widgets.VBox):  # type: ignore[misc]
    """A page as one ordinary widget.

    A page's own class says which settings it has, what is computed from them, and which views show
    that; this class ties them together: controls, undo, progress, keyboard, screens.

    Parameters
    ----------
    **changes
        Settings that differ from the page's defaults, by name.

    Raises
    ------
    SettingsError
        If a name is unknown or a value is not allowed.

    Attributes
    ----------
    settings_class : subclass of PageSettings
        The page's own.
    result_class : callable
        Takes the settings, returns the `PageResult`. The page's own. It must cost nothing: what
        takes time is a cached property of the result.
    controller : Controller
        The loop; `controller.settings` is what the page shows, and `controller.change` changes it.
    controls : Controls
    """

    settings_class: ClassVar[type[PageSettings]]
    result_class: ClassVar[type[Any]]

    def __init__(self, **changes: Any) -> None:
        settings = self.settings_class().replace(**changes)
        self.controls = Controls(settings, self._changed, self._refused)
        self.message = widgets.HTML()
        self.message.add_class("lively-message")
        self.undo = make_button("Undo", lambda: self.controller.move(-1))
        self.redo = make_button("Redo", lambda: self.controller.move(+1))
        self.reset = make_button("Reset", lambda: self.controller.reset())
        self.shell = BrowserClient()
        self.shell.refused, self.shell.screened = self._refused, self._screened
        self.views: Sequence[View[Result]] = self.make_views()
        self.pictures = [view for view in self.views if isinstance(view, FigureView)]
        self.shell.canvases = [view.canvas.model_id for view in self.pictures]
        self.shell.images_only = any(view.canvas.images_only for view in self.pictures)
        self.shell.use_images = self._use_images
        alternatives = [view.alternative for view in self.pictures]
        self.progress = widgets.HTML()
        self.progress.add_class("lively-progress")
        self.cancel = make_button("Cancel", self._cancel)
        self.cancel.layout.display = "none"
        self.scheduler = Scheduler(
            [*self.views, *alternatives],
            self.slow_key,
            self.slow_part,
            lambda: self.controller.guard(clears=False),
            self._tell,
            self.partial,
        )
        self.controller: Controller[Result] = Controller(
            settings,
            self.compute,
            self.scheduler.show,
            self._settle,
            self._say,
            name=type(self).__name__,
        )
        self._settle()
        super().__init__(
            [
                self.shell,
                styled_box(self.undo, self.redo, self.reset, style="lively-toolbar"),
                self.message,
                styled_box(self.progress, self.cancel, style="lively-work"),
                styled_box(
                    styled_box(*self.arrange_controls(), style="lively-controls lively-column"),
                    styled_box(*self.arrange_views(), style="lively-views lively-column"),
                    style="lively-workbench",
                ),
            ]
        )
        self.add_class("lively-page")
        # Some notes stand nowhere.
        close_to_browser(self, *self.controls.notes.values())
        on_prepare(self._prepare)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        """Return what stands for the page in a notebook: the widget and, until it lives, a poster.

        It is drawn when the page is shown, since only then its settings are those it starts with.
        """
        if hooks.building:
            # Nobody waits yet, and all visitors will see the same poster.
            self.scheduler.finish()
        bundle: dict[str, Any] = super()._repr_mimebundle_(**kwargs)
        return {**bundle, POSTER: render_html(self)}

    def compute(self, settings: Any) -> Result:
        """Return the result for some settings."""
        result: Result = type(self).result_class(settings)
        return result

    def make_views(self) -> Sequence[View[Result]]:
        """Make the parts that show a result, in the order in which they are drawn. The page's own.

        Figures come first: they are what the eye follows.
        """
        raise NotImplementedError

    def slow_part(self, result: Result) -> Iterator[float] | None:
        """Compute what of a result may take longer than a frame.

        It runs in a thread of its own, whatever it is: a plain function, or a generator that yields
        the share done so far, from 0 to 1, after every step. Between two steps it can be cancelled,
        give way to a new change, and be shown if it is `partial`. By default it computes the cached
        properties of the result, one after the other.
        """
        return compute_stages(result)

    def slow_key(self, result: Result) -> Hashable:
        """Return what the slow part depends on: it is computed anew when this differs.

        By default, the settings of the result.
        """
        settings: Hashable = result.settings
        return settings

    def partial(self, result: Result) -> bool:
        """Say whether what is done so far of the slow part can be shown."""
        return False

    def _changed(self, name: str, value: Any) -> None:
        self.controller.change(**{name: value})

    def _refused(self, sentence: str) -> None:
        self.controller.refuse(sentence)

    def _say(self, sentence: str) -> None:
        first, _, more = sentence.partition("\n")
        lines = f"<pre>{html.escape(more)}</pre>" if more else ""
        self.message.value = html.escape(first) + lines

    def _tell(self, share: float | None) -> None:
        words = "" if share is None else f"{COMPUTING}{share:.0%}"
        if words != self.progress.value:
            self.progress.value = words
            self._offer("Cancel", shown=share is not None)

    def _offer(self, text: str, shown: bool) -> None:
        """Let the button beside the progress say what it does, if it is there at all."""
        self.cancel.description = text
        self.cancel.layout.display = None if shown else "none"

    def _cancel(self) -> None:
        """End what takes long, or go on with what was ended."""
        with self.controller.guard():
            if self.progress.value.startswith(COMPUTING):
                self.progress.value = self.progress.value.replace(COMPUTING, STOPPED)
                self._offer("Go on", shown=True)
                self.scheduler.stop()
            else:
                self._offer("Cancel", shown=True)
                self.scheduler.resume()

    def _settle(self) -> None:
        self.controls.show(self.controller.settings)
        live = self.controller
        for made, possible, help, why_not in (
            (self.undo, live.history.can_move(-1), "Back by one change", "Nothing to undo"),
            (self.redo, live.history.can_move(+1), "Forward by one change", "Nothing to redo"),
            (self.reset, live.settings != live.initial, "Back to the start", "This is the start"),
        ):
            made.disabled, made.tooltip = not possible, help if possible else why_not

    def prepare(self, screens: Iterable[tuple[float, Sequence[tuple[int, int]]]]) -> None:
        """Draw all pictures ahead, for visitors who have one of several screens.

        Parameters
        ----------
        screens : iterable of (ratio, sizes)
            The screen's own pixels in one of the page, and the width and height of each picture in
            pixels of the page. The first is that of most visitors: the pictures are left in it.

        Raises
        ------
        ValueError
            If there is no such screen.
        """
        present = [view.canvas.shape for view in self.pictures]
        wanted = [picture_shapes(ratio, sizes, present) for ratio, sizes in screens]
        for i, view in enumerate(self.pictures):
            view.canvas.prepare([found[i] for found in wanted])

    def _prepare(self, suggestions: Iterable[Any]) -> None:
        """Prepare the pictures for the screen that they are made for, and for those of visitors."""
        present = [view.canvas.shape for view in self.pictures]
        screens = [(1.0, [shape[:2] for shape in present])]
        for suggested in suggestions:
            # Another page of the notebook may have suggested it.
            with suppress(ValueError, TypeError, KeyError):
                picture_shapes(suggested["ratio"], suggested["sizes"], present)
                screens.append((suggested["ratio"], suggested["sizes"]))
        self.prepare(screens)

    def _use_images(self, missing: Sequence[str]) -> None:
        """Show all pictures as ipympl does by itself."""
        for view in self.pictures:
            view.canvas.use_images(missing)

    def _screened(self, said: dict[str, Any]) -> None:
        """Show every picture as the browser's screen has it."""
        sys.setswitchinterval(TURN)
        try:
            present = [view.canvas.shape for view in self.pictures]
            wanted = picture_shapes(said.get("ratio"), said.get("sizes"), present)
            given = share_pixels(wanted, [view.canvas for view in self.pictures])
        except ValueError as error:
            self._refused(str(error))
            return
        if said.get("anew") is True:
            # Who comes next may have the same.
            suggest({"ratio": wanted[0].ratio, "sizes": [shape[:2] for shape in wanted]})
        try:
            for view, shape in zip(self.pictures, given, strict=True):
                view.canvas.fit(shape, anew=said.get("anew") is True)
        except Exception:
            # Only what goes wrong is for the loop: the settings, and what it said of them, stay.
            with self.controller.guard():
                raise
