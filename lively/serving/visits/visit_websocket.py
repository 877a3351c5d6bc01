"""The websocket of a visitor whose page is built once, tied to the process of the visit."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from lively.serving.shared.jupyter_messages import PROTOCOL
from lively.serving.visits.served_visit import ServedVisit
from lively.serving.visits.visit_registry import Visits
from lively.serving.visits.websocket_heartbeat import (
    HEARTBEAT,
    HEARTBEAT_INTERVAL,
    POLICY_VIOLATION,
    VISIT_NOT_STARTED,
    HeartbeatSender,
    offers_protocol,
    read_page_id,
)

#: Bytes that a slow browser may have before it before its process waits, and goes on.
PAUSE_ABOVE_BYTES, RESUME_BELOW_BYTES = 8 * 2**20, 2**20


def find_visit(visits: Visits, visit_id: str) -> ServedVisit:
    """Return a visit.

    It was there when its address was looked up, and may have ended since.

    Raises
    ------
    HTTPError
        With the status 404, if it is not there any more.
    """
    if visit_id not in visits:
        raise HTTPError(404)
    return visits[visit_id]


class VisitWebsocketHandler(WebSocketMixin, WebSocketHandler, JupyterHandler):  # type: ignore[misc]
    """A visitor's websocket."""

    auth_resource = "kernels"
    #: Seconds between two pings, and until a browser that does not answer them counts as gone.
    ping_interval = ping_timeout = 30

    def initialize(self, visits: Visits) -> None:
        """Set up from the arguments of the route."""
        super().initialize()
        self._visits = visits
        self._number: int | None = None
        self._unsent = 0

    def set_default_headers(self) -> None:
        """Set none, which a websocket has no use for."""

    def get_compression_options(self) -> Any:
        """Return the server's setting."""
        return self.settings.get("websocket_compression_options", None)

    @property
    def max_message_size(self) -> int:
        """How many bytes a message may have; tornado closes the websocket of a larger one."""
        return self._visits.message

    def select_subprotocol(self, offered: list[str]) -> str | None:
        """Return the protocol that is spoken."""
        return PROTOCOL if PROTOCOL in offered else None

    @ws_authenticated  # type: ignore[untyped-decorator]
    async def get(self, visit_id: str) -> None:
        """Open the websocket, for those who may."""
        allowed = await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, "execute", "kernels")
        )
        if not allowed:
            raise HTTPError(403)
        #: The same for all websockets of one page, one after the other.
        self.page, knows_beats = read_page_id(self)
        self._beats = HeartbeatSender(self, knows_beats)
        if not offers_protocol(self):
            self.set_status(400)
            self.finish(f"Only {PROTOCOL} is spoken here.")
            return
        self._visit = find_visit(self._visits, visit_id)
        await super().get(visit_id=visit_id)

    def open(self, visit_id: str) -> None:
        """Connect with the process of the visit."""
        # The operating system keeps a small message until the one before is acknowledged, and a
        # browser that has nothing to say takes 40 ms for that (RFC 896, RFC 1122): two frames.
        self.set_nodelay(True)
        self._beats.beat()
        try:
            if not self._visit.begun and self._visits.running >= self._visits.limit:
                raise OSError("All places are taken.")
            self._number = self._visit.attach(self)
        except OSError as error:
            self.close(VISIT_NOT_STARTED, str(error))

    def on_message(self, message: str | bytes) -> Awaitable[None] | None:
        """Handle what a browser sends when it is due; until then nothing more is read."""
        wait = self._visit.due(len(message))
        return self._take_later(wait, message) if wait else self._take(message)

    async def _take_later(self, wait: float, message: str | bytes) -> None:
        """Handle what is not due yet.

        The browser's beats are behind it and not read, and to wait is no silence: so it is sent
        beats that it has not asked for.
        """
        while wait > HEARTBEAT_INTERVAL:
            await asyncio.sleep(HEARTBEAT_INTERVAL)
            wait -= HEARTBEAT_INTERVAL
            self._beats.beat()
        await asyncio.sleep(wait)
        if room := self._take(message):
            await room

    def _take(self, message: str | bytes) -> Awaitable[None] | None:
        """Answer a beat, pass on a message; return what to wait for before the next, if any."""
        if message == HEARTBEAT:
            self._beats.answer()
        elif isinstance(message, str):
            self.close(POLICY_VIOLATION, "Messages are binary.")
        elif self._number is not None and not self._visit.take(self._number, message):
            return self._wait_for_room()
        return None

    async def _wait_for_room(self) -> None:
        """Wait until the process takes more, or the line is gone; beat as in `_take_later`."""
        while not await self._visit.room(HEARTBEAT_INTERVAL):
            if self.ws_connection is None or self.ws_connection.is_closing():
                return
            self._beats.beat()

    def put(self, message: bytes) -> None:
        """Send a message to the browser."""
        try:
            sent = self.write_message(message, binary=True)
        except WebSocketClosedError:
            return
        self._count(len(message))

        def done(future: "asyncio.Future[None]") -> None:
            future.exception()
            self._count(-len(message))

        sent.add_done_callback(done)

    def _count(self, size: int) -> None:
        """Keep account of what has not been taken, and let the process wait if it is much."""
        before, self._unsent = self._unsent, self._unsent + size
        if self._number is None:
            # Another websocket may have that number by now.
            return
        if before <= PAUSE_ABOVE_BYTES < self._unsent:
            self._visit.pause(self._number, True)
        elif self._unsent <= RESUME_BELOW_BYTES < before:
            self._visit.pause(self._number, False)

    def end(self, code: int, reason: str) -> None:
        """Close the websocket."""
        self._number = None
        self.close(code, reason)

    def on_close(self) -> None:
        """Let go of the visit, which waits for its browser to come back."""
        super().on_close()
        if self._number is not None:
            self._visit.detach(self._number)
            self._number = None
