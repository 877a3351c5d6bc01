"""The parts of the server that need no server."""

import asyncio
import gzip
import json
import logging
import os
import socket
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine
from voila.utils import ENV_VARIABLE

from lively import visit as visits_api
from lively.serving.built_pages.page_builder import build_environment
from lively.serving.built_pages.page_html import VISIT_ID_PLACEHOLDER, PageHtml
from lively.serving.fork import page_process, sharing_monitor
from lively.serving.fork.cell_outputs import OutputRecorder
from lively.serving.fork.cell_runner import IdleAwareEventLoop
from lively.serving.http import page_handler
from lively.serving.shared import process_messages
from lively.serving.shared.jupyter_messages import (
    PART_NAMES,
    InvalidMessageError,
    decode_message,
    encode_message,
)
from lively.serving.shared.packet_stream import HEADER, THE_SERVER, PacketReader, encode_packet

TEXTS = st.lists(st.text(max_size=40), min_size=1, max_size=5)
MESSAGE = {"header": {"msg_type": "comm_msg", "msg_id": "1"}, "parent_header": {}, "metadata": {}}


@given(TEXTS, st.binary(max_size=60))
def test_a_page_is_filled_in_the_same_plain_and_compressed(pieces, number):
    text = VISIT_ID_PLACEHOLDER.join(pieces)
    page = PageHtml(text, [VISIT_ID_PLACEHOLDER, "<!-- mark -->"])
    filled = text.encode().replace(VISIT_ID_PLACEHOLDER.encode(), number)
    assert page.fill({VISIT_ID_PLACEHOLDER: number}) == filled
    assert gzip.decompress(page.fill_gzip({VISIT_ID_PLACEHOLDER: number})) == filled
    assert page.same(PageHtml(text, [VISIT_ID_PLACEHOLDER, "<!-- mark -->"]))
    assert not page.same(PageHtml(text + "x", [VISIT_ID_PLACEHOLDER, "<!-- mark -->"]))


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=50)), max_size=8), st.data())
def test_packets_come_whole_however_they_are_cut(packets, data):
    stream = b"".join(
        encode_packet(address, content[:3], content[3:]) for address, content in packets
    )
    unpacker, found = PacketReader(), []
    while stream:
        size = data.draw(st.integers(1, max(len(stream), 1)))
        found += unpacker.feed(stream[:size])
        stream = stream[size:]
    assert found == packets


def test_a_packet_says_how_long_it_is():
    assert encode_packet(7, b"ab", b"c") == HEADER.pack(3, 7) + b"abc"


@given(st.lists(st.binary(max_size=30), max_size=3))
def test_messages_are_read_as_they_were_written(buffers):
    message = {**MESSAGE, "content": {"comm_id": "x"}}
    written = encode_message(
        "shell", [*(json.dumps(message[name]).encode() for name in PART_NAMES), *buffers]
    )
    channel, read = decode_message(written, json.loads)
    assert channel == "shell"
    assert {name: read[name] for name in PART_NAMES} == message
    assert [bytes(buffer) for buffer in read["buffers"]] == buffers
    assert (read["msg_type"], read["msg_id"]) == ("comm_msg", "1")


@given(st.binary(max_size=200))
def test_what_is_no_message_is_a_value_error(content):
    with pytest.raises(InvalidMessageError):
        decode_message(content, json.loads)


@pytest.mark.parametrize("part", [b"[]", b"7", b"{", b'{"msg_type": 7}', b"{}", b"\xff"])
def test_a_message_needs_a_header_with_a_type(part):
    with pytest.raises(InvalidMessageError):
        decode_message(encode_message("shell", [part, b"{}", b"{}", b"{}"]), json.loads)


def record(*messages):
    """Return what a cell shows, and what widgets are told."""
    told = []
    recorder = OutputRecorder(lambda comm, state: told.append((comm, state)))
    shown = recorder.begin()
    for kind, content, *parent in messages:
        recorder.take(kind, content, *(parent or ["cell"]))
    recorder.end()
    return shown, told


def stream(text, name="stdout"):
    return "stream", {"name": name, "text": text}


def display(text, kind="display_data", display_id=None):
    transient = {"display_id": display_id} if display_id else {}
    return kind, {"data": {"text/plain": text}, "metadata": {}, "transient": transient}


def test_text_of_one_stream_is_joined():
    shown, _ = record(stream("a"), stream("b"), stream("c", "stderr"), stream("d"))
    assert [(output["name"], output["text"]) for output in shown] == [
        ("stdout", "ab"),
        ("stderr", "c"),
        ("stdout", "d"),
    ]


def test_a_display_can_be_updated_and_outputs_cleared_at_once_or_later():
    shown, _ = record(display("a", display_id="x"), display("b", "update_display_data", "x"))
    assert [output["data"]["text/plain"] for output in shown] == ["b"]
    shown, _ = record(stream("a"), ("clear_output", {"wait": False}))
    assert shown == []
    shown, _ = record(stream("a"), ("clear_output", {"wait": True}))
    assert [output["text"] for output in shown] == ["a"]
    shown, _ = record(stream("a"), ("clear_output", {"wait": True}), stream("b"))
    assert [output["text"] for output in shown] == ["b"]


