"""One change of the settings: check, compute, draw, report errors."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from lively.engine.history import History
from lively.engine.settings import PageSettings, SettingsError
from lively.log import log_to_server
from lively.visit import shows_faults

Result = TypeVar("Result")

logger = logging.getLogger("lively")

#: Sentences for changes that could not be shown.
PICTURE_STAYS = "The last good picture stays."
OUT_OF_MEMORY = "This needs more memory than a visit may have."
PAGE_ERROR = "Not shown: there is an error in this page."


class Controller(Generic[Result]):
    """The loop of a page: settings change, a result is computed and drawn.

    Parameters
    ----------
    settings : PageSettings
        The initial settings, to which `reset` returns.
    compute : callable
        Takes settings, returns the result.
    draw : callable
        Shows a result in figures, numbers and text.
    settle : callable
        Called after a change has been applied or refused, so that the controls show the settings
        in force.
    say : callable
        Shows an error message, which may have several lines; an empty one clears it.
    name : str
        The page's name in the log.

    Attributes
    ----------
    initial : PageSettings
    history : History
        The settings shown so far.
    result : Result
        The last result that could be computed and drawn.
    """

    def __init__(
        self,
        settings: PageSettings,
        compute: Callable[[Any], Result],
        draw: Callable[[Result], None],
        settle: Callable[[], None],
        say: Callable[[str], None],
        name: str = "A page",
    ) -> None:
        log_to_server()
        self._name, self._tried = name, settings
        self._compute, self._draw, self._settle, self._say = compute, draw, settle, say
        self.initial = settings
        self.history = History(settings)
        self.result = compute(settings)
        draw(self.result)

    @property
    def settings(self) -> PageSettings:
        """The settings that are shown."""
        return self.history.peek(0)

    def change(self, **changes: Any) -> None:
        """Change some settings: compute and draw once, or not at all if nothing differs."""
        with self.guard():
            wanted = self.settings.replace(**changes)
            if wanted != self.settings:
                self._go(wanted)
                self.history.add(wanted, what=",".join(changes))

    def move(self, by: int) -> None:
        """Go back (-1) or forward (+1) in the history."""
        with self.guard():
            try:
                wanted = self.history.peek(by)
            except IndexError as error:
                raise SettingsError(str(error)) from error
            self._go(wanted)
            self.history.move(by)

    def reset(self) -> None:
        """Return to the initial settings, as one change, which can be undone."""
        self.change(**self.initial.flat())

    def again(self) -> None:
        """Compute and draw the present settings again, since something else has changed."""
        with self.guard():
            self._go(self.settings)

    def _go(self, settings: PageSettings) -> None:
        self._tried = settings
        result = self._compute(settings)
        try:
            self._draw(result)
        except Exception:
            # Some artists may have been updated already; restore them.
            self._draw(self.result)
            raise
        self.result = result

    def refuse(self, sentence: str) -> None:
        """Show that a change was refused; the figures stay."""
        with self.guard():
            raise SettingsError(sentence)

    @contextmanager
    def guard(self, clears: bool = True) -> Iterator[None]:
        """Turn an error in a callback into a message on the page and an entry in the log.

        A setting that is not allowed is logged at debug level. Any other error is logged with its
        traceback, which authors see on the page too. Without this, errors in callbacks would be
        shown nowhere.

        Parameters
        ----------
        clears : bool
            Whether success clears the last message; not where the visitor has done nothing.
        """
        try:
            yield
        except SettingsError as error:
            logger.debug("%s refused: %.300s", self._name, " ".join(str(error).split()))
            self._say(f"{error} {PICTURE_STAYS}")
        except MemoryError:
            logger.exception("%s has no memory to show %r.", self._name, self._tried)
            self._say(f"{OUT_OF_MEMORY} {PICTURE_STAYS}")
        except Exception as error:
            logger.exception("%s could not show %r.", self._name, self._tried)
            if shows_faults():
                trace = "".join(traceback.format_exception(error))
                self._say(f"Not shown: {error!r}. {PICTURE_STAYS}\n{trace}")
            else:
                self._say(f"{PAGE_ERROR} {PICTURE_STAYS}")
        else:
            if clears:
                self._say("")
        finally:
            self._settle()
