"""Work that is done bit by bit, by whoever asks for it, and done once; or in a thread."""

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, wait
from threading import Lock, RLock, Thread
from typing import Generic, TypeVar

Done = TypeVar("Done")
#: A generator that gives the share that is done, from 0 to 1, and returns what it came to.
Progress = Generator[float, None, Done]

#: Seconds to wait for a thread at a time, so that other messages have their turn.
POLL_SECONDS = 0.005
#: Held while something is done aside.
thread_lock = Lock()


def subtask(bits: Progress[Done], start: float, end: float) -> Progress[Done]:
    """Do work that is a part of other work, from one share of it to another."""
    while True:
        try:
            share = next(bits)
        except StopIteration as stop:
            done: Done = stop.value
            return done
        yield start + (end - start) * share


class IncrementalTask(Generic[Done]):
    """Something that takes long, and can be gone on with by anybody.

    Parameters
    ----------
    begin : callable
        Returns the generator that does it. What fails is begun anew when it is next asked for.
    """

    def __init__(self, begin: Callable[[], Progress[Done]]) -> None:
        self._begin, self._bits = begin, begin()
        self._done: list[Done] = []
        # Whoever needs all of it now waits until a thread has done the bit that it is at.
        self._lock = RLock()

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return bool(self._done)

    def steps(self) -> Iterator[float]:
        """Go on; give the share that is done. Who stops listening does not end it for others."""
        while not self.done:
            with self._lock:
                try:
                    share = next(self._bits)
                except StopIteration as end:
                    # Somebody else may have done the last bit meanwhile.
                    if not self.done:
                        self._done.append(end.value)
                    return
                except Exception:
                    self._bits = self._begin()
                    raise
            yield share

    def finish(self) -> Done:
        """Do what is left, and return what it came to."""
        for _ in self.steps():
            pass
        return self._done[0]


def in_thread(task: Callable[[], Done]) -> Generator[None, None, Done]:
    """Do a task in a thread, for work that has no bits of its own; return what it came to.

    It is for compiled code, which leaves Python to others while it runs. A thread cannot be ended,
    so the task must come to an end by itself, also when nobody waits for it any more. Until then
    the next one has not begun: whoever moves a control would have dozens of them at work.
    """
    while not thread_lock.acquire(timeout=POLL_SECONDS):
        yield
    future: Future[Done] = Future()

    def run() -> None:
        try:
            future.set_result(task())
        except BaseException as error:
            future.set_exception(error)
        finally:
            thread_lock.release()

    try:
        Thread(target=run, name="aside", daemon=True).start()
    except BaseException:
        thread_lock.release()
        raise
    while not wait([future], POLL_SECONDS).done:
        yield
    return future.result()
