"""Time from the navigation to the first picture, with a cold and with a heated kernel.

The machine's own speed cancels in the ratio of the two, which come from one run.
"""

import argparse
import statistics
import time

from playwright.sync_api import Browser, sync_playwright
from served import PATIENCE, ROOT, chromium, serve

#: Whether the first picture shows more than its background.
INKED = """() => {
  const canvas = document.querySelector(".lively-fit canvas");
  if (!canvas?.width) return false;
  const copy = new OffscreenCanvas(canvas.width, canvas.height);
  const context = copy.getContext("2d", {willReadFrequently: true});
  context.drawImage(canvas, 0, 0);
  const data = context.getImageData(0, 0, copy.width, copy.height).data;
  return new Set(data.filter((_, i) => i % 28 === 0)).size > 20;
}"""


def first_picture(browser: Browser, address: str) -> float:
    """Return the seconds from the navigation to the first picture."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    started = time.perf_counter()
    page.goto(f"{address}voila/render/regression.ipynb", wait_until="commit", timeout=PATIENCE)
    page.wait_for_function(INKED, timeout=PATIENCE, polling=20)
    seconds = time.perf_counter() - started
    page.close(run_before_unload=True)
    return seconds


def measure(browser: Browser, heated: bool, times: int) -> list[float]:
    """Open the page so many times, each with a new visitor's browser context."""
    found = []
    with serve(ROOT, f"--VoilaConfiguration.preheat_kernel={heated}") as address:
        for _ in range(times):
            # A heated kernel has to be ready before it can be measured.
            time.sleep(10 if heated else 1)
            found.append(first_picture(browser, address))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        for name, heated in (("cold", False), ("heated", True)):
            found = measure(browser, heated, times)
            print(
                f"{name:>7}: median {statistics.median(found):.1f} s, "
                f"slowest {max(found):.1f} s, of {times}"
            )
        browser.close()


if __name__ == "__main__":
    main()
