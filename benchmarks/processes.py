"""What a server and the processes below it weigh and use."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

SERVER, FORK_SERVER, TEMPLATE, VISIT, KERNEL = (
    "server",
    "fork server",
    "templates",
    "visits",
    "kernels",
)
#: Kinds of processes, by their names. Whatever else is below the server is a kernel.
KINDS = {"lively-fork": FORK_SERVER, "lively-page": TEMPLATE, "lively-visit": VISIT}
#: To which kind the ended children of a kind belong.
ENDED = {SERVER: KERNEL, FORK_SERVER: KERNEL, TEMPLATE: VISIT, VISIT: VISIT, KERNEL: KERNEL}
#: Keeps a core busy until it is ended, or whoever started it is gone.
BUSY = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"


@dataclass(frozen=True)
class Census:
    """The processes of a server at one moment.

    Attributes
    ----------
    seconds : Counter of str
        CPU seconds used so far, by kind; those of ended processes count for their kind.
    memory : dict of str to list of float
        MB of each process, by kind: what several share counts in part (PSS).
    files : int
        Open files of the server.
    zombies : int
    """

    seconds: Counter[str]
    memory: dict[str, list[float]]
    files: int
    zombies: int

    @property
    def processes(self) -> int:
        """Number of processes, the server included."""
        return sum(map(len, self.memory.values()))

    def weight(self, *kinds: str) -> float:
        """Return the MB of some kinds together."""
        return sum(sum(self.memory.get(kind, [])) for kind in kinds)


def kind(process: psutil.Process, server: int) -> str:
    """Return the kind of a process."""
    if process.pid == server:
        return SERVER
    return KINDS.get(process.name(), KERNEL)


def count(server: int, weigh: bool = True) -> Census:
    """Take a census of a server; what takes longest is to weigh."""
    root = psutil.Process(server)
    seconds: Counter[str] = Counter()
    memory: dict[str, list[float]] = {}
    zombies = 0
    for process in [root, *root.children(recursive=True)]:
        # A process may end while it is looked at.
        with suppress(psutil.NoSuchProcess):
            if process.status() == psutil.STATUS_ZOMBIE:
                zombies += 1
                continue
            what = kind(process, server)
            used = process.cpu_times()
            seconds[what] += used.user + used.system
            seconds[ENDED[what]] += used.children_user + used.children_system
            weight = process.memory_full_info().pss / 2**20 if weigh else 0.0
            memory.setdefault(what, []).append(weight)
    return Census(seconds, memory, root.num_fds(), zombies)


@contextmanager
def busy(loops: int) -> Iterator[None]:
    """Run so many busy loops meanwhile."""
    running = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(loops)]
    try:
        yield
    finally:
        for process in running:
            process.terminate()
            process.wait()
