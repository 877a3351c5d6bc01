"""What a page's scripts and Python say to each other over the websocket.

Of most messages only the outline is read, so that hundreds of visitors fit into one process.
"""

import asyncio
import json
import re
import struct
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

from jupyter_server.services.kernels.connection.base import serialize_msg_to_ws_v1
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

#: Seconds after which a visit has failed.
PATIENCE = 150.0
MESSAGE_ID = re.compile(rb'"msg_id": ?"([^"]+)"')
#: The sliders that a visitor moves: those whose value is a number.
SLIDERS = ("FloatSliderModel", "IntSliderModel")


class VisitError(Exception):
    """A visit is not whole; the message is the reason."""


@dataclass(frozen=True)
class Window:
    """What a page's script says of the browser's window: its pixel ratio, the pictures' sizes."""

    ratio: float
    sizes: list[list[int]]


@dataclass(frozen=True)
class Widgets:
    """What a visitor needs of the states of a page's widgets."""

    models: frozenset[str]
    canvases: list[str]
    shell: str
    shell_state: dict[str, Any]
    slider: str
    values: tuple[float, float]


@lru_cache(maxsize=4)
def widgets(content: bytes) -> Widgets:
    """Read the states; kept, since visits of one template have the same ones."""
    models = json.loads(content)["data"]["states"]
    states = {model: found["state"] for model, found in models.items()}
    shell = next((model for model, state in states.items() if "canvases" in state), None)
    if shell is None:
        raise VisitError("no shell among the widgets")

    def shown(state: dict[str, Any]) -> bool:
        layout = states[state["layout"].removeprefix("IPY_MODEL_")]
        return layout["display"] != "none" and not state["disabled"]

    sliders = (m for m, found in models.items() if found["model_name"] in SLIDERS)
    slider = next((model for model in sliders if shown(states[model])), None)
    if slider is None:
        raise VisitError("no slider among the widgets")
    value, step = states[slider]["value"], states[slider]["step"]
    further = value + step if value + step <= states[slider]["max"] else value - step
    return Widgets(
        frozenset(models),
        [m for m, found in models.items() if found["model_name"] == "MPLCanvasModel"],
        shell,
        states[shell],
        slider,
        (round(further, 9), value),
    )


def introduction(shell: dict[str, Any], window: Window) -> list[dict[str, Any]]:
    """Return what the page's script tells the shell at the opening, message by message."""
    if "streaming" in shell:
        states: list[dict[str, Any]] = [{"streaming": True}, {"sizes": window.sizes}]
        return [{"method": "update", "state": state, "buffer_paths": []} for state in states]
    screen = {"type": "screen", "ratio": window.ratio, "sizes": window.sizes, "anew": True}
    return [{"method": "custom", "content": screen}]


