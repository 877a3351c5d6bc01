"""Which of a browser's messages about comms reach a page's widgets."""

from typing import Any

#: Where a browser asks for the states of all widgets, and what it asks.
CONTROL_TARGET, STATES_REQUEST = "jupyter.widget.control", {"method": "request_states"}
#: Comms of widgets: a browser opens none, or it would have widgets of its own making.
WIDGET_TARGET = "jupyter.widget"
#: Comms that a browser may have opened at the same time, and characters in the name of one.
MAX_COMMS, MAX_ID_LENGTH = 100, 100


class CommFilter:
    """Checks messages about comms: only those that a browser sends may pass.

    Comms of a target that an author has registered may be opened, and their messages have any form.

    Parameters
    ----------
    manager : CommManager
    """

    def __init__(self, manager: Any) -> None:
        self._manager = manager
        self._opened: set[str] = set()

    def check(self, message: dict[str, Any]) -> None:
        """Check whether a message may pass.

        Raises
        ------
        ValueError
            If it may not.
        """
        content, kind = message["content"], message["msg_type"]
        # ipykernel takes any JSON for these.
        if not isinstance(content, dict) or not isinstance(message["metadata"], dict):
            raise ValueError("The parts of a message are objects.")
        if not isinstance(kind, str):
            raise ValueError("A message has a type.")
        if not kind.startswith("comm_") or kind == "comm_info_request":
            return
        comm_id = content.get("comm_id")
        if not isinstance(comm_id, str) or len(comm_id) > MAX_ID_LENGTH:
            raise ValueError("A comm has a name.")
        if kind == "comm_open":
            self._check_open(comm_id, message)
        elif comm_id not in self._manager.comms:
            raise ValueError("There is no such comm.")
        elif kind == "comm_close" and comm_id not in self._opened:
            raise ValueError("A browser closes what it has opened.")
        elif kind == "comm_msg":
            check_comm_data(self._manager.comms[comm_id].target_name, message)

    def _check_open(self, comm_id: str, message: dict[str, Any]) -> None:
        target = message["content"].get("target_name")
        if comm_id in self._manager.comms:
            raise ValueError("There is such a comm already.")
        if (
            not isinstance(target, str)
            or target not in self._manager.targets
            or target == WIDGET_TARGET
        ):
            raise ValueError("A browser opens no such comm.")
        version = message["metadata"].get("version")
        if target == CONTROL_TARGET and not (isinstance(version, str) and version.startswith("1.")):
            raise ValueError("The version is another one.")
        self._opened.intersection_update(self._manager.comms)
        if len(self._opened) >= MAX_COMMS:
            raise ValueError(f"A browser has at most {MAX_COMMS} comms.")
        self._opened.add(comm_id)


def check_comm_data(target: str, message: dict[str, Any]) -> None:
    """Check whether what is reply to a comm has the form that is meant for one of its target.

    Raises
    ------
    ValueError
        If it has not.
    """
    data = message["content"].get("data")
    if target == CONTROL_TARGET and data != STATES_REQUEST:
        raise ValueError("All states are asked for, and nothing else.")
    if target != WIDGET_TARGET:
        return
    if not isinstance(data, dict) or data.get("method") not in (
        "update",
        "request_state",
        "custom",
    ):
        raise ValueError("A widget is sent its state, a request for it, or what is its own affair.")
    if data["method"] == "update":
        state, paths = data.get("state"), data.get("buffer_paths", [])
        if not isinstance(state, dict) or not isinstance(paths, list):
            raise ValueError("A state has its parts by their names.")
        for path in paths:
            check_buffer_path(state, path)


def check_buffer_path(state: dict[str, Any], path: Any) -> None:
    """Check whether there is a place in a state that a buffer can be put to.

    Raises
    ------
    ValueError
        If there is none.
    """
    if not isinstance(path, list) or not path:
        raise ValueError("A path is a list.")
    place: Any = state
    *way, last = path
    try:
        for step in way:
            place = place[step]
        named = isinstance(place, dict) and isinstance(last, str)
        counted = isinstance(place, list) and isinstance(last, int) and 0 <= last < len(place)
        if not named and not counted:
            raise ValueError("A path leads to a name, or to a place in a list.")
    except (TypeError, LookupError) as error:
        raise ValueError("A path leads nowhere.") from error
