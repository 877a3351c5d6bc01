"""Notes whether random numbers are used that no seed determines.

There are four ways to them: Python's and numpy's streams for all, which may be given a seed;
generators of Python's `random.Random`; those of numpy, old and new; and the system's own.
"""

import random
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

import numpy as np
from numpy.random import bit_generator, mtrand

#: The function that gives a generator of Python's a seed, or lets it choose one.
SEED_FUNCTION: CodeType = random.Random.seed.__code__


class RandomNumberMonitor:
    """Watches the ways to random numbers between `start` and `stop`.

    Parameters
    ----------
    note : callable
        Called when numbers without a seed are used.
    is_author : callable
        Takes a frame; whether it is one of an author's code.
    """

    def __init__(
        self, note: Callable[[], None], is_author: Callable[[FrameType | None], bool]
    ) -> None:
        self._note, self._is_author = note, is_author
        self._seeded: set[str] = set()
        self._legacy: list[Any] = []
        self._replaced: list[tuple[Any, str, Any]] = []

    def start(self) -> None:
        """Begin."""
        random.seed()
        np.random.seed()  # noqa: NPY002
        self._states = self._random_states()
        self._wrap(bit_generator, "randbits", self._on_entropy)
        for name in ("seed", "set_state"):
            self._wrap(np.random, name, lambda: self._seeded.add("numpy"))
        self._replace(mtrand, "_MT19937", self._old_generators())

    def stop(self) -> None:
        """End: put everything back, and see what has been used."""
        for owner, name, before in self._replaced:
            setattr(owner, name, before)
        if any(generator.seed_seq is not None for generator in self._legacy):
            self._note()
        self._left = self._random_states()
        for kind, state in self._left.items():
            if kind not in self._seeded and state != self._states[kind]:
                self._note()

    def reseed(self) -> None:
        """Give a process random numbers of its own, where its streams have been given no seed."""
        # Python's are seeded anew in every process that is forked.
        if "python" in self._seeded:
            random.setstate(self._left["python"])
        if "numpy" not in self._seeded:
            np.random.seed()  # noqa: NPY002

    def on_seed(self, frame: FrameType) -> None:
        """Note a call of `SEED_FUNCTION`, with a seed or without one."""
        generator = frame.f_locals["self"]
        if isinstance(generator, random.SystemRandom):
            return
        if frame.f_locals["a"] is None:
            if self._is_author(frame.f_back):
                self._note()
        elif generator is getattr(random.seed, "__self__", None):
            self._seeded.add("python")

    def _on_entropy(self) -> None:
        """Note that numpy has made a generator without a seed, unless it is about to copy one."""
        if sys._getframe(2).f_globals.get("__name__") != "numpy.random._pickle":
            self._note()

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
