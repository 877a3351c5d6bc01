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
from lively.serving.shared.packet_stream import (
    ALL_WEBSOCKETS,
    THE_SERVER,
    encode_packet,
)
from lively.serving.shared.visit_limits import MessageRateLimiter, VisitLimits
from lively.serving.visits.process_connection import ProcessConnection
from lively.serving.visits.websocket_heartbeat import (
    VISIT_ENDED,
    VISIT_NOT_STARTED,
    WEBSOCKET_REPLACED,
    VisitWebsocket,
)

logger = logging.getLogger("lively")

#: Times that a process is asked for before a visit is given up.
MAX_FORK_ATTEMPTS = 3
#: Websockets that a visit may have at the same time.
MAX_WEBSOCKETS = 16


class PageChangedError(Exception):
    """The page that a visitor has cannot be served any more."""


class ServedVisit:
    """One visit: a page that was sent and, once its browser is there, a process.

    Parameters
    ----------
    templates : Templates
    built : BuiltPage
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
        built: BuiltPage,
        environment: dict[str, str],
        bounds: VisitLimits,
        ended: Callable[["ServedVisit"], None],
    ) -> None:
        self.id = str(uuid.uuid4())
        self.path = built.path
        self.last_activity = datetime.now(UTC)
        #: When the last websocket went, or the page was sent.
        self.left = monotonic()
        self._templates, self._built = templates, built
        built.expect(+1)
        self._environment: dict[str, str] | None = {**environment, "VOILA_KERNEL_ID": self.id}
        self._memory, self._paces = bounds.memory, MessageRateLimiter(bounds)
        self._ended = ended
        self._sockets: dict[int, VisitWebsocket] = {}
        self._process = ProcessConnection(self._receive, self._lose)
        #: Whether a process has been asked for.
        self.begun = False
        self._over = False

    @property
    def sockets(self) -> int:
        """How many websockets there are."""
        return len(self._sockets)

    def attach(self, websocket: VisitWebsocket) -> int:
        """Connect a websocket; return its number. With the first one the process is forked.

        It replaces one of the same page, which the browser has given up: messages that nobody
        reads any more would let the process wait.

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
        """Note that a websocket is gone."""
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
        return self._process.send(encode_packet(number, message))

    async def room(self, seconds: float) -> bool:
        """Wait until there is room for more, at most so long; return whether there is."""
        return await self._process.wait_for_room(seconds)

    def pause(self, number: int, full: bool) -> None:
        """Let the process wait while a websocket takes no more."""
        self._process.pause(number, full)

    async def _begin(self) -> None:
        """Fork the process of the visit; a page process that has died is replaced."""
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
        """Try once to fork the process."""
        ours, theirs = socket.socketpair()
        try:
            # Closed here, so that the socket ends when the process does.
            with theirs:
                await self._fork(theirs)
            if not await self._process.receive_greeting(ours):
                return
            # The process has it now, and nobody else is to know it.
            self._environment = None
            self._built.expect(-1)
            await self._process.open(ours)
        except BaseException:
            ours.close()
            raise

    async def _fork(self, theirs: socket.socket) -> None:
        assert self._environment is not None
        if not self._built.alive:
            present = await self._templates.find(self.path)
            if present is None and self._templates.is_postponed(self.path):
                raise OSError("The page cannot be built at present.")
            if present is None or not present.page.same(self._built.page):
                raise PageChangedError("The page has changed.")
            self._built.expect(-1)
            self._built = present
            present.expect(+1)
        await self._built.fork(theirs, self._environment, self._memory)

    def _receive(self, address: int, content: bytes) -> None:
        """Pass on a packet of the process: to all websockets, to one, or to the server."""
        if address == ALL_WEBSOCKETS:
            for websocket in list(self._sockets.values()):
                websocket.put(content)
        elif address == THE_SERVER:
            self._templates.suggest(self.path, json.loads(content).get("suggest"))
        elif address in self._sockets:
            self._sockets[address].put(content)

    def _lose(self, error: ConnectionError | None) -> None:
        """Note that the process is gone, or has sent what is no packet."""
        if error is not None:
            logger.warning("A visit to %s is ended: %s", self.path, error)
        self.close("The computation behind this page has stopped.")

    def close(self, reason: str = "") -> None:
        """End the visit and its process."""
        if self._over:
            return
        self._over = True
        self._ended(self)
        if self._environment is not None:
            self._built.expect(-1)
        for websocket in list(self._sockets.values()):
            websocket.end(VISIT_ENDED, reason)
        self._process.close()

    def model(self) -> dict[str, Any]:
        """Return what a Jupyter server says of a kernel."""
        return {
            "id": self.id,
            "name": "python3",
            "last_activity": self.last_activity.isoformat().replace("+00:00", "Z"),
            "execution_state": "idle",
            "connections": self.sockets,
        }
