"""What may come late: shown with the rest while it keeps up, else as soon as the hand rests."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from contextlib import AbstractContextManager
from time import perf_counter
from typing import Generic, TypeVar

from lively.views import View

Result = TypeVar("Result")

#: Seconds that the slow part of a result may take and still be shown with every move.
BUDGET = 0.025
#: Seconds without another move after which the hand is said to rest.
REST = 0.1


class Late(Generic[Result]):
    """Shows results in views, those that take the slow part of a result last.

    Parameters
    ----------
    views : sequence of View
        In the order in which they are shown.
    key : callable
        Result in; what its slow part depends on out.
    prepare : callable
        Computes the slow part of a result.
    guard : callable
        Returns a context that deals with what goes wrong when the hand rests.
    """

    def __init__(
        self,
        views: Sequence[View[Result]],
        key: Callable[[Result], Hashable],
        prepare: Callable[[Result], object],
        guard: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._views, self._key, self._prepare, self._guard = views, key, prepare, guard
        self._prepared: Hashable = None
        self._seconds = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def show(self, result: Result) -> None:
        """Show `result` in all views, now or, in the slow ones, at rest."""
        if self._timer:
            self._timer.cancel()
        for view in self._views:
            if not view.is_slow(result):
                view.draw(result)
                view.dim(False)
        if self._keeps_up(result):
            self._finish(result)
            return
        for view in self._views:
            view.dim(view.is_slow(result))
        self._timer = asyncio.get_running_loop().call_later(REST, self._catch_up, result)

    def _keeps_up(self, result: Result) -> bool:
        """Say whether the slow part is there already, or was quick the last time."""
        if self._seconds <= BUDGET or self._key(result) == self._prepared:
            return True
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            # Nobody moves anything where no messages arrive: in a script, say.
            return True
        return False

    def _finish(self, result: Result) -> None:
        slow = [view for view in self._views if view.is_slow(result)]
        if slow and (key := self._key(result)) != self._prepared:
            started = perf_counter()
            self._prepare(result)
            self._prepared, self._seconds = key, perf_counter() - started
        for view in slow:
            view.draw(result)
            view.dim(False)

    def _catch_up(self, result: Result) -> None:
        with self._guard():
            self._finish(result)
