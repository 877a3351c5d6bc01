"""A queue of messages with a limit on their number and bytes."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import suppress


class BoundedMessageQueue:
    """Messages that wait, the first one in front.

    Their bytes are counted as they come and go: to add them up for each message would take longer
    the more of them wait. A message that is larger than all that may wait has its turn too; so it
    is full when it has so much, not before.

    Parameters
    ----------
    size : int
        Bytes with which it is full.
    number : int
        Messages with which it is full.
    """

    def __init__(self, size: int, number: int) -> None:
        self._most_bytes, self._most = size, number
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._room = asyncio.Event()
        self._room.set()

    def __len__(self) -> int:
        return len(self._waiting)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._waiting)

    @property
    def full(self) -> bool:
        """Whether nothing more should be added."""
        return not self._room.is_set()

    def append(self, message: bytes) -> None:
        """Add a message."""
        self._waiting.append(message)
        self._count(len(message))

    def popleft(self) -> bytes:
        """Take the message that has waited longest."""
        message = self._waiting.popleft()
        self._count(-len(message))
        return message

    def clear(self) -> None:
        """Remove all messages."""
        self._waiting.clear()
        self._count(-self._bytes)

    async def room(self, seconds: float) -> bool:
        """Wait until there is room, for at most so many seconds; return whether there is."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._room.wait(), seconds)
        return not self.full

    def _count(self, size: int) -> None:
        self._bytes += size
        if self._bytes < self._most_bytes and len(self._waiting) < self._most:
            self._room.set()
        else:
            self._room.clear()
