"""What a visit writes to the server's log: a bounded part of what a visitor can have it write."""

import logging
import traceback
from collections import Counter

from traitlets import TraitError

logger = logging.getLogger("lively")

#: Times that the same fault is logged, and characters of a message and of a traceback.
MOST, LONGEST, DEEPEST = 10, 1000, 8000


class Faults(logging.Filter):
    """Lets the same fault be logged a few times only, and nothing at any length.

    Two faults are the same if they come from the same place. Values that a widget does not take
    are none: a visitor has sent them.
    """

    def __init__(self) -> None:
        super().__init__()
        self._seen: Counter[tuple[str, int, str, int]] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether something is logged."""
        if record.levelno < logging.WARNING:
            return True
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, TraitError):
            return False
        places = [line for _, line in traceback.walk_tb(error.__traceback__ if error else None)]
        fault = record.pathname, record.lineno, type(error).__name__, sum(places[-1:])
        self._seen[fault] += 1
        if self._seen[fault] > MOST:
            return False
        record.msg, record.args = record.getMessage()[:LONGEST], ()
        if error is not None:
            record.exc_text = "".join(traceback.format_exception(error))[-DEEPEST:]
        return True


def bound() -> None:
    """Bound what this process logs."""
    faults = Faults()
    handlers = [*logging.root.handlers, *logger.handlers]
    for handler in handlers if logging.lastResort is None else [*handlers, logging.lastResort]:
        handler.addFilter(faults)
