"""The websocket of a visitor whose notebook is executed for the visit, by a kernel over ZMQ."""

import asyncio
from collections import deque
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from tornado.web import Finish

from lively.serving.bounds import Bounds, Paces
from lively.serving.messages import MOST_PARTS, PROTOCOL
from lively.serving.sockets import BEAT, OVER, Beats

#: Bytes of a visitor's messages that may wait until they are due.
WAITING = 1 << 20
#: The code that a websocket is closed with whose visitor does not keep to the rules (RFC 6455).
AGAINST_THE_RULES = 1008


class Connection(ZMQChannelsWebsocketConnection):  # type: ignore[misc]
    """A websocket that passes on as much as any visit may send, as `ServedVisit` does.

    It does not hold small messages back (see `VisitSocketHandler`), and speaks one protocol only.
    """

    #: All websockets of a kernel have their paces together.
    _paces: ClassVar[WeakKeyDictionary[Any, Paces]] = WeakKeyDictionary()

    async def prepare(self) -> None:
        """Prepare the connection, if it speaks the current protocol.

        Raises
        ------
        Finish
            With the status 400, if it does not.
        """
        offered = self.websocket_handler.request.headers.get("Sec-WebSocket-Protocol", "")
        if PROTOCOL not in offered.replace(" ", "").split(","):
            self.websocket_handler.set_status(400)
            raise Finish(f"Only {PROTOCOL} is spoken here.")
        await super().prepare()

    def connect(self) -> asyncio.Future[None] | None:
        """Connect the websocket with its kernel."""
        self.websocket_handler.set_nodelay(True)
        self._beats = Beats(self.websocket_handler)
        self._beats.greet()
        self._waiting: deque[bytes] = deque()
        bounds = self.websocket_handler.settings.get("lively_bounds", Bounds())
        self._pace = self._paces.setdefault(self.kernel_manager, Paces(bounds))
        return super().connect()  # type: ignore[no-any-return]

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        """Pass on what has the outline of a message, as soon as it is due."""
        if incoming_msg == BEAT:
            self._beats.answer()
            return
        if not isinstance(incoming_msg, bytes) or not is_message(incoming_msg):
            self.log.debug("A visitor sent what is no message.")
            return
        wait = self._pace.take(len(incoming_msg))
        if not wait and not self._waiting:
            self._pass(incoming_msg)
            return
        self._waiting.append(incoming_msg)
        if sum(map(len, self._waiting)) > WAITING:
            self._waiting.clear()
            self.websocket_handler.close(AGAINST_THE_RULES, "Too much is sent at once.")
            return
        asyncio.get_running_loop().call_later(wait, self._release)

    def _release(self) -> None:
        """Pass on the message that has waited longest."""
        if self._waiting:
            self._pass(self._waiting.popleft())

    def _pass(self, message: bytes) -> None:
        try:
            super().handle_incoming_message(message)
        except (ValueError, TypeError, KeyError, IndexError, AssertionError) as error:
            self.log.debug("A visitor sent what is no message: %r", error)

    def on_restart_failed(self) -> None:
        """Tell the browser that its kernel has died."""
        super().on_restart_failed()
        self.websocket_handler.close(OVER, "The computation behind this page has stopped.")


def is_message(sent: bytes) -> bool:
    """Say whether what a websocket brought has the outline of a message.

    Voilà reads every message in the current protocol. A first number that is too large would have
    it count to that number.
    """
    count = int.from_bytes(sent[:8], "little")
    return 2 < count <= MOST_PARTS and 8 * (count + 1) <= len(sent)
