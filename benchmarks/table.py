"""All measurements in one run, as the table of the README."""

import argparse
import os
import platform
import statistics
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import frames
import opening
import peers
import visitors
from playwright.sync_api import sync_playwright
from served import chromium


def spread(taken: list[float]) -> tuple[float, float]:
    """Return median and 95th percentile."""
    return statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


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
        for name, heated in (("cold", False), ("heated", True)):
            seconds = opening.measure(browser, heated, openings)
            seen, lives = (statistics.median(taken) for taken in zip(*seconds, strict=True))
            yield f"opening, {name}", f"first picture after {seen:.2f} s, lives after {lives:.2f} s"
        for peer in peers.measure(browser, times, openings, python):
            yield (
                peer.name,
                f"{peer.frame_median:.1f} ms, p95 {peer.frame_p95:.1f} ms "
                f"({peer.frame_median / floor:.1f} × floor), opens in {peer.opening:.2f} s; "
                f"{peer.versions}",
            )
        browser.close()
    for name, options in (("forked kernels", ()), ("plain cold kernels", visitors.PLAIN)):
        yield f"{count} visitors, {name}", str(visitors.measure(count, *options))


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
