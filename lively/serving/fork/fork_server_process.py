"""The process that has imported what pages use, and forks page processes and kernels.

A plain kernel spends most of its start on imports, and keeps a copy of them to itself. A forked
process has them at once, and shares their memory with all others. `fork_server_client`
starts it and sends it requests.

It never has a thread or an event loop, and no socket but the connection to the server.
"""

import gc
import logging
import os
import select
import signal
import socket
import sys
from contextlib import suppress
from typing import Any, NoReturn

from lively.log import log_to_server
from lively.serving.fork.inherited_resources import has_children, reopen_files
from lively.serving.fork.kernel_process import run_kernel
from lively.serving.fork.page_process import run_page
from lively.serving.fork.preloading import KERNEL_IMPORTS, gather_names, import_modules, warm_up
from lively.serving.fork.process_utilities import (
    adopt_orphans,
    editable_module_files,
    package_files,
    reap_children,
    release_free_memory,
    set_process_name,
)
from lively.serving.shared import process_messages

logger = logging.getLogger("lively")


def main(descriptor: int, names: list[str]) -> None:
    """Import, then fork a process for every request until the server is gone.

    Parameters
    ----------
    descriptor : int
        Of a socket to the server.
    names : list of str
        Modules and packages to import.
    """
    # All that come of this process, so that they can be ended with the server.
    os.setsid()
    set_process_name("lively-fork")
    adopt_orphans()
    log_to_server()
    server = os.getppid()
    control = socket.socket(fileno=descriptor)
    # No collector: it would write into memory that is to be shared.
    gc.disable()
    # Pages are not debugged; ipykernel does without debugpy.
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    import_modules([*KERNEL_IMPORTS, *names])
    warm_up(name for name in names if name in sys.modules)
    gc.collect()
    gather_names()
    release_free_memory()
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    reap_children()
    process_messages.send_message(
        control, {"files": sorted(editable_module_files() | package_files())}
    )
    while received := process_messages.receive_message(control):
        request, descriptors = received
        if request["kind"] == "retire":
            wait_for_children(server)
            break
        connection = socket.socket(fileno=descriptors[0])
        try:
            pid = os.fork()
        except OSError as error:
            # Who has asked may be gone.
            with suppress(OSError):
                process_messages.send_message(connection, {"failed": str(error)})
            pid = -1
        if pid == 0:
            run_forked_process(control, connection, request, server)
        connection.close()
    # Whoever has been forked from this process has nobody to work for any more.
    os.killpg(0, signal.SIGKILL)


def wait_for_children(server: int) -> None:
    """Wait until nothing that was forked from this process is left, or its server is gone."""
    try:
        watched = os.pidfd_open(server)
    except ProcessLookupError:
        return
    poll = select.poll()
    poll.register(watched, select.POLLIN)
    while has_children() and not poll.poll(1000):
        pass


def run_forked_process(
    control: socket.socket, connection: socket.socket, request: dict[str, Any], server: int
) -> NoReturn:
    """Do what was requested, in a process that has just been forked."""
    try:
        # Were it kept, nobody would notice that the process it leads to has died.
        control.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        reopen_files()
        if request["kind"] == "kernel":
            gc.enable()
            run_kernel(connection, request, server)
        else:
            run_page(connection, request)
    except BaseException:
        logger.exception("A forked process ended.")
    finally:
        sys.stderr.flush()
        os._exit(0)
