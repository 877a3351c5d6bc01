"""Keeps the pages that have been built, and builds them anew when they change."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable
from pathlib import Path
from time import monotonic
from typing import Any

from traitlets import Bool, Float, Int, List, Unicode
from traitlets.config import LoggingConfigurable

from lively.serving.built_pages.built_page import BuiltPage
from lively.serving.built_pages.page_builder import NotShareableError, PageBuilder
from lively.serving.built_pages.page_html import VoilaSite
from lively.serving.fork.fork_server_client import PRELOADED_PACKAGES, ForkServerClient
from lively.serving.shared.file_versions import FileVersion, file_versions

#: Different suggestions of visitors that are kept for each page.
MAX_SUGGESTIONS = 4
#: Times that the process of a page may die while it builds, for whatever reason.
MAX_CRASHES = 3
#: Seconds between two looks at the files, and before another try after one that failed.
CHECK_INTERVAL, RETRY_DELAY = 1.0, 10.0


class Templates(LoggingConfigurable):
    """Builds pages, keeps those that are used most, and builds them anew when they change."""

    built_once = Bool(True, help="Build pages once; else execute notebooks for each visit.").tag(
        config=True
    )
    most = Int(8, min=1, help="Pages that are kept built at the same time.").tag(config=True)
    seconds = Float(60.0, help="Seconds after which a page cannot be built.").tag(config=True)
    farewell = Float(
        120.0, help="Seconds that a visitor has to come to a page that has been built anew."
    ).tag(config=True)
    preloaded = List(
        Unicode(),
        list(PRELOADED_PACKAGES),
        help="Packages to import before the first page is built.",
    ).tag(config=True)

    def __init__(self, site: VoilaSite, fork_server: ForkServerClient, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # A logger's own level is another matter: its handler sifts what it lets pass.
        level = getattr(self.parent, "log_level", logging.WARNING)
        self._fork_server = fork_server
        self._builder = PageBuilder(site, fork_server, level)
        # Whoever writes a page is to see what it raises, and not the page as it was.
        self._show_tracebacks = bool(site.configuration.show_tracebacks)
        fork_server.preloaded = list(self.preloaded)
        # The latest used comes last.
        self._pages: OrderedDict[str, BuiltPage] = OrderedDict()
        self._building: dict[str, asyncio.Task[BuiltPage | None]] = {}
        self._unshared: dict[str, dict[str, FileVersion]] = {}
        self._suggestions: dict[str, list[Any]] = {}
        self._failed: dict[str, dict[str, FileVersion]] = {}
        self._crashes: dict[str, int] = {}
        # Pages that could not be built for want of something that may be there again soon.
        self._later: dict[str, float] = {}

    @property
    def root(self) -> Path:
        """The folder that has the notebooks."""
        return self._builder.root

    async def find(self, path: str) -> BuiltPage | None:
        """Return the built page of a notebook, built now if need be, or None if not shareable.

        Parameters
        ----------
        path : str
            Below the root folder.
        """
        if not self.built_once:
            return None
        built = self._pages.get(path)
        if built is not None and built.alive:
            self._pages.move_to_end(path)
            return built
        if (known := self._unshared.get(path)) and file_versions(known) == known:
            return None
        if self.is_postponed(path):
            return None
        return await self.build(path)

    async def build(self, path: str) -> BuiltPage | None:
        """Build a page, or wait until it is built by whoever has begun; see `find`."""
        if path not in self._building:
            task = asyncio.create_task(self._build(path))
            self._building[path] = task
            task.add_done_callback(lambda _: self._building.pop(path))
        return await asyncio.shield(self._building[path])

    async def _build(self, path: str) -> BuiltPage | None:
        notebook = file_versions([str(self.root / path)])
        try:
            # What has been imported before it was mended would fail again.
            await self._fork_server.refresh()
            suggestions = self._suggestions.get(path, [])
            built = await self._builder.make(path, notebook, suggestions, self.seconds)
        except Exception as error:
            return self._fail(path, error, notebook)
        for known in (self._unshared, self._failed, self._crashes, self._later):
            known.pop(path, None)
        if replaced := self._pages.pop(path, None):
            replaced.retire(self.farewell)
        self._pages[path] = built
        while len(self._pages) > self.most:
            self._pages.popitem(last=False)[1].retire(self.farewell)
        return built

    def _fail(
        self, path: str, error: Exception, notebook: dict[str, FileVersion]
    ) -> BuiltPage | None:
        """Note that a page could not be built; return the one that stays, if there is one."""
        old = self._pages.get(path)
        read = {
            *self._fork_server.files,
            *self._builder.template_files(),
            *getattr(error, "files", ()),
        }
        self._failed[path] = {**file_versions({*read, *(old.files if old else ())}), **notebook}
        # Memory, processes or files are short, or the machine is busy.
        short = isinstance(error, OSError) and not isinstance(error, ConnectionError)
        if short:
            del self._failed[path]
            self._later[path] = monotonic() + RETRY_DELAY
        if old and old.alive and (short or not self._show_tracebacks):
            self.log.error("%s could not be built anew; the old page stays.", path, exc_info=error)
            return old
        if old:
            self._pages.pop(path).retire(self.farewell if old.alive else 0.0)
        if not short:
            self._crashes[path] = self._crashes.get(path, 0) + 1
            if isinstance(error, NotShareableError) or self._crashes[path] >= MAX_CRASHES:
                self._unshared[path] = self._failed[path]
        reason = f"{error}" if isinstance(error, NotShareableError) else f"{error!r}"
        self.log.warning("%s is executed for each visit: %s.", path, reason)
        return None

    def suggest(self, path: str, value: Any) -> None:
        """Note what a visit suggests, and prepare it if it is new."""
        known, built = self._suggestions.get(path, []), self._pages.get(path)
        if value in known or built is None:
            return
        wanted = [*known, value][-MAX_SUGGESTIONS:]
        if built.prepare(wanted):
            self._suggestions[path] = wanted

    async def keep(self, paths: Iterable[str]) -> None:
        """Build pages one by one, as many as are kept, then keep them up to date forever."""
        for path in list(paths)[: self.most]:
            await self.find(path)
        while True:
            await asyncio.sleep(CHECK_INTERVAL)
            try:
                await self._look()
            except OSError as error:
                self.log.error("The pages could not be built anew: %s", error)
                await asyncio.sleep(RETRY_DELAY)

    async def _look(self) -> None:
        """Replace pages that have died or changed, the most used first; retry those that failed."""
        changed = [path for path, known in self._unshared.items() if file_versions(known) != known]
        if changed:
            await asyncio.sleep(CHECK_INTERVAL / 2)
        for path in changed:
            if self._unshared.pop(path, None) and len(self._pages) < self.most:
                await self.build(path)
        if not self._pages:
            return
        await self._fork_server.start()
        present = sorted(self._pages.values(), key=lambda built: -built.visits)
        found = file_versions({path for built in present for path in built.files})
        old = [
            built
            for built in present
            if not self.is_postponed(built.path)
            and (not built.alive or (built.has_changed(found) and not self._has_failed(built.path)))
        ]
        if not old:
            return
        # Those who write several files have done so by then.
        await asyncio.sleep(CHECK_INTERVAL / 2)
        for built in old:
            # Somebody may have asked for it meanwhile.
            if self._pages.get(built.path) is built:
                await self.build(built.path)

    def _has_failed(self, path: str) -> bool:
        """Return whether a page has failed as it is now, or is not to be tried yet."""
        known = self._failed.get(path)
        return self.is_postponed(path) or (known is not None and file_versions(known) == known)

    def is_postponed(self, path: str) -> bool:
        """Return whether a page could not be built a moment ago, and is not to be tried yet."""
        return monotonic() < self._later.get(path, 0.0)
