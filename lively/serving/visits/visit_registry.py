"""All visits to a server: how many there may be, and which have ended."""

import asyncio
import re
import resource
from collections import OrderedDict
from pathlib import Path
from time import monotonic
from typing import Any

from traitlets import Float, Int
from traitlets.config import LoggingConfigurable

from lively.log import PAGE
from lively.serving.built_pages.built_page import BuiltPage
from lively.serving.built_pages.page_store import Templates
from lively.serving.shared.visit_limits import VisitLimits
from lively.serving.visits.kernel_places import KernelPlaces
from lively.serving.visits.served_visit import ServedVisit

#: What a visit takes at the most while it computes, in MB, and open files of the server; files that
#: the server has open besides, and visits where the memory is not known.
MEMORY_PER_VISIT_MB, FILES_PER_VISIT, FILES_OF_SERVER, DEFAULT_PLACES = 60, 8, 100, 100


def raise_file_limit() -> None:
    """Let this process have as many open files as the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def available_places() -> int:
    """Return how many visits there is memory for, and how many open files allow."""
    text = Path("/proc/meminfo").read_text() if Path("/proc/meminfo").exists() else ""
    found = re.search(r"^MemAvailable:\s*(\d+) kB", text, re.MULTILINE)
    by_memory = int(found[1]) // 1024 // MEMORY_PER_VISIT_MB if found else DEFAULT_PLACES
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return max(min(by_memory, (files - FILES_OF_SERVER) // FILES_PER_VISIT), 1)


class Visits(LoggingConfigurable):
    """All visits to a server.

    Parameters
    ----------
    templates : Templates
    manager : MappingKernelManager
        Of the kernels of notebooks that are executed for each visit, and maybe of others.

    Attributes
    ----------
    kernels : KernelPlaces
    """

    unclaimed = Int(
        10_000, min=1, help="Pages that have been sent and may still get a process."
    ).tag(config=True)
    idle = Float(600.0, help="Seconds after which a visit without a connection is ended.").tag(
        config=True
    )
    unopened = Float(
        30.0,
        help="""Seconds after which the kernel of a notebook that is executed for each visit is shut
        down, if the page was sent and its browser has not connected.""",
    ).tag(config=True)

    most = Int(
        0, min=0, help="Visits at the same time; 0 for as many as memory and open files allow."
    ).tag(config=True)
    reserved = Float(
        10.0, help="Seconds for which a place is kept for whoever has been sent a page."
    ).tag(config=True)

    memory = Int(
        VisitLimits.memory,
        help="Bytes that a visit's process may take for itself; 0 for any number.",
    ).tag(config=True)
    messages = Float(
        VisitLimits.messages, help="Messages a second that a visit may send; more have to wait."
    ).tag(config=True)
    traffic = Int(VisitLimits.traffic, help="Bytes of these messages a second.").tag(config=True)
    message = Int(VisitLimits.message, help="Bytes of a single message.").tag(config=True)

    def __init__(self, templates: Templates, manager: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._templates = templates
        self.kernels = KernelPlaces(manager, parent=self)
        self.limit = self.most or available_places()
        self._visits: dict[str, ServedVisit] = {}
        # Those that may not have begun, the oldest first.
        self._expected: OrderedDict[str, ServedVisit] = OrderedDict()

    def __contains__(self, visit_id: str) -> bool:
        return visit_id in self._visits

    def __getitem__(self, visit_id: str) -> ServedVisit:
        return self._visits[visit_id]

    @property
    def bounds(self) -> VisitLimits:
        """What each visit may take."""
        return VisitLimits(self.memory, self.messages, self.traffic, self.message)

    @property
    def running(self) -> int:
        """How many visits have a process, those with a kernel of their own included."""
        begun = sum(visit.begun for visit in self._visits.values())
        return begun + self.kernels.count

    @property
    def free(self) -> int:
        """How many places are left beside those that are reserved for visitors about to connect."""
        since = monotonic() - self.reserved
        coming = sum(not v.begun and v.left > since for v in self._expected.values())
        return max(self.limit - self.running - coming, 0)

    def expect(self, built: BuiltPage, environment: dict[str, str]) -> ServedVisit:
        """Return a visit to a page that is about to be sent."""
        known = {**environment, PAGE: built.path}
        visit = ServedVisit(self._templates, built, known, self.bounds, self._forget)
        self._visits[visit.id] = visit
        self._expected[visit.id] = visit
        while len(self._expected) > self.unclaimed:
            _, oldest = self._expected.popitem(last=False)
            if not oldest.begun:
                oldest.close()
        return visit

    def _forget(self, visit: ServedVisit) -> None:
        self._visits.pop(visit.id, None)
        self._expected.pop(visit.id, None)

    async def cull(self) -> None:
        """End visits that nobody has been connected to for too long; run forever."""
        while True:
            await asyncio.sleep(min(self.idle / 10, self.unopened / 10, 30.0))
            for visit in list(self._visits.values()):
                if not visit.sockets and monotonic() > visit.left + self.idle:
                    visit.close()
            try:
                await self.kernels.cull(self.unopened, self.idle)
            except Exception:
                # Whatever it is, it must not be the last look.
                self.log.exception("Kernels that nobody uses could not be shut down.")
