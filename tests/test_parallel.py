"""Sweeps: the same results whoever does the tasks, bit by bit, and ended when they are let go."""

import threading
import time

import joblib
import numpy as np
import pytest
from joblib.externals.loky import get_reusable_executor

from lively.engine.parallel import POLL_SECONDS, map_incremental, run_to_end
from lively.pages.model_selection.candidates import CandidateFamily
from lively.pages.model_selection.selection_frequency import (
    SelectionFrequency,
    selection_frequency,
    simulate_selection,
)
from lively.pages.model_selection.settings import SelectionDataSettings

DATA = SelectionDataSettings()


def square(task):
    """A task of two bits."""
    yield
    yield
    return task**2


def slowly(task):
    yield
    time.sleep(0.05)
    return task


def broken(task):
    yield
    raise ArithmeticError(f"task {task}")


def results(steps, tasks):
    return [done for done in map_incremental(steps, tasks) if done is not None]


def test_by_default_tasks_are_done_here_bit_by_bit():
    begun = []

    def steps(task):
        begun.append((task, threading.current_thread()))
        yield
        return task

    found = map_incremental(steps, range(100))
    assert next(found) is None
    assert next(found) == 0
    assert begun == [(0, threading.current_thread())]
    found.close()
    assert len(begun) == 1
    assert results(square, range(5)) == [0, 1, 4, 9, 16]


def test_a_task_in_one_go_is_what_its_bits_come_to():
    assert run_to_end(square, 7) == 49


def test_threads_do_the_same_in_the_same_order():
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert results(square, range(50)) == [task**2 for task in range(50)]


def test_somebody_else_may_go_first_while_a_result_is_awaited():
    with joblib.parallel_config(backend="threading", n_jobs=2):
        began = time.monotonic()
        found = map_incremental(slowly, range(4))
        waits = []
        for done in found:
            waits.append(time.monotonic() - began)
            began = time.monotonic()
            assert done is None or done in range(4)
    assert len(waits) > 4 + 4
    assert np.median(waits) < 4 * POLL_SECONDS


def test_a_sweep_that_is_let_go_begins_nothing_more():
    begun = []

    def noted(task):
        begun.append(task)
        yield
        time.sleep(0.01)
        return task

    with joblib.parallel_config(backend="threading", n_jobs=2):
        found = map_incremental(noted, range(10_000))
        while next(found) is None:
            pass
        found.close()
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
    for _ in made.steps():
        pass
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
        *(run_to_end(lambda n: simulate_selection(DATA.replace(seed=77), 44,
        CandidateFamily("none"), 1, n), n)
          for n in range(6)), strict=True,
    )  # fmt: skip
    np.testing.assert_array_equal(made.errors, errors)
    assert made.counts.sum() == np.size(chosen)
    assert selection_frequency(DATA.replace(seed=77), 44, CandidateFamily("none"), 1) is made
