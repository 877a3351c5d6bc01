"""Where pictures meet the browser: the one module that knows ipympl."""

import json
import logging
from typing import Any

import numpy as np
from ipympl.backend_nbagg import Canvas, FigureManager

from lively.figures.picture import Picture
from lively.runs import encode

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

    # ipympl's own, which it does not annotate.
    _force_full: bool
    _png_is_old: bool
    _last_buff: Any

    def __init__(self, picture: Picture) -> None:
        super().__init__(picture.figure)
        self._picture = picture
        self._background: Any = None
        self._streaming = False
        FigureManager(self, 0)
        self.toolbar_visible = False
        self.header_visible = False
        self.footer_visible = False
        self.resizable = False
        self.layout.width = "100%"

    @property
    def streaming(self) -> bool:
        """Whether the browser takes frames as runs, and without having asked for them.

        Without the script that does, ipympl's own way is taken: the browser asks for an image.
        """
        return self._streaming

    @streaming.setter
    def streaming(self, on: bool) -> None:
        # What the browser has of the one kind is no ground for the other.
        self._streaming, self._force_full = on, True

    def refresh(self) -> None:
        """Bring what changed to the browser: at once, if its script can take that, or when asked.

        A frame that is sent at once is one way shorter.
        """
        if self.streaming:
            self.draw()
        else:
            self.draw_idle()

    def draw(self) -> None:
        """Draw the picture: only what moved, on a copy of the rest, unless the rest changed too.

        matplotlib itself says whether it did: an animated artist that moves does not make its
        figure stale; limits, labels, visibility, size and resolution do.
        """
        renderer = self.get_renderer()
        if self._background is None or self.figure.stale:
            renderer.clear()
            self.figure.draw(renderer)
            self._background = renderer.copy_from_bbox(self.figure.bbox)
        else:
            renderer.restore_region(self._background)
        for artist in self._picture.moving:
            if artist.axes is not None and artist.axes.get_visible():
                artist.draw(renderer)
        self._png_is_old = True
        if self.streaming:
            self._stream()
        else:
            self.manager.refresh_all()

    def _stream(self) -> None:
        """Send what changed since the last frame."""
        pixels = np.asarray(self.get_renderer().buffer_rgba()).view(np.uint32).squeeze(2)
        known = not self._force_full and pixels.shape == self._last_buff.shape
        frame = encode(pixels, self._last_buff if known else None)
        self._last_buff = pixels.copy()
        self._force_full = self._png_is_old = False
        height, width = pixels.shape
        said = {"type": "runs", "width": width, "height": height, "whole": not known}
        self.send(
            {"data": json.dumps(said)},
            buffers=[part.tobytes() for part in frame],
        )

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
