"""What a page needs of the browser: its style, sizes, names and a word when the kernel is gone."""

from importlib.resources import files
from typing import Any

import anywidget
from traitlets import Bool, TraitError, validate
from traitlets import List as ListTrait

from lively.canvas import LARGEST, SMALLEST
from lively.checked import Checked


class Shell(Checked, anywidget.AnyWidget):
    """A widget without looks, which brings the page's style sheet and script with it.

    Attributes
    ----------
    canvases : list of str
        The models of the page's canvases, by their ids.
    streaming : bool
        Whether the canvases take frames that they have not asked for. Set by the browser.
    sizes : list of [width, height]
        Room that the browser has for each picture, in its order and in pixels. Set by the browser.
    """

    _esm = files("lively").joinpath("web/shell.js").read_text("utf-8")
    _css = "".join(
        files("lively").joinpath(f"web/{name}.css").read_text("utf-8")
        for name in ("colours", "page")
    )

    canvases: Any = ListTrait().tag(sync=True)
    streaming = Bool(False).tag(sync=True)
    sizes: Any = ListTrait().tag(sync=True)

    @validate("sizes")
    def _check_sizes(self, proposal: Any) -> Any:
        for size in proposal["value"]:
            whole = isinstance(size, list) and len(size) == 2 and all(type(v) is int for v in size)
            if not (whole and all(SMALLEST <= v <= LARGEST for v in size)):
                raise TraitError(
                    f"sizes must be pairs of integers between {SMALLEST} and {LARGEST}."
                )
        return proposal["value"]
