"""The server's end of the socket to the process of a visit."""

import asyncio
import json
import os
import socket
from collections.abc import Callable

from lively.serving.fork.fork_server_client import FORK_TIMEOUT, kill_process
from lively.serving.shared.packet_stream import THE_SERVER, PacketReader
from lively.serving.shared.process_messages import wait_until_readable
from lively.serving.visits.message_queue import BoundedMessageQueue

#: Bytes read at a time.
READ_BYTES = 1 << 18
#: Bytes and number of messages that wait for the process: what a pointer sends that moves over a
#: figure for a minute while the process computes.
MAX_QUEUED_BYTES, MAX_QUEUED_MESSAGES = 2 << 20, 5000


class ProcessConnection(asyncio.Protocol):
    """Sends packets to the process of a visit and receives its own.

    Packets wait while there is no process yet, and while it takes no more.

    Parameters
    ----------
    receive : callable
        Takes the address and the content of each packet that the process sends.
    lost : callable
        Called when the process is gone, with nothing, or has sent what is no packet, with the
        error.
    """

    def __init__(
        self,
        receive: Callable[[int, bytes], None],
        lost: Callable[[ConnectionError | None], None],
    ) -> None:
        self._receive, self._lost = receive, lost
        self._reader = PacketReader()
        self._transport: asyncio.Transport | None = None
        self._pidfd: int | None = None
        self._queue = BoundedMessageQueue(MAX_QUEUED_BYTES, MAX_QUEUED_MESSAGES)
        self._can_write = True
        #: Numbers of the websockets that take no more for now.
        self._full: set[int] = set()
        self._closed = False

    def send(self, packet: bytes) -> bool:
        """Send a packet as soon as the process takes it; return whether there is room for more."""
        if self._transport is None or not self._can_write:
            self._queue.append(packet)
        else:
            self._transport.write(packet)
        return not self._queue.full

    async def wait_for_room(self, seconds: float) -> bool:
        """Wait until there is room for more, at most so long; return whether there is."""
        return await self._queue.room(seconds)

    async def receive_greeting(self, ours: socket.socket) -> bool:
        """Receive the first packet of a process that has just been forked.

        Returns
        -------
        bool
            Whether it is still wanted; if not, it has been ended.

        Raises
        ------
        OSError
            If there is no process.
        """
        # A packet of which an earlier process has sent only a part is lost.
        self._reader = PacketReader()
        ours.setblocking(False)
        await wait_until_readable(ours, FORK_TIMEOUT)
        received, descriptors, _, _ = socket.recv_fds(ours, READ_BYTES, 1)
        for address, content in self._reader.feed(received):
            if address == THE_SERVER and "failed" in (reply := json.loads(content)):
                for descriptor in descriptors:
                    os.close(descriptor)
                raise OSError(reply["failed"])
        if not descriptors:
            raise ConnectionError("the page is gone")
        self._pidfd = descriptors[0]
        if self._closed:
            self._end_process()
            ours.close()
        return not self._closed

    async def open(self, ours: socket.socket) -> None:
        """Begin to pass packets on, first those that have waited."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_connection(lambda: self, sock=ours)
        for packet in self._queue:
            self._transport.write(packet)
        self._queue.clear()

    def data_received(self, received: bytes) -> None:
        """Pass on what the process sends."""
        try:
            packets = self._reader.feed(received)
        except ConnectionError as error:
            self._lost(error)
            return
        for address, content in packets:
            self._receive(address, content)

    def pause_writing(self) -> None:
        """Keep packets: the process takes no more for now."""
        self._can_write = False

    def resume_writing(self) -> None:
        """Send the packets that have waited."""
        self._can_write = True
        # Each write may fill the buffer again.
        while self._can_write and self._queue and self._transport is not None:
            self._transport.write(self._queue.popleft())

    def pause(self, number: int, full: bool) -> None:
        """Let the process wait while any websocket takes no more: all are sent the same."""
        (self._full.add if full else self._full.discard)(number)
        if self._transport is not None:
            (self._transport.pause_reading if self._full else self._transport.resume_reading)()

    def connection_lost(self, error: Exception | None) -> None:
        """Note that the process is gone."""
        self._lost(None)

    def close(self) -> None:
        """End the process."""
        self._closed = True
        self._queue.clear()
        if self._transport is not None:
            self._transport.abort()
        self._end_process()

    def _end_process(self) -> None:
        if self._pidfd is not None:
            kill_process(self._pidfd)
            self._pidfd = None
