"""What a real browser reports of its window: the sizes of a page's pictures."""

import argparse
import re
from dataclasses import dataclass

from playwright.sync_api import sync_playwright
from protocol import Window
from served import PATIENCE, ROOT, chromium, leave, serve

#: The sizes that the page's script tells Python (`lively/web/screen.js`).
SIZES = """() => [...document.querySelectorAll(".lively-picture")].map(
  (frame) => [Math.floor(frame.clientWidth), Math.floor(frame.clientHeight)])"""
#: Whether the page lives, and has nothing left of its poster.
LIVES = (
    """() => document.querySelector("[role=img]") && !document.querySelector(".lively-poster")"""
)


@dataclass(frozen=True)
class Size:
    """A window's size in pixels of the page, and its pixel ratio; as text, 1280x800@1."""

    width: int
    height: int
    ratio: float = 1.0

    def __str__(self) -> str:
        return f"{self.width}x{self.height}@{self.ratio:g}"


#: The window of a laptop.
USUAL = Size(1280, 800)


def size(text: str) -> Size:
    """Read a window's size."""
    found = re.fullmatch(r"(\d+)x(\d+)(?:@(\d+(?:\.\d+)?))?", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text} is not of the form 1280x800@1")
    return Size(int(found[1]), int(found[2]), float(found[3] or 1))


def reported(address: str, page: str, asked: Size) -> Window:
    """Open a page in Chromium; return what its script says of the window."""
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        tab = browser.new_page(
            viewport={"width": asked.width, "height": asked.height},
            device_scale_factor=asked.ratio,
        )
        tab.goto(f"{address}voila/render/{page}.ipynb", wait_until="commit", timeout=PATIENCE)
        tab.wait_for_function(LIVES, timeout=PATIENCE)
        tab.wait_for_timeout(1000)
        sizes: list[list[int]] = tab.evaluate(SIZES)
        leave(tab)
        browser.close()
    return Window(asked.ratio, sizes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("windows", type=size, nargs="*", default=[USUAL])
    parser.add_argument("--page", default="regression")
    given = parser.parse_args()
    with serve(ROOT) as address:
        for window in given.windows:
            print(f"{window}: {reported(address, given.page, window).sizes}", flush=True)


if __name__ == "__main__":
    main()
