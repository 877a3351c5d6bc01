"""Packets with an address, between the server and the process of a visit."""

import struct

#: Length of the content in bytes, and the websocket that it comes from or goes to.
HEADER = struct.Struct("<IB")
#: The address of all websockets of a visit, and that of the server itself.
ALL_WEBSOCKETS, THE_SERVER = 0, 255
#: Bytes of a packet from a visit's process; no page says as much at once.
MAX_PACKET_BYTES = 2**28


def encode_packet(address: int, *parts: bytes) -> bytes:
    """Return a packet.

    Parameters
    ----------
    address : int
        Number of a websocket, ALL_WEBSOCKETS or THE_SERVER.
    *parts : bytes
        The content, in pieces.
    """
    return b"".join((HEADER.pack(sum(map(len, parts)), address), *parts))


class PacketReader:
    """Cuts a stream into packets.

    Parameters
    ----------
    largest : int
        Bytes that a packet may have: whoever cuts keeps so much, while it is on its way.
    """

    def __init__(self, largest: int = MAX_PACKET_BYTES) -> None:
        self._largest, self._left = largest, bytearray()

    def feed(self, received: bytes) -> list[tuple[int, bytes]]:
        """Take what was received; return address and content of every packet that is whole.

        Raises
        ------
        ConnectionError
            If a packet is larger than it may be. Nothing that follows can be cut any more.
        """
        self._left += received
        packets, start = [], 0
        while len(self._left) >= start + HEADER.size:
            length, address = HEADER.unpack_from(self._left, start)
            if length > self._largest:
                raise ConnectionError(f"a packet must not have {length} bytes")
            end = start + HEADER.size + length
            if len(self._left) < end:
                break
            packets.append((address, bytes(self._left[start + HEADER.size : end])))
            start = end
        del self._left[:start]
        return packets
