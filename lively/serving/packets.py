"""What goes between the server and the process of a visit: packets with an address."""

import struct

#: Length of the content in bytes, and the websocket that it comes from or goes to.
HEAD = struct.Struct("<IB")
#: The address of all websockets of a visit, and that of the server itself.
ALL, SERVER = 0, 255


def pack(address: int, *parts: bytes) -> bytes:
    """Return a packet.

    Parameters
    ----------
    address : int
        Number of a websocket, ALL or SERVER.
    *parts : bytes
        The content, in pieces.
    """
    return b"".join((HEAD.pack(sum(map(len, parts)), address), *parts))


class Unpacker:
    """Cuts a stream into packets."""

    def __init__(self) -> None:
        self._left = bytearray()

    def feed(self, received: bytes) -> list[tuple[int, bytes]]:
        """Take what was received; return address and content of every packet that is whole."""
        self._left += received
        packets, start = [], 0
        while len(self._left) >= start + HEAD.size:
            length, address = HEAD.unpack_from(self._left, start)
            end = start + HEAD.size + length
            if len(self._left) < end:
                break
            packets.append((address, bytes(self._left[start + HEAD.size : end])))
            start = end
        del self._left[:start]
        return packets
