"""Builds a page: runs the cells of a notebook once and keeps what they show."""

import asyncio
from asyncio import TimerHandle
from collections.abc import Callable, Sequence
from contextvars import Context
from types import SimpleNamespace
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from lively.serving.kernel import QuietKernel, ignore

#: Seconds after the last cell by which a page has come to rest, or never does.
REST = 15.0


class CellError(Exception):
    """A cell raised an exception."""


class TimedLoop(asyncio.SelectorEventLoop):
    """An event loop that can say whether anything is left to do at a later time."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: set[TimerHandle] = set()

    def call_at(
        self,
        when: float,
        callback: Callable[..., Any],
        *args: Any,
        context: Context | None = None,
    ) -> TimerHandle:
        """Call something at a later time."""

        def call() -> None:
            self._waiting.discard(handle)
            callback(*args)

        handle = super().call_at(when, call, context=context)
        self._waiting.add(handle)
        return handle

    async def rest(self, seconds: float) -> bool:
        """Wait until nothing is left to do but what called this; return whether that came."""
        end = self.time() + seconds
        while self.time() < end:
            # A call of the base class: the wait itself does not count.
            woken = self.create_future()
            super().call_at(self.time() + 0.01, woken.set_result, None)
            await woken
            waiting = any(not handle.cancelled() for handle in self._waiting)
            if not waiting and len(asyncio.all_tasks(self)) == 1:
                return True
        return False


class Recorder(NotebookClient):  # type: ignore[misc]
    """nbclient's account of a notebook's outputs, from messages that come without a socket."""

    def __init__(self, kernel: QuietKernel, notebook: NotebookNode) -> None:
        super().__init__(notebook)
        self._kernel = kernel
        self._sent_back: list[dict[str, Any]] = []
        # What an `Output` widget has caught goes back to it, by a message as a browser's.
        channel = SimpleNamespace(send=self._sent_back.append)
        self.kc = SimpleNamespace(session=kernel.session, shell_channel=channel)

    async def record(self, cell: NotebookNode, index: int) -> str:
        """Run a cell, put what it shows into its outputs, and return the traceback, if any."""

        def listen(channel: str, message: dict[str, Any], buffers: Sequence[Any]) -> None:
            # As it would arrive: lists, where Python has tuples.
            session = self._kernel.session
            content = session.unpack(session.pack(message["content"]))
            self.process_message({**message, "content": content}, cell, index)

        self.clear_before_next_output = False
        self._kernel.listener = listen
        try:
            return await self._kernel.execute(cell.source)
        finally:
            self._kernel.listener = ignore
            for message in self._sent_back:
                self._kernel.comm_manager.comm_msg(None, [], {**message, "buffers": []})
            self._sent_back.clear()


async def run(kernel: QuietKernel, sources: Sequence[str]) -> list[list[dict[str, Any]]]:
    """Run cells one after the other; return what each of them shows, as nbformat has it.

    Parameters
    ----------
    kernel : QuietKernel
    sources : sequence of str
        The code of each cell.

    Raises
    ------
    CellError
        If a cell raises an exception, with its traceback.
    """
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    recorder = Recorder(kernel, notebook)
    for index, cell in enumerate(notebook.cells):
        if cell.source.strip() and (traceback := await recorder.record(cell, index)):
            raise CellError(traceback)
    return [cell.outputs for cell in notebook.cells]


def build(
    kernel: QuietKernel, sources: Sequence[str], rest: float = REST
) -> tuple[list[list[dict[str, Any]]], bool]:
    """Run cells in an event loop of their own, which is closed when nothing is left to do.

    Returns
    -------
    outputs : list of list of dict
    at_rest : bool
        Whether nothing was left to do.
    """

    async def whole() -> tuple[list[list[dict[str, Any]]], bool]:
        outputs = await run(kernel, sources)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, TimedLoop)
        return outputs, await loop.rest(rest)

    with asyncio.Runner(loop_factory=TimedLoop) as runner:
        return runner.run(whole())
