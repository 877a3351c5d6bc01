"""What a visit needs of a websocket, what one is closed with, and whether its line is alive.

A browser's question whether its line is alive is answered by the server itself: so it is answered
while the kernel computes. The first beat comes from the server, to those who say in the address
that they know it; so a browser knows which servers answer.
"""

import asyncio
from contextlib import suppress
from typing import Any, Protocol

from tornado.websocket import WebSocketClosedError

#: What websockets are closed with: the visit is over, could not begin, or has another line.
OVER, NOT_BEGUN, REPLACED = 4410, 1013, 4409
#: The question and its answer. All other messages are binary.
BEAT = "beat"


class Socket(Protocol):
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


class Beats:
    """Answers the beats of a websocket.

    Parameters
    ----------
    websocket : tornado.websocket.WebSocketHandler
    """

    def __init__(self, websocket: Any) -> None:
        self._websocket = websocket
        self._sent: asyncio.Future[None] | None = None

    def greet(self) -> None:
        """Send the first beat, if the browser knows what it is."""
        if self._websocket.get_query_argument("beats", ""):
            self.answer()

    def answer(self) -> None:
        """Send a beat, unless the one before has not been taken yet."""
        if self._sent is not None and not self._sent.done():
            return
        with suppress(WebSocketClosedError):
            self._sent = self._websocket.write_message(BEAT)
            # A line that has gone is no error.
            self._sent.add_done_callback(lambda sent: sent.cancelled() or sent.exception())
