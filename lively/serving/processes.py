"""Small things that the processes of the server's side have in common."""

import os
import signal
import sys
import sysconfig
from pathlib import Path
from types import FrameType

import lively

#: What is there and stays as it is: the standard library and what pip has installed.
FIXED = tuple(sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib"))


def rename(name: str) -> None:
    """Give this process a name of at most 15 letters, for those who look at a list of them."""
    Path("/proc/self/comm").write_text(name)


def reap() -> None:
    """Have the end of every child taken note of, so that none of them stays as a zombie."""

    def wait(number: int, frame: FrameType | None) -> None:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass

    signal.signal(signal.SIGCHLD, wait)


def changing_modules() -> set[str]:
    """Return the files of all modules that are not installed for good, and of this package."""
    files = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
    loose = {file for file in files if file and not file.startswith((*FIXED, "<"))}
    package = Path(lively.__file__).parent
    own = (str(path) for path in package.rglob("*") if path.suffix in (".py", ".js", ".css"))
    return {os.path.abspath(file) for file in loose} | set(own)
