"""Functions for processes: names, children, imported files, memory."""

import ctypes
import os
import signal
import sys
import sysconfig
from contextlib import suppress
from pathlib import Path
from types import FrameType

import lively

#: What is there and stays as it is: the standard library and what pip has installed.
INSTALL_FOLDERS = tuple(
    sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")
)

#: What `prctl` knows it by (linux/prctl.h).
PR_SET_CHILD_SUBREAPER = 36


def set_process_name(name: str) -> None:
    """Give this process a name of at most 15 letters, for those who look at a list of them."""
    Path("/proc/self/comm").write_text(name)


def reap_children() -> None:
    """Have the end of every child taken note of, so that none of them stays as a zombie."""

    def wait(number: int, frame: FrameType | None) -> None:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass

    signal.signal(signal.SIGCHLD, wait)


def adopt_orphans() -> None:
    """Become the parent of those below this process whose own parent ends, so that they are reaped.

    It would be the first process of all otherwise, which in a container may reap none.
    """
    with suppress(AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def last_imported_module() -> str:
    """Return the name of the module that was imported last."""
    return next(reversed(sys.modules))


def editable_module_files(since: str = "") -> set[str]:
    """Return the files of modules that are not installed for good.

    Parameters
    ----------
    since : str
        A module; those that were imported before it are not looked at. To look is to write: it
        counts a reference, in memory that is shared with other processes.
    """
    files = set()
    for name in reversed(sys.modules):
        if name == since:
            break
        file = getattr(sys.modules[name], "__file__", None)
        if file and not file.startswith((*INSTALL_FOLDERS, "<")):
            files.add(os.path.abspath(file))
    return files


def package_files() -> set[str]:
    """Return the files of this package."""
    package = Path(lively.__file__).parent
    return {str(path) for path in package.rglob("*") if path.suffix in (".py", ".js", ".css")}


def release_free_memory() -> None:
    """Give memory that is free back to the system, where the C library can do that."""
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def exit_process() -> None:
    """End this process at once, without cleaning up what it shares with others."""
    os._exit(0)
