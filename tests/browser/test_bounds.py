"""What one visitor may take, so that the others have theirs."""

import contextlib
import json
import resource
import time
import urllib.error

import psutil
import pytest
import websocket
from client import PROTOCOL, Client, eventually, fetch

from lively.serving.fork.error_log_filter import MAX_REPEATS as MOST_OFTEN
from lively.serving.shared.jupyter_messages import encode_message
from lively.ui.screens import MOST_PIXELS

#: A page of ours, a second one beside it, and what an author adds.
PAGE = """
import ipywidgets as widgets
import numpy as np
from IPython import get_ipython
from lively.pages.regression import RegressionPage

page, other = RegressionPage(), RegressionPage()
said = widgets.HTML(description="said")
kept = []

def hoard(_):
    with page.controller.guard():
        kept.append(np.ones(150_000_000))

def spin(_):
    while True:
        pass

def fail(_):
    raise ArithmeticError("out of order")

def hear(comm, opened):
    @comm.on_msg
    def answer(message):
        said.value = str(message["content"]["data"])

get_ipython().kernel.comm_manager.register_target("author", hear)
buttons = [widgets.Button(description=action.__name__) for action in (hoard, spin, fail)]
for button, action in zip(buttons, (hoard, spin, fail)):
    button.on_click(action)
widgets.VBox([page, other, said, *buttons])
"""
MANY = 20
MB = 2**20


@pytest.fixture(scope="module", params=["built once", "executed"])
def server(request, serve_folder):
    """A server of this page, which is built once, or executed for each visit."""
    options = {"built once": (), "executed": ("--Templates.built_once=False",)}[request.param]
    server = serve_folder("--Voila.log_level=WARN", *options, page=PAGE)
    server.visit = {"built once": "lively-visit", "executed": "lively-kernel"}[request.param]
    return server


@pytest.fixture
def come(server):
    """Return a function that begins a visit."""
    clients = []

    def begin():
        clients.append(Client(server, "page.ipynb").connect().load())
        return clients[-1]

    yield begin
    for client in clients:
        if client.line.connected:
            client.leave()


def model(client, name):
    """Return the ids of the widgets of a kind."""
    return [n for n, widget in client.states.items() if widget["model_name"] == name]


def noise(client):
    """Return the id of a slider whose picture follows."""
    return next(
        number
        for number, widget in client.states.items()
        if widget["state"].get("description") == "Noise σ"
    )


def process_of(server, before=()):
    """Return the process of the visit that has just begun."""
    (found,) = [p for p in server.processes(server.visit) if p not in before]
    return found


