"""Messages of the websocket's protocol, ``v1.kernel.websocket.jupyter.org``, to and from bytes.

A message is its offsets, eight bytes each, behind their number; then the name of a channel, header,
parent header, metadata and content, and any buffers.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

PROTOCOL = "v1.kernel.websocket.jupyter.org"
#: More parts than any message has.
MOST_PARTS = 1000
#: The parts before the buffers.
NAMES = ("header", "parent_header", "metadata", "content")


class NotAMessageError(ValueError):
    """Something has not the outline of a message."""


def join(channel: str, parts: Sequence[bytes | memoryview]) -> bytes:
    """Return the bytes of a message.

    Parameters
    ----------
    channel : str
    parts : sequence of bytes
        Those that `NAMES` names, and the buffers.
    """
    pieces = [channel.encode(), *parts]
    offsets = [8 * (len(pieces) + 2)]
    for piece in pieces:
        offsets.append(offsets[-1] + memoryview(piece).nbytes)
    numbers = [len(offsets), *offsets]
    return b"".join([b"".join(n.to_bytes(8, "little") for n in numbers), *pieces])


def split(message: bytes, unpack: Callable[[bytes], Any]) -> tuple[str, dict[str, Any]]:
    """Return a message's channel and the message itself.

    Parameters
    ----------
    message : bytes
    unpack : callable
        Reads JSON.

    Raises
    ------
    NotAMessageError
        If it has not the outline of a message.
    """
    try:
        return _split(message, unpack)
    except (ValueError, TypeError, RecursionError) as error:
        raise NotAMessageError(str(error)) from error


def _split(message: bytes, unpack: Callable[[bytes], Any]) -> tuple[str, dict[str, Any]]:
    count = int.from_bytes(message[:8], "little")
    least = len(NAMES) + 2
    if not least <= count <= MOST_PARTS or 8 * (count + 1) > len(message):
        raise ValueError("A message must begin with its offsets.")
    at = [int.from_bytes(message[8 * i : 8 * (i + 1)], "little") for i in range(1, count + 1)]
    pieces = [message[start:end] for start, end in pairwise(at)]
    read = {
        name: unpack(piece) for name, piece in zip(NAMES, pieces[1 : len(NAMES) + 1], strict=True)
    }
    if not all(isinstance(part, dict) for part in read.values()):
        raise ValueError("The parts of a message must be objects.")
    if not isinstance(read["header"].get("msg_type"), str):
        raise ValueError("A message must have a type.")
    kind, number = read["header"]["msg_type"], str(read["header"].get("msg_id", ""))
    buffers = [memoryview(piece) for piece in pieces[len(NAMES) + 1 :]]
    return pieces[0].decode(), {**read, "buffers": buffers, "msg_type": kind, "msg_id": number}
