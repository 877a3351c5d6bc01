"""Text on the canvas: drawn as matplotlib draws it, from measures and places that are kept."""

from functools import lru_cache
from typing import Any

from matplotlib.backends.backend_agg import RendererAgg, get_hinting_flag
from matplotlib.font_manager import FontProperties, get_font

from lively.plotting.matplotlib_adapter import (
    can_place_glyphs,
    draw_glyphs,
    font_files,
    layout_glyphs,
)

#: Where a font says how high its lines are: table, ascent, descent, gap.
FONT_TABLES = (
    ("OS/2", "sTypoAscender", "sTypoDescender", "sTypoLineGap"),
    ("hhea", "ascent", "descent", "lineGap"),
)


@lru_cache(256)
def _files(font: FontProperties) -> Any:
    return font_files(font)


@lru_cache(256)
def _heights(font: FontProperties, dpi: float) -> tuple[float | None, ...]:
    face: Any = get_font(_files(font))
    for table, *names in FONT_TABLES:
        found = face.get_sfnt_table(table)
        if found is not None:
            em = face.get_sfnt_table("head")["unitsPerEm"]
            # In the order in which matplotlib multiplies, to the last bit.
            scale = 1 / em * font.get_size_in_points() * dpi / 72
            ascent, descent, gap = (found[name] * scale for name in names)
            return ascent, -descent, gap
    return None, None, None


@lru_cache(4096)
def _extent(text: str, font: FontProperties, ismath: Any, dpi: float) -> tuple[float, float, float]:
    renderer: Any = RendererAgg(1, 1, dpi)  # type: ignore[no-untyped-call]
    width, height, descent = renderer.get_text_width_height_descent(text, font, ismath)
    return width, height, descent


@lru_cache(2048)
def _glyphs(text: str, font: FontProperties, flags: Any, dpi: float) -> tuple[Any, ...] | None:
    """Return glyphs and their places in a text; None if they are not all of one file."""
    face = _face(font, dpi)
    items = layout_glyphs(face, text, flags)
    if any(item.ft_object is not face for item in items):
        return None
    return tuple((item.glyph_index, item.x, item.y) for item in items)


def _face(font: FontProperties, dpi: float) -> Any:
    face: Any = get_font(_files(font))
    face.clear()
    face.set_size(font.get_size_in_points(), dpi)
    return face


class CachedTextRenderer(RendererAgg):
    """Draws what matplotlib's renderer draws, to the last pixel.

    For every text matplotlib looks up its font, whose heights it reads from the file, and measures
    it anew for each size that a canvas takes: a third of the time that a drawing takes. What comes
    of it depends on letters, font and resolution alone, so it is kept here for all canvases. No
    font itself is kept, since none may be used on both sides of a fork.
    """

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        """Return the room that a text takes, and how much of it lies below the line."""
        return _extent(s, prop, ismath, self.dpi)

    def _get_font_height_metrics(self, font: FontProperties) -> tuple[float | None, ...]:
        """Return the height of a line above and below its base, and the gap to the next."""
        # matplotlib reads them itself where it gets none.
        return _heights(font, self.dpi) if can_place_glyphs() else (None, None, None)

    def _prepare_font(self, font_prop: FontProperties) -> Any:
        if can_place_glyphs():
            return _face(font_prop, self.dpi)
        prepare: Any = super()._prepare_font
        return prepare(font_prop)

    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        """Draw a text, whose letters have their places already if it has been drawn before."""
        plain = can_place_glyphs() and not ismath
        if plain and mtext is not None:
            plain = not (mtext.get_fontfeatures() or mtext.get_language())
        flags: Any = get_hinting_flag()  # type: ignore[no-untyped-call]
        glyphs = _glyphs(s, prop, flags, self.dpi) if plain else None
        if glyphs is None:
            draw: Any = super().draw_text
            draw(gc, x, y, s, prop, angle, ismath, mtext)
            return
        face, size = self._prepare_font(prop), prop.get_size_in_points()
        places = ((face, size, glyph, 0, 1, dx, dy) for glyph, dx, dy in glyphs)
        draw_glyphs(self, gc, x, y, angle, places)
