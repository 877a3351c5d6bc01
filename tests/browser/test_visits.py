"""Visits: processes of their own, forked from a page that has been built once."""

import os
import re
import shutil
import signal
import sys
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest
import websocket
from client import Client, eventually, fetch
from conftest import ROOT, Server, write_notebook

HEAD = "import ipywidgets as widgets\n"
#: A page with a number and buttons that do things.
PAGE = (
    HEAD
    + """
import os, random, sys, tempfile, time, uuid
import numpy as np
from IPython.display import display
from lively.visit import on_visit

number = widgets.IntSlider(description="number", max=100)
said = widgets.HTML(description="said")
out = widgets.Output()

def own(_):
    values = random.random(), np.random.rand(), uuid.uuid4().hex, tempfile.mktemp(), os.getpid()
    said.value = repr((*values, time.time(), widgets.Label().model_id))

def speak(_):
    print("spoken")
    with out:
        print("caught")
        display(3)

def fail(_):
    raise ArithmeticError("out of order")

def leave(_):
    os._exit(3)

def run(_):
    import threading
    threading.Thread(target=lambda: setattr(said, "value", "from a thread")).start()

buttons = []
for action in (own, speak, fail, leave, run):
    buttons.append(widgets.Button(description=action.__name__))
    buttons[-1].on_click(action)

@on_visit
def greet(visit):
    number.value = int(visit.arguments.get("n", ["7"])[0])
    said.value = f"{visit.query}|{visit.theme}|{visit.headers.get('Accept-Language')}"

widgets.VBox([number, said, out, *buttons])
"""
)
SEEDED = HEAD + "import random, numpy as np\nrandom.seed(1); np.random.seed(1)\n" + PAGE


#: Unbuffered, so that the position in the file is the system's.
FILE = (
    HEAD
    + """
kept = open("file.ipynb", "rb", buffering=0)
lines = [kept.read(6)]
said = widgets.HTML(description="said")
button = widgets.Button(description="read")
button.on_click(lambda _: setattr(said, "value", repr((kept.tell(), kept.read(6)))))
widgets.VBox([said, button])
"""
)


@pytest.fixture(scope="module")
def server(serve_folder):
    """A server of some pages."""
    return serve_folder(
        "--VoilaConfiguration.http_header_envs=['Accept-Language']",
        page=PAGE,
        seeded=SEEDED,
        file=FILE,
    )


@pytest.fixture
def come(server):
    """Return a function that begins a visit."""
    clients = []

    def begin(path="page.ipynb", query="", **headers):
        clients.append(Client(server, path, query, **headers).connect().load())
        return clients[-1]

    yield begin
    for client in clients:
        if client.line.connected:
            client.leave()


def own(client):
    """Return what a visit has of its own."""
    client.click("own")
    return eval(client.state(description="said")["value"])


def test_a_page_that_is_sent_costs_no_process_until_its_browser_comes(server):
    pages = [Client(server, "page.ipynb") for _ in range(30)]
    assert not server.processes("lively-visit")
    pages[17].connect().load()
    (process,) = server.processes("lively-visit")
    pages[17].leave()
    eventually(lambda: not process.is_running())


def test_the_page_is_the_same_compressed_and_plain(server):
    address = f"{server.url}voila/render/page.ipynb"
    plain, zipped = (fetch(address, **{"Accept-Encoding": c}) for c in ("identity", "gzip"))
    number = re.compile(r'"kernelId": "([0-9a-f-]+)"')
    ids = [number.search(page)[1] for page in (plain, zipped)]
    assert ids[0] != ids[1]
    assert plain.replace(ids[0], "") == zipped.replace(ids[1], "")
    assert "<!-- lively:" not in plain


def test_what_an_author_does_for_a_visit_is_in_what_the_browser_gets_first(come):
    one = come(query="?n=12&theme=dark", **{"Accept-Language": "de"})
    other = come()
    assert one.state(description="number")["value"] == 12
    assert one.state(description="said")["value"] == "n=12&amp;theme=dark|dark|de".replace(
        "&amp;", "&"
    )
    assert other.state(description="number")["value"] == 7
    assert other.state(description="said")["value"] == "|light|None"


