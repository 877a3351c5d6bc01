"""What goes between browsers and processes: in its order, at its pace, and never too much of it."""

import asyncio
import concurrent.futures
import inspect
import threading
import time
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jupyter_server.services.kernels.connection.base import serialize_binary_message
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError

from lively import visit as visits_api
from lively.serving.fork import visit_message_loop
from lively.serving.fork.visit_message_loop import VisitMessageLoop
from lively.serving.http.visit_handlers import VisitEndHandler, VisitStatusHandler
from lively.serving.shared.jupyter_messages import (
    MAX_PARTS,
    PROTOCOL,
    InvalidMessageError,
    decode_message,
    encode_message,
    part_offsets,
)
from lively.serving.shared.packet_stream import (
    ALL_WEBSOCKETS,
    HEADER,
    MAX_PACKET_BYTES,
    PacketReader,
    encode_packet,
)
from lively.serving.shared.visit_limits import VisitLimits
from lively.serving.visits import kernel_websocket, visit_websocket, websocket_heartbeat
from lively.serving.visits.message_queue import BoundedMessageQueue
from lively.serving.visits.process_connection import MAX_QUEUED_BYTES, MAX_QUEUED_MESSAGES
from lively.serving.visits.served_visit import ServedVisit
from lively.serving.visits.visit_websocket import (
    PAUSE_ABOVE_BYTES,
    RESUME_BELOW_BYTES,
    VisitWebsocketHandler,
    find_visit,
)
from lively.serving.visits.websocket_heartbeat import (
    HEARTBEAT,
    POLICY_VIOLATION,
    VISIT_ENDED,
    WEBSOCKET_REPLACED,
    HeartbeatSender,
    read_page_id,
)

MB = 2**20
PARTS = [b"{}"] * 4


@pytest.fixture(autouse=True)
def no_visit(monkeypatch):
    """Let what a conversation does to its process end with the test."""
    monkeypatch.setattr(visits_api.hooks, "suggest", None)


class Transport:
    """The way to a process, which takes as much as it is told to."""

    def __init__(self, visit):
        self.visit, self.takes = visit, 10**9
        self.written, self.reading, self.aborted = [], True, False

    def write(self, packet):
        self.written.append(packet)
        self.takes -= 1
        if self.takes <= 0:
            self.visit.pause_writing()

    def take(self, count):
        """Take so many packets more."""
        self.takes = count
        self.visit.resume_writing()

    def pause_reading(self):
        self.reading = False

    def resume_reading(self):
        self.reading = True

    def abort(self):
        self.aborted = True


class Browser(VisitWebsocketHandler):
    """A browser's websocket without a line: `sent` is on its way until it is taken."""

    def __init__(self, visit, page=""):
        self._visit, self.page, self._unsent, self._number = visit, page, 0, None
        self._beats = HeartbeatSender(self, True)
        self.sent, self.closed = [], []
        self.ws_connection = SimpleNamespace(is_closing=lambda: bool(self.closed))
        self._number = visit.attach(self)

    def write_message(self, message, binary=False):
        if self.closed:
            raise WebSocketClosedError
        future = asyncio.get_running_loop().create_future()
        self.sent.append((message, future))
        return future

    def close(self, code=None, reason=None):
        self.closed.append(code)

    @property
    def beats(self):
        return sum(message == HEARTBEAT for message, _ in self.sent)

    async def take(self):
        """Take all that is on its way."""
        for _, future in self.sent:
            future.done() or future.set_result(None)
        self.sent.clear()
        await asyncio.sleep(0)


@pytest.fixture
def visit(monkeypatch):
    """A visit whose process is there, and does not answer."""
    template = SimpleNamespace(path="page.ipynb", expect=lambda count: None)
    made = ServedVisit(SimpleNamespace(), template, {}, VisitLimits(), lambda visit: None)
    made.begun, made._environment = True, None
    made._process._transport = Transport(made._process)
    return made


def message(number, size=0):
    return b"%d" % number + bytes(size)


def written(visit):
    """Return the messages that the process has been given."""
    cut = PacketReader().feed(b"".join(visit._process._transport.written))
    return [content.rstrip(b"\0") for _, content in cut]


def run(test):
    """Run a test that is a coroutine; it must come to an end."""

    def whole(**fixtures):
        asyncio.run(asyncio.wait_for(test(**fixtures), 60))

    whole.__signature__ = inspect.signature(test)
    whole.__name__ = test.__name__
    return whole


