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
import random
import re
import sys
import sysconfig
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import IPython
import numpy as np
from numpy.random import bit_generator, mtrand

import lively

#: Variables of the environment that differ from visit to visit, as Voilà names them.
OF_A_VISIT = {
    *("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "SERVER_PROTOCOL", "SERVER_PORT", "SERVER_NAME"),
    *("VOILA_REQUEST_URL", "VOILA_KERNEL_ID", "VOILA_WS_BASE_URL", "VOILA_WS_PROTOCOL"),
}
#: What reads the clock, who runs, or chance, and how that is called.
SOURCES: dict[Any, str] = {
    **dict.fromkeys((time.time, time.time_ns, time.localtime, time.gmtime), "the time"),
    **dict.fromkeys((time.ctime, time.asctime, time.strftime), "the time"),
    **dict.fromkeys((os.getpid, os.getppid), "its process id"),
    os.urandom: "random numbers without a seed",
}
CHANCE = SOURCES[os.urandom]
NOW = {"now", "today", "utcnow"}
#: Where code lies that asks for itself, and where code that only passes on what others ask: the
#: standard library, and IPython, which runs the cells.
INSTALLED = (
    *(sysconfig.get_path(name) for name in ("purelib", "platlib")),
    str(Path(lively.__file__).parent),
)
RUNNER = str(Path(IPython.__file__).parent)
STANDARD = ("<", *(sysconfig.get_path(name) for name in ("stdlib", "platstdlib")))
SEED: CodeType = random.Random.seed.__code__
PROC = Path("/proc/self")
#: Where files are none.
SYSTEM = ("/proc/", "/sys/", "/dev/")


def is_author(frame: FrameType | None) -> bool:
    """Say whether code that is not installed asks, be it through the standard library."""
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith(RUNNER):
            # Installed code may lie below the standard library.
            if name.startswith(INSTALLED):
                return False
            if not name.startswith(STANDARD):
                return True
        frame = frame.f_back
    return False


def open_files() -> dict[int, str]:
    """Return what this process has open, by descriptor."""
    found = {}
    for name in os.listdir(PROC / "fd"):
        # The one by which the folder was read is closed by now.
        with suppress(OSError):
            found[int(name)] = os.readlink(PROC / "fd" / name)
    return found


def is_reopened(number: int, target: str) -> bool:
    """Say whether `reopen` gives a process a file of its own: one on disk that is only read."""
    if not os.path.isfile(target):
        return False
    info = (PROC / "fdinfo" / str(number)).read_text()
    flags = int(re.search(r"^flags:\s*(\d+)", info, re.MULTILINE)[1], 8)  # type: ignore[index]
    return not flags & (os.O_WRONLY | os.O_RDWR)


def reopen() -> None:
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


def shared_memory() -> set[str]:
    """Return the pieces of memory that this process can write to together with others."""
    lines = (PROC / "maps").read_text().splitlines()
    return {line.split(None, 5)[5] for line in lines if line.split()[1] == "rw-s"}


def threads() -> int:
    """Return how many threads this process has, those of compiled code included."""
    return sum(1 for _ in (PROC / "task").iterdir())


def has_children() -> bool:
    """Say whether this process has others below it."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


class Environment(os._Environ):  # type: ignore[type-arg]
    """The variables of the environment, and a note of who reads those of a visit."""

    noted: Callable[[str], None]

    def __getitem__(self, name: str) -> str:
        """Return a variable."""
        belongs = name in OF_A_VISIT or str(name).startswith("HTTP_")
        if belongs:
            Environment.noted(f"it reads {name}")
        value: str = super().__getitem__(name)
        return value

    def __iter__(self) -> Iterator[str]:
        """Iterate over all names."""
        if is_author(sys._getframe(1)):
            Environment.noted("it reads the whole environment")
        return super().__iter__()


class Watch:
    """Notes what happens between `start` and `stop`.

    Attributes
    ----------
    files : set of str
        What was read that is not installed: when it changes, the page does.
    """

    def __init__(self) -> None:
        self.files: set[str] = set()
        self._noted: dict[str, None] = {}
        self._temporary: list[str] = []
        self._on = False
        self._seeded: set[str] = set()
        self._legacy: list[Any] = []
        sys.addaudithook(self._audit)

    def start(self) -> None:
        """Begin."""
        self._before = open_files(), shared_memory(), threads(), has_children()
        random.seed()
        np.random.seed()  # noqa: NPY002
        self._states = self._random_states()
        Environment.noted = self._note
        os.environ.__class__ = Environment
        self._replaced: list[tuple[Any, str, Any]] = []
        self._wrap(bit_generator, "randbits", self._on_entropy)
        for name in ("seed", "set_state"):
            self._wrap(np.random, name, lambda: self._seeded.add("numpy"))
        self._replace(mtrand, "_MT19937", self._old_generators())
        self._on = True
        sys.setprofile(self._profile)

    def stop(self) -> None:
        """End, before anything else is done in this process."""
        sys.setprofile(None)
        self._on = False
        os.environ.__class__ = os._Environ
        for owner, name, before in self._replaced:
            setattr(owner, name, before)
        self._look()
        if any(generator.seed_seq is not None for generator in self._legacy):
            self._note(f"it uses {CHANCE}")
        self._left = self._random_states()
        for kind, state in self._left.items():
            if kind not in self._seeded and state != self._states[kind]:
                self._note(f"it uses {CHANCE}")

    @property
    def reasons(self) -> list[str]:
        """Why what was built must not be shared; empty if nothing speaks against it."""
        return list(self._noted)

    def reseed(self) -> None:
        """Give a visit random numbers of its own, where the page has not seeded them."""
        # Python's are seeded anew in every process that is forked.
        if "python" in self._seeded:
            random.setstate(self._left["python"])
        if "numpy" not in self._seeded:
            np.random.seed()  # noqa: NPY002

    def _note(self, reason: str) -> None:
        self._noted.setdefault(reason)

    def _replace(self, owner: Any, name: str, by: Any) -> None:
        self._replaced.append((owner, name, getattr(owner, name)))
        setattr(owner, name, by)

    def _wrap(self, owner: Any, name: str, called: Callable[[], None]) -> None:
        before = getattr(owner, name)

        def wrapper(*args: Any, **kwargs: Any) -> Any:
            called()
            return before(*args, **kwargs)

        self._replace(owner, name, wrapper)

    def _old_generators(self) -> type:
        """Return what makes the generators inside of numpy's `RandomState`.

        It makes each without a seed, and gives it the seed, if there is one, only then.
        """
        plain, made, chance = np.random.MT19937, self._legacy, random.SystemRandom()

        class Meta(type):
            def __call__(cls, *args: Any) -> Any:
                made.append(plain(*args or (np.random.SeedSequence(chance.getrandbits(128)),)))
                return made[-1]

            def __instancecheck__(cls, instance: Any) -> bool:
                return isinstance(instance, plain)

        return Meta("MT19937", (), {})

    @staticmethod
    def _random_states() -> dict[str, Any]:
        state: Any = np.random.get_state()  # noqa: NPY002
        name, keys, *rest = state
        return {"python": random.getstate(), "numpy": (name, bytes(keys), *rest)}

    def _profile(self, frame: FrameType, event: str, called: Any) -> None:
        if event == "c_call":
            source = None
            try:
                source = SOURCES.get(called)
            except TypeError:
                # Methods of what has no hash.
                return
            if source is None and getattr(called, "__name__", "") in NOW:
                owner = getattr(called, "__self__", None)
                if isinstance(owner, type) and issubclass(owner, datetime.date):
                    source = "the time"
            if source is not None and is_author(frame):
                self._note(f"it uses {source}")
        elif event == "call" and frame.f_code is SEED:
            self._on_seed(frame)

    def _on_entropy(self) -> None:
        """Note that numpy has made a generator without a seed, unless it is about to copy one."""
        if sys._getframe(2).f_globals.get("__name__") != "numpy.random._pickle":
            self._note(f"it uses {CHANCE}")

    def _on_seed(self, frame: FrameType) -> None:
        """Tell a generator with a seed from one without, among those of the standard library."""
        generator = frame.f_locals["self"]
        if isinstance(generator, random.SystemRandom):
            return
        if frame.f_locals["a"] is None:
            if is_author(frame.f_back):
                self._note(f"it uses {CHANCE}")
        elif generator is getattr(random.seed, "__self__", None):
            self._seeded.add("python")

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if not self._on:
            return
        if event == "open":
            path, _, flags = args
            if not isinstance(path, str | bytes):
                return
            name = os.path.abspath(os.fsdecode(path))
            if flags & (os.O_WRONLY | os.O_RDWR):
                if is_author(sys._getframe(1)):
                    self._note(f"it writes a file, {name}")
            elif not name.startswith((*STANDARD, *INSTALLED, *SYSTEM)):
                self.files.add(name)
        elif event in ("tempfile.mkstemp", "tempfile.mkdtemp"):
            self._temporary.append(str(args[0]))
        elif event in ("os.listdir", "os.scandir") and is_author(sys._getframe(1)):
            folder = args[0] or "."
            if isinstance(folder, str | bytes):
                self.files.add(os.path.abspath(os.fsdecode(folder)))

    def _look(self) -> None:
        """Note what is open now that was not open before."""
        files, memory, count, had_children = self._before
        for number, target in open_files().items():
            if files.get(number) != target and not is_reopened(number, target):
                self._note(f"it keeps open {target}")
        for name in sorted(shared_memory() - memory):
            self._note(f"it shares memory with other processes, {name}")
        if threads() > count:
            self._note("it starts a thread")
        if has_children() and not had_children:
            self._note("it starts a process")
        for path in self._temporary:
            if os.path.exists(path):
                self._note(f"it leaves a temporary file, {path}")
