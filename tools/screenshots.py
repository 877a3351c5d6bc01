"""Take the pictures of the documentation: the page on a desktop and on a phone."""

import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
PATIENCE = 90_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def take(address: str, notebook: str) -> None:
    with sync_playwright() as playwright:
        found = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        for name, (width, height) in SIZES.items():
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(f"{address}voila/render/{notebook}.ipynb", timeout=PATIENCE)
            page.wait_for_selector("[role=img]", timeout=PATIENCE)
            page.wait_for_timeout(3000)
            target = ROOT / "docs" / f"{notebook}-{name}.png"
            page.screenshot(path=target)
            # A palette does for a page of few colours, and is a third of the size.
            Image.open(target).convert("RGB").quantize(192).save(target, optimize=True)
            print(target.relative_to(ROOT), f"{target.stat().st_size / 1000:.0f} kB")
            page.close()
        browser.close()


def main() -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    voila = Path(sys.executable).with_name("voila")
    server = subprocess.Popen(
        [voila, "dashboards/", f"--port={port}", "--Voila.port_retries=0", "--no-browser"], cwd=ROOT
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(address, timeout=5).close()
                break
            except OSError:
                time.sleep(0.2)
        for notebook in sorted((ROOT / "dashboards").glob("*.ipynb")):
            take(address, notebook.stem)
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
