"""What may come late: at once while it keeps up, dimmed and at rest when it does not."""

import asyncio
import threading
import time
from contextlib import contextmanager

import pytest

from lively.ui import scheduler
from lively.ui.scheduler import Scheduler


class Shown:
    """A view that keeps what happened to it."""

    def __init__(self, slow):
        self.slow, self.drawn, self.sketched, self.refined, self.stale = slow, [], [], [], False

    def is_slow(self, result):
        return self.slow

    def draw(self, result):
        self.drawn.append(result)

    def sketch(self, result):
        self.sketched.append(result)

    def refine(self, result):
        self.refined.append(result)

    def dim(self, stale):
        self.stale = stale


class Bench:
    def __init__(self, seconds):
        self.seconds, self.prepared, self.errors = seconds, [], []
        self.quick, self.slow = Shown(False), Shown(True)
        self.told = []
        self.scheduler = Scheduler(
            [self.slow, self.quick],
            lambda result: result // 10,
            self.prepare,
            self.guard,
            self.told.append,
        )

    def prepare(self, result):
        time.sleep(self.seconds)
        self.prepared.append(result)
        yield from ()

    @contextmanager
    def guard(self):
        try:
            yield
        except ArithmeticError as error:
            self.errors.append(error)


async def rest(bench=None):
    """Wait until the hand has rested, and for the work that a bench has then."""
    await asyncio.sleep(scheduler.REST_SECONDS + 0.05)
    while bench and bench.slow.stale:
        await asyncio.sleep(scheduler.YIELD_SECONDS)


def test_what_keeps_up_is_shown_with_every_move(monkeypatch):
    monkeypatch.setattr(scheduler, "BUDGET", 60.0)

    async def drag():
        bench = Bench(0)
        for result in (10, 20, 30):
            bench.scheduler.show(result)
        return bench

    bench = asyncio.run(drag())
    assert bench.quick.drawn == bench.slow.drawn == [10, 20, 30]
    assert not bench.slow.stale


def test_what_does_not_keep_up_is_dimmed_and_follows_at_rest(monkeypatch):
    # A busy machine may take its time between two moves.
    monkeypatch.setattr(scheduler, "REST_SECONDS", 0.5)

    async def drag():
        bench = Bench(scheduler.BUDGET * 2)
        bench.scheduler.show(10)
        await rest(bench)
        for result in (20, 30, 40):
            bench.scheduler.show(result)
            assert bench.slow.stale
            await asyncio.sleep(scheduler.REST_SECONDS / 20)
        assert bench.quick.drawn == [10, 20, 30, 40]
        assert bench.slow.drawn == bench.prepared == [10]
        await rest(bench)
        return bench

    bench = asyncio.run(drag())
    assert bench.slow.drawn == bench.prepared == [10, 40]
    assert not bench.slow.stale
    assert not bench.quick.stale


def test_what_is_stale_is_dimmed_before_anything_else_is_shown():
    async def drag():
        bench = Bench(scheduler.BUDGET * 2)
        bench.scheduler.show(10)
        await rest(bench)
        seen = []
        bench.quick.draw = lambda result: seen.append((result, bench.slow.stale))
        bench.slow.sketch = lambda result: seen.append((result, bench.slow.stale))
        bench.scheduler.show(20)
        assert not bench.scheduler._work.started
        return seen

    assert asyncio.run(drag()) == [(20, True), (20, True)]


def test_words_wait_for_the_work_and_come_in_one_go(monkeypatch):
    """A quick sentence never stands beside an old one, if the work is slower than the last time."""
    monkeypatch.setattr(scheduler, "BUDGET", 0.05)

    async def drag():
        bench, go_on = Bench(0), threading.Event()

        def prepare(result):
            go_on.wait(30)

        bench.scheduler._prepare = prepare
        seen = []
        bench.quick.draw = lambda result: seen.append(bench.slow.stale)
        bench.scheduler.show(10)
        go_on.set()
        await rest(bench)
        return seen

    assert asyncio.run(drag()) == [True]