def test_the_browser_makes_no_widgets(come):
    client = come()
    state = {"_model_module": "@jupyter-widgets/controls", "_model_module_version": "2.0.0"}
    state |= {"_view_module": "@jupyter-widgets/controls", "_view_module_version": "2.0.0"}
    state |= {"_model_name": "HTMLModel", "_view_name": "HTMLView", "value": "x" * (MB // 5)}
    before = set(client.states)
    data = {"state": state, "buffer_paths": []}
    for number in range(MANY):
        opened = {"comm_id": f"mine{number}", "target_name": "jupyter.widget", "data": data}
        if number:
            client.send("comm_open", opened)
            continue
        # A script that waits is told that it is done with, and nothing else.
        heard = client.ask("comm_open", opened)
        assert [kind for kind, _ in heard] == ["status"] * len(heard)
        assert heard[-1][1] == {"execution_state": "idle"}
    assert set(client.load().states) == before


def test_an_author_s_own_comm_works(come):
    client = come()
    client.ask("comm_open", {"comm_id": "mine", "target_name": "author", "data": {}})
    client.ask("comm_msg", {"comm_id": "mine", "data": {"any": "thing"}})
    assert client.state(description="said")["value"] == "{'any': 'thing'}"


def test_the_browser_closes_no_widget(come):
    client = come()
    number = noise(client)
    client.send("comm_close", {"comm_id": number, "data": {}})
    client.set(number, value=3.5)
    assert client.load().states[number]["state"]["value"] == 3.5


def test_a_control_is_not_renamed(come):
    client = come()
    number = noise(client)
    client.set(number, max=1e308, description="mine", value=2.5)
    state = client.load().states[number]["state"]
    assert (state["max"], state["description"], state["value"]) == (10.0, "Noise σ", 2.5)


def test_pictures_of_all_pages_have_so_many_pixels(server, come):
    others = server.processes(server.visit)
    client = come()
    process = process_of(server, others)
    before = process.memory_info().rss
    canvases = model(client, "MPLCanvasModel")

    def say(number, **content):
        data = {"method": "custom", "content": content}
        return client.ask("comm_msg", {"comm_id": number, "data": data})

    for canvas in canvases:
        say(canvas, type="initialized")
        say(canvas, type="set_device_pixel_ratio", device_pixel_ratio=4)
        say(canvas, type="resize", width=4000, height=4000)
        say(canvas, type="draw")
    pixels = {}
    for shell in model(client, "AnyModel"):
        heard = say(shell, type="screen", ratio=2.7, sizes=[[1000, 750]] * 2, anew=True)
        for kind, content in heard:
            if kind == "comm_msg" and content["comm_id"] in canvases:
                said = json.loads(content["data"].get("content", {}).get("data", "{}"))
                if said.get("type") == "runs":
                    pixels[content["comm_id"]] = said["width"] * said["height"]
    # One page alone has 11 million of them, and the other one as many as are left.
    assert pixels.keys() == set(canvases)
    assert MOST_PIXELS / 2 < sum(pixels.values()) <= 1.05 * MOST_PIXELS
    assert process.memory_info().rss - before < 700 * MB


def test_a_visit_at_the_bound_of_its_memory_says_so_and_goes_on(server, come):
    others = server.processes(server.visit)
    client = come()
    process = process_of(server, others)
    client.click("hoard")
    assert "more memory" in next(
        widget["state"]["value"]
        for widget in client.states.values()
        if "lively-message" in widget["state"].get("_dom_classes", ())
    )
    assert process.memory_info().rss < 1200 * MB
    client.set(noise(client), value=1.5)
    assert client.load().states[noise(client)]["state"]["value"] == 1.5


def test_the_system_holds_a_visit_to_its_bounds(server, come):
    others = server.processes(server.visit)
    come()
    process = process_of(server, others)
    assert process.rlimit(resource.RLIMIT_CORE) == (0, 0)
    assert process.rlimit(resource.RLIMIT_NOFILE)[1] <= 1024
    most, _ = process.rlimit(resource.RLIMIT_DATA)
    assert 0 < most - 2**30 < 2**30
    # The server, which all visitors need, has its turn before a visit has.
    assert process.nice() > psutil.Process(server.process.pid).nice()


def test_a_message_is_not_larger_than_it_may_be(server, come):
    client, other = come(), come()
    with contextlib.suppress(OSError, websocket.WebSocketException):
        client.line.send_binary(b"x" * 11 * MB)
    with pytest.raises((OSError, AssertionError, websocket.WebSocketException)):
        client.load()
    other.load()


@pytest.mark.parametrize("built_once", [True, False])
def test_who_sends_too_much_waits(serve_folder, built_once):
    options = "--Visits.messages=50", f"--Templates.built_once={built_once}"
    server = serve_folder(*options, page=PAGE)
    client = Client(server, "page.ipynb").connect().load()
    began = time.monotonic()
    for _ in range(300):
        client.send("comm_info_request", {})
    client.load()
    # 100 of them pass at once.
    assert time.monotonic() - began > 3.5
    client.leave()


def test_who_comes_again_has_no_new_share(serve_folder):
    server = serve_folder("--Visits.messages=50", "--Templates.built_once=False", page=PAGE)
    client = Client(server, "page.ipynb").connect().load()
    began = time.monotonic()
    for _ in range(3):
        for _ in range(100):
            client.send("comm_info_request", {})
        client.load()
        client.line.close()
        client.connect()
    client.load()
    assert time.monotonic() - began > 3.5
    client.leave()


def test_what_waits_without_end_is_not_kept(serve_folder):
    server = serve_folder("--Visits.traffic=1000", "--Templates.built_once=False", page=PAGE)
    client = Client(server, "page.ipynb").connect().load()
    with contextlib.suppress(OSError, websocket.WebSocketException):
        for _ in range(300):
            client.send("comm_msg", {"comm_id": "none", "data": "x" * MB})
    with pytest.raises((OSError, AssertionError, websocket.WebSocketException)):
        client.load()
    client.leave()


def test_a_callback_s_fault_is_for_the_log(server, come):
    client, before = come(), server.log.count("Traceback")
    (error,) = [content for kind, content in client.click("fail") if kind == "error"]
    assert error["traceback"] == ["ArithmeticError: out of order"]
    assert "[lively] ERROR page.ipynb: A callback failed.\nTraceback" in server.log
    assert server.log.count("Traceback") == before + 1


def test_nonsense_is_not_logged_at_length(server, come):
    client = come()
    before = len(server.log)
    number = noise(client)
    for turn in range(300):
        client.send(
            "comm_msg",
            {"comm_id": number, "data": {"method": "update", "state": {"value": "x" * turn}}},
        )
        client.send("comm_msg", {"comm_id": f"none{turn}", "data": {}})
        client.send("comm_open", {"comm_id": f"{turn}", "target_name": "none", "data": {}})
    client.load()
    assert len(server.log) - before < 1000


def send_parts(client, header, *parts):
    """Send a message whose parts are not what a message has."""
    header = {"msg_id": "1", "session": "s", "username": "", "version": "5.4", **header}
    client.line.send_binary(encode_message("shell", [json.dumps(header).encode(), b"{}", *parts]))


def test_what_has_other_parts_than_a_message_is_let_go(server, come):
    client = come()
    before = len(server.log)
    for kind in ("comm_open", "comm_msg", "comm_close"):
        for parts in ((b"{}", b"[]"), (b"{}", b'"x"'), (b"[]", b'{"comm_id": "x"}'), (b"3", b"3")):
            send_parts(client, {"msg_type": kind}, *parts)
    opened = json.dumps({"comm_id": "x", "target_name": "jupyter.widget.control"}).encode()
    send_parts(client, {"msg_type": "comm_open"}, b"[]", opened)
    for kind in (3, [], {}, None, True):
        send_parts(client, {"msg_type": kind}, b"{}", b"{}")
    client.set(noise(client), value=1.5)
    assert client.load().states[noise(client)]["state"]["value"] == 1.5
    # ipykernel itself says of some that they are no messages; nothing may get past that.
    assert "should_handle" not in server.log[before:]
    assert "Uncaught exception" not in server.log[before:]


def test_what_cannot_be_read_is_logged_a_few_times(server, come):
    client = come()
    before = server.log.count("Traceback")
    for _ in range(100):
        send_parts(client, {"msg_type": "comm_msg"}, b"{", b"{")
        send_parts(client, {"msg_type": "comm_msg"}, b"{}", b"{")
    client.load()
    assert server.log.count("Traceback") - before <= 2 * 2 * MOST_OFTEN


@pytest.mark.parametrize(
    "query", ["session_id=%ff", "session_id=x&beats=%ff", "session_id=" + "x" * 300]
)
def test_a_websocket_s_address_that_cannot_be_read_is_refused(server, come, query):
    client = come()
    before = server.log.count("Traceback")
    address = f"ws://127.0.0.1:{server.port}/api/kernels/{client.id}/channels?{query}"
    with pytest.raises(websocket.WebSocketBadStatusException, match="400"):
        websocket.create_connection(address, subprotocols=[PROTOCOL], timeout=30)
    client.load()
    assert server.log.count("Traceback") == before


def close_code(line):
    """Return what a websocket is closed with, throwing away what comes before."""
    opcode, content = None, b""
    while opcode != websocket.ABNF.OPCODE_CLOSE:
        opcode, content = line.recv_data()
    return int.from_bytes(content[:2], "big")


def test_a_websocket_that_is_sent_text_is_closed(come):
    client = come()
    client.line.send("text")
    assert close_code(client.line) == 1008
    client.connect().load()


def test_comms_of_a_browser_are_bounded_and_freed(come):
    client = come()
    for number in range(150):
        opened = {"comm_id": f"mine{number}", "target_name": "author", "data": {}}
        client.send("comm_open", opened)

    def count():
        answers = [
            c for kind, c in client.ask("comm_info_request", {}) if kind == "comm_info_reply"
        ]
        return sum(comm["target_name"] == "author" for comm in answers[0]["comms"].values())

    assert count() <= 100
    assert count() > 90
    client.send("comm_close", {"comm_id": "mine3", "data": {}})
    client.send("comm_open", {"comm_id": "later", "target_name": "author", "data": {}})
    client.ask("comm_msg", {"comm_id": "later", "data": "heard"})
    assert client.state(description="said")["value"] == "heard"


def test_a_visit_that_is_ended_ends_alone(server, come):
    others = server.processes(server.visit)
    client = come()
    process = process_of(server, others)
    other = come()
    click = {"method": "custom", "content": {"event": "click"}}
    client.send("comm_msg", {"comm_id": client.find(description="spin"), "data": click})
    time.sleep(0.5)
    other.set(noise(other), value=1.5)
    client.leave()
    eventually(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)
    with pytest.raises(urllib.error.HTTPError, match="404"):
        fetch(f"{server.url}api/kernels/{client.id}")
    assert other.load().states[noise(other)]["state"]["value"] == 1.5
