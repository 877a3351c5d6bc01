"""What a visitor notices of others who move their sliders without a pause, as scripts can.

Frames of one visitor are timed alone and beside the others, in turns, so that the machine's own
speed cancels in the ratio.
"""

import argparse
import asyncio
import multiprocessing
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from result import late
from tornado.websocket import WebSocketClosedError
from visit import Visit
from visitors import BUILT, OPTIONS, serving
from windows import USUAL

#: Seconds between two moves of a hand, and until a flood has used up what may come at once.
PAUSE, FLOODED = 0.01, 5.0


async def frames(visit: Visit, times: int) -> list[float]:
    """Move a slider so many times; return the seconds until each frame."""
    taken = []
    for _ in range(times):
        taken.append(await visit.move())
        await asyncio.sleep(PAUSE)
    return taken


async def flood(visit: Visit) -> None:
    """Send moves as fast as the server takes them, until it lets go of the visitor."""
    await visit.open()
    with suppress(WebSocketClosedError):
        while True:
            visit.line.move()
            assert visit.line.written is not None
            await visit.line.written
            # What is kept of each message is for those who wait for its answer.
            visit.line.unanswered.clear()
            visit.line.sent.clear()


def flood_for_ever(new: Callable[[], Visit], flooders: int) -> None:
    """Let so many visitors flood the server."""

    async def all_at_once() -> None:
        await asyncio.gather(*(flood(new()) for _ in range(flooders)))

    asyncio.run(all_at_once())


@contextmanager
def flooding(new: Callable[[], Visit], flooders: int) -> Iterator[None]:
    """Let so many visitors flood the server meanwhile, from a process of their own."""
    process = multiprocessing.get_context("spawn").Process(
        target=flood_for_ever, args=(new, flooders)
    )
    process.start()
    try:
        yield
    finally:
        process.kill()
        process.join()


async def follow(new: Callable[[], Visit], flooders: int, rounds: int, times: int) -> None:
    """Time the frames of one visitor, alone and beside the flooders; print each round."""
    visit = new()
    await visit.open()
    for number in range(1, rounds + 1):
        alone = await frames(visit, times)
        with flooding(new, flooders):
            await asyncio.sleep(FLOODED)
            beside = await frames(visit, times)
        print(
            f"{number:5}"
            + "".join(
                f"{1000 * statistics.median(t):10.1f} {1000 * late(t):7.1f}"
                for t in (alone, beside)
            )
            + f"{statistics.median(beside) / statistics.median(alone):10.2f} x",
            flush=True,
        )
        await asyncio.sleep(FLOODED)
    await visit.leave()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flooders", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--page", default="regression")
    parser.add_argument("--kind", choices=OPTIONS, default=BUILT, help="what answers visitors")
    given = parser.parse_args()
    print(f"{given.flooders} flooders, {given.page}, {given.kind}; ms, p50 and p95")
    print(f"{'round':5}{'alone':>18}{'beside the flood':>18}{'medians':>12}")
    with serving(given.page, USUAL, *OPTIONS[given.kind]) as (new, _):
        asyncio.run(follow(new, given.flooders, given.rounds, given.times))


if __name__ == "__main__":
    main()