@run
async def test_a_process_waits_while_any_of_its_browsers_takes_no_more(visit):
    slow, fast = Browser(visit), Browser(visit)
    transport = visit._process._transport
    visit._process.data_received(encode_packet(ALL_WEBSOCKETS, bytes(PAUSE_ABOVE_BYTES + 1)))
    assert not transport.reading
    await fast.take()
    # The other one has 8 MB before it still.
    assert not transport.reading
    visit._process.data_received(encode_packet(ALL_WEBSOCKETS, b"what was on its way"))
    await fast.take()
    assert not transport.reading
    await slow.take()
    assert transport.reading


@run
async def test_a_browser_that_goes_or_is_replaced_is_not_waited_for(visit):
    slow, other = Browser(visit, "one"), Browser(visit)
    transport = visit._process._transport
    visit._process.data_received(encode_packet(ALL_WEBSOCKETS, bytes(PAUSE_ABOVE_BYTES + 1)))
    await other.take()
    assert not transport.reading
    new = Browser(visit, "one")
    assert slow.closed == [WEBSOCKET_REPLACED]
    assert transport.reading
    visit._process.data_received(encode_packet(ALL_WEBSOCKETS, bytes(PAUSE_ABOVE_BYTES + 1)))
    await other.take()
    # What the one before has not taken is its own affair, though the new one has its number.
    await slow.take()
    assert not transport.reading
    new.on_close()
    assert transport.reading
    visit._process.data_received(encode_packet(ALL_WEBSOCKETS, bytes(RESUME_BELOW_BYTES)))
    assert transport.reading


@run
async def test_beats_are_answered_while_messages_wait_for_the_process(visit):
    browser = Browser(visit)
    visit._process._transport.take(3)
    for number in range(100):
        assert browser.on_message(message(number, 1000)) is None
    assert browser.on_message(HEARTBEAT) is None
    assert browser.beats == 1
    assert len(visit._process._transport.written) == 3
    visit._process._transport.take(50)
    assert len(visit._process._transport.written) == 53
    browser.on_message(message(100))
    visit._process._transport.take(1000)
    browser.on_message(message(101))
    assert written(visit) == [message(number) for number in range(102)]


@run
async def test_who_has_sent_all_that_may_wait_is_read_no_more_but_beaten_to(visit, monkeypatch):
    monkeypatch.setattr(visit_websocket, "HEARTBEAT_INTERVAL", 0.01)
    browser = Browser(visit)
    visit._process._transport.take(1)
    monkeypatch.setattr(visit, "due", lambda size: 0.0)
    taken = 0
    while (waits := browser.on_message(message(taken))) is None:
        taken += 1
    assert taken == MAX_QUEUED_MESSAGES
    task = asyncio.ensure_future(waits)
    while not browser.beats:
        await asyncio.sleep(0.01)
    # What has not been taken is not sent again, however long it takes.
    await asyncio.sleep(0.1)
    assert browser.beats == 1
    assert not task.done()
    visit._process._transport.take(1)
    await task
    visit._process._transport.take(10**9)
    assert written(visit) == [message(number) for number in range(taken + 1)]


@run
async def test_nobody_waits_for_room_whose_line_or_visit_is_gone(visit, monkeypatch):
    monkeypatch.setattr(visit_websocket, "HEARTBEAT_INTERVAL", 0.01)
    visit._process._transport.take(1)
    browser, other = Browser(visit), Browser(visit)
    browser.on_message(message(1))
    waits = [one.on_message(message(2, MAX_QUEUED_BYTES)) for one in (browser, other)]
    browser.close()
    await waits[0]
    task = asyncio.ensure_future(waits[1])
    await asyncio.sleep(0.05)
    assert not task.done()
    visit.close()
    await task
    assert other.closed == [VISIT_ENDED]


@run
async def test_what_is_sent_before_there_is_a_process_waits_in_its_order(visit):
    transport, visit._process._transport = visit._process._transport, None
    browser = Browser(visit)
    for number in range(10):
        assert browser.on_message(message(number)) is None
    waits = browser.on_message(message(10, MAX_QUEUED_BYTES))
    # As it is when the process is there.
    for packet in visit._process._queue:
        transport.write(packet)
    visit._process._queue.clear()
    visit._process._transport = transport
    await waits
    assert browser.on_message(message(11)) is None
    assert written(visit) == [message(number) for number in range(12)]


@run
async def test_all_that_is_sent_is_paced_and_text_is_not_spoken(visit, monkeypatch):
    came = []
    monkeypatch.setattr(visit, "due", lambda size: came.append(size) or 0.0)
    browser = Browser(visit)
    browser.on_message(HEARTBEAT)
    browser.on_message(b"12345")
    assert browser.closed == []
    browser.on_message("text")
    browser.on_message("")
    assert browser.closed == [POLICY_VIOLATION] * 2
    assert came == [4, 5, 4, 0]


