"""A page says nothing is wrong where it only takes long: slow lines, computations, sleep."""

import time

import psutil
import pytest
from liveness import (
    ENDED,
    KINDS,
    LISTEN,
    LOADING,
    REGRESSION,
    alert,
    expect_right,
    expect_said,
    expect_well,
)
from playwright.sync_api import expect

#: Any notebook, with a button that has the kernel busy for as long as somebody may wait.
BUSY = """
import time
import ipywidgets as widgets

words, button = widgets.Label("new"), widgets.Button(description="Compute")

def compute(_):
    time.sleep(10)
    words.value = "computed"

button.on_click(compute)
widgets.VBox([button, words])
"""


@pytest.mark.parametrize("metadata", KINDS)
def test_a_long_computation_is_no_trouble(serve_folder, visit, metadata):
    server = serve_folder(metadata=metadata, page=BUSY)
    tab = visit(server.url + "voila/render/page.ipynb")
    expect(tab.page.get_by_text("new", exact=True)).to_be_visible()
    tab.page.evaluate(LISTEN)
    tab.page.get_by_role("button", name="Compute").click()
    expect(tab.page.get_by_text("computed", exact=True)).to_be_visible(timeout=20_000)
    assert tab.page.evaluate("window.said") == []
    assert tab.console == []


@pytest.mark.parametrize("metadata", KINDS)
def test_a_line_that_is_cut_during_a_computation(serve_folder, relay, visit, metadata):
    between = relay(serve_folder(metadata=metadata, page=BUSY))
    tab = visit(between.url + "voila/render/page.ipynb")
    tab.page.get_by_role("button", name="Compute").click()
    tab.page.wait_for_timeout(1000)
    between.cut()
    expect(alert(tab)).to_contain_text("The page is being brought up to date.", timeout=8000)
    expect(tab.page.get_by_text("computed", exact=True)).to_be_visible(timeout=20_000)
    expect_well(tab, time.monotonic())


@pytest.mark.parametrize("kind", ["server", "ordinary"])
def test_no_false_alarm_on_a_slow_line(request, relay, visit, kind):
    served = request.getfixturevalue(kind)
    between = relay(served)
    between.delay = 0.15
    tab = visit(between.url + (REGRESSION if kind == "server" else "voila/render/page.ipynb"))
    tab.wait_for_pictures()
    tab.page.evaluate(LISTEN)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        tab.drag("Degree", 40)
        tab.drag("Degree", -40)
        tab.page.wait_for_timeout(4000)
    assert tab.page.evaluate("window.said") == []
    assert tab.console == []


def test_no_false_alarm_while_scripts_come_slowly(server, visit):
    tab = visit()
    devtools = tab.context.new_cdp_session(tab.page)
    devtools.send("Network.enable")
    slow = {"offline": False, "latency": 100, "downloadThroughput": 120e3, "uploadThroughput": 60e3}
    devtools.send("Network.emulateNetworkConditions", slow)
    tab.open(server.url + REGRESSION)
    tab.page.locator("body").wait_for()
    tab.page.evaluate(LISTEN)
    tab.wait_for_pictures()
    assert all(LOADING in words for words in tab.page.evaluate("window.said"))
    expect(alert(tab)).to_have_count(0)


def test_a_page_whose_scripts_do_not_come_says_so(server, visit):
    held = []
    tab = visit()
    tab.page.route("**/lively/scripts.js", lambda route: held.append(route))
    since = time.monotonic()
    tab.page.goto(server.url + REGRESSION, wait_until="commit")
    expect_said(tab, LOADING, since)
    for route in held:
        route.continue_()
    tab.wait_for_pictures()
    expect_well(tab, time.monotonic())


def test_a_computer_that_slept(server, relay, visit):
    """Everything of the browser's stands still, and its network, longer than the server waits."""
    between = relay(server)
    tab = visit(between.url + REGRESSION)
    tab.wait_for_pictures()
    tab.control("Degree").press("ArrowRight")
    tab.settle()
    tab.page.evaluate(LISTEN)
    processes = [
        process
        for process in psutil.Process().children(recursive=True)
        if "chrom" in process.name()
    ]
    assert processes
    between.be("stall")
    for process in processes:
        process.suspend()
    try:
        time.sleep(90)
    finally:
        for process in processes:
            process.resume()
    began = time.monotonic()
    between.be("pass")
    tab.page.wait_for_timeout(1000)
    expect(alert(tab)).to_have_count(0, timeout=20_000)
    tab.control("Degree").press("ArrowRight")
    expect_right(tab, 9)
    assert time.monotonic() - began < 20
    assert not [words for words in tab.page.evaluate("window.said") if ENDED in words]
