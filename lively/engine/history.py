"""What was shown before: undo and redo as a list of values."""

import time
from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")

#: A change of the same setting within so many seconds continues the one before: a drag of a slider
#: is one step back.
MERGE_SECONDS = 1.0
MOST_VALUES = 200


class History(Generic[Value]):
    """Values in the order in which they were shown, and where we are.

    Parameters
    ----------
    value : Value
        The first one.
    clock : callable
        Seconds that only grow.
    """

    def __init__(self, value: Value, clock: Callable[[], float] = time.monotonic) -> None:
        self._values, self._at = [value], 0
        self._clock, self._last = clock, ("", -MERGE_SECONDS)

    @property
    def now(self) -> Value:
        """The value that is shown."""
        return self._values[self._at]

    def can_move(self, by: int) -> bool:
        """Whether there is a value so many steps on; steps back are negative."""
        return 0 <= self._at + by < len(self._values)

    def peek(self, by: int) -> Value:
        """Return the value so many steps on."""
        if not self.can_move(by):
            raise IndexError(f"by must lead to a value of the history. Got {by} instead.")
        return self._values[self._at + by]

    def move(self, by: int) -> None:
        """Go so many steps on."""
        self.peek(by)
        self._at += by
        self._last = ("", -MERGE_SECONDS)

    def add(self, value: Value, what: str = "") -> None:
        """Add a value after the present one; whatever came later is forgotten.

        Parameters
        ----------
        value : Value
        what : str
            What was changed; quick changes of the same are one.
        """
        time_now = self._clock()
        name, then = self._last
        goes_on = bool(what) and what == name and time_now - then < MERGE_SECONDS
        self._values[self._at + (not goes_on) :] = [value]
        self._values = self._values[-MOST_VALUES:]
        self._at = len(self._values) - 1
        self._last = (what, time_now)
