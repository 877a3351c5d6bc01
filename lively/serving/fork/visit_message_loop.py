"""Answers the messages of one visitor's browser, in the process of the visit."""

import asyncio
import json
import logging
import socket
import sys
import threading
from collections.abc import Sequence
from typing import Any

from lively import visit
from lively.serving.fork.comm_filter import STATES_REQUEST, CommFilter
from lively.serving.fork.process_utilities import exit_process
from lively.serving.fork.socketless_kernel import IOPUB, SHELL, SocketlessKernel
from lively.serving.fork.widget_states import WidgetStates
from lively.serving.shared.jupyter_messages import PART_NAMES, decode_message, encode_message
from lively.serving.shared.packet_stream import (
    ALL_WEBSOCKETS,
    MAX_PACKET_BYTES,
    THE_SERVER,
    PacketReader,
    encode_packet,
)

logger = logging.getLogger("lively")

#: Bytes read at a time, and messages that wait before no more are read.
READ_BYTES, MAX_QUEUED_MESSAGES = 1 << 18, 50
#: Bytes of what a visit may suggest to the server.
MAX_SUGGESTION_BYTES = 1000


class VisitMessageLoop:
    """Takes the browser's messages from a connection to the server and puts the answers on it.

    Parameters
    ----------
    connection : socket.socket
    kernel : SocketlessKernel
        Which answers.
    states : WidgetStates or None
        Of all widgets, while none of them has changed.
    """

    def __init__(
        self, connection: socket.socket, kernel: SocketlessKernel, states: WidgetStates | None
    ) -> None:
        self._connection, self._kernel, self._states = connection, kernel, states
        # How much a browser may send is the server's business.
        self._unpacker = PacketReader(sys.maxsize)
        # Callbacks may start threads. It can be taken twice by the same one: comms that are thrown
        # away say so, whenever Python finds them.
        self._speaking = threading.RLock()
        # None stands for the end.
        self._packets: asyncio.Queue[tuple[int, bytes] | None] = asyncio.Queue()
        self._reading = False
        self._asker = ALL_WEBSOCKETS
        self._gate = CommFilter(kernel.comm_manager)
        kernel.listener = self._hear
        visit.hooks.suggest = self._suggest

    async def run(self) -> None:
        """Answer until the server lets go of the connection."""
        self._read_on(True)
        while packet := await self._packets.get():
            self._asker, content = packet
            if message := self._checked(content):
                try:
                    await self._answer(message)
                except Exception:
                    logger.exception("A message could not be answered.")
            self._read_on(self._packets.qsize() < MAX_QUEUED_MESSAGES)
            # What waits for its time has its turn between two messages.
            await asyncio.sleep(0)

    def _checked(self, content: bytes) -> dict[str, Any] | None:
        """Return a message; None if it is none, or not for this process."""
        try:
            channel, message = decode_message(content, self._kernel.speaker.unpack)
            if channel != SHELL:
                return None
            # What is sent in answer repeats parts of it.
            for part in ("header", "content"):
                self._kernel.speaker.pack(message[part])
        except (ValueError, TypeError, RecursionError, MemoryError) as error:
            logger.debug("A visitor sent what is no message: %.300r", error)
            return None
        return message

    def _read_on(self, on: bool) -> None:
        """Read from the connection, or let messages that come too fast wait in the server."""
        if on != self._reading:
            self._reading = on
            loop = asyncio.get_running_loop()
            if on:
                loop.add_reader(self._connection, self._read)
            else:
                loop.remove_reader(self._connection)

    def _read(self) -> None:
        try:
            received = self._connection.recv(READ_BYTES, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        try:
            for packet in self._unpacker.feed(received):
                self._packets.put_nowait(packet)
        except MemoryError:
            # Where the next packet begins is not known any more.
            exit_process()
        self._read_on(bool(received) and self._packets.qsize() < MAX_QUEUED_MESSAGES)
        if not received:
            self._packets.put_nowait(None)

    async def _answer(self, message: dict[str, Any]) -> None:
        content = message["content"]
        try:
            self._gate.check(message)
        except ValueError as error:
            logger.debug("A visitor sent what no browser sends: %s", error)
            # It is reply to be done with, or a widget's script would wait for that.
            await self._kernel.answer(message, do_nothing)
            return
        if message["msg_type"] == "comm_msg":
            if content.get("data") == STATES_REQUEST and self._states is not None:
                states = self._states
                await self._kernel.answer(message, lambda: self._send_states(states, message))
                return
            self._states = None
        await self._kernel.answer(message)

    def _send_states(self, states: WidgetStates, message: dict[str, Any]) -> None:
        session = self._kernel.speaker
        sent = session.msg("comm_msg", {}, message)
        comm_id = json.dumps(str(message["content"]["comm_id"])).encode()
        content = b'{"data": ' + states.data + b', "comm_id": ' + comm_id + b"}"
        heads = [session.pack(sent[name]) for name in PART_NAMES[:-1]]
        self._put(ALL_WEBSOCKETS, encode_message(IOPUB, [*heads, content, *states.buffers]))

    def _hear(self, channel: str, message: dict[str, Any], buffers: Sequence[Any]) -> None:
        if message["msg_type"].startswith("comm_"):
            self._states = None
        session = self._kernel.speaker
        parts = [session.pack(message[name]) for name in PART_NAMES]
        address = self._asker if channel == SHELL else ALL_WEBSOCKETS
        self._put(
            address, encode_message(channel, [*parts, *(memoryview(b).cast("B") for b in buffers)])
        )

    def _suggest(self, value: Any) -> None:
        written = json.dumps({"suggest": value}).encode()
        if len(written) <= MAX_SUGGESTION_BYTES:
            self._put(THE_SERVER, written)

    def _put(self, address: int, content: bytes) -> None:
        """Send a packet: at once, in one piece, and not before the server takes it.

        A process whose server is gone has nobody left to speak to.

        Raises
        ------
        ValueError
            If it is too large; the server would end the visit.
        """
        if len(content) > MAX_PACKET_BYTES:
            raise ValueError(
                f"A message has at most {MAX_PACKET_BYTES} bytes. Got {len(content)} instead."
            )
        packet = encode_packet(address, content)
        try:
            with self._speaking:
                self._connection.sendall(packet)
        except OSError:
            exit_process()


def do_nothing() -> None:
    """Do nothing, in answer to a message."""
