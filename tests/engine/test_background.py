"""Work in a thread: a while at a time, in order, and with what the asker has been told."""

import contextvars
import os
import threading
import time
import warnings

import joblib
import pytest

from lively.engine import background
from lively.engine.background import BackgroundTask, Worker
from lively.visit import hooks


def test_it_works_for_a_while_and_rests():
    seen = []

    def steps():
        for number in range(1, 5):
            seen.append((number, threading.current_thread()))
            yield number / 4

    work = BackgroundTask(steps)
    assert work.resting
    assert not work.started
    work.go(0)
    assert work.wait(30)
    assert work.share == 0.25
    assert not work.done
    work.finish()
    assert work.done
    assert [number for number, _ in seen] == [1, 2, 3, 4]
    assert seen[0][1] is not threading.main_thread()
    assert seen[-1][1] is threading.main_thread()


def test_a_plain_function_is_work_too():
    done = []
    work = BackgroundTask(lambda: done.append(1))
    work.go(0)
    work.wait()
    assert work.done
    assert done == [1]


def test_what_goes_wrong_is_raised_where_it_is_asked_for():
    def steps():
        yield 0.5
        raise ArithmeticError("in a thread")

    work = BackgroundTask(steps)
    work.go(0)
    work.wait()
    work.check()
    work.go(0)
    work.wait()
    assert work.done
    with pytest.raises(ArithmeticError, match="in a thread"):
        work.check()
    with pytest.raises(ArithmeticError, match="in a thread"):
        work.finish()


def test_what_is_given_up_ends_after_its_step_and_the_next_waits_for_that():
    go_on, order = threading.Event(), []

    def first():
        try:
            order.append("first")
            go_on.wait(30)
            yield 0.5
            order.append("never")
        finally:
            order.append("closed")

    given_up, next_one = BackgroundTask(first), BackgroundTask(lambda: order.append("next"))
    given_up.go(60)
    while not order:
        time.sleep(0.001)
    given_up.close()
    next_one.go(60)
    assert not next_one.wait(0.05)
    assert order == ["first"]
    go_on.set()
    next_one.wait()
    assert order == ["first", "closed", "next"]


def test_what_rests_is_closed_at_once():
    closed = []

    def steps():
        try:
            yield 0.5
        finally:
            closed.append(1)

    work = BackgroundTask(steps)
    work.go(0)
    work.wait()
    work.close()
    assert closed == [1]
    # What has not begun never does.
    untouched = BackgroundTask(lambda: closed.append(2))
    untouched.close()
    untouched.go(60)
    untouched.wait()
    assert closed == [1]


def test_what_the_asker_has_been_told_holds_in_the_thread():
    name = contextvars.ContextVar("name", default="none")
    seen = []

    def steps():
        token = name.set(name.get() + "!")
        seen.append((name.get(), joblib.effective_n_jobs()))
        yield 0.5
        # Another thread goes on with it.
        name.reset(token)
        seen.append((name.get(), joblib.effective_n_jobs()))

    name.set("asker")
    with joblib.parallel_config(backend="threading", n_jobs=2):
        work = BackgroundTask(steps)
    work.go(0)
    work.wait()
    work.finish()
    assert seen == [("asker!", 2), ("asker", 2)]


def test_the_thread_stays_a_moment_but_not_where_visits_are_forked(monkeypatch):
    monkeypatch.setattr(background, "IDLE_SECONDS", 60.0)
    for building, stays in ((False, True), (True, False)):
        monkeypatch.setattr(hooks, "building", building)
        worker, threads = Worker(), []
        for _ in range(2):
            done = threading.Event()

            def task(done=done, threads=threads):
                threads.append(threading.current_thread())
                done.set()

            worker.do(task)
            assert done.wait(30)
            if not stays:
                threads[-1].join(30)
        assert threads[0].is_alive() == stays
        assert (threads[0] is threads[1]) == stays


def test_a_fork_has_a_thread_of_its_own():
    BackgroundTask(lambda: None).go(60)
    read, write = os.pipe()
    with warnings.catch_warnings():
        # Newer Pythons warn of threads that a fork does not have: that is what is tested.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        work = BackgroundTask(lambda: None)
        work.go(60)
        os.write(write, b"done" if work.wait(30) and work.done else b"lost")
        os._exit(0)
    os.waitpid(pid, 0)
    assert os.read(read, 4) == b"done"
    os.close(read)
    os.close(write)


def test_where_no_thread_can_be_had_it_is_done_at_once(monkeypatch):
    def fail(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(background, "worker", Worker())
    monkeypatch.setattr(threading.Thread, "start", fail)
    done = []
    work = BackgroundTask(lambda: done.append(threading.current_thread()))
    work.go(60)
    assert done == [threading.main_thread()]
    assert work.done
