"""The outputs of cells, gathered from a kernel's messages in the format of notebooks."""

from collections.abc import Callable
from typing import Any

Output = dict[str, Any]
#: Kinds of message that are outputs, and what of their content is kept.
OUTPUT_FIELDS = {
    "stream": ("name", "text"),
    "display_data": ("data", "metadata"),
    "execute_result": ("data", "metadata", "execution_count"),
    "error": ("ename", "evalue", "traceback"),
}


class OutputList:
    """A list of outputs, and how messages change it."""

    def __init__(self) -> None:
        self.list: list[Output] = []
        self._clear_first = False

    def add(self, kind: str, content: dict[str, Any]) -> Output:
        """Add what a message shows; text goes to the end of text of the same stream."""
        if self._clear_first:
            self.clear(wait=False)
        last = self.list[-1] if self.list else {}
        if kind == "stream" and (last.get("output_type"), last.get("name")) == (
            kind,
            content["name"],
        ):
            last["text"] += content["text"]
            return last
        output = {"output_type": kind, **{name: content[name] for name in OUTPUT_FIELDS[kind]}}
        self.list.append(output)
        return output

    def clear(self, wait: bool) -> None:
        """Empty the list: now, or when the next output comes."""
        self._clear_first = wait
        if not wait:
            self.list.clear()


class OutputRecorder:
    """Takes the messages of a kernel that runs cells, as a browser would.

    Outputs within an `Output` widget go to the widget. A browser writes them into the widget's
    state, which the kernel then learns; so does this.

    Parameters
    ----------
    send : callable
        Takes a comm's id and a new state for its widget, as from a browser.
    """

    def __init__(self, send: Callable[[str, dict[str, Any]], None]) -> None:
        self._send = send
        self._shown = OutputList()
        self._displays: dict[str, list[Output]] = {}
        # By the comm's id.
        self._widgets: dict[str, OutputList] = {}
        # Comms whose widgets catch the outputs of a request, by its id; the innermost comes last.
        self._catching: dict[str, list[str]] = {}
        self._changed: dict[str, None] = {}

    def begin(self) -> list[Output]:
        """Begin a cell; return the list that its outputs will be put into."""
        self._shown = OutputList()
        return self._shown.list

    def end(self) -> None:
        """End a cell: let widgets know what they have caught."""
        for comm_id in self._changed:
            self._send(comm_id, {"outputs": self._widgets[comm_id].list})
        self._changed.clear()

    def take(self, kind: str, content: dict[str, Any], parent: str) -> None:
        """Take a message.

        Parameters
        ----------
        kind : str
            Its type.
        content : dict
        parent : str
            The id of the request that it belongs to.
        """
        if kind in ("comm_open", "comm_msg"):
            self._follow(content)
        elif kind == "clear_output":
            self._where(parent).clear(content["wait"])
        elif kind == "update_display_data":
            self._update(content)
        elif kind in OUTPUT_FIELDS:
            output = self._where(parent).add(kind, content)
            if display := (content.get("transient") or {}).get("display_id"):
                self._displays.setdefault(display, []).append(output)

    def _where(self, parent: str) -> OutputList:
        """Return the outputs that a request's go to."""
        if catching := self._catching.get(parent):
            self._changed[catching[-1]] = None
            return self._widgets[catching[-1]]
        return self._shown

    def _update(self, content: dict[str, Any]) -> None:
        display = (content.get("transient") or {}).get("display_id", "")
        for output in self._displays.get(display, ()):
            output.update(data=content["data"], metadata=content["metadata"])

    def _follow(self, content: dict[str, Any]) -> None:
        """Follow which widgets are there that catch outputs, and when they do."""
        state = content["data"].get("state") or {}
        comm_id = content["comm_id"]
        if state.get("_model_name") == "OutputModel":
            self._widgets[comm_id] = OutputList()
        if comm_id in self._widgets and "msg_id" in state:
            for catching in self._catching.values():
                if comm_id in catching:
                    catching.remove(comm_id)
            if state["msg_id"]:
                self._catching.setdefault(state["msg_id"], []).append(comm_id)
