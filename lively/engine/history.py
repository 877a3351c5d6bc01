"""What was shown before: undo and redo as a list of values."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")

#: Changes of the same setting within this time are merged, so that a drag of a slider is undone in
#: one step.
MERGE_SECONDS = 1.0
MOST_VALUES = 200


class History(Generic[Value]):
    """Values in the order in which they were shown, and the position of the present one.

    Parameters
    ----------
    value : Value
        The first one.
    clock : callable
        Returns monotonic seconds.
    """

    def __init__(self, value: Value, clock: Callable[[], float] = time.monotonic) -> None:
        self._values, self._at = [value], 0
        self._clock, self._last = clock, ("", -MERGE_SECONDS)

    @property
    def now(self) -> Value:
        """The value that is shown."""
        return self._values[self._at]

    def can_move(self, by: int) -> bool:
        """Whether there is a value `by` steps on; steps back are negative."""
        return 0 <= self._at + by < len(self._values)

    def peek(self, by: int) -> Value:
        """Return the value `by` steps on."""
        if not self.can_move(by):
            raise IndexError(f"by must lead to a value of the history. Got {by} instead.")
        return self._values[self._at + by]

    def move(self, by: int) -> None:
        """Move `by` steps on."""
        self.peek(by)
        self._at += by
        self._last = ("", -MERGE_SECONDS)

    def add(self, value: Value, what: str = "") -> None:
        """Add a value after the present one; later ones are dropped.

        Parameters
        ----------
        value : Value
        what : str
            Name of what was changed; quick changes of the same setting are merged.
        """
        time_now = self._clock()
        name, then = self._last
        merges = bool(what) and what == name and time_now - then < MERGE_SECONDS
        start = self._at if merges else self._at + 1
        self._values[start:] = [value]
        self._values = self._values[-MOST_VALUES:]
        self._at = len(self._values) - 1
        self._last = (what, time_now)
