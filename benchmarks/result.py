"""How visitors fared, as text."""

import statistics
from collections import Counter
from dataclasses import dataclass

from processes import FORK_SERVER, KERNEL, SERVER, TEMPLATE, VISIT, Census
from visit import Times

#: The times of a visit, with their headings.
COLUMNS = {
    "first_byte": "first byte",
    "html": "HTML",
    "picture": "GET to frame",
    "frame": "ws to frame",
    "frames": "all frames",
    "slider": "slider",
}
HEAD = f"{'round':5} {'kernels':12}" + "".join(f"{name:>14}" for name in COLUMNS.values())


@dataclass(frozen=True)
class Result:
    """How visitors fared.

    Attributes
    ----------
    times : list of Times
        Of those whose visit was whole.
    failures : Counter of str
        The others, by reason.
    before, during, after : Census
        Before the first, while all are there, when all have left. The same one twice if they were
        never there at once.
    observer : float
        CPU seconds that the visitors themselves have used.
    """

    times: list[Times]
    failures: Counter[str]
    before: Census
    during: Census
    after: Census
    observer: float

    @property
    def visitors(self) -> int:
        """Number of all visitors."""
        return len(self.times) + self.failures.total()

    def seconds(self, name: str) -> tuple[float, float]:
        """Return median and 95th percentile of one of the times."""
        taken = [getattr(times, name) for times in self.times]
        return statistics.median(taken), late(taken)

    def cpu(self) -> dict[str, float]:
        """Return the CPU seconds a visit, by kind of process.

        Those of a process that nobody has waited for are gone when it has ended; then what it had
        used before counts.
        """
        used = {
            kind: max(self.during.seconds[kind], self.after.seconds[kind])
            - self.before.seconds[kind]
            for kind in (SERVER, FORK_SERVER, TEMPLATE, VISIT, KERNEL)
        }
        return {kind: seconds / self.visitors for kind, seconds in used.items() if seconds}

    def row(self) -> str:
        """Return the times as cells of a table."""
        if not self.times:
            return " " * 14 * len(COLUMNS)
        return "".join(f"{'{:.3f} {:.3f}'.format(*self.seconds(n)):>14}" for n in COLUMNS)

    def __str__(self) -> str:
        used = self.cpu()
        parts = ", ".join(f"{kind} {seconds:.3f}" for kind, seconds in used.items())
        failed = ", ".join(f"{n} × {why}" for why, n in self.failures.most_common())
        return (
            f"  failures: {self.failures.total()} of {self.visitors}{failed and f': {failed}'}\n"
            f"  CPU s a visit: {sum(used.values()):.3f} ({parts}); "
            f"the observer itself {self.observer / self.visitors:.3f}"
        )

    def memory(self) -> float:
        """Return the MB of a visit's process, the mean while all are there."""
        there = self.during.memory.get(VISIT, []) + self.during.memory.get(KERNEL, [])
        return statistics.mean(there) if there else 0.0

    def weights(self) -> str:
        """Return what the visits weigh, and what stands beside them, while all are there."""
        files = (self.during.files - self.before.files) / self.visitors
        return (
            f"  MB PSS: {self.memory():.1f} a visit, "
            f"server {self.during.weight(SERVER):.0f}, "
            f"fork server and templates {self.during.weight(FORK_SERVER, TEMPLATE):.0f}; "
            f"open files of the server: {files:.1f} a visitor"
        )


def late(seconds: list[float]) -> float:
    """Return the 95th percentile."""
    return (
        statistics.quantiles(seconds, n=20, method="inclusive")[-1]
        if len(seconds) > 1
        else seconds[0]
    )
