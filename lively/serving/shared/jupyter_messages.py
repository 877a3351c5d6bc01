"""Messages of the websocket's protocol, ``v1.kernel.websocket.jupyter.org``, to and from bytes.

A message is its offsets, eight bytes each, behind their number; then the name of a channel, header,
parent header, metadata and content, and any buffers.
"""

import struct
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

PROTOCOL = "v1.kernel.websocket.jupyter.org"
#: More parts than any message has.
MAX_PARTS = 1000
#: The parts before the buffers.
PART_NAMES = ("header", "parent_header", "metadata", "content")


class InvalidMessageError(ValueError):
    """Something has not the outline of a message."""


def encode_message(channel: str, parts: Sequence[bytes | memoryview]) -> bytes:
    """Return the bytes of a message.

    Parameters
    ----------
    channel : str
    parts : sequence of bytes
        Those that `PART_NAMES` names, and the buffers.
    """
    pieces = [channel.encode(), *parts]
    offsets = [8 * (len(pieces) + 2)]
    for piece in pieces:
        offsets.append(offsets[-1] + memoryview(piece).nbytes)
    numbers = [len(offsets), *offsets]
    return b"".join([b"".join(n.to_bytes(8, "little") for n in numbers), *pieces])


def part_offsets(message: bytes) -> tuple[int, ...]:
    """Return the offsets of a message's parts, and its end.

    Each part lies behind the one before, so that all of them together are no larger than the
    message: offsets that go to and fro would have a small message copied a thousand times.

    Raises
    ------
    InvalidMessageError
        If it has not the outline of a message.
    """
    count = int.from_bytes(message[:8], "little")
    if not len(PART_NAMES) + 2 <= count <= MAX_PARTS or 8 * (count + 1) > len(message):
        raise InvalidMessageError("A message must begin with its offsets.")
    at = struct.unpack_from(f"<{count}Q", message, 8)
    if at[0] < 8 * (count + 1) or at[-1] != len(message) or any(a > b for a, b in pairwise(at)):
        raise InvalidMessageError("The parts of a message must lie one behind the other.")
    return at


def decode_message(message: bytes, unpack: Callable[[bytes], Any]) -> tuple[str, dict[str, Any]]:
    """Return a message's channel and the message itself.

    Parameters
    ----------
    message : bytes
    unpack : callable
        Reads JSON.

    Raises
    ------
    InvalidMessageError
        If it has not the outline of a message.
    """
    try:
        return _split(message, unpack)
    except (ValueError, TypeError, RecursionError) as error:
        raise InvalidMessageError(str(error)) from error


def _split(message: bytes, unpack: Callable[[bytes], Any]) -> tuple[str, dict[str, Any]]:
    pieces = [message[start:end] for start, end in pairwise(part_offsets(message))]
    read = {
        name: unpack(piece)
        for name, piece in zip(PART_NAMES, pieces[1 : len(PART_NAMES) + 1], strict=True)
    }
    if not all(isinstance(part, dict) for part in read.values()):
        raise ValueError("The parts of a message must be objects.")
    if not isinstance(read["header"].get("msg_type"), str):
        raise ValueError("A message must have a type.")
    kind, number = read["header"]["msg_type"], str(read["header"].get("msg_id", ""))
    buffers = [memoryview(piece) for piece in pieces[len(PART_NAMES) + 1 :]]
    return pieces[0].decode(), {**read, "buffers": buffers, "msg_type": kind, "msg_id": number}
