"""The same page by other libraries: time to the first picture, and from a key press to new pixels.

Every peer shows what lively computes, in its own idiom; the apps are in the folder `peers`. They
have an environment of their own, so that what they bring along is not there when lively is
measured.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Page, sync_playwright
from served import PATIENCE, ROOT, chromium

APPS = Path(__file__).parent / "peers"
PYTHON = ROOT / ".venv-peers" / "bin" / "python"
HOST = "127.0.0.1"
#: Voilà as it comes, but with no more extensions than the page needs, and with heated kernels.
VOILA = {
    "VoilaConfiguration": {
        "template": "lab",
        "preheat_kernel": True,
        "extension_allowlist": [
            "@jupyter-widgets/jupyterlab-manager",
            "@voila-dashboards/widgets-manager8",
            "jupyter-matplotlib",
        ],
    },
    "Voila": {"ip": HOST, "open_browser": False},
}
#: Finds elements also where a library hides them in a shadow root, and tells the first picture's
#: canvas or graph.
PREPARE = """(() => {
  const all = (root, wanted) => [...root.querySelectorAll("*")].flatMap((e) => [
    ...(e.matches(wanted) ? [e] : []), ...(e.shadowRoot ? all(e.shadowRoot, wanted) : [])]);
  const peers = (window.peers = {
    find: (wanted) => all(document, wanted),
    canvas: () => peers.find("canvas").find((e) => e.clientWidth > 600),
    graph: () => document.querySelector(".js-plotly-plot"),
    paths: () => [...peers.graph().querySelectorAll(".scatterlayer path")]
      .map((e) => `${e.getAttribute("d")} ${e.getAttribute("transform")}`).join(),
    inked: () => peers.paths().length > 2000,
  });
})()"""
#: Whether the first picture shows more than its background.
INKED = """() => {
  if (peers.graph()) return peers.inked();
  const canvas = peers.canvas();
  if (!canvas?.width) return false;
  const copy = new OffscreenCanvas(canvas.width, canvas.height);
  const context = copy.getContext("2d", {willReadFrequently: true});
  context.drawImage(canvas, 0, 0);
  const data = context.getImageData(0, 0, copy.width, copy.height).data;
  return new Set(data.filter((_, i) => i % 28 === 0)).size > 20;
}"""
#: Presses a key so many times and returns the milliseconds until the first picture changed.
PRESS = """async ({times, rest}) => {
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  if (peers.graph()) return peers.inked();
  const canvas = peers.canvas();
  if (!canvas?.width) return false;
  const copy = new OffscreenCanvas(canvas.width, canvas.height);
  const context = copy.getContext("2d", {willReadFrequently: true});
  context.drawImage(canvas, 0, 0);
  const data = context.getImageData(0, 0, copy.width, copy.height).data;
  return new Set(data.filter((_, i) => i % 28 === 0)).size > 20;
}"""
#: Presses a key so many times and returns the milliseconds until the first picture changed.
PRESS = """async ({times, rest}) => {
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const press = (key) => {
    if (!handle.matches("input"))
      return handle.dispatchEvent(new KeyboardEvent("keydown", {key, code: key, bubbles: true}));
    // A script's key does not step the browser's own slider; this is what a true one does.
    key === "ArrowRight" ? handle.stepUp() : handle.stepDown();
    for (const type of ["input", "change"]) handle.dispatchEvent(new Event(type, {bubbles: true}));
  };
  const graph = peers.graph();
  let changed = () => {}, seen = "";
  const observer = new MutationObserver(
    () => peers.graph() && peers.inked() && peers.paths() !== seen && changed());
  const drawn = graph ? null : peers.canvas();
  const stock = CanvasRenderingContext2D.prototype, kept = {};
  if (graph) {
    observer.observe(document.body,
      {childList: true, subtree: true, attributes: true, attributeFilter: ["d", "transform"]});
  } else {
    for (const name of ["drawImage", "putImageData", "stroke", "fill"]) {
      const draw = (kept[name] = stock[name]);
      stock[name] = function (...all) {
        draw.apply(this, all);
        if (this.canvas === drawn) changed();
      };
    }
  }
  const found = [];
  for (let i = 0; i < times; i++) {
    const key = Math.floor(i / 40) % 2 ? "ArrowLeft" : "ArrowRight";
    if (graph) seen = peers.paths();
    const handle = peers.find("[role=slider], input[type=range]")[0];
    const frame = new Promise((done, failed) => {
      changed = done;
      setTimeout(() => failed(new Error("the picture did not change")), 20000);
    });
    const started = performance.now();
    handle.dispatchEvent(new KeyboardEvent("keydown", {key, code: key, bubbles: true}));
    await frame;
    found.push(performance.now() - started);
    changed = () => {};
    await pause(rest);
  }
  observer.disconnect();
  Object.assign(stock, kept);
  return found;
}"""


@dataclass(frozen=True)
class Peer:
    """A library, its app and how that is served.

    Attributes
    ----------
    name : str
    packages : tuple of str
        Whose versions count.
    command : tuple of str
        What Python runs; {apps}, their folder, and {port} are filled in.
    path : str
        Of the page, on the server.
    heating : float
        Seconds before a page is opened, for a server that makes it ready in advance.
    rest : int
        Milliseconds between a change and the next key press.
    """

    name: str
    packages: tuple[str, ...]
    command: tuple[str, ...]
    path: str = ""
    heating: float = 1
    rest: int = 250


@dataclass(frozen=True)
class Row:
    """What was measured of a peer: milliseconds of a frame, seconds of the opening."""

    name: str
    versions: str
    frame_median: float
    frame_p95: float
    opening: float


SERVE_NOTEBOOK = ("-m", "voila", "dashboards/", "--port={port}", "--Voila.log_level=ERROR")
PEERS = (
    Peer(
        "ipympl",
        ("ipympl", "ipywidgets", "matplotlib", "voila"),
        SERVE_NOTEBOOK,
        path="voila/render/with_ipympl.ipynb",
        heating=10,
    ),
    Peer(
        "mpl-interactions",
        ("mpl-interactions", "ipympl", "matplotlib", "voila"),
        SERVE_NOTEBOOK,
        path="voila/render/with_mpl_interactions.ipynb",
        heating=10,
    ),
    Peer(
        "Panel",
        ("panel", "bokeh"),
        (
            "-m",
            "panel",
            "serve",
            "{apps}/with_panel.py",
            f"--address={HOST}",
            "--port={port}",
            f"--allow-websocket-origin={HOST}:{{port}}",
        ),
        path="with_panel",
    ),
    Peer(
        "Dash",
        ("dash", "plotly", "fastapi", "uvicorn"),
        (
            "-m",
            "uvicorn",
            "with_dash:server",
            f"--host={HOST}",
            "--port={port}",
            "--log-level=error",
        ),
    ),
    Peer(
        "Streamlit",
        ("streamlit", "plotly"),
        (
            "-m",
            "streamlit",
            "run",
            "{apps}/with_streamlit.py",
            f"--server.address={HOST}",
            "--server.port={port}",
            "--server.headless=true",
            "--server.fileWatcherType=none",
            "--browser.gatherUsageStats=false",
        ),
        rest=600,
    ),
)


def versions(python: Path, packages: Sequence[str]) -> str:
    """Return the versions of packages in an environment."""
    code = "import sys, importlib.metadata as m; print(*map(m.version, sys.argv[1:]))"
    command = [str(python), "-c", code, *packages]
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return ", ".join(f"{name} {number}" for name, number in zip(packages, found, strict=True))


@contextmanager
def serve(peer: Peer, python: Path) -> Iterator[str]:
    """Serve the app of a peer; yield the address of its page."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        if "voila" in peer.packages:
            stem = Path(peer.path).stem
            cells = ["%matplotlib ipympl", (APPS / f"{stem}.py").read_text("utf-8")]
            notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, cells)))
            (Path(folder) / "dashboards").mkdir()
            nbformat.write(notebook, Path(folder) / "dashboards" / f"{stem}.ipynb")
            (Path(folder) / "voila.json").write_text(json.dumps(VOILA))
        server = subprocess.Popen(
            [str(python), *(part.format(apps=APPS, port=port) for part in peer.command)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(APPS)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        address = f"http://{HOST}:{port}/"
        try:
            while True:
                try:
                    urllib.request.urlopen(address, timeout=5).close()
                    break
                except OSError:
                    if server.poll() is not None:
                        raise RuntimeError(f"the server of {peer.name} ended") from None
                    time.sleep(0.2)
            yield address + peer.path
        finally:
            server.terminate()
            server.wait()


@contextmanager
def visit(browser: Browser, address: str) -> Iterator[tuple[Page, float]]:
    """Open a page as a new visitor; yield it and the seconds to its first picture."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.add_init_script(PREPARE)
    # Some pages want style sheets from elsewhere; here they go without, at once.
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setBlockedURLs", {"urls": ["https://*"]})
    started = time.perf_counter()
    page.goto(address, wait_until="commit", timeout=PATIENCE)
    try:
        page.wait_for_function(INKED, timeout=PATIENCE, polling=20)
        yield page, time.perf_counter() - started
    finally:
        page.close(run_before_unload=True)


def measure(
    browser: Browser,
    times: int = 40,
    openings: int = 3,
    python: Path = PYTHON,
    peers: Sequence[Peer] = PEERS,
) -> Iterator[Row]:
    """Measure one peer after the other.

    Parameters
    ----------
    browser : Browser
    times : int
        Key presses.
    openings : int
        Visits to a warm server.
    python : Path
        Of the environment of the peers.
    peers : sequence of Peer
    """
    for peer in peers:
        with serve(peer, python) as address:
            # The first visit warms the server up; the frames are measured in it.
            time.sleep(peer.heating)
            with visit(browser, address) as (page, _):
                page.wait_for_timeout(4000)
                page.evaluate(PRESS, {"times": 5, "rest": peer.rest})
                frames: list[float] = page.evaluate(PRESS, {"times": times, "rest": peer.rest})
            opened = []
            for _ in range(openings):
                time.sleep(peer.heating)
                with visit(browser, address) as (_, seconds):
                    opened.append(seconds)
        yield Row(
            peer.name,
            versions(python, peer.packages),
            statistics.median(frames),
            statistics.quantiles(frames, n=20)[-1],
            statistics.median(opened),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=40, help="key presses")
    parser.add_argument("--openings", type=int, default=3, help="visits to a warm server")
    parser.add_argument("--python", type=Path, default=PYTHON, help="of the peers' environment")
    parser.add_argument("--only", choices=[peer.name for peer in PEERS], help="one of the peers")
    asked = parser.parse_args()
    if not shutil.which(asked.python):
        parser.error(f"no {asked.python}: install the dependency group `peers` there")
    peers = [peer for peer in PEERS if asked.only in (None, peer.name)]
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        for row in measure(browser, asked.times, asked.openings, asked.python, peers):
            print(
                f"{row.name:17} frame median {row.frame_median:6.1f} ms  "
                f"p95 {row.frame_p95:6.1f} ms  opening {row.opening:5.2f} s  ({row.versions})",
                flush=True,
            )
        browser.close()


if __name__ == "__main__":
    main()
