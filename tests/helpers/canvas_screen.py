"""A browser's side of one canvas: it keeps the last frame and lays runs over it."""

import json

import numpy as np

from lively.pages.regression.result import RegressionResult
from lively.ui import run_length
from lively.ui.canvas import LiveCanvas
from lively.ui.screens import PictureShape


def laid(frame, before, shape):
    """Return what a browser shows after a frame."""
    kept = frame.lengths >= run_length.UNCHANGED
    colours = np.zeros(len(kept), "<u4")
    colours[~kept] = frame.colours
    lengths = frame.lengths % run_length.UNCHANGED
    told = np.repeat(colours, lengths).reshape(shape)
    if before is None:
        assert not kept.any()
        return told
    return np.where(np.repeat(kept, lengths).reshape(shape), before, told)


class Screen:
    """A browser's side of a canvas: it keeps the last frame and lays runs over it."""

    def __init__(self, kind, width=600, height=240, ratio=1.0):
        self.shape = PictureShape(width, height, ratio)
        self.picture = kind(width, height)
        self.canvas = LiveCanvas(self.picture)
        self.canvas.send = self.receive
        self.shown, self.sent, self.wholes, self.full_draws = None, [], 0, 0
        draw = self.picture.figure.draw

        def counted(renderer):
            self.full_draws += 1
            draw(renderer)

        self.picture.figure.draw = counted

    def receive(self, content, buffers=None):
        said = json.loads(content["data"])
        if said["type"] != "runs":
            return
        frame = run_length.RunLengthFrame(
            np.frombuffer(buffers[0], "<u2"), np.frombuffer(buffers[1], "<u4")
        )
        self.wholes += "shape" in said
        before = None if "shape" in said else self.shown.view("<u4")[..., 0]
        pixels = laid(frame, before, (said["height"], said["width"]))
        self.shown = np.ascontiguousarray(pixels).view(np.uint8).reshape(*pixels.shape, 4)
        self.sent.append(sum(map(len, buffers)))

    def show(self, settings):
        return self.draw(RegressionResult(settings))

    def draw(self, result):
        self.picture.draw(result)
        self.canvas.draw()
        if self.shown is None:
            self.canvas.fit(self.shape, anew=True)
        return self.shown
