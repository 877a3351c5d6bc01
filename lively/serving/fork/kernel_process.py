"""Turns a process that has just been forked into a kernel over ZMQ."""

import os
import random
import select
import signal
import socket
import sys
import threading
from typing import Any

import numpy as np
from ipykernel.kernelapp import IPKernelApp
from ipywidgets import register_comm_target

from lively.serving.fork.error_log_filter import limit_error_log
from lively.serving.fork.filtered_kernel import FilteredKernel
from lively.serving.fork.kernel_shell import TracebackHidingShell
from lively.serving.fork.process_limits import limit_process
from lively.serving.fork.process_utilities import set_process_name
from lively.serving.fork.socketless_kernel import SocketlessKernel
from lively.serving.shared.process_messages import send_message


def clear_kernel() -> None:
    """Make room for a kernel of another kind."""
    SocketlessKernel.clear_instance()
    TracebackHidingShell.clear_instance()
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__


def exit_with_server(server: int) -> None:
    """End this process when the process `server` ends."""
    watched = os.pidfd_open(server)

    def wait() -> None:
        poll = select.poll()
        poll.register(watched, select.POLLIN)
        poll.poll()
        os._exit(1)

    threading.Thread(target=wait, name="server", daemon=True).start()


def run_kernel(connection: socket.socket, request: dict[str, Any], server: int) -> None:
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
    send_message(connection, {"pid": os.getpid()}, os.pidfd_open(os.getpid()))
    connection.close()
    exit_with_server(server)
    command = request["command"]
    of_visit = request["memory"] is not None
    options = {"kernel_class": FilteredKernel} if of_visit else {}
    # With 1, ipykernel does not watch its parent by itself.
    app: Any = IPKernelApp.instance(parent_handle=1, **options)
    # A visitor's cells are no history, which all kernels would write into one file.
    app.initialize([*command[command.index("-f") :], "--HistoryManager.enabled=False"])
    # ipywidgets does this when it is imported, which was before there was a kernel.
    register_comm_target()
    if of_visit:
        limit_error_log()
        limit_process(request["memory"])
    app.start()
