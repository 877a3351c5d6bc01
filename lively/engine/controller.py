"""One change, the whole way: check, compute, draw, say."""

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

#: What is said when something could not be shown.
PICTURE_STAYS = "The last good picture stays."
OUT_OF_MEMORY = "This needs more memory than a visit may have."
PAGE_ERROR = "Not shown: there is an error in this page."


class Controller(Generic[Result]):
    """The loop of a page.

    Parameters
    ----------
    settings : PageSettings
        What the page starts with, and goes back to.
    compute : callable
        Settings in, result out.
    draw : callable
        Shows a result in pictures, numbers and words.
    settle : callable
        Called when a change has gone through or failed, so that the controls show what holds.
    say : callable
        Shows a sentence about what went wrong, and lines that follow it; an empty one takes it
        away.
    name : str
        What the log calls the page.

    Attributes
    ----------
    initial : PageSettings
    history : History
        The settings shown so far.
    result : Result
        What is shown: the last result that could be computed and drawn.
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
        """What is shown."""
        return self.history.peek(0)

    def change(self, **changes: Any) -> None:
        """Change some settings: one computation and one drawing, or none if nothing differs."""
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
        """Go back to the start, as one change, which can be undone."""
        self.change(**self.initial.flat())

    def again(self) -> None:
        """Compute and draw the present settings anew: something beside them has changed."""
        with self.guard():
            self._go(self.settings)

    def _go(self, settings: PageSettings) -> None:
        self._tried = settings
        result = self._compute(settings)
        try:
            self._draw(result)
        except Exception:
            # Some artists may have been moved already; they go back where they were.
            self._draw(self.result)
            raise
        self.result = result

    def refuse(self, sentence: str) -> None:
        """Say that something was refused; what is shown stays."""
        with self.guard():
            raise SettingsError(sentence)

    @contextmanager
    def guard(self, clears: bool = True) -> Iterator[None]:
        """Turn whatever goes wrong in a callback into a sentence here and an entry in the log.

        What a visitor may not do is his own affair: a line for those who look for it. Anything else
        is a fault, and a traceback, which the page's author sees on the page as well, under the
        sentence. Without this, an exception would be seen nowhere at all.

        Parameters
        ----------
        clears : bool
            Whether the last sentence goes if all goes well: it stays if nobody has done anything.
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