def test_visits_do_not_see_each_other(come):
    one, other = come(), come()
    one.set(one.find(description="number"), value=33)
    later = come()
    states = [client.load().state(description="number")["value"] for client in (one, other, later)]
    assert states == [33, 7, 7]


def test_chance_time_and_names_are_a_visit_s_own(come):
    first, second = own(come()), own(come())
    assert all(a != b for a, b in zip(first, second, strict=True)), (first, second)


def test_random_numbers_that_the_page_has_seeded_stay_as_they_are(come):
    first, second = own(come("seeded.ipynb")), own(come("seeded.ipynb"))
    assert first[:2] == second[:2]
    assert all(a != b for a, b in zip(first[2:], second[2:], strict=True))


def test_each_visit_reads_a_file_from_where_the_page_left_it(come):
    one, other = come("file.ipynb"), come("file.ipynb")
    read = []
    for client in (one, other, one, other):
        client.click("read")
        read.append(client.state(description="said")["value"])
    assert read[0] == read[1]
    assert read[0].startswith("(6, ")
    assert read[2] == read[3]
    assert read[2].startswith("(12, ")


def test_states_are_those_of_now_for_every_browser_that_asks(come):
    client = come()
    client.set(client.find(description="number"), value=50)
    assert client.load().state(description="number")["value"] == 50


def test_what_callbacks_print_and_display_goes_where_it_belongs(come):
    client = come()
    widget = client.find(_model_name="OutputModel")
    heard = client.click("speak")
    kinds = [kind for kind, _ in heard]
    assert kinds.count("stream") == 2
    assert "display_data" in kinds
    caught = [
        content["data"]["state"]["msg_id"]
        for kind, content in heard
        if kind == "comm_msg"
        and content["comm_id"] == widget
        and "msg_id" in content["data"].get("state", {})
    ]
    assert len(caught) == 2
    assert caught[0]
    assert not caught[1]


def test_a_callback_that_raises_ends_nothing(come, server):
    client = come()
    heard = client.click("fail")
    (error,) = [content for kind, content in heard if kind == "error"]
    assert error["traceback"] == ["ArithmeticError: out of order"]
    said = "[lively] ERROR page.ipynb: A callback failed.\nTraceback (most recent call last):"
    assert server.log.count(said) == 1
    assert server.log.count("ArithmeticError: out of order") == 1
    client.set(client.find(description="number"), value=51)
    assert client.load().state(description="number")["value"] == 51


def test_a_callback_may_start_a_thread(come):
    client = come()
    client.click("run")
    while client.state(description="said")["value"] != "from a thread":
        client.receive()


@pytest.mark.parametrize(
    "kind", ["execute_request", "complete_request", "inspect_request", "history_request", "odd"]
)
def test_nothing_that_a_visitor_sends_is_executed(come, kind):
    client = come()
    code = "number.value = 99"
    client.send(kind, {"code": code, "silent": False, "cursor_pos": 1, "detail_level": 0})
    assert client.load().state(description="number")["value"] == 7


def test_several_browsers_of_one_visit_see_the_same(server, come):
    one = come()
    other = Client.__new__(Client)
    other.server, other.id, other.states, other.printed = server, one.id, {}, ""
    other.connect().load()
    one.set(one.find(description="number"), value=61)
    while other.state(description="number")["value"] != 61:
        other.receive()
    other.line.close()
    assert one.load().state(description="number")["value"] == 61


def test_a_visit_waits_for_a_browser_that_has_lost_its_connection(come):
    client = come()
    client.set(client.find(description="number"), value=44)
    client.line.close()
    client.connect().load()
    assert client.state(description="number")["value"] == 44


def test_a_process_that_ends_ends_the_visit(server, come):
    client = come()
    with pytest.raises((AssertionError, OSError, websocket.WebSocketException)):
        client.click("leave")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        fetch(f"{server.url}api/kernels/{client.id}")


def test_what_a_server_says_of_a_kernel_it_says_of_a_visit(server, come):
    client = come()
    said = fetch(f"{server.url}api/kernels/{client.id}")
    assert client.id in said
    assert '"connections": 1' in said


