"""Lines between the server and its processes: nobody waits for whoever does not read."""

import asyncio
import contextlib
import errno
import logging
import os
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest

from lively import visit as visits_api
from lively.serving.built_pages import built_page, page_store
from lively.serving.built_pages.page_builder import NotShareableError
from lively.serving.built_pages.page_store import Templates
from lively.serving.fork import page_process
from lively.serving.fork.fork_server_client import ForkServerClient
from lively.serving.shared import process_messages
from lively.serving.shared.visit_limits import VisitLimits
from lively.serving.visits import served_visit
from lively.serving.visits.served_visit import ServedVisit
from lively.serving.visits.websocket_heartbeat import VISIT_ENDED, VISIT_NOT_STARTED

TEXT = "x" * 60_000


@pytest.fixture
def line():
    ours, theirs = process_messages.connected_sockets()
    yield ours, theirs
    ours.close()
    theirs.close()


async def fill(line):
    """Send until the other side would have to read."""
    with contextlib.suppress(TimeoutError):
        while True:
            await process_messages.send_when_ready(line, {"text": TEXT}, seconds=0.05)


def received(line):
    """Return what has come so far."""
    line.setblocking(False)
    found = []
    while True:
        try:
            found.append(process_messages.receive_message(line)[0])
        except BlockingIOError:
            return found


def test_a_large_message_travels_as_a_file(line):
    ours, theirs = line
    with open(os.devnull) as file:
        process_messages.send_message(ours, {"text": TEXT * 50}, file.fileno())
        message, (descriptor,) = process_messages.receive_message(theirs)
    assert message == {"text": TEXT * 50}
    assert os.readlink(f"/proc/self/fd/{descriptor}") == os.devnull
    process_messages.close_descriptors([descriptor])


def test_who_does_not_read_keeps_nobody(line):
    ours, theirs = line

    async def scene():
        await fill(ours)
        waiting = [
            asyncio.create_task(process_messages.send_when_ready(ours, {"number": n}, seconds=60))
            for n in range(5)
        ]
        # Everything else goes on.
        await asyncio.sleep(0.05)
        assert not any(task.done() for task in waiting)
        found = []
        while not all(task.done() for task in waiting):
            found += received(theirs)
            await asyncio.sleep(0)
        await asyncio.gather(*waiting)
        return [*found, *received(theirs)]

    found = asyncio.run(scene())
    assert sorted(said["number"] for said in found if "number" in said) == [0, 1, 2, 3, 4]


def test_a_line_that_is_hung_up_lets_nobody_wait(line):
    ours, _ = line

    async def scene():
        await fill(ours)
        waiting = asyncio.create_task(process_messages.send_when_ready(ours, {}, seconds=60))
        await asyncio.sleep(0.05)
        process_messages.shut_down_socket(ours)
        with pytest.raises(OSError, match="pipe"):
            await waiting

    asyncio.run(scene())


