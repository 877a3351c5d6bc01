"""Take the pictures of the documentation, a desktop's and a phone's, and those of the gallery."""

import io
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from PIL import Image, ImageOps
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
SIZES = {"desktop": (1280, 800), "phone": (390, 844)}
#: Pixels of a picture in the gallery, and of a page whose first picture has room for so many.
CARD = (640, 360)
CARD_PAGE = (666, 900)
PATIENCE = 90_000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def save(image: Image.Image, target: Path, colours: int) -> None:
    """Save a picture with a palette: it does for few colours, and is a third of the size."""
    image.convert("RGB").quantize(colours).save(target, optimize=True)
    print(target.relative_to(ROOT), f"{target.stat().st_size / 1000:.0f} kB")


def visit(browser: Browser, address: str, size: tuple[int, int]) -> Page:
    """Open a page and wait until it lives."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(address, timeout=PATIENCE)
    page.wait_for_selector("[role=img]", timeout=PATIENCE)
    page.wait_for_timeout(3000)
    return page


def take(browser: Browser, address: str, notebook: str) -> None:
    """Take all pictures of one page."""
    address = f"{address}voila/render/{notebook}.ipynb"
    for name, size in SIZES.items():
        page = visit(browser, address, size)
        image = Image.open(io.BytesIO(page.screenshot()))
        save(image, ROOT / "docs" / f"{notebook}-{name}.png", 192)
        page.close()
    page = visit(browser, address, CARD_PAGE)
    page.add_style_tag(content=f".lively-picture {{height: {CARD[1]}px !important}}")
    page.wait_for_timeout(2000)
    image = Image.open(io.BytesIO(page.locator(".lively-picture").first.screenshot()))
    save(ImageOps.fit(image, CARD), ROOT / "dashboards" / f"{notebook}.png", 64)
    page.close()


def take_gallery(browser: Browser, address: str) -> None:
    """Take the picture of the front page, which shows the others."""
    width, height = SIZES["desktop"]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(address, wait_until="networkidle", timeout=PATIENCE)
    save(Image.open(io.BytesIO(page.screenshot())), ROOT / "docs/gallery-desktop.png", 192)
    page.close()


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
        with sync_playwright() as playwright:
            found = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
            for notebook in sorted((ROOT / "dashboards").glob("*.ipynb")):
                take(browser, address, notebook.stem)
            take_gallery(browser, address)
            browser.close()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
