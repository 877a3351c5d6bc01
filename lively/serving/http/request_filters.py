"""What the server refuses before any handler of pages sees it."""

import re
from functools import partial
from typing import Any
from urllib.parse import unquote

from jupyter_server.utils import url_path_join
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher
from tornado.web import Application, HTTPError, RequestHandler

from lively.serving.built_pages.page_header import NoSuchPage
from lively.serving.http.protection import Protection
from lively.serving.http.security_headers import Shield

#: Characters of a file's name.
LONGEST = 255
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Foreign(Matcher):
    """Finds requests by names that are not ours."""

    def __init__(self, protection: Protection) -> None:
        self._protection = protection

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Return the handler's arguments, which are none, or None where the name is ours."""
        return None if self._protection.allows(request.host) else {}


class Unknown(Matcher):
    """Finds methods that no handler has."""

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Return the handler's arguments, which are none, or None where a handler may have it."""
        return None if request.method in RequestHandler.SUPPORTED_METHODS else {}


class Odd(Matcher):
    """Finds addresses that handlers of files would take for a fault of their own.

    Parameters
    ----------
    server_url : str
        The beginning of all addresses.
    """

    def __init__(self, server_url: str) -> None:
        self._templates = url_path_join(server_url, "voila/templates")

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Return the handler's arguments, which are none, or None where the address is sound."""
        path = unquote(request.path)
        parts = path.split("/")
        if CONTROL.search(path) or ".." in parts or len(max(parts, key=len)) > LONGEST:
            return {}
        if request.path.startswith(self._templates):
            _, name, static, *rest = [*path.removeprefix(self._templates).split("/"), "", "", ""]
            if not name.strip(".") or static != "static" or not any(p.strip(".") for p in rest):
                return {}
        return None


class Refused(RequestHandler):
    """Says no in one line, before anything is known of who asks."""

    def initialize(self, status: int, sentence: str) -> None:
        """Take what the route has for it."""
        self._status, self._sentence = status, sentence

    def prepare(self) -> None:
        """Refuse.

        Raises
        ------
        HTTPError
            Always.
        """
        raise HTTPError(self._status, self._sentence + " Got %r instead.", self.request.host)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Write the line."""
        self.set_header("Content-Type", "text/plain; charset=UTF-8")
        self.finish(f"{status_code}: {self._sentence}\n")


FOREIGN = {
    "status": 403,
    "sentence": "The host's name must be one of Protection.hosts or of the machine itself.",
}
NO_METHOD = {"status": 405, "sentence": "The method is not one that pages use."}


def install(app: Application, server_url: str, protection: Protection) -> None:
    """Protect a whole server; to be called before its handlers are added.

    Parameters
    ----------
    app : tornado.web.Application
    server_url : str
        The beginning of all its addresses.
    protection : Protection
    """
    app.transforms.insert(0, partial(Shield, protection, app, None))  # type: ignore[arg-type]
    app.add_handlers(
        ".*$",
        [
            (Foreign(protection), Refused, FOREIGN),
            (Unknown(), Refused, NO_METHOD),
            (Odd(server_url), NoSuchPage),
        ],
    )
