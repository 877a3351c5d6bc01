"""Files, memory, threads and children that a forked process shares with its parent, or lacks."""

import os
import re
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc/self")


def open_files() -> dict[int, str]:
    """Return what this process has open, by descriptor."""
    found = {}
    for name in os.listdir(PROC / "fd"):
        # The one by which the folder was read is closed by now.
        with suppress(OSError):
            found[int(name)] = os.readlink(PROC / "fd" / name)
    return found


def is_reopened(number: int, target: str) -> bool:
    """Return whether `reopen_files` opens a file anew: one on disk, open for reading only."""
    if not os.path.isfile(target):
        return False
    info = (PROC / "fdinfo" / str(number)).read_text()
    flags = int(re.search(r"^flags:\s*(\d+)", info, re.MULTILINE)[1], 8)  # type: ignore[index]
    return not flags & (os.O_WRONLY | os.O_RDWR)


def reopen_files() -> None:
    """Give this process, just forked, its own position in every file that is only read.

    Forked processes share it otherwise, and what one reads the other misses. matplotlib keeps the
    files of its fonts open.
    """
    for number, target in open_files().items():
        if is_reopened(number, target):
            position = os.lseek(number, 0, os.SEEK_CUR)
            new = os.open(target, os.O_RDONLY | os.O_CLOEXEC)
            if os.path.samestat(os.fstat(new), os.fstat(number)):
                os.dup2(new, number, inheritable=False)
                os.lseek(number, position, os.SEEK_SET)
            os.close(new)


def shared_memory_regions() -> set[str]:
    """Return the pieces of memory that this process can write to together with others."""
    lines = (PROC / "maps").read_text().splitlines()
    return {line.split(None, 5)[5] for line in lines if line.split()[1] == "rw-s"}


def thread_count() -> int:
    """Return how many threads this process has, those of compiled code included."""
    return sum(1 for _ in (PROC / "task").iterdir())


def has_children() -> bool:
    """Return whether this process has others below it."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True
