"""Messages between the server and the processes that are forked for it, over Unix sockets.

A request to fork brings one end of a new connection along. The forked process sends the first
message on it, so that requests and answers need not be kept in step.
"""

import asyncio
import json
import os
import socket
from array import array
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

#: Bytes of a message; a larger one is put into a file in memory, and this is sent along with it.
MAX_INLINE_BYTES, SENT_AS_FILE = 100_000, b"file"
#: How many file descriptors a message may bring along.
MAX_DESCRIPTORS = 4


def connected_sockets() -> tuple[socket.socket, socket.socket]:
    """Return the two ends of a connection that keeps messages apart."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def send_message(
    connection: socket.socket, message: dict[str, Any], *descriptors: int, flags: int = 0
) -> None:
    """Send a message, and open files along with it.

    Parameters
    ----------
    connection : socket.socket
    message : dict
        Made of what JSON knows.
    *descriptors : int
        Of the files.
    flags : int
        With ``socket.MSG_DONTWAIT``, the other side is not waited for.

    Raises
    ------
    BlockingIOError
        If it would have to be waited for.
    OSError
        If it is gone.
    """
    written = json.dumps(message).encode()
    if len(written) <= MAX_INLINE_BYTES:
        _send(connection, written, descriptors, flags)
        return
    file = write_memory_file(written)
    try:
        _send(connection, SENT_AS_FILE, [*descriptors, file], flags)
    finally:
        os.close(file)


def _send(
    connection: socket.socket, written: bytes, descriptors: Sequence[int], flags: int
) -> None:
    # `socket.send_fds` of Python 3.11 takes flags and does not pass them on.
    files = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", descriptors))]
    connection.sendmsg([written], files if descriptors else [], flags)


async def send_when_ready(
    connection: socket.socket, message: dict[str, Any], *descriptors: int, seconds: float
) -> None:
    """Send a message as soon as the other side takes it, without keeping the event loop.

    Raises
    ------
    OSError
        If the other side is gone.
    TimeoutError
        If it has not taken the message within so many seconds.
    """
    with suppress(BlockingIOError):
        send_message(connection, message, *descriptors, flags=socket.MSG_DONTWAIT)
        return
    loop = asyncio.get_running_loop()
    # One of its own: others may wait as well, and the connection may be closed meanwhile.
    with connection.dup() as own:
        async with asyncio.timeout(seconds):
            while True:
                ready = asyncio.Event()
                loop.add_writer(own, ready.set)
                try:
                    await ready.wait()
                finally:
                    loop.remove_writer(own)
                with suppress(BlockingIOError):
                    send_message(own, message, *descriptors, flags=socket.MSG_DONTWAIT)
                    return


def shut_down_socket(connection: socket.socket) -> None:
    """Close a connection, also for those who wait for the other side to take something."""
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()


def receive_message(connection: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Return the next message and the files that came with it, or None at the end."""
    written, descriptors, _, _ = socket.recv_fds(connection, MAX_INLINE_BYTES, MAX_DESCRIPTORS)
    if not written:
        return None
    if written == SENT_AS_FILE:
        written = read_memory_file(descriptors.pop())
    message: dict[str, Any] = json.loads(written)
    return message, descriptors


async def wait_until_readable(connection: socket.socket, seconds: float) -> None:
    """Wait until something can be read on a connection, without keeping the event loop.

    Raises
    ------
    TimeoutError
        If that is not so within so many seconds.
    """
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(connection, ready.set)
    try:
        await asyncio.wait_for(ready.wait(), seconds)
    finally:
        loop.remove_reader(connection)


async def wait_for_message(
    connection: socket.socket, seconds: float
) -> tuple[dict[str, Any], list[int]]:
    """Wait for the next message on a connection.

    Raises
    ------
    ConnectionError
        If the connection ends.
    TimeoutError
        If no message comes within so many seconds.
    """
    await wait_until_readable(connection, seconds)
    received = receive_message(connection)
    if received is None:
        raise ConnectionError("the process at the other end is gone")
    return received


def write_memory_file(content: bytes) -> int:
    """Put bytes into a file in memory; return its descriptor."""
    descriptor = os.memfd_create("lively")
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]
    return descriptor


def read_memory_file(descriptor: int) -> bytes:
    """Return the bytes of a file in memory, and close it."""
    with open(descriptor, "rb") as file:
        file.seek(0)
        return file.read()


def close_descriptors(descriptors: Sequence[int]) -> None:
    """Close files."""
    for descriptor in descriptors:
        os.close(descriptor)
