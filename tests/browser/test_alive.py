"""A page knows whether it is alive, and says so."""

import contextlib
import os
import signal
import time

import pytest
from conftest import ROOT, free_port, start_voila
from playwright.sync_api import expect
from relay import Relay

PATH = "voila/render/page.ipynb"
SMALL = "from lively.pages.regression import RegressionPage\npage = RegressionPage()\npage"
#: Seconds until the page says what is wrong, on a machine that may be slow, and until it is well.
SAID, WELL = 8.0, 12.0


@pytest.fixture
def relay(server):
    made = Relay(server.port)
    yield made
    made.stop()


def test_probe(relay, visit):
    tab = visit(relay.url + "voila/render/regression.ipynb")
    tab.wait_for_pictures()
    alert = tab.page.get_by_role("alert")
    for mode in ("stall", "cut", "refuse"):
        began = time.monotonic()
        relay.be(mode)
        expect(alert).to_be_visible(timeout=12_000)
        print(mode, time.monotonic() - began, alert.inner_text())
        time.sleep(8)
        print(mode, alert.inner_text())
        began = time.monotonic()
        relay.be("pass")
        expect(alert).to_have_count(0, timeout=12_000)
        print(mode, "healed", time.monotonic() - began)
        time.sleep(3)
    print(tab.console)
