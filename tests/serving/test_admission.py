"""What a browser may change of a page's widgets, and what a visit may take."""

import logging
from types import SimpleNamespace

import pytest
from ipywidgets.widgets.widget import _instances

from lively.pages.bias_variance import BiasVariancePage
from lively.pages.classification import ClassificationPage
from lively.pages.curve_fit import CurveFitPage
from lively.pages.model_selection import ModelSelectionPage
from lively.pages.regression import RegressionPage
from lively.serving.fork.comm_filter import (
    CONTROL_TARGET,
    MAX_COMMS,
    STATES_REQUEST,
    WIDGET_TARGET,
    CommFilter,
)
from lively.serving.fork.comm_filter import MAX_ID_LENGTH as LONGEST_ID
from lively.serving.fork.error_log_filter import MAX_MESSAGE_LENGTH, ErrorLogFilter
from lively.serving.fork.error_log_filter import MAX_REPEATS as MOST_FAULTS
from lively.serving.shared.visit_limits import MessageRateLimiter, RateLimiter, VisitLimits
from lively.ui.screens import MOST_PIXELS, PictureShape, pixel_count, shapes_beside
from lively.ui.validated import ALLOWED_TRAITS, ValidatedWidget

PAGES = [
    RegressionPage,
    CurveFitPage,
    ClassificationPage,
    BiasVariancePage,
    ModelSelectionPage,
]
HOSTILE = [1e308, -1, float("nan"), None, "<b>", "IPY_MODEL_none", [], {}, [[1]], True]


@pytest.fixture(params=PAGES, ids=lambda kind: kind.__name__)
def page(request):
    """A page, and no other widget."""
    before = set(_instances)
    made = request.param()
    made.all = [widget for number, widget in _instances.items() if number not in before]
    return made


def test_a_browser_changes_values_and_indices_and_nothing_else(page):
    def states():
        return [widget.get_state(set(widget.keys) - ALLOWED_TRAITS) for widget in page.all]

    before = states()
    for widget in page.all:
        for name in set(widget.keys) - ALLOWED_TRAITS:
            for value in HOSTILE:
                widget.set_state({name: value})
    assert states() == before
    assert page.message.value == ""


def test_a_value_is_taken_by_controls_only(page):
    texts = [w for w in page.all if not isinstance(w, ValidatedWidget) and "value" in w.keys]
    assert texts
    for widget in texts:
        before = widget.value
        widget.set_state({"value": "<b>mine</b>"})
        assert widget.value == before


def test_what_no_script_sends_is_one_line_and_no_sentence(page, caplog):
    caplog.set_level(logging.DEBUG, "lively")
    slider = page.controls.widgets["noise"]
    slider.set_state({"max": 1e308, "description": "mine"})
    (record,) = caplog.records
    assert record.levelname == "DEBUG"
    assert slider.max < 1e308
    assert page.message.value == ""


def test_a_refused_value_is_one_line_and_a_sentence(page, caplog):
    caplog.set_level(logging.DEBUG, "lively")
    page.controls.widgets["noise"].set_state({"value": "x" * 10_000})
    (record,) = caplog.records
    assert record.levelname == "DEBUG"
    assert record.exc_info is None
    assert 0 < len(page.message.value) < 1000


def test_what_takes_too_much_memory_is_said(page, caplog):
    before = page.controller.settings
    with page.controller.guard():
        bytearray(2**62)
    assert page.message.value.startswith("This needs more memory than a visit may have.")
    assert page.controller.settings == before
    page.controller.again()
    assert page.message.value == ""


def test_all_pictures_of_a_visitor_share_their_pixels():
    one = [PictureShape(1000, 1000, 1)]
    assert shapes_beside([PictureShape(1000, 1000, 3)], one, 0) == [(1000, 1000, 3)]
    (given,) = shapes_beside([PictureShape(1000, 1000, 3)], one, MOST_PIXELS - 4_000_000)
    assert given[:2] == (1000, 1000)
    assert given.ratio == pytest.approx(2, abs=0.011)
    # What it has is never taken from it.
    assert shapes_beside(one, one, MOST_PIXELS) == one
    assert pixel_count(
        shapes_beside([PictureShape(1000, 1000, 2)], one, MOST_PIXELS)
    ) <= pixel_count(one)
    with pytest.raises(ValueError, match="ratio"):
        shapes_beside([PictureShape(4000, 3000, 1)], one, MOST_PIXELS)


def test_pages_of_one_visitor_share_their_pixels(monkeypatch):
    pages = [RegressionPage() for _ in range(3)]
    canvases = [view.canvas for page in pages for view in page.pictures]
    monkeypatch.setattr("lively.ui.canvas.canvases", set(canvases))
    monkeypatch.setattr("lively.ui.canvas.served", lambda: True)
    made = pixel_count(canvas.shape for canvas in canvases)
    for page in pages:
        sizes = [[2000, 1500]] * len(page.pictures)
        page._screened({"ratio": 1.4, "sizes": sizes, "anew": True})
    assert pixel_count(canvas.shape for canvas in canvases) <= MOST_PIXELS + made
    for canvas in canvases:
        for content in (
            {"type": "set_device_pixel_ratio", "device_pixel_ratio": 4},
            {"type": "resize", "width": 4000, "height": 3000},
        ):
            canvas._streaming = False
            canvas.receive(canvas, content, [])
    assert pixel_count(canvas.shape for canvas in canvases) <= MOST_PIXELS + made


