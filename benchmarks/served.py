"""A server and a browser to measure with."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright

ROOT = Path(__file__).parent.parent
PATIENCE = 120_000


@contextmanager
def serve(folder: Path, *options: str) -> Iterator[str]:
    """Serve the notebooks of `folder` with the configuration that lies there; yield the address."""
    with run(folder, *options) as (address, _):
        yield address


@contextmanager
def run(folder: Path, *options: str) -> Iterator[tuple[str, int]]:
    """Serve the notebooks of `folder`; yield the address and the server's process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    voila = str(Path(sys.executable).with_name("voila"))
    server = subprocess.Popen(
        [voila, "dashboards/", f"--port={port}", "--Voila.log_level=ERROR", *options],
        cwd=folder,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        while True:
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        yield address, server.pid
    finally:
        server.terminate()
        server.wait()


def chromium(playwright: Playwright) -> Browser:
    """Start Debian's Chromium, or Playwright's own where there is none."""
    found = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    return playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])


def leave(page: Page) -> None:
    """Leave a page for another one, and close it.

    A page that is closed by Playwright may be gone before it has told the server that it leaves.
    """
    page.goto("about:blank")
    page.close()