@dataclass
class Line:
    """The websocket of a visit, and what came over it.

    Attributes
    ----------
    sent : dict of str to float
        When each message was sent, by its id.
    unanswered : set of str
        Messages after which Python has not come to rest.
    frames : dict of str to float
        When the first frame of each canvas came.
    answered : float
        When the first frame came that answers a message sent at `moved` or later.
    passed : callable
        Called with the name of what has been waited for, when it has happened.
    written : awaitable
        Done when the last message has left.
    """

    socket: WebSocketClientConnection | None = None
    closed: bool = False
    informed: bool = False
    widgets: Widgets | None = None
    broken: VisitError | None = None
    sent: dict[str, float] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    frames: dict[str, float] = field(default_factory=dict)
    moved: float = float("inf")
    answered: float = 0.0
    awaited: str = ""
    passed: Callable[[str], None] = lambda _: None
    written: Awaitable[None] | None = None
    _turn: int = 0
    _drawing: set[str] = field(default_factory=set)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _session: str = field(default_factory=lambda: uuid.uuid4().hex)

    async def connect(self, kernel: str, cookie: str) -> None:
        """Open the websocket of a kernel, given by its address."""
        request = HTTPRequest(
            f"{kernel.replace('http', 'ws', 1)}/channels?session_id={self._session}",
            headers={"Cookie": cookie},
            connect_timeout=PATIENCE,
            request_timeout=PATIENCE,
        )
        self.socket = await websocket_connect(
            request,
            on_message_callback=self._received,
            # As browsers do; it is the server's choice.
            compression_options={},
            max_message_size=100 * 2**20,
            subprotocols=["v1.kernel.websocket.jupyter.org"],
        )

    def send(self, kind: str, **content: Any) -> float:
        """Send a message; return when."""
        assert self.socket is not None
        name = f"{self._session}_{len(self.sent)}"
        header = {
            "msg_id": name,
            "msg_type": kind,
            "username": "",
            "session": self._session,
            "version": "5.2",
            "date": "2020-01-01T00:00:00.000Z",
        }
        # The version is that of the control channel of ipywidgets.
        parts = [header, {}, {"version": "1.0.0"}, content]
        written = serialize_msg_to_ws_v1([json.dumps(part).encode() for part in parts], "shell")
        self.unanswered.add(name)
        self.sent[name] = time.perf_counter()
        self.written = self.socket.write_message(written, binary=True)
        return self.sent[name]

    def tell(self, model: str, kind: str, **content: Any) -> None:
        """Send a widget a message of its own kind."""
        data = {"method": "custom", "content": {"type": kind, **content}}
        self.send("comm_msg", comm_id=model, data=data)

    def move(self) -> None:
        """Move a slider by a step, or back."""
        assert self.widgets is not None
        value = self.widgets.values[self._turn % 2]
        self._turn, self.answered = self._turn + 1, 0.0
        data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
        self.moved = self.send("comm_msg", comm_id=self.widgets.slider, data=data)

    async def until(self, what: str, happened: Callable[[], bool]) -> None:
        """Wait until something has happened, named for those who wait in vain."""
        self.awaited = what
        while not happened():
            if self.broken is not None:
                raise self.broken
            if self.closed:
                raise VisitError(f"websocket closed before {what}")
            self._news.clear()
            await self._news.wait()
        self.passed(what)

    def _received(self, raw: str | bytes | None) -> None:
        if isinstance(raw, bytes):
            try:
                self._read(raw, time.perf_counter())
            except VisitError as error:
                self.broken = error
        self.closed = self.closed or raw is None
        self._news.set()

    def _read(self, raw: bytes, now: float) -> None:
        count = int.from_bytes(raw[:8], "little")
        offsets = struct.unpack_from(f"<{count}Q", raw, 8)
        # The channel comes first; buffers follow the content.
        header, parent, _, content = (raw[i:j] for i, j in pairwise(offsets[1:6]))
        if b'"status"' in header:
            if b'"idle"' in content:
                self.unanswered.discard(answered_by(parent))
        elif b'"kernel_info_reply"' in header:
            self.informed = True
        elif b'"comm_msg"' in header:
            if self.widgets is None and b'"update_states"' in content:
                self.widgets = widgets(content)
            elif b'"custom"' in content:
                self._take(json.loads(content), answered_by(parent), now)

    def _take(self, content: dict[str, Any], parent: str, now: float) -> None:
        """Answer a canvas as ipympl's script does."""
        canvas = content["comm_id"]
        if self.widgets is None or canvas not in self.widgets.canvases:
            return
        kind = json.loads(content["data"]["content"]["data"])["type"]
        if kind == "draw" and canvas not in self._drawing:
            self._drawing.add(canvas)
            self.tell(canvas, "draw")
        elif kind == "resize":
            self.tell(canvas, "refresh")
        elif kind in ("runs", "binary"):
            self._drawing.discard(canvas)
            self.frames.setdefault(canvas, now)
            if self.sent.get(parent, 0.0) >= self.moved and not self.answered:
                self.answered = now


def answered_by(parent: bytes) -> str:
    """Return the id of the message that another one answers."""
    found = MESSAGE_ID.search(parent)
    return found[1].decode() if found else ""