def test_more_than_the_pace_has_to_wait(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("lively.serving.shared.visit_limits.monotonic", lambda: now[0])
    pace = RateLimiter(10.0, 20.0)
    assert [pace.take(1) for _ in range(20)] == [0.0] * 20
    assert pace.take(1) == pytest.approx(0.1)
    assert pace.take(1) == pytest.approx(0.2)
    now[0] += 1000
    assert [pace.take(1) for _ in range(20)] == [0.0] * 20
    assert pace.take(1) == pytest.approx(0.1)


def test_a_hand_is_never_waited_for(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("lively.serving.shared.visit_limits.monotonic", lambda: now[0])
    paces = MessageRateLimiter(VisitLimits())
    for _ in range(5000):
        # A page sends less than forty messages a second, each of less than a kilobyte.
        now[0] += 1 / 125
        assert paces.take(1000) == 0.0
    now[0] += 1
    assert paces.take(VisitLimits.message) == 0.0


def record(message, *args, error=None):
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("lively", logging.ERROR, "here.py", 3, message, args, info)


def test_the_same_fault_is_logged_a_few_times():
    faults = ErrorLogFilter()

    def happen(kind):
        try:
            raise kind("x" * 100_000)
        except kind as error:
            return record("It failed: %s", error, error=error)

    records = [happen(KeyError) for _ in range(100)]
    assert sum(map(faults.filter, records)) == MOST_FAULTS
    assert faults.filter(happen(OSError))
    assert len(logging.Formatter().format(records[0])) < 10_000
    assert len(records[0].msg) == MAX_MESSAGE_LENGTH


@pytest.fixture
def gate():
    """A gate before a widget, an author's own comm, and the targets that there are."""
    comms = {
        "widget": SimpleNamespace(target_name=WIDGET_TARGET),
        "own": SimpleNamespace(target_name="x"),
    }
    made = CommFilter(
        SimpleNamespace(comms=comms, targets=dict.fromkeys((WIDGET_TARGET, CONTROL_TARGET, "x")))
    )
    made.comms = comms
    return made


def message(kind, version="1.0.0", **content):
    return {"msg_type": kind, "content": content, "metadata": {"version": version}}


def passes(gate, *args, **content):
    try:
        gate.check(message(*args, **content))
    except ValueError:
        return False
    return True


def test_a_browser_opens_what_there_is_and_no_widget(gate):
    assert passes(gate, "comm_open", comm_id="1", target_name=CONTROL_TARGET)
    assert passes(gate, "comm_open", comm_id="2", target_name="x")
    for target in (WIDGET_TARGET, "y", None, [], 3):
        assert not passes(gate, "comm_open", comm_id="3", target_name=target)
    for comm_id in ("widget", None, 3, [], "x" * (LONGEST_ID + 1)):
        assert not passes(gate, "comm_open", comm_id=comm_id, target_name=CONTROL_TARGET)
    for version in ("", None, 3, [], "2.0.0"):
        assert not passes(gate, "comm_open", version, comm_id="4", target_name=CONTROL_TARGET)


def test_a_message_has_parts_of_its_kind(gate):
    opened = {"comm_id": "1", "target_name": CONTROL_TARGET}
    for kind in ("comm_open", "comm_msg", "comm_close", "comm_info_request", "kernel_info_request"):
        for part in ([], "text", 3, None, True):
            for changed in ({"content": part}, {"metadata": part}, {"msg_type": part}):
                if isinstance(changed.get("msg_type"), str):
                    continue
                with pytest.raises(ValueError, match="message"):
                    gate.check({**message(kind), "content": opened, **changed})


def test_a_browser_closes_what_it_has_opened(gate):
    assert not passes(gate, "comm_close", comm_id="widget")
    assert passes(gate, "comm_open", comm_id="1", target_name=CONTROL_TARGET)
    gate.comms["1"] = SimpleNamespace(target_name=CONTROL_TARGET)
    assert passes(gate, "comm_close", comm_id="1")


def test_comms_are_bounded_and_freed(gate):
    for number in range(MAX_COMMS):
        assert passes(gate, "comm_open", comm_id=str(number), target_name=CONTROL_TARGET)
        gate.comms[str(number)] = SimpleNamespace(target_name=CONTROL_TARGET)
    assert not passes(gate, "comm_open", comm_id="more", target_name=CONTROL_TARGET)
    del gate.comms["7"]
    assert passes(gate, "comm_open", comm_id="more", target_name=CONTROL_TARGET)


def test_what_is_said_to_a_widget_has_a_form(gate):
    def fits(comm_id="widget", **data):
        return passes(gate, "comm_msg", comm_id=comm_id, data=data)

    assert fits(method="update", state={"value": 1}, buffer_paths=[])
    assert fits(method="update", state={"value": 1})
    assert fits(method="update", state={"a": [1, {"b": 2}]}, buffer_paths=[["c"], ["a", 1, "b"]])
    assert fits(method="custom", content=3)
    assert fits(method="request_state")
    assert fits("own", any="thing")
    assert not fits("none", method="update", state={})
    for data in ({}, {"method": "close"}, {"method": []}, {"method": "update", "state": [1]}):
        assert not fits(**data)
    for path in (
        [],
        "a",
        None,
        [1],
        ["b", "c"],
        ["a", "x"],
        ["a", 5],
        ["a", -1],
        [["a"]],
        ["a", 1.5],
    ):
        assert not fits(method="update", state={"a": [1, 2]}, buffer_paths=[path]), path
    gate.comms["control"] = SimpleNamespace(target_name=CONTROL_TARGET)
    assert fits("control", **STATES_REQUEST)
    assert not fits("control", **STATES_REQUEST, more=1)
