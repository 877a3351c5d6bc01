"""Handlers of a visit: its status, and its end."""

import re
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher
from tornado.web import authenticated

from lively.serving.visits.visit_registry import Visits
from lively.serving.visits.visit_websocket import find_visit

VISIT_ID_PATTERN = r"(?P<visit_id>\w+-\w+-\w+-\w+-\w+)"


class VisitAddressMatcher(Matcher):
    """Matches addresses of visits; those of other kernels have other handlers.

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


class VisitStatusHandler(APIHandler):  # type: ignore[misc]
    """Answers for a visit as a Jupyter server does for a kernel."""

    auth_resource = "kernels"

    def initialize(self, visits: Visits) -> None:
        """Set up from the arguments of the route."""
        self._visits = visits

    @authenticated
    @authorized  # type: ignore[untyped-decorator]
    async def get(self, visit_id: str) -> None:
        """Send the account."""
        self.finish(find_visit(self._visits, visit_id).model())


class VisitEndHandler(JupyterHandler):  # type: ignore[misc]
    """Ends a visit, when its tab says that it is closed."""

    auth_resource = "kernels"

    def initialize(self, visits: Visits) -> None:
        """Set up from the arguments of the route."""
        self._visits = visits

    def check_xsrf_cookie(self) -> None:
        """Ask for no cookie: the page has none, and the number of its visit is a secret."""

    @authenticated
    @authorized  # type: ignore[untyped-decorator]
    async def post(self, visit_id: str) -> None:
        """End it."""
        find_visit(self._visits, visit_id).close()
        self.set_status(204)
        self.finish()
