"""What stands where in the server: the routes of pages that are built once, and of the rest."""

import asyncio
import os
from typing import Any

from jupyter_server.auth.identity import PasswordIdentityProvider
from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection
from jupyter_server.utils import url_path_join
from tornado.ioloop import IOLoop
from tornado.web import Application, Finish

from lively.serving import forks, frame
from lively.serving.gallery import all_notebooks
from lively.serving.handlers import (
    NUMBER,
    OfVisit,
    PageHandler,
    VisitEndHandler,
    VisitHandler,
    VisitSocketHandler,
)
from lively.serving.html import Site
from lively.serving.messages import MOST_PARTS, PROTOCOL
from lively.serving.scripts import routes
from lively.serving.sockets import BEAT, OVER, Beats
from lively.serving.templates import Templates
from lively.serving.visits import Visits


def install(
    app: Application, site: Site, server_url: str, parent: Any, notebook: str | None, eager: bool
) -> None:
    """Let an application send pages that are built once.

    Parameters
    ----------
    app : tornado.web.Application
    site : Site
    server_url : str
        What its addresses begin with.
    parent : traitlets.config.Configurable
        For the settings of `Templates` and `Visits`.
    notebook : str or None
        Of a server of a single notebook: its path.
    eager : bool
        Whether pages are built before somebody asks for them.
    """
    templates = Templates(site, forks.fork_server, parent=parent)
    templates.built_once &= forks.CAN_FORK
    visits = Visits(templates, parent=parent)
    arguments = {
        "templates": templates,
        "visits": visits,
        "template_paths": site.template_paths,
        "config": site.config,
        "voila_configuration": site.configuration,
    }
    pages: tuple[Any, ...] = (url_path_join(server_url, r"voila/render/(.*\.ipynb)"), PageHandler)
    if notebook is not None:
        arguments["notebook_path"] = notebook
        pages = (server_url, PageHandler)
    kernels = url_path_join(server_url, "api/kernels", NUMBER)
    shutdown = url_path_join(server_url, "voila/api/shutdown", NUMBER)
    app.add_handlers(
        ".*$",
        [
            (*pages, arguments),
            (OfVisit(visits, kernels), VisitHandler, {"visits": visits}),
            (OfVisit(visits, f"{kernels}/channels"), VisitSocketHandler, {"visits": visits}),
            (OfVisit(visits, shutdown), VisitEndHandler, {"visits": visits}),
        ],
    )
    first = ([notebook] if notebook else all_notebooks(templates.root)) if eager else []

    def start() -> None:
        # Kept by the application, or they would be thrown away.
        app.settings["lively_tasks"] = [
            asyncio.create_task(visits.cull()),
            *([asyncio.create_task(templates.keep(first))] if templates.built_once else []),
        ]

    IOLoop.current().add_callback(start)


class IdentityProvider(PasswordIdentityProvider):  # type: ignore[misc]
    """Voilà's own, which also adds what pages need to the server.

    A server asks its identity provider for handlers. Voilà has no other place where a configuration
    can add one.
    """

    def get_handlers(self) -> list[Any]:
        """Return the handlers that the server adds to its own."""
        voila = self.parent
        # Added to the application, not returned: so they come before Voilà's own.
        voila.app.add_handlers(".*$", routes(voila.server_url))
        # A server of a single notebook has no other pages.
        if not voila.notebook_path:
            voila.app.add_handlers(".*$", frame.install(voila.app, voila.server_url))
        site = Site(
            voila.voila_configuration,
            voila.config,
            voila.template_paths,
            voila.app.settings,
            voila.log,
        )
        single = None
        if voila.notebook_path:
            single = os.path.relpath(voila.notebook_path, voila.root_dir)
        install(voila.app, site, voila.server_url, voila, single, eager=True)
        handlers: list[Any] = super().get_handlers()
        return handlers


class PromptConnection(ZMQChannelsWebsocketConnection):  # type: ignore[misc]
    """The websocket of a visitor whose notebook is executed for the visit.

    It does not hold small messages back (see `VisitSocketHandler`), and speaks one protocol only.
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
        self._beats = Beats(self.websocket_handler)
        self._beats.greet()
        return super().connect()  # type: ignore[no-any-return]

    def handle_incoming_message(self, incoming_msg: str | bytes) -> None:
        """Pass on what has the outline of a message."""
        if incoming_msg == BEAT:
            self._beats.answer()
            return
        try:
            if not is_message(incoming_msg):
                raise ValueError("not a message")
            super().handle_incoming_message(incoming_msg)
        except (ValueError, TypeError, KeyError, IndexError, AssertionError) as error:
            self.log.debug("A visitor sent what is no message: %r", error)

    def on_restart_failed(self) -> None:
        """Tell the browser that its kernel has died."""
        super().on_restart_failed()
        self.websocket_handler.close(OVER, "The computation behind this page has stopped.")


def is_message(sent: str | bytes) -> bool:
    """Say whether what a websocket brought has the outline of a message.

    Voilà reads every message in the current protocol. A first number that is too large would have
    it count to that number.
    """
    if not isinstance(sent, bytes):
        return False
    count = int.from_bytes(sent[:8], "little")
    return 2 < count <= MOST_PARTS and 8 * (count + 1) <= len(sent)
