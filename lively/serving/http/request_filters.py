"""What the server refuses before any handler of pages sees it."""

import re
from functools import partial
from typing import Any
from urllib.parse import unquote

from jupyter_server.utils import url_path_join
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher
from tornado.web import Application, HTTPError, RequestHandler

from lively.serving.built_pages.page_header import PageNotFoundHandler
from lively.serving.http.protection import Protection
from lively.serving.http.security_headers import SecurityHeadersTransform

#: Characters of a file's name.
MAX_NAME_LENGTH = 255
CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f]")


class ForeignHostMatcher(Matcher):
    """Matches requests by host names that are not the server's."""

    def __init__(self, protection: Protection) -> None:
        self._protection = protection

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Return the handler's arguments, which are none, or None where the name is ours."""
        return None if self._protection.allows(request.host) else {}


class UnknownMethodMatcher(Matcher):
    """Matches HTTP methods that no handler has."""

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Return the handler's arguments, which are none, or None where a handler may have it."""
        return None if request.method in RequestHandler.SUPPORTED_METHODS else {}


class UnsafePathMatcher(Matcher):
    """Matches addresses that would make handlers of files raise.

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
        if (
            CONTROL_CHARACTERS.search(path)
            or ".." in parts
            or len(max(parts, key=len)) > MAX_NAME_LENGTH
        ):
            return {}
        if request.path.startswith(self._templates):
            _, name, static, *rest = [*path.removeprefix(self._templates).split("/"), "", "", ""]
            if not name.strip(".") or static != "static" or not any(p.strip(".") for p in rest):
                return {}
        return None


class RefusalHandler(RequestHandler):
    """Refuses a request in one line, before the user is known."""

    def initialize(self, status: int, sentence: str) -> None:
        """Set up from the arguments of the route."""
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


FOREIGN_HOST = {
    "status": 403,
    "sentence": "The host's name must be one of Protection.hosts or of the machine itself.",
}
UNKNOWN_METHOD = {"status": 405, "sentence": "The method is not one that pages use."}


def install_request_filters(app: Application, server_url: str, protection: Protection) -> None:
    """Protect a whole server; to be called before its handlers are added.

    Parameters
    ----------
    app : tornado.web.Application
    server_url : str
        The beginning of all its addresses.
    protection : Protection
    """
    app.transforms.insert(0, partial(SecurityHeadersTransform, protection, app, None))  # type: ignore[arg-type]
    app.add_handlers(
        ".*$",
        [
            (ForeignHostMatcher(protection), RefusalHandler, FOREIGN_HOST),
            (UnknownMethodMatcher(), RefusalHandler, UNKNOWN_METHOD),
            (UnsafePathMatcher(server_url), PageNotFoundHandler),
        ],
    )
