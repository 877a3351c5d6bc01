"""A class opens the page: many visitors at once, each until the first picture, and what they weigh.

Visitors are protocol clients: the page over HTTP, then the websocket to the first frame, with the
messages that a browser would send. As many browsers on one machine would measure themselves.
"""

import argparse
import asyncio
import json
import re
import statistics
import time
import uuid
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psutil
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from served import ROOT, serve
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

#: Seconds within which they all come, and after which one has failed.
ARRIVAL, PATIENCE = 10.0, 150.0
PLAIN = (
    "--KernelProvisionerFactory.default_provisioner_name=local-provisioner",
    "--VoilaConfiguration.preheat_kernel=False",
)


@dataclass(frozen=True)
class Class:
    """How a class fared: seconds to the first picture of those who got it, MB of each kernel."""

    seconds: list[float]
    failures: int
    memory: list[float]

    def __str__(self) -> str:
        if not self.seconds:
            return f"{self.failures} failures"
        return (
            f"p50 {statistics.median(self.seconds):5.1f} s  p95 {late(self.seconds):5.1f} s  "
            f"{self.failures} failures  "
            f"{statistics.mean(self.memory):4.0f} MB PSS a kernel ({len(self.memory)})"
        )


def late(seconds: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]


def message(kind: str, content: dict[str, Any]) -> bytes:
    """Return a message to a kernel as the browser writes it."""
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": kind,
        "username": "",
        "session": uuid.uuid4().hex,
        "version": "5.4",
        "date": "2020-01-01T00:00:00Z",
    }
    # The version is that of the control channel of ipywidgets.
    parts = [header, {}, {"version": "1.0.0"}, content]
    written: bytes = serialize_msg_to_ws_v1([json.dumps(p).encode() for p in parts], "shell")
    return written


async def send(line: WebSocketClientConnection, kind: str, content: dict[str, Any]) -> None:
    """Send a message."""
    await line.write_message(message(kind, content), binary=True)


async def received(line: WebSocketClientConnection) -> dict[str, Any]:
    """Return the content of the kernel's next message."""
    raw = await line.read_message()
    if raw is None:
        raise ConnectionError("the server closed the line")
    _, parts = deserialize_msg_from_ws_v1(raw)
    content: dict[str, Any] = json.loads(parts[3])
    return content


async def first_frame(line: WebSocketClientConnection) -> None:
    """Ask for the widgets' states, show the canvases, and wait for the first frame."""
    control = uuid.uuid4().hex
    opened = {"comm_id": control, "target_name": "jupyter.widget.control", "data": {}}
    await send(line, "comm_open", opened)
    asked = {"comm_id": control, "data": {"method": "request_states"}}
    await send(line, "comm_msg", asked)
    canvases: list[str] = []
    while True:
        content = await received(line)
        data = content.get("data", {})
        if content.get("comm_id") == control and data.get("method") == "update_states":
            states = data["states"]
            canvases = [i for i, s in states.items() if s["model_name"] == "MPLCanvasModel"]
            for canvas in canvases:
                for kind in ("send_image_mode", "refresh", "initialized"):
                    await send_to(line, canvas, {"type": kind})
        elif content.get("comm_id") in canvases and data.get("method") == "custom":
            said = json.loads(data["content"]["data"])
            if said["type"] == "draw":
                await send_to(line, content["comm_id"], {"type": "draw"})
            elif said["type"] in ("binary", "runs"):
                return


async def send_to(line: WebSocketClientConnection, comm: str, content: dict[str, Any]) -> None:
    """Send a widget a message of its own kind."""
    data = {"method": "custom", "content": content}
    await send(line, "comm_msg", {"comm_id": comm, "data": data})


