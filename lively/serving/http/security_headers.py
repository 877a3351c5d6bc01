"""Headers of every answer, and an HTML page for those that would be one line of text."""

from http.client import responses

from jupyter_server.utils import url_path_join
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import Application, OutputTransform

from lively.serving.http.protection import Protection

#: Folders of which files are served, below the server's address.
FILE_FOLDERS = tuple(
    f"voila/{name}" for name in ("templates", "static", "files", "labextensions", "api")
)


class SecurityHeadersTransform(OutputTransform):
    """Adds headers to answers, and an HTML page to refusals.

    Parameters
    ----------
    protection : Protection
    app : tornado.web.Application
    pages : tuple of str or None
        What the addresses that are ours begin with; None if all are.
    request : tornado.httputil.HTTPServerRequest
    """

    def __init__(
        self,
        protection: Protection,
        app: Application,
        pages: tuple[str, ...] | None,
        request: HTTPServerRequest,
    ) -> None:
        self._protection, self._settings, self._request = protection, app.settings, request
        self._whole = pages is None
        self._ours = pages is None or request.path.startswith(pages)

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Complete an answer whose first part is about to be sent."""
        if not self._ours:
            return status_code, headers, chunk
        # What an operator has set as headers of Voilà's is meant.
        for name, value in (self._protection.headers() | self._settings.get("headers", {})).items():
            headers[name] = value
        bare = not chunk or chunk.startswith(b"<html><title>")
        if self._whole and status_code >= 400 and finishing and bare and self._is_html(headers):
            status_code = self._honest(status_code)
            chunk = self._page(status_code)
            headers["Content-Length"] = str(len(chunk))
        return status_code, headers, chunk

    def _is_html(self, headers: HTTPHeaders) -> bool:
        return headers.get("Content-Type", "").startswith("text/html")

    def _honest(self, status_code: int) -> int:
        """Return the same for a file that is not there and for one that is nobody's business."""
        base = self._settings["base_url"]
        folders = tuple(url_path_join(base, folder, "/") for folder in FILE_FOLDERS)
        refused = status_code == 403 and self._request.path.startswith(folders)
        return 404 if refused else status_code

    def _page(self, status_code: int) -> bytes:
        """Return a page that says no; of whom it says it to, nothing is known here."""
        name = "404.html" if status_code == 404 else "error.html"
        template = self._settings["voila_jinja2_env"].get_template(name)
        return str(
            template.render(
                base_url=self._settings["base_url"],
                status_code=status_code,
                status_message=responses.get(status_code, "Unknown"),
                auth_enabled=self._settings["identity_provider"].auth_enabled,
                logged_in=False,
            )
        ).encode()
