"""Watches a notebook while it is built, for what would not be the same for every visit.

What is built once is shared by all who visit. So nothing may be built in that belongs to one visit
(its query, the time, chance, a process id), and nothing may be left open that processes would share
(threads do not survive a fork; files and sockets would have one position for all).

Not seen is what compiled code does by itself: a variable of the environment, the clock or the
system's random numbers read in C. An author who knows of such a thing says so in the notebook's
metadata: ``"lively": {"build_once": false}``.
"""

import datetime
import os
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any

import lively
from lively.serving.fork.inherited_resources import (
    has_children,
    is_reopened,
    open_files,
    shared_memory_regions,
    thread_count,
)
from lively.serving.fork.random_number_monitor import SEED_FUNCTION, RandomNumberMonitor

#: Variables of the environment that differ from visit to visit, as Voilà names them.
VISIT_VARIABLES = {
    *("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "SERVER_PROTOCOL", "SERVER_PORT", "SERVER_NAME"),
    *("VOILA_REQUEST_URL", "VOILA_KERNEL_ID", "VOILA_WS_BASE_URL", "VOILA_WS_PROTOCOL"),
    *("VOILA_APP_IP", "VOILA_APP_PORT"),
}
#: What reads the clock, who runs, or chance, and how that is called.
VARYING_FUNCTIONS: dict[Any, str] = {
    **dict.fromkeys((time.time, time.time_ns, time.localtime, time.gmtime), "the time"),
    **dict.fromkeys((time.ctime, time.asctime, time.strftime), "the time"),
    **dict.fromkeys((os.getpid, os.getppid), "its process id"),
    os.urandom: "random numbers without a seed",
}
UNSEEDED_RANDOM_NUMBERS = VARYING_FUNCTIONS[os.urandom]
CLOCK_METHODS = {"now", "today", "utcnow"}
#: Where code lies that asks for itself, and where code that only passes on what others ask: the
#: standard library, and IPython, which runs the cells, and lines of the shell by the last two.
INSTALLED_FOLDERS = (
    *(sysconfig.get_path(name) for name in ("purelib", "platlib")),
    str(Path(lively.__file__).parent),
)
IPYTHON_FOLDERS = tuple(
    f"{Path(spec.origin).parent}/"
    for spec in map(find_spec, ("IPython", "ipykernel", "pexpect", "ptyprocess"))
    if spec is not None and spec.origin is not None
)
STANDARD_LIBRARY = ("<", *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib")))
#: What Python is about to do when it starts a process, which may say something else each time.
PROCESS_EVENTS = {
    "subprocess.Popen",
    "os.system",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.exec",
}
#: Where files are none.
SYSTEM_FOLDERS = ("/proc/", "/sys/", "/dev/")


def is_author_code(frame: FrameType | None) -> bool:
    """Return whether code that is not installed asks, be it through the standard library."""
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith(IPYTHON_FOLDERS):
            # Installed code may lie below the standard library.
            if name.startswith(INSTALLED_FOLDERS):
                return False
            if not name.startswith(STANDARD_LIBRARY):
                return True
        frame = frame.f_back
    return False


class WatchedEnvironment(os._Environ):  # type: ignore[type-arg]
    """The variables of the environment, and a note of who reads those of a visit."""

    noted: Callable[[str], None]

    def __getitem__(self, name: Any) -> Any:
        """Return a variable, asked for as text or, of `os.environb`, as bytes."""
        asked = os.fsdecode(name) if isinstance(name, str | bytes) else ""
        if asked in VISIT_VARIABLES or asked.startswith("HTTP_"):
            WatchedEnvironment.noted(f"it reads {asked}")
        return super().__getitem__(name)

    def __iter__(self) -> Iterator[Any]:
        """Iterate over all names."""
        if is_author_code(sys._getframe(1)):
            WatchedEnvironment.noted("it reads the whole environment")
        return super().__iter__()


class SharingMonitor:
    """Notes what happens between `start` and `stop`.

    Attributes
    ----------
    files : set of str
        What was read that is not installed: when it changes, the page does.
    randomness : RandomNumberMonitor
    """

    def __init__(self) -> None:
        self.files: set[str] = set()
        self._noted: dict[str, None] = {}
        self._temporary: list[str] = []
        self._on = False
        self.randomness = RandomNumberMonitor(
            lambda: self._note(f"it uses {UNSEEDED_RANDOM_NUMBERS}"), is_author_code
        )
        sys.addaudithook(self._audit)

    def start(self) -> None:
        """Begin."""
        self._before = open_files(), shared_memory_regions(), thread_count(), has_children()
        WatchedEnvironment.noted = self._note
        for variables in (os.environ, os.environb):
            variables.__class__ = WatchedEnvironment
        self.randomness.start()
        self._on = True
        sys.setprofile(self._profile)

    def stop(self) -> None:
        """End, before anything else is done in this process."""
        sys.setprofile(None)
        self._on = False
        for variables in (os.environ, os.environb):
            variables.__class__ = os._Environ
        self._look()
        self.randomness.stop()

    @property
    def reasons(self) -> list[str]:
        """Why what was built must not be shared; empty if nothing speaks against it."""
        return list(self._noted)

    def _note(self, reason: str) -> None:
        self._noted.setdefault(reason)

    def _profile(self, frame: FrameType, event: str, called: Any) -> None:
        if event == "c_call":
            source = None
            try:
                source = VARYING_FUNCTIONS.get(called)
            except TypeError:
                # Methods of what has no hash.
                return
            if source is None and getattr(called, "__name__", "") in CLOCK_METHODS:
                owner = getattr(called, "__self__", None)
                if isinstance(owner, type) and issubclass(owner, datetime.date):
                    source = "the time"
            if source is not None and is_author_code(frame):
                self._note(f"it uses {source}")
        elif event == "call" and frame.f_code is SEED_FUNCTION:
            self.randomness.on_seed(frame)

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if not self._on:
            return
        if event == "open":
            path, _, flags = args
            if not isinstance(path, str | bytes):
                return
            name = os.path.abspath(os.fsdecode(path))
            if flags & (os.O_WRONLY | os.O_RDWR):
                if is_author_code(sys._getframe(1)):
                    self._note(f"it writes a file, {name}")
            elif not name.startswith((*STANDARD_LIBRARY, *INSTALLED_FOLDERS, *SYSTEM_FOLDERS)):
                self.files.add(name)
        elif event in ("tempfile.mkstemp", "tempfile.mkdtemp"):
            self._temporary.append(str(args[0]))
        elif event in PROCESS_EVENTS and is_author_code(sys._getframe(1)):
            self._note("it starts a process")
        elif event in ("os.listdir", "os.scandir") and is_author_code(sys._getframe(1)):
            folder = args[0] or "."
            if isinstance(folder, str | bytes):
                self.files.add(os.path.abspath(os.fsdecode(folder)))

    def _look(self) -> None:
        """Note what is open now that was not open before."""
        files, memory, count, had_children = self._before
        for number, target in open_files().items():
            if files.get(number) != target and not is_reopened(number, target):
                self._note(f"it keeps open {target}")
        for name in sorted(shared_memory_regions() - memory):
            self._note(f"it shares memory with other processes, {name}")
        if thread_count() > count:
            self._note("it starts a thread")
        if has_children() and not had_children:
            self._note("it starts a process")
        for path in self._temporary:
            if os.path.exists(path):
                self._note(f"it leaves a temporary file, {path}")
