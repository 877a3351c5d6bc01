"""The shell of all kernels here: it keeps the tracebacks of callbacks from the browser."""

import logging
import sys
from typing import Any

from ipykernel.zmqshell import ZMQInteractiveShell

logger = logging.getLogger("lively")


class TracebackHidingShell(ZMQInteractiveShell):  # type: ignore[misc]
    """A shell that logs the traceback of a callback, and sends the browser its last line.

    Widgets ask for a traceback to be shown: lines of code, and paths of this machine. Whoever else
    asks for one, as an author can, gets it.
    """

    def showtraceback(self, exc_tuple: Any = None, *args: Any, **options: Any) -> None:
        """Show the exception that just occurred."""
        asks = sys._getframe(1).f_globals.get("__name__", "")
        if not asks.startswith("ipywidgets."):
            super().showtraceback(exc_tuple, *args, **options)
            return
        error = exc_tuple[1] if exc_tuple else sys.exception()
        logger.error("A callback failed.", exc_info=error)
        self._showtraceback(type(error), error, [f"{type(error).__name__}: {error}"])
