"""What many hours of visitors leave behind, tried in Chromium within minutes.

``reloads``: one visitor who loads the same page again and again. ``random``: several visitors who
use whatever controls they find, type nonsense, load pages again and go on to others; the seed is
printed.
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable

from playwright.sync_api import Browser, Error, Page, sync_playwright
from processes import FORK_SERVER, KERNEL, SERVER, TEMPLATE, VISIT, count
from served import PATIENCE, ROOT, chromium, leave, run

ALIVE = """() =>
  document.querySelector(".lively-page") && !document.querySelector(".lively-poster")"""
#: Gives one of the controls that can be seen the focus, and returns what it is.
FOCUS = """(chosen) => {
  const controls = [...document.querySelectorAll(
    ".lively-page :is(input, select, button, summary, [role=slider], [role=tab])")]
    .filter((one) => one.checkVisibility() && !one.disabled);
  const control = controls[Math.floor(chosen * controls.length)];
  control?.focus();
  return control ? control.getAttribute("role") ?? control.type ?? control.localName : "none";
}"""
KEYS = ("ArrowRight", "ArrowLeft", "ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End")
NONSENSE = ("", "-1", "7", "1e308", "nan", "<b>x</b>", "\N{FULLWIDTH DIGIT SEVEN}", "x" * 300)
#: Of a hundred things that somebody does, how many are to load the page again, or to go on.
RELOADS, LEAVES = 1, 1
PAGES = sorted(path.name for path in (ROOT / "dashboards").glob("*.ipynb"))
#: Seconds until what has just been done has come to rest.
REST = 5.0


def report(server: int, when: str) -> None:
    """Print what server and processes take."""
    now = count(server)
    print(
        f"{when}: MB PSS: server {now.weight(SERVER):.1f}, fork server and templates "
        f"{now.weight(FORK_SERVER, TEMPLATE):.0f}, visits {now.weight(VISIT, KERNEL):.0f}; "
        f"open files of the server {now.files}, processes {now.processes}, zombies {now.zombies}",
        flush=True,
    )


class Visitor:
    """Somebody who uses a page at random.

    Parameters
    ----------
    browser : Browser
    address : str
        The server's.
    chance : random.Random
    errors : Counter of str
        What goes wrong is counted there.
    """

    def __init__(
        self, browser: Browser, address: str, chance: random.Random, errors: Counter[str]
    ) -> None:
        self._address, self._chance, self._errors = address, chance, errors
        self.page: Page = browser.new_context().new_page()
        self.page.on("pageerror", lambda error: self._note(f"error: {error}"))
        self.page.on(
            "console", lambda said: self._note(said.text) if said.type == "error" else None
        )
        self.go()

    def _note(self, what: str) -> None:
        self._errors[what[:200]] += 1

    def go(self) -> None:
        """Open one of the pages."""
        self._load(f"{self._address}voila/render/{self._chance.choice(PAGES)}")

    def _load(self, address: str) -> None:
        self.page.goto(address)
        self.page.wait_for_function(ALIVE, timeout=PATIENCE)

    def act(self) -> None:
        """Do one thing."""
        turn = self._chance.randrange(100)
        if turn < RELOADS:
            self._load(self.page.url)
        elif turn < RELOADS + LEAVES:
            self.go()
        else:
            self._use(self.page.evaluate(FOCUS, self._chance.random()))
        self.look()

    def _use(self, control: str) -> None:
        keyboard = self.page.keyboard
        if control in ("button", "submit", "summary", "tab", "checkbox", "radio"):
            keyboard.press("Space")
        elif control in ("text", "number"):
            keyboard.press("Control+A")
            keyboard.insert_text(self._chance.choice(NONSENSE))
            keyboard.press("Enter")
        elif control != "none":
            key = self._chance.choice(KEYS)
            for _ in range(self._chance.randrange(1, 8)):
                keyboard.press(key)

    def look(self) -> None:
        """Note if the page says that it is not alive."""
        banner = self.page.locator(".lively-banner")
        if banner.count():
            self._note(f"banner: {banner.first.text_content()}")


def reload(times: int) -> None:
    """Load a page again and again."""
    with run(ROOT) as (address, server), sync_playwright() as playwright:
        browser = chromium(playwright)
        errors: Counter[str] = Counter()
        page = browser.new_page()
        page.on("pageerror", lambda error: errors.update([str(error)]))
        page.goto(f"{address}voila/render/regression.ipynb")
        for number in range(times + 1):
            page.wait_for_function(ALIVE, timeout=PATIENCE)
            if number in (0, 10, 50, 100, times):
                time.sleep(REST)
                report(server, f"after {number:3} reloads")
            if number < times:
                page.reload()
        leave(page)
        time.sleep(REST)
        report(server, "when all have left")
        print(dict(errors))
        browser.close()


def walk(pages: int, minutes: float, seed: int) -> None:
    """Let several visitors do what they like."""
    chance, errors = random.Random(seed), Counter[str]()
    done, began = 0, time.monotonic()
    with run(ROOT) as (address, server), sync_playwright() as playwright:
        report(server, f"seed {seed}, before anybody comes")
        browser = chromium(playwright)
        visitors = [Visitor(browser, address, chance, errors) for _ in range(pages)]
        told = 0.0
        while (passed := time.monotonic() - began) < 60 * minutes:
            for visitor in visitors:
                attempt(visitor.act, errors)
            done += pages
            if passed - told > 60 * minutes / 10:
                told = passed
                report(
                    server, f"after {passed / 60:4.1f} min, {done} acts, {errors.total()} errors"
                )
        time.sleep(REST)
        for visitor in visitors:
            attempt(visitor.look, errors)
            leave(visitor.page)
        browser.close()
        time.sleep(REST)
        report(server, f"when all have left, after {done} acts")
    for what, times in errors.most_common():
        print(f"  {times} × {what}")


def attempt(act: Callable[[], None], errors: Counter[str]) -> None:
    """Do something; count what the browser could not do as an error."""
    try:
        act()
    except Error as error:
        errors[f"not done: {str(error)[:200]}"] += 1


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    scenarios = parser.add_subparsers(required=True)
    again = scenarios.add_parser("reloads", help="one visitor who loads a page again and again")
    again.add_argument("--times", type=int, default=200)
    again.set_defaults(run=lambda given: reload(given.times))
    wild = scenarios.add_parser("random", help="visitors who use what they find")
    wild.add_argument("--pages", type=int, default=10)
    wild.add_argument("--minutes", type=float, default=30.0)
    wild.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    wild.set_defaults(run=lambda given: walk(given.pages, given.minutes, given.seed))
    given = parser.parse_args()
    given.run(given)


if __name__ == "__main__":
    main()
