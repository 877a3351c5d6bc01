"""The process that has imported what pages use, and forks templates and kernels from itself.

A plain kernel spends most of its start on imports, and keeps a copy of them to itself. A forked
process has them at once, and shares their memory with all others. `fork_server_client`
starts it and sends it requests.

It never has a thread or an event loop, and no socket but the line to the server.
"""

import gc
import importlib
import logging
import os
import pkgutil
import random
import select
import signal
import socket
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from types import ModuleType
from typing import Any, NoReturn

import numpy as np
from ipykernel.kernelapp import IPKernelApp
from ipywidgets import Widget, register_comm_target

from lively.log import log_to_server
from lively.serving.fork import error_log_filter
from lively.serving.fork.cell_runner import run_cells_until_idle
from lively.serving.fork.inherited_resources import has_children, reopen_files
from lively.serving.fork.page_process import run_page
from lively.serving.fork.process_utilities import (
    adopt_orphans,
    editable_module_files,
    package_files,
    reap_children,
    release_free_memory,
    set_process_name,
)
from lively.serving.fork.socketless_kernel import (
    FilteredKernel,
    SocketlessKernel,
    TracebackHidingShell,
)
from lively.serving.fork.visit_process import record_widget_states
from lively.serving.shared import process_messages, visit_limits

logger = logging.getLogger("lively")

#: What a kernel imports by name while it starts.
KERNEL_IMPORTS = (
    "pdb",
    "sqlite3",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
)


def import_modules(names: Iterable[str]) -> None:
    """Import modules, and all that packages hold; one that fails is logged and left out."""
    for name in names:
        try:
            module = importlib.import_module(name)
            path = getattr(module, "__path__", None)
            for inner in pkgutil.iter_modules(path) if path else ():
                import_modules([f"{name}.{inner.name}"])
        # A module that ends the process is one page's fault, too.
        except (Exception, SystemExit):
            logger.exception("%s could not be imported before it is needed.", name)


def warm_up(names: Iterable[str]) -> None:
    """Use once what nearly every page uses: what is made at first use is then there for all.

    Parameters
    ----------
    names : iterable of str
        Modules; those that have a function `warm_up` know what their pages use.
    """
    kernel = SocketlessKernel.instance()
    # ipywidgets does this when it is imported, which was before there was a kernel.
    register_comm_target()
    run_cells_until_idle(kernel, ["0"])
    for name in names:
        try:
            getattr(sys.modules[name], "warm_up", lambda: None)()
        except (Exception, SystemExit):
            logger.exception("%s could not be warmed up.", name)
    record_widget_states(kernel)
    Widget.close_all()
    kernel.shell.reset()


def clear_kernel() -> None:
    """Make room for a kernel of another kind."""
    SocketlessKernel.clear_instance()
    TracebackHidingShell.clear_instance()
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__


def gather_names() -> None:
    """Put the file names of all modules side by side in memory.

    A kernel that starts makes a list of them, which counts a reference to each, and a process has a
    copy of its own of every page of memory that it writes to. Scattered, they lie on twice as many.
    """
    for module in list(sys.modules.values()):
        name = vars(module).get("__file__") if type(module) is ModuleType else None
        if isinstance(name, str):
            module.__file__ = "".join([name[:1], name[1:]])


def exit_with_server(server: int) -> None:
    """End this process when the process `server` ends."""
    watched = os.pidfd_open(server)

    def wait() -> None:
        poll = select.poll()
        poll.register(watched, select.POLLIN)
        poll.poll()
        os._exit(1)

    threading.Thread(target=wait, name="server", daemon=True).start()


def run_kernel(line: socket.socket, request: dict[str, Any], server: int) -> None:
    """Turn this process, just forked, into a kernel; return when the kernel has ended."""
    set_process_name("lively-kernel")
    clear_kernel()
    # A group of its own, so that an interrupt reaches this kernel and no other.
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    # Two kernels must not draw the same random numbers.
    random.seed()
    np.random.seed()  # noqa: NPY002
    process_messages.send_message(line, {"pid": os.getpid()}, os.pidfd_open(os.getpid()))
    line.close()
    exit_with_server(server)
    command = request["command"]
    of_visit = request["memory"] is not None
    options = {"kernel_class": FilteredKernel} if of_visit else {}
    # 1 is ipykernel's word for: somebody else watches the parent.
    app: Any = IPKernelApp.instance(parent_handle=1, **options)
    # A visitor's cells are no history, which all kernels would write into one file.
    app.initialize([*command[command.index("-f") :], "--HistoryManager.enabled=False"])
    # ipywidgets does this when it is imported, which was before there was a kernel.
    register_comm_target()
    if of_visit:
        error_log_filter.limit_error_log()
        visit_limits.limit_process(request["memory"])
    app.start()


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
    # Nobody debugs a page; ipykernel does without it where it is not there.
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
        line = socket.socket(fileno=descriptors[0])
        try:
            pid = os.fork()
        except OSError as error:
            # Who has asked may be gone.
            with suppress(OSError):
                process_messages.send_message(line, {"failed": str(error)})
            pid = -1
        if pid == 0:
            run_forked_process(control, line, request, server)
        line.close()
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
    control: socket.socket, line: socket.socket, request: dict[str, Any], server: int
) -> NoReturn:
    """Be what was asked for, in a process that has just been forked."""
    try:
        # Were it kept, nobody would notice that the process it leads to has died.
        control.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        reopen_files()
        if request["kind"] == "kernel":
            gc.enable()
            run_kernel(line, request, server)
        else:
            run_page(line, request)
    except BaseException:
        logger.exception("A forked process ended.")
    finally:
        sys.stderr.flush()
        os._exit(0)
