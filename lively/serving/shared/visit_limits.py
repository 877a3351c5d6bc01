"""What a visit may take, and how fast its messages may come."""

from dataclasses import dataclass
from time import monotonic

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
