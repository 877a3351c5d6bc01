"""A page knows whether its line to the server is alive, and comes back by itself."""

import time

import pytest
import websocket
from client import LINES, PROTOCOL, Client
from liveness import (
    BLOCKED,
    GONE,
    KINDS,
    REGRESSION,
    degree,
    expect_right,
    expect_said,
    expect_well,
)
from playwright.sync_api import expect

#: A notebook that computes until there is a file.
HELD = """
import os
import time
import ipywidgets as widgets

said, button = widgets.HTML(description="said"), widgets.Button(description="Hold")

def hold(_):
    while not os.path.exists("go"):
        time.sleep(0.1)
    os.remove("go")
    said.value = "held"

button.on_click(hold)
widgets.VBox([button, said])
"""


@pytest.mark.parametrize("mode", ["refuse", "strip"])
def test_a_page_that_never_connects_says_so_and_begins_when_it_can(server, relay, visit, mode):
    between = relay(server)
    between.be(mode)
    tab = visit(between.url + REGRESSION)
    tab.page.wait_for_load_state()
    expect_said(tab, BLOCKED, time.monotonic())
    expect(tab.page.get_by_role("button", name="Reload")).to_be_visible()
    expect(tab.page.locator(".lively-poster .lively-control").first).to_have_css("opacity", "0.55")
    between.be("pass")
    expect_well(tab, time.monotonic())
    tab.wait_for_pictures()
    expect_right(tab, 7)


@pytest.mark.parametrize("kind", ["server", "ordinary"])
def test_a_silent_line_is_noticed_and_what_was_moved_is_not_lost(request, relay, visit, kind):
    served = request.getfixturevalue(kind)
    between = relay(served)
    tab = visit(between.url + (REGRESSION if kind == "server" else "voila/render/page.ipynb"))
    tab.wait_for_pictures()
    tab.settle()
    between.be("stall")
    began = time.monotonic()
    slider = tab.control("Degree")
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    expect_said(tab, GONE, began)
    expect(slider).to_have_attribute("aria-disabled", "true")
    # What nobody answers does not move either; the keyboard can leave it.
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuenow") == "9.0"
    tab.page.wait_for_timeout(5000)
    between.be("pass")
    expect_well(tab, time.monotonic())
    expect(slider).to_have_attribute("aria-disabled", "false")
    expect_right(tab, 9)
    slider.press("ArrowLeft")
    expect_right(tab, 8)


@pytest.mark.parametrize("kind", ["server", "ordinary"])
def test_a_cut_line_is_replaced_at_once(request, relay, visit, kind):
    served = request.getfixturevalue(kind)
    between = relay(served)
    tab = visit(between.url + (REGRESSION if kind == "server" else "voila/render/page.ipynb"))
    tab.wait_for_pictures()
    slider = tab.control("Degree")
    for _ in range(3):
        for press in range(6):
            slider.press("ArrowLeft" if press % 2 else "ArrowRight")
            if press == 3:
                between.cut()
        expect_right(tab)
    while degree(tab)[0] != 10:
        slider.press("ArrowRight" if degree(tab)[0] < 10 else "ArrowLeft")
    expect_right(tab, 10)
    began = time.monotonic()
    between.be("cut")
    expect_said(tab, GONE, began)
    tab.page.wait_for_timeout(8000)
    between.be("pass")
    expect_well(tab, time.monotonic())
    expect_right(tab, 10)


def test_websockets_that_are_blocked_later_on(server, relay, visit):
    between = relay(server)
    tab = visit(between.url + REGRESSION)
    tab.wait_for_pictures()
    between.be("refuse")
    expect_said(tab, BLOCKED, time.monotonic())
    between.be("pass")
    expect_well(tab, time.monotonic())
    expect_right(tab, 7)


def connect(visitor, session, query=""):
    """Open a websocket of a visitor's, as the page's script does."""
    address = f"ws://127.0.0.1:{visitor.server.port}/api/kernels/{visitor.id}/channels"
    line = websocket.create_connection(
        f"{address}?session_id={session}{query}", subprotocols=[PROTOCOL], timeout=30
    )
    LINES.append(line)
    return line


@pytest.mark.parametrize("metadata", KINDS)
def test_beats_are_answered_while_a_computation_takes_no_messages(serve_folder, metadata):
    server = serve_folder(metadata=metadata, page=HELD)
    visitor = Client(server, "page.ipynb")
    visitor.line = connect(visitor, "mine", "&beats=1")
    assert visitor.line.recv() == "beat"
    visitor.load()
    click = {"method": "custom", "content": {"event": "click"}}
    visitor.send("comm_msg", {"comm_id": visitor.find(description="Hold"), "data": click})
    # More than the operating system and asyncio keep for a process that does not read, which is
    # what the pointer sends that moves over a picture meanwhile.
    for _ in range(600):
        visitor.send("comm_msg", {"comm_id": "none", "data": {"x": "x" * 700}})
    visitor.line.send("beat")
    while isinstance(visitor.line.recv(), bytes):
        pass
    # Nothing but this ends the computation.
    (server.folder / "go").touch()
    visitor.load()
    assert visitor.state(description="said")["value"] == "held"
    visitor.leave()


@pytest.mark.parametrize("kind", ["server", "ordinary"])
def test_beats_are_answered_to_those_who_know_them(request, kind):
    served = request.getfixturevalue(kind)
    visitor = Client(served, "regression.ipynb" if kind == "server" else "page.ipynb")
    line = connect(visitor, "one", "&beats=1")
    texts = 0
    for _ in range(3):
        while not isinstance(line.recv(), str):
            pass
        texts += 1
        line.send("beat")
    assert texts == 3
    visitor.line = connect(visitor, "two")
    # Whoever does not know beats gets none: this reads binary messages only.
    visitor.ask("kernel_info_request", {})


def test_a_new_line_takes_the_place_of_the_same_pages_old_one(server):
    visitor = Client(server, "regression.ipynb")
    old, other = connect(visitor, "mine"), connect(visitor, "another")
    visitor.line = connect(visitor, "mine")
    visitor.load()
    opcode, content = websocket.ABNF.OPCODE_TEXT, b""
    while opcode != websocket.ABNF.OPCODE_CLOSE:
        opcode, content = old.recv_data()
    assert int.from_bytes(content[:2], "big") == 4409
    assert other.connected
