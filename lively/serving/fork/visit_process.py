"""The process of a visit: it answers the messages of one visitor's browser, and no others."""

import asyncio
import json
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lively import visit
from lively.serving.fork import error_log_filter
from lively.serving.fork.comm_filter import CONTROL, REQUEST, Gate
from lively.serving.fork.socketless_kernel import IOPUB, SHELL, QuietKernel, ignore
from lively.serving.shared import visit_limits
from lively.serving.shared.jupyter_messages import NAMES, join, split
from lively.serving.shared.packet_stream import ALL, LARGEST, SERVER, Unpacker, pack

logger = logging.getLogger("lively")

#: Bytes read at a time, and messages that wait before no more are read.
READ, MOST_WAITING = 1 << 18, 50
#: Bytes of what a visit may suggest to the server.
LARGEST_SUGGESTION = 1000


@dataclass(frozen=True)
class States:
    """The states of all widgets, as they are sent.

    Attributes
    ----------
    data : bytes
        Of the message's content, as JSON.
    buffers : tuple of bytes
    """

    data: bytes
    buffers: tuple[bytes, ...]


def rehearse(kernel: QuietKernel) -> States | None:
    """Ask for the states of all widgets as a browser does, and write down the answer.

    Returns
    -------
    States or None
        None if there is no answer, as where nobody has imported ipywidgets.
    """
    heard: list[States] = []

    def listen(channel: str, message: dict[str, Any], buffers: Sequence[Any]) -> None:
        if message["msg_type"] == "comm_msg":
            data = kernel.speaker.pack(message["content"]["data"])
            heard.append(States(data, tuple(map(bytes, buffers))))

    kernel.listener = listen
    comm_id = "rehearsal"
    opened = {"comm_id": comm_id, "target_name": CONTROL, "data": {}}
    manager = kernel.comm_manager
    for kind, content in (
        ("comm_open", opened),
        ("comm_msg", {"comm_id": comm_id, "data": REQUEST}),
    ):
        message = kernel.speaker.msg(kind, content)
        message["metadata"]["version"] = "1.0.0"
        getattr(manager, kind)(SHELL, [], {**message, "buffers": []})
    kernel.listener = ignore
    if comm_id in manager.comms:
        manager.comms[comm_id].close()
    return heard[0] if len(heard) == 1 else None


