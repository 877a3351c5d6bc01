"""A real Voilà and a real Chromium."""

import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import client
import ipywidgets as widgets
import nbformat
import psutil
import pytest
from notebooks import ROOT
from playwright.sync_api import expect, sync_playwright
from registry import folder
from relay import Relay

from lively.pages.regression import RegressionPage

#: Flags that keep Chromium from calling home, which a test must not wait for.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
#: A notebook of one page.
PAGE = "from lively.pages.regression import RegressionPage\npage = RegressionPage()\npage"
#: A phone's screen, for a tab.
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
#: Machines that run tests are slow; nothing here measures speed.
PATIENCE = 90_000


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


#: Names of the processes that answer visitors, and of the plain kernels' way to run.
VISITS, PLAIN = {"lively-visit", "lively-kernel"}, "ipykernel_launcher"


def is_visit(process):
    """Say whether a process below a server answers a visitor, in whatever way it was made."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.name() in VISITS or any(PLAIN in part for part in process.cmdline())
    return False


class Server:
    """A server process of ours, its address and its log."""

    def __init__(self, command, folder, log, ready, port=None):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.log_path = log
        with log.open("w") as out:
            self.process = subprocess.Popen(
                [*command, f"--port={self.port}"], cwd=folder, stdout=out, stderr=out
            )
        try:
            self._wait(ready)
        except BaseException:
            self._abandon()
            raise

    def _abandon(self):
        """End the server and all that it has started, of which it may not have taken note yet."""
        below = []
        with contextlib.suppress(psutil.NoSuchProcess):
            below = psutil.Process(self.process.pid).children(recursive=True)
        self.stop()
        for process in below:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def _wait(self, ready):
        deadline = time.monotonic() + 90
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(self.url + ready, timeout=5).close()
                return
            assert self.process.poll() is None, self.log
            assert time.monotonic() < deadline, self.log
            time.sleep(0.2)

    @property
    def log(self):
        return self.log_path.read_text(errors="replace")

    def processes(self, name):
        """Return the processes below the server that have a name."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        with contextlib.suppress(psutil.NoSuchProcess):
            return [child for child in found if child.name() == name]
        return self.processes(name)

    def visits(self):
        """Return the processes that answer visitors and have not ended."""
        return [
            child
            for child in psutil.Process(self.process.pid).children(recursive=True)
            if child.status() != psutil.STATUS_ZOMBIE and is_visit(child)
        ]

    def wait_for_visits(self, count, seconds=30):
        deadline = time.monotonic() + seconds
        while len(self.visits()) != count:
            assert time.monotonic() < deadline, (len(self.visits()), self.log[-3000:])
            time.sleep(0.2)

    def stop(self):
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start_voila(folder, log, *options, ready="voila/tree", port=None):
    """Start Voilà as a user does, in the project's folder or one like it."""
    voila = str(Path(sys.executable).with_name("voila"))
    command = [voila, "dashboards/", "--Voila.port_retries=0", "--no-browser", *options]
    return Server(command, folder, log, ready, port)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The pages, served with the project's own configuration."""
    made = start_voila(ROOT, tmp_path_factory.mktemp("voila") / "log")
    yield made
    made.stop()


