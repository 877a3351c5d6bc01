"""What may come late: shown with the rest while it keeps up, else as soon as the hand rests."""

import asyncio
import math
from collections.abc import Callable, Generator, Hashable, Iterator, Sequence
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
#: Share of the work after which what can be shown before its end is shown again.
SHARE = 0.05


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
    partial : callable
        Result in; whether what of its slow part is done so far can be shown already.
    """

    def __init__(
        self,
        views: Sequence[View[Result]],
        key: Callable[[Result], Hashable],
        prepare: Callable[[Result], Iterator[float]],
        guard: Callable[[], AbstractContextManager[None]],
        tell: Callable[[float | None], None],
        partial: Callable[[Result], bool] = lambda result: False,
    ) -> None:
        self._views, self._key, self._prepare = views, key, prepare
        self._guard, self._tell, self._partial = guard, tell, partial
        self._prepared: Hashable = None
        self._work: Iterator[float] = iter(())
        self._spent = self._seconds = self._seen = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._wanted: Result | None = None

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
        self._begin(result)
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

    def stop(self) -> None:
        """End the work in progress, and show what there is of it; it stays dimmed."""
        if self._wanted is None:
            return
        if self._timer:
            self._timer.cancel()
        self._close()
        if self._partial(self._wanted):
            self._show_slow(self._wanted)

    def resume(self) -> None:
        """Go on with the work that was stopped, where it can, from where it was."""
        if self._wanted is not None:
            self._begin(self._wanted)
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(TURN, self._go_on, self._wanted)

    def _begin(self, result: Result) -> None:
        self._close()
        self._work, self._wanted = self._prepare(result), result
        self._spent = self._seen = 0.0

    def _close(self) -> None:
        """Let go of the work, and of what other processes do for it."""
        if isinstance(self._work, Generator):
            self._work.close()
        self._work = iter(())

    def _show_slow(self, result: Result) -> None:
        for view in self._views:
            if view.is_slow(result):
                view.draw(result)

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
        self._close()
        self._wanted = None
        self._tell(None)
        self._show_slow(result)
        for view in slow:
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
                if share >= self._seen + SHARE and self._partial(result):
                    self._seen = share
                    self._show_slow(result)
                # A timer, not a call at once, lets messages that have come in go first.
                loop = asyncio.get_running_loop()
                self._timer = loop.call_later(TURN, self._go_on, result)
