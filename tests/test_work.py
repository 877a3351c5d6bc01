"""Work that is done bit by bit, by whoever asks, and done once."""

import threading
import time

import pytest

from lively.work import PATIENCE, Work, aside, part


def count(seen, ends=4):
    for i in range(1, ends + 1):
        seen.append(i)
        yield i / ends
    return "done"


def test_work_is_begun_once_and_gone_on_with_by_anybody():
    seen = []
    work = Work(lambda: count(seen))
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

    work = Work(begin)
    with pytest.raises(ArithmeticError, match="once"):
        work.finish()
    assert work.finish() == 2


def test_a_part_of_work_tells_its_share_of_all():
    def whole():
        return (yield from part(count([]), 0.5, 1))

    work = Work(whole)
    assert list(work.steps()) == [0.625, 0.75, 0.875, 1.0]
    assert work.finish() == "done"


def test_a_task_aside_does_not_keep_others_waiting():
    go_on = threading.Event()

    def task():
        go_on.wait(30)
        return threading.current_thread()

    work, waits = Work(lambda: aside(task)), []
    bits = work.steps()
    for _ in range(5):
        started = time.perf_counter()
        next(bits)
        waits.append(time.perf_counter() - started)
    go_on.set()
    assert min(waits) < 10 * PATIENCE
    assert work.finish() is not threading.main_thread()


def test_what_goes_wrong_aside_is_raised_here():
    def task():
        raise ArithmeticError("aside")

    with pytest.raises(ArithmeticError, match="aside"):
        list(aside(task))
