"""Work that is done bit by bit, by whoever asks, and done once."""

import threading
import time

import pytest

from lively.engine.incremental import (
    POLL_SECONDS,
    IncrementalTask,
    in_thread,
    steps_in_turn,
    subtask,
)


def count(seen, ends=4):
    for i in range(1, ends + 1):
        seen.append(i)
        yield i / ends
    return "done"


def test_work_is_begun_once_and_gone_on_with_by_anybody():
    seen = []
    work = IncrementalTask(lambda: count(seen))
    listener = work.steps()
    assert next(listener) == 0.25
    listener.close()
    assert not work.done
    assert list(work.steps()) == [0.5, 0.75, 1.0]
    assert work.finish() == work.finish() == "done"
    assert seen == [1, 2, 3, 4]
    assert list(work.steps()) == []


def test_work_that_fails_is_begun_anew():
    tries = []

    def begin():
        tries.append(1)
        yield 0.5
        if len(tries) < 2:
            raise ArithmeticError("once")
        return len(tries)

    work = IncrementalTask(begin)
    with pytest.raises(ArithmeticError, match="once"):
        work.finish()
    assert work.finish() == 2


def test_a_part_of_work_tells_its_share_of_all():
    def whole():
        return (yield from subtask(count([]), 0.5, 1))

    work = IncrementalTask(whole)
    assert list(work.steps()) == [0.625, 0.75, 0.875, 1.0]
    assert work.finish() == "done"


def test_a_task_that_resumes_is_closed_with_its_listener():
    stored, closed = [], []

    def begin():
        try:
            while len(stored) < 4:
                stored.append(len(stored))
                yield len(stored) / 4
        finally:
            closed.append(len(stored))

    work = IncrementalTask(begin, resumes=True)
    listener = work.steps()
    assert next(listener) == 0.25
    listener.close()
    assert closed == [1]
    assert list(work.steps()) == [0.5, 0.75, 1.0]
    assert work.done
    assert stored == [0, 1, 2, 3]


def test_tasks_in_turn_have_shares_of_their_durations():
    first, second = IncrementalTask(lambda: count([], 2)), IncrementalTask(lambda: count([], 2))
    shares = list(steps_in_turn({first: 1, second: 3}))
    assert shares == [0.125, 0.25, 0.625, 1.0]
    assert list(steps_in_turn({first: 1, second: 3})) == []


def test_a_task_in_a_thread_yields_its_share():
    go_on, shares = threading.Event(), iter([0.25, 0.5])
    progress = in_thread(lambda: go_on.wait(30), lambda: next(shares))
    assert next(progress) == 0.25
    assert next(progress) == 0.5
    progress.close()
    go_on.set()


def test_a_task_aside_does_not_keep_others_waiting():
    go_on = threading.Event()

    def task():
        go_on.wait(30)
        return threading.current_thread()

    work, waits = IncrementalTask(lambda: in_thread(task)), []
    bits = work.steps()
    for _ in range(5):
        started = time.perf_counter()
        next(bits)
        waits.append(time.perf_counter() - started)
    go_on.set()
    assert min(waits) < 10 * POLL_SECONDS
    assert work.finish() is not threading.main_thread()


def test_one_thing_is_done_aside_at_a_time():
    go_on, begun = threading.Event(), []

    def task(number):
        begun.append(number)
        go_on.wait(30)
        return number

    first = in_thread(lambda: task(0))
    next(first)
    # Whoever moves a control gives up what is at work, again and again.
    first.close()
    for number in range(1, 20):
        given_up = in_thread(lambda number=number: task(number))
        next(given_up)
        given_up.close()
    last = IncrementalTask(lambda: in_thread(lambda: task(20)))
    bits = last.steps()
    for _ in range(3):
        started = time.perf_counter()
        next(bits)
        assert time.perf_counter() - started < 10
    assert begun == [0]
    go_on.set()
    assert last.finish() == 20
    assert begun == [0, 20]


def test_what_cannot_be_done_aside_keeps_nobody_waiting(monkeypatch):
    def fail(self):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", fail)
        with pytest.raises(RuntimeError, match="new thread"):
            list(in_thread(int))
    assert IncrementalTask(lambda: in_thread(int)).finish() == 0


def test_what_goes_wrong_aside_is_raised_here():
    def task():
        raise ArithmeticError("aside")

    with pytest.raises(ArithmeticError, match="aside"):
        list(in_thread(task))
