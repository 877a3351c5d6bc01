"""Time from a key press on a slider to changed pixels, beside the floor: the same to a text label.

Floor and frames are measured in one run, in one browser, against one server, so that the machine's
own speed cancels in their ratio. All times are taken in the page itself.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
#: The sliders that are moved, by their labels.
NOISE, DEGREE = "Noise σ", "Degree"
PAGE = "from lively.pages.regression import RegressionPage\nRegressionPage({})"
#: The pages beside the regression page, each with a slider for its noise.
OTHERS = [
    path for path in sorted((ROOT / "dashboards").glob("*.ipynb")) if path.stem != "regression"
]
#: Presses a key so many times, to and fro between the slider's ends, and returns the milliseconds
#: until the pixels (or the text) changed.
PRESS = """async ({times, floor, slider}) => {
  const handle = [...document.querySelectorAll(".widget-slider")]
    .find((e) => e.innerText.includes(slider)).querySelector("[role=slider]");
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
  let key = "ArrowRight";
  for (let i = 0; i < times; i++) {
    if (handle.ariaValueNow === handle.ariaValueMax) key = "ArrowLeft";
    if (handle.ariaValueNow === handle.ariaValueMin) key = "ArrowRight";
    const frame = new Promise((done, fail) => {
      changed = done;
      setTimeout(() => fail(new Error(`${key}: nothing new within 10 s`)), 10000);
    });
    const started = performance.now();
    handle.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
    await frame;
    found.push(performance.now() - started);
    await pause(250);
  }
  return found;
}"""


#: Moves a slider every 16 ms for two seconds; returns the frames, and when the last one came.
DRAG = """async () => {
  const handle = [...document.querySelectorAll(".widget-slider")]
    .find((e) => e.innerText.includes("Noise σ")).querySelector("[role=slider]");
  const seen = document.querySelector(".lively-fit canvas").getContext("2d");
  const draw = seen.drawImage;
  let frames = 0;
  let last = 0;
  seen.drawImage = function (...all) {
    draw.apply(this, all);
    frames += 1;
    last = performance.now();
  };
  let end = 0;
  for (let i = 0; i < 125; i++) {
    const key = Math.floor(i / 40) % 2 ? "ArrowLeft" : "ArrowRight";
    handle.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
    end = performance.now();
    await new Promise((done) => setTimeout(done, 16));
  }
  const moving = frames;
  await new Promise((done) => setTimeout(done, 1000));
  return [moving, Math.max(last - end, 0)];
}"""


def presses(
    browser: Browser, address: str, times: int, ratio: float = 1, slider: str = NOISE
) -> list[float]:
    """Open a page and return the milliseconds of so many key presses on a slider."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, device_scale_factor=ratio)
    page.goto(address, wait_until="commit", timeout=PATIENCE)
    floor = address.endswith("floor.ipynb")
    page.wait_for_selector(".lively-floor" if floor else "[role=img]", timeout=PATIENCE)
    page.wait_for_timeout(4000)
    press = {"floor": floor, "slider": slider}
    page.evaluate(PRESS, {"times": 5, **press})
    found: list[float] = page.evaluate(PRESS, {"times": times, **press})
    page.close(run_before_unload=True)
    return found


@contextmanager
def pages() -> Iterator[str]:
    """Serve the page, the floor and the page with many points; yield the address."""
    notebooks = {"floor": FLOOR, "page": PAGE.format(""), "many": PAGE.format("samples=5000")}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(ROOT / "voila.json", folder)
        (folder / "dashboards").mkdir()
        for stem, source in notebooks.items():
            notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
            nbformat.write(notebook, folder / "dashboards" / f"{stem}.ipynb")
        for path in OTHERS:
            shutil.copy(path, folder / "dashboards")
        with serve(folder) as address:
            # Heated kernels have to be ready before they can be measured.
            time.sleep(20)
            yield f"{address}voila/render/"


def measure(browser: Browser, times: int) -> Iterator[tuple[str, list[float]]]:
    """Yield what was measured and its milliseconds, the floor first.

    Half of the presses are made in a second round, so that a machine that becomes slower or faster
    does so for all.
    """
    cases = [
        ("floor: slider to label", "floor", 1.0, NOISE),
        ("frame", "page", 1.0, NOISE),
        ("frame at pixel ratio 2", "page", 2.0, NOISE),
        ("frame with 5,000 points", "many", 1.0, NOISE),
        ("frame, degree", "page", 1.0, DEGREE),
        *((f"frame, {path.stem.replace('_', ' ')}", path.stem, 1.0, NOISE) for path in OTHERS),
        ("frame, bias variance, degree", "bias_variance", 1.0, DEGREE),
    ]
    with pages() as address:
        first, second = (
            [
                presses(browser, f"{address}{stem}.ipynb", half, ratio, slider)
                for _, stem, ratio, slider in cases
            ]
            for half in (times - times // 2, times // 2)
        )
    for (text, *_), before, after in zip(cases, first, second, strict=True):
        yield text, before + after


def drag(browser: Browser) -> tuple[float, float]:
    """Move the slider for two seconds; return frames a second, and ms from its end to the last."""
    with pages() as address:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{address}page.ipynb", wait_until="commit", timeout=PATIENCE)
        page.wait_for_selector("[role=img]", timeout=PATIENCE)
        page.wait_for_timeout(4000)
        frames, last = page.evaluate(DRAG)
        page.close(run_before_unload=True)
    return float(frames) / 2, float(last)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=60)
    times = parser.parse_args().times
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        floor = 0.0
        for text, taken in measure(browser, times):
            median = statistics.median(taken)
            floor = floor or median
            late = statistics.quantiles(taken, n=20)[-1]
            print(
                f"{text:24} median {median:6.1f} ms  p95 {late:6.1f} ms  "
                f"{median / floor:5.2f} x floor",
                flush=True,
            )
        rate, last = drag(browser)
        print(f"drag: {rate:.0f} frames a second, the last {last:.0f} ms after the hand")
        browser.close()


if __name__ == "__main__":
    main()
