"""The pages where Voilà is an extension of a Jupyter server, as on Binder."""

import shutil
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from client import Client, eventually, fetch
from conftest import ROOT, Server, write_notebook

HEAD = "import ipywidgets as widgets\n"


def start(folder, *options):
    """Start a Jupyter server with two notebooks."""
    shutil.copy(ROOT / "voila.json", folder)
    write_notebook(folder / "page.ipynb", f"{HEAD}widgets.IntSlider(3, description='n')", {})
    clock = f"{HEAD}import time; time.time()\nwidgets.IntSlider(4, description='n')"
    write_notebook(folder / "clock.ipynb", clock, {})
    command = [
        *(str(Path(sys.executable).with_name("jupyter-server")), "--no-browser"),
        *("--allow-root", "--IdentityProvider.token=", "--ServerApp.port_retries=0"),
        *options,
    ]
    return Server(command, folder, folder / "log", "voila/tree")


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    """A Jupyter server, for tests that leave nothing behind."""
    made = start(tmp_path_factory.mktemp("jupyter"))
    yield made
    made.stop()


def test_nothing_is_built_before_somebody_asks(jupyter):
    fetch(f"{jupyter.url}voila/tree")
    time.sleep(3)
    assert not jupyter.processes("lively-fork")


def test_a_page_is_built_once_and_a_visit_ends_with_its_tab(jupyter):
    one, other = (Client(jupyter, "page.ipynb") for _ in range(2))
    assert one.page.replace(one.id, "") == other.page.replace(other.id, "")
    one.connect().load()
    assert one.state(description="n")["value"] == 3
    one.set(one.find(description="n"), value=9)
    other.connect().load()
    assert other.state(description="n")["value"] == 3
    assert len(jupyter.processes("lively-page")) == 1
    assert len(jupyter.processes("lively-visit")) == 2
    # By its own address, without any cookie.
    one.leave()
    other.leave()
    eventually(lambda: not jupyter.processes("lively-visit"))


def test_what_must_not_be_shared_is_executed(jupyter):
    client = Client(jupyter, "clock.ipynb").connect().load()
    assert client.state(description="n")["value"] == 4
    assert "clock.ipynb is executed for each visit: it uses the time." in jupyter.log
    assert not jupyter.processes("lively-visit")


def test_what_is_executed_takes_a_place_and_gives_it_back(tmp_path):
    server = start(tmp_path, "--Visits.most=1", "--ServerApp.disable_check_xsrf=True")
    try:
        # Somebody's own kernel is no visit.
        asked = urllib.request.Request(f"{server.url}api/kernels", b"{}")
        urllib.request.urlopen(asked, timeout=60).close()
        client = Client(server, "clock.ipynb").connect().load()
        with pytest.raises(urllib.error.HTTPError, match="503") as caught:
            Client(server, "clock.ipynb")
        caught.value.close()
        client.leave()
        eventually(lambda: client.id not in fetch(f"{server.url}api/kernels"))
        Client(server, "clock.ipynb").leave()
    finally:
        server.stop()
