"""Limits what a visit writes to the server's log."""

import contextlib
import logging
import sysconfig
import traceback
from collections import Counter
from pathlib import Path
from typing import Any

import comm
import ipykernel
import ipywidgets
import traitlets

import lively
from lively.log import log_to_server

logger = logging.getLogger("lively")

#: Times that the same fault is logged, and characters of a message and of a traceback.
MAX_REPEATS, MAX_MESSAGE_LENGTH, MAX_TRACEBACK_LENGTH = 10, 1000, 8000


def package_folder(module: Any) -> str:
    """Return the folder that a package lies in, with the stroke at its end."""
    return f"{Path(module.__file__).parent}/"


#: Where widgets take what a browser sends them, and what it passes on its way there.
IPYWIDGETS_FOLDER = package_folder(ipywidgets)
MESSAGE_PATH = (
    *(package_folder(module) for module in (ipywidgets, traitlets, comm, ipykernel)),
    *(package_folder(lively) + ours for ours in ("serving/", "ui/validated.py")),
)
#: Helps all of them. What is installed may lie below it.
STANDARD_LIBRARY = package_folder(contextlib)
INSTALLED_FOLDERS = tuple(f"{sysconfig.get_path(name)}/" for name in ("purelib", "platlib"))


def is_on_message_path(file: str) -> bool:
    """Return whether a visitor's message passes this code, whatever an author has written."""
    return file.startswith(MESSAGE_PATH) or (
        file.startswith(STANDARD_LIBRARY) and not file.startswith(INSTALLED_FOLDERS)
    )


def is_refused_message(error: BaseException | None) -> bool:
    """Return whether an error is only that a widget does not take what a visitor has sent it.

    What anybody's code makes of it once it has been taken is another matter.
    """
    if error is None or isinstance(error, MemoryError):
        return False
    run = [frame.f_code.co_filename for frame, _ in traceback.walk_tb(error.__traceback__)]
    return all(map(is_on_message_path, run)) and any(
        file.startswith(IPYWIDGETS_FOLDER) for file in run
    )


class ErrorLogFilter(logging.Filter):
    """Lets the same fault be logged a few times only, and nothing at any length.

    Two faults are the same if they come from the same place. What a widget does not take is
    none: a visitor has sent it, and it is a line at DEBUG.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen: Counter[tuple[str, int, str, Any]] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether something is logged."""
        if record.levelno < logging.WARNING:
            return True
        error = record.exc_info[1] if record.exc_info else None
        if is_refused_message(error):
            record.levelno, record.levelname = logging.DEBUG, "DEBUG"
            record.msg, record.args = (
                f"A widget took no message: {error!r}"[:MAX_MESSAGE_LENGTH],
                (),
            )
            record.exc_info = record.exc_text = None
            return logging.getLogger(record.name).isEnabledFor(logging.DEBUG)
        places = [line for _, line in traceback.walk_tb(error.__traceback__ if error else None)]
        fault = record.pathname, record.lineno, type(error).__name__, sum(places[-1:])
        self._seen[fault] += 1
        if self._seen[fault] > MAX_REPEATS:
            return False
        record.msg, record.args = record.getMessage()[:MAX_MESSAGE_LENGTH], ()
        if error is not None:
            record.exc_text = "".join(traceback.format_exception(error))[
                -MAX_TRACEBACK_LENGTH:
            ].rstrip()
        return True


def limit_error_log() -> None:
    """Bound what this process logs, after it has been told what it is for."""
    log_to_server()
    faults = ErrorLogFilter()
    handlers = [*logging.root.handlers, *logger.handlers]
    for handler in handlers if logging.lastResort is None else [*handlers, logging.lastResort]:
        handler.addFilter(faults)
