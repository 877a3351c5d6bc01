"""An image of few shades over the whole of some axes, made at the screen's own pixels."""

from functools import lru_cache

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from numpy.typing import NDArray

from lively.arrays import Array


@lru_cache(maxsize=16)
def interpolation_cells(pixels: int, cells: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Say between which middles of `cells` in a row the middles of more pixels lie.

    Returns
    -------
    left : ndarray of int, shape (pixels,)
        The nearer one to the left is this one's, the other one the next.
    along : ndarray of float32, shape (pixels,)
        How far along the way from the one to the other, between 0 and 1.
    """
    at = np.clip((np.arange(pixels) + 0.5) / pixels * cells - 0.5, 0, cells - 1)
    left = np.minimum(at.astype(np.intp), cells - 2)
    return left, (at - left).astype(np.float32)


class ShadedImage(Artist):
    """Values between 0 and 1 on even cells, shown as shades from one colour to another.

    matplotlib's own image takes 9 ms a frame for what takes one here: values are interpolated to
    the pixels, down and then across, and looked up in a few shades. Few shades also make a frame
    small, since it is sent as runs of one colour.

    Parameters
    ----------
    ax : Axes
        Covered from edge to edge.
    palette : ndarray of uint8, shape (shades, 4)
        Red, green, blue and opacity of each shade.
    zorder : float
    """

    def __init__(self, ax: Axes, palette: NDArray[np.uint8], zorder: float = 1) -> None:
        super().__init__()
        self.values: Array = np.full((2, 2), 0.5)
        self._palette = np.ascontiguousarray(palette)
        self.set_zorder(zorder)
        ax.add_artist(self)

    def set_values(self, values: Array) -> None:
        """Show other values, of shape (rows, columns), at least (2, 2), from the bottom left."""
        self.values = values
        self.stale = True

    def pixels(self, height: int, width: int) -> NDArray[np.uint8]:
        """Return the image of so many pixels, from the bottom; shape (height, width, 4)."""
        count = len(self._palette)
        shades = np.clip(self.values * count, 0, count * (1 - 1e-6)).astype(np.float32)
        rows, columns = shades.shape
        below, up = interpolation_cells(height, rows)
        part = shades[below]
        part += up[:, None] * (shades[below + 1] - part)
        left, across = interpolation_cells(width, columns)
        smooth = part[:, left]
        smooth += across * (part[:, left + 1] - smooth)
        # A colour's four bytes are looked up as one number.
        colours = np.take(self._palette.view(np.uint32).ravel(), smooth.astype(np.uint8))
        return colours.view(np.uint8).reshape(height, width, 4)

    def draw(self, renderer: RendererBase) -> None:
        """Draw the image."""
        assert self.axes is not None
        (left, bottom), (right, top) = np.rint(self.axes.bbox.get_points()).astype(int)
        if self.get_visible() and right > left and top > bottom:
            gc = renderer.new_gc()
            renderer.draw_image(gc, left, bottom, self.pixels(top - bottom, right - left))
            gc.restore()
        self.stale = False
