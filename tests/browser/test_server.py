"""The server: kernels that come and go, and what a visitor sees when something is lost."""

import json
import re
import time
import urllib.error
import urllib.request

import psutil
import pytest
import websocket
from client import LINES, PROTOCOL, Client
from playwright.sync_api import expect

SMALL = "from lively.pages.regression import RegressionPage\npage = RegressionPage()\npage"
BROKEN = """
from lively.pages.regression import RegressionPage

page = RegressionPage()

def broken(settings):
    raise ArithmeticError("<b>out of order</b>")

page.controller._compute = broken
page
"""
PATH = "voila/render/page.ipynb"


def outline(*parts):
    """Return parts behind their offsets, as the current protocol has them."""
    offsets = [8 * (len(parts) + 2)]
    for part in parts:
        offsets.append(offsets[-1] + len(part))
    numbers = b"".join(n.to_bytes(8, "little") for n in (len(offsets), *offsets))
    return list(numbers + b"".join(parts))


TEXTS = "", "text", "{}"
NO_MESSAGES = [
    *([], [1], [255] * 8, [255] * 80, [0] * 80),
    outline(b"shell"),
    [*[3, *[0] * 7], *[255] * 24],
    outline(b"shell", b'{"msg_type": "comm_msg"}'),
    outline(b"\xff", b"{}", b"{}", b"{}", b"{}"),
    *(outline(b"shell", header, b"{}", b"{}", b"{}") for header in (b"", b"{", b"[]", b"{}", b"7")),
]
#: Pass as messages, and are for nobody.
FOR_NOBODY = [
    outline(b"no channel", b"{}", b"{}", b"{}", b"{}"),
    outline(b"shell", b'{"msg_type": "execute_request"}', b"{}", b"{}", b"{}"),
    outline(b"shell", b'{"msg_type": "comm_msg"}', b"{", b"{", b"{"),
]


def test_closing_the_tab_ends_its_visit(workshop, visit):
    server = workshop(page=SMALL)
    tabs = [visit(server.url + PATH) for _ in range(2)]
    for tab in tabs:
        tab.wait_for_pictures()
    server.wait_for_visits(2)
    for tab in tabs:
        tab.close()
    server.wait_for_visits(0, seconds=15)


def test_killed_process_shows_a_banner_within_five_seconds(workshop, visit):
    server = workshop(page=SMALL)
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    (mine,) = server.visits()
    mine.kill()
    started = time.monotonic()
    banner = tab.page.get_by_role("alert")
    expect(banner).to_be_visible(timeout=5000)
    assert time.monotonic() - started < 5
    tab.page.get_by_role("button", name="Reload").click()
    tab.wait_for_pictures()
    expect(banner).to_have_count(0)


def test_lost_server_shows_a_banner_within_five_seconds(workshop, visit):
    server = workshop(page=SMALL)
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    server.process.kill()
    expect(tab.page.get_by_role("alert")).to_be_visible(timeout=5000)


def test_a_broken_callback_is_said_on_the_page_and_logged(workshop, visit):
    server = workshop(page=BROKEN)
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    words = tab.words()
    tab.control("Degree").press("ArrowRight")
    message = tab.page.locator(".lively-message")
    # A visitor reads a sentence; the traceback is in the log.
    expect(message).to_have_text(
        "Not shown: there is an error in this page. The last good picture stays."
    )
    assert tab.words() == words
    tab.settle()
    assert tab.control("Degree").get_attribute("aria-valuenow") == "7.0"
    assert "Traceback" in server.log
    assert "ArithmeticError: <b>out of order</b>" in server.log
    assert tab.console == []


def test_a_page_that_is_executed_for_each_visit_lives_and_ends_with_its_tab(workshop, visit):
    server = workshop(page=f"import time\nprint(time.time())\n{SMALL}")
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    assert "page.ipynb is executed for each visit: it uses the time." in server.log
    (kernel,) = server.visits()
    assert kernel.name() == "lively-kernel"
    tab.control("Degree").press("ArrowRight")
    expect(tab.page.locator("[role=img]").first).to_have_attribute(
        "aria-label", re.compile("degree 8")
    )
    kernel.kill()
    expect(tab.page.get_by_role("alert")).to_contain_text(
        "The computation behind this page has ended", timeout=10_000
    )
    tab.page.get_by_role("button", name="Reload").click()
    tab.wait_for_pictures()
    tab.close()
    server.wait_for_visits(0, seconds=15)


def test_a_kernel_whose_visitor_never_comes_is_culled(workshop):
    server = workshop(
        "--Templates.built_once=False",
        "--MappingKernelManager.cull_idle_timeout=3",
        "--MappingKernelManager.cull_interval=1",
        page=SMALL,
    )
    urllib.request.urlopen(server.url + PATH, timeout=60).read()
    server.wait_for_visits(1)
    server.wait_for_visits(0, seconds=20)


def test_what_is_no_message_does_nothing(workshop, visit):
    server = workshop(page=SMALL)
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    before = psutil.Process(server.process.pid).memory_info().rss
    config = tab.page.locator("#jupyter-config-data").text_content()
    kernel = json.loads(config)["kernelId"]
    address = f"ws://127.0.0.1:{server.port}/api/kernels/{kernel}/channels?session_id=other"
    # In the older protocol, Voilà would take a picture's first bytes for a number to count to.
    with pytest.raises(websocket.WebSocketBadStatusException, match="400"):
        websocket.create_connection(address, timeout=20)
    visitor = Client.__new__(Client)
    visitor.server, visitor.id, visitor.states, visitor.printed = server, kernel, {}, ""
    visitor.connect()
    for sent in NO_MESSAGES + FOR_NOBODY:
        visitor.line.send_binary(bytes(sent))
    visitor.line.ping()
    # All of that has been dealt with when this is answered.
    visitor.ask("kernel_info_request", {})
    visitor.line.close()
    for text in TEXTS:
        line = websocket.create_connection(address, subprotocols=[PROTOCOL], timeout=20)
        LINES.append(line)
        line.send(text)
        opcode, content = line.recv_data()
        assert opcode == websocket.ABNF.OPCODE_CLOSE
        assert int.from_bytes(content[:2], "big") == 1008
    assert "Traceback" not in server.log
    assert psutil.Process(server.process.pid).memory_info().rss < before + 50 * 2**20
    tab.control("Degree").press("ArrowRight")
    expect(tab.page.locator("[role=img]").first).to_have_attribute(
        "aria-label", re.compile("degree 8")
    )
    assert tab.console == []
