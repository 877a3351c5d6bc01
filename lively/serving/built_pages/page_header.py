"""The header of every page, with links to the others, and its data for search and social cards.

It depends on the address that was asked for. A page is rendered before anybody has asked, so
its template leaves placeholders, which are filled when the page is sent. The gallery and the page
for a mistyped address have the same ones.
"""

from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from jupyter_server.base.handlers import Template404
from jupyter_server.utils import url_path_join
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.routing import Matcher
from tornado.web import Application, OutputTransform

from lively.serving.built_pages.gallery import (
    PageEntry,
    describe_page,
    folders_with_pages,
    pages_in_folder,
)

#: The placeholders, and the macros of frame.html.j2 that fill them.
PLACEHOLDERS = {
    f"<!-- lively: {macro} -->".encode(): macro for macro in ("head", "pages", "others")
}
#: The setting of a server of a single notebook: what returns its entry.
SINGLE_PAGE_SETTING = "lively_single"


class PageNotFoundHandler(Template404):  # type: ignore[misc]
    """Answers that there is no page at an address, where Voilà would answer otherwise."""

    def get_template(self, name: str) -> Any:
        """Return a template of the pages, not of the Jupyter server."""
        return self.settings["voila_jinja2_env"].get_template(name)


class UndecodablePathMatcher(Matcher):
    """Matches addresses that cannot be decoded, on which Voilà's handlers fail."""

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """Return the handler's arguments, which are none, or None where the address is text."""
        try:
            unquote(request.path, errors="strict")
        except UnicodeDecodeError:
            return {}
        return None


class PageHeaderTransform(OutputTransform):
    """Fills the placeholders of one answer.

    Parameters
    ----------
    app : tornado.web.Application
        The server's application, for its settings.
    request : tornado.httputil.HTTPServerRequest
        What was asked for.
    """

    def __init__(self, app: Application, request: HTTPServerRequest) -> None:
        self._settings = app.settings
        self._request = request
        self._left: dict[bytes, str] = {}

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """Fill the placeholders in the first part of an answer, if it is a page."""
        # What is compressed already has been filled in by whoever compressed it.
        if (
            headers.get("Content-Type", "").startswith("text/html")
            and "Content-Encoding" not in headers
        ):
            self._left = dict(PLACEHOLDERS)
        filled = self.transform_chunk(chunk, finishing)
        if "Content-Length" in headers:
            longer = len(filled) - len(chunk)
            headers["Content-Length"] = str(int(headers["Content-Length"]) + longer)
        return status_code, headers, filled

    def transform_chunk(self, chunk: bytes, finishing: bool) -> bytes:
        """Fill the placeholders in a part of an answer. None lies across two parts."""
        for mark in [mark for mark in self._left if mark in chunk]:
            # Once only: what comes later looks like a mark and is somebody's text.
            chunk = chunk.replace(mark, self._make(self._left.pop(mark)).encode(), 1)
        return chunk

    def _make(self, macro: str) -> str:
        return render_placeholder(macro, self._settings, self._request)


def render_placeholder(macro: str, settings: dict[str, Any], request: HTTPServerRequest) -> str:
    """Return what a placeholder is replaced by.

    Parameters
    ----------
    macro : str
        One of the values of PLACEHOLDERS.
    settings : dict
        The server's.
    request : tornado.httputil.HTTPServerRequest
        What was asked for.
    """
    return _rendered(settings["voila_jinja2_env"], macro, *_context(settings, request))


@lru_cache(maxsize=500)
def _rendered(
    environment: Any,
    macro: str,
    base_url: str,
    origin: str,
    home: str,
    pages: tuple[PageEntry, ...],
    here: PageEntry | None,
) -> str:
    template = environment.get_template("frame.html.j2")
    return str(getattr(template.module, macro)(base_url, origin, home, pages, here))


def _context(
    settings: dict[str, Any], request: HTTPServerRequest
) -> tuple[str, str, str, tuple[PageEntry, ...], PageEntry | None]:
    """Return what the macros show: the pages of the folder that was asked for, if there are any."""
    base_url = settings["base_url"]
    scheme = request.headers.get("X-Forwarded-Proto", request.protocol)
    origin = f"{'https' if scheme == 'https' else 'http'}://{request.host}"
    if SINGLE_PAGE_SETTING in settings:
        return base_url, origin, base_url, (), settings[SINGLE_PAGE_SETTING]()
    asked = unquote(request.path.removeprefix(base_url))
    root = Path(settings["contents_manager"].root_dir)
    notebook = asked.removeprefix("voila/render/") if asked.endswith(".ipynb") else ""
    folder = notebook.rpartition("/")[0] or asked.partition("voila/tree/")[2]
    pages = pages_in_folder(root, folder)
    if not pages:
        folder, pages = "", pages_in_folder(root)
    return (
        base_url,
        origin,
        url_path_join(base_url, "voila/tree", quote(folder)),
        tuple(pages),
        next((page for page in pages if page.path == notebook), None),
    )


def add_header_transform(app: Application, notebook: str | None = None) -> None:
    """Let an application fill the placeholders.

    Parameters
    ----------
    app : tornado.web.Application
        Its settings must have a contents manager, whose root folder has the notebooks.
    notebook : str, optional
        The path of the only one that is served, by a server that has no other pages.
    """
    # In front: what compresses answers comes after.
    app.transforms.insert(0, partial(PageHeaderTransform, app))  # type: ignore[arg-type]
    if notebook is not None:
        root = Path(app.settings["contents_manager"].root_dir)
        app.settings[SINGLE_PAGE_SETTING] = partial(_single, root, notebook)


def _single(root: Path, notebook: str) -> PageEntry | None:
    with suppress(OSError, ValueError):
        return describe_page(root, root / notebook)
    return None


def install_page_header(
    app: Application, server_url: str
) -> list[tuple[str | Matcher, type[PageNotFoundHandler]]]:
    """Let an application fill the placeholders, and return the handlers that it needs besides.

    Parameters
    ----------
    app : tornado.web.Application
    server_url : str
        The beginning of all its addresses.
    """
    add_header_transform(app)
    root = Path(app.settings["contents_manager"].root_dir)
    found = {
        "entries": partial(pages_in_folder, root),
        "folders": partial(folders_with_pages, root),
    }
    app.settings.setdefault("jinja_template_vars", {})["lively"] = found
    app.settings.setdefault("default_handler_class", PageNotFoundHandler)
    # Voilà takes an address without an ending for that of a file, and refuses it.
    no_file = url_path_join(server_url, r"voila/render/(?:.*/)?[^./]*")
    return [(UndecodablePathMatcher(), PageNotFoundHandler), (no_file, PageNotFoundHandler)]
