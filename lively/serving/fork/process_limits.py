"""Limits what a process of a visit may take of the system."""

import os
import resource
from pathlib import Path

#: Files that a process of a visit may have open.
MAX_OPEN_FILES = 1024
#: By how much its priority is below the server's.
NICENESS = 5


def limit_process(memory: int) -> None:
    """Limit what this process may take of the system, beside what it has.

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
