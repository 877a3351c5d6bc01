"""Frames for the browser: what changed, as runs of one colour.

A frame that follows a hand differs from the one before in a few hundredths of its pixels. As runs
it is written in a millisecond and put on the screen in less; an image would be encoded on this side
and, on the other, decoded beside the page, which waits for it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

#: The colours of a picture, row by row from the top: a pixel's four bytes as one number.
Pixels = NDArray[np.uint32]

#: Added to the length of a run of pixels that keep the colours they have.
UNCHANGED = 1 << 15


class RunLengthFrame(NamedTuple):
    """A frame, row by row from the top; no run goes on in the next row.

    Attributes
    ----------
    lengths : ndarray of uint16
        Pixels in each run, plus KEPT if they keep their colours.
    colours : ndarray of uint32
        The colour of each run that has one, as its four bytes in memory: red, green, blue, opacity.
    """

    lengths: NDArray[np.uint16]
    colours: NDArray[np.uint32]


def encode(pixels: Pixels, before: Pixels | None = None) -> RunLengthFrame:
    """Write a frame as runs.

    Parameters
    ----------
    pixels : ndarray of shape (height, width)
        Fewer than KEPT in a row.
    before : ndarray of shape (height, width), optional
        The frame that the browser has; without it, every pixel is told.
    """
    changed = np.ones(pixels.shape, dtype=bool) if before is None else pixels != before
    starts = np.ones(pixels.shape, dtype=bool)
    np.not_equal(pixels[:, 1:], pixels[:, :-1], out=starts[:, 1:])
    starts &= changed
    starts[:, 1:] |= changed[:, 1:] != changed[:, :-1]
    starts[:, 0] = True
    at = np.flatnonzero(starts)
    told = changed.ravel()[at]
    lengths = np.diff(at, append=pixels.size)
    lengths[~told] += UNCHANGED
    return RunLengthFrame(lengths.astype("<u2"), pixels.ravel()[at[told]].astype("<u4"))


class WholeFrame(NamedTuple):
    """All of a picture as runs: a thirtieth of what its pixels take.

    Attributes
    ----------
    runs : Runs
        None of which keeps its colour.
    size : tuple of int
        Height and width.
    """

    runs: RunLengthFrame
    size: tuple[int, ...]

    @classmethod
    def of(cls, pixels: Pixels) -> "WholeFrame":
        """Return a picture as runs."""
        return cls(encode(pixels), pixels.shape)

    def pixels(self) -> Pixels:
        """Return the picture as pixels."""
        return np.repeat(self.runs.colours, self.runs.lengths).reshape(self.size)