def test_it_is_shown_with_every_move_again_once_it_is_quick(monkeypatch):
    async def drag():
        bench = Bench(scheduler.BUDGET * 2)
        bench.scheduler.show(10)
        await rest(bench)
        monkeypatch.setattr(scheduler, "BUDGET", 60.0)
        bench.seconds = 0
        bench.scheduler.show(20)
        bench.scheduler.show(30)
        return bench

    bench = asyncio.run(drag())
    assert bench.slow.drawn == [10, 20, 30]
    assert not bench.slow.stale


def test_what_has_been_given_up_late_was_not_quick():
    async def drag():
        bench, go_on = Bench(0), threading.Event()
        bench.scheduler._prepare = lambda result: go_on.wait(30) and None
        bench.scheduler.show(10)
        bench.scheduler.show(20)
        # Nobody waits for a frame's time with every move.
        assert not bench.scheduler._work.started
        bench.scheduler.show(30)
        go_on.set()
        await rest(bench)
        return bench

    assert asyncio.run(drag()).slow.drawn == [30]


def test_what_is_there_already_is_not_waited_for():
    async def drag():
        bench = Bench(scheduler.BUDGET * 2)
        bench.scheduler.show(10)
        await rest(bench)
        bench.scheduler.show(11)
        return bench

    bench = asyncio.run(drag())
    assert bench.slow.drawn == [10, 11]
    assert bench.prepared == [10]


@pytest.mark.parametrize("kind", ["function", "generator", "uneven generator"])
def test_a_blocking_computation_keeps_nobody_waiting(kind):
    async def drag():
        bench, go_on = Bench(0), threading.Event()

        def function(result):
            go_on.wait(30)
            bench.prepared.append(result)

        def generator(result):
            function(result)
            yield from ()

        def uneven(result):
            yield 0.01
            function(result)

        kinds = {"function": function, "generator": generator, "uneven generator": uneven}
        bench.scheduler._prepare = kinds[kind]
        bench.scheduler.show(10)
        # The call has come back, and messages are answered.
        assert bench.slow.stale
        assert bench.quick.drawn == [10]
        for _ in range(20):
            await asyncio.sleep(scheduler.REST_SECONDS / 20)
        assert bench.prepared == []
        bench.scheduler.show(20)
        assert bench.quick.drawn == [10, 20]
        go_on.set()
        await rest(bench)
        return bench

    bench = asyncio.run(drag())
    assert bench.slow.drawn == [20]
    assert bench.prepared[-1] == 20


def test_work_can_be_waited_for(monkeypatch):
    monkeypatch.setattr(scheduler, "BUDGET", -1.0)

    async def drag():
        bench = Bench(0)
        bench.scheduler.show(10)
        assert bench.slow.drawn == []
        bench.scheduler.finish()
        assert bench.slow.drawn == bench.prepared == [10]
        assert not bench.slow.stale
        bench.scheduler.finish()
        return bench

    assert asyncio.run(drag()).slow.drawn == [10]


def test_without_a_loop_nothing_waits():
    bench = Bench(scheduler.BUDGET * 2)
    for result in (10, 20):
        bench.scheduler.show(result)
    assert bench.slow.drawn == [10, 20]


def test_what_goes_wrong_at_rest_is_guarded_and_stays_dimmed(monkeypatch):
    async def drag():
        bench = Bench(scheduler.BUDGET * 2)
        bench.scheduler.show(10)
        await rest(bench)

        def broken(result):
            raise ArithmeticError(result)
            yield

        monkeypatch.setattr(bench.scheduler, "_prepare", broken)
        bench.scheduler.show(20)
        await rest()
        return bench

    bench = asyncio.run(drag())
    assert [error.args for error in bench.errors] == [(20,)]
    assert bench.slow.drawn == [10]
    assert bench.slow.stale
    # Nothing goes on.
    assert bench.told[-1] is None


