"""A browser's side of a whole page: what it is sent, and what is drawn for it."""

import json

import numpy as np
from canvas_screen import laid

from lively.pages.regression import RegressionPage
from lively.ui.run_length import RunLengthFrame

#: Width and height of both pictures on a screen of 1280 x 800 pixels.
OWN = [[914, 338], [914, 232]]


class Browser:
    """A browser's side of a page, which counts what it is sent and what is drawn for it."""

    def __init__(self, page=RegressionPage, **settings):
        self.page = page(**settings)
        self.canvases = [view.canvas for view in self.page.pictures]
        self.frames = [[] for _ in self.canvases]
        self.shown = [None for _ in self.canvases]
        self.draws = [0 for _ in self.canvases]
        self.images, self.asked = 0, 0
        for index, canvas in enumerate(self.canvases):
            canvas.send = self.receiver(index)
            self.count_draws(index, canvas.figure)

    def count_draws(self, index, figure):
        draw = figure.draw

        def counted(renderer):
            self.draws[index] += 1
            draw(renderer)

        figure.draw = counted

    def receiver(self, index):
        def receive(content, buffers=None):
            said = json.loads(content["data"])
            if said["type"] == "runs":
                frame = RunLengthFrame(
                    np.frombuffer(buffers[0], "<u2"), np.frombuffer(buffers[1], "<u4")
                )
                before = None if "shape" in said else self.shown[index]
                self.shown[index] = laid(frame, before, (said["height"], said["width"]))
                self.frames[index].append(said.get("shape"))
            self.images += said["type"] == "binary"
            self.asked += said["type"] == "draw"

        return receive

    def ipympl(self, *kinds, ratio=1):
        """Say what ipympl's script says when it starts, or something else of its own."""
        said = [{"type": kind} for kind in kinds or ("refresh", "send_image_mode", "initialized")]
        if ratio != 1:
            said.insert(0, {"type": "set_device_pixel_ratio", "device_pixel_ratio": ratio})
            said.insert(0, {"type": "set_dpi_ratio", "dpi_ratio": ratio})
        for canvas in self.canvases:
            for content in said:
                canvas.receive(canvas, content, [])

    def screen(self, ratio=1, sizes=OWN, anew=True, **more):
        content = {"type": "screen", "ratio": ratio, "sizes": sizes, "anew": anew, **more}
        self.page.shell._handle_custom_msg(content, [])

    def open(self, order, **screen):
        """Say what both scripts say at an opening."""
        for who in order:
            if who == "ours":
                self.screen(**screen)
            else:
                self.ipympl(ratio=screen.get("ratio", 1))

    def is_right(self):
        """Say whether the browser shows what a page shows that is drawn anew in this shape."""
        fresh = Browser(type(self.page), **self.page.controller.settings.flat())
        sizes = [list(canvas.shape[:2]) for canvas in self.canvases]
        fresh.screen(self.canvases[0].shape.ratio, sizes)
        return all(map(np.array_equal, self.shown, fresh.shown))
