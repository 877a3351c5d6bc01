"""A visitor that speaks the protocol and has no browser: what a page sends, and what it answers."""

import gzip
import json
import re
import time
import urllib.request
import uuid
from itertools import pairwise

import websocket

#: All that were opened, to be closed when a test is over.
LINES = []
UPDATES = "update", "echo_update"
PROTOCOL = "v1.kernel.websocket.jupyter.org"


def fetch(address, **headers):
    """Return the HTML of a page."""
    asked = urllib.request.Request(address, headers=headers)
    with urllib.request.urlopen(asked, timeout=120) as answer:
        body = answer.read()
        zipped = answer.headers.get("Content-Encoding") == "gzip"
    return (gzip.decompress(body) if zipped else body).decode()


def open_line(url, number, cookie=None):
    """Open the websocket of a visit to a server, given by its address."""
    address = f"{url}api/kernels/{number}/channels?session_id={uuid.uuid4().hex}"
    return websocket.create_connection(
        address.replace("http", "ws", 1), subprotocols=[PROTOCOL], cookie=cookie, timeout=60
    )


class Client:
    """A visit to a page; without a path, to the page of a server that has only one.

    `page` is the page's HTML, `id` the visit's number, `states` are the widgets' by their ids. A
    cookie among the headers also goes with the websocket.
    """

    cookie = None

    def __init__(self, server, path, query="", **headers):
        self.server = server
        address = f"voila/render/{path}" if path else ""
        self.page = fetch(f"{server.url}{address}{query}", **headers)
        self.id = re.search(r'"kernelId": "([0-9a-f-]+)"', self.page)[1]
        self.line, self.states, self.printed = None, {}, ""
        self.cookie = headers.get("Cookie")

    def connect(self):
        """Open the websocket; return this client."""
        self.line = open_line(self.server.url, self.id, self.cookie)
        LINES.append(self.line)
        return self

    def send(self, kind, content, *buffers):
        """Send a message; return its id."""
        number = uuid.uuid4().hex
        header = {"msg_id": number, "msg_type": kind, "username": "", "session": "s"}
        header |= {"version": "5.4", "date": "2026-01-01T00:00:00Z"}
        parts = [json.dumps(part).encode() for part in (header, {}, {"version": "1.0.0"}, content)]
        pieces = [b"shell", *parts, *buffers]
        at = [8 * (len(pieces) + 2)]
        for piece in pieces:
            at.append(at[-1] + len(piece))
        numbers = b"".join(n.to_bytes(8, "little") for n in (len(at), *at))
        self.line.send_binary(numbers + b"".join(pieces))
        return number

    def receive(self):
        """Return the next message as its parts: header, parent, content."""
        raw = self.line.recv()
        assert isinstance(raw, bytes), f"the line was closed: {raw!r}"
        count = int.from_bytes(raw[:8], "little")
        at = [int.from_bytes(raw[8 * i : 8 * i + 8], "little") for i in range(1, count + 1)]
        pieces = [raw[a:b] for a, b in pairwise(at)]
        header, parent, _, content = map(json.loads, pieces[1:5])
        if header["msg_type"] == "stream":
            self.printed += content["text"]
        data = content.get("data", {})
        if header["msg_type"] == "comm_msg" and data.get("method") in UPDATES:
            self.states.get(content["comm_id"], {"state": {}})["state"].update(data["state"])
        return header, parent, content

    def ask(self, kind, content):
        """Send a message; return all that is said until it has been dealt with."""
        number, heard = self.send(kind, content), []
        while True:
            header, parent, content = self.receive()
            heard.append((header["msg_type"], content))
            if parent.get("msg_id") == number and content.get("execution_state") == "idle":
                return heard

    def load(self):
        """Ask for the states of all widgets; return this client."""
        control = uuid.uuid4().hex
        opened = {"comm_id": control, "target_name": "jupyter.widget.control", "data": {}}
        self.ask("comm_open", opened)
        asked = {"comm_id": control, "data": {"method": "request_states"}}
        for kind, content in self.ask("comm_msg", asked):
            if kind == "comm_msg" and content["data"].get("method") == "update_states":
                self.states = content["data"]["states"]
        return self

    def find(self, **state):
        """Return the id of the widget that has this state."""
        (found,) = (
            number
            for number, widget in self.states.items()
            if state.items() <= widget["state"].items()
        )
        return found

    def state(self, **state):
        """Return the state of the widget that has this state."""
        return self.states[self.find(**state)]["state"]

    def set(self, number, **state):
        """Change a widget as a browser does."""
        data = {"method": "update", "state": state, "buffer_paths": []}
        return self.ask("comm_msg", {"comm_id": number, "data": data})

    def click(self, label):
        """Press a button."""
        data = {"method": "custom", "content": {"event": "click"}}
        return self.ask("comm_msg", {"comm_id": self.find(description=label), "data": data})

    def leave(self):
        """Close the tab."""
        address = f"{self.server.url}voila/api/shutdown/{self.id}"
        headers = {"Cookie": self.cookie} if self.cookie else {}
        asked = urllib.request.Request(address, headers=headers, method="POST")
        urllib.request.urlopen(asked, timeout=30).close()
        if self.line is not None:
            self.line.close()


def eventually(condition, seconds=20.0):
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, "too late"
        time.sleep(0.1)
    return found
