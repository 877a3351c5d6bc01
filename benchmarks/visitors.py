"""Visitors of a page: how long each waits, what they cost, and how many of them get it whole.

``class``: many at once, each staying until all have been measured. ``alone``: one after the other.
``cycles``: a long row of visits, and what they leave behind in the server.

A visit counts as whole if the HTML has the poster and all views, if the widgets of these are there,
if every picture comes, and if a picture follows when a slider is moved.
"""

import argparse
import ast
import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from processes import FORK_SERVER, KERNEL, SERVER, TEMPLATE, VISIT, busy, count
from protocol import VisitError
from result import COLUMNS, HEAD, Result
from served import ROOT, run
from tornado.httpclient import AsyncHTTPClient
from visit import Times, Visit
from windows import USUAL, Size, reported, size

#: Options of the server by what answers a visitor: a fork of the page; a forked kernel that
#: executes the notebook; a cold kernel, as in a Voilà without this project's ways of starting.
BUILT, EXECUTED, PLAIN = "built once", "executed", "plain"
OPTIONS = {
    BUILT: (),
    EXECUTED: ("--Templates.built_once=False",),
    PLAIN: (
        "--KernelProvisionerFactory.default_provisioner_name=local-provisioner",
        "--Templates.built_once=False",
    ),
}
#: Seconds until what has just been opened, or closed, has come to rest.
REST = 3.0


def views(page: str) -> int:
    """Return how many widgets a page shows: one for each cell that ends with an expression."""
    notebook = json.loads((ROOT / f"dashboards/{page}.ipynb").read_text("utf-8"))
    sources = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    bodies = (ast.parse(source).body for source in sources)
    return sum(bool(body) and isinstance(body[-1], ast.Expr) for body in bodies)


async def tried(visit: Visit) -> Times | str:
    """Open a page; return the times or the reason of the failure."""
    try:
        return await visit.open()
    except VisitError as error:
        return str(error)


def results(found: list[Times | str]) -> tuple[list[Times], Counter[str]]:
    """Tell whole visits from failures."""
    whole = [times for times in found if isinstance(times, Times)]
    return whole, Counter(why for why in found if isinstance(why, str))


async def come(new: Callable[[], Visit], server: int, visitors: int, within: float) -> Result:
    """Let visitors come within so many seconds; all stay until all have been measured."""
    AsyncHTTPClient.configure(None, max_clients=2 * visitors)
    before, started = count(server), time.process_time()
    found: list[Times | str] = []
    measured = asyncio.Event()

    async def one(number: int) -> None:
        await asyncio.sleep(number * within / visitors)
        visit = new()
        found.append(await tried(visit))
        await measured.wait()
        await visit.leave()

    tasks = [asyncio.create_task(one(number)) for number in range(visitors)]
    while len(found) < visitors:
        await asyncio.sleep(0.2)
    observer = time.process_time() - started
    # What the last ones still have in hand is none of a page's weight.
    await asyncio.sleep(REST)
    during = count(server)
    measured.set()
    await asyncio.gather(*tasks)
    await asyncio.sleep(REST)
    return Result(*results(found), before, during, count(server, weigh=False), observer)


async def follow(new: Callable[[], Visit], server: int, times: int) -> Result:
    """Let visitors come one after the other, each when the one before has left."""
    before, started = count(server), time.process_time()
    found: list[Times | str] = []
    for _ in range(times):
        visit = new()
        found.append(await tried(visit))
        await visit.leave()
        # What the end of one still costs is none of the next one's waiting.
        await asyncio.sleep(0.2)
    observer = time.process_time() - started
    await asyncio.sleep(REST)
    after = count(server)
    return Result(*results(found), before, after, after, observer)


async def cycle(new: Callable[[], Visit], server: int, cycles: int) -> None:
    """Let visitors come one after the other; print now and then what they have left behind."""
    failures: Counter[str] = Counter()
    for number in range(1, cycles + 1):
        visit = new()
        found = await tried(visit)
        await visit.leave()
        if isinstance(found, str):
            failures[found] += 1
        if number in (1, 50, 200, 500, 1000, cycles):
            await asyncio.sleep(REST)
            left = count(server)
            print(
                f"after {number:4} visits: MB PSS: server {left.weight(SERVER):.1f}, "
                f"fork server {left.weight(FORK_SERVER):.1f}, "
                f"templates {left.weight(TEMPLATE):.1f}, others {left.weight(VISIT, KERNEL):.1f}; "
                f"open files of the server {left.files}, processes {left.processes}, "
                f"zombies {left.zombies}, failures {failures.total()}",
                flush=True,
            )
    for why, times in failures.most_common():
        print(f"  {times} × {why}")


