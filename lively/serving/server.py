"""Adds the routes of pages to a Voilà server."""

import asyncio
import logging
import os
from typing import Any

from jupyter_server.auth.identity import PasswordIdentityProvider
from jupyter_server.utils import url_path_join
from tornado.ioloop import IOLoop
from tornado.web import Application
from traitlets import default

from lively.log import LEVEL, log_to_server
from lively.serving import writable_folders
from lively.serving.built_pages import page_header
from lively.serving.built_pages.gallery import all_notebooks
from lively.serving.built_pages.page_header import PageNotFoundHandler
from lively.serving.built_pages.page_html import VoilaSite
from lively.serving.built_pages.page_store import Templates
from lively.serving.fork import fork_server_client
from lively.serving.http import request_filters
from lively.serving.http.page_handler import PageHandler
from lively.serving.http.protection import Protection, template_file
from lively.serving.http.script_bundle import script_routes
from lively.serving.http.visit_handlers import (
    VISIT_ID_PATTERN,
    VisitAddressMatcher,
    VisitEndHandler,
    VisitStatusHandler,
)
from lively.serving.visits.visit_registry import Visits, raise_file_limit
from lively.serving.visits.visit_websocket import VisitWebsocketHandler

# Voilà imports this module when it reads its configuration, and needs the folder before it asks for
# anything here.
writable_folders.require_temporary_folder()


def install_pages(
    app: Application,
    site: VoilaSite,
    server_url: str,
    parent: Any,
    notebook: str | None,
    eager: bool,
) -> None:
    """Let an application send pages that are built once.

    Parameters
    ----------
    app : tornado.web.Application
    site : VoilaSite
    server_url : str
        What its addresses begin with.
    parent : traitlets.config.Configurable
        For the settings of `Templates` and `Visits`.
    notebook : str or None
        Of a server of a single notebook: its path.
    eager : bool
        Whether pages are built before somebody asks for them.
    """
    templates = Templates(site, fork_server_client.shared_fork_server, parent=parent)
    templates.built_once &= fork_server_client.CAN_FORK
    raise_file_limit()
    os.environ.setdefault(LEVEL, str(getattr(parent, "log_level", logging.WARNING)))
    log_to_server()
    # Trust is about code that stored outputs carry; pages have none but what their own cells make.
    site.log.addFilter(lambda record: "is not trusted" not in str(record.msg))
    visits = Visits(templates, app.settings["kernel_manager"], parent=parent)
    # For notebooks that are executed for each visit.
    app.settings["lively_bounds"] = visits.bounds
    fork_server_client.shared_fork_server.memory = visits.memory
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
    account = url_path_join(server_url, "api/kernels", VISIT_ID_PATTERN)
    shutdown = url_path_join(server_url, "voila/api/shutdown", VISIT_ID_PATTERN)
    app.add_handlers(
        ".*$",
        [
            (*pages, arguments),
            (VisitAddressMatcher(visits, account), VisitStatusHandler, {"visits": visits}),
            (
                VisitAddressMatcher(visits, f"{account}/channels"),
                VisitWebsocketHandler,
                {"visits": visits},
            ),
            (VisitAddressMatcher(visits, shutdown), VisitEndHandler, {"visits": visits}),
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


def add_routes(voila: Any) -> None:
    """Add what pages need to a Voilà server, in front of its own routes.

    Parameters
    ----------
    voila : voila.app.Voila
        Whose application is there and has no routes yet: when it asks its identity provider for
        some, for example.
    """
    writable_folders.ensure_writable_folders(voila.log)
    settings = voila.app.settings
    template = template_file(voila.voila_configuration.template, voila.template_paths)
    if template is not None:
        # Jupyter's own pages (to log in, and of files that are not there) bring scripts.
        settings["jinja2_env"] = settings["voila_jinja2_env"]
    first: list[Any] = script_routes(voila.server_url)
    single = None
    if voila.notebook_path:
        # There are no other pages.
        single = os.path.relpath(voila.notebook_path, voila.root_dir)
        page_header.add_header_transform(voila.app, single)
    else:
        first += page_header.install_page_header(voila.app, voila.server_url)
        # For a front page with scripts, which ours is not.
        first.append((url_path_join(voila.server_url, "voila/api/contents.*"), PageNotFoundHandler))
    request_filters.install_request_filters(
        voila.app, voila.server_url, Protection(voila.ip, template, parent=voila)
    )
    voila.app.add_handlers(".*$", first)
    site = VoilaSite(
        voila.voila_configuration, voila.config, voila.template_paths, settings, voila.log
    )
    install_pages(voila.app, site, voila.server_url, voila, single, eager=True)


class IdentityProvider(PasswordIdentityProvider):  # type: ignore[misc]
    """Voilà's own, which also adds what pages need to the server.

    A server asks its identity provider for handlers. Voilà has no other place where a configuration
    can add one.
    """

    @default("cookie_options")
    def _cookie_options_default(self) -> dict[str, Any]:
        # A link from elsewhere may lead to a page, but nobody else's script acts for who is in.
        return {"samesite": "Lax"}

    @default("allow_password_change")
    def _allow_password_change_default(self) -> bool:
        # Whoever has the token is a visitor.
        return False

    def get_user(self, handler: Any) -> Any:
        """Return the user of a request."""
        if handler.settings.get("disable_check_xsrf"):
            # Nobody looks at the cookie that would be sent with the token.
            handler._xsrf_token = b""
        return super().get_user(handler)

    def set_login_cookie(self, handler: Any, user: Any) -> None:
        """Set the login cookie, only where visitors log in."""
        if self.auth_enabled:
            super().set_login_cookie(handler, user)

    def get_handlers(self) -> list[Any]:
        """Return the handlers that the server adds to its own."""
        add_routes(self.parent)
        # Their addresses are told as if nothing stood before them.
        return [
            (url_path_join(self.parent.server_url, address), *rest)
            for address, *rest in super().get_handlers()
        ]
