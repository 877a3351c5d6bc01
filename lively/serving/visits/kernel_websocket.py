"""The websocket of a visitor whose notebook is executed for the visit, by a kernel over ZMQ."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.web import Finish
from tornado.websocket import WebSocketClosedError

from lively.serving.shared.jupyter_messages import PROTOCOL, part_offsets
from lively.serving.shared.visit_limits import MessageRateLimiter, VisitLimits
from lively.serving.visits.message_queue import BoundedMessageQueue
from lively.serving.visits.websocket_heartbeat import (
    HEARTBEAT,
    POLICY_VIOLATION,
    VISIT_ENDED,
    HeartbeatSender,
    offers_protocol,
    read_page_id,
)

#: Bytes and number of a visitor's messages that may wait until they are due.
MAX_QUEUED_BYTES, MAX_QUEUED_MESSAGES = 1 << 20, 2000
#: Bytes that a browser may have left lying.
MAX_UNSENT_BYTES = 32 * 2**20


class KernelWebsocketConnection(ZMQChannelsWebsocketConnection):  # type: ignore[misc]
    """A websocket that passes on as much as any visit may send, as `ServedVisit` does.

    Small messages are not held back (see `VisitWebsocketHandler`). It speaks one protocol only.
    """

    #: All websockets of a kernel have their paces together.
    _paces: ClassVar[WeakKeyDictionary[Any, MessageRateLimiter]] = WeakKeyDictionary()

    async def prepare(self) -> None:
        """Prepare the connection, if it speaks the current protocol.

        Raises
        ------
        Finish
            With the status 400, if it does not.
        """
        _, self._knows_beats = read_page_id(self.websocket_handler)
        if not offers_protocol(self.websocket_handler):
            self.websocket_handler.set_status(400)
            raise Finish(f"Only {PROTOCOL} is spoken here.")
        await super().prepare()

    def connect(self) -> asyncio.Future[None] | None:
        """Connect the websocket with its kernel."""
        self.websocket_handler.set_nodelay(True)
        self._beats = HeartbeatSender(self.websocket_handler, self._knows_beats)
        self._beats.beat()
        self._waiting = BoundedMessageQueue(MAX_QUEUED_BYTES, MAX_QUEUED_MESSAGES)
        self._refused, self._unsent = False, 0
        bounds = self.websocket_handler.settings.get("lively_bounds", VisitLimits())
        self._pace = self._paces.setdefault(self.kernel_manager, MessageRateLimiter(bounds))
        return super().connect()  # type: ignore[no-any-return]

    @property
    def write_message(self) -> Any:
        """What sends the browser a message."""
        return self._write

    def _write(self, message: str | bytes, binary: bool = False) -> None:
        """Send a message, unless the browser has left too many lying.

        A kernel over ZMQ cannot be let wait until they are taken.
        """
        if self._refused or self.subprotocol != PROTOCOL:
            # A websocket that has gone has no protocol, for which jupyter_server writes an older
            # form. Voilà reads that as the present one, as up to 2⁶⁴ parts, and never returns.
            return
        with suppress(WebSocketClosedError):
            sent = self.websocket_handler.write_message(message, binary=binary)
            self._unsent += len(message)
            sent.add_done_callback(partial(self._sent, len(message)))
            if self._unsent > MAX_UNSENT_BYTES:
                self._refuse("What is sent is not taken.")

    def _sent(self, size: int, future: asyncio.Future[None]) -> None:
        # A line that has gone is no error.
        future.cancelled() or future.exception()
        self._unsent -= size

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        """Handle what a websocket brought, as soon as it is due; with all of it in its order."""
        if self._refused:
            return
        wait = self._pace.take(len(incoming_msg))
        sent = HEARTBEAT.encode() if incoming_msg == HEARTBEAT else incoming_msg
        if isinstance(sent, str):
            self._refuse("Messages are binary.")
        elif not wait and not self._waiting:
            self._pass(sent)
        elif self._waiting.full:
            self._refuse("Too much is sent at once.")
        else:
            self._waiting.append(sent)
            asyncio.get_running_loop().call_later(wait, self._release)

    def _refuse(self, reason: str) -> None:
        """Close the websocket; what it brings until its browser has done so too is not read."""
        self._refused = True
        self._waiting.clear()
        self.websocket_handler.close(POLICY_VIOLATION, reason)

    def _release(self) -> None:
        """Pass on the message that has waited longest."""
        if self._waiting:
            self._pass(self._waiting.popleft())

    def _pass(self, message: bytes) -> None:
        """Answer a beat; give the kernel what has the outline of a message."""
        if message == HEARTBEAT.encode():
            self._beats.answer()
            return
        try:
            part_offsets(message)
            super().handle_incoming_message(message)
        except (ValueError, TypeError, KeyError, IndexError, AssertionError) as error:
            self.log.debug("A visitor sent what is no message: %r", error)

    def on_restart_failed(self) -> None:
        """Tell the browser that its kernel has died."""
        super().on_restart_failed()
        self.websocket_handler.close(VISIT_ENDED, "The computation behind this page has stopped.")