def page(line):
    """Return a template whose process would be that of a child that has ended."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    watched = os.pidfd_open(child.pid)
    child.wait()
    return built_page.BuiltPage("page.ipynb", line, watched, None, {})


def test_a_template_that_takes_no_requests_is_given_up(line, monkeypatch):
    ours, _ = line
    monkeypatch.setattr(built_page, "FORK_TIMEOUT", 0.05)

    async def scene():
        await fill(ours)
        stuck = page(ours)
        assert stuck.alive
        # What is only to be prepared is not waited for.
        assert not stuck.prepare([1])
        with pytest.raises(TimeoutError):
            await stuck.fork(ours, {}, 0)
        assert not stuck.alive

    asyncio.run(scene())


@pytest.fixture
def forking(line):
    """A fork server with another process in its place."""
    server = ForkServerClient()
    server._control = line[0]
    server.process = SimpleNamespace(poll=lambda: None, kill=lambda: None, wait=lambda: None)
    return server


def test_a_shortage_in_the_server_ends_no_process(forking, line, monkeypatch):
    def fail():
        raise OSError(errno.EMFILE, "too many open files")

    before = forking.process
    with monkeypatch.context() as short:
        short.setattr(process_messages, "connected_sockets", fail)
        with pytest.raises(OSError, match="too many"):
            asyncio.run(forking.fork("kernel"))
    assert forking.process is before
    asyncio.run(forking.fork("kernel", env={"QUERY_STRING": TEXT * 10})).close()
    assert forking.process is before
    assert process_messages.receive_message(line[1])[0]["env"] == {"QUERY_STRING": TEXT * 10}


def test_the_old_process_forks_while_its_successor_imports(forking):
    async def scene():
        async with forking._starting:
            (await asyncio.wait_for(forking.fork("kernel"), 30)).close()

    asyncio.run(scene())


class Socket:
    """A websocket that only remembers how it was closed."""

    page = ""
    ended = ()

    def end(self, code, reason):
        self.ended = code, reason


def begin(present, alive=True, postponed=False):
    """Let a visit begin; return it and its websocket. `present` is what its page is by now."""

    async def scene():
        async def find(path):
            return present

        known = SimpleNamespace(find=find, is_postponed=lambda path: postponed)
        mine = SimpleNamespace(path="page.ipynb", alive=alive, expect=lambda more: None, page=page)
        visit, websocket = ServedVisit(known, mine, {}, VisitLimits(), lambda visit: None), Socket()
        left = visit.left
        visit.attach(websocket)
        await visit._task
        # The time to come goes on.
        assert visit.left == left
        return visit, websocket

    return asyncio.run(scene())


def test_a_visit_for_which_there_are_no_files_may_try_again(monkeypatch):
    def fail():
        raise OSError(errno.EMFILE, "too many open files")

    monkeypatch.setattr(served_visit, "socket", SimpleNamespace(socketpair=fail))
    visit, websocket = begin(None)
    assert websocket.ended[0] == VISIT_NOT_STARTED
    assert not visit.begun
    assert visit.sockets == 0


@pytest.mark.parametrize(("postponed", "code"), [(False, VISIT_ENDED), (True, VISIT_NOT_STARTED)])
def test_a_visit_to_a_page_that_is_another_by_now_ends(postponed, code):
    _, websocket = begin(None, alive=False, postponed=postponed)
    assert websocket.ended[0] == code


@pytest.fixture
def account(tmp_path, monkeypatch):
    """The account of the pages in a folder, and a function that says how a page cannot be built."""
    (tmp_path / "page.ipynb").write_text("{}")
    contents = SimpleNamespace(root_dir=str(tmp_path))
    configuration = SimpleNamespace(template="lively", theme="light", show_tracebacks=False)
    site = SimpleNamespace(
        settings={"contents_manager": contents}, configuration=configuration, template_paths=[]
    )
    account = Templates(site, ForkServerClient())
    tried = []

    def fail_with(error):
        async def make(path, *args):
            tried.append(path)
            raise error

        monkeypatch.setattr(account._builder, "make", make)

    return SimpleNamespace(templates=account, fail_with=fail_with, tried=tried, folder=tmp_path)


def find(account):
    return asyncio.run(account.templates.find("page.ipynb"))


def test_a_page_that_something_was_short_for_is_tried_again(account, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(page_store, "monotonic", lambda: now[0])
    for error in (OSError(errno.EMFILE, "too many open files"), TimeoutError()):
        account.fail_with(error)
        for _ in range(5):
            now[0] += page_store.RETRY_DELAY + 1
            before = len(account.tried)
            assert find(account) is None
            assert find(account) is None
            assert len(account.tried) == before + 1


def test_a_page_whose_process_dies_is_tried_a_few_times(account):
    account.fail_with(ConnectionError("the process at the other end is gone"))
    for _ in range(10):
        assert find(account) is None
    assert len(account.tried) == page_store.MAX_CRASHES


def test_what_a_page_had_read_when_it_failed_belongs_to_it(account):
    helper = account.folder / "helper.py"
    helper.write_text("1 +")
    account.fail_with(NotShareableError("it raises an exception", [str(helper)]))
    assert find(account) is None
    assert find(account) is None
    assert len(account.tried) == 1
    helper.write_text("mended = 1")
    assert find(account) is None
    assert len(account.tried) == 2


def test_a_page_that_has_died_and_cannot_be_built_is_not_tried_for_ever(account, line):
    async def scene():
        dead = page(line[0])
        line[1].close()
        account.templates._pages["page.ipynb"] = dead
        assert not dead.alive
        account.fail_with(NotShareableError("it raises an exception"))
        await account.templates.find("page.ipynb")
        assert not account.templates._pages
        # Nobody is asked whether anything has changed, since there is nothing.
        await account.templates._look()

    asyncio.run(scene())
    assert len(account.tried) == 1


def test_what_is_not_prepared_displaces_nothing(account):
    prepared = []
    account.templates._pages["page.ipynb"] = SimpleNamespace(
        prepare=lambda wanted: ready and not prepared.append(wanted)
    )
    ready = True
    for number in range(page_store.MAX_SUGGESTIONS):
        account.templates.suggest("page.ipynb", number)
    ready = False
    account.templates.suggest("page.ipynb", 100)
    ready = True
    account.templates.suggest("page.ipynb", 3)
    assert prepared[-1] == list(range(page_store.MAX_SUGGESTIONS))
    account.templates.suggest("page.ipynb", 100)
    assert prepared[-1] == [*range(1, page_store.MAX_SUGGESTIONS), 100]


def test_a_visit_that_has_gone_by_the_time_its_fork_fails_ends_no_template(line, monkeypatch):
    ours, theirs = line
    visitor, of_process = socket.socketpair()

    def fail():
        raise OSError("no more processes")

    monkeypatch.setattr(os, "fork", fail)
    monkeypatch.setattr(page_process, "reap_children", lambda: None)
    with of_process:
        process_messages.send_message(ours, {"environment": {}, "memory": 0}, of_process.fileno())
    visitor.close()
    ours.shutdown(socket.SHUT_WR)
    page_process.fork_visits(theirs, None, None, None)


def test_what_goes_wrong_while_something_is_prepared_is_logged(monkeypatch, caplog):
    monkeypatch.setattr(visits_api.hooks, "prepare", [lambda wanted: 1 / 0])
    with caplog.at_level(logging.ERROR):
        page_process.prepare_suggestions([])
    assert "What is prepared for visits failed." in caplog.text
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("show_tracebacks", [False, True])
def test_an_author_sees_what_a_page_raises_and_not_the_page_as_it_was(account, show_tracebacks):
    account.templates._show_tracebacks = show_tracebacks
    retired = []
    old = SimpleNamespace(alive=True, files={}, retire=retired.append)
    account.templates._pages["page.ipynb"] = old
    account.fail_with(NotShareableError("it raises an exception"))
    found = asyncio.run(account.templates.build("page.ipynb"))
    assert found is (None if show_tracebacks else old)
    assert retired == [account.templates.farewell] * show_tracebacks
    # Where something was short, the old page stays for everybody.
    account.templates._pages["page.ipynb"] = old
    account.fail_with(OSError("no memory"))
    assert asyncio.run(account.templates.build("page.ipynb")) is old