@contextmanager
def serving(page: str, window: Size, *options: str) -> Iterator[tuple[Callable[[], Visit], int]]:
    """Serve the pages; yield what makes a visit, and the server's process id.

    A browser opens the page first: it reports the sizes of the pictures, and takes what only the
    first visit after a server's start has to wait for.
    """
    with run(ROOT, *options) as (address, server):
        seen = reported(address, page, window)
        time.sleep(2 * REST)
        yield partial(Visit, address, page, views(page), seen), server


def measure(
    visitors: int = 30,
    within: float = 10.0,
    loops: int = 0,
    page: str = "regression",
    window: Size = USUAL,
    kind: str = BUILT,
    limit: int = 0,
) -> Result:
    """Serve the pages and let a class come, beside so many busy loops."""
    options = *OPTIONS[kind], f"--Visits.most={limit}"
    with serving(page, window, *options) as (new, server), busy(loops):
        return asyncio.run(come(new, server, visitors, within))


def print_class(given: argparse.Namespace) -> None:
    """Measure a class, in rounds, and if asked for in alternation with plain kernels."""
    print(
        f"{given.visitors} visitors within {given.within:g} s, {given.page}, {given.window}, "
        f"beside {given.busy} busy loops; seconds, p50 and p95"
    )
    print(HEAD, flush=True)
    kinds = (given.kind, PLAIN) if given.beside else (given.kind,)
    for number in range(1, given.rounds + 1):
        pair = []
        for kind in kinds:
            result = measure(
                given.visitors,
                given.within,
                given.busy,
                given.page,
                given.window,
                kind,
                given.limit,
            )
            pair.append(result)
            print(f"{number:5} {kind:12}{result.row()}\n{result}\n{result.weights()}")
        if len(pair) == 2 and all(result.times for result in pair):
            ratios = (pair[1].seconds(n)[1] / pair[0].seconds(n)[1] for n in COLUMNS)
            print(f"{number:5} {'p95 ratio':12}" + "".join(f"{ratio:14.1f}" for ratio in ratios))


def print_alone(given: argparse.Namespace) -> None:
    """Measure visitors who have the server to themselves."""
    with serving(given.page, given.window, *OPTIONS[given.kind]) as (new, server):
        result = asyncio.run(follow(new, server, given.times))
    print(f"{given.times} visits in a row, {given.page}, {given.window}; seconds, p50 and p95")
    print(f"{HEAD}\n{1:5} {given.kind:12}{result.row()}\n{result}")


def print_cycles(given: argparse.Namespace) -> None:
    """Measure what a long row of visits leaves behind."""
    with serving(given.page, given.window, *OPTIONS[given.kind]) as (new, server):
        asyncio.run(cycle(new, server, given.times))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    scenarios = parser.add_subparsers(required=True)
    many = scenarios.add_parser("class", help="many visitors at once")
    many.add_argument("--visitors", type=int, default=30)
    many.add_argument("--within", type=float, default=10.0, help="seconds in which they all come")
    many.add_argument("--busy", type=int, default=0, help="busy loops beside the server")
    many.add_argument("--limit", type=int, default=0, help="places; 0 for the server's own number")
    many.add_argument("--rounds", type=int, default=1)
    many.add_argument("--beside", action="store_true", help="in alternation with plain kernels")
    many.set_defaults(run=print_class)
    alone = scenarios.add_parser("alone", help="visitors in a row")
    alone.add_argument("--times", type=int, default=20)
    alone.set_defaults(run=print_alone)
    cycles = scenarios.add_parser("cycles", help="what a long row of visits leaves behind")
    cycles.add_argument("--times", type=int, default=1000)
    cycles.set_defaults(run=print_cycles)
    for scenario in (many, alone, cycles):
        scenario.add_argument("--page", default="regression")
        scenario.add_argument("--window", type=size, default=USUAL)
        scenario.add_argument(
            "--kind", choices=OPTIONS, default=BUILT, help="what answers visitors"
        )
    given = parser.parse_args()
    given.run(given)


if __name__ == "__main__":
    main()
