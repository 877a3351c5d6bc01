"""Work in a thread, a while at a time, so that whoever has it done can do other things."""

import os
from collections.abc import Callable, Generator, Iterator
from contextvars import copy_context
from queue import Empty, SimpleQueue
from threading import TIMEOUT_MAX, Event, Lock, Thread
from time import perf_counter

from lively.engine.parallel import joblib_context
from lively.visit import hooks

#: Seconds that the thread waits for more work: on a busy machine, one that is there is scheduled
#: at once, where a new one waits for its turn.
IDLE_SECONDS = 1.0
#: Held while anything is done: it may have parts in common with what was given up before it.
worker_lock = Lock()


class Worker:
    """One thread for all, which is there while there is work and a moment longer."""

    def __init__(self) -> None:
        self._tasks: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._changing = Lock()
        self._there = False
        os.register_at_fork(after_in_child=self._forget)

    def do(self, task: Callable[[], None]) -> None:
        """Have a task done after those that wait.

        Raises
        ------
        RuntimeError
            If the system has no more threads.
        """
        with self._changing:
            if not self._there:
                # What is forked for visitors must not have a thread.
                linger = 0.0 if hooks.building else IDLE_SECONDS
                Thread(target=self._work, args=(linger,), name="background", daemon=True).start()
                self._there = True
            self._tasks.put(task)

    def _work(self, linger: float) -> None:
        while True:
            try:
                task = self._tasks.get(timeout=linger)
            except Empty:
                with self._changing:
                    if self._tasks.empty():
                        self._there = False
                        return
            else:
                task()
                del task

    def _forget(self) -> None:
        self._tasks, self._changing, self._there = SimpleQueue(), Lock(), False


worker = Worker()


class BackgroundTask:
    """An iterator that is advanced in a thread.

    A single step may take as long as it likes: nobody waits for it but who asks for that. A thread
    cannot be ended, so what is given up ends after the step that it is at, and what comes next
    begins after that.

    Parameters
    ----------
    begin : callable
        Does the work, or returns an iterator that does it step by step and gives the share that is
        done, from 0 to 1. It is called in the thread.

    Attributes
    ----------
    share : float
        What is done so far.
    seconds : float
        That it has taken so far.
    done : bool
        Whether nothing is left to do.
    """

    def __init__(self, begin: Callable[[], Iterator[float] | None]) -> None:
        self._begin = begin
        self._steps: Iterator[float] | None = None
        self.share = self.seconds = 0.0
        self.done = self.started = False
        self._given_up = False
        self._error: BaseException | None = None
        self._resting = Event()
        self._resting.set()
        # What this thread has been told holds in the others too.
        self._context, self._told = copy_context(), joblib_context()

    @property
    def resting(self) -> bool:
        """Whether no thread is at work."""
        return self._resting.is_set()

    def go(self, seconds: float) -> None:
        """Let a thread work for so many seconds, and to the end of the step that it is at then."""
        self.started = True
        self._resting.clear()
        try:
            worker.do(lambda: self._run(seconds))
        except RuntimeError:
            self._run(seconds)

    def wait(self, seconds: float = TIMEOUT_MAX) -> bool:
        """Wait at most so many seconds until no thread is at work; return whether that came."""
        return self._resting.wait(min(seconds, TIMEOUT_MAX))

    def finish(self) -> None:
        """Do all that is left here and now.

        Raises
        ------
        Exception
            What went wrong in it.
        """
        self.wait()
        self._resting.clear()
        self._run(float("inf"))
        self.check()

    def check(self) -> None:
        """Raise what went wrong in the thread, if anything did."""
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """Give up: let go of the work, and of what other processes do for it."""
        self._given_up = True
        if self.resting:
            self._end()

    def _run(self, seconds: float) -> None:
        try:
            with worker_lock:
                started = perf_counter()
                try:
                    with self._told():
                        self._context.run(self._advance, started + seconds)
                finally:
                    self.seconds += perf_counter() - started
                    if self._given_up or self.done:
                        self._context.run(self._end)
        except BaseException as error:
            self._error, self.done = error, True
        finally:
            self._resting.set()

    def _advance(self, until: float) -> None:
        if self._given_up or self.done:
            return
        if self._steps is None:
            self._steps = iter(self._begin() or ())
        for share in self._steps:
            self.share = share
            if self._given_up or perf_counter() > until:
                return
        self.done = True

    def _end(self) -> None:
        if isinstance(self._steps, Generator):
            self._steps.close()
