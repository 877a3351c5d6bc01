"""A visit without a browser: what a browser would ask for, and what must come back.

As many browsers on one machine would measure themselves.
"""

import asyncio
import re
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from protocol import PATIENCE, Line, VisitError, Window, introduction
from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest
from tornado.websocket import WebSocketError

KERNEL = re.compile(rb'"kernelId": ?"([0-9a-f-]+)"')
VIEW = re.compile(
    rb'"application/vnd\.jupyter\.widget-view\+json": ?\{[^}]*"model_id": ?"([0-9a-f-]+)"'
)


@dataclass
class Times:
    """Seconds of one visit.

    Attributes
    ----------
    first_byte, html, picture : float
        From the request of the page: to the first byte of the answer, to its last, to the first
        frame of any picture.
    frame, frames : float
        From the opening of the websocket: to the first frame of any picture, and to that of each.
    slider : float
        From the message of a moved slider to a frame that answers it.
    """

    first_byte: float = 0.0
    html: float = 0.0
    picture: float = 0.0
    frame: float = 0.0
    frames: float = 0.0
    slider: float = 0.0


@dataclass
class Visit:
    """One visit of a page.

    Parameters
    ----------
    address : str
        The server's.
    page : str
        The notebook's name, without its ending.
    views : int
        Widgets that the page must show.
    window : Window

    Attributes
    ----------
    line : Line
        Over which page and server speak.
    """

    address: str
    page: str
    views: int
    window: Window
    line: Line = field(default_factory=Line)
    _kernel: str = ""
    _cookies: dict[str, str] = field(default_factory=dict)

    async def open(self) -> Times:
        """Open the page, wait for all of it, and move a slider.

        Raises
        ------
        VisitError
            If something is missing, or has not come in time.
        """
        self.line.awaited = "HTML"
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._open()
        except TimeoutError:
            raise VisitError(f"no {self.line.awaited} within {PATIENCE:.0f} s") from None
        except HTTPClientError as error:
            raise VisitError(f"{error} instead of {self.line.awaited}") from None
        except (OSError, WebSocketError) as error:
            raise VisitError(f"{type(error).__name__} before {self.line.awaited}") from None

    async def _open(self) -> Times:
        times = Times()
        started = time.perf_counter()

        def receive(_: str) -> None:
            times.first_byte = times.first_byte or time.perf_counter() - started

        address = f"{self.address}voila/render/{self.page}.ipynb"
        page = await self._fetch(address, header_callback=receive)
        times.html = time.perf_counter() - started
        self.line.passed("HTML")
        models = self._read(page)
        await self._fetch(self._kernel)
        line = self.line
        line.awaited = "websocket"
        opened = time.perf_counter()
        await line.connect(self._kernel, self._cookie)
        await self._greet(models)
        assert line.widgets is not None
        times.frame = min(line.frames.values()) - opened
        times.frames = max(line.frames.values()) - opened
        times.picture = times.frame + opened - started
        # What still comes of the opening is no answer to the slider.
        await line.until("rest after the opening", lambda: not line.unanswered)
        times.slider = await self.move()
        return times

    async def move(self) -> float:
        """Move a slider; return the seconds until a frame answers it."""
        self.line.move()
        await self.line.until("frame for the slider", lambda: self.line.answered > 0)
        return self.line.answered - self.line.moved

    async def _greet(self, models: set[str]) -> None:
        """Ask for the states, show the canvases, and wait for the first frame of each."""
        line = self.line
        line.send("kernel_info_request")
        await line.until("kernel_info_reply", lambda: line.informed)
        control = uuid.uuid4().hex
        line.send("comm_open", comm_id=control, target_name="jupyter.widget.control", data={})
        line.send("comm_msg", comm_id=control, data={"method": "request_states"})
        await line.until("states", lambda: line.widgets is not None)
        line.send("comm_close", comm_id=control, data={})
        found = line.widgets
        assert found is not None
        if missing := len(models - found.models):
            raise VisitError(f"{missing} of {len(models)} views without a widget")
        if len(found.canvases) != len(self.window.sizes):
            raise VisitError(
                f"{len(found.canvases)} canvases for {len(self.window.sizes)} pictures"
            )
        for canvas in found.canvases:
            if self.window.ratio != 1:
                line.tell(canvas, "set_dpi_ratio", dpi_ratio=self.window.ratio)
                line.tell(canvas, "set_device_pixel_ratio", device_pixel_ratio=self.window.ratio)
            for kind in ("refresh", "send_image_mode", "initialized"):
                line.tell(canvas, kind)
        for data in introduction(found.shell_state, self.window):
            line.send("comm_msg", comm_id=found.shell, data=data)
        await line.until(
            "first frame of each picture", lambda: len(line.frames) == len(found.canvases)
        )

    def _read(self, page: bytes) -> set[str]:
        """Check the HTML; return the models of its views."""
        kernel = KERNEL.search(page)
        if kernel is None:
            raise VisitError("no kernel in the HTML")
        self._kernel = f"{self.address}api/kernels/{kernel[1].decode()}"
        models = {model.decode() for model in VIEW.findall(page)}
        if len(models) != self.views:
            raise VisitError(f"{len(models)} of {self.views} views in the HTML")
        poster = page.find(b'class="lively-poster"')
        if poster < 0 or page.find(b"<img", poster) < 0:
            raise VisitError("no poster in the HTML")
        return models

    @property
    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    async def _fetch(self, address: str, **more: Any) -> bytes:
        request = HTTPRequest(
            address, headers={"Cookie": self._cookie}, request_timeout=PATIENCE, **more
        )
        answer = await AsyncHTTPClient().fetch(request)
        for cookie in answer.headers.get_list("Set-Cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer.body

    async def leave(self) -> None:
        """Leave as a closed tab does, which does not wait for the answer to close its websocket."""
        if self._kernel:
            ended = f"{self.address}voila/api/shutdown/{self._kernel.rpartition('/')[2]}"
            beacon = asyncio.create_task(self._fetch(ended, method="POST", body=""))
            await asyncio.sleep(0)
        if self.line.socket is not None:
            self.line.socket.close()
        if self._kernel:
            # A browser does not look at the answer.
            with suppress(OSError, HTTPClientError):
                await beacon
