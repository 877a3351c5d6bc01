"""Lines between the server and the processes that are forked for it: Unix sockets.

A request to fork carries one end of a new line with it. The process that comes of it speaks first
on that line, so nobody has to keep requests and answers in step.
"""

import asyncio
import json
import os
import socket
from collections.abc import Sequence
from typing import Any

#: Bytes of a request or an answer; larger things are put into a file in memory that goes with it.
LARGEST = 100_000
#: How many file descriptors a message may bring along.
MOST_DESCRIPTORS = 4


def pair() -> tuple[socket.socket, socket.socket]:
    """Return the two ends of a line that keeps messages apart."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send(line: socket.socket, message: dict[str, Any], *descriptors: int) -> None:
    """Send a message, and open files along with it.

    Raises
    ------
    OSError
        If the other side is gone, or does not read.
    """
    written = json.dumps(message).encode()
    if len(written) > LARGEST:
        raise OSError(f"A message must have at most {LARGEST} bytes. Got {len(written)} instead.")
    socket.send_fds(line, [written], descriptors)


def receive(line: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Return the next message and the files that came with it, or None when the line has ended."""
    written, descriptors, _, _ = socket.recv_fds(line, LARGEST, MOST_DESCRIPTORS)
    if not written:
        return None
    message: dict[str, Any] = json.loads(written)
    return message, descriptors


async def readable(line: socket.socket, seconds: float) -> None:
    """Wait until something can be read on a line, without keeping the event loop.

    Raises
    ------
    TimeoutError
        If that is not so within so many seconds.
    """
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(line, ready.set)
    try:
        await asyncio.wait_for(ready.wait(), seconds)
    finally:
        loop.remove_reader(line)


async def answer(line: socket.socket, seconds: float) -> tuple[dict[str, Any], list[int]]:
    """Wait for the next message on a line.

    Raises
    ------
    ConnectionError
        If the line ends.
    TimeoutError
        If no message comes within so many seconds.
    """
    await readable(line, seconds)
    received = receive(line)
    if received is None:
        raise ConnectionError("the process at the other end is gone")
    return received


def keep(content: bytes) -> int:
    """Put bytes into a file in memory; return its descriptor."""
    descriptor = os.memfd_create("lively")
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    return descriptor


def kept(descriptor: int) -> bytes:
    """Return the bytes of a file in memory, and close it."""
    with open(descriptor, "rb") as file:
        file.seek(0)
        return file.read()


def close(descriptors: Sequence[int]) -> None:
    """Close files."""
    for descriptor in descriptors:
        os.close(descriptor)
