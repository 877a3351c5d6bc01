"""What all pages have in common: controls on the left, views on the right, undo above."""

import html
import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

import ipywidgets as widgets

from lively.engine.controller import Controller
from lively.engine.fields import SEED_COUNT
from lively.engine.settings import PageSettings
from lively.ui.canvas import share_pixels
from lively.ui.client import BrowserClient
from lively.ui.controls import Controls
from lively.ui.prerender import render_html
from lively.ui.scheduler import Scheduler
from lively.ui.screens import picture_shapes
from lively.ui.validated import close_to_browser
from lively.ui.views import FigureView, View, styled_box
from lively.visit import hooks, on_prepare, suggest

Result = TypeVar("Result")

#: What stands before the share that is done, while it grows and when somebody has ended it.
COMPUTING, STOPPED = "Computing: ", "Stopped at "
#: Seconds that a computation may keep the thread waiting that sends what has been drawn. Python's
#: own five milliseconds are a third of a frame.
TURN = 0.0005
#: The kind of output by which the template of served pages knows a poster.
POSTER = "application/vnd.lively.poster"


def make_button(text: str, clicked: Callable[[], None], help: str = "") -> widgets.Button:
    """Return a button that calls `clicked`."""
    made = widgets.Button(description=text, tooltip=help)
    made.add_class("lively-button")
    made.on_click(lambda _: clicked())
    return made


class Page(widgets.VBox, Generic[Result]):  # type: ignore[misc]
    """A page as one ordinary widget.

    A page's own module makes the views and says how the controls are grouped; this class ties them
    to one loop.

    Parameters
    ----------
    settings : PageSettings
        What the page starts with.
    compute : callable
        Settings in, result out.

    Attributes
    ----------
    live : Live
        The loop; `live.settings` is what the page shows.
    controls : Controls
    """

    def __init__(self, settings: PageSettings, compute: Callable[[Any], Result]) -> None:
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
        words = [view.alternative for view in self.pictures]
        self.progress = widgets.HTML()
        self.progress.add_class("lively-progress")
        self.cancel = make_button("Cancel", self._cancel)
        self.cancel.layout.display = "none"
        self.scheduler = Scheduler(
            [*self.views, *words],
            self.slow_key,
            self.slow_part,
            lambda: self.controller.guard(clears=False),
            self._tell,
            self.partial,
        )
        self.controller: Controller[Result] = Controller(
            settings,
            compute,
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

    def make_views(self) -> Sequence[View[Result]]:
        """Make the parts that show a result. The page's own."""
        raise NotImplementedError

    def slow_part(self, result: Result) -> Iterator[float] | None:
        """Compute what of a result may take longer than a frame.

        It runs in a thread of its own, whatever it is: a plain function, or a generator that gives
        the share done so far, from 0 to 1, after every step. Between two steps it can be cancelled,
        give way to a new change, and be shown if it is `partial`.
        """
        return None

    def slow_key(self, result: Result) -> Hashable:
        """Return what the slow part depends on: with an equal key, it is there already."""

    def partial(self, result: Result) -> bool:
        """Say whether what of the slow part is done so far can be shown already."""
        return False

    def arrange_controls(self) -> Sequence[widgets.DOMWidget]:
        """Return the cards of the left column: one a group of settings. The page's own."""
        raise NotImplementedError

    def arrange_views(self) -> Sequence[widgets.DOMWidget]:
        """Return what stands in the right column, from the top. The page's own."""
        return [view.widget for view in self.views]

    def card(self, title: str, group: str, *rows: str | widgets.DOMWidget) -> widgets.Box:
        """Return a card of controls: settings by their names, other widgets as they are."""
        heading = widgets.HTML(f"<h2>{html.escape(title)}</h2>")
        heading.add_class("lively-heading")
        shown = [self.controls.widgets[row] if isinstance(row, str) else row for row in rows]
        note = self.controls.notes[group]
        return styled_box(heading, *shown, note, style="lively-card lively-column lively-group")

    def step(self, text: str, **changes: Any) -> widgets.Button:
        """Return a button that sets the page to its start with some settings changed.

        Parameters
        ----------
        text : str
            What stands on the button.
        **changes
            Settings by name.

        Raises
        ------
        SettingsError
            If a name is unknown or a value is not allowed.
        """
        target = self.controller.initial.replace(**changes).flat()
        made = make_button(text, lambda: self.controller.change(**target))
        made.add_class("lively-step")
        return made

    def seed_row(self, name: str, text: str, help: str) -> widgets.Box:
        """Return a seed's control with a button that goes on to the next one."""

        def go_on() -> None:
            self.controller.change(
                **{name: (self.controller.settings.flat()[name] + 1) % SEED_COUNT}
            )

        return styled_box(
            self.controls.widgets[name], make_button(text, go_on, help), style="lively-row"
        )

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
