"""Images for the browser, written quickly."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TRUECOLOUR_WITH_ALPHA = 6


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG file: length, kind, data, checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def encode(pixels: NDArray[np.uint8]) -> bytes:
    """Write an image as PNG.

    Pictures here are flat, and are read once, by the same machine or over a network that costs less
    than a good compression would: rows are not filtered, and deflated at the lowest level.

    Parameters
    ----------
    pixels : ndarray of shape (height, width, 4)
        Red, green, blue and opacity.

    Returns
    -------
    bytes
        As the PNG specification (third edition, W3C) has it.
    """
    height, width, _ = pixels.shape
    rows = np.zeros((height, 1 + 4 * width), dtype=np.uint8)
    rows[:, 1:] = pixels.reshape(height, 4 * width)
    header = struct.pack(">IIBBBBB", width, height, 8, TRUECOLOUR_WITH_ALPHA, 0, 0, 0)
    return b"".join(
        [
            SIGNATURE,
            chunk(b"IHDR", header),
            chunk(b"IDAT", zlib.compress(rows.tobytes(), 1)),
            chunk(b"IEND", b""),
        ]
    )
