"""All measurements in one run, as the table of the README."""

import argparse
import os
import platform
import statistics
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import frames
import opening
import peers
import visitors
from playwright.sync_api import sync_playwright
from result import Result, late
from served import chromium


def spread(taken: list[float]) -> tuple[float, float]:
    """Return median and 95th percentile."""
    return statistics.median(taken), late(taken)


def rows(times: int, openings: int, count: int, python: Path) -> Iterator[tuple[str, str]]:
    """Measure; yield what was measured and what it came to, as it comes."""
    with sync_playwright() as playwright:
        browser = chromium(playwright)
        floor = 0.0
        for name, taken in frames.measure(browser, times):
            median, late = spread(taken)
            floor = floor or median
            yield name, f"{median:.1f} ms, p95 {late:.1f} ms ({median / floor:.1f} × floor)"
        rate, last = frames.drag(browser)
        yield "drag", f"{rate:.0f} frames a second, the last {last:.0f} ms after the hand"
        opened = opening.measure(browser, openings)
        seen, lives = (opening.median(opened, step) for step in (opening.SEEN, opening.LIVES))
        yield "opening", f"first picture after {seen:.2f} s, lives after {lives:.2f} s"
        for peer in peers.measure(browser, times, openings, python):
            yield (
                peer.name,
                f"{peer.frame_median:.1f} ms, p95 {peer.frame_p95:.1f} ms "
                f"({peer.frame_median / floor:.1f} × floor), opens in {peer.opening:.2f} s; "
                f"{peer.versions}",
            )
        browser.close()
    yield from classes(count)


def classes(count: int) -> Iterator[tuple[str, str]]:
    """Let classes come; yield how they fared."""
    come = visitors.measure
    cases = {
        f"{count} visitors in 10 s": partial(come, count),
        f"{count} visitors in 10 s, beside four busy loops": partial(come, count, loops=4),
        f"{10 * count} visitors in 60 s": partial(come, 10 * count, 60),
        f"{count} visitors in 10 s, executed": partial(come, count, kind=visitors.EXECUTED),
        f"{count} visitors in 10 s, plain cold kernels": partial(come, count, kind=visitors.PLAIN),
    }
    for name, case in cases.items():
        result = case()
        yield name, waited(result)
        yield f"{name}: a visit", used(result)


def waited(result: Result) -> str:
    """Return how long a class waited."""
    failed = f"{result.failures.total()} of {result.visitors} failed"
    if not result.times:
        return failed
    parts = (
        f"{text} p50 {median:.2f} s, p95 {slow:.2f} s"
        for text, (median, slow) in (
            ("HTML", result.seconds("html")),
            ("first frame", result.seconds("picture")),
            ("frame after a slider", result.seconds("slider")),
        )
    )
    return "; ".join((*parts, failed))


def used(result: Result) -> str:
    """Return what a visit of a class cost."""
    return f"{sum(result.cpu().values()):.2f} CPU s, {result.memory():.0f} MB PSS"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=80)
    parser.add_argument("--openings", type=int, default=3)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--python", type=Path, default=peers.PYTHON)
    given = parser.parse_args()
    day = datetime.now(UTC).date()
    print(
        f"{day}, {os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    )
    print("\n| measured | result |\n| --- | --- |")
    for name, result in rows(given.times, given.openings, given.visitors, given.python):
        print(f"| {name} | {result} |", flush=True)


if __name__ == "__main__":
    main()
