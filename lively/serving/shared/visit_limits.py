"""What a visit may take: of the system, and of the server's time."""

import os
import resource
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

#: Files that a process of a visit may have open.
MAX_OPEN_FILES = 1024
#: By how much its priority is below the server's.
NICENESS = 5
#: Seconds for which more may come than is let pass for ever: what comes at once when a page opens.
BURST_SECONDS = 2.0


@dataclass(frozen=True)
class VisitLimits:
    """What one visit may take.

    Attributes
    ----------
    memory : int
        Bytes beside those that its process was forked with; 0 if there is no bound.
    messages : float
        Of all its websockets, in a second.
    traffic : int
        Bytes of these messages, in a second.
    message : int
        Bytes of a single message.
    """

    memory: int = 2**30
    messages: float = 200.0
    traffic: int = 2**20
    message: int = 10 * 2**20


class RateLimiter:
    """Tells how long what comes must wait, so that no more than so much passes in a second.

    Parameters
    ----------
    rate : float
        What passes in a second.
    burst : float
        What may pass at once, after a rest.
    """

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._left, self._since = burst, monotonic()

    def take(self, amount: float) -> float:
        """Let an amount pass; return the seconds that it has to wait before."""
        now = monotonic()
        rested = self._left + (now - self._since) * self._rate
        self._left, self._since = min(self._burst, rested) - amount, now
        return max(0.0, -self._left / self._rate)


class MessageRateLimiter:
    """The paces of a visit's messages: their number, and their bytes.

    Parameters
    ----------
    bounds : VisitLimits
    """

    def __init__(self, bounds: VisitLimits) -> None:
        self._messages = RateLimiter(bounds.messages, BURST_SECONDS * bounds.messages)
        # A single message must not wait longer than its websocket is kept.
        self._traffic = RateLimiter(
            bounds.traffic, max(BURST_SECONDS * bounds.traffic, bounds.message)
        )

    def take(self, size: int) -> float:
        """Let a message of so many bytes pass; return the seconds that it has to wait before."""
        return max(self._messages.take(1), self._traffic.take(size))


def limit_process(memory: int) -> None:
    """Bound what this process may take of the system; what it has is its own.

    Parameters
    ----------
    memory : int
        Bytes of data that it may have beside what it has now; 0 if there is no bound.
    """
    # The server passes on what all visits say: it must not wait until one has computed enough.
    os.nice(NICENESS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = MAX_OPEN_FILES if files == resource.RLIM_INFINITY else min(MAX_OPEN_FILES, files)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    if memory:
        # Pages that are shared with the process that this one was forked from count as well.
        most = data_size() + memory
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def data_size() -> int:
    """Return the bytes of this process's data, as the system counts them for its limit."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    raise OSError(f"the system does not say what process {os.getpid()} has")
