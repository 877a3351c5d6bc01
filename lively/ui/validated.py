"""Widgets that do not take everything from the browser."""

import logging
from collections.abc import Callable
from typing import Any

from traitlets import TraitError

logger = logging.getLogger("lively")

#: What the browser changes of a control.
ALLOWED_TRAITS = {"value", "index"}
#: Characters of what is said of a refused value, which may be any size itself.
MOST_TEXT = 300


def log_refused(widget: Any, names: Any) -> None:
    """Take note of what no script of a page sends; there is nobody to tell."""
    logger.debug("%s takes no %s.", type(widget).__name__, ", ".join(names)[:MOST_TEXT])


class ValidatedWidget:
    """A widget that takes its value from the browser, or its index, and nothing else.

    A value that it must not have is refused with a sentence, instead of raising.
    """

    refused: Callable[[str], None]

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take the browser's state; what does not fit is said and dropped."""
        wanted = {name: sync_data[name] for name in sync_data if name in ALLOWED_TRAITS}
        if len(wanted) < len(sync_data):
            log_refused(self, sync_data.keys() - ALLOWED_TRAITS)
        if not wanted:
            return
        try:
            super().set_state(wanted)  # type: ignore[misc]
        except (TraitError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            self.refused(str(error)[:MOST_TEXT])
            self.send_state()  # type: ignore[attr-defined]


def close_to_browser(*widgets: Any) -> None:
    """Let widgets, and all that they are made of, take no state from the browser.

    Checked ones are left as they are. Clicks and other messages that are no state still arrive.

    Parameters
    ----------
    *widgets : Widget
    """
    seen, left = set(), list(widgets)
    while left:
        widget = left.pop()
        if widget.model_id in seen:
            continue
        seen.add(widget.model_id)
        if not isinstance(widget, ValidatedWidget):
            widget.set_state = lambda sync_data, widget=widget: log_refused(widget, sync_data)
        for name in widget.keys:
            value = getattr(widget, name)
            parts = value if isinstance(value, list | tuple) else [value]
            left += [part for part in parts if hasattr(part, "set_state")]
