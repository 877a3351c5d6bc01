"""The loop: one change is one computation and one drawing; whatever goes wrong is said."""

import logging
import math

import pytest

from lively.engine.controller import Controller
from lively.engine.history import History
from lively.pages.regression.settings import RegressionSettings

START = RegressionSettings()


class Bench:
    """A loop whose computations, drawings and sentences are counted."""

    def __init__(self):
        self.computed, self.drawn, self.said, self.settled = [], [], [], 0
        self.break_compute = self.break_draw = None
        self.controller = Controller(START, self.compute, self.draw, self.settle, self.said.append)
        self.forget()

    def forget(self):
        self.computed.clear(), self.drawn.clear(), self.said.clear()

    def compute(self, settings):
        self.computed.append(settings)
        if self.break_compute:
            raise self.break_compute
        return settings

    def draw(self, result):
        self.drawn.append(result)
        if self.break_draw:
            error, self.break_draw = self.break_draw, None
            raise error

    def settle(self):
        self.settled += 1


@pytest.fixture
def bench():
    return Bench()


def test_one_change_is_one_computation_and_one_drawing(bench):
    bench.controller.change(degree=9)
    assert len(bench.computed) == len(bench.drawn) == 1
    assert bench.controller.settings.model.degree == 9


def test_a_change_of_many_settings_is_one_too(bench):
    bench.controller.change(degree=9, noise=1.0, penalty="ridge", x_range=(-2.0, 2.0))
    assert len(bench.computed) == len(bench.drawn) == 1


def test_an_equal_value_is_none(bench):
    bench.controller.change(degree=7)
    bench.controller.change(noise=5.000000000000001)
    bench.controller.reset()
    assert bench.computed == bench.drawn == []
    assert not bench.controller.history.can_move(-1)
    assert bench.settled == 3


def test_reset_is_one_and_can_be_undone(bench):
    bench.controller.change(degree=9, noise=1.0)
    bench.controller.change(samples=200)
    bench.forget()
    bench.controller.reset()
    assert len(bench.computed) == len(bench.drawn) == 1
    assert bench.controller.settings == START
    bench.controller.move(-1)
    assert bench.controller.settings.data.samples == 200


def test_undo_and_redo(bench):
    bench.controller.change(degree=9)
    bench.controller.change(noise=1.0)
    bench.controller.move(-1)
    assert (bench.controller.settings.model.degree, bench.controller.settings.data.noise) == (
        9,
        5.0,
    )
    bench.controller.move(-1)
    assert bench.controller.settings == START
    bench.controller.move(+1)
    bench.controller.move(+1)
    assert bench.controller.settings.data.noise == 1.0
    bench.controller.move(-1)
    bench.controller.change(samples=60)
    assert not bench.controller.history.can_move(+1)


@pytest.mark.parametrize("value", [40, "x", None, math.nan, 7.5])
def test_bad_input_is_said_and_nothing_sticks(bench, value):
    bench.controller.change(degree=value)
    assert bench.controller.settings == START
    assert bench.computed == bench.drawn == []
    assert bench.said[-1].startswith("degree must be an integer between 1 and 15. Got ")
    assert bench.said[-1].endswith("The last good picture stays.")
    bench.controller.change(degree=8)
    assert bench.said[-1] == ""


def test_a_failing_computation_is_said_and_logged(bench, caplog):
    bench.break_compute = ZeroDivisionError("no points")
    with caplog.at_level(logging.ERROR, logger="lively"):
        bench.controller.change(degree=9)
    assert "ZeroDivisionError('no points')" in bench.said[-1]
    assert "The last good picture stays." in bench.said[-1]
    assert bench.drawn == []
    assert bench.controller.settings == START
    (record,) = caplog.records
    assert record.exc_info[1] is bench.break_compute
    # Who looks into it can do the same again.
    assert record.getMessage() == f"A page could not show {START.replace(degree=9)!r}."
    bench.break_compute = None
    bench.controller.change(degree=9)
    assert bench.controller.settings.model.degree == 9


def test_a_failing_drawing_goes_back_to_the_last_good_picture(bench):
    bench.controller.change(degree=3)
    good = bench.controller.result
    bench.break_draw = RuntimeError("half drawn")
    bench.controller.change(degree=4)
    assert bench.drawn[-1] is good
    assert bench.controller.result is good
    assert bench.controller.settings.model.degree == 3
    assert "half drawn" in bench.said[-1]


def test_moving_beyond_the_history_is_said_not_raised(bench):
    bench.controller.move(+1)
    assert "history" in bench.said[-1]
    assert bench.controller.settings == START


def test_refusals_are_said(bench):
    bench.controller.refuse("That cannot be.")
    assert bench.said[-1] == "That cannot be. The last good picture stays."


REFUSED = {
    "a value": lambda live: live.change(degree=40),
    "a text of many lines": lambda live: live.change(degree="a\nTraceback\n" * 1000),
    "a name": lambda live: live.change(nothing=1),
    "a step": lambda live: live.move(+1),
    "a sentence": lambda live: live.refuse("That cannot\nbe."),
}


@pytest.mark.parametrize("act", REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_one_line_for_those_who_look_for_it(bench, caplog, act):
    caplog.set_level(logging.DEBUG, logger="lively")
    act(bench.controller)
    (record,) = caplog.records
    assert (record.levelno, record.exc_info) == (logging.DEBUG, None)
    assert record.getMessage().startswith("A page refused: ")
    assert "\n" not in record.getMessage()
    assert len(record.getMessage()) < 400


def test_a_fault_beside_a_change_is_logged_with_what_was_shown(bench, caplog):
    bench.controller.change(degree=3)
    with caplog.at_level(logging.ERROR, logger="lively"), bench.controller.guard():
        raise OSError("aside")
    (record,) = caplog.records
    assert record.getMessage() == f"A page could not show {START.replace(degree=3)!r}."
    assert "aside" in caplog.text


def test_a_drag_is_one_step_back():
    seconds = [0.0]
    history = History(0, clock=lambda: seconds[0])
    for value in (1, 2, 3):
        seconds[0] += 0.1
        history.add(value, "degree")
    seconds[0] += 0.1
    history.add(10, "noise")
    seconds[0] += 5
    history.add(11, "noise")
    history.move(-1)
    assert history.peek(0) == 10
    history.move(-1)
    assert history.peek(0) == 3
    history.move(-1)
    assert history.peek(0) == 0
    assert not history.can_move(-1)
    with pytest.raises(IndexError, match="Got -1 instead"):
        history.peek(-1)


def test_a_change_after_undo_is_a_step_of_its_own():
    history = History(0, clock=lambda: 0.0)
    history.add(1, "degree")
    history.move(-1)
    history.add(2, "degree")
    history.move(-1)
    assert history.peek(0) == 0


def test_history_is_bounded():
    history = History(0)
    for value in range(1000):
        history.add(value)
    steps = 0
    while history.can_move(-1):
        history.move(-1)
        steps += 1
    assert steps < 200
