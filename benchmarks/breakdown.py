"""Where the milliseconds of one frame go, from the key press to changed pixels.

The parts follow each other, and are means, so that they add up.
"""

import argparse
import statistics

from frames import pages
from playwright.sync_api import sync_playwright
from served import PATIENCE, chromium

#: Notes when messages of a kind leave and arrive.
NOTES = """(() => {
  window.notes = [];
  const note = (name) => notes.push([name, performance.now()]);
  const decoder = new TextDecoder();
  const text = (data) => decoder.decode(new Uint8Array(data.buffer ?? data).slice(0, 2000));
  const Stock = window.WebSocket;
  window.WebSocket = class extends Stock {
    constructor(...all) {
      super(...all);
      this.addEventListener("message", ({ data }) => {
        const said = text(data);
        if (said.includes('"execution_state": "busy"')) note("busy");
        else if (said.includes('\\\\"type\\\\": \\\\"runs\\\\"')) note("frame");
        else if (said.includes('"execution_state": "idle"')) note("idle");
      });
    }
    send(data) {
      note("sent");
      super.send(data);
    }
  };
})()"""
PRESS = """async (times) => {
  const handle = [...document.querySelectorAll(".widget-slider")]
    .find((e) => e.innerText.includes("Noise σ")).querySelector("[role=slider]");
  const seen = document.querySelector(".lively-fit canvas").getContext("2d");
  const draw = seen.drawImage;
  seen.drawImage = function (...all) {
    draw.apply(this, all);
    notes.push(["pixels", performance.now()]);
  };
  const found = [];
  for (let i = 0; i < times; i++) {
    notes.length = 0;
    const started = performance.now();
    const key = Math.floor(i / 40) % 2 ? "ArrowLeft" : "ArrowRight";
    handle.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
    await new Promise((done) => setTimeout(done, 300));
    const first = Object.fromEntries([...notes].reverse());
    found.push(["sent", "busy", "frame", "pixels", "idle"].map((name) => first[name] - started));
  }
  return found;
}"""
PARTS = (
    "browser: the slider, its message",
    "way to the kernel: websocket, server, ZeroMQ",
    "kernel: check, fit, draw, encode; way back",
    "browser: runs to pixels",
    "the rest of the change: second picture, words, controls",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=40)
    parser.add_argument(
        "--page", choices=("page", "many"), default="page", help="many: 5,000 points"
    )
    given = parser.parse_args()
    with sync_playwright() as playwright, pages() as address:
        browser = chromium(playwright)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.add_init_script(NOTES)
        page.goto(f"{address}{given.page}.ipynb", wait_until="commit", timeout=PATIENCE)
        page.wait_for_selector("[role=img]", timeout=PATIENCE)
        page.wait_for_timeout(4000)
        page.evaluate(PRESS, 5)
        found = page.evaluate(PRESS, given.times)
        page.close(run_before_unload=True)
        browser.close()
    means = [statistics.mean(column) for column in zip(*found, strict=True)]
    for text, start, end in zip(PARTS, [0.0, *means], means, strict=False):
        print(f"{end - start:5.1f} ms  {text}")
    print(f"{means[3]:5.1f} ms  from the key press to pixels; {means[4]:.1f} ms until all is shown")


if __name__ == "__main__":
    main()
