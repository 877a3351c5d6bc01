"""The server's end of one visit: from the page that was sent to the process that answers."""

import asyncio
import json
import logging
import socket
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from lively.serving.built_pages.built_page import BuiltPage
from lively.serving.built_pages.page_store import Templates
from lively.serving.fork import fork_server_client
from lively.serving.shared import process_messages
from lively.serving.shared.packet_stream import (
    ALL_WEBSOCKETS,
    THE_SERVER,
    PacketReader,
    encode_packet,
)
from lively.serving.shared.visit_limits import MessageRateLimiter, VisitLimits
from lively.serving.visits.message_queue import BoundedMessageQueue
from lively.serving.visits.websocket_heartbeat import (
    VISIT_ENDED,
    VISIT_NOT_STARTED,
    WEBSOCKET_REPLACED,
    VisitWebsocket,
)

logger = logging.getLogger("lively")

#: Bytes read at a time.
READ_BYTES = 1 << 18
#: Bytes and number of a visitor's messages that wait for a process to take them: so much comes of a
#: pointer that moves for a minute over a picture while the process computes.
MAX_QUEUED_BYTES, MAX_QUEUED_MESSAGES = 2 << 20, 5000
#: Times that a process is asked for before a visit is given up.
MAX_FORK_ATTEMPTS = 3
#: Websockets that a visit may have at the same time.
MAX_WEBSOCKETS = 16


class PageChangedError(Exception):
    """The page that a visitor has cannot be served any more."""


