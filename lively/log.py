"""Lines in the server's log: all of this package have one form, and say of which page they are."""

import logging
import os
import sys

#: Variables of a process: of which page it is, and how much is logged.
PAGE, LEVEL = "LIVELY_PAGE", "LIVELY_LOG_LEVEL"

logger = logging.getLogger("lively")


class Form(logging.Formatter):
    """A line's beginning is what an operator looks for: `[lively] ERROR page.ipynb: …`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and the traceback if there is one."""
        page = os.environ.get(PAGE)
        named = f"{page}: " if page else ""
        return f"[lively] {record.levelname} {named}{super().format(record)}"


def log_to_server() -> None:
    """Send what this package logs to the server's log.

    A kernel's `sys.stderr` goes to the notebook, which a served page shows to nobody; the stream
    that the process was started with ends in the server's log. The server says how much it logs.
    """
    if level := os.environ.get(LEVEL):
        logger.setLevel(int(level))
    if sys.__stderr__ is None or any(isinstance(h.formatter, Form) for h in logger.handlers):
        return
    handler = logging.StreamHandler(sys.__stderr__)
    handler.setFormatter(Form())
    logger.addHandler(handler)
