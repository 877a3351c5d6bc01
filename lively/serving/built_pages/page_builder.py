"""Builds a page: a page process runs its notebook, and the server renders the outputs."""

import asyncio
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import NoSuchKernel
from voila import __version__

from lively.log import PAGE
from lively.serving.built_pages import page_header
from lively.serving.built_pages.built_page import BuiltPage
from lively.serving.built_pages.gallery import notebook_metadata
from lively.serving.built_pages.page_html import VoilaSite
from lively.serving.fork.fork_server_client import (
    FORK_TIMEOUT,
    PLAIN_COMMAND,
    ForkServerClient,
    kill_process,
)
from lively.serving.shared import process_messages
from lively.serving.shared.file_versions import FileVersion, file_versions, version_of_file
from lively.visit import FAULTS


class NotShareableError(Exception):
    """A page must not be built once for all; the notebook is executed for each visit.

    Parameters
    ----------
    reason : str
    files : iterable of str
        What was read until then.
    """

    def __init__(self, reason: str, files: Iterable[str] = ()) -> None:
        super().__init__(reason)
        self.files = set(files)


def build_environment(site: VoilaSite, level: int) -> dict[str, str]:
    """Return the variables that are the same for all visits, as Voilà names them.

    Parameters
    ----------
    site : VoilaSite
    level : int
        From which on things are logged.
    """
    return {
        "VOILA_PREHEAT": "False",
        "SERVER_SOFTWARE": f"voila/{__version__}",
        "VOILA_BASE_URL": site.base_url,
        "VOILA_SERVER_URL": str(site.settings.get("server_url", "/")),
        "LIVELY_THEME": str(site.configuration.theme),
        "LIVELY_LOG_LEVEL": str(level),
        FAULTS: str(int(site.configuration.show_tracebacks)),
    }


class PageBuilder:
    """Builds the pages of a site.

    Parameters
    ----------
    site : VoilaSite
    fork_server : ForkServerClient
    level : int
        From which on pages log.
    """

    def __init__(self, site: VoilaSite, fork_server: ForkServerClient, level: int) -> None:
        self._site, self._fork_server, self._level = site, fork_server, level

    @property
    def root(self) -> Path:
        """The folder that has the notebooks."""
        return Path(self._site.settings["contents_manager"].root_dir)

    async def make(
        self, path: str, notebook: dict[str, FileVersion], suggestions: list[Any], seconds: float
    ) -> BuiltPage:
        """Build a page.

        Parameters
        ----------
        path : str
            Of the notebook below the root folder.
        notebook : dict
            Its stamp, from before it was read.
        suggestions : list
            What earlier visits have suggested to prepare.
        seconds : float
            That it may take.

        Raises
        ------
        NotShareableError
            If the notebook must be executed for each visit.
        OSError
            If something was short: memory, processes, files, time. A ``ConnectionError`` is not
            that: the process has died.
        """
        renderer = await self._site.renderer(path)
        self._check(renderer.notebook, path)
        connection = await self._fork_server.fork(
            "page",
            code=renderer.code,
            folder=str((self.root / path).parent),
            environment={**build_environment(self._site, self._level), PAGE: path},
            suggestions=suggestions,
        )
        pidfd = None
        try:
            reply, descriptors = await process_messages.wait_for_message(connection, FORK_TIMEOUT)
            if "failed" in reply:
                raise OSError(reply["failed"])
            (pidfd,) = descriptors
            try:
                built, _ = await process_messages.wait_for_message(connection, seconds)
            except TimeoutError as error:
                raise NotShareableError(f"it takes more than {seconds:g} s") from error
            if "unshared" in built:
                raise NotShareableError("; ".join(built["unshared"]), built["files"])
            if "failed" in built:
                traceback = re.sub(r"\x1b\[[\d;]*m", "", built["failed"])
                raise NotShareableError(f"it raises an exception\n{traceback}", built["files"])
            marks = [mark.decode() for mark in page_header.PLACEHOLDERS]
            page = await asyncio.to_thread(renderer.render, built["outputs"], marks)
        except BaseException:
            connection.close()
            if pidfd is not None:
                kill_process(pidfd)
            raise
        used = {*built["files"], *self._fork_server.files, *self.template_files()}
        return BuiltPage(path, connection, pidfd, page, {**file_versions(used), **notebook})

    def _check(self, notebook: Any, path: str) -> None:
        """Check whether a notebook may be built once, by what can be known before.

        Raises
        ------
        NotShareableError
            If it may not.
        """
        own = notebook_metadata(self.root / path, version_of_file(str(self.root / path))[0]).get(
            "lively"
        )
        if isinstance(own, dict) and own.get("build_once") is False:
            raise NotShareableError("its metadata say so")
        if self._site.configuration.prelaunch_hook:
            raise NotShareableError("Voilà's prelaunch_hook is called for each")
        name = notebook.metadata.kernelspec.name
        try:
            spec = self._site.settings["kernel_spec_manager"].get_kernel_spec(name)
        except NoSuchKernel as error:
            raise NotShareableError(f"its kernel {name} is not there") from error
        if spec.argv[1 : len(PLAIN_COMMAND)] != PLAIN_COMMAND[1:] or spec.env:
            raise NotShareableError(f"its kernel is {name}")

    def template_files(self) -> Iterable[str]:
        """Return the files of the Jinja template that pages are rendered with."""
        name = self._site.configuration.template
        for folder in self._site.template_paths:
            if Path(folder).name == name:
                yield from map(str, Path(folder).rglob("*.*"))
