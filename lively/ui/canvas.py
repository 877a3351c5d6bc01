"""Figures in the browser: what is sent of them, and when."""

import asyncio
import json
import logging
from collections.abc import Sequence
from typing import Any
from weakref import WeakSet

from lively.plotting.live_figure import LiveFigure
from lively.plotting.text_cache import CachedTextRenderer
from lively.ui.ipympl_adapter import AdaptedCanvas, log_missing
from lively.ui.painting import MOST_BACKGROUNDS, Painting
from lively.ui.run_length import Pixels, RunLengthFrame, WholeFrame, encode
from lively.ui.screens import (
    MOST_PIXELS,
    PictureShape,
    picture_shapes,
    pixel_count,
    screen_ratio,
    shapes_beside,
)
from lively.visit import served

logger = logging.getLogger(__name__)

#: Seconds for which ipympl's requests for an image wait for the page's own script to speak.
PATIENCE = 3.0


#: What ipympl's script says of the pointer, and of images. There are no toolbar and no keys.
POINTER = {
    *("button_press", "button_release", "dblclick", "motion_notify", "scroll"),
    *("figure_enter", "figure_leave", "draw", "ack", "send_image_mode", "closing"),
}
#: All that there are, of one page or several.
canvases: "WeakSet[LiveCanvas]" = WeakSet()


def share_pixels(
    wanted: Sequence[PictureShape], some: Sequence["LiveCanvas"]
) -> list[PictureShape]:
    """Return shapes for some canvases that leave room for the others, where visitors share it.

    Parameters
    ----------
    wanted : sequence of Shape
    some : sequence of LiveCanvas

    Raises
    ------
    ValueError
        If there is no room.
    """
    if not served():
        return list(wanted)
    others = pixel_count(canvas.shape for canvas in canvases if canvas not in some)
    return shapes_beside(wanted, [canvas.shape for canvas in some], others)


