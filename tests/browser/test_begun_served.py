"""Pages open on browsers that are slow, and over lines that are lost before they have begun."""

import re

from conftest import PIXELS
from playwright.sync_api import expect

#: What stands where a widget is to be, before it is there, and when it is not found.
PLACES = re.compile("Loading widget|Error displaying widget")


def expect_all_there(tab):
    """Wait until a page lives, with all that stands in its cells."""
    tab.page.locator(".lively-poster").wait_for()
    tab.page.locator(".lively-poster").wait_for(state="detached")
    expect(tab.page.get_by_text(PLACES)).to_have_count(0, timeout=20_000)
    assert tab.page.locator(".lively-step").count() >= 5
    expect(tab.page.locator(".lively-banner")).to_have_count(0)


def test_all_of_a_page_comes_to_a_browser_that_is_slow(server, visit):
    tab = visit()
    devtools = tab.context.new_cdp_session(tab.page)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": 6})
    tab.open(server.url + "voila/render/bias_variance.ipynb")
    expect_all_there(tab)
    assert not [words for words in tab.console if "not found" in words]


def test_all_of_a_page_comes_although_its_first_line_is_lost(server, visit):
    tab, lost = visit(), []

    def connect(line):
        far = line.connect_to_server()

        def say(message):
            if not lost and isinstance(message, bytes) and b"request_states" in message:
                # What is asked for here is never answered.
                lost.append(message)
                line.close(code=4000)
            elif message not in lost:
                far.send(message)

        line.on_message(say)

    tab.page.route_web_socket(re.compile("/channels"), connect)
    tab.open(server.url + "voila/render/regression.ipynb")
    expect_all_there(tab)
    assert lost
    handle = tab.page.locator(".noUi-target:not([disabled]) .noUi-handle").last
    frames = tab.page.evaluate(PIXELS)
    handle.press("ArrowRight")
    tab.page.wait_for_timeout(2000)
    assert tab.page.evaluate(PIXELS) != frames
