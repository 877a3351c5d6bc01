"""Where a visit's CPU goes: milliseconds by process and by part of the visit.

Visits follow each other. After each part the processes are asked what they have used so far; what
one still does when its answer is there counts for the next part. What the end of a process costs is
what its parent knows of it beyond that.
"""

import argparse
import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
from processes import SERVER, TEMPLATE, VISIT, count, kind
from visit import Visit
from visitors import REST, serving
from windows import USUAL, Size, size

END = "end"


def used(server: int) -> Counter[tuple[str, int]]:
    """Return the nanoseconds of CPU that processes have used, by kind and process id."""
    root = psutil.Process(server)
    found: Counter[tuple[str, int]] = Counter()
    for process in [root, *root.children(recursive=True)]:
        try:
            schedule = Path(f"/proc/{process.pid}/schedstat").read_text()
            found[kind(process, server), process.pid] = int(schedule.split()[0])
        except (OSError, psutil.NoSuchProcess):
            continue
    return found


class Meter:
    """Tells which process has used how much CPU in which part of the visits.

    Parameters
    ----------
    server : int
        Its process id.

    Attributes
    ----------
    parts : dict of str to Counter
        Nanoseconds by kind of process, for each part.
    """

    def __init__(self, server: int) -> None:
        self.parts: dict[str, Counter[str]] = {}
        self._server = server
        self._before = used(server)

    def note(self, part: str) -> None:
        """Count what has been used since the last note for a part."""
        now = used(self._server)
        counted = self.parts.setdefault(part, Counter())
        for (what, pid), nanoseconds in now.items():
            counted[what] += nanoseconds - self._before[what, pid]
        self._before = now


async def follow(new: Callable[[], Visit], server: int, times: int) -> dict[str, Counter[str]]:
    """Let visitors come one after the other; return milliseconds a visit by part and process."""
    await new_visit(new, lambda part: None)
    await asyncio.sleep(REST)
    ended, meter = count(server, weigh=False), Meter(server)
    for _ in range(times):
        await new_visit(new, meter.note)
        meter.note(END)
    await asyncio.sleep(REST)
    known = sum(part[VISIT] for part in meter.parts.values())
    seconds = count(server, weigh=False).seconds[VISIT] - ended.seconds[VISIT]
    meter.parts[END][VISIT] += round(seconds * 1e9) - known
    return {
        part: Counter({what: n / 1e6 / times for what, n in counted.items()})
        for part, counted in meter.parts.items()
    }


async def new_visit(new: Callable[[], Visit], note: Callable[[str], None]) -> None:
    """Open a page, move a slider, leave."""
    visit = new()
    visit.line.passed = note
    await visit.open()
    await visit.leave()
    await asyncio.sleep(0.2)


def measure(page: str, window: Size, times: int) -> dict[str, Counter[str]]:
    """Serve the pages and measure visits to one of them."""
    with serving(page, window) as (new, server):
        return asyncio.run(follow(new, server, times))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--page", default="regression")
    parser.add_argument("--window", type=size, default=USUAL)
    given = parser.parse_args()
    parts = measure(given.page, given.window, given.times)
    kinds = (SERVER, TEMPLATE, VISIT)
    print(f"{given.times} visits in a row, {given.page}, {given.window}; CPU, ms a visit")
    print(f"{'until':32}" + "".join(f"{name:>12}" for name in (*kinds, "all")))
    whole: Counter[str] = Counter()
    for part, used in parts.items():
        whole.update(used)
        print(f"{part:32}" + "".join(f"{used[k]:12.1f}" for k in kinds) + f"{used.total():12.1f}")
    print(f"{'sum':32}" + "".join(f"{whole[k]:12.1f}" for k in kinds) + f"{whole.total():12.1f}")


if __name__ == "__main__":
    main()
