"""Where pictures meet the browser: the one module that knows ipympl."""

import logging
from typing import Any

from ipympl.backend_nbagg import Canvas, FigureManager

from lively.figures.picture import Picture

logger = logging.getLogger(__name__)

#: Limits for a canvas, in pixels of the page: what a message may ask for.
SMALLEST, LARGEST = 120, 4000
RATIOS = (0.5, 4.0)


class LiveCanvas(Canvas):  # type: ignore[misc]
    """A canvas without toolbar, header and handle, which checks what the browser sends.

    Parameters
    ----------
    picture : Picture
        Whose figure is shown. Nothing is drawn until the browser asks: an image sent before the
        canvas is on the page would be lost, and with it all that are told as differences to it.
    """

    def __init__(self, picture: Picture) -> None:
        super().__init__(picture.figure)
        FigureManager(self, 0)
        self.toolbar_visible = False
        self.header_visible = False
        self.footer_visible = False
        self.resizable = False
        self.layout.width = "100%"

    def _handle_message(self, widget: Any, content: Any, buffers: Any) -> None:
        """Pass on a message of the browser's if it is one that a browser would send."""
        try:
            kind = content["type"]
            if kind == "resize":
                self._check(content, ("width", "height"), (SMALLEST, LARGEST))
            elif kind in ("set_dpi_ratio", "set_device_pixel_ratio"):
                name = "dpi_ratio" if kind == "set_dpi_ratio" else "device_pixel_ratio"
                self._check(content, (name,), RATIOS)
            super()._handle_message(widget, content, buffers)
            if kind == "initialized":
                # ipympl's script shows the handle for resizing again whenever it starts.
                self.send_state("resizable")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            logger.warning("A canvas was sent something it cannot take: %r", error)

    def send_json(self, content: dict[str, Any]) -> None:
        """Send a message to the browser, unless ipympl's script has no use for it."""
        if content["type"] != "capture_scroll":
            super().send_json(content)

    @staticmethod
    def _check(
        content: dict[str, Any], names: tuple[str, ...], allowed: tuple[float, float]
    ) -> None:
        low, high = allowed
        for name in names:
            if not low <= float(content[name]) <= high:
                raise ValueError(f"{name} must be between {low} and {high}.")

    def resize(self, width: int, height: int) -> None:
        """Take another size, in pixels of the page; the browser then asks for a new image."""
        self._handle_message(self, {"type": "resize", "width": width, "height": height}, [])
