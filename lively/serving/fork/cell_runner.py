"""Builds a page: runs the cells of a notebook once and keeps what they show."""

import asyncio
from asyncio import TimerHandle
from collections.abc import Callable, Sequence
from contextvars import Context
from typing import Any

from lively.serving.fork.cell_outputs import Output, OutputRecorder
from lively.serving.fork.socketless_kernel import SocketlessKernel, ignore_message

#: Seconds after the last cell by which a page has come to rest, or never does.
IDLE_TIMEOUT = 15.0


class CellError(Exception):
    """A cell raised an exception."""


class IdleAwareEventLoop(asyncio.SelectorEventLoop):
    """An event loop that knows whether timers or tasks are left."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting: set[TimerHandle] = set()

    def call_at(  # type: ignore[override]
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
        """Wait until only the caller's task is left; return whether that was in time."""
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


async def run_cells(kernel: SocketlessKernel, sources: Sequence[str]) -> list[list[Output]]:
    """Run cells one after the other; return what each of them shows, as notebooks keep it.

    Parameters
    ----------
    kernel : SocketlessKernel
    sources : sequence of str
        The code of each cell.

    Raises
    ------
    CellError
        If a cell raises an exception, with its traceback.
    """

    def send(comm_id: str, state: dict[str, Any]) -> None:
        data = {"method": "update", "state": state, "buffer_paths": []}
        message = kernel.speaker.msg("comm_msg", {"comm_id": comm_id, "data": data})
        kernel.comm_manager.comm_msg(None, [], {**message, "buffers": []})

    recorder = OutputRecorder(send)

    def listen(channel: str, message: dict[str, Any], buffers: Sequence[Any]) -> None:
        # As it would arrive: lists, where Python has tuples.
        content = kernel.speaker.unpack(kernel.speaker.pack(message["content"]))
        recorder.take(message["msg_type"], content, message["parent_header"].get("msg_id", ""))

    shown = []
    for source in sources:
        shown.append(recorder.begin())
        kernel.listener = listen
        try:
            traceback = await kernel.execute(source) if source.strip() else ""
        finally:
            kernel.listener = ignore_message
        if traceback:
            raise CellError(traceback)
        recorder.end()
    return shown


def run_cells_until_idle(
    kernel: SocketlessKernel, sources: Sequence[str], rest: float = IDLE_TIMEOUT
) -> tuple[list[list[Output]], bool]:
    """Run cells in an event loop of their own, which is closed when nothing is left to do.

    Returns
    -------
    outputs : list of list of dict
        Of each cell.
    at_rest : bool
        Whether nothing was left to do.
    """

    async def whole() -> tuple[list[list[Output]], bool]:
        outputs = await run_cells(kernel, sources)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, IdleAwareEventLoop)
        return outputs, await loop.rest(rest)

    with asyncio.Runner(loop_factory=IdleAwareEventLoop) as runner:
        return runner.run(whole())
