"""The process of a visit, which is forked from the process of its page."""

import asyncio
import json
import logging
import os
import signal
import socket
import sys

from lively import visit
from lively.serving.fork import error_log_filter
from lively.serving.fork.process_limits import limit_process
from lively.serving.fork.process_utilities import exit_process
from lively.serving.fork.socketless_kernel import SocketlessKernel
from lively.serving.fork.visit_message_loop import VisitMessageLoop
from lively.serving.fork.widget_states import WidgetStates
from lively.serving.shared.packet_stream import (
    THE_SERVER,
    encode_packet,
)

logger = logging.getLogger("lively")


def run_visit(
    connection: socket.socket,
    kernel: SocketlessKernel,
    states: WidgetStates | None,
    environment: dict[str, str],
    memory: int,
) -> None:
    """Run the process of a visit; never return.

    Parameters
    ----------
    connection : socket.socket
        A stream to the server.
    kernel : SocketlessKernel
        With the page's widgets.
    states : WidgetStates or None
        What `record_widget_states` wrote down.
    environment : dict of str
        Of the visit, added to the process's own.
    memory : int
        Bytes that the process may take for itself; see `process_limits.limit_process`.
    """
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.environ.update(environment)
        error_log_filter.limit_error_log()
        hello = encode_packet(THE_SERVER, json.dumps({"pid": os.getpid()}).encode())
        # By it the server can end this very process, whoever has its number later.
        socket.send_fds(connection, [hello], [os.pidfd_open(os.getpid())])

        limit_process(memory)

        async def talk() -> None:
            loop = VisitMessageLoop(connection, kernel, states)
            try:
                visit.begin(visit.Visit.present())
            except Exception:
                logger.exception("What was to be called for a visit failed.")
            await loop.run()

        asyncio.run(talk())
    except BaseException:
        logger.exception("A visit ended.")
    finally:
        sys.stderr.flush()
        exit_process()
