"""Serve the pages of this checkout to those who write them: on this machine, with tracebacks.

A notebook, module, template, style or script that is saved is taken up by the next visit.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from lively.serving.built_pages.gallery import pages_in_folder

ROOT = Path(__file__).parent.parent
STARTING = 120
#: Seconds between two looks at the files that are copied, and what the Jupyter folders of data are.
LOOK, DATA = 1.0, "share/jupyter/"


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


def copy_data(folder: Path) -> None:
    """Copy templates, styles and scripts that are newer than their copies.

    An installed package has copies of them as well, from when it was installed.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    for name, place in shared.items():
        source = ROOT / name
        if not place.startswith(DATA):
            continue
        for path in source.iterdir() if source.is_dir() else [source]:
            copy = folder / place.removeprefix(DATA) / path.relative_to(source)
            if not copy.exists() or copy.stat().st_mtime_ns != path.stat().st_mtime_ns:
                copy.parent.mkdir(parents=True, exist_ok=True)
                # In one step, so that nobody reads half of it.
                shutil.copy2(path, folder / "new")
                (folder / "new").replace(copy)


def keep_data(folder: Path) -> None:
    """Copy what is saved, for ever; a file may be gone for a moment while it is."""
    while True:
        time.sleep(LOOK)
        with suppress(OSError, ValueError, LookupError):
            copy_data(folder)


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
    with tempfile.TemporaryDirectory(prefix="lively_") as data:
        return serve(port, Path(data))


def serve(port: int, data: Path) -> int:
    """Run the server until it ends; return its exit code."""
    address = f"http://localhost:{port}/"
    voila = Path(sys.executable).with_name("voila")
    copy_data(data)
    threading.Thread(target=keep_data, args=(data,), daemon=True).start()
    paths = [str(data), os.environ.get("JUPYTER_PATH", "")]
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
        env={**os.environ, "JUPYTER_PATH": os.pathsep.join(filter(None, paths))},
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