@asynccontextmanager
async def visit(address: str) -> AsyncIterator[float]:
    """Open the page; yield the seconds to the first picture; leave as a closed tab does."""
    started = time.perf_counter()
    client = AsyncHTTPClient()
    page = await client.fetch(
        HTTPRequest(f"{address}voila/render/regression.ipynb", request_timeout=PATIENCE)
    )
    found = re.search(r'"kernelId": "([0-9a-f-]+)"', page.body.decode())
    assert found is not None, "no kernel in the page"
    kernel = f"{address}api/kernels/{found[1]}"
    line = await websocket_connect(
        f"{kernel.replace('http', 'ws', 1)}/channels?session_id={uuid.uuid4().hex}",
        max_message_size=100 * 2**20,
        subprotocols=["v1.kernel.websocket.jupyter.org"],
    )
    try:
        await first_frame(line)
        yield time.perf_counter() - started
    finally:
        line.close()
        beacon = f"{address}voila/api/shutdown/{found[1]}"
        await client.fetch(HTTPRequest(beacon, method="POST", body=""), raise_error=False)


def kernels(server: int) -> list[psutil.Process]:
    """Return the kernels below a server: its youngest descendants' processes but the nursery."""
    below = psutil.Process(server).children(recursive=True)
    nurseries = {child.pid for child in psutil.Process(server).children() if is_nursery(child)}
    return [process for process in below if process.pid not in nurseries]


def is_nursery(process: psutil.Process) -> bool:
    """Say whether kernels are forked from a process."""
    return "lively.nursery" in process.cmdline()


def weights(processes: Iterable[psutil.Process]) -> Iterator[float]:
    """Yield the MB of each process; what it shares with others counts in part."""
    for process in processes:
        # A kernel that starts may be a process for a moment only: it forks again.
        with suppress(psutil.NoSuchProcess):
            yield float(process.memory_full_info().pss) / 2**20


async def come(address: str, server: int, count: int) -> Class:
    """Let a class open the page; all stay until the last has the picture and all are weighed."""
    AsyncHTTPClient.configure(None, max_clients=count)
    weighed = asyncio.Event()
    done: list[float | None] = []

    async def one(number: int) -> None:
        await asyncio.sleep(number * ARRIVAL / count)
        try:
            async with asyncio.timeout(PATIENCE), visit(address) as seconds:
                done.append(seconds)
                await weighed.wait()
        except (OSError, TimeoutError, AssertionError):
            done.append(None)

    visitors = [asyncio.create_task(one(number)) for number in range(count)]
    while len(done) < count:
        await asyncio.sleep(0.2)
    # What the last ones still have in hand is none of a page's weight.
    await asyncio.sleep(3)
    memory = list(weights(kernels(server)))
    weighed.set()
    await asyncio.gather(*visitors)
    seconds = [taken for taken in done if taken is not None]
    return Class(seconds, count - len(seconds), memory)


def measure(count: int, *options: str) -> Class:
    """Serve the pages and let a class come."""
    with serve(ROOT, *options) as address:
        (server,) = psutil.Process().children()
        # The first kernel of either kind takes longer, and a server is not started for each class.
        time.sleep(15)
        return asyncio.run(come(address, server.pid, count))


async def come_and_go(address: str, server: int, cycles: int) -> None:
    """Open and close the page so many times; print what the server and its processes weigh."""
    for cycle in range(cycles + 1):
        if cycle in (1, cycles) or cycle % 50 == 0:
            await asyncio.sleep(3)
            root = psutil.Process(server)
            others = root.children(recursive=True)
            print(
                f"after {cycle:4} visits: server {sum(weights([root])):5.0f} MB, "
                f"{len(others)} processes below it {sum(weights(others)):5.0f} MB",
                flush=True,
            )
        async with visit(address):
            pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--cycles", type=int, default=0, help="open and close so often instead")
    options = parser.parse_args()
    if options.cycles:
        with serve(ROOT) as address:
            (server,) = psutil.Process().children()
            time.sleep(15)
            asyncio.run(come_and_go(address, server.pid, options.cycles))
        return
    forked = measure(options.visitors)
    print(f"{options.visitors} visitors, forked: {forked}", flush=True)
    plain = measure(options.visitors, *PLAIN)
    print(f"{options.visitors} visitors, plain:  {plain}")
    if forked.seconds and plain.seconds:
        print(f"p95 sooner by {late(plain.seconds) / late(forked.seconds):.1f} times")


if __name__ == "__main__":
    main()
