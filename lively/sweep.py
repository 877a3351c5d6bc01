"""Many tasks of one kind, done by whatever joblib has been told to do them with.

It has been told nothing by default; then they are done here, one after the other, each when its
result is asked for. After ``joblib.parallel_config(n_jobs=-1)`` all cores do them, after
``joblib.parallel_config(backend="dask")`` the Dask cluster that a client has been made for.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TypeVar

from joblib import Parallel, delayed, effective_n_jobs

Task = TypeVar("Task")
Done = TypeVar("Done")

#: Seconds to wait for a result at a time, so that other messages have their turn.
PATIENCE = 0.005


def sweep(function: Callable[[Task], Done], tasks: Iterable[Task]) -> Iterator[Done | None]:
    """Yield ``function(task)`` for every task, in the tasks' order, and None while one is awaited.

    Closing the iterator ends the sweep: what other processes are at is finished and thrown away,
    and nothing more is begun.

    Parameters
    ----------
    function : callable
        Of a module, so that other processes can import it. Returns something else than None, which
        depends on the task only.
    tasks : iterable
    """
    stopped = Event()
    wanted = takewhile(lambda task: not stopped.is_set(), tasks)
    # Made in this thread, for it is this thread that joblib has been told something.
    parallel = Parallel(return_as="generator")
    work = (delayed(function)(task) for task in wanted)
    if effective_n_jobs(None) == 1:
        yield from parallel(work)
        return
    results: SimpleQueue[Done | BaseException | None] = SimpleQueue()

    def collect() -> None:
        try:
            for done in parallel(work):
                results.put(done)
            results.put(None)
        except BaseException as error:
            results.put(error)

    # To ask joblib for a result is to wait for it, so a thread does that.
    Thread(target=collect, name="sweep", daemon=True).start()
    try:
        while True:
            try:
                done = results.get(timeout=PATIENCE)
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