class LiveCanvas(AdaptedCanvas):
    """A canvas that checks what the browser sends.

    The page's script says what the picture is seen on, and takes frames as runs without having
    asked for them. Until then the browser shows the poster, and nothing is sent. Where that script
    does not come, or cannot do it, ipympl's own way is taken: the browser asks for images.

    Parameters
    ----------
    picture : LiveFigure
        Whose figure is shown.
    """

    renderer: CachedTextRenderer
    _drawn_with: tuple[float, ...] = ()

    def __init__(self, picture: LiveFigure) -> None:
        super().__init__(picture.figure)
        self._painting = Painting(picture, self)
        self._ahead: dict[PictureShape, WholeFrame] = {}
        self._shown: Pixels | WholeFrame | None = None
        self._streaming, self._asking = False, bool(self.missing)
        self._waiting: asyncio.TimerHandle | None = None
        #: Whether images are all that the browser can take.
        self.images_only = bool(self.missing)
        self.set_size(self.shape[:2])
        canvases.add(self)

    @property
    def shape(self) -> PictureShape:
        """What the picture is drawn for."""
        return self._painting.shape

    @property
    def streaming(self) -> bool:
        """Whether the browser takes frames as runs, and without having asked for them."""
        return self._streaming

    def paint(self) -> Pixels:
        """Return the picture's pixels, shape (height, width), drawn only if need be."""
        return self._painting.paint()

    def get_renderer(self) -> CachedTextRenderer:
        """Return the renderer for the present size, as matplotlib does."""
        # A size in inches may come out a hair below the whole number that it stands for.
        width, height = (round(side, 6) for side in self.figure.bbox.size)
        kind = width, height, self.figure.dpi
        if kind != self._drawn_with:
            self.renderer, self._drawn_with = CachedTextRenderer(*kind), kind  # type: ignore[no-untyped-call]
        return self.renderer

    def prepare(self, wanted: Sequence[PictureShape]) -> None:
        """Draw and encode the picture for several shapes, before a browser is there.

        A browser that has one of them gets its first frame without any drawing, unless the picture
        has changed. The picture is left in the first shape, in which it then moves without having
        to be laid out.
        """
        if self._streaming or self.images_only:
            return
        self._painting.room = max(MOST_BACKGROUNDS, len(wanted))
        before, self._ahead = self._ahead, {}
        for shape in reversed(wanted):
            self._painting.shape = shape
            self._ahead[shape] = before.get(shape) or WholeFrame.of(self.paint())

    def fit(self, shape: PictureShape, anew: bool = False) -> None:
        """Send the picture in a shape, as one whole frame, unless the browser has it so.

        Parameters
        ----------
        shape : Shape
        anew : bool
            Whether the browser has no frame at all.
        """
        if self.images_only or (self._streaming and shape == self.shape and not anew):
            return
        self._streaming, self._asking = True, False
        self._stop_waiting()
        self._painting.shape = shape
        self.set_size(shape[:2])
        self._send_whole(self._ahead.get(shape) or WholeFrame.of(self.paint()))

    def refresh(self) -> None:
        """Bring what changed to the browser: at once, if its script can take that, or when asked.

        A frame that is sent at once is one way shorter.
        """
        self._change()
        if self._streaming:
            self._stream()
        elif self._asking:
            self.draw_idle()

    def draw(self) -> None:
        """Draw the picture as it is now and send what changed, if the browser takes it yet."""
        self._change()
        if self._streaming:
            self._stream()
        elif self._asking:
            self.paint()
            self.send_image()

    def use_images(self, missing: Sequence[str]) -> None:
        """Take ipympl's own way from now on: its script lacks names that ours needs."""
        if not self.images_only:
            log_missing("The script", tuple(missing))
            self.images_only, self._streaming = True, False
            self._ahead.clear()
            # Its script takes size and views as they are now, and then asks for images.
            self.manager.resize(*self.get_width_height(physical=True))
            self._stop_waiting()
            self._asking = True
            self.restart_images()

    def _change(self) -> None:
        """Let go of what has been drawn and encoded of the picture as it was."""
        self._painting.change()
        self._ahead.clear()

    def _stream(self) -> None:
        """Send what changed since the last frame."""
        pixels, shown = self.paint(), self._shown
        if isinstance(shown, WholeFrame):
            shown = shown.pixels()
        if shown is None or shown.shape != pixels.shape:
            self._send_whole(WholeFrame.of(pixels))
        else:
            runs = encode(pixels, shown)
            shown[:] = pixels
            self._shown = shown
            self._send_runs(runs, pixels.shape)

    def _send_whole(self, frame: WholeFrame) -> None:
        self._shown = frame
        self._send_runs(frame.runs, frame.size, shape=self.shape)

    def _send_runs(self, runs: RunLengthFrame, size: tuple[int, ...], **more: Any) -> None:
        """Send a frame; a whole one tells the shape that the canvas is to have."""
        height, width = size
        said = {"type": "runs", "width": width, "height": height, **more}
        self.send({"data": json.dumps(said)}, buffers=[part.tobytes() for part in runs])

    def receive(self, widget: Any, content: Any, buffers: Any) -> None:
        """Take a message of ipympl's script, if it is one that a browser would send."""
        try:
            match content["type"]:
                case "initialized":
                    self.begin_images()
                    # The script shows the handle for resizing again whenever it starts.
                    self.send_state("resizable")
                case "refresh":
                    # A script has just started and shows nothing yet. Another one may be streaming.
                    if self.images_only:
                        self.restart_images()
                        return
                    self.send_whole_image_next()
                    if not self._streaming:
                        self._answer()
                case "draw" if not self._streaming:
                    self._answer()
                case "set_dpi_ratio" | "set_device_pixel_ratio" as kind:
                    self._reshape(content[kind.removeprefix("set_")], [])
                case "resize":
                    size = [int(content[side]) for side in ("width", "height")]
                    self._reshape(self.shape.ratio, [size])
                    self._painting.settle()
                    self.manager.resize(*self.get_width_height(physical=True))
                case kind if kind in POINTER:
                    # A place of the pointer's is one in the layout.
                    if kind != "send_image_mode":
                        self._painting.settle()
                    super().receive(widget, content, buffers)
                case kind:
                    raise ValueError(f"type {kind!r}")
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
            logger.debug("A canvas was sent something it cannot take: %.300r", error)

    def _reshape(self, ratio: Any, sizes: Any) -> None:
        """Take the shape that ipympl's script has, unless the page's own has said it.

        That script makes its canvas for the screen's own ratio, whatever is drawn, so that the
        ratio is taken as it is or not at all.
        """
        (wanted,) = (
            s._replace(ratio=screen_ratio(ratio)) for s in picture_shapes(1, sizes, [self.shape])
        )
        if pixel_count([wanted]) > MOST_PIXELS or share_pixels([wanted], [self]) != [wanted]:
            raise ValueError("There is no room for so many pixels.")
        if not self._streaming:
            self._painting.shape = wanted

    def _answer(self) -> None:
        """Send an image; where there is a loop, wait for the page's own script first."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        if loop is None or self._asking or self.images_only:
            self._stop_waiting()
            self._asking = True
            self.draw()
        elif self._waiting is None:
            self._waiting = loop.call_later(PATIENCE, self._give_up)

    def _give_up(self) -> None:
        """Take ipympl's own way."""
        self._waiting, self._asking = None, True
        self.draw()

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
