"""Time from the navigation to the first picture, and to the page that can be moved.

The first picture is the poster's: the page as it will stand, which needs no script. With a cold and
with a heated kernel in one run, so that the machine's own speed cancels in the ratios.
"""

import argparse
import statistics
import time

from playwright.sync_api import Browser, sync_playwright
from served import PATIENCE, ROOT, chromium, serve

#: Whether the poster's first picture can be seen.
POSTER = """() => {
  const image = document.querySelector(".lively-poster .lively-fit img");
  return image?.complete && image.naturalWidth > 0 && image.getBoundingClientRect().width > 300
    && performance.getEntriesByName("first-contentful-paint").length > 0;
}"""
#: Whether the living first picture shows more than its background.
INKED = """() => {
  const canvas = document.querySelector(".lively-fit canvas");
  if (!canvas?.width) return false;
  const copy = new OffscreenCanvas(canvas.width, canvas.height);
  const context = copy.getContext("2d", {willReadFrequently: true});
  context.drawImage(canvas, 0, 0);
  const data = context.getImageData(0, 0, copy.width, copy.height).data;
  return new Set(data.filter((_, i) => i % 28 === 0)).size > 20;
}"""


def opening(browser: Browser, address: str) -> tuple[float, float]:
    """Return the seconds from the navigation to the first picture, and to the living one."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    started = time.perf_counter()
    page.goto(f"{address}voila/render/regression.ipynb", wait_until="commit", timeout=PATIENCE)
    page.wait_for_function(POSTER, timeout=PATIENCE, polling=20)
    seen = time.perf_counter() - started
    page.wait_for_function(INKED, timeout=PATIENCE, polling=20)
    lives = time.perf_counter() - started
    page.close(run_before_unload=True)
    return seen, lives


def measure(browser: Browser, heated: bool, times: int) -> list[tuple[float, float]]:
    """Open the page so many times, each with a new visitor's browser context."""
    found = []
    with serve(ROOT, f"--VoilaConfiguration.preheat_kernel={heated}") as address:
        for _ in range(times):
            # A heated kernel has to be ready before it can be measured.
            time.sleep(10 if heated else 1)
            found.append(opening(browser, address))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        for name, heated in (("cold", False), ("heated", True)):
            found = measure(browser, heated, times)
            for what, taken in zip(
                ("first picture", "lives"), zip(*found, strict=True), strict=True
            ):
                print(
                    f"{name:>7}, {what:13}: median {statistics.median(taken):.2f} s, "
                    f"slowest {max(taken):.2f} s, of {times}"
                )
        browser.close()


if __name__ == "__main__":
    main()
