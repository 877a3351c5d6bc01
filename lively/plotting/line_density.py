"""Many curves in one image, darker where more of them run."""

from functools import lru_cache

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from numpy.typing import NDArray

from lively.arrays import Array


@lru_cache(maxsize=8)
def interpolation_weights(cells: int, ends: int) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Return, for even positions from first to last of some values, the left one and the share."""
    at = np.linspace(0, cells - 1, ends)
    left = np.minimum(at.astype(np.intp), cells - 2)
    return left, (at - left).astype(np.float32)


def count_lines(
    curves: Array, low: float, high: float, height: int, width: int
) -> NDArray[np.int64]:
    """Count how many curves run through each cell of an image.

    In each column a curve covers the cells from where it comes in to where it leaves. The first of
    them adds one and the cell after the last takes it away, so that sums from the bottom are the
    counts.

    Parameters
    ----------
    curves : ndarray of shape (n, points)
        Heights at even distances from the left edge to the right.
    low, high : float
        Heights of the bottom and the top edge.
    height, width : int
        Cells.

    Returns
    -------
    ndarray of shape (height, width)
        The lowest row first.
    """
    left, share = interpolation_weights(curves.shape[1], width + 1)
    # One row more at either end takes what is beyond. Half the digits are more than a cell needs.
    heights = ((curves - low) * (height / (high - low))).clip(-1, height).astype(np.float32) + 1
    rises = np.diff(heights, axis=1)
    rows = (heights[:, left] + rises[:, left] * share).astype(np.int64)
    columns, size = np.arange(width), (height + 3) * width
    first = np.minimum(rows[:, :-1], rows[:, 1:]) * width + columns
    after = (np.maximum(rows[:, :-1], rows[:, 1:]) + 1) * width + columns
    changes = np.bincount(first.ravel(), minlength=size)
    changes -= np.bincount(after.ravel(), minlength=size)
    return np.asarray(np.cumsum(changes.reshape(-1, width), axis=0)[1 : height + 1])


class LineDensity(Artist):
    """Curves between two values of x, one pixel thick, over the height of some axes.

    Each doubling of their count is one shade darker, so that a frame has few colours and is small.

    Parameters
    ----------
    ax : Axes
    palette : ndarray of uint8, shape (shades, 4)
        From none to many.
    zorder : float

    Attributes
    ----------
    column : int
        Pixels across that are drawn as one: two take half the time, and are hardly to be seen.
    """

    def __init__(self, ax: Axes, palette: NDArray[np.uint8], zorder: float = 1) -> None:
        super().__init__()
        self.column = 1
        self.curves: Array = np.zeros((0, 2))
        self.ends = (0.0, 1.0)
        self._palette = palette
        self.set_zorder(zorder)
        ax.add_artist(self)

    def set_curves(self, ends: tuple[float, float], curves: Array) -> None:
        """Show other curves: heights at even distances, of shape (n, points), between two x."""
        self.ends, self.curves = ends, curves
        self.stale = True

    def draw(self, renderer: RendererBase) -> None:
        """Draw the image."""
        assert self.axes is not None
        if self.get_visible() and len(self.curves):
            low, high = self.axes.get_ylim()
            corners = self.axes.transData.transform([(self.ends[0], low), (self.ends[1], high)])
            (left, bottom), (right, top) = np.rint(corners).astype(int)
            columns = -(-(right - left) // self.column)
            counted = count_lines(self.curves, low, high, top - bottom, columns)
            shades = self._shades(len(self.curves))[counted]
            image = np.repeat(shades, self.column, axis=1)[:, : right - left]
            gc = renderer.new_gc()
            pixels = np.ascontiguousarray(image).view(np.uint8).reshape(*image.shape, 4)
            renderer.draw_image(gc, left, bottom, pixels)
            gc.restore()
        self.stale = False

    def _shades(self, most: int) -> NDArray[np.uint32]:
        """Return the colour for every count up to `most`, its four bytes as one number."""
        doublings = np.ceil(np.log2(np.arange(most + 1) + 1)).astype(np.intp)
        chosen = self._palette[np.minimum(doublings, len(self._palette) - 1)]
        return np.ascontiguousarray(chosen).view(np.uint32)[:, 0]