def test_a_widget_catches_what_belongs_to_it_and_the_innermost_wins():
    def opened(comm):
        return "comm_open", {"comm_id": comm, "data": {"state": {"_model_name": "OutputModel"}}}

    def catch(comm, request):
        return "comm_msg", {"comm_id": comm, "data": {"state": {"msg_id": request}}}

    shown, told = record(
        *(opened("outer"), opened("inner"), stream("before")),
        *(catch("outer", "cell"), stream("out")),
        *(catch("inner", "cell"), stream("in"), catch("inner", ""), stream("er")),
        *(catch("outer", ""), stream("after")),
    )
    assert [output["text"] for output in shown] == ["beforeafter"]
    texts = {comm: [output["text"] for output in state["outputs"]] for comm, state in told}
    assert texts == {"outer": ["outer"], "inner": ["in"]}


def in_timed_loop(begin, seconds=1.0):
    async def whole():
        begin(asyncio.get_running_loop())
        return await asyncio.get_running_loop().rest(seconds)

    with asyncio.Runner(loop_factory=IdleAwareEventLoop) as runner:
        return runner.run(whole())


def test_a_loop_is_at_rest_when_timers_and_tasks_are_done():
    done = []
    assert in_timed_loop(lambda loop: None)
    assert in_timed_loop(
        lambda loop: loop.call_later(0.05, lambda: loop.call_later(0.05, done.append, 1))
    )
    assert done == [1]
    assert in_timed_loop(lambda loop: loop.call_later(100, done.append, 2).cancel())
    assert not in_timed_loop(lambda loop: loop.call_later(100, done.append, 2), 0.1)
    tasks = []
    assert not in_timed_loop(
        lambda loop: tasks.append(loop.create_task(asyncio.sleep(100))), seconds=0.1
    )


def test_the_environment_is_watched_for_all_that_voila_puts_there():
    same_for_all = {"VOILA_PREHEAT", "SERVER_SOFTWARE", "VOILA_BASE_URL", "VOILA_SERVER_URL"}
    assert {
        variable.value for variable in ENV_VARIABLE
    } == sharing_monitor.VISIT_VARIABLES | same_for_all
    assert not sharing_monitor.VISIT_VARIABLES & same_for_all
    configuration = SimpleNamespace(theme="light", show_tracebacks=False)
    site = SimpleNamespace(base_url="/", settings={}, configuration=configuration)
    assert set(build_environment(site, logging.WARNING)) == same_for_all | {
        "LIVELY_THEME",
        "LIVELY_LOG_LEVEL",
        "LIVELY_SHOW_FAULTS",
    }


@pytest.mark.parametrize(
    ("host", "name", "port"),
    [
        ("Pages.Example", "pages.example", ""),
        ("pages.example:8866", "pages.example", "8866"),
        ("[::1]", "[::1]", ""),
        ("[::1]:8866", "[::1]", "8866"),
    ],
)
def test_a_page_is_told_by_which_name_it_was_asked_for(host, name, port):
    line = RequestStartLine("GET", "/page?n=1", "HTTP/1.1")
    headers = HTTPHeaders({"Host": host, "X-A": "b"})
    request = HTTPServerRequest(start_line=line, headers=headers)
    told = page_handler.request_environment(SimpleNamespace(request=request), ["x-a"])
    assert (told["SERVER_NAME"], told["SERVER_PORT"], told["VOILA_APP_PORT"]) == (name, port, port)
    assert (told["QUERY_STRING"], told["HTTP_X_A"]) == ("n=1", "b")


def test_a_fork_that_fails_is_told_to_the_visit(monkeypatch):
    ours, theirs = process_messages.connected_sockets()
    visitor, of_process = socket.socketpair()

    def fail():
        raise OSError("no more processes")

    monkeypatch.setattr(os, "fork", fail)
    monkeypatch.setattr(page_process, "reap_children", lambda: None)
    with ours, theirs, visitor:
        with of_process:
            process_messages.send_message(
                ours, {"environment": {}, "memory": 0}, of_process.fileno()
            )
        # The line ends, and with it the template.
        ours.shutdown(socket.SHUT_WR)
        page_process.fork_visits(theirs, None, None, None)
        ((address, said),) = PacketReader().feed(visitor.recv(1000))
        assert address == THE_SERVER
        assert json.loads(said) == {"failed": "no more processes"}
        assert visitor.recv(1) == b""


def test_without_a_template_an_author_s_function_is_called_at_once(monkeypatch):
    monkeypatch.setenv("QUERY_STRING", "n=3&n=4&theme=dark")
    monkeypatch.setenv("HTTP_ACCEPT_LANGUAGE", "de")
    seen = []
    assert visits_api.on_visit(seen.append) == seen.append
    assert seen[0].arguments == {"n": ["3", "4"], "theme": ["dark"]}
    assert (seen[0].theme, seen[0].headers) == ("dark", {"Accept-Language": "de"})
    visits_api.on_prepare(seen.append)
    visits_api.suggest({"ratio": 1})
    assert len(seen) == 1


def test_a_kernel_of_voila_s_is_a_visitor_s_own(monkeypatch):
    monkeypatch.delenv("VOILA_REQUEST_URL", raising=False)
    assert not visits_api.served()
    monkeypatch.setenv("VOILA_REQUEST_URL", "http://here/voila/render/page.ipynb")
    assert visits_api.served()
    noted = []
    monkeypatch.setattr(sharing_monitor.WatchedEnvironment, "noted", noted.append, raising=False)
    monkeypatch.setattr(os.environ, "__class__", sharing_monitor.WatchedEnvironment)
    monkeypatch.setattr(visits_api.hooks, "building", True)
    assert not visits_api.served()
    assert noted == []
