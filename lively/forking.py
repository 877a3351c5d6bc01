"""Kernels forked from a process that has imported all that pages use.

jupyter_client starts kernels by provisioners; `voila.json` names the one of this module, as
``lively-fork``. It differs from the plain one in how a process comes to be: being watched,
interrupted, killed and culled are the plain one's.
"""

import asyncio
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

logger = logging.getLogger(__name__)

#: pidfd is Linux's way to watch a process that is not one's own child. On macOS, a fork of a
#: process that has loaded the system's linear algebra is not safe.
CAN_FORK = hasattr(os, "fork") and hasattr(os, "pidfd_open")
#: Seconds after which a nursery that does not answer counts as dead.
PATIENCE = 60
#: How a plain Python kernel is started; others have other imports, or another Python.
PLAIN = [sys.executable, "-m", "ipykernel_launcher", "-f"]


class ForkedProcess:
    """A process that is not this one's child, with the part of `Popen` that a provisioner uses.

    Parameters
    ----------
    pid : int
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._watched: int | None = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Return None while the process runs, then 0: its exit code is told to its parent only."""
        if self._watched is not None:
            if not select.select([self._watched], [], [], 0)[0]:
                return None
            os.close(self._watched)
            self._watched = None
        return 0

    def wait(self) -> int:
        """Wait until the process has ended."""
        if self._watched is not None:
            select.select([self._watched], [], [])
        return self.poll() or 0

    def send_signal(self, number: int) -> None:
        """Send a signal, if the process still runs."""
        if self.poll() is None and self._watched is not None:
            signal.pidfd_send_signal(self._watched, number)

    def kill(self) -> None:
        """End the process at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the process to end."""
        self.send_signal(signal.SIGTERM)


class Nursery:
    """The server's end of `lively.nursery`: started when it is first needed, or has died."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._lock = threading.Lock()

    def fork(self, **request: Any) -> int:
        """Have a kernel forked.

        Parameters
        ----------
        **request
            Arguments of `lively.nursery.become_kernel`.

        Returns
        -------
        int
            The kernel's process id.

        Raises
        ------
        OSError
            If a nursery started for this very request failed as well.
        """
        with self._lock:
            if self.process is not None:
                try:
                    return self._ask(request)
                except OSError:
                    logger.warning("The process that kernels are forked from has died.")
            self._start()
            return self._ask(request)

    def _ask(self, request: dict[str, Any]) -> int:
        assert self._line is not None
        self._line.sendall(json.dumps(request).encode() + b"\n")
        return int(self._answer())

    def _answer(self) -> bytes:
        assert self._line is not None
        answer = b""
        while not answer.endswith(b"\n"):
            received = self._line.recv(64)
            if not received:
                raise ConnectionError("no answer from the process that kernels are forked from")
            answer += received
        return answer

    def _start(self) -> None:
        self._stop()
        self._line, theirs = socket.socketpair()
        self._line.settimeout(PATIENCE)
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "lively.nursery", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                # Threads do not survive a fork; kernels share the cores anyway. The other one keeps
                # the debugger that ipykernel imports from warning of what nobody debugs.
                env={
                    **os.environ,
                    "OPENBLAS_NUM_THREADS": "1",
                    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
                },
            )
        self._answer()

    def _stop(self) -> None:
        if self._line is not None:
            self._line.close()
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.process = self._line = None

    def close(self) -> None:
        """End the nursery; kernels forked from it live on."""
        with self._lock:
            self._stop()


#: One for all kernels of a server.
nursery = Nursery()


class ForkProvisioner(LocalProvisioner):
    """Starts plain Python kernels by a fork, and all others, or where that fails, the plain way."""

    process: Any

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch a kernel with a command."""
        if CAN_FORK and cmd[: len(PLAIN)] == PLAIN:
            request = {
                "command": cmd,
                "env": dict(kwargs.get("env") or os.environ),
                "cwd": str(kwargs.get("cwd") or os.getcwd()),
            }
            try:
                # The first answer takes as long as the imports.
                pid = await asyncio.to_thread(nursery.fork, **request)
                self.process = ForkedProcess(pid)
            except OSError as error:
                logger.warning("A kernel is started the plain way: %s", error)
            else:
                # Its own group, which it makes as it starts.
                self.pid = self.pgid = pid
                self.cwd = request["cwd"]
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)
