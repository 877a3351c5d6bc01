"""What may come late: shown with the rest while it keeps up, else as soon as the hand rests."""

import asyncio
import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Generic, TypeVar

from lively.engine.background import BackgroundTask
from lively.ui.views import FigureView, View

Result = TypeVar("Result")

#: Seconds that the slow part of a result may take and still be shown with every move; also, how
#: long it works at a time before what it has done so far can be shown.
BUDGET = 0.025
#: Seconds without another move after which the hand is said to rest.
REST_SECONDS = 0.1
#: Seconds between two looks at the work.
YIELD_SECONDS = 0.002
#: Share of the work after which what can be shown before its end is shown again.
SHARE_STEP = 0.05


def running_loop() -> asyncio.AbstractEventLoop | None:
    """Return the event loop that calls this, or None where there is none."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


class Scheduler(Generic[Result]):
    """Shows results in views, those that take the slow part of a result last.

    The slow part is computed in a thread, so that no step of it, however long, keeps the page from
    answering. It is waited for no longer than a frame, and only if it was as quick the last time.
    Otherwise the views that need it are dimmed before anything else is shown.

    Parameters
    ----------
    views : sequence of View
        In the order in which they are shown.
    key : callable
        Result in; what its slow part depends on out.
    prepare : callable
        Computes the slow part of a result, or returns an iterator that does so step by step and
        gives the share that is done, from 0 to 1. It is called, and advanced, in a thread.
    guard : callable
        Returns a context that deals with what goes wrong when the hand rests.
    tell : callable
        Takes the share that is done while work goes on, and None when it is done.
    partial : callable
        Result in; whether what of its slow part is done so far can be shown already. No thread is
        at work while it is.
    """

    def __init__(
        self,
        views: Sequence[View[Result]],
        key: Callable[[Result], Hashable],
        prepare: Callable[[Result], Iterator[float] | None],
        guard: Callable[[], AbstractContextManager[None]],
        tell: Callable[[float | None], None],
        partial: Callable[[Result], bool] = lambda result: False,
    ) -> None:
        self._views, self._key, self._prepare = views, key, prepare
        self._guard, self._tell, self._partial = guard, tell, partial
        self._prepared: Hashable = None
        self._work = BackgroundTask(lambda: None)
        self._seconds = self._seen = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._wanted: Result | None = None

    def show(self, result: Result) -> None:
        """Show `result` in all views, now or, in the slow ones, at rest."""
        self._cancel()
        slow = self._slow(result)
        quick = [view for view in self._views if view not in slow]
        if slow and self._key(result) != self._prepared:
            self._begin(result)
            loop = running_loop()
            if loop is None:
                # Nobody moves anything where no messages arrive: in a script, say.
                self._work.finish()
            elif not self._keeps_up(result, quick):
                for view in slow:
                    view.dim(True)
                self._draw(result, quick)
                for view in slow:
                    view.sketch(result)
                self._timer = loop.call_later(REST_SECONDS, self._go_on, result)
                return
        self._draw(result, quick)
        self._finish(result)

    def finish(self) -> None:
        """Do the work in progress to its end, and show what it came to, before anything else."""
        if self._wanted is not None:
            self._cancel()
            self._work.finish()
            self._finish(self._wanted)

    def stop(self) -> None:
        """End the work in progress, and show what there is of it; it stays dimmed."""
        if self._wanted is None:
            return
        self._cancel()
        self._close()
        if self._partial(self._wanted) and self._work.wait(BUDGET):
            self._draw_slow(self._wanted)

    def resume(self) -> None:
        """Go on with the work that was stopped, where it can, from where it was."""
        if self._wanted is not None:
            self._begin(self._wanted)
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(YIELD_SECONDS, self._go_on, self._wanted)

    def _cancel(self) -> None:
        if self._timer:
            self._timer.cancel()

    def _begin(self, result: Result) -> None:
        self._close()
        self._work, self._wanted = BackgroundTask(lambda: self._prepare(result)), result
        self._seen = 0.0

    def _close(self) -> None:
        """Let go of the work. What was not done within a frame's time is not tried so again."""
        if self._work.started and not self._work.done:
            self._seconds = math.inf
        self._work.close()

    def _keeps_up(self, result: Result, quick: list[View[Result]]) -> bool:
        """Work for a frame's time, if that was enough the last time; say whether all is done.

        The pictures among the quick views are drawn before, and taken out of the list: they are
        what the eye follows. All that is to be read comes in one go, after it.
        """
        if self._seconds > BUDGET:
            return False
        for view in [view for view in quick if isinstance(view, FigureView)]:
            self._draw(result, [view])
            quick.remove(view)
        self._work.go(BUDGET)
        self._work.wait(BUDGET)
        self._work.check()
        return self._work.done

    def _slow(self, result: Result) -> list[View[Result]]:
        return [view for view in self._views if view.is_slow(result)]

    def _draw(self, result: Result, views: Iterable[View[Result]]) -> None:
        for view in views:
            view.draw(result)
            view.dim(False)

    def _draw_slow(self, result: Result) -> None:
        """Show what there is of the slow part; it stays dimmed."""
        for view in self._slow(result):
            view.draw(result)

    def _finish(self, result: Result) -> None:
        if self._slow(result) and (key := self._key(result)) != self._prepared:
            self._prepared, self._seconds = key, self._work.seconds
        self._work.close()
        self._wanted = None
        self._tell(None)
        self._draw_slow(result)
        for view in self._slow(result):
            view.dim(False)
        if loop := running_loop():
            self._timer = loop.call_later(REST_SECONDS, self._refine, result)

    def _refine(self, result: Result) -> None:
        with self._guard():
            for view in self._views:
                view.refine(result)

    def _go_on(self, result: Result) -> None:
        """Look at the work; show what it has come to, and let it go on."""
        # A timer, not a call at once, lets messages that have come in go first.
        again = asyncio.get_running_loop().call_later
        if not self._work.resting:
            self._timer = again(YIELD_SECONDS, self._go_on, result)
            return
        with self._guard():
            try:
                self._work.check()
            except Exception:
                self._wanted = None
                self._tell(None)
                raise
            if self._work.done:
                self._finish(result)
                return
            if self._work.started:
                self._tell(self._work.share)
            if self._work.share >= self._seen + SHARE_STEP and self._partial(result):
                self._seen = self._work.share
                self._draw_slow(result)
            self._work.go(BUDGET)
            self._timer = again(YIELD_SECONDS, self._go_on, result)
