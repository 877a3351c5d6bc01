"""A picture as pixels, drawn by as little as will do."""

from collections import OrderedDict
from typing import Any

import numpy as np
from matplotlib.backend_bases import DrawEvent, ResizeEvent
from matplotlib.backends.backend_agg import FigureCanvasAgg

from lively.plotting.live_figure import LiveFigure
from lively.plotting.matplotlib_adapter import process_event, set_pixel_ratio
from lively.plotting.style import DPI
from lively.ui.run_length import Pixels, WholeFrame
from lively.ui.screens import PictureShape

#: Shapes whose backgrounds are kept beside the present one's, unless more have been prepared.
MOST_BACKGROUNDS = 4


class Painting:
    """The pixels of a picture in the shape that it has, and its backgrounds in others.

    The background is what stays when the settings move. matplotlib itself says whether it has
    changed: an animated artist that moves does not make its figure stale; limits, labels and
    visibility do. Size and resolution do as well, but a picture that comes back to a shape finds
    its background there. As runs, backgrounds of other shapes take a thirtieth of the memory.

    Parameters
    ----------
    picture : Picture
    canvas : FigureCanvasAgg
        Its renderer is drawn with.

    Attributes
    ----------
    shape : Shape
        What the picture is to be drawn for.
    room : int
        How many other backgrounds are kept.
    """

    def __init__(self, picture: LiveFigure, canvas: FigureCanvasAgg) -> None:
        self._picture, self._figure, self._canvas = picture, picture.figure, canvas
        width, height = picture.size
        self.shape = self._laid = PictureShape(round(width), round(height), 1.0)
        self.room = MOST_BACKGROUNDS
        self._background: Pixels | None = None
        self._others: OrderedDict[PictureShape, WholeFrame] = OrderedDict()
        self._done = False
        # Whoever else draws the figure, to save it, leaves other pixels behind.
        canvas.mpl_connect("draw_event", self._forget)

    def change(self) -> None:
        """Take note that the moving artists have moved."""
        self._done = False

    def paint(self) -> Pixels:
        """Return the picture's pixels, shape (height, width), until the next painting."""
        self.settle()
        pixels = self._pixels()
        if self._done and not self._figure.stale:
            return pixels
        if self._background is None or self._figure.stale:
            self._draw(pixels)
        else:
            pixels[:] = self._background
        renderer = self._renderer()
        for artist in self._picture.moving:
            if artist.axes is not None and artist.axes.get_visible():
                artist.draw(renderer)
        self._done = True
        return pixels

    def settle(self) -> None:
        """Lay out the figure for its shape, if it is not yet."""
        if self._laid == self.shape:
            return
        if self._figure.stale:
            self._others.clear()
        elif self._background is not None:
            self._keep(self._laid, self._background)
        self._laid = self.shape
        set_pixel_ratio(self._canvas, self.shape.ratio)
        self._figure.set_size_inches(self.shape.width / DPI, self.shape.height / DPI, forward=False)
        resized: Any = ResizeEvent("resize_event", self._canvas)
        process_event(resized)
        kept = self._others.pop(self.shape, None)
        drawn: Any = DrawEvent("draw_event", self._canvas, self._renderer())
        process_event(drawn)
        self._background = kept.pixels() if kept else None
        # So far nothing else has changed; whatever does from now on, says so.
        self._figure.stale = False

    def _draw(self, pixels: Pixels) -> None:
        """Draw the background."""
        if self._figure.stale:
            self._others.clear()
        renderer = self._renderer()
        renderer.clear()
        self._figure.draw(renderer)
        self._background = pixels.copy()

    def _keep(self, shape: PictureShape, background: Pixels) -> None:
        self._others[shape] = WholeFrame.of(background)
        while len(self._others) > self.room:
            self._others.popitem(last=False)

    def _forget(self, event: Any) -> None:
        self._background, self._done = None, False

    def _renderer(self) -> Any:
        return self._canvas.get_renderer()  # type: ignore[no-untyped-call]

    def _pixels(self) -> Pixels:
        """Return the renderer's own pixels, each as one number."""
        return np.asarray(self._renderer().buffer_rgba()).view(np.uint32).squeeze(2)