def write_notebook(path, source, metadata):
    """Write a notebook of one cell."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook.metadata |= {"kernelspec": kernel, **metadata}
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def serve_folder(tmp_path_factory):
    """Return a function that serves a folder of notebooks, given by their code."""
    servers = []

    def serve(*options, metadata=None, ready="voila/tree", **notebooks):
        folder = tmp_path_factory.mktemp("served")
        (folder / "dashboards").mkdir()
        shutil.copy(ROOT / "voila.json", folder)
        for name, source in notebooks.items():
            write_notebook(folder / "dashboards" / f"{name}.ipynb", source, metadata or {})
        servers.append(start_voila(folder, folder / "log", *options, ready=ready))
        servers[-1].folder = folder / "dashboards"
        return servers[-1]

    yield serve
    for made in servers:
        made.stop()


@pytest.fixture
def workshop(serve_folder):
    """Return the same function; its servers are ended after the test."""
    servers = []

    def serve(*options, **notebooks):
        servers.append(serve_folder(*options, **notebooks))
        return servers[-1]

    yield serve
    for made in servers:
        made.stop()


@pytest.fixture
def relay():
    """Return a function that puts a relay before a server."""
    made = []

    def put(server):
        made.append(Relay(server.port))
        return made[-1]

    yield put
    for one in made:
        one.stop()


@pytest.fixture(scope="module")
def ordinary(serve_folder):
    """A server of a page whose notebook is executed for each visit."""
    return serve_folder(metadata={"lively": {"build_once": False}}, page=PAGE)


@pytest.fixture(autouse=True)
def closed_lines():
    """Leave no websocket open."""
    yield
    while client.LINES:
        client.LINES.pop().shutdown()


@pytest.fixture(scope="session")
def chromium():
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


class Visit:
    """A visitor's tab, and all that went on in it."""

    def __init__(self, browser, **options):
        self.context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 800}, **options}
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.set_default_navigation_timeout(PATIENCE)
        self.console, self.requests, self.failures = [], [], []
        self.frames = self.unanswered = 0
        self.page.on("console", lambda m: m.type != "debug" and self.console.append(m.text))
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on(
            "response", lambda r: r.status >= 400 and self.failures.append((r.status, r.url))
        )
        self.page.on("websocket", self._listen)
        self.kind = None

    def _listen(self, socket):
        def received(payload):
            # A frame of a picture carries an image or, once the page's script is there, runs.
            if isinstance(payload, bytes) and (b"\x89PNG" in payload or RUNS in payload):
                self.frames += 1
            elif isinstance(payload, bytes) and IDLE in payload and WIDGET in payload:
                self.unanswered -= 1

        def sent(payload):
            if isinstance(payload, bytes) and WIDGET in payload:
                self.unanswered += 1

        socket.on("framereceived", received)
        socket.on("framesent", sent)

    def open(self, url):
        self.page.goto(url, wait_until="commit")
        return self

    def open_page(self, server, kind):
        """Open a page of the dashboards and wait for its pictures."""
        self.kind = kind
        self.open(f"{server.url}voila/render/{folder(kind)}.ipynb").wait_for_pictures()
        return self

    def wait_for_pictures(self):
        """Wait until both pictures show something, and nothing more is on its way."""
        self.page.wait_for_function(INKED, timeout=PATIENCE)
        self.settle()

    def shows(self, **changes):
        """Wait until every text is that of a page made here with some settings changed.

        Numbers, sentences, tables and the pictures' words: all that stands in a text of the page.
        """
        made = self.kind(**changes)
        # Playwright's loop runs in this thread, which the page takes for one that will go on.
        made.scheduler.finish()
        wanted = texts_below(made)
        made.close()
        for _ in range(600):
            different = self.page.evaluate(DIFFERENT_TEXTS, wanted)
            if not different:
                return
            self.page.wait_for_timeout(100)
        assert different == [], changes

    def set_choice(self, widget, label):
        """Choose what has a label in one of a page's controls, by a click."""
        name = widget.description
        if isinstance(widget, widgets.Dropdown):
            self.page.get_by_label(name, exact=True).select_option(label)
        elif isinstance(widget, widgets.Checkbox):
            self.page.get_by_label(name, exact=True).set_checked(label)
        else:
            group = self.page.get_by_role("group", name=name, exact=True)
            group.get_by_role("button", name=label, exact=True).click()

    def settle(self):
        """Wait until the kernel has answered all messages, and no frame has come for a while."""
        seen = -1
        while seen != self.frames or self.unanswered:
            seen = self.frames
            self.page.wait_for_timeout(500)

    def comes_to_the_pixels_of(self, other):
        """Wait until the pictures are those of another page, which a busy machine refines late."""
        for _ in range(60):
            own, others = self.page.evaluate(PIXELS), other.page.evaluate(PIXELS)
            if own == others:
                return
            self.page.wait_for_timeout(500)
            other.page.wait_for_timeout(500)
        assert own == others

    def fits_the_screen(self):
        """Hold that controls and pictures fit a screen of 1280 x 800 pixels."""
        bottom = self.page.evaluate(
            "document.querySelector('.lively-workbench').getBoundingClientRect().bottom + scrollY"
        )
        assert bottom <= 800
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 1280

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def control(self, name):
        return self.page.get_by_role("slider", name=name, exact=True)

    def drag(self, name, reach, moves=60):
        """Drag a slider's handle from its middle by so many pixels, in so many moves."""
        handle = self.control(name)
        handle.scroll_into_view_if_needed()
        box = handle.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for move in range(1, moves + 1):
            self.page.mouse.move(x + reach * move / moves, y)
        self.page.mouse.up()

    def words(self, index=0):
        return self.page.locator("[role=img]").nth(index).get_attribute("aria-label")

    def close(self):
        self.page.close(run_before_unload=True)
        self.context.close()


