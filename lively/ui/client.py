"""What a page needs of the browser: its style, screen and names."""

import re
from collections.abc import Callable, Sequence
from importlib.resources import files
from typing import Any

import anywidget
from traitlets import Bool
from traitlets import List as ListTrait

from lively.ui.validated import ValidatedWidget

#: Names that a message of the browser may bring.
MAX_NAMES = 20


def read_web_files(*names: str) -> str:
    """Return files of the folder `lively/web` as one."""
    folder = files("lively").joinpath("web")
    return "\n".join(folder.joinpath(name).read_text("utf-8") for name in names)


def is_name(value: Any) -> bool:
    """Return whether a value from the browser may be the name of a part of ipympl's script."""
    return isinstance(value, str) and re.fullmatch(r"[\w.]{1,40}", value) is not None


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
    images_only : bool
        Whether Python cannot send frames, so that the script is to leave ipympl's own alone.
    screened : callable
        Takes the content of such a message, unchecked.
    use_images : callable
        Takes the names that ipympl's script has not, after which the script has left it alone.
    """

    # One module, since a widget brings only one.
    _esm = read_web_files(
        "names.js", "ipympl_adapter.js", "frames.js", "screen.js", "touch.js", "shell.js"
    )
    _css = read_web_files("colours.css", "page.css")

    canvases: Any = ListTrait().tag(sync=True)
    images_only: Any = Bool(False).tag(sync=True)
    screened: Callable[[dict[str, Any]], None]
    use_images: Callable[[Sequence[str]], None]

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._hear)

    def _hear(self, widget: Any, content: Any, buffers: Any) -> None:
        match content:
            case {"type": "screen"}:
                self.screened(content)
            case {"type": "images", "missing": [*names]}:
                self.use_images([name for name in names[:MAX_NAMES] if is_name(name)])
