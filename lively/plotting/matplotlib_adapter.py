"""All that the package uses of matplotlib beyond its interface.

matplotlib may change these names in any release. They are looked up once. Where one is gone, text
is drawn by matplotlib itself, which is slower and looks the same.
"""

import logging
from collections.abc import Iterable
from functools import cache
from typing import Any

import matplotlib
from matplotlib.backend_bases import Event, FigureCanvasBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontManager, FontProperties, fontManager
from matplotlib.ft2font import FT2Font

from lively.plotting.style import DPI

logger = logging.getLogger(__name__)

#: Releases that have been tested; before the first of them, text was drawn in another way.
TESTED_VERSIONS = ("3.11.0", "3.11.2")
#: Private names by which text is drawn, by the classes that have them.
TEXT_NAMES: dict[type, tuple[str, ...]] = {
    RendererAgg: ("_draw_text_glyphs_and_boxes", "_prepare_font"),
    FontManager: ("_find_fonts_by_props",),
    FT2Font: ("_layout",),
}


def missing_names() -> list[str]:
    """Return the private names that this matplotlib has not, with their classes' names."""
    return [
        f"{owner.__name__}.{name}"
        for owner, names in TEXT_NAMES.items()
        for name in names
        if not hasattr(owner, name)
    ]


@cache
def can_place_glyphs() -> bool:
    """Return whether text can be drawn from places of its glyphs that are known already."""
    missing = missing_names()
    if missing and matplotlib.__version_info__ >= (3, 11):
        logger.warning(
            "matplotlib %s has no %s. Text is drawn as it does by itself, which is slower. "
            "Versions that are known to work: %s.",
            matplotlib.__version__,
            ", ".join(missing),
            ", ".join(TESTED_VERSIONS),
        )
    return not missing


def font_files(font: FontProperties) -> Any:
    """Return the files of a font and of its fallbacks, in the form that `get_font` takes."""
    return fontManager._find_fonts_by_props(font)


def layout_glyphs(face: Any, text: str, flags: Any) -> list[Any]:
    """Return the glyphs of a text, each with its font and place."""
    return list(face._layout(text, flags=flags, features=None, language=None))


def draw_glyphs(
    renderer: Any, gc: Any, x: float, y: float, angle: float, glyphs: Iterable[tuple[Any, ...]]
) -> None:
    """Draw glyphs, each of which is (font, size, index, slant, extent, x, y)."""
    renderer._draw_text_glyphs_and_boxes(gc, x, y, angle, glyphs, [])


def set_pixel_ratio(canvas: FigureCanvasBase, ratio: float) -> None:
    """Set how many pixels of a canvas one of the page has; its figure keeps its size in inches."""
    if hasattr(canvas, "_set_device_pixel_ratio"):
        canvas._set_device_pixel_ratio(ratio)
    else:
        canvas.figure.dpi = DPI * ratio


def process_event(event: Event) -> None:
    """Let a canvas call whoever waits for an event."""
    event.canvas.callbacks.process(event.name, event)