def texts_below(widget):
    """Return the markup of all texts within a widget, in the order in which they stand there."""
    if isinstance(widget, widgets.HTML):
        return [widget.value]
    return [text for child in getattr(widget, "children", ()) for text in texts_below(child)]


#: The page's texts that are not those of some markup, each with what it should be.
DIFFERENT_TEXTS = """(wanted) => {
  const shown = [...document.querySelectorAll(".lively-page .widget-html-content")]
    .map((e) => e.textContent);
  if (shown.length !== wanted.length) return [[shown, wanted]];
  const text = (markup) => {
    const parsed = document.createElement("template");
    parsed.innerHTML = markup;
    return parsed.content.textContent;
  };
  return wanted.map((markup, i) => [shown[i], text(markup)]).filter(([one, two]) => one !== two);
}"""
#: All pixels of both pictures, as one hash each.
PIXELS = """async () => {
  const hashes = [];
  for (const canvas of document.querySelectorAll(
    ".lively-picture .jupyter-matplotlib-canvas-div canvas:first-child")) {
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    const context = copy.getContext("2d", {willReadFrequently: true});
    context.drawImage(canvas, 0, 0);
    const data = context.getImageData(0, 0, copy.width, copy.height).data;
    let hash = 0;
    for (const value of data) hash = (Math.imul(hash, 31) + value) | 0;
    hashes.push(hash);
  }
  return hashes;
}"""
#: In the message that carries a frame as runs: JSON within JSON.
RUNS = b'{\\"type\\": \\"runs\\"'
#: In messages to and about widgets, and in the kernel's word that it has dealt with a message.
WIDGET, IDLE = b"comm_msg", b'"execution_state": "idle"'
#: Whether both canvases show more than one colour. They are read from copies: reading a canvas
#: itself would move it out of the graphics memory, which Chromium mentions in the console.
INKED = """() => {
  const canvases = [...document.querySelectorAll(
    ".lively-picture .jupyter-matplotlib-canvas-div canvas:first-child")];
  return canvases.length === 2 && canvases.every((canvas) => {
    if (!canvas.width || !canvas.height) return false;
    const copy = new OffscreenCanvas(canvas.width, canvas.height);
    const context = copy.getContext("2d", {willReadFrequently: true});
    context.drawImage(canvas, 0, 0);
    const data = context.getImageData(0, 0, copy.width, copy.height).data;
    const colours = new Set();
    for (let i = 0; i < data.length; i += 28) {
      colours.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
    }
    return colours.size > 20;
  });
}"""


@pytest.fixture
def visit(chromium):
    """Return a function that opens a tab."""
    visits = []

    def make(url=None, **options):
        made = Visit(chromium, **options)
        visits.append(made)
        return made.open(url) if url else made

    yield make
    for made in visits:
        with contextlib.suppress(Exception):
            made.close()


@pytest.fixture(scope="module")
def kind():
    """The kind of page that a module's tests are about; they say which."""
    raise NotImplementedError


@pytest.fixture(scope="module")
def opened(kind, server, chromium):
    """One tab with the page, for tests that leave it as it was."""
    made = Visit(chromium).open_page(server, kind)
    yield made
    made.close()


@pytest.fixture
def page(opened):
    """The shared tab, reset before each test."""
    opened.page.set_viewport_size({"width": 1280, "height": 800})
    opened.settle()
    reset = opened.page.get_by_role("button", name="Reset")
    if reset.is_enabled():
        reset.click()
        expect(reset).to_be_disabled()
    opened.settle()
    return opened


@pytest.fixture(scope="module")
def regression(server, chromium):
    """One tab with the regression page, for tests that leave it as it was."""
    made = Visit(chromium).open_page(server, RegressionPage)
    yield made
    made.close()
