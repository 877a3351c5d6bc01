"""The process of a page: it builds the page, and is forked for every visit.

Until the fork it has no thread, no event loop, and no socket but that to the server. What it has
drawn and made is memory that all visits share, as long as they do not write to it.
"""

import gc
import hashlib
import itertools
import json
import logging
import os
import socket
from contextlib import suppress
from typing import Any

import comm

from lively import visit
from lively.log import log_to_server
from lively.serving.fork.cell_runner import CellError, run_cells_until_idle
from lively.serving.fork.inherited_resources import reopen_files
from lively.serving.fork.process_utilities import (
    editable_module_files,
    last_imported_module,
    reap_children,
    release_free_memory,
    set_process_name,
)
from lively.serving.fork.sharing_monitor import SharingMonitor
from lively.serving.fork.socketless_kernel import SocketlessKernel, ignore_message
from lively.serving.fork.visit_process import run_visit
from lively.serving.fork.widget_states import WidgetStates, record_widget_states
from lively.serving.shared import process_messages
from lively.serving.shared.packet_stream import THE_SERVER, encode_packet

logger = logging.getLogger("lively")


class ReproducibleCommIds:
    """Gives the widgets of a page the same ids whenever the same page is built.

    So a visitor whose page came from one process may be served by the one that replaced it.

    Parameters
    ----------
    digest : str
        Of the notebook.
    """

    def __init__(self, digest: str) -> None:
        self._before = comm.create_comm
        self._numbers = (f"{digest[:24]}{number:08x}" for number in itertools.count())

    def __enter__(self) -> None:
        def create(**options: Any) -> Any:
            return self._before(**{"comm_id": next(self._numbers), **options})

        comm.create_comm = create

    def __exit__(self, *error: object) -> None:
        comm.create_comm = self._before


def run_page(connection: socket.socket, request: dict[str, Any]) -> None:
    """Build a page, send the server the result, and fork visits until the server is gone.

    Parameters
    ----------
    connection : socket.socket
        To the server.
    request : dict
        With the `code` of the cells, the `folder` to be in, the `environment`, and what to prepare:
        `suggestions`.
    """
    set_process_name("lively-page")
    process_messages.send_message(connection, {"pid": os.getpid()}, os.pidfd_open(os.getpid()))
    since = last_imported_module()
    code = request["code"]
    os.environ.update(request["environment"])
    log_to_server()
    os.chdir(request["folder"])
    kernel: SocketlessKernel = SocketlessKernel.instance()
    visit.hooks.building = True
    watch = SharingMonitor()

    def files() -> list[str]:
        """Return the files that have been read and are not installed."""
        return sorted(watch.files | editable_module_files(since))

    watch.start()
    try:
        with ReproducibleCommIds(hashlib.sha256(json.dumps(code).encode()).hexdigest()):
            outputs, at_rest = run_cells_until_idle(kernel, code)
    except CellError as error:
        process_messages.send_message(connection, {"failed": str(error), "files": files()})
        return
    finally:
        watch.stop()
        kernel.listener = ignore_message
    visit.hooks.building = False
    reasons = watch.reasons + ["it never comes to rest"] * (not at_rest)
    if reasons:
        # Not what it has read: that may be what each of its visits writes.
        modules = sorted(editable_module_files(since))
        process_messages.send_message(connection, {"unshared": reasons[:20], "files": modules})
        return
    prepare_suggestions(request["suggestions"])
    states = record_widget_states(kernel)
    process_messages.send_message(connection, {"outputs": outputs, "files": files()})
    # They are large, and the server has them now.
    del outputs, code, request
    freeze_memory()
    fork_visits(connection, kernel, watch, states)


def fork_visits(
    connection: socket.socket,
    kernel: SocketlessKernel,
    watch: SharingMonitor,
    states: WidgetStates | None,
) -> None:
    """Fork visits until the server is gone."""
    reap_children()
    while received := process_messages.receive_message(connection):
        request, descriptors = received
        if "suggestions" in request:
            prepare_suggestions(request["suggestions"])
            freeze_memory()
            continue
        theirs = socket.socket(fileno=descriptors[0])
        try:
            pid = os.fork()
        except OSError as error:
            refusal = encode_packet(THE_SERVER, json.dumps({"failed": str(error)}).encode())
            # Who has asked may be gone.
            with suppress(OSError):
                theirs.send(refusal, socket.MSG_DONTWAIT)
            theirs.close()
            continue
        if pid == 0:
            connection.close()
            gc.enable()
            set_process_name("lively-visit")
            reopen_files()
            watch.randomness.reseed()
            run_visit(theirs, kernel, states, request["environment"], request["memory"])
        theirs.close()


def prepare_suggestions(suggestions: list[Any]) -> None:
    """Prepare what visits have suggested; an error there is logged and ends nothing."""
    try:
        visit.prepare(suggestions)
    except Exception:
        logger.exception("What is prepared for visits failed.")


def freeze_memory() -> None:
    """Collect garbage, and keep later collections from writing to shared memory."""
    gc.collect()
    release_free_memory()
    gc.freeze()
