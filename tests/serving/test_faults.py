"""What comes to the log: faults, each with its page, and nothing that a visitor makes up."""

import io
import logging
import os
import subprocess
import sys
import textwrap

import ipywidgets as widgets
import pytest
from traitlets import TraitError

from lively import log
from lively.engine.controller import Controller
from lively.pages.regression.settings import RegressionSettings
from lively.serving.fork.error_log_filter import ErrorLogFilter


def caught(act):
    """Return what an act raises."""
    with pytest.raises(Exception) as found:  # noqa: PT011
        act()
    return found.value


def logged(act, level=logging.WARNING):
    """Return the lines that come of what an act raises."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(log.Form())
    handler.addFilter(ErrorLogFilter())
    logger = logging.getLogger("lively")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(level)
    try:
        error = act if isinstance(act, Exception) else caught(act)
        logger.error("It failed.", exc_info=error)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)
    return out.getvalue()


def dropdown():
    return widgets.Dropdown(options=["a", "b"])


def set_by_an_author():
    dropdown().value = "c"


def set_by_an_observer():
    chosen, other = dropdown(), dropdown()
    chosen.observe(lambda change: setattr(other, "value", "c"), "value")
    chosen.set_state({"index": 1})


def shown_by_a_page():
    """Let a page's own drawing set what its widget does not take."""
    chosen = dropdown()

    def draw(settings):
        if settings.model.degree == 3:
            chosen.value = "c"

    live = Controller(RegressionSettings(), lambda s: s, draw, lambda: None, lambda said: None)
    live._go(live.settings.replace(degree=3))


@pytest.mark.parametrize(
    "act", [set_by_an_author, set_by_an_observer, shown_by_a_page], ids=lambda act: act.__name__
)
def test_a_fault_of_whatever_kind_is_logged(act):
    assert isinstance(caught(act), TraitError)
    lines = logged(act)
    assert lines.startswith("[lively] ERROR It failed.\nTraceback")
    assert "TraitError" in lines


@pytest.mark.parametrize(
    ("make", "state"),
    [
        (dropdown, {"index": "c"}),
        (dropdown, {"index": 9}),
        (widgets.IntSlider, {"value": "x" * 100_000}),
        (widgets.DatePicker, {"value": "no date"}),
        (widgets.DatePicker, {"value": {"year": 10**9, "month": -1, "date": 0}}),
    ],
)
def test_what_a_visitor_sends_and_a_widget_does_not_take_is_a_line_for_those_who_look(make, state):
    error = caught(lambda: make().set_state(state))
    # From where the message comes in, without this file.
    while error.__traceback__.tb_frame.f_code.co_filename == __file__:
        error = error.with_traceback(error.__traceback__.tb_next)
    assert logged(error) == ""
    line = logged(error, logging.DEBUG)
    assert line.startswith("[lively] DEBUG A widget took no message: ")
    assert line.count("\n") == 1
    assert len(line) < 1200


def test_what_memory_is_missing_for_is_no_refusal():
    class Hungry(widgets.IntSlider):
        def notify_change(self, change):
            if change.name == "value":
                raise MemoryError
            super().notify_change(change)

    assert "MemoryError" in logged(lambda: Hungry().set_state({"value": 3}))


#: What one process of a page writes, of which nothing else is in this one.
SHELL = """
import os, sys, traceback
from lively.serving.fork.error_log_filter import limit_error_log
from lively.serving.fork.socketless_kernel import SocketlessKernel

kernel = SocketlessKernel.instance()
import ipywidgets as widgets
from ipywidgets import register_comm_target

register_comm_target()
os.environ["LIVELY_PAGE"] = "some/page.ipynb"
limit_error_log()
heard = []
kernel.listener = lambda channel, message, buffers: heard.append(message)
kernel.set_parent([], kernel.speaker.msg("comm_msg", {}))

def fail(*_):
    raise ArithmeticError("out of order")

def show(*_):
    try:
        fail()
    except ArithmeticError:
        kernel.shell.showtraceback()

def send(widget, **data):
    widget._handle_msg({"content": {"data": data}, "buffers": []})

button, slider, out = widgets.Button(), widgets.IntSlider(), widgets.Output()
{act}
for message in heard:
    if message["msg_type"] in ("error", "stream"):
        print(message["content"], file=sys.__stdout__)
"""
CLICK = "send(button, method='custom', content={'event': 'click'})"
MOVE = "send(slider, method='update', state={'value': VALUE})"


def run(act):
    """Return what a process of a page tells its browser, and what it writes to the log."""
    done = subprocess.run(
        [sys.executable, "-c", SHELL.replace("{act}", textwrap.dedent(act))],
        env={**os.environ, "PYDEVD_DISABLE_FILE_VALIDATION": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout, done.stderr


@pytest.mark.parametrize(
    "act",
    [
        f"button.on_click(fail)\n{CLICK}",
        f"slider.observe(fail, 'value')\n{MOVE.replace('VALUE', '3')}",
        f"button.on_click(out.capture()(fail))\n{CLICK}",
        "widgets.interactive(fail, n=3)",
    ],
    ids=["clicked", "observed", "captured", "interactive"],
)
def test_what_fails_in_a_callback_is_for_the_log_and_the_browser_is_told_its_name(act):
    told, written = run(act)
    assert "ArithmeticError: out of order" in told
    for secret in ("Traceback", "raise ", ".py", "fail("):
        assert secret not in told
    assert written.startswith("[lively] ERROR some/page.ipynb: A callback failed.\nTraceback")
    assert written.count("Traceback") == 1
    assert "in fail" in written


@pytest.mark.parametrize(
    "act",
    [
        f"button.on_click(show)\n{CLICK}",
        "with out:\n    show()",
        "with out:\n    try:\n        fail()\n    except ArithmeticError:\n"
        "        traceback.print_exc(file=sys.stdout)",
    ],
    ids=["clicked", "captured", "printed"],
)
def test_an_author_shows_a_traceback_to_whom_he_likes(act):
    told, written = run(act)
    assert "Traceback" in told
    assert "out of order" in told
    assert written == ""


def test_what_a_widget_does_not_take_is_no_fault():
    told, written = run(MOVE.replace("VALUE", "'x'"))
    assert "TraitError" in told
    assert ".py" not in told
    assert written == ""


def test_every_part_of_the_package_has_one_form_and_each_line_is_one():
    code = (
        "import logging; from lively.log import log_to_server; log_to_server(); log_to_server();"
        "logging.getLogger('lively.serving.fork.fork_server_client').warning('It died: %s', 3);"
        "logging.getLogger('lively').info('unseen'); logging.getLogger('lively').debug('unseen')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, log.LEVEL: "30"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == "[lively] WARNING It died: 3\n"
