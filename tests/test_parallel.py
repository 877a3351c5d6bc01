"""Many tasks: the same results on every backend, step by step, and stopped when nobody listens."""

import threading
import time

import joblib
import numpy as np
import pytest
from joblib.externals.loky import get_reusable_executor

from lively.engine.incremental import POLL_SECONDS, IncrementalTask
from lively.engine.parallel import map_incremental
from lively.pages.model_selection.candidates import CandidateFamily
from lively.pages.model_selection.selection_frequency import (
    SelectionFrequency,
    selection_frequency,
    simulate_selection,
)
from lively.pages.model_selection.settings import SelectionDataSettings

DATA = SelectionDataSettings()


def square(task):
    """A task of two steps."""
    yield 0.5
    yield 1.0
    return task**2


def slowly(task):
    yield 0.5
    time.sleep(0.05)
    return task


def broken(task):
    yield 0.5
    raise ArithmeticError(f"task {task}")


def results(steps, tasks):
    collected = []
    shares = list(map_incremental(steps, tasks, collected.append))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    return collected


def test_by_default_tasks_run_in_this_thread_step_by_step():
    begun, collected = [], []

    def steps(task):
        begun.append((task, threading.current_thread()))
        yield 0.5
        return task

    progress = map_incremental(steps, range(100), collected.append)
    assert next(progress) == 0.005
    assert collected == []
    assert next(progress) == 0.01
    assert collected == [0]
    assert begun == [(0, threading.current_thread())]
    progress.close()
    assert len(begun) == 1
    assert results(square, range(5)) == [0, 1, 4, 9, 16]


def test_threads_do_the_same_in_the_same_order():
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert results(square, range(50)) == [task**2 for task in range(50)]


def test_somebody_else_may_go_first_while_a_result_is_awaited():
    with joblib.parallel_config(backend="threading", n_jobs=2):
        began = time.monotonic()
        waits, collected = [], []
        for _ in map_incremental(slowly, range(4), collected.append):
            waits.append(time.monotonic() - began)
            began = time.monotonic()
    assert collected == [0, 1, 2, 3]
    assert len(waits) > 4 + 4
    assert np.median(waits) < 4 * POLL_SECONDS


def test_closing_starts_nothing_more():
    begun, collected = [], []

    def noted(task):
        begun.append(task)
        yield 0.5
        time.sleep(0.01)
        return task

    with joblib.parallel_config(backend="threading", n_jobs=2):
        task = IncrementalTask(
            lambda: map_incremental(noted, range(10_000), collected.append), resumes=True
        )
        listener = task.steps()
        while not collected:
            next(listener)
        listener.close()
        time.sleep(0.3)
        count = len(begun)
        time.sleep(0.3)
    assert len(begun) == count < 1000


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_goes_wrong_in_a_task_is_raised(jobs):
    with (
        joblib.parallel_config(backend="threading", n_jobs=jobs),
        pytest.raises(ArithmeticError, match="task 3"),
    ):
        results(broken, [3])


def few(monkeypatch, count=12):
    """Pick on a few data sets only."""
    monkeypatch.setattr("lively.pages.model_selection.selection_frequency.DATA_SETS", count)
    made = SelectionFrequency(DATA, 44, CandidateFamily("none"), 1)
    made.finish()
    return made


@pytest.mark.thorough
def test_picks_are_the_same_on_all_cores_and_on_a_dask_cluster(monkeypatch):
    here = few(monkeypatch)
    assert here.sets == 12
    with joblib.parallel_config(n_jobs=2):
        cores = few(monkeypatch)
    get_reusable_executor().shutdown(wait=True)
    np.testing.assert_array_equal(cores.counts, here.counts)
    np.testing.assert_array_equal(cores.errors, here.errors)

    import distributed

    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
        ) as cluster,
        distributed.Client(cluster),
        joblib.parallel_config(backend="dask"),
    ):
        assert joblib.effective_n_jobs() == 2
        elsewhere = few(monkeypatch)
    np.testing.assert_array_equal(elsewhere.counts, here.counts)
    np.testing.assert_array_equal(elsewhere.errors, here.errors)


def test_picks_go_on_from_where_they_were(monkeypatch):
    monkeypatch.setattr("lively.pages.model_selection.selection_frequency.DATA_SETS", 6)
    made = selection_frequency(DATA.replace(seed=77), 44, CandidateFamily("none"), 1)
    work = made.steps()
    while made.sets < 2:
        next(work)
    work.close()
    shares = list(made.steps())
    assert made.sets == 6
    assert shares[-1] == 1
    chosen, errors, _ = zip(
        *(IncrementalTask(lambda n=n: simulate_selection(DATA.replace(seed=77), 44,
        CandidateFamily("none"), 1, n)).finish()
          for n in range(6)), strict=True,
    )  # fmt: skip
    np.testing.assert_array_equal(made.errors, errors)
    assert made.counts.sum() == np.size(chosen)
    assert selection_frequency(DATA.replace(seed=77), 44, CandidateFamily("none"), 1) is made
