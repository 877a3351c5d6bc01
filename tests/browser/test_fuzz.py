"""Ten thousand messages by chance: nothing runs, nothing is read, and nobody else suffers."""

import contextlib
import json
import random
import threading
import urllib.error

import psutil
import pytest
import websocket
from client import Client, eventually, fetch

PAGE = """
from lively.pages.regression import RegressionPage

page = RegressionPage()
page
"""
MESSAGES = 10_000
SECRET = "4f1c-canary-9b02"
#: The server is to be hit, not the pace that messages are held to.
FAST = ("--Visits.messages=20000", "--Visits.traffic=100000000", "--Voila.log_level=WARN")
KINDS = [
    *("execute_request", "complete_request", "inspect_request", "history_request", "debug_request"),
    *("is_complete_request", "input_reply", "shutdown_request", "interrupt_request", "odd", ""),
    *("usage_request", "create_subshell_request", "comm_info_request", "kernel_info_request"),
    *("comm_open", "comm_msg", "comm_close", "comm_info_reply", "status", "connect_request"),
]
CHANNELS = ["shell", "control", "iopub", "stdin", "", "odd", "\x00", "shell" * 100]
TARGETS = ["jupyter.widget", "jupyter.widget.control", "jupyter.widget.version", "os.system", "", 3]
CANVAS = [
    *("initialized", "refresh", "draw", "closing", "send_image_mode", "ack", "button_press"),
    *(
        "motion_notify",
        "scroll",
        "key_press",
        "toolbar_button",
        "resize",
        "set_dpi_ratio",
        "screen",
    ),
    *("set_device_pixel_ratio", "savefig", "handle_json", "__init__", None, [], 3),
]


class Fuzzer:
    """Makes messages by chance.

    Parameters
    ----------
    seed : int
    states : dict
        Of the widgets, by their ids.
    secret, mark : pathlib.Path
        A file to be read, and one to be made.
    """

    def __init__(self, seed, states, secret, mark):
        self.chance, self.states = random.Random(seed), states
        self.code = f"print(open({str(secret)!r}).read()); open({str(mark)!r}, 'w').close()"
        self.secret, self.numbers = str(secret), [*states, "mine", "", None, 7]

    def value(self, depth=0):
        """Return what a widget does not expect, or does."""
        choose = self.chance.choice
        plain = [None, True, 0, -1, 3, 1e308, float("nan"), float("inf"), -float("inf"), 2**70, ""]
        plain += [
            self.code,
            self.secret,
            "<script>alert(1)</script>",
            "\ud800",
            "\x00",
            "x" * 20_000,
        ]
        plain += [f"IPY_MODEL_{choose(self.numbers)}", self.chance.uniform(-20, 20), "é" * 50]
        if depth > 2 or self.chance.random() < 0.7:
            return choose(plain)
        if self.chance.random() < 0.5:
            return [self.value(depth + 1) for _ in range(self.chance.randrange(4))]
        names = ["value", "index", "type", "x", "method", "state", "children"]
        return {choose(names): self.value(depth + 1) for _ in range(self.chance.randrange(4))}

    def state(self, number):
        """Return a state with names that a widget has."""
        known = self.states.get(number, {"state": {"value": 0}})["state"]
        names = self.chance.sample(sorted(known), min(len(known), self.chance.randrange(1, 4)))
        names += self.chance.choice([[], ["value"], ["index"], ["__class__"], ["_trait_values"]])
        return {name: self.value() for name in names}

    def data(self, number):
        """Return what is said to a comm."""
        paths = [[], ["value"], ["value", 0], [0], ["none", "none"], "value", [[1]], None]
        kind = self.chance.randrange(5)
        if kind == 0:
            return self.value()
        if kind == 1:
            known = {name: self.value() for name in ("ratio", "sizes", "x", "y", "width", "height")}
            content = {**known, "type": self.chance.choice(CANVAS), "name": "save_figure"}
            return {"method": "custom", "content": self.chance.choice([content, self.value()])}
        if kind == 2:
            return {"method": self.chance.choice(["request_state", "request_states", "odd", [], 1])}
        many = self.chance.sample(paths, self.chance.randrange(3))
        return {"method": "update", "state": self.state(number), "buffer_paths": many}

    def content(self):
        """Return a message's content."""
        number = self.chance.choice(self.numbers)
        content = {"comm_id": number, "data": self.data(number)}
        content |= {"target_name": self.chance.choice(TARGETS), "code": self.code, "silent": False}
        content |= {"cursor_pos": 3, "detail_level": 1, "value": self.code, "allow_stdin": True}
        if self.chance.random() < 0.1:
            del content[self.chance.choice(sorted(content))]
        return self.value() if self.chance.random() < 0.02 else content

    def part(self, value):
        """Return JSON, now and then broken."""
        written = json.dumps(value).encode()
        kind = self.chance.randrange(200)
        if kind == 0:
            return b"[" * 100_000
        if kind == 1:
            return b'{"a":' * 5000 + b"1" + b"}" * 5000
        if kind == 2:
            return written[: self.chance.randrange(len(written) + 1)]
        if kind == 3:
            return written.replace(b"a", b"\xff\xfe")
        if kind == 4:
            return written[:-1] + b', "comm_id": "twice", "comm_id": 3}'
        return b"9" * 5000 if kind == 5 else written

    def message(self):
        """Return the bytes of a message."""
        chance = self.chance
        if chance.random() < 0.02:
            return chance.randbytes(chance.randrange(300))
        kind = chance.choice(KINDS) if chance.random() < 0.4 else "comm_msg"
        header = {"msg_id": f"{chance.random()}", "msg_type": kind, "session": "s", "username": ""}
        if chance.random() < 0.03:
            header[chance.choice(sorted(header))] = self.value()
        metadata = {"version": chance.choice(["1.0.0", "2.1.0", "1", 1, None])}
        parts = [self.part(part) for part in (header, {}, metadata, self.content())]
        buffers = [chance.randbytes(chance.randrange(50)) for _ in range(chance.randrange(3))]
        channel = chance.choice(CHANNELS) if chance.random() < 0.1 else "shell"
        pieces = [channel.encode(), *parts, *buffers]
        at = [8 * (len(pieces) + 2)]
        for piece in pieces:
            at.append(at[-1] + len(piece))
        numbers = [len(at), *at]
        if chance.random() < 0.03:
            place = chance.randrange(len(numbers))
            numbers[place] = chance.choice([0, 1, 2**63, 2**40, 10**6, numbers[place] + 1])
        return b"".join([*(n.to_bytes(8, "little") for n in numbers), *pieces])


