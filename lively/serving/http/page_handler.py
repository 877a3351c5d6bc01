"""Sends pages: those that are built once, and of all others what Voilà would send."""

import logging
from posixpath import normpath
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado.httputil import split_host_and_port
from tornado.web import HTTPError, authenticated
from voila import __version__
from voila.tornado.handler import TornadoVoilaHandler

from lively.log import PAGE
from lively.serving.built_pages import page_header
from lively.serving.built_pages.page_html import VISIT_ID_PLACEHOLDER
from lively.serving.built_pages.page_store import Templates
from lively.serving.visits.kernel_places import RecordingKernelManager
from lively.serving.visits.visit_registry import Visits
from lively.visit import FAULTS

logger = logging.getLogger("lively")

#: Seconds after which those who have found no room try again; `503.html` has the same number.
RETRY_AFTER_SECONDS = 5


def request_environment(handler: JupyterHandler, headers: list[str]) -> dict[str, str]:
    """Return what a page may know of a request, by the names that Voilà has for it.

    Parameters
    ----------
    handler : JupyterHandler
    headers : list of str
        Names of the headers to tell, as in Voilà's setting `http_header_envs`.
    """
    request = handler.request
    host, number = split_host_and_port(request.host.lower())
    port = str(number or "")
    told = {
        f"HTTP_{name.upper().replace('-', '_')}": value
        for name, value in request.headers.get_all()
        if name.lower() in {header.lower() for header in headers}
    }
    return {
        "SCRIPT_NAME": request.path,
        "PATH_INFO": "",
        "QUERY_STRING": str(request.query),
        "SERVER_SOFTWARE": f"voila/{__version__}",
        "SERVER_PROTOCOL": str(request.version),
        "SERVER_PORT": port,
        "SERVER_NAME": host,
        "VOILA_APP_PORT": port,
        "VOILA_REQUEST_URL": request.full_url(),
        **told,
    }


class PageHandler(TornadoVoilaHandler):  # type: ignore[misc]
    """Sends a page that has been built; of any other notebook, what Voilà would send."""

    def initialize(self, templates: Templates, visits: Visits, **kwargs: Any) -> None:
        """Set up from the arguments of the route."""
        super().initialize(**kwargs)
        self._templates, self._visits = templates, visits

    @property
    def kernel_manager(self) -> RecordingKernelManager:
        """What Voilà asks for a kernel, if the notebook is executed for the visit."""
        shows = str(int(self.voila_configuration.show_tracebacks))
        known = {PAGE: self._notebook, FAULTS: shows}
        return RecordingKernelManager(super().kernel_manager, self._place, known)

    @authenticated
    async def get(self, path: str | None = None) -> None:
        """Send the page of a notebook, if there is room for one more visitor."""
        notebook = self._notebook = self.notebook_path or path or ""
        built = await self._templates.find(notebook) if self._is_plain(notebook) else None
        # From here to the place that is taken, nobody else has a turn.
        if not self._visits.free:
            limit = self._visits.limit
            raise HTTPError(503, reason=f"{limit} of {limit} places are taken")
        if built is None:
            with self._visits.kernels.entering() as self._place:
                await super().get(path)
            return
        known = request_environment(self, self.voila_configuration.http_header_envs)
        visit = self._visits.expect(built, known)
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        self.set_header("Cache-Control", "no-cache, no-store, must-revalidate")
        self.set_header("Vary", "Accept-Encoding")
        filling = {VISIT_ID_PLACEHOLDER: visit.id.encode()}
        if "gzip" not in self.request.headers.get("Accept-Encoding", ""):
            self.finish(built.page.fill(filling))
            return
        for mark, macro in page_header.PLACEHOLDERS.items():
            filling[mark.decode()] = page_header.render_placeholder(
                macro, self.settings, self.request
            ).encode()
        self.set_header("Content-Encoding", "gzip")
        self.finish(built.page.fill_gzip(filling))

    def _is_plain(self, notebook: str) -> bool:
        """Return whether a notebook that is there is asked for, in the template that all get."""
        configuration = self.voila_configuration
        changed = ("template", "theme")
        overridden = any(
            self.get_argument(name, None) is not None
            and getattr(configuration, f"allow_{name}_override") == "YES"
            for name in changed
        )
        # One page has one address: by others, one could have it built again and again.
        path = f"root/{notebook}"
        if overridden or not path.endswith(".ipynb") or path != normpath(path):
            return False
        try:
            return bool(self.contents_manager.file_exists(notebook))
        except (HTTPError, OSError, ValueError):
            return False

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Send a page that says what is wrong; whoever has found no room may come again soon."""
        if status_code == 503:
            self.set_header("Retry-After", str(RETRY_AFTER_SECONDS))
        super().write_error(status_code, **kwargs)

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """Log what went wrong; tornado would write down the whole request, with its query."""
        if isinstance(error, HTTPError):
            super().log_exception(kind, error, trace)
        else:
            logger.error("%s was not answered.", self._request_summary(), exc_info=error)

    def _request_summary(self) -> str:
        """Return what the log calls the request. What stands behind the path is the visitor's."""
        return f"{self.request.method} {self.request.path} ({self.request.remote_ip})"

    def compute_etag(self) -> None:
        """Return none: no two visits get the same page."""
