"""Kernels that are forked, for notebooks that must be executed for each visit.

jupyter_client starts kernels by provisioners; `voila.json` names the one of this module, as
``lively-fork-server``. Only the start of a process is its own: watching,
interrupting, killing and culling are the plain provisioner's.
"""

import logging
import os
import select
import signal
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from lively.serving.fork import fork_server_client
from lively.serving.fork.fork_server_client import FORK_TIMEOUT, PLAIN_COMMAND, shared_fork_server
from lively.serving.shared import process_messages

logger = logging.getLogger(__name__)

#: A variable that Voilà gives to the kernels of its visitors.
VISIT_VARIABLE = "VOILA_REQUEST_URL"


class ForkedProcess:
    """A process that is no child of this one, with those parts of `Popen` that a provisioner uses.

    Parameters
    ----------
    pid : int
    pidfd : int
        A descriptor of the same process, which this object closes when the process has ended.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, pidfd: int) -> None:
        self.pid = pid
        self._watched: int | None = pidfd

    def _has_ended(self, milliseconds: int | None) -> bool:
        if self._watched is None:
            return True
        # Not `select`, which knows no descriptors above 1023.
        poll = select.poll()
        poll.register(self._watched, select.POLLIN)
        if not poll.poll(milliseconds):
            return False
        os.close(self._watched)
        self._watched = None
        return True

    def poll(self) -> int | None:
        """Return None while the process runs, then 0: its exit code is told to its parent only."""
        return 0 if self._has_ended(0) else None

    def wait(self) -> int:
        """Wait until the process has ended."""
        self._has_ended(None)
        return 0

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


async def fork_kernel(request: dict[str, Any]) -> ForkedProcess:
    """Fork a kernel.

    Raises
    ------
    OSError
        If it could not be.
    """
    connection = await shared_fork_server.fork("kernel", **request)
    with connection:
        reply, descriptors = await process_messages.wait_for_message(connection, FORK_TIMEOUT)
    if "failed" in reply:
        raise OSError(reply["failed"])
    return ForkedProcess(reply["pid"], descriptors[0])


class ForkProvisioner(LocalProvisioner):
    """Starts plain Python kernels by a fork, and all others, or where that fails, the plain way."""

    process: Any

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch a kernel with a command."""
        if fork_server_client.CAN_FORK and cmd[: len(PLAIN_COMMAND)] == PLAIN_COMMAND:
            environment = dict(kwargs.get("env") or os.environ)
            request = {
                "command": cmd,
                "env": environment,
                # What people run in a notebook is not held to what a visitor may take.
                "memory": shared_fork_server.memory if VISIT_VARIABLE in environment else None,
                "cwd": str(kwargs.get("cwd") or os.getcwd()),
            }
            try:
                self.process = await fork_kernel(request)
            except (TimeoutError, OSError) as error:
                logger.warning("A kernel is started the plain way: %s", error)
            else:
                # Its own group, which it makes as it starts.
                self.pid = self.pgid = self.process.pid
                self.cwd = request["cwd"]
                return self.connection_info
        return await super().launch_kernel(cmd, **kwargs)
