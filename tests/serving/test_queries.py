"""What a visitor asked for is nobody's to know once the process that answers has been told."""

import asyncio
import gc
import os
import socket
import subprocess
import weakref

import pytest

from lively.serving.shared.packet_stream import THE_SERVER, encode_packet
from lively.serving.visits.visit_registry import Visits

fork_server_client = pytest.importorskip("lively.serving.fork.fork_server_client")
pytestmark = pytest.mark.skipif(not fork_server_client.CAN_FORK, reason="visits are forked")


class Query(str):
    """A text of which it can be seen whether somebody has it."""

    __slots__ = ("__weakref__",)


class Template:
    """Stands for a built page: whoever answers says that he is there, and no more."""

    path, alive = "page.ipynb", True

    def __init__(self, process):
        self.process, self.told, self.line = process, [], None

    def expect(self, more):
        pass

    async def fork(self, line, environment, memory):
        self.told += environment
        self.line = line.dup()
        descriptor = os.pidfd_open(self.process.pid)
        socket.send_fds(line, [encode_packet(THE_SERVER, b"{}")], [descriptor])
        os.close(descriptor)


class Socket:
    """Stands for a websocket."""

    def put(self, message):
        pass

    def end(self, code, reason):
        pass


def test_a_query_is_forgotten_once_the_visit_has_begun():
    async def visit(template):
        visits = Visits(None, None)
        query = Query("a=secret")
        kept = weakref.ref(query)
        made = visits.expect(template, {"QUERY_STRING": query})
        del query
        gc.collect()
        assert kept() is not None, "it is needed until the process has been told"
        made.attach(Socket())
        await made._task
        assert "QUERY_STRING" in template.told
        gc.collect()
        assert made.id in visits
        forgotten = kept() is None
        visits[made.id].close()
        # The line is closed when the loop has its turn.
        await asyncio.sleep(0)
        return forgotten

    with subprocess.Popen(["sleep", "60"]) as process:
        template = Template(process)
        assert asyncio.run(visit(template))
        template.line.close()
