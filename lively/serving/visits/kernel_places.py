"""Kernels of notebooks that are executed for each visit: the places they take, and their end."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

from jupyter_core.utils import ensure_async
from traitlets.config import LoggingConfigurable


@dataclass(eq=False)
class KernelPlace:
    """The place of one visit.

    Attributes
    ----------
    kernel_id : str or None
        None until there is a kernel.
    left : float or None
        When the page was sent, or somebody was last seen to be connected; None while the page is
        being made: its cells may run for longer than anybody waits for a browser.
    opened : bool
        Whether somebody has been seen to be connected.
    """

    kernel_id: str | None = None
    left: float | None = None
    opened: bool = False


class RecordingKernelManager:
    """A kernel manager that records in a visit's place which kernel the visit has.

    Whoever works in the same Jupyter server has kernels of the same manager, which are no visits.

    Parameters
    ----------
    manager : MappingKernelManager
    place : KernelPlace
    variables : dict of str
        Of the kernel's environment, beside those that Voilà gives it.
    """

    def __init__(self, manager: Any, place: KernelPlace, variables: dict[str, str]) -> None:
        self._manager, self._place, self._variables = manager, place, variables

    def __getattr__(self, name: str) -> Any:
        return getattr(self._manager, name)

    async def start_kernel(self, **options: Any) -> str:
        """Start a kernel."""
        options["env"] = {**options.get("env", {}), **self._variables}
        started: str = await ensure_async(self._manager.start_kernel(**options))
        self._place.kernel_id = started
        return started

    async def get_rendered_notebook(self, **options: Any) -> tuple[Any, Any, str]:
        """Take a kernel that has been started before anybody came, as Voilà can have them."""
        task, cache, kernel_id = await self._manager.get_rendered_notebook(**options)
        self._place.kernel_id = kernel_id
        return task, cache, kernel_id


class KernelPlaces(LoggingConfigurable):
    """The kernels that visits have.

    Parameters
    ----------
    manager : MappingKernelManager
        The server's, which may have others.
    """

    def __init__(self, manager: Any, **options: Any) -> None:
        super().__init__(**options)
        self._manager = manager
        self._places: list[KernelPlace] = []

    @property
    def count(self) -> int:
        """How many places are taken, by kernels and by pages that are about to have one."""
        return sum(map(self._is_taken, self._places))

    def _is_taken(self, place: KernelPlace) -> bool:
        return place.kernel_id is None or place.kernel_id in self._manager

    @contextmanager
    def entering(self) -> Iterator[KernelPlace]:
        """Give a place to a visit while its page is made and sent; then its kernel has it."""
        place = KernelPlace()
        self._places.append(place)
        try:
            yield place
        finally:
            place.left = monotonic()
            if place.kernel_id is None:
                self._places.remove(place)

    async def cull(self, unopened: float, idle: float) -> None:
        """Shut down the kernels that nobody has been connected to for too long.

        A websocket that came and went between two looks has not been seen. Browsers that lose one
        try again each second.

        Parameters
        ----------
        unopened, idle : float
            Seconds after the page was sent, where nobody has connected yet, and after somebody was
            last seen to be connected.
        """
        self._places = [place for place in self._places if self._is_taken(place)]
        ended = []
        for place in self._places:
            if place.left is None:
                continue
            if await self._connections(place):
                place.opened, place.left = True, monotonic()
            elif monotonic() > place.left + (idle if place.opened else unopened):
                ended.append(self._shut_down(place))
        await asyncio.gather(*ended)

    async def _connections(self, place: KernelPlace) -> int:
        model = await ensure_async(self._manager.kernel_model(place.kernel_id))
        return int(model.get("connections", 0))

    async def _shut_down(self, place: KernelPlace) -> None:
        self.log.debug("Nobody is connected to kernel %s any more.", place.kernel_id)
        await ensure_async(self._manager.shutdown_kernel(place.kernel_id))