def test_what_goes_wrong_at_once_is_raised():
    bench = Bench(0)
    bench.quick.draw = lambda result: 1 / 0
    with pytest.raises(ZeroDivisionError):
        bench.scheduler.show(10)


def test_long_work_goes_on_bit_by_bit_and_gives_way_to_messages():
    async def drag():
        bench = Bench(0)

        def prepare(result):
            for bit in range(1, 9):
                time.sleep(scheduler.BUDGET / 2)
                yield bit / 8
            bench.prepared.append(result)

        bench.scheduler._prepare = prepare
        bench.scheduler.show(10)
        # It began at once, and stopped when a frame's time was over.
        assert bench.slow.sketched == [10]
        assert bench.slow.stale
        turns = 0
        while bench.slow.stale:
            await asyncio.sleep(0.001)
            turns += 1
        return bench, turns

    bench, turns = asyncio.run(drag())
    assert bench.slow.drawn == [10]
    assert not bench.slow.stale
    shares = bench.told[:-1]
    assert len(shares) >= 2
    assert shares == sorted(shares)
    assert bench.told[-1] is None
    assert turns > len(shares)


def test_long_work_ends_with_the_next_move():
    async def drag():
        bench = Bench(0)

        def prepare(result):
            for bit in range(1, 100):
                time.sleep(scheduler.BUDGET / 2)
                yield bit / 100
            bench.prepared.append(result)

        bench.scheduler._prepare = prepare
        bench.scheduler.show(10)
        await rest()
        bench.scheduler._prepare = bench.prepare
        bench.scheduler.show(20)
        await rest(bench)
        return bench

    bench = asyncio.run(drag())
    assert bench.prepared == [20]
    assert bench.slow.drawn == [20]


def test_detail_follows_when_the_hand_rests(monkeypatch):
    monkeypatch.setattr(scheduler, "BUDGET", 60.0)

    async def drag():
        bench = Bench(0)
        for result in (10, 20, 30):
            bench.scheduler.show(result)
        assert bench.slow.refined == []
        await rest()
        return bench

    assert asyncio.run(drag()).slow.refined == [30]


def test_work_can_be_stopped_and_gone_on_with():
    async def drag():
        bench, done, closed = Bench(0), [], []

        def prepare(result):
            try:
                for bit in range(len(done), 20):
                    time.sleep(scheduler.BUDGET / 2)
                    done.append(bit)
                    yield (bit + 1) / 20
            finally:
                closed.append(len(done))

        bench.scheduler._prepare = prepare
        # Nothing is in progress: neither does anything.
        bench.scheduler.stop()
        bench.scheduler.resume()
        bench.scheduler._partial = lambda result: bool(done)
        bench.scheduler.show(10)
        await asyncio.sleep(scheduler.REST_SECONDS)
        while len(done) < 6:
            await asyncio.sleep(scheduler.YIELD_SECONDS)
        bench.scheduler.stop()
        count = len(done)
        assert closed == [count]
        assert count < 20
        # What there is can be seen; it stays dimmed.
        assert bench.slow.drawn
        assert bench.slow.stale
        await rest()
        assert len(done) == count
        bench.scheduler.resume()
        while bench.slow.stale:
            await asyncio.sleep(scheduler.YIELD_SECONDS)
        bench.scheduler.stop()
        return bench, done

    bench, done = asyncio.run(drag())
    assert done == list(range(20))
    assert bench.told[-1] is None
    assert not bench.slow.stale


def test_what_cannot_be_shown_before_its_end_is_not():
    async def drag():
        bench = Bench(0)

        def prepare(result):
            for bit in range(1, 30):
                time.sleep(scheduler.BUDGET / 2)
                yield bit / 30

        bench.scheduler._prepare = prepare
        bench.scheduler.show(10)
        await rest()
        assert bench.told
        bench.scheduler.stop()
        return bench

    bench = asyncio.run(drag())
    assert bench.slow.drawn == []
    assert bench.slow.stale
