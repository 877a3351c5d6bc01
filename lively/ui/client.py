"""What a page needs of the browser: its style, screen and names."""

from collections.abc import Callable
from importlib.resources import files
from typing import Any

import anywidget
from traitlets import List as ListTrait

from lively.ui.validated import ValidatedWidget


def read_web_files(*names: str) -> str:
    """Return files of the folder `read_web_files` as one."""
    folder = files("lively").joinpath("web")
    return "\n".join(folder.joinpath(name).read_text("utf-8") for name in names)


class BrowserClient(ValidatedWidget, anywidget.AnyWidget):
    """A widget without looks, which brings the page's style sheet and script with it.

    The script says in one message what the pictures are seen on, when it starts and whenever that
    changes: ``{"type": "screen", "ratio": 2, "sizes": [[914, 338], [914, 232]], "anew": true}``,
    with the room of each picture in pixels of the page, in the order of `canvases`; `anew` if it
    has no frame yet. It is a message and no trait, so that it comes as often as it is sent, and
    nothing comes back.

    Attributes
    ----------
    canvases : list of str
        The models of the page's canvases, by their ids.
    screened : callable
        Takes the content of such a message, unchecked.
    """

    # One module, since a widget brings only one.
    _esm = read_web_files("names.js", "frames.js", "screen.js", "touch.js", "shell.js")
    _css = read_web_files("colours.css", "page.css")

    canvases: Any = ListTrait().tag(sync=True)
    screened: Callable[[dict[str, Any]], None]

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._hear)

    def _hear(self, widget: Any, content: Any, buffers: Any) -> None:
        if isinstance(content, dict) and content.get("type") == "screen":
            self.screened(content)
