"""Many tasks of one kind, one after the other, or on joblib's active backend.

By default they run in this thread, step by step. After ``joblib.parallel_config(n_jobs=-1)`` they
run on all cores, after ``joblib.parallel_config(backend="dask")`` on the cluster of a Dask client.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from itertools import takewhile
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, TypeVar

from joblib import Parallel, delayed, effective_n_jobs, parallel_config
from joblib.parallel import get_active_backend

from lively.engine.incremental import POLL_SECONDS, IncrementalTask, Progress, subtask

Task = TypeVar("Task")
Done = TypeVar("Done")


def joblib_context() -> Callable[[], AbstractContextManager[Any]]:
    """Return a context that gives another thread the joblib configuration of this one."""
    backend, jobs = get_active_backend()
    return lambda: parallel_config(backend=backend, n_jobs=jobs)


def map_incremental(
    steps: Callable[[Task], Progress[Done]],
    tasks: Sequence[Task],
    collect: Callable[[Done], None],
) -> Progress[None]:
    """Run all tasks, and hand over each result in the order of the tasks.

    Closing the generator starts nothing more; what other processes are computing is discarded.

    Parameters
    ----------
    steps : callable
        Takes a task and returns its generator. A function of a module, or a `partial` of one, so
        that other processes can import it. The result depends on the task only.
    tasks : sequence
    collect : callable
        Takes the result of a task.
    """
    count = len(tasks)
    if effective_n_jobs(None) > 1:
        yield from _map_on_backend(steps, tasks, count, collect)
        return
    for place, task in enumerate(tasks):
        collect((yield from subtask(steps(task), place / count, (place + 1) / count)))
        yield (place + 1) / count


def _run(steps: Callable[[Task], Progress[Done]], task: Task) -> Done:
    return IncrementalTask(lambda: steps(task)).finish()


def _map_on_backend(
    steps: Callable[[Task], Progress[Done]],
    tasks: Iterable[Task],
    count: int,
    collect: Callable[[Done], None],
) -> Progress[None]:
    stopped = Event()
    wanted = takewhile(lambda task: not stopped.is_set(), tasks)
    # Made in this thread, whose joblib configuration is meant.
    parallel = Parallel(return_as="generator")
    results: SimpleQueue[tuple[Done] | BaseException] = SimpleQueue()

    def receive() -> None:
        try:
            for done in parallel(delayed(_run)(steps, task) for task in wanted):
                results.put((done,))
        except BaseException as error:
            results.put(error)

    # joblib blocks until a result is there, so a thread waits for it.
    Thread(target=receive, name="parallel", daemon=True).start()
    collected = 0
    try:
        while collected < count:
            try:
                result = results.get(timeout=POLL_SECONDS)
            except Empty:
                yield collected / count
                continue
            if isinstance(result, BaseException):
                raise result
            collect(*result)
            collected += 1
            yield collected / count
    finally:
        stopped.set()