@run
async def test_whoever_sends_too_fast_is_read_later_and_beaten_to(visit, monkeypatch):
    monkeypatch.setattr(visit_websocket, "HEARTBEAT_INTERVAL", 0.01)
    browser = Browser(visit)
    monkeypatch.setattr(visit, "due", lambda size: 0.05)
    await browser.on_message(b"first")
    assert written(visit) == [b"first"]
    assert browser.beats == 1
    browser.sent.clear()
    browser._beats = HeartbeatSender(browser, True)
    monkeypatch.setattr(visit, "due", lambda size: 0.001)
    waits = browser.on_message(HEARTBEAT)
    assert browser.beats == 0
    await waits
    assert browser.beats == 1


@run
async def test_a_visit_ends_with_a_packet_that_is_too_large(visit, caplog):
    browser = Browser(visit)
    visit._process.data_received(
        encode_packet(ALL_WEBSOCKETS, b"x") + HEADER.pack(MAX_PACKET_BYTES + 1, 0)
    )
    assert browser.closed == [VISIT_ENDED]
    assert visit._process._transport.aborted
    assert "is ended" in caplog.text
    with pytest.raises(OSError, match="ended"):
        visit.attach(browser)


def test_a_packet_has_so_many_bytes():
    unpacker = PacketReader(10)
    assert unpacker.feed(encode_packet(1, b"x" * 10)) == [(1, b"x" * 10)]
    with pytest.raises(ConnectionError):
        unpacker.feed(HEADER.pack(11, 1))


class Line:
    """A line that sends a byte at a time, and lets others have their turn between two."""

    def __init__(self):
        self.sent = bytearray()

    def sendall(self, packet):
        for byte in packet:
            self.sent.append(byte)
            time.sleep(0)


def speak(line):
    """Return what a process says something by."""
    kernel = SimpleNamespace(comm_manager=None)
    return VisitMessageLoop(line, kernel, None)._put