class Hostile:
    """A visitor who sends messages, and throws away what comes back but for the secret."""

    def __init__(self, server):
        self.server, self.told, self.visits = server, False, 0
        self.come()

    def come(self):
        """Begin a visit."""
        self.client = Client(self.server, "page.ipynb").connect().load()
        self.visits += 1
        self.listen()

    def listen(self):
        line = self.client.line

        def read():
            with contextlib.suppress(OSError, websocket.WebSocketException):
                while received := line.recv():
                    self.told |= isinstance(received, bytes) and SECRET.encode() in received

        self.reader = threading.Thread(target=read, daemon=True)
        self.reader.start()

    def send(self, message):
        """Send a message; one who was thrown out comes again."""
        try:
            self.client.line.send_binary(message)
        except (OSError, websocket.WebSocketException):
            try:
                self.client.connect()
                self.listen()
            except (OSError, websocket.WebSocketException):
                self.come()


def test_ten_thousand_messages(serve_folder, tmp_path):
    seed = random.SystemRandom().randrange(2**32)
    print(f"the seed is {seed}")
    secret, mark = tmp_path / "secret", tmp_path / "mark"
    secret.write_text(SECRET)
    server = serve_folder(*FAST, page=PAGE)
    other = Client(server, "page.ipynb").connect().load()
    before = other.load().states
    process = psutil.Process(server.process.pid)
    written = len(server.log)
    Client(server, "page.ipynb").connect().load().leave()
    files, memory = process.num_fds(), process.memory_info().rss
    hostile = Hostile(server)
    fuzzer = Fuzzer(seed, hostile.client.states, secret, mark)
    for _ in range(MESSAGES):
        hostile.send(fuzzer.message())
    # All have been dealt with when the last one is: the visit answers, or it alone has ended.
    hostile.client.line.shutdown()
    hostile.reader.join(5)
    hostile.client.states = {}
    try:
        hostile.client.connect().load()
    except (OSError, websocket.WebSocketException, AssertionError):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            fetch(f"{server.url}api/kernels/{hostile.client.id}")
    else:
        assert len(hostile.client.states) == len(before)
    assert hostile.visits <= 3
    assert not hostile.told
    assert not mark.exists()
    assert other.load().states == before
    with contextlib.suppress(urllib.error.HTTPError):
        hostile.client.leave()
    later = Client(server, "page.ipynb").connect().load()
    assert len(later.states) == len(before)
    later.leave()
    eventually(lambda: process.num_fds() <= files + 2)
    assert process.memory_info().rss - memory < 60 * 2**20
    assert len(server.log) - written < 100_000
    assert SECRET not in server.log
