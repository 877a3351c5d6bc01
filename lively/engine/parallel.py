"""Many tasks of one kind, done by whatever joblib has been told to do them with.

It has been told nothing by default; then they are done here, one after the other and bit by bit,
whenever the next bit is asked for. After ``joblib.parallel_config(n_jobs=-1)`` all cores do them,
after ``joblib.parallel_config(backend="dask")`` the Dask cluster that a client has been made for.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import takewhile
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, TypeVar

from joblib import Parallel, delayed, effective_n_jobs, parallel_config
from joblib.parallel import get_active_backend

Task = TypeVar("Task")
Done = TypeVar("Done")
#: A task is done by a generator that stops after every bit, and returns what it came to.
IncrementalFunction = Callable[[Task], Generator[Any, None, Done]]

#: Seconds to wait for a result at a time, so that other messages have their turn.
POLL_SECONDS = 0.005


def joblib_context() -> Callable[[], AbstractContextManager[Any]]:
    """Return what tells another thread the same of joblib as this one has been told."""
    backend, jobs = get_active_backend()
    return lambda: parallel_config(backend=backend, n_jobs=jobs)


def run_to_end(steps: IncrementalFunction[Task, Done], task: Task) -> Done:
    """Do a task in one go."""
    work = steps(task)
    while True:
        try:
            next(work)
        except StopIteration as end:
            done: Done = end.value
            return done


def map_incremental(
    steps: IncrementalFunction[Task, Done], tasks: Iterable[Task]
) -> Iterator[Done | None]:
    """Yield what every task comes to, in the tasks' order, and None whenever somebody may go first.

    Closing the iterator ends the sweep: what other processes are at is finished and thrown away,
    and nothing more is begun.

    Parameters
    ----------
    steps : callable
        Takes a task and returns its generator. Of a module, so that other processes can import it.
        What it comes to is not None, and depends on the task only.
    tasks : iterable
    """
    if effective_n_jobs(None) > 1:
        yield from _elsewhere(steps, tasks)
        return
    for task in tasks:
        work = steps(task)
        while True:
            try:
                next(work)
            except StopIteration as end:
                yield end.value
                break
            yield None


def _elsewhere(
    steps: IncrementalFunction[Task, Done], tasks: Iterable[Task]
) -> Iterator[Done | None]:
    stopped = Event()
    wanted = takewhile(lambda task: not stopped.is_set(), tasks)
    # Made in this thread, for it is this thread that joblib has been told something.
    parallel = Parallel(return_as="generator")
    results: SimpleQueue[Done | BaseException | None] = SimpleQueue()

    def collect() -> None:
        try:
            for done in parallel(delayed(run_to_end)(steps, task) for task in wanted):
                results.put(done)
            results.put(None)
        except BaseException as error:
            results.put(error)

    # To ask joblib for a result is to wait for it, so a thread does that.
    Thread(target=collect, name="sweep", daemon=True).start()
    try:
        while True:
            try:
                done = results.get(timeout=POLL_SECONDS)
            except Empty:
                yield None
                continue
            if done is None:
                return
            if isinstance(done, BaseException):
                raise done
            yield done
    finally:
        stopped.set()