def test_visits_leave_nothing_behind(server):
    process = psutil.Process(server.process.pid)
    Client(server, "page.ipynb").connect().load().leave()
    eventually(lambda: not server.processes("lively-visit"))
    before = process.num_fds(), len(process.children(recursive=True))
    for _ in range(40):
        Client(server, "page.ipynb").connect().load().leave()
    eventually(
        lambda: (process.num_fds(), len(process.children(recursive=True))) == before, seconds=30
    )


def test_a_page_whose_template_has_died_is_served_all_the_same(server):
    client = Client(server, "page.ipynb")
    for template in server.processes("lively-page"):
        template.kill()
    client.connect().load()
    assert client.state(description="number")["value"] == 7
    client.leave()
    later = Client(server, "page.ipynb").connect().load()
    assert later.state(description="number")["value"] == 7
    later.leave()


def test_what_the_server_s_own_process_has_to_say_has_the_same_form(serve_folder):
    server = serve_folder(page=PAGE)
    client = Client(server, "page.ipynb")
    # Another page by now, and nobody has the one that was sent.
    write_notebook(server.folder / "page.ipynb", f"{PAGE}\nprint('new')", {})
    for template in server.processes("lively-page"):
        template.kill()
    with pytest.raises((AssertionError, OSError, websocket.WebSocketException)):
        client.connect().load()
    eventually(lambda: "[lively] WARNING A visit to page.ipynb is ended" in server.log)


def test_the_process_that_others_are_forked_from_is_replaced(server, come):
    client = come()
    (before,) = server.processes("lively-fork")
    before.kill()
    replaced = eventually(lambda: [p for p in server.processes("lively-fork") if p != before])
    assert replaced
    assert client.load().state(description="number")["value"] == 7
    later = come()
    assert later.state(description="number")["value"] == 7


def test_a_visit_without_a_browser_comes_to_an_end(serve_folder):
    server = serve_folder("--Visits.idle=2", page=PAGE)
    client = Client(server, "page.ipynb").connect().load()
    (process,) = server.processes("lively-visit")
    client.line.close()
    eventually(lambda: not process.is_running())
    with pytest.raises(urllib.error.HTTPError, match="404"):
        fetch(f"{server.url}api/kernels/{client.id}")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_all_end_with_the_server(serve_folder, number):
    server = serve_folder(page=PAGE)
    Client(server, "page.ipynb").connect().load()
    below = psutil.Process(server.process.pid).children(recursive=True)
    assert len(below) == 3
    os.kill(server.process.pid, number)
    server.process.wait(20)
    eventually(lambda: not any(process.is_running() for process in below))


def test_a_server_of_a_single_notebook_builds_it_once_too(tmp_path):
    (tmp_path / "dashboards").mkdir()
    shutil.copy(ROOT / "voila.json", tmp_path)
    write_notebook(tmp_path / "dashboards/page.ipynb", PAGE, {"title": "Alone"})
    write_notebook(tmp_path / "dashboards/other.ipynb", PAGE, {"title": "Another"})
    voila = str(Path(sys.executable).with_name("voila"))
    server = Server(
        [voila, "dashboards/page.ipynb", "--no-browser"], tmp_path, tmp_path / "log", ""
    )
    try:
        client = Client(server, None, "?n=8").connect().load()
        assert client.state(description="number")["value"] == 8
        assert len(server.processes("lively-visit")) == 1
        # What stands around it leads nowhere else.
        plain, zipped = (fetch(server.url, **{"Accept-Encoding": c}) for c in ("identity", "gzip"))
        for page in (plain, zipped):
            assert '<meta property="og:title" content="Alone">' in page
            for other in ("<!-- lively:", "Another", "voila/tree", 'class="lively-menu"'):
                assert other not in page
    finally:
        server.stop()


def test_only_those_who_may_get_a_page_and_its_websocket(serve_folder):
    server = serve_folder("--Voila.token=secret", page=PAGE)
    with pytest.raises((urllib.error.HTTPError, TypeError)):
        Client(server, "page.ipynb")
    client = Client(server, "page.ipynb", "?token=secret")
    with pytest.raises(websocket.WebSocketBadStatusException, match="403"):
        client.connect()
    with pytest.raises(urllib.error.HTTPError, match=r"403|405"):
        client.leave()