class ServedVisit(asyncio.Protocol):
    """One visit: a page that was sent and, once its browser is there, a process.

    Parameters
    ----------
    templates : Templates
    template : BuiltPage
        The page's.
    environment : dict of str
        What the process may know of the visit.
    bounds : VisitLimits
    ended : callable
        Called with the visit when it is over.
    """

    def __init__(
        self,
        templates: Templates,
        template: BuiltPage,
        environment: dict[str, str],
        bounds: VisitLimits,
        ended: Callable[["ServedVisit"], None],
    ) -> None:
        self.id = str(uuid.uuid4())
        self.path = template.path
        self.last_activity = datetime.now(UTC)
        #: When the last websocket went, or the page was sent.
        self.left = monotonic()
        self._templates, self._template = templates, template
        template.expect(+1)
        self._environment: dict[str, str] | None = {**environment, "VOILA_KERNEL_ID": self.id}
        self._memory, self._paces = bounds.memory, MessageRateLimiter(bounds)
        self._ended = ended
        self._sockets: dict[int, VisitWebsocket] = {}
        #: Those that take no more for now.
        self._full: set[int] = set()
        self._unpacker = PacketReader()
        self._transport: asyncio.Transport | None = None
        self._pidfd: int | None = None
        self._waiting = BoundedMessageQueue(MAX_QUEUED_BYTES, MAX_QUEUED_MESSAGES)
        self._can_write = True
        #: Whether a process has been asked for.
        self.begun = False
        self._over = False

    @property
    def sockets(self) -> int:
        """How many websockets there are."""
        return len(self._sockets)

    def attach(self, websocket: VisitWebsocket) -> int:
        """Connect a websocket; return its number. The first one has the process forked.

        It takes the place of one of the same page, which the browser has given up: what nobody
        takes any more would let the process wait.

        Raises
        ------
        OSError
            If there are too many, or the visit has ended.
        """
        if self._over:
            raise OSError("The visit has ended.")
        for known, other in list(self._sockets.items()):
            if other.page and other.page == websocket.page:
                self.detach(known)
                other.end(WEBSOCKET_REPLACED, "The page has another line.")
        number = next((n for n in range(1, MAX_WEBSOCKETS + 1) if n not in self._sockets), None)
        if number is None:
            raise OSError(f"A visit has at most {MAX_WEBSOCKETS} websockets.")
        self._sockets[number] = websocket
        if not self.begun:
            self.begun = True
            self._task = asyncio.create_task(self._begin())
        return number

    def detach(self, number: int) -> None:
        """Take note that a websocket is gone."""
        self._sockets.pop(number, None)
        self.pause(number, False)
        self.left = monotonic()

    def due(self, size: int) -> float:
        """Let a websocket bring so many bytes; return the seconds until they are due."""
        return self._paces.take(size)

    def take(self, number: int, message: bytes) -> bool:
        """Pass a message of a websocket on, as soon as the process takes it.

        Returns
        -------
        bool
            Whether there is room for more; if there is none, the websocket is to wait for it.
        """
        self.last_activity = datetime.now(UTC)
        packet = encode_packet(number, message)
        if self._transport is None or not self._can_write:
            self._waiting.append(packet)
        else:
            self._transport.write(packet)
        return not self._waiting.full

    async def room(self, seconds: float) -> bool:
        """Wait until there is room for more, so long at the most; say whether there is."""
        return await self._waiting.room(seconds)

    async def _begin(self) -> None:
        """Have the process forked; a template that has died meanwhile is replaced."""
        failure: Exception = OSError()
        for _ in range(MAX_FORK_ATTEMPTS):
            try:
                await self._try()
                return
            except PageChangedError as error:
                logger.warning("A visit to %s is ended: %s", self.path, error)
                self.close(str(error))
                return
            except Exception as error:
                failure = error
                if self._over:
                    return
        logger.warning("A visit to %s could not begin: %r", self.path, failure)
        # Who comes again is tried again, until the time to come is over.
        self.begun = False
        for websocket in list(self._sockets.values()):
            websocket.end(VISIT_NOT_STARTED, "The page could not be started.")
        self._sockets.clear()

    async def _try(self) -> None:
        """Have the process forked, once."""
        ours, theirs = socket.socketpair()
        # What an earlier try has left half said is none of this one's.
        self._unpacker = PacketReader()
        try:
            # Ours alone, so that the line ends when the process does.
            with theirs:
                await self._fork(theirs)
            await self._greet(ours)
        except BaseException:
            ours.close()
            raise

    async def _fork(self, theirs: socket.socket) -> None:
        assert self._environment is not None
        if not self._template.alive:
            present = await self._templates.find(self.path)
            if present is None and self._templates.is_postponed(self.path):
                raise OSError("The page cannot be built at present.")
            if present is None or not present.page.same(self._template.page):
                raise PageChangedError("The page has changed.")
            self._template.expect(-1)
            self._template = present
            present.expect(+1)
        await self._template.fork(theirs, self._environment, self._memory)

    async def _greet(self, ours: socket.socket) -> None:
        """Take the process's first words.

        Raises
        ------
        OSError
            If there is no process.
        """
        loop = asyncio.get_running_loop()
        ours.setblocking(False)
        await process_messages.wait_until_readable(ours, fork_server_client.FORK_TIMEOUT)
        received, descriptors, _, _ = socket.recv_fds(ours, READ_BYTES, 1)
        for address, content in self._unpacker.feed(received):
            if address == THE_SERVER and "failed" in (said := json.loads(content)):
                raise OSError(said["failed"])
        if not descriptors:
            raise ConnectionError("the page is gone")
        self._pidfd = descriptors[0]
        if self._over:
            self._stop()
            ours.close()
            return
        # It has gone into the process, and is nobody else's to know.
        self._environment = None
        self._template.expect(-1)
        self._transport, _ = await loop.create_connection(lambda: self, sock=ours)
        for packet in self._waiting:
            self._transport.write(packet)
        self._waiting.clear()

    def data_received(self, received: bytes) -> None:
        """Pass on what the process says."""
        try:
            packets = self._unpacker.feed(received)
        except ConnectionError as error:
            logger.warning("A visit to %s is ended: %s", self.path, error)
            self.close("The computation behind this page has stopped.")
            return
        for address, content in packets:
            if address == ALL_WEBSOCKETS:
                for websocket in list(self._sockets.values()):
                    websocket.put(content)
            elif address == THE_SERVER:
                self._templates.suggest(self.path, json.loads(content).get("suggest"))
            elif address in self._sockets:
                self._sockets[address].put(content)

    def pause_writing(self) -> None:
        """Keep messages: the process takes no more for now."""
        self._can_write = False

    def resume_writing(self) -> None:
        """Go on with those that have waited."""
        self._can_write = True
        # To write may be too much again.
        while self._can_write and self._waiting and self._transport is not None:
            self._transport.write(self._waiting.popleft())

    def pause(self, number: int, full: bool) -> None:
        """Let the process wait while any websocket takes no more: all are sent the same."""
        (self._full.add if full else self._full.discard)(number)
        if self._transport is not None:
            (self._transport.pause_reading if self._full else self._transport.resume_reading)()

    def connection_lost(self, error: Exception | None) -> None:
        """Take note that the process is gone."""
        self.close("The computation behind this page has stopped.")

    def close(self, reason: str = "") -> None:
        """End the visit and its process."""
        if self._over:
            return
        self._over = True
        self._ended(self)
        if self._environment is not None:
            self._template.expect(-1)
        for websocket in list(self._sockets.values()):
            websocket.end(VISIT_ENDED, reason)
        self._waiting.clear()
        if self._transport is not None:
            self._transport.abort()
        self._stop()

    def _stop(self) -> None:
        if self._pidfd is not None:
            fork_server_client.kill_process(self._pidfd)
            self._pidfd = None

    def model(self) -> dict[str, Any]:
        """Return what a Jupyter server says of a kernel."""
        return {
            "id": self.id,
            "name": "python3",
            "last_activity": self.last_activity.isoformat().replace("+00:00", "Z"),
            "execution_state": "idle",
            "connections": self.sockets,
        }
