"""Websockets of visits: their close codes, and the heartbeat that shows whether one is alive.

The server itself answers a browser's heartbeat, also while the kernel computes. It sends the first
one, if the address says that the browser knows heartbeats; so a browser knows which servers answer.
"""

import asyncio
from contextlib import suppress
from typing import Any, Protocol

from tornado.web import HTTPError
from tornado.websocket import WebSocketClosedError

from lively.serving.shared.jupyter_messages import PROTOCOL

#: What websockets are closed with: the visit is over, could not begin, or has another line.
VISIT_ENDED, VISIT_NOT_STARTED, WEBSOCKET_REPLACED = 4410, 1013, 4409
#: And if its visitor does not keep to the rules (RFC 6455).
POLICY_VIOLATION = 1008
#: The question and its answer. All other messages are binary.
HEARTBEAT = "beat"
#: Seconds between the server's own beats, where it reads none; `line.js` waits for six.
HEARTBEAT_INTERVAL = 2.0
#: Characters of a page's name: ZMQ has room for 255 bytes, of which one takes four at the most.
MAX_SESSION_ID_LENGTH = 60


class VisitWebsocket(Protocol):
    """What a visit needs of a websocket.

    Attributes
    ----------
    page : str
        Which of the pages that show the visit it comes from, if it says so.
    """

    page: str

    def put(self, message: bytes) -> None:
        """Send a message to the browser."""

    def end(self, code: int, reason: str) -> None:
        """Close the websocket."""


def read_page_id(handler: Any) -> tuple[str, bool]:
    """Return which page opens a websocket, and whether it knows heartbeats.

    Call it before the websocket is open, while an HTTP answer can still be given.

    Parameters
    ----------
    handler : tornado.web.RequestHandler

    Raises
    ------
    HTTPError
        With the status 400, if the address does not say it in words.
    """
    page = handler.get_query_argument("session_id", "")
    if len(page) > MAX_SESSION_ID_LENGTH:
        raise HTTPError(400, f"session_id must have at most {MAX_SESSION_ID_LENGTH} characters.")
    return page, bool(handler.get_query_argument("beats", ""))


def offers_protocol(handler: Any) -> bool:
    """Return whether a browser offers the one protocol that is spoken here."""
    offered = handler.request.headers.get("Sec-WebSocket-Protocol", "")
    return PROTOCOL in offered.replace(" ", "").split(",")


class HeartbeatSender:
    """Answers the heartbeats of a websocket.

    Parameters
    ----------
    websocket : tornado.websocket.WebSocketHandler
    known : bool
        Whether the browser knows what a beat is.
    """

    def __init__(self, websocket: Any, known: bool) -> None:
        self._websocket, self._known = websocket, known
        self._sent: asyncio.Future[None] | None = None
        self._owed = False

    def beat(self) -> None:
        """Send a heartbeat that is no answer, if the browser knows heartbeats."""
        if self._known:
            self.answer()

    def answer(self) -> None:
        """Send a heartbeat; while the one before is unsent, at most one waits."""
        if self._sent is not None and not self._sent.done():
            self._owed = True
            return
        with suppress(WebSocketClosedError):
            self._sent = self._websocket.write_message(HEARTBEAT)
            self._sent.add_done_callback(self._taken)

    def _taken(self, sent: "asyncio.Future[None]") -> None:
        # A line that has gone is no error.
        gone = sent.cancelled() or sent.exception() is not None
        owed, self._owed = self._owed, False
        if owed and not gone:
            self.answer()
