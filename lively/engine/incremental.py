"""Long computations in steps that anyone may advance; each step is done once."""

from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import Future, wait
from threading import Lock, RLock, Thread
from typing import Any, Generic, TypeVar

Done = TypeVar("Done")
#: A generator that yields the share that is done, from 0 to 1, and returns the result.
Progress = Generator[float, None, Done]

#: Seconds to wait for a thread at a time, so that other messages have their turn.
POLL_SECONDS = 0.005
#: Held while a task runs in a thread of its own.
thread_lock = Lock()


def subtask(progress: Progress[Done], start: float, end: float) -> Progress[Done]:
    """Run a part of a longer computation, which takes that from one share to another."""
    while True:
        try:
            share = next(progress)
        except StopIteration as stop:
            done: Done = stop.value
            return done
        yield start + (end - start) * share


class IncrementalTask(Generic[Done]):
    """A long computation that is shared by all who need its result.

    A subclass may store what it has computed so far, for figures that are drawn meanwhile.

    Parameters
    ----------
    begin : callable
        Returns the generator that computes the result. After an error it is called again.
    resumes : bool
        Whether `begin` continues from what is stored. Then the generator is closed when its
        listener leaves, so that other processes do not go on for nobody.
    """

    def __init__(self, begin: Callable[[], Progress[Done]], resumes: bool = False) -> None:
        self._begin, self._progress, self._resumes = begin, begin(), resumes
        self._result: list[Done] = []
        # Whoever needs the result now waits until a thread has finished the present step.
        self._lock = RLock()

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return bool(self._result)

    def steps(self) -> Iterator[float]:
        """Advance the computation; yield the share that is done.

        A listener that stops does not end the computation for others.
        """
        try:
            while not self.done:
                with self._lock:
                    try:
                        share = next(self._progress)
                    except StopIteration as end:
                        # Another listener may have taken the last step meanwhile.
                        if not self.done:
                            self._result.append(end.value)
                        return
                    except Exception:
                        self._progress = self._begin()
                        raise
                yield share
        finally:
            if self._resumes and not self.done:
                with self._lock:
                    self._progress.close()
                    self._progress = self._begin()

    def finish(self) -> Done:
        """Take all steps that are left, and return the result."""
        for _ in self.steps():
            pass
        return self._result[0]


def steps_in_turn(durations: Mapping[IncrementalTask[Any], float]) -> Iterator[float]:
    """Advance one task after the other; yield the share of all of them that is done.

    Parameters
    ----------
    durations : mapping of IncrementalTask to float
        How long each takes, in any unit.
    """
    start, total = 0.0, sum(durations.values())
    for task, duration in durations.items():
        for share in task.steps():
            yield (start + share * duration) / total
        start += duration


def in_thread(task: Callable[[], Done], share: Callable[[], float] = lambda: 0.0) -> Progress[Done]:
    """Run a task that has no steps in a thread; return its result.

    For compiled code, which releases the interpreter while it runs. A thread cannot be stopped, so
    the task must end by itself, also when nobody waits for it any more. The next task waits until
    then: otherwise a control that is dragged would start dozens of them.

    Parameters
    ----------
    task : callable
    share : callable
        Returns the share of the task that is done, as far as it is known.
    """
    while not thread_lock.acquire(timeout=POLL_SECONDS):
        yield 0.0
    future: Future[Done] = Future()

    def run() -> None:
        try:
            future.set_result(task())
        except BaseException as error:
            future.set_exception(error)
        finally:
            thread_lock.release()

    try:
        Thread(target=run, name="incremental", daemon=True).start()
    except BaseException:
        thread_lock.release()
        raise
    while not wait([future], POLL_SECONDS).done:
        yield share()
    return future.result()
