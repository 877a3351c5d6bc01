"""A kernel without sockets: its messages go to a listener.

It is ipykernel's own, with all that pages may use of it (displays, streams, comms), and without its
sockets, threads and history. While a page is built, what it says is recorded; in a visit it is sent
to the browser.
"""

import asyncio
import io
import logging
import sys
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from jupyter_client.session import Session
from traitlets import Any as AnyTrait
from traitlets import Type
from traitlets.config import Config

from lively.log import log_to_server
from lively.serving.fork.kernel_shell import TracebackHidingShell

#: Where a message belongs: what all hear, and what answers one who asked.
IOPUB, SHELL = "iopub", "shell"
#: A message and its buffers; the channel comes first.
Listener = Callable[[str, dict[str, Any], Sequence[Any]], None]

logger = logging.getLogger(__name__)


def ignore_message(channel: str, message: dict[str, Any], buffers: Sequence[Any]) -> None:
    """Ignore a message."""


class ListenerSession(Session):
    """A session that hands a kernel's messages to a listener.

    Attributes
    ----------
    listener : callable
        Called with each message.
    """

    listener: Any = AnyTrait(ignore_message)

    def send(
        self,
        stream: Any,
        msg_or_type: Any,
        content: Any = None,
        parent: Any = None,
        ident: Any = None,
        buffers: Any = None,
        track: bool = False,
        header: Any = None,
        metadata: Any = None,
    ) -> dict[str, Any]:
        """Hand a message to the listener."""
        if isinstance(msg_or_type, dict):
            message = msg_or_type
            buffers = buffers or message.get("buffers")
        else:
            message = self.msg(msg_or_type, content, parent, header, metadata)
        self.listener(stream, message, buffers or ())
        return message


class OutputStream(io.TextIOBase):
    """Standard output or error as messages: a line at a time, and what is left when flushed."""

    def __init__(self, kernel: "SocketlessKernel", name: str) -> None:
        self._kernel, self._name, self._text = kernel, name, ""

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str) -> int:
        """Write text."""
        self._text += text
        if "\n" in text:
            self.flush()
        return len(text)

    def flush(self) -> None:
        """Send what has been written."""
        text, self._text = self._text, ""
        if text:
            content = {"name": self._name, "text": text}
            parent = self._kernel.shell.get_parent()
            self._kernel.speaker.send(IOPUB, "stream", content, parent)


class SocketlessKernel(IPythonKernel):  # type: ignore[misc]
    """A kernel without sockets."""

    shell_class = Type(TracebackHidingShell)

    def __init__(self) -> None:
        self.speaker = ListenerSession()
        super().__init__(
            log=logger,
            session=self.speaker,
            iopub_socket=IOPUB,
            # Asked which thread runs the cells, to interrupt them: nobody does here.
            shell_channel_thread=SimpleNamespace(parent_thread=None),
            # Cells of a page are no history, which all would write into one file.
            config=Config({"HistoryManager": {"enabled": False}}),
        )
        for name in ("stdout", "stderr"):
            setattr(sys, name, OutputStream(self, name))
        # What libraries have to say is for the server's log as well.
        log_to_server()
        logging.lastResort = logging.StreamHandler(sys.__stderr__)

    @property
    def listener(self) -> Listener:
        """What is called with the kernel's messages."""
        heard: Listener = self.speaker.listener
        return heard

    @listener.setter
    def listener(self, listener: Listener) -> None:
        self.speaker.listener = listener

    async def execute(self, code: str) -> str:
        """Run a cell; return the traceback if it raises an exception, and nothing otherwise."""
        request = self.speaker.msg("execute_request", {"code": code})
        self.set_parent([], request)
        reply = await self.do_execute(code, silent=False, store_history=False)
        self.flush()
        if reply["status"] == "ok":
            return ""
        return "\n".join(reply["traceback"]) or f"{reply['ename']}: {reply['evalue']}"

    async def answer(
        self, message: dict[str, Any], instead: Callable[[], None] | None = None
    ) -> None:
        """Answer a message of the browser's, of those kinds that widgets need.

        A message of any other kind is let go: nothing here executes code that a visitor sends.

        Parameters
        ----------
        message : dict
        instead : callable, optional
            Called in place of what answers such a message.
        """
        kind = message["header"]["msg_type"]
        answers = {
            "comm_open": self.comm_manager.comm_open,
            "comm_msg": self.comm_manager.comm_msg,
            "comm_close": self.comm_manager.comm_close,
            "comm_info_request": self.comm_info_request,
            "kernel_info_request": self.kernel_info_request,
        }
        if kind not in answers:
            logger.debug("A message of the kind %r is not answered.", kind)
            return
        self.set_parent([], message)
        self.speaker.send(IOPUB, "status", {"execution_state": "busy"}, message)
        try:
            answered = instead() if instead else answers[kind](SHELL, [], message)
            if asyncio.iscoroutine(answered):
                await answered
        finally:
            self.flush()
            self.speaker.send(IOPUB, "status", {"execution_state": "idle"}, message)

    @staticmethod
    def flush() -> None:
        """Send what has been printed."""
        sys.stdout.flush()
        sys.stderr.flush()
