"""What may come late: shown with the rest while it keeps up, else as soon as the hand rests."""

import asyncio
import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from time import perf_counter
from typing import Generic, TypeVar

from lively.views import View

Result = TypeVar("Result")

#: Seconds that the slow part of a result may take and still be shown with every move; also, how
#: long it works at a time before it lets the page's other messages have their turn.
BUDGET = 0.025
#: Seconds without another move after which the hand is said to rest.
REST = 0.1
#: Seconds between two bits of work.
TURN = 0.002


class Late(Generic[Result]):
    """Shows results in views, those that take the slow part of a result last.

    Parameters
    ----------
    views : sequence of View
        In the order in which they are shown.
    key : callable
        Result in; what its slow part depends on out.
    prepare : callable
        Returns an iterator that computes the slow part of a result bit by bit, and gives the share
        that is done, from 0 to 1.
    guard : callable
        Returns a context that deals with what goes wrong when the hand rests.
    tell : callable
        Takes the share that is done while work goes on, and None when it is done.
    """

    def __init__(
        self,
        views: Sequence[View[Result]],
        key: Callable[[Result], Hashable],
        prepare: Callable[[Result], Iterator[float]],
        guard: Callable[[], AbstractContextManager[None]],
        tell: Callable[[float | None], None],
    ) -> None:
        self._views, self._key, self._prepare = views, key, prepare
        self._guard, self._tell = guard, tell
        self._prepared: Hashable = None
        self._work: Iterator[float] = iter(())
        self._spent = self._seconds = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def show(self, result: Result) -> None:
        """Show `result` in all views, now or, in the slow ones, at rest."""
        if self._timer:
            self._timer.cancel()
        slow = [view for view in self._views if view.is_slow(result)]
        for view in self._views:
            if view not in slow:
                view.draw(result)
                view.dim(False)
        if not slow or self._key(result) == self._prepared:
            self._finish(result)
            return
        self._work, self._spent = self._prepare(result), 0.0
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            # Nobody moves anything where no messages arrive: in a script, say.
            self._advance(math.inf)
            self._finish(result)
            return
        if self._seconds <= BUDGET and self._advance(BUDGET) is None:
            self._finish(result)
            return
        for view in slow:
            view.sketch(result)
            view.dim(True)
        self._timer = loop.call_later(REST, self._go_on, result)

    def _advance(self, budget: float) -> float | None:
        """Work for so many seconds; return the share that is done, or None when all is."""
        started = perf_counter()
        try:
            for share in self._work:
                if perf_counter() - started > budget:
                    return share
            return None
        finally:
            self._spent += perf_counter() - started

    def _finish(self, result: Result) -> None:
        slow = [view for view in self._views if view.is_slow(result)]
        if slow and (key := self._key(result)) != self._prepared:
            self._prepared, self._seconds = key, self._spent
        self._tell(None)
        for view in slow:
            view.draw(result)
            view.dim(False)
        with suppress(RuntimeError):
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(REST, self._refine, result)

    def _refine(self, result: Result) -> None:
        with self._guard():
            for view in self._views:
                view.refine(result)

    def _go_on(self, result: Result) -> None:
        with self._guard():
            share = self._advance(BUDGET)
            if share is None:
                self._finish(result)
            else:
                self._tell(share)
                # A timer, not a call at once, lets messages that have come in go first.
                loop = asyncio.get_running_loop()
                self._timer = loop.call_later(TURN, self._go_on, result)
