"""The proxy of the Hub that tests start: JupyterHub's own is a program for Node.js."""

import asyncio
import contextlib
import re
from urllib.parse import urlsplit

from jupyterhub.proxy import Proxy

CONNECTION = re.compile(rb"\r\nConnection:[^\r]*", re.IGNORECASE)
UPGRADE = re.compile(rb"\r\nUpgrade: websocket\r", re.IGNORECASE)


class PassThrough(Proxy):
    """Passes each connection on to the longest route that its address begins with, unchanged."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self._routes, self._server = {}, None

    async def start(self):
        public = urlsplit(self.public_url)
        self._server = await asyncio.start_server(self._serve, public.hostname, public.port)

    async def stop(self):
        self._server.close()

    async def add_route(self, routespec, target, data):
        spec = self.validate_routespec(routespec)
        self._routes[spec] = {"routespec": spec, "target": target, "data": data}

    async def delete_route(self, routespec):
        self._routes.pop(self.validate_routespec(routespec), None)

    async def get_all_routes(self):
        return dict(self._routes)

    async def _serve(self, reader, writer):
        with contextlib.closing(writer), contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode("latin-1")
            specs = sorted((spec for spec in self._routes if path.startswith(spec)), key=len)
            if not specs:
                return
            target = urlsplit(self._routes[specs[-1]]["target"])
            back, there = await asyncio.open_connection(target.hostname, target.port)
            with contextlib.closing(there):
                # The next request may be for another route, so it gets another connection.
                if not UPGRADE.search(head):
                    head = CONNECTION.sub(b"", head)[:-2] + b"Connection: close\r\n\r\n"
                there.write(head)
                asked = asyncio.ensure_future(self._pass(reader, there))
                await self._pass(back, writer)
                asked.cancel()

    async def _pass(self, reader, writer):
        with contextlib.suppress(OSError):
            while piece := await reader.read(1 << 16):
                writer.write(piece)
                await writer.drain()
        writer.close()
