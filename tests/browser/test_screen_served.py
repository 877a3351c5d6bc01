"""What goes over the line while a page opens: one frame for each picture, and no image."""

import json

import pytest
from conftest import PIXELS, RUNS
from test_frames_served import PATH, Screen

SCREENS = [(1280, 800, 1), (1920, 1080, 1), (390, 844, 3), (1280, 800, 2)]
#: In a message of the page's script about the screen.
SCREEN = b'"type":"screen"'


class Line:
    """A tab's line to its kernel, and what went over it."""

    def __init__(self, tab):
        self.frames, self.images, self.screens, self.draws = [], 0, 0, 0
        tab.page.on("websocket", self._listen)

    def _listen(self, socket):
        socket.on("framereceived", self._received)
        socket.on("framesent", self._sent)

    def _received(self, payload):
        if isinstance(payload, bytes):
            self.images += b"\x89PNG" in payload
            if RUNS in payload:
                start = payload.index(RUNS)
                said = payload[start : payload.index(b"}", start) + 1].decode().replace("\\", "")
                self.frames.append(json.loads(said))

    def _sent(self, payload):
        if isinstance(payload, bytes):
            self.screens += SCREEN in payload
            self.draws += b'"type":"draw"' in payload


@pytest.mark.parametrize(("width", "height", "ratio"), SCREENS)
def test_each_picture_is_sent_once(server, visit, width, height, ratio):
    tab = visit(viewport={"width": width, "height": height}, device_scale_factor=ratio)
    line = Line(tab)
    tab.open(server.url + PATH)
    tab.wait_for_pictures()
    # Longer than the images of ipympl's own would wait.
    tab.page.wait_for_timeout(4000)
    rooms = tab.page.evaluate(
        """() => [...document.querySelectorAll(".lively-picture")]
          .map((frame) => [frame.clientWidth, frame.clientHeight, devicePixelRatio])"""
    )
    assert [frame["shape"] for frame in line.frames] == rooms
    assert (line.images, line.draws, line.screens) == (0, 0, 1)
    assert tab.page.locator(".lively-poster").count() == 0
    pixels = tab.page.evaluate(PIXELS)
    screen = Screen(tab, ratio, (width, height))
    screen.flickers()
    assert tab.page.evaluate(PIXELS) == pixels
    assert tab.console == []