class Conversation:
    """Takes the browser's messages from a line to the server and puts the answers on it.

    Parameters
    ----------
    line : socket.socket
    kernel : QuietKernel
        Which answers.
    states : States or None
        Of all widgets, while none of them has changed.
    """

    def __init__(self, line: socket.socket, kernel: QuietKernel, states: States | None) -> None:
        self._line, self._kernel, self._states = line, kernel, states
        # How much a browser may send is the server's business.
        self._unpacker = Unpacker(sys.maxsize)
        # Callbacks may start threads. It can be taken twice by the same one: comms that are thrown
        # away say so, whenever Python finds them.
        self._speaking = threading.RLock()
        # None stands for the end.
        self._packets: asyncio.Queue[tuple[int, bytes] | None] = asyncio.Queue()
        self._reading = False
        self._asker = ALL
        self._gate = Gate(kernel.comm_manager)
        kernel.listener = self._hear
        visit.hooks.suggest = self._suggest

    async def run(self) -> None:
        """Answer until the server lets go of the line."""
        self._read_on(True)
        while packet := await self._packets.get():
            self._asker, content = packet
            if message := self._checked(content):
                try:
                    await self._answer(message)
                except Exception:
                    logger.exception("A message could not be answered.")
            self._read_on(self._packets.qsize() < MOST_WAITING)
            # What waits for its time has its turn between two messages.
            await asyncio.sleep(0)

    def _checked(self, content: bytes) -> dict[str, Any] | None:
        """Return a message; None if it is none, or not for this process."""
        try:
            channel, message = split(content, self._kernel.speaker.unpack)
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
        """Read from the line, or let the server wait: messages that come too fast wait there."""
        if on != self._reading:
            self._reading = on
            loop = asyncio.get_running_loop()
            if on:
                loop.add_reader(self._line, self._read)
            else:
                loop.remove_reader(self._line)

    def _read(self) -> None:
        try:
            received = self._line.recv(READ, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        try:
            for packet in self._unpacker.feed(received):
                self._packets.put_nowait(packet)
        except MemoryError:
            # Where the next packet begins is not known any more.
            end()
        self._read_on(bool(received) and self._packets.qsize() < MOST_WAITING)
        if not received:
            self._packets.put_nowait(None)

    async def _answer(self, message: dict[str, Any]) -> None:
        content = message["content"]
        try:
            self._gate.check(message)
        except ValueError as error:
            logger.debug("A visitor sent what no browser sends: %s", error)
            # It is said to be done with, or a widget's script would wait for that.
            await self._kernel.answer(message, ignore_message)
            return
        if message["msg_type"] == "comm_msg":
            if content.get("data") == REQUEST and self._states is not None:
                states = self._states
                await self._kernel.answer(message, lambda: self._send_states(states, message))
                return
            self._states = None
        await self._kernel.answer(message)

    def _send_states(self, states: States, message: dict[str, Any]) -> None:
        session = self._kernel.speaker
        sent = session.msg("comm_msg", {}, message)
        comm_id = json.dumps(str(message["content"]["comm_id"])).encode()
        content = b'{"data": ' + states.data + b', "comm_id": ' + comm_id + b"}"
        heads = [session.pack(sent[name]) for name in NAMES[:-1]]
        self._put(ALL, join(IOPUB, [*heads, content, *states.buffers]))

    def _hear(self, channel: str, message: dict[str, Any], buffers: Sequence[Any]) -> None:
        if message["msg_type"].startswith("comm_"):
            self._states = None
        session = self._kernel.speaker
        parts = [session.pack(message[name]) for name in NAMES]
        address = self._asker if channel == SHELL else ALL
        self._put(address, join(channel, [*parts, *(memoryview(b).cast("B") for b in buffers)]))

    def _suggest(self, value: Any) -> None:
        written = json.dumps({"suggest": value}).encode()
        if len(written) <= LARGEST_SUGGESTION:
            self._put(SERVER, written)

    def _put(self, address: int, content: bytes) -> None:
        """Send a packet: at once, in one piece, and not before the server takes it.

        A process whose server is gone has nobody left to speak to.

        Raises
        ------
        ValueError
            If it is too large; the server would end the visit.
        """
        if len(content) > LARGEST:
            raise ValueError(f"A message has at most {LARGEST} bytes. Got {len(content)} instead.")
        packet = pack(address, content)
        try:
            with self._speaking:
                self._line.sendall(packet)
        except OSError:
            end()


def ignore_message() -> None:
    """Answer a message by nothing."""


def end() -> None:
    """End this process at once; what it shares with its template is not its own to clean up."""
    os._exit(0)


def converse(
    line: socket.socket,
    kernel: QuietKernel,
    states: States | None,
    environment: dict[str, str],
    memory: int,
) -> None:
    """Be the process of a visit; return never.

    Parameters
    ----------
    line : socket.socket
        A stream to the server.
    kernel : QuietKernel
        With the page's widgets.
    states : States or None
        What `rehearse` wrote down.
    environment : dict of str
        Of the visit, added to the process's own.
    memory : int
        Bytes that the process may take for itself; see `bounds.restrain`.
    """
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.environ.update(environment)
        error_log_filter.bound()
        hello = pack(SERVER, json.dumps({"pid": os.getpid()}).encode())
        # By it the server can end this very process, whoever has its number later.
        socket.send_fds(line, [hello], [os.pidfd_open(os.getpid())])

        visit_limits.restrain(memory)

        async def talk() -> None:
            conversation = Conversation(line, kernel, states)
            try:
                visit.begin(visit.Visit.present())
            except Exception:
                logger.exception("What was to be called for a visit failed.")
            await conversation.run()

        asyncio.run(talk())
    except BaseException:
        logger.exception("A visit ended.")
    finally:
        sys.stderr.flush()
        end()
