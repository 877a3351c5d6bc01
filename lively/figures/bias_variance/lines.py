"""Many curves in one image, darker where more of them run."""

from functools import lru_cache

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from numpy.typing import NDArray

from lively.truths import Array


@lru_cache(maxsize=8)
def between(cells: int, ends: int) -> tuple[NDArray[np.intp], Array]:
    """Return, for even positions from first to last of some values, the left one and the share."""
    at = np.linspace(0, cells - 1, ends)
    left = np.minimum(at.astype(np.intp), cells - 2)
    return left, at - left


def count(curves: Array, low: float, high: float, height: int, width: int) -> NDArray[np.int64]:
    """Count how many curves run through each pixel.

    In each column a curve covers the pixels from where it comes in to where it leaves. The first of
    them adds one and the pixel after the last takes it away, so that sums from the bottom are the
    counts.

    Parameters
    ----------
    curves : ndarray of shape (n, points)
        Heights at even distances from the left edge to the right.
    low, high : float
        Heights of the bottom and the top edge.
    height, width : int
        Pixels.

    Returns
    -------
    ndarray of shape (height, width)
        The lowest row first.
    """
    left, share = between(curves.shape[1], width + 1)
    fine = curves[:, left] * (1 - share) + curves[:, left + 1] * share
    rows = np.clip((fine - low) / (high - low) * height, -1, height).astype(np.int64)
    first = np.minimum(rows[:, :-1], rows[:, 1:])
    last = np.maximum(rows[:, :-1], rows[:, 1:]) + 1
    columns, size = np.arange(width), (height + 1) * width
    ends = [
        np.bincount((np.clip(row, 0, height) * width + columns).ravel(), minlength=size)
        for row in (first, last)
    ]
    return np.asarray(np.cumsum((ends[0] - ends[1]).reshape(-1, width), axis=0)[:height])


class Lines(Artist):
    """Curves between two values of x, one pixel wide each, over the height of some axes.

    Two hundred lines of matplotlib's take 40 ms; counted by pixel they take four. Each doubling of
    the count is one shade darker, so that a frame has few colours and is small.

    Parameters
    ----------
    ax : Axes
    palette : ndarray of uint8, shape (shades, 4)
        From none to many.
    zorder : float
    """

    def __init__(self, ax: Axes, palette: NDArray[np.uint8], zorder: float = 1) -> None:
        super().__init__()
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
            counted = count(self.curves, low, high, top - bottom, right - left)
            shade = np.minimum(np.ceil(np.log2(counted + 1)), len(self._palette) - 1)
            gc = renderer.new_gc()
            renderer.draw_image(gc, left, bottom, self._palette[shade.astype(np.uint8)])
            gc.restore()
        self.stale = False
