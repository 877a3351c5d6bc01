"""Time from a key press on a slider to changed pixels, beside the floor: the same to a text label.

Floor and frames are measured in one run, in one browser, against one server, so that the machine's
own speed cancels in their ratio. All times are taken in the page itself.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, sync_playwright
from served import PATIENCE, ROOT, chromium, serve

FLOOR = """
import ipywidgets as widgets

slider = widgets.FloatSlider(value=5, min=0, max=10, step=0.1, description="Noise σ")
label = widgets.Label("start")
label.add_class("lively-floor")
slider.observe(lambda change: setattr(label, "value", str(change["new"])), "value")
widgets.VBox([slider, label])
"""
PAGE = "from lively.pages.regression import RegressionPage\nRegressionPage({})"
#: Presses a key so many times and returns the milliseconds until the pixels (or the text) changed.
PRESS = """async ({times, floor}) => {
  const handle = [...document.querySelectorAll(".widget-slider")]
    .find((e) => e.innerText.includes("Noise σ")).querySelector("[role=slider]");
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  let changed = () => {};
  if (floor) {
    new MutationObserver(() => changed()).observe(document.querySelector(".lively-floor"),
      {childList: true, characterData: true, subtree: true});
  } else {
    const seen = document.querySelector(".lively-fit canvas").getContext("2d");
    const draw = seen.drawImage;
    seen.drawImage = function (...all) { draw.apply(this, all); changed(); };
  }
  const found = [];
  for (let i = 0; i < times; i++) {
    const key = Math.floor(i / 40) % 2 ? "ArrowLeft" : "ArrowRight";
    const frame = new Promise((done) => (changed = done));
    const started = performance.now();
    handle.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
    await frame;
    await new Promise(requestAnimationFrame);
    found.push(performance.now() - started);
    await pause(250);
  }
  return found;
}"""


def presses(browser: Browser, address: str, times: int, ratio: float = 1) -> list[float]:
    """Open a page and return the milliseconds of so many key presses."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, device_scale_factor=ratio)
    page.goto(address, wait_until="commit", timeout=PATIENCE)
    floor = address.endswith("floor.ipynb")
    page.wait_for_selector(".lively-floor" if floor else "[role=img]", timeout=PATIENCE)
    page.wait_for_timeout(4000)
    page.evaluate(PRESS, {"times": 5, "floor": floor})
    found: list[float] = page.evaluate(PRESS, {"times": times, "floor": floor})
    page.close(run_before_unload=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=60)
    times = parser.parse_args().times
    notebooks = {"floor": FLOOR, "page": PAGE.format(""), "many": PAGE.format("samples=500")}
    rows = [
        ("floor: slider to label", "floor", 1.0),
        ("frame", "page", 1.0),
        ("frame at pixel ratio 2", "page", 2.0),
        ("frame with 500 points", "many", 1.0),
    ]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        shutil.copy(ROOT / "voila.json", folder)
        (folder / "dashboards").mkdir()
        for stem, source in notebooks.items():
            notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
            nbformat.write(notebook, folder / "dashboards" / f"{stem}.ipynb")
        with serve(folder) as address:
            browser = chromium(playwright)
            # Heated kernels have to be ready before they can be measured.
            time.sleep(20)
            floor = 0.0
            for text, stem, ratio in rows:
                taken = presses(browser, f"{address}voila/render/{stem}.ipynb", times, ratio)
                median = statistics.median(taken)
                floor = floor or median
                late = statistics.quantiles(taken, n=20)[-1]
                print(
                    f"{text:24} median {median:6.1f} ms  p95 {late:6.1f} ms  "
                    f"{median / floor:5.2f} x floor",
                    flush=True,
                )
            browser.close()


if __name__ == "__main__":
    main()
