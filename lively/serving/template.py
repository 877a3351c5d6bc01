"""The template of a page: a process that has built it, and is forked for every visit.

Until the fork it has no thread, no event loop and no socket but the line to the server. What it has
drawn and made is memory that all visits share, as long as they do not write to it.
"""

import gc
import hashlib
import itertools
import json
import logging
import os
import socket
from typing import Any

import comm

from lively import visit
from lively.serving import lines
from lively.serving.build import CellError, build
from lively.serving.conversation import converse, rehearse
from lively.serving.kernel import QuietKernel, ignore
from lively.serving.packets import SERVER, pack
from lively.serving.process_state import reopen
from lively.serving.processes import changing_modules, latest_module, reap, rename, trim
from lively.serving.watch import Watch

logger = logging.getLogger("lively")


class NumberedComms:
    """Gives the widgets of a page numbers that are the same whenever the same page is built.

    So a visitor whose page was sent by one template may be served by the one that took its place.

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


def run(line: socket.socket, request: dict[str, Any], descriptors: list[int]) -> None:
    """Build a page, tell the server what came of it, and fork visits until the server is gone.

    Parameters
    ----------
    line : socket.socket
        To the server.
    request : dict
        With the `folder` to be in, the `environment`, and what to prepare: `suggestions`.
    descriptors : list of int
        A file in memory with the code of the cells, as JSON.
    """
    rename("lively-page")
    lines.send(line, {"pid": os.getpid()}, os.pidfd_open(os.getpid()))
    since = latest_module()
    code = lines.kept(descriptors[0])
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    kernel: QuietKernel = QuietKernel.instance()
    visit.hooks.building = True
    watch = Watch()
    watch.start()
    try:
        with NumberedComms(hashlib.sha256(code).hexdigest()):
            outputs, at_rest = build(kernel, json.loads(code))
    except CellError as error:
        lines.send(line, {"failed": str(error)[-lines.LARGEST // 2 :]})
        return
    finally:
        watch.stop()
        kernel.listener = ignore
    visit.hooks.building = False
    reasons = watch.reasons + ["it never comes to rest"] * (not at_rest)
    if reasons:
        lines.send(line, {"unshared": reasons[:20]})
        return
    visit.prepare(request["suggestions"])
    serve(line, kernel, watch, outputs, since)


def serve(line: socket.socket, kernel: QuietKernel, watch: Watch, outputs: Any, since: str) -> None:
    """Hand out what the cells show, then fork visits."""
    states = rehearse(kernel)
    built = {"outputs": outputs, "files": sorted(watch.files | changing_modules(since))}
    freeze()
    written = lines.keep(json.dumps(built).encode())
    lines.send(line, {"built": True}, written)
    lines.close([written])
    reap()
    while received := lines.receive(line):
        request, descriptors = received
        if "suggestions" in request:
            visit.prepare(request["suggestions"])
            freeze()
            continue
        theirs = socket.socket(fileno=descriptors[0])
        try:
            pid = os.fork()
        except OSError as error:
            refusal = pack(SERVER, json.dumps({"failed": str(error)}).encode())
            theirs.send(refusal, socket.MSG_DONTWAIT)
            theirs.close()
            continue
        if pid == 0:
            line.close()
            gc.enable()
            rename("lively-visit")
            reopen()
            watch.randomness.reseed()
            converse(theirs, kernel, states, request["environment"], request["memory"])
        theirs.close()


def freeze() -> None:
    """Collect garbage, and let no later collection write into memory that is to be shared."""
    gc.collect()
    trim()
    gc.freeze()
