"""The server: kernels that come and go, and what a visitor sees when something is lost."""

import re
import time
import urllib.error
import urllib.request

import pytest
from playwright.sync_api import expect

SMALL = "from lively.pages.regression import RegressionPage\npage = RegressionPage()\npage"
BROKEN = """
from lively.pages.regression import RegressionPage

page = RegressionPage()

def broken(settings):
    raise ArithmeticError("<b>out of order</b>")

page.live._compute = broken
page
"""
PATH = "voila/render/page.ipynb"


def test_closing_the_tab_ends_its_kernel(workshop, visit):
    server = workshop(page=SMALL)
    server.wait_for_kernels(1)
    tabs = [visit(server.url + PATH) for _ in range(2)]
    for tab in tabs:
        tab.wait_for_pictures()
    server.wait_for_kernels(3)
    for tab in tabs:
        tab.close()
    server.wait_for_kernels(1, seconds=15)


def test_killed_kernel_shows_a_banner_within_five_seconds(workshop, visit):
    server = workshop(page=SMALL)
    server.wait_for_kernels(1)
    mine = server.kernels()[0]
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    mine.kill()
    started = time.monotonic()
    banner = tab.page.get_by_role("alert")
    expect(banner).to_be_visible(timeout=5000)
    assert time.monotonic() - started < 5
    expect(banner).to_contain_text("The computation behind this page has stopped.")
    tab.page.get_by_role("button", name="Reload").click()
    tab.wait_for_pictures()
    expect(banner).to_have_count(0)


def test_lost_server_shows_a_banner_within_five_seconds(workshop, visit):
    server = workshop(page=SMALL)
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    server.process.kill()
    expect(tab.page.get_by_role("alert")).to_be_visible(timeout=5000)
    for kernel in server.kernels():
        kernel.kill()


def test_a_broken_callback_is_said_on_the_page_and_logged(workshop, visit):
    server = workshop(page=BROKEN)
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    words = tab.words()
    tab.control("Degree").press("ArrowRight")
    message = tab.page.locator(".lively-message")
    expect(message).to_contain_text("ArithmeticError('<b>out of order</b>')")
    expect(message).to_contain_text("The last good picture stays.")
    assert tab.words() == words
    tab.settle()
    assert tab.control("Degree").get_attribute("aria-valuenow") == "7.0"
    assert "Traceback" in server.log
    assert "ArithmeticError: <b>out of order</b>" in server.log
    assert tab.console == []


def test_a_heated_kernel_survives_culling_until_its_visitor_has_come(workshop, visit):
    server = workshop(
        "--MappingKernelManager.cull_idle_timeout=15",
        "--MappingKernelManager.cull_interval=1",
        page=SMALL,
    )
    server.wait_for_kernels(1)
    heated = server.kernels()[0].pid
    time.sleep(20)
    assert [kernel.pid for kernel in server.kernels()] == [heated]
    tab = visit(server.url + PATH)
    tab.wait_for_pictures()
    assert heated in [kernel.pid for kernel in server.kernels()]
    tab.control("Degree").press("ArrowRight")
    expect(tab.page.locator("[role=img]").first).to_have_attribute(
        "aria-label", re.compile("degree 8")
    )


def test_a_visitor_who_never_comes_is_culled(workshop):
    server = workshop(
        "--MappingKernelManager.cull_idle_timeout=3",
        "--MappingKernelManager.cull_interval=1",
        page=SMALL,
    )
    server.wait_for_kernels(1)
    time.sleep(6)
    urllib.request.urlopen(server.url + PATH, timeout=60).read()
    server.wait_for_kernels(2)
    server.wait_for_kernels(1, seconds=20)


def test_list_of_pages_and_mistyped_addresses(server, visit):
    tab = visit(server.url)
    expect(tab.page.get_by_role("link", name="Regression")).to_be_visible()
    assert tab.console == []
    assert all(url.startswith((server.url, "data:")) for url in tab.requests)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(server.url + "voila/render/nowhere.ipynb", timeout=60)
    assert caught.value.code in (404, 500)
    assert "Back to all pages" in caught.value.read().decode()
