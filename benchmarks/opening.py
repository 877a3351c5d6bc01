"""Time from the navigation to the first picture, to the page that can be moved, and between them.

The first picture is the poster's: the page as it will stand, which needs no script. All times are
the browser's own, each with a new visitor's browser context, without anything cached.
"""

import argparse
import statistics
import time

from playwright.sync_api import Browser, sync_playwright
from served import PATIENCE, ROOT, chromium, leave, serve

#: When the poster's first picture can be seen.
POSTER = """() => {
  const image = document.querySelector(".lively-poster .lively-fit img");
  return image?.complete && image.naturalWidth > 0 && image.getBoundingClientRect().width > 300
    && performance.getEntriesByName("first-contentful-paint").length > 0 && performance.now();
}"""
#: When the living first picture shows more than its background.
INKED = """() => {
  const canvas = document.querySelector(".lively-fit canvas");
  if (!canvas?.width) return false;
  const copy = new OffscreenCanvas(canvas.width, canvas.height);
  const context = copy.getContext("2d", {willReadFrequently: true});
  context.drawImage(canvas, 0, 0);
  const data = context.getImageData(0, 0, copy.width, copy.height).data;
  return new Set(data.filter((_, i) => i % 28 === 0)).size > 20 && performance.now();
}"""
#: Marks when the websocket opens, and when messages of a kind first arrive.
MARKS = """(() => {
  const marked = new Set();
  const mark = (name) => marked.has(name) || (marked.add(name), performance.mark(name));
  const decoder = new TextDecoder();
  const Stock = window.WebSocket;
  window.WebSocket = class extends Stock {
    constructor(...all) {
      mark("websocket asked for");
      super(...all);
      this.addEventListener("open", () => mark("websocket open"));
      this.addEventListener("message", ({ data }) => {
        const said = decoder.decode(new Uint8Array(data.buffer ?? data).slice(0, 2000));
        if (said.includes("update_states")) mark("states");
        if (/type[\\\\": ]+(runs|binary)/.test(said)) mark("first frame");
      });
    }
  };
})()"""
#: The milliseconds from the navigation to each step before the pictures.
STEPS = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const marks = Object.fromEntries(
    performance.getEntriesByType("mark").map(({ name, startTime }) => [name, startTime]));
  const loaded = performance.getEntriesByType("resource")
    .filter((entry) => entry.initiatorType === "script"
      && entry.startTime < marks["websocket asked for"])
    .map((entry) => entry.responseEnd);
  return {
    "HTML, first byte": page.responseStart,
    "HTML, complete": page.responseEnd,
    "deferred scripts run": page.domContentLoadedEventStart,
    "last script loaded": Math.max(...loaded),
    ...marks,
  };
}"""
SEEN, LIVES = "first picture", "lives"


def opening(browser: Browser, address: str, page: str) -> dict[str, float]:
    """Return the seconds from the navigation to each step."""
    tab = browser.new_page(viewport={"width": 1280, "height": 800})
    tab.add_init_script(MARKS)
    tab.goto(f"{address}voila/render/{page}.ipynb", wait_until="commit", timeout=PATIENCE)
    seen, lives = (
        tab.wait_for_function(there, timeout=PATIENCE, polling=20).json_value()
        for there in (POSTER, INKED)
    )
    steps = tab.evaluate(STEPS)
    leave(tab)
    return {step: taken / 1000 for step, taken in {SEEN: seen, **steps, LIVES: lives}.items()}


def measure(browser: Browser, times: int, page: str = "regression") -> list[dict[str, float]]:
    """Open the page so many times; the first opening after the server's start is not counted."""
    with serve(ROOT) as address:
        found = []
        for _ in range(times + 1):
            found.append(opening(browser, address, page))
            time.sleep(1)
    return found[1:]


def median(found: list[dict[str, float]], step: str) -> float:
    """Return the median of one step."""
    return statistics.median(steps[step] for steps in found)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--page", default="regression")
    given = parser.parse_args()
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        found = measure(browser, given.times, given.page)
        browser.close()
    for step in sorted(found[0], key=lambda step: median(found, step)):
        slowest = max(steps[step] for steps in found)
        print(
            f"{step:20}: median {median(found, step):.2f} s, slowest {slowest:.2f} s, "
            f"of {given.times}"
        )


if __name__ == "__main__":
    main()
