"""Places: how many can be here at the same time, and what those are told who come beyond that."""

import contextlib
import resource
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from client import Client, eventually, fetch
from playwright.sync_api import expect

PAGE = "import ipywidgets as widgets\nwidgets.IntSlider(7, description='n')"
SMALL = "from lively.pages.regression import RegressionPage\nRegressionPage()"


def refusal(server):
    """Return the answer to who comes when it is full."""
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{server.url}voila/render/page.ipynb", timeout=30)
    caught.value.close()
    return caught.value


def test_beyond_the_limit_everybody_gets_a_page_that_says_so(serve_folder):
    server = serve_folder("--Visits.most=25", page=PAGE)

    def come(_):
        try:
            return Client(server, "page.ipynb").connect().load()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers["Retry-After"], error.read().decode()

    with ThreadPoolExecutor(40) as pool:
        came = list(pool.map(come, range(40)))
    inside = [visitor for visitor in came if isinstance(visitor, Client)]
    assert len(inside) == 25
    for visitor in inside:
        assert visitor.load().state(description="n")["value"] == 7
    refused = [visitor for visitor in came if not isinstance(visitor, Client)]
    for code, later, page in refused:
        assert (code, later) == (503, "5")
        assert "All places are taken" in page
        assert 'http-equiv="refresh"' in page
    inside[0].leave()
    with_room = Client(server, "page.ipynb").connect().load()
    assert with_room.state(description="n")["value"] == 7
    assert refusal(server).code == 503


def test_what_a_refused_visitor_asked_for_is_not_logged(serve_folder):
    server = serve_folder("--Visits.most=1", page=PAGE)
    Client(server, "page.ipynb", "?n=secret").connect().load()
    for path in ("page", "none"):
        with pytest.raises(urllib.error.HTTPError) as caught:
            fetch(f"{server.url}voila/render/{path}.ipynb?n=secret")
        caught.value.close()
        eventually(lambda path=path: f"GET /voila/render/{path}.ipynb (" in server.log)
    assert "secret" not in server.log


def test_a_page_that_was_sent_and_never_opened_gives_its_place_back(serve_folder):
    server = serve_folder("--Visits.most=3", "--Visits.reserved=2", page=PAGE)
    late = Client(server, "page.ipynb")
    for _ in range(2):
        Client(server, "page.ipynb")
    assert refusal(server).code == 503
    time.sleep(2.5)
    visitors = [Client(server, "page.ipynb").connect().load() for _ in range(3)]
    # Whoever comes late finds no place any more, and one as soon as somebody leaves.
    with pytest.raises(AssertionError, match="closed"):
        late.connect().load()
    visitors[0].leave()
    eventually(lambda: len(server.processes("lively-visit")) == 2)
    assert late.connect().load().state(description="n")["value"] == 7


def test_who_reloads_again_and_again_takes_one_place(serve_folder, visit):
    server = serve_folder("--Visits.most=4", page=SMALL)
    tab = visit(f"{server.url}voila/render/page.ipynb")
    tab.wait_for_pictures()
    process = psutil.Process(server.process.pid)
    files = process.num_fds()
    for _ in range(12):
        tab.page.reload(wait_until="commit")
        tab.page.wait_for_function("() => document.querySelector('.lively-page')", timeout=60_000)
        tab.page.wait_for_function(
            "() => !document.querySelector('.lively-poster')", timeout=60_000
        )
    eventually(lambda: len(server.processes("lively-visit")) == 1)
    # Those of connections come and go.
    eventually(lambda: process.num_fds() <= files + 4)
    Client(server, "page.ipynb").connect().load()


def test_the_page_tries_again_by_itself(serve_folder, visit):
    server = serve_folder("--Visits.most=1", page=PAGE)
    inside = Client(server, "page.ipynb").connect().load()
    tab = visit(f"{server.url}voila/render/page.ipynb")
    expect(tab.page.get_by_role("heading", name="All places are taken")).to_be_visible()
    inside.leave()
    expect(tab.page.get_by_role("slider")).to_be_visible(timeout=30_000)


def test_kernels_of_what_is_executed_for_each_visit_take_places_too(serve_folder):
    server = serve_folder("--Visits.most=2", "--Templates.built_once=False", page=PAGE)
    for _ in range(2):
        Client(server, "page.ipynb")
    assert refusal(server).code == 503


WAITING = """
import pathlib, time, uuid
pathlib.Path(f"began-{uuid.uuid4().hex}").touch()
while not pathlib.Path("go").exists():
    time.sleep(0.05)
"""


def test_a_visit_takes_one_place_while_its_cells_run(serve_folder):
    options = "--Visits.most=2", "--Templates.built_once=False"
    server = serve_folder(*options, page=WAITING + PAGE)
    with ThreadPoolExecutor(2) as pool:
        came = []
        for number in (1, 2):
            came.append(pool.submit(Client, server, "page.ipynb"))
            eventually(
                lambda number=number: (
                    came[-1].done() or len(list(server.folder.glob("began-*"))) == number
                ),
                seconds=60,
            )
        (server.folder / "go").touch()
        # With its own error, if there was no place.
        visitors = [coming.result(120) for coming in came]
    assert refusal(server).code == 503
    for visitor in visitors:
        visitor.connect().load()


def test_a_kernel_whose_browser_never_comes_gives_its_place_back(serve_folder):
    options = "--Visits.most=1", "--Templates.built_once=False", "--Visits.unopened=3"
    server = serve_folder(*options, page=PAGE)
    Client(server, "page.ipynb")
    eventually(lambda: not server.processes("lively-kernel"), seconds=30)

    def come():
        with contextlib.suppress(urllib.error.HTTPError):
            return Client(server, "page.ipynb").connect().load()

    # The kernel's manager takes its time.
    visitor = eventually(come)
    assert visitor.state(description="n")["value"] == 7


def test_the_server_takes_the_files_that_it_may_have(serve_folder):
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (140, before[1]))
    try:
        server = serve_folder(page=PAGE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    soft, hard = psutil.Process(server.process.pid).rlimit(psutil.RLIMIT_NOFILE)
    assert soft == hard
    visitors = [Client(server, "page.ipynb").connect().load() for _ in range(30)]
    files = psutil.Process(server.process.pid).num_fds()
    assert all(visitor.load().state(description="n")["value"] == 7 for visitor in visitors)
    assert files <= 30 * 6 + 60
