"""All that the package uses of ipympl's Python side beyond its interface.

ipympl and matplotlib's web canvas may change these names in any release. They are looked up when a
canvas is made. Where one is gone, the canvas says so, and figures are shown as ipympl does by
itself: slower, by images that the browser asks for. `lively/web/ipympl_adapter.js` does the same
for ipympl's script.
"""

import logging
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from typing import Any

from ipympl.backend_nbagg import Canvas, FigureManager
from matplotlib.figure import Figure

logger = logging.getLogger(__name__)

#: Releases of ipympl that both adapters have been tested with.
TESTED_VERSIONS = ("0.10.0",)
#: Names of ipympl's canvas, and of matplotlib's below it, that are no part of an interface.
PRIVATE_NAMES = ("_size", "_force_full", "syncing_data_url")

#: Takes a widget, a message and its buffers.
MessageHandler = Callable[[Any, Any, Any], None]


@cache
def log_missing(where: str, names: tuple[str, ...]) -> None:
    """Log, once, that names are gone and that figures are shown the slower way.

    Parameters
    ----------
    where : str
        What the names belong to.
    names : tuple of str
    """
    logger.warning(
        "%s of ipympl %s has no %s. Figures are shown as ipympl does by itself, which is slower. "
        "Versions that are known to work: %s.",
        where,
        version("ipympl"),
        ", ".join(names),
        ", ".join(TESTED_VERSIONS),
    )


class AdaptedCanvas(Canvas):  # type: ignore[misc]
    """ipympl's canvas without toolbar, header and handle.

    Parameters
    ----------
    figure : matplotlib.figure.Figure

    Attributes
    ----------
    missing : tuple of str
        Private names that this canvas has not.
    """

    _ipympl_handler: MessageHandler | None = None
    #: A trait of ipympl's, which has no types.
    _size: Any

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self.missing = tuple(name for name in PRIVATE_NAMES if not hasattr(self, name))
        if self.missing:
            log_missing("The canvas", self.missing)
        FigureManager(self, 0)
        self.toolbar_visible = False
        self.header_visible = False
        self.footer_visible = False
        self.resizable = False
        self.layout.width = "100%"

    def on_msg(self, callback: MessageHandler, remove: bool = False) -> None:
        """Register a handler of the browser's messages; ipympl's own gets them by `receive`."""
        if self._ipympl_handler is None:
            self._ipympl_handler, callback = callback, self.receive
        super().on_msg(callback, remove)

    def receive(self, widget: Any, content: Any, buffers: Any) -> None:
        """Receive a message of ipympl's script."""
        assert self._ipympl_handler is not None
        self._ipympl_handler(widget, content, buffers)

    def set_size(self, size: tuple[int, int]) -> None:
        """Tell the browser the canvas's width and height, in pixels of the page.

        Before the canvas is shown, this needs no message of its own.
        """
        if "_size" in self.missing:
            self.manager.resize(*(side * self.device_pixel_ratio for side in size))
        elif self._size != size:
            self._size = size

    def begin_images(self) -> None:
        """Note that ipympl's script is there: images need not be kept in the widget's state."""
        if "syncing_data_url" in self.missing:
            # It also tells the browser the size once more.
            AdaptedCanvas.receive(self, self, {"type": "initialized"}, [])
        else:
            self.syncing_data_url = False

    def send_whole_image_next(self) -> None:
        """Let the next image have all pixels, not only those that differ."""
        self._force_full = True

    def restart_images(self) -> None:
        """Let the browser ask for an image, which then has all pixels."""
        if "_force_full" in self.missing:
            self.handle_refresh({})
        else:
            self.send_whole_image_next()
            self.draw_idle()

    def send_image(self) -> None:
        """Send the renderer's pixels as an image."""
        self.blit()
