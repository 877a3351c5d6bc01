"""Frames for the browser: what changed, as runs of one colour.

A frame that follows a hand differs from the one before in a few hundredths of its pixels. As runs
it is written in a millisecond and put on the screen in less; an image would be encoded on this side
and, on the other, decoded beside the page, which waits for it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: What stands for a pixel that keeps its colour, in a frame that is not whole.
KEEP = 0


class Runs(NamedTuple):
    """A frame, row by row from the top; no run goes on in the next row.

    Attributes
    ----------
    whole : bool
        Whether every pixel is told, or only those that changed.
    colours : ndarray of uint32
        The colours that occur, each as its four bytes red, green, blue and opacity in memory.
    lengths : ndarray of uint16
        Pixels in each run.
    numbers : ndarray of uint16, or of uint32 if there are more colours than that can tell
        Which of the colours each run has.
    """

    whole: bool
    colours: NDArray[np.uint32]
    lengths: NDArray[np.uint16]
    numbers: NDArray[np.uint16] | NDArray[np.uint32]


def encode(pixels: NDArray[np.uint32], before: NDArray[np.uint32] | None = None) -> Runs:
    """Write a frame as runs.

    Parameters
    ----------
    pixels : ndarray of shape (height, width)
        A pixel's four bytes as one number; at most 65,535 in a row.
    before : ndarray of shape (height, width), optional
        The frame that the browser has. Without it, or if a pixel changed to what stands for no
        change, the frame is whole.
    """
    told = pixels
    if before is not None:
        changed = pixels != before
        if (pixels[changed] == KEEP).any():
            before = None
        else:
            told = np.where(changed, pixels, np.uint32(KEEP))
    starts = np.ones(told.shape, dtype=bool)
    np.not_equal(told[:, 1:], told[:, :-1], out=starts[:, 1:])
    at = np.flatnonzero(starts)
    colours, numbers = np.unique(told.ravel()[at], return_inverse=True)
    return Runs(
        whole=before is None,
        colours=colours.astype("<u4"),
        lengths=np.diff(at, append=told.size).astype("<u2"),
        numbers=numbers.astype("<u2" if len(colours) <= 2**16 else "<u4"),
    )
