"""Starts the fork server's process, sends it requests, and replaces it."""

import asyncio
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from lively.serving.shared import process_messages
from lively.serving.shared.file_versions import MISSING_FILE, FileVersion, file_versions
from lively.serving.shared.visit_limits import VisitLimits

logger = logging.getLogger(__name__)

#: pidfd is Linux's way to watch a process that is not one's own child. On macOS, a fork of a
#: process that has loaded the system's linear algebra is not safe.
CAN_FORK = hasattr(os, "fork") and hasattr(os, "pidfd_open") and hasattr(os, "memfd_create")
#: Seconds that the imports may take on a slow machine, and a fork.
IMPORT_TIMEOUT, FORK_TIMEOUT = 180.0, 30.0
#: How a plain Python kernel is started; others have other imports, or another Python.
PLAIN_COMMAND = [sys.executable, "-m", "ipykernel_launcher", "-f"]
#: What pages use; every module in them is imported before the first page is built.
PRELOADED_PACKAGES = ("lively.pages",)
MATPLOTLIB_BACKEND = "module://matplotlib_inline.backend_inline"
START_CODE = """\
import json
from lively.serving.fork.fork_server_process import main
main(*json.loads({!r}))
"""


class ForkServerClient:
    """The server's handle of the process that has imported what pages use.

    Parameters
    ----------
    preloaded : sequence of str
        Modules and packages that it imports.

    Attributes
    ----------
    memory : int
        Bytes that the kernel of a visit may take for itself; see `process_limits.limit_process`.
    """

    def __init__(self, preloaded: Sequence[str] = PRELOADED_PACKAGES) -> None:
        self.preloaded = list(preloaded)
        self.memory = VisitLimits.memory
        self.process: subprocess.Popen[bytes] | None = None
        self.files: list[str] = []
        self._stamps: dict[str, FileVersion] = {}
        self._control: socket.socket | None = None
        self._starting: asyncio.Lock = asyncio.Lock()

    @property
    def alive(self) -> bool:
        """Whether it has started and not ended."""
        return self.process is not None and self.process.poll() is None

    async def fork(self, kind: str, **request: Any) -> socket.socket:
        """Fork a process.

        Parameters
        ----------
        kind : str
            "page" or "kernel".
        **request
            What it has to know.

        Returns
        -------
        socket.socket
            A connection to it, on which it speaks first.

        Raises
        ------
        OSError
            If a fork server that was started for this very request failed as well.
        """
        await self.start()
        asked = self.process
        try:
            return await self._ask({"kind": kind, **request})
        except (ConnectionError, TimeoutError):
            # Others may have noticed it as well.
            if self.process is asked:
                logger.warning(
                    "The process that others are forked from has died, or does not answer."
                )
                self.close()
            await self.start()
            return await self._ask({"kind": kind, **request})

    async def _ask(self, request: dict[str, Any]) -> socket.socket:
        if self._control is None:
            raise ConnectionError("the process that others are forked from is gone")
        ours, theirs = process_messages.connected_sockets()
        with theirs:
            try:
                await process_messages.send_when_ready(
                    self._control, request, theirs.fileno(), seconds=FORK_TIMEOUT
                )
            except BaseException:
                ours.close()
                raise
        return ours

    async def start(self) -> None:
        """Start the process unless it is there, and wait until it has imported everything.

        Raises
        ------
        OSError
            If it could not.
        """
        # While its successor imports, the old one serves.
        if self.alive:
            return
        async with self._starting:
            if not self.alive:
                await self._replace()

    async def refresh(self) -> bool:
        """Start another process if a file that this one has imported has changed since.

        Returns
        -------
        bool
            Whether there is another one now.

        Raises
        ------
        OSError
            If it could not; the one that is there stays.
        """
        async with self._starting:
            if not self.alive or file_versions(self._stamps) == self._stamps:
                return False
            logger.warning("The package has changed; the pages are built anew.")
            await self._replace()
            return True

    async def _replace(self) -> None:
        begun = time.time_ns()
        control, theirs = process_messages.connected_sockets()
        arguments = json.dumps([theirs.fileno(), self.preloaded])
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-c", START_CODE.format(arguments)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                # Threads do not survive a fork; kernels share the cores anyway. The second keeps
                # the debugger that ipykernel imports from warning of what nobody debugs, the first
                # is what ipykernel sets when it starts.
                env={
                    "MPLBACKEND": MATPLOTLIB_BACKEND,
                    **os.environ,
                    "OPENBLAS_NUM_THREADS": "1",
                    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
                },
            )
        try:
            reply, _ = await process_messages.wait_for_message(control, IMPORT_TIMEOUT)
        except BaseException as error:
            control.close()
            process.kill()
            process.wait()
            if isinstance(error, OSError):
                raise OSError(f"the process that others are forked from: {error!r}") from error
            raise
        self._retire()
        self.process, self._control = process, control
        self.files = reply["files"]
        # What was written meanwhile may have been imported before.
        self._stamps = {
            path: found if not begun <= found[0] <= time.time_ns() else MISSING_FILE
            for path, found in file_versions(self.files).items()
        }

    def _retire(self) -> None:
        """Let the process end as soon as all that was forked from it has ended."""
        if self.process is not None and self._control is not None and self.alive:
            with suppress(OSError):
                process_messages.send_message(
                    self._control, {"kind": "retire"}, flags=socket.MSG_DONTWAIT
                )
                self._control.close()
                threading.Thread(target=self.process.wait, daemon=True).start()
                self.process = self._control = None
        self.close()

    def close(self) -> None:
        """End the process; what was forked from it lives on."""
        if self._control is not None:
            process_messages.shut_down_socket(self._control)
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.process = self._control = None


#: One for all pages and kernels of a server.
shared_fork_server = ForkServerClient()


def kill_process(pidfd: int) -> None:
    """Kill a process, and close its descriptor."""
    try:
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)
    except ProcessLookupError:
        pass
    finally:
        os.close(pidfd)
