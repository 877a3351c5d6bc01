"""A process that has imported all that pages use, and forks a kernel from itself when asked.

A plain kernel spends most of its start on imports, and keeps a copy of them to itself. A forked one
has them at once, and shares their memory with all others. Run by `lively.forking`:
``python -m lively.nursery FD``, with a socket to the server as file descriptor FD. Requests and
answers are lines of JSON.

What was imported stays as it was: after an edit of the package, the server is started anew.
"""

import gc
import importlib
import json
import os
import pkgutil
import random
import select
import signal
import socket
import sys
import threading
from types import ModuleType
from typing import Any

import numpy as np
from ipykernel.kernelapp import IPKernelApp
from ipywidgets import Widget, register_comm_target

import lively.pages
from lively.pages.page import POSTERS, Page
from lively.poster import markup

#: What a kernel imports by name while it starts.
LATE_IMPORTS = (
    "pdb",
    "sqlite3",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
)


def warm() -> None:
    """Import every page, make each once with its poster, and throw it away.

    What is imported or looked up when it is first used (fonts, defaults of widgets, solvers), and
    the posters of pages that start with the defaults, are then there for all kernels.
    """
    for name in LATE_IMPORTS:
        importlib.import_module(name)
    for module in pkgutil.iter_modules(lively.pages.__path__):
        importlib.import_module(f"lively.pages.{module.name}")
    for kind in Page.__subclasses__():
        page = kind()
        POSTERS[kind, page.live.settings] = markup(page)
    Widget.close_all()


def gather_names() -> None:
    """Put the file names of all modules side by side in memory.

    A kernel that starts makes a list of them, which counts a reference to each, and a process has a
    copy of its own of every page of memory that it writes to. Scattered, they lie on twice as many.
    """
    for module in list(sys.modules.values()):
        name = vars(module).get("__file__") if type(module) is ModuleType else None
        if isinstance(name, str):
            module.__file__ = "".join([name[:1], name[1:]])


def die_with(server: int) -> None:
    """End this process when the process `server` ends, whatever becomes of the nursery."""
    watched = os.pidfd_open(server)

    def wait() -> None:
        select.select([watched], [], [])
        os._exit(1)

    threading.Thread(target=wait, name="server", daemon=True).start()


def become_kernel(command: list[str], env: dict[str, str], cwd: str, server: int) -> None:
    """Turn this process, just forked, into a kernel; return when the kernel has ended."""
    # A group of its own, so that an interrupt reaches this kernel and no other.
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    # Two kernels must not draw the same random numbers.
    random.seed()
    np.random.seed()  # noqa: NPY002
    die_with(server)
    # 1 is ipykernel's word for: somebody else watches the parent.
    app: Any = IPKernelApp.instance(parent_handle=1)
    # A visitor's cells are no history, which all kernels would write into one file.
    app.initialize([*command[command.index("-f") :], "--HistoryManager.enabled=False"])
    # ipywidgets does this when it is imported, which was before there was a kernel.
    register_comm_target()
    app.start()


def serve(line: socket.socket) -> dict[str, Any] | None:
    """Fork a process for every request until the server is gone.

    Returns
    -------
    dict or None
        The request, in the process that has been forked for it; None in the nursery.
    """
    # Left by all who return: a kernel that held the line would hide that the nursery has died.
    with line, line.makefile("r", encoding="utf-8") as requests:
        line.sendall(b"ready\n")
        for request in requests:
            pid = os.fork()
            if pid == 0:
                asked: dict[str, Any] = json.loads(request)
                return asked
            line.sendall(f"{pid}\n".encode())
    return None


def main() -> None:
    """Import, then serve the socket that the command line names."""
    # As `ipykernel_launcher` has it: the server's folder is no place to import from.
    del sys.path[0]
    # No collector: it would write into memory that is to be shared.
    gc.disable()
    warm()
    gc.collect()
    gather_names()
    gc.freeze()
    # Ended kernels leave nothing behind; the server watches them by other means.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # An interrupt at the terminal is the server's to act on.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    server = os.getppid()
    request = serve(socket.socket(fileno=int(sys.argv[1])))
    if request is not None:
        gc.enable()
        become_kernel(**request, server=server)


if __name__ == "__main__":
    main()
