"""Steps of a computation in a background thread, for a limited time."""

import os
from collections.abc import Callable, Generator, Iterator
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import TIMEOUT_MAX, Event, Lock, Thread
from time import perf_counter

from lively.engine.parallel import joblib_context
from lively.visit import hooks

#: Seconds that the thread waits for more work. On a busy machine an existing thread is scheduled at
#: once, where a new one would have to wait.
IDLE_SECONDS = 1.0
#: Held while a task runs: it may share objects with an abandoned one, whose step has not ended.
worker_lock = Lock()


class Worker:
    """One thread for all tasks, which ends when there has been none for `IDLE_SECONDS`."""

    def __init__(self) -> None:
        self._tasks: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._changing = Lock()
        self._running = False
        os.register_at_fork(after_in_child=self._forget)

    def do(self, task: Callable[[], None]) -> None:
        """Run a task after those that are waiting.

        Raises
        ------
        RuntimeError
            If the system starts no more threads.
        """
        with self._changing:
            if not self._running:
                # A process that is about to be forked must not have a thread.
                idle = 0.0 if hooks.building else IDLE_SECONDS
                Thread(target=self._work, args=(idle,), name="background", daemon=True).start()
                self._running = True
            self._tasks.put(task)

    def _work(self, idle: float) -> None:
        while True:
            try:
                task = self._tasks.get(timeout=idle)
            except Empty:
                with self._changing:
                    if self._tasks.empty():
                        self._running = False
                        return
            else:
                task()
                del task

    def _forget(self) -> None:
        self._tasks, self._changing, self._running = SimpleQueue(), Lock(), False


worker = Worker()


class BackgroundTask:
    """An iterator that is advanced in a background thread.

    A single step may take long without blocking the caller. A thread cannot be stopped, so a task
    that is closed ends after its present step, and the next task begins after that.

    Parameters
    ----------
    begin : callable
        Does the work, or returns an iterator that does it in steps and yields the share that is
        done, from 0 to 1. It is called in the thread.

    Attributes
    ----------
    share : float
        The share that is done.
    seconds : float
        Time spent so far.
    done : bool
        Whether nothing is left to do.
    """

    def __init__(self, begin: Callable[[], Iterator[float] | None]) -> None:
        self._begin = begin
        self._steps: Iterator[float] | None = None
        self.share = self.seconds = 0.0
        self.done = self.started = False
        self._closed = False
        self._error: BaseException | None = None
        self._resting = Event()
        self._resting.set()
        # The thread takes over the context variables and the joblib configuration.
        self._context, self._joblib = copy_context(), joblib_context()

    @property
    def resting(self) -> bool:
        """Whether no thread is working on it."""
        return self._resting.is_set()

    def go(self, seconds: float) -> None:
        """Let a thread work for `seconds`, and to the end of its step."""
        self.started = True
        self._resting.clear()
        try:
            worker.do(lambda: self._run(seconds))
        except RuntimeError:
            self._run(seconds)

    def wait(self, seconds: float = TIMEOUT_MAX) -> bool:
        """Wait at most `seconds` until no thread is working on it; return whether that is so."""
        return self._resting.wait(min(seconds, TIMEOUT_MAX))

    def finish(self) -> None:
        """Do all that is left, in the calling thread.

        Raises
        ------
        Exception
            The error of a step.
        """
        self.wait()
        self._resting.clear()
        self._run(float("inf"))
        self.check()

    def check(self) -> None:
        """Raise the error that ended the work, if there was one."""
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Abandon the work, and what other processes do for it."""
        self._closed = True
        if self.resting:
            self._end()

    def _run(self, seconds: float) -> None:
        try:
            with worker_lock:
                started = perf_counter()
                try:
                    with self._joblib():
                        self._context.run(self._advance, started + seconds)
                finally:
                    self.seconds += perf_counter() - started
                    if self._closed or self.done:
                        self._context.run(self._end)
        except BaseException as error:
            self._error, self.done = error, True
        finally:
            self._resting.set()

    def _advance(self, until: float) -> None:
        if self._closed or self.done:
            return
        if self._steps is None:
            self._steps = iter(self._begin() or ())
        for share in self._steps:
            self.share = share
            if self._closed or perf_counter() > until:
                return
        self.done = True

    def _end(self) -> None:
        if isinstance(self._steps, Generator):
            self._steps.close()
