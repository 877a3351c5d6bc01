"""Serve the pages: check the port, start Voilà, say where the pages are."""

import argparse
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from lively.serving.built_pages.gallery import pages_in_folder

ROOT = Path(__file__).parent.parent
STARTING = 120


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def answers(address: str, seconds: float = 5) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=seconds):
            return True
    except (urllib.error.URLError, OSError):
        return False


def first_page(address: str) -> str:
    """Return the address of the page that is built first."""
    pages = pages_in_folder(ROOT / "dashboards")
    return address + pages[0].address if pages else address


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8866)
    port = parser.parse_args().port
    if not 1 <= port <= 65535:
        print(f"PORT must be between 1 and 65535. Got {port} instead.", file=sys.stderr)
        return 2
    if not is_free(port):
        print(
            f"Port {port} is taken or not allowed. Choose another one: make run PORT={port + 1}",
            file=sys.stderr,
        )
        return 2
    address = f"http://localhost:{port}/"
    voila = Path(sys.executable).with_name("voila")
    print("Starting the server …", flush=True)
    server = subprocess.Popen(
        [
            voila,
            "dashboards/",
            f"--port={port}",
            "--Voila.port_retries=0",
            "--Voila.log_level=WARN",
            # Whoever starts it so, on this machine alone, is the pages' author.
            "--Voila.ip=127.0.0.1",
            "--VoilaConfiguration.show_tracebacks=True",
        ],
        cwd=ROOT,
    )
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    deadline = time.monotonic() + STARTING
    while server.poll() is None and not answers(address):
        if time.monotonic() > deadline:
            print("The server does not answer.", file=sys.stderr)
            server.terminate()
            return server.wait() or 1
        time.sleep(0.2)
    print("Building the pages …", flush=True)
    # It waits until the page stands, and costs no process.
    answers(first_page(address), STARTING)
    if server.poll() is None:
        print(f"\nThe pages are at {address}\nControl-C ends the server.\n", flush=True)
    try:
        return server.wait()
    except KeyboardInterrupt:
        return server.wait()


if __name__ == "__main__":
    sys.exit(main())
