"""Widgets that do not take everything from the browser."""

from collections.abc import Callable
from typing import Any

from traitlets import TraitError


class Checked:
    """A widget that refuses, instead of raising, what the browser must not send."""

    refused: Callable[[str], None]

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take the browser's state; what does not fit is said and dropped."""
        try:
            super().set_state(sync_data)  # type: ignore[misc]
        except (TraitError, TypeError, ValueError) as error:
            self.refused(str(error))
            self.send_state()  # type: ignore[attr-defined]
