"""What the server answers for a page that it has sent: its websocket, its end."""

import asyncio
import re
from collections.abc import Awaitable
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.auth.decorator import authorized, ws_authenticated
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher
from tornado.web import HTTPError, authenticated
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from lively.serving.messages import PROTOCOL
from lively.serving.sockets import BEAT, NOT_BEGUN, Beats
from lively.serving.visits import Visits

#: Bytes that a slow browser may have before it before its process waits, and goes on.
MUCH, LITTLE = 8 * 2**20, 2**20
NUMBER = r"(?P<visit_id>\w+-\w+-\w+-\w+-\w+)"


class OfVisit(Matcher):
    """Finds addresses that belong to a visit; those of other kernels are for others to answer.

    Parameters
    ----------
    visits : Visits
    pattern : str
        A regular expression of the whole address, with the group `visit_id`.
    """

    def __init__(self, visits: Visits, pattern: str) -> None:
        self._visits, self._pattern = visits, re.compile(pattern)

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Return the handler's arguments, or None."""
        found = self._pattern.fullmatch(request.path)
        if found is None or found["visit_id"] not in self._visits:
            return None
        return {"path_kwargs": found.groupdict()}


class VisitHandler(APIHandler):  # type: ignore[misc]
    """Says of a visit what a Jupyter server says of a kernel."""

    auth_resource = "kernels"

    def initialize(self, visits: Visits) -> None:
        """Take what the route has for it."""
        self._visits = visits

    @authenticated
    @authorized  # type: ignore[untyped-decorator]
    async def get(self, visit_id: str) -> None:
        """Send the account."""
        self.finish(self._visits[visit_id].model())


class VisitEndHandler(JupyterHandler):  # type: ignore[misc]
    """Ends a visit, when its tab says that it is closed."""

    auth_resource = "kernels"

    def initialize(self, visits: Visits) -> None:
        """Take what the route has for it."""
        self._visits = visits

    def check_xsrf_cookie(self) -> None:
        """Ask for no cookie: the page has none, and the number of its visit is a secret."""

    @authenticated
    @authorized  # type: ignore[untyped-decorator]
    async def post(self, visit_id: str) -> None:
        """End it."""
        self._visits[visit_id].close()
        self.set_status(204)
        self.finish()


class VisitSocketHandler(WebSocketMixin, WebSocketHandler, JupyterHandler):  # type: ignore[misc]
    """A visitor's websocket, tied to the process of the visit."""

    auth_resource = "kernels"
    #: Seconds between two pings, and until a browser that does not answer them counts as gone.
    ping_interval = ping_timeout = 30

    def initialize(self, visits: Visits) -> None:
        """Take what the route has for it."""
        super().initialize()
        self._visits = visits
        self._number: int | None = None
        self._unsent = 0
        self._beats = Beats(self)
        #: The same for all websockets of one page, one after the other.
        self.page = self.get_query_argument("session_id", "")

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
        offered = self.request.headers.get("Sec-WebSocket-Protocol", "")
        if PROTOCOL not in offered.replace(" ", "").split(","):
            self.set_status(400)
            self.finish(f"Only {PROTOCOL} is spoken here.")
            return
        self._visit = self._visits[visit_id]
        await super().get(visit_id=visit_id)

    def open(self, visit_id: str) -> None:
        """Connect with the process of the visit."""
        # The operating system keeps a small message until the one before is acknowledged, and a
        # browser that has nothing to say takes 40 ms for that (RFC 896, RFC 1122): two frames.
        self.set_nodelay(True)
        self._beats.greet()
        try:
            if not self._visit.begun and self._visits.running >= self._visits.limit:
                raise OSError("All places are taken.")
            self._number = self._visit.attach(self)
        except OSError as error:
            self.close(NOT_BEGUN, str(error))

    def on_message(self, message: str | bytes) -> Awaitable[None] | None:
        """Pass a message on; the next one waits until the process takes it."""
        if message == BEAT:
            self._beats.answer()
            return None
        if isinstance(message, str) or self._number is None:
            return None
        return self._visit.take(self._number, message)

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
        if before <= MUCH < self._unsent:
            self._visit.pause(True)
        elif self._unsent <= LITTLE < before:
            self._visit.pause(False)

    def end(self, code: int, reason: str) -> None:
        """Close the websocket."""
        self._number = None
        self.close(code, reason)

    def on_close(self) -> None:
        """Let go of the visit, which waits for its browser to come back."""
        super().on_close()
        if self._number is not None:
            self._visit.pause(False)
            self._visit.detach(self._number)
            self._number = None
