"""A page says what has ended or does not come: its computation, its server, its scripts."""

import re
import signal
import time

import psutil
import pytest
from conftest import PAGE, start_voila
from liveness import (
    BACK,
    ENDED,
    GONE,
    KINDS,
    LISTEN,
    LOADING,
    REGRESSION,
    SAID,
    alert,
    expect_right,
    expect_said,
)
from playwright.sync_api import expect


def test_a_page_whose_visit_is_unknown_says_so(server, visit):
    tab = visit()
    tab.page.route("**/api/kernels/*", lambda route: route.fulfill(status=404))
    tab.open(server.url + REGRESSION)
    tab.page.wait_for_load_state()
    expect_said(tab, ENDED, time.monotonic())


def test_a_page_that_the_server_cannot_start_says_so(server, visit):
    tab = visit()
    # As the server does it when a page's process could not be had.
    tab.page.route_web_socket(re.compile("/channels"), lambda line: line.close(code=1013))
    tab.open(server.url + REGRESSION)
    tab.page.wait_for_load_state()
    expect_said(tab, "The server could not start this page.", time.monotonic())


def test_a_page_without_its_scripts_says_so(server, visit):
    tab = visit()
    tab.page.route("**/voila.js", lambda route: route.abort())
    tab.open(server.url + REGRESSION)
    tab.page.wait_for_load_state()
    expect_said(tab, "This page could not be started.", time.monotonic())


@pytest.mark.parametrize("metadata", KINDS)
def test_a_killed_process_is_told_and_reloading_begins_anew(serve_folder, visit, metadata):
    server = serve_folder(metadata=metadata, page=PAGE)
    tab = visit(server.url + "voila/render/page.ipynb")
    tab.wait_for_pictures()
    for process in server.visits():
        process.kill()
    expect_said(tab, ENDED, time.monotonic())
    tab.page.wait_for_timeout(3000)
    reload = tab.page.get_by_role("button", name="Reload")
    reload.focus()
    reload.press("Enter")
    tab.wait_for_pictures()
    expect(alert(tab)).to_have_count(0)


def test_a_computer_that_slept_longer_than_its_visit_lasts(serve_folder, relay, visit):
    server = serve_folder("--MappingKernelManager.cull_interval=1", page=PAGE)
    between = relay(server)
    tab = visit(between.url + "voila/render/page.ipynb")
    tab.wait_for_pictures()
    # Nothing comes through, and meanwhile the server ends what nobody has been heard of.
    between.be("stall")
    for process in server.visits():
        process.kill()
    expect(alert(tab)).to_contain_text(GONE, timeout=20_000)
    began = time.monotonic()
    between.be("pass")
    expect_said(tab, BACK, began)
    tab.page.get_by_role("button", name="Reload").click()
    tab.wait_for_pictures()
    expect(alert(tab)).to_have_count(0)


def test_a_restarted_server_is_found_again(workshop, visit):
    server = workshop(page=PAGE)
    tab = visit(server.url + "voila/render/page.ipynb")
    tab.wait_for_pictures()
    below = psutil.Process(server.process.pid).children(recursive=True)
    began = time.monotonic()
    server.process.kill()
    server.process.wait()
    expect_said(tab, GONE, began)
    psutil.wait_procs(below, 10)
    again = start_voila(server.folder.parent, server.folder.parent / "again", port=server.port)
    try:
        began = time.monotonic()
        expect(alert(tab)).to_contain_text(BACK, timeout=20_000)
        assert time.monotonic() - began < SAID
        tab.page.get_by_role("button", name="Reload").click()
        tab.wait_for_pictures()
        expect(alert(tab)).to_have_count(0)
    finally:
        again.stop()


def test_who_has_to_log_in_again_is_told_so(workshop, visit):
    token = "--Voila.token=secret"
    server = workshop(token, page=PAGE)
    tab = visit(server.url + "voila/render/page.ipynb?token=secret")
    tab.wait_for_pictures()
    server.process.kill()
    server.process.wait()
    folder = server.folder.parent
    # It has another key for its cookies.
    again = start_voila(folder, folder / "again", token, port=server.port)
    try:
        expect(alert(tab)).to_contain_text("The server does not know you any more", timeout=20_000)
    finally:
        again.stop()


@pytest.mark.parametrize("name", ["lively-page", "lively-fork"])
def test_a_page_outlives_what_it_was_forked_from(workshop, visit, name):
    server = workshop(page=PAGE)
    tab = visit(server.url + "voila/render/page.ipynb")
    tab.wait_for_pictures()
    tab.page.evaluate(LISTEN)
    killed = server.processes(name)
    assert killed
    for process in killed:
        process.kill()
    tab.page.wait_for_timeout(8000)
    tab.control("Degree").press("ArrowRight")
    expect_right(tab, 8)
    assert tab.page.evaluate("window.said") == []


@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_a_server_that_is_lost_while_scripts_load_is_told(serve_folder, visit, how):
    server = serve_folder(page=PAGE)
    tab = visit()
    tab.page.route("**/lively/scripts.js", lambda route: None)
    tab.page.goto(f"{server.url}voila/render/page.ipynb", wait_until="commit")
    expect(alert(tab)).to_contain_text(LOADING, timeout=30_000)
    # Still there, and still loading.
    tab.page.wait_for_timeout(6000)
    expect(alert(tab)).to_contain_text(LOADING)
    if how == "killed":
        server.process.kill()
    else:
        server.process.send_signal(signal.SIGSTOP)
    try:
        expect(alert(tab)).to_contain_text(GONE, timeout=60_000)
    finally:
        server.process.send_signal(signal.SIGCONT)
    if how == "stopped":
        expect(alert(tab)).to_contain_text(LOADING, timeout=60_000)


def test_a_script_that_is_lost_on_its_way_is_told(serve_folder, visit):
    server = serve_folder(page=PAGE)
    tab = visit()
    tab.page.route("**/lively/scripts.js", lambda route: route.abort("connectionreset"))
    tab.page.route("**/voila/static/voila.js", lambda route: route.abort("connectionreset"))
    tab.page.goto(f"{server.url}voila/render/page.ipynb", wait_until="commit")
    expect(alert(tab)).to_contain_text("This page could not be started.", timeout=60_000)