def test_threads_of_one_process_do_not_talk_at_the_same_time():
    line = Line()
    put = speak(line)
    contents = [bytes([number]) * 200 for number in range(8)]
    threads = [
        threading.Thread(
            target=lambda content=content: [put(ALL_WEBSOCKETS, content) for _ in range(5)]
        )
        for content in contents
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = PacketReader(1000).feed(bytes(line.sent))
    assert sorted(found) == sorted((ALL_WEBSOCKETS, content) for content in contents * 5)


def test_a_process_does_not_say_what_would_end_it(monkeypatch):
    monkeypatch.setattr(visit_message_loop, "MAX_PACKET_BYTES", 10)
    line = Line()
    put = speak(line)
    with pytest.raises(ValueError, match="at most 10 bytes"):
        put(ALL_WEBSOCKETS, b"x" * 11)
    put(ALL_WEBSOCKETS, b"x" * 10)
    assert bytes(line.sent) == encode_packet(ALL_WEBSOCKETS, b"x" * 10)


class Counted(bytes):
    """Bytes that know how often they have been measured."""

    measured = 0

    def __len__(self):
        Counted.measured += 1
        return super().__len__()


def test_what_waits_is_counted_as_it_comes_and_goes():
    Counted.measured = 0
    backlog = BoundedMessageQueue(10**9, 10**9)
    for _ in range(2000):
        backlog.append(Counted(32))
    for _ in range(1000):
        backlog.popleft()
    assert Counted.measured == 3000
    assert len(list(backlog)) == len(backlog) == 1000


def test_a_backlog_is_full_by_its_bytes_or_its_number():
    for backlog, size in (
        (BoundedMessageQueue(100, 10**9), 50),
        (BoundedMessageQueue(10**9, 2), 1),
    ):
        for _ in range(2):
            assert not backlog.full
            backlog.append(bytes(size))
        assert backlog.full
        assert not asyncio.run(backlog.room(0.01))
        backlog.popleft()
        assert not backlog.full
        assert asyncio.run(backlog.room(60))
        backlog.append(bytes(size))
        backlog.clear()
        assert not backlog.full
        assert not backlog


@pytest.fixture
def kernel(monkeypatch):
    """A websocket of a kernel; `passed` is what the kernel is given."""
    connection = kernel_websocket.KernelWebsocketConnection.__new__(
        kernel_websocket.KernelWebsocketConnection
    )
    handler = KernelWebsocketHandler.__new__(KernelWebsocketHandler)
    handler.closed, handler.beats = [], []
    handler.ws_connection = SimpleNamespace(selected_subprotocol=PROTOCOL)
    handler.close = lambda code, reason: handler.closed.append(code)
    monkeypatch.setattr(
        KernelWebsocketHandler,
        "write_message",
        lambda self, message, binary=False: self.beats.append(message) or self.taken,
    )
    # Any future, of which nobody waits for a result.
    handler.taken = concurrent.futures.Future()
    connection.websocket_handler = handler
    connection._unsent = 0
    connection._beats, connection._refused = HeartbeatSender(handler, True), False
    connection._waiting = BoundedMessageQueue(
        kernel_websocket.MAX_QUEUED_BYTES, kernel_websocket.MAX_QUEUED_MESSAGES
    )
    connection._pace = SimpleNamespace(took=[], wait=0.0)
    connection._pace.take = lambda size: connection._pace.took.append(size) or connection._pace.wait
    passed = []
    monkeypatch.setattr(
        ZMQChannelsWebsocketConnection,
        "handle_incoming_message",
        lambda self, message: passed.append(message),
    )
    connection.__dict__["passed"] = passed
    return connection


@run
async def test_a_beat_is_answered_as_soon_as_the_one_before_is_taken():
    sent = []

    def write(message):
        sent.append(asyncio.Future())
        return sent[-1]

    beats = HeartbeatSender(SimpleNamespace(write_message=write), True)
    for _ in range(5):
        beats.answer()
    assert len(sent) == 1
    sent[0].set_result(None)
    await asyncio.sleep(0)
    assert len(sent) == 2
    beats.answer()
    sent[1].set_exception(WebSocketClosedError())
    await asyncio.sleep(0)
    assert len(sent) == 2


@run
async def test_a_kernel_s_messages_wait_in_their_order_and_are_counted_once(kernel):
    kernel._pace.wait = 3600.0
    whole = Counted(encode_message("shell", PARTS))
    Counted.measured = 0
    for _ in range(kernel_websocket.MAX_QUEUED_MESSAGES):
        kernel.handle_incoming_message(whole)
    assert Counted.measured < 4 * kernel_websocket.MAX_QUEUED_MESSAGES
    assert kernel.websocket_handler.closed == []
    kernel.handle_incoming_message(HEARTBEAT)
    assert kernel.websocket_handler.closed == [POLICY_VIOLATION]
    assert not kernel._waiting
    kernel.handle_incoming_message(whole)
    assert kernel.passed == []


@run
async def test_a_kernel_s_messages_are_passed_on_when_they_are_due(kernel):
    messages = [encode_message("shell", [*PARTS, b"%d" % number]) for number in range(20)]
    kernel._pace.wait = 0.01
    for number, sent in enumerate(messages):
        # Who has sent less meanwhile has it wait all the same, behind what was before.
        kernel._pace.wait = 0.0 if number == 10 else 0.01
        kernel.handle_incoming_message(sent)
    kernel.handle_incoming_message(HEARTBEAT)
    assert kernel.websocket_handler.beats == []
    while not kernel.websocket_handler.beats:
        await asyncio.sleep(0.01)
    assert kernel.passed == messages
    large = encode_message("shell", [*PARTS, bytes(kernel_websocket.MAX_QUEUED_BYTES)])
    kernel.handle_incoming_message(large)
    while kernel.passed[-1] != large:
        await asyncio.sleep(0.01)
    assert kernel.websocket_handler.closed == []


@run
async def test_a_picture_for_a_websocket_that_has_gone_is_not_sent(kernel, monkeypatch):
    handler = kernel.websocket_handler
    message = {"header": {"msg_type": "comm_msg"}, "buffers": [bytes(100)]}
    older = serialize_binary_message(message)
    # What Voilà would take for the number of a message's parts.
    assert int.from_bytes(older[:8], "little") > 2**50
    handler.ws_connection = None
    kernel.write_message(older, binary=True)
    assert handler.beats == []
    handler.ws_connection = SimpleNamespace(selected_subprotocol=PROTOCOL)
    kernel.write_message(b"present", binary=True)
    assert handler.beats == [b"present"]


@run
async def test_a_kernel_s_browser_that_takes_nothing_is_let_go(kernel):
    handler, frame = kernel.websocket_handler, bytes(1 << 20)
    for _ in range(3 * kernel_websocket.MAX_UNSENT_BYTES // len(frame)):
        handler.taken = asyncio.Future()
        kernel.write_message(frame, binary=True)
        handler.taken.set_result(None)
        await asyncio.sleep(0)
    assert handler.closed == []
    handler.taken = asyncio.Future()
    before = len(handler.beats)
    for _ in range(3 * kernel_websocket.MAX_UNSENT_BYTES // len(frame)):
        kernel.write_message(frame, binary=True)
    assert handler.closed == [POLICY_VIOLATION]
    assert len(handler.beats) - before == kernel_websocket.MAX_UNSENT_BYTES // len(frame) + 1


@run
async def test_a_kernel_s_websocket_is_paced_in_all_and_speaks_no_text(kernel):
    whole = encode_message("shell", PARTS)
    for sent in (HEARTBEAT, b"no message", whole, "text"):
        kernel.handle_incoming_message(sent)
    assert kernel.websocket_handler.beats == [HEARTBEAT]
    assert kernel.passed == [whole]
    assert kernel._pace.took == [4, 10, len(whole), 4]
    assert kernel.websocket_handler.closed == [POLICY_VIOLATION]


def offsets(*numbers):
    return b"".join(n.to_bytes(8, "little") for n in (len(numbers), *numbers))


def begin(count, size):
    """Return the head's size and the end of a message of so many offsets and bytes."""
    return 8 * (count + 1), 8 * (count + 1) + size


HEAD_7, END_7 = begin(7, 100)
CROOKED = {
    "to and fro": offsets(*(begin(MAX_PARTS, MB)[i % 2] for i in range(MAX_PARTS))) + bytes(MB),
    "down": offsets(*range(END_7, END_7 - 7, -1)) + bytes(100),
    "beyond": offsets(*[HEAD_7] * 6, END_7 + 1) + bytes(100),
    "far beyond": offsets(*[HEAD_7] * 6, 2**64 - 1) + bytes(100),
    "short of the end": offsets(*[HEAD_7] * 6, END_7 - 1) + bytes(100),
    "in the head": offsets(8, *[HEAD_7] * 5, END_7) + bytes(100),
    "too few": offsets(*[begin(5, 100)[0]] * 4, begin(5, 100)[1]) + bytes(100),
    "too many": offsets(*[begin(1001, 9)[0]] * 1000, begin(1001, 9)[1]) + bytes(9),
    "none": b"",
    "cut": offsets(HEAD_7)[:12],
}


@pytest.mark.parametrize("crooked", CROOKED.values(), ids=CROOKED)
def test_parts_of_a_message_lie_one_behind_the_other(kernel, crooked):
    with pytest.raises(InvalidMessageError):
        part_offsets(crooked)
    with pytest.raises(InvalidMessageError):
        # Were it cut, this would be no JSON.
        decode_message(crooked, lambda piece: {"msg_type": "comm_msg"})
    kernel.handle_incoming_message(crooked)
    assert kernel.passed == []


@given(st.text(max_size=20), st.lists(st.binary(max_size=20), min_size=4, max_size=9))
def test_an_outline_is_that_of_what_was_joined(channel, parts):
    whole = encode_message(channel, parts)
    at = part_offsets(whole)
    pieces = [whole[a:b] for a, b in pairwise(at)]
    assert pieces == [channel.encode(), *parts]


class Gone:
    """Visits of which one has just ended."""

    message = MB

    def __contains__(self, visit_id):
        return False

    def __getitem__(self, visit_id):
        raise KeyError(visit_id)


@pytest.mark.parametrize(
    "method",
    [VisitStatusHandler.get, VisitEndHandler.post, VisitWebsocketHandler.get],
    ids=lambda method: method.__qualname__,
)
def test_a_visit_that_has_just_ended_is_not_found(method):
    async def allow(*_):
        return True

    asked = SimpleNamespace(
        _visits=Gone(),
        finish=None,
        authorizer=SimpleNamespace(is_authorized=allow),
        current_user="somebody",
        request=SimpleNamespace(headers={"Sec-WebSocket-Protocol": visit_websocket.PROTOCOL}),
        get_query_argument=lambda name, default: default,
    )
    with pytest.raises(HTTPError) as raised:
        asyncio.run(inspect.unwrap(method)(asked, "id"))
    assert raised.value.status_code == 404
    with pytest.raises(HTTPError):
        find_visit(Gone(), "id")


def test_a_page_has_a_name_of_so_many_characters():
    def asked(**arguments):
        return SimpleNamespace(get_query_argument=lambda name, default: arguments.get(name, ""))

    longest = "é" * websocket_heartbeat.MAX_SESSION_ID_LENGTH
    assert read_page_id(asked(session_id=longest, beats="1")) == (longest, True)
    assert read_page_id(asked()) == ("", False)
    with pytest.raises(HTTPError) as raised:
        read_page_id(asked(session_id=longest + "x"))
    assert raised.value.status_code == 400
