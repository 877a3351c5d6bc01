"""What the server needs beyond its configuration."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from jupyter_server.auth.identity import PasswordIdentityProvider
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import Finish

from lively import frame
from lively.scripts import routes

#: The protocol that current browsers' scripts speak, and more parts than any message has.
PROTOCOL = "v1.kernel.websocket.jupyter.org"
MOST_PARTS = 1000


class PatientKernelManager(AsyncMappingKernelManager):  # type: ignore[misc]
    """A kernel manager whose kernels count as idle only from their visit on.

    A heated kernel waits in a pool, idle by the hour. Were it culled by that, it would vanish from
    under the visitor to whom it has just been handed. Voilà's subclass of this class asks for the
    culling of kernels outside the pool only, so the first time that it asks, the kernel's visit has
    just begun.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._visited: set[str] = set()

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """Cull a kernel that has been idle for too long since its visit began."""
        self._visited &= set(self._kernels)
        if kernel_id not in self._visited:
            self._visited.add(kernel_id)
            self._kernels[kernel_id].last_activity = datetime.now(UTC)
        await super().cull_kernel_if_idle(kernel_id)


class Reception(PasswordIdentityProvider):  # type: ignore[misc]
    """Who receives visitors, has their scripts ready, and shows them the other pages.

    A server asks its identity provider for handlers of its own. Voilà has no other place where a
    configuration can add one.
    """

    def get_handlers(self) -> list[Any]:
        """Return the handlers that the server adds to its own."""
        added = [*super().get_handlers(), *routes(self.parent.server_url)]
        # A server of a single notebook has no other pages.
        if not self.parent.notebook_path:
            added += frame.install(self.parent.app, self.parent.server_url)
        return added


def is_message(sent: str | bytes) -> bool:
    """Say whether what a websocket brought has the outline of a message.

    It begins with the number of its parts' offsets and the offsets, eight bytes each.
    """
    if not isinstance(sent, bytes):
        return False
    count = int.from_bytes(sent[:8], "little")
    return 2 < count <= MOST_PARTS and 8 * (count + 1) <= len(sent)


class PromptConnection(ZMQChannelsWebsocketConnection):  # type: ignore[misc]
    """A visitor's websocket that does not hold small messages back, and takes no others' outline.

    The operating system keeps a small message until the one before is acknowledged, and a browser
    that has nothing to say takes 40 ms for that (Nagle's algorithm, RFC 896, and delayed
    acknowledgement, RFC 1122): as much as two frames, in the midst of every drag.

    Voilà reads every message in the current protocol. The older one, or a first number that is too
    large, would have it count to that number.
    """

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
        return super().connect()  # type: ignore[no-any-return]

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        """Pass on what has the outline of a message."""
        try:
            if not is_message(incoming_msg):
                raise ValueError("not a message")
            super().handle_incoming_message(incoming_msg)
        except (ValueError, TypeError, KeyError, IndexError, AssertionError) as error:
            self.log.warning("A visitor sent what is no message: %r", error)


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Serve the same where Voilà is an extension of a Jupyter server, as on Binder."""
    app = server.web_app
    base_url = app.settings["base_url"]
    app.add_handlers(".*$", [*routes(base_url), *frame.install(app, base_url)])
