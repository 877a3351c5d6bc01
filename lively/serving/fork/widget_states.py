"""The states of all widgets of a page, recorded once for all of its visits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lively.serving.fork.comm_filter import CONTROL_TARGET, STATES_REQUEST
from lively.serving.fork.socketless_kernel import SHELL, SocketlessKernel, ignore_message


@dataclass(frozen=True)
class WidgetStates:
    """The states of all widgets, as they are sent.

    Attributes
    ----------
    data : bytes
        Of the message's content, as JSON.
    buffers : tuple of bytes
    """

    data: bytes
    buffers: tuple[bytes, ...]


def record_widget_states(kernel: SocketlessKernel) -> WidgetStates | None:
    """Ask for the states of all widgets as a browser does, and write down the answer.

    Returns
    -------
    WidgetStates or None
        None if there is no answer, as where nobody has imported ipywidgets.
    """
    heard: list[WidgetStates] = []

    def listen(channel: str, message: dict[str, Any], buffers: Sequence[Any]) -> None:
        if message["msg_type"] == "comm_msg":
            data = kernel.speaker.pack(message["content"]["data"])
            heard.append(WidgetStates(data, tuple(map(bytes, buffers))))

    kernel.listener = listen
    comm_id = "rehearsal"
    opened = {"comm_id": comm_id, "target_name": CONTROL_TARGET, "data": {}}
    manager = kernel.comm_manager
    for kind, content in (
        ("comm_open", opened),
        ("comm_msg", {"comm_id": comm_id, "data": STATES_REQUEST}),
    ):
        message = kernel.speaker.msg(kind, content)
        message["metadata"]["version"] = "1.0.0"
        getattr(manager, kind)(SHELL, [], {**message, "buffers": []})
    kernel.listener = ignore_message
    if comm_id in manager.comms:
        manager.comms[comm_id].close()
    return heard[0] if len(heard) == 1 else None
