"""Stands between a browser and a server, as a network that is not what it should be."""

import asyncio
import contextlib
import re
import threading

PROTOCOL = re.compile(rb"^Sec-WebSocket-Protocol:[^\r]*\r\n", re.IGNORECASE | re.MULTILINE)
UPGRADE = re.compile(rb"^Upgrade: websocket\r$", re.IGNORECASE | re.MULTILINE)
REFUSED = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Relay:
    """Passes on what comes, in a thread of its own, until it is told otherwise.

    `mode` is one of "pass"; "stall": all lines stay, and nothing comes through until later; "cut":
    no line is left, and no other opens; "refuse": no websocket opens; "strip": websockets open
    without their protocol. `delay` holds each piece back, by so many seconds.
    """

    def __init__(self, target):
        self.target, self.mode, self.delay = target, "pass", 0.0
        self._lines = set()
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(ready)), daemon=True)
        self._thread.start()
        ready.wait()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def be(self, mode):
        """Change the mode; what is said next is under the new one."""

        async def change():
            self.mode = mode
            (self._moving.clear if mode == "stall" else self._moving.set)()
            if mode in ("cut", "refuse"):
                self._cut()

        asyncio.run_coroutine_threadsafe(change(), self._loop).result(10)

    def cut(self):
        """Cut all lines; others may open."""
        self._loop.call_soon_threadsafe(self._cut)

    def stop(self):
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)

    async def _run(self, ready):
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(lambda loop, context: None)
        self._moving, self._stopped = asyncio.Event(), asyncio.Event()
        self._moving.set()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._stopped.wait()
        server.close()
        self._cut()

    def _cut(self):
        for writer in self._lines:
            writer.transport.abort()
        self._lines.clear()

    async def _serve(self, reader, writer):
        there = None
        try:
            if self.mode != "cut":
                await self._moving.wait()
                back, there = await asyncio.open_connection("127.0.0.1", self.target)
                self._lines |= {writer, there}
                await asyncio.gather(
                    self._pass(reader, there, writer), self._pass(back, writer, None)
                )
        except OSError:
            pass
        finally:
            for end in (writer, there):
                if end is not None:
                    self._lines.discard(end)
                    end.transport.abort()

    async def _pass(self, reader, writer, back):
        """Pass on one direction; `back` is where a browser is answered, if it is a browser's."""
        with contextlib.suppress(OSError):
            while piece := await reader.read(1 << 16):
                await asyncio.sleep(self.delay)
                await self._moving.wait()
                if back is not None and UPGRADE.search(piece):
                    if self.mode == "refuse":
                        back.write(REFUSED)
                        await back.drain()
                        break
                    if self.mode == "strip":
                        piece = PROTOCOL.sub(b"", piece)
                writer.write(piece)
                await writer.drain()
            writer.close()
