"""A legend that is laid out and drawn once."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties
from matplotlib.legend import Legend
from matplotlib.textpath import text_to_path

from lively.plotting.style import DPI


class Layout(NamedTuple):
    """How the entries of a legend stand.

    Attributes
    ----------
    rows : int
    size : float
        Of the letters, in pixels of the page.
    spacing : float
        Room between columns, in sizes of a letter.
    """

    rows: int
    size: float
    spacing: float


#: From the widest to the narrowest.
LAYOUTS = (
    Layout(1, 13, 1.6),
    Layout(1, 13, 1.0),
    Layout(2, 11.5, 1.0),
    Layout(2, 11, 0.7),
    Layout(3, 11, 0.7),
    Layout(4, 11, 0.7),
)


@lru_cache(maxsize=256)
def _text_width(text: str, size: float) -> float:
    """Return the width of a text, on the screens on which it is widest.

    With few pixels, letters are moved to whole ones, which takes up to a tenth more room.
    """
    font = FontProperties(size=size)
    outline, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    renderer = RendererAgg(1, 1, DPI)  # type: ignore[no-untyped-call]
    drawn, _, _ = renderer.get_text_width_height_descent(text, font, False)  # type: ignore[no-untyped-call]
    return float(max(outline, drawn))


def order_by_rows(entries: Sequence[Any], rows: int) -> list[Any]:
    """Reorder entries so that a legend, which fills its columns first, reads along its rows."""
    columns = -(-len(entries) // rows)
    return [entries[i] for column in range(columns) for i in range(column, len(entries), columns)]


def legend_width(labels: Sequence[str], layout: Layout) -> float:
    """Return the width of a legend in pixels of the page."""
    columns = -(-len(labels) // layout.rows)
    widest = [max(_text_width(t, layout.size) for t in labels[i::columns]) for i in range(columns)]
    # Of an entry, the sample is two letters wide, and half a one is between it and the label.
    letters = 2.5 * columns + layout.spacing * (columns - 1) + 0.8
    return sum(widest) + letters * layout.size


def choose_layout(labels: Sequence[str], rows: int, centred: float, aligned: float) -> Layout:
    """Return the widest layout of at least so many rows that fits.

    Parameters
    ----------
    labels : sequence of str
    rows : int
    centred, aligned : float
        Room for one row, which is centred, and for several, which are aligned to the right.
    """
    possible = [layout for layout in LAYOUTS if layout.rows >= rows]
    fitting = (
        layout
        for layout in possible
        if legend_width(labels, layout) <= (centred if layout.rows == 1 else aligned)
    )
    return next(fitting, possible[-1])


class CachedLegend(Legend):
    """A legend above its axes, whose pixels are kept.

    Nothing in it follows the settings, and to draw it takes as long as both axes. Whoever lays it
    out anew makes a new one.
    """

    _kept: tuple[RendererBase | None, Any] = (None, None)

    def draw(self, renderer: RendererBase) -> None:
        """Draw the legend, or put its pixels where they were."""
        if not self.get_visible():
            return
        if self._kept[0] is renderer:
            renderer.restore_region(self._kept[1])  # type: ignore[attr-defined]
            self.stale = False
            return
        super().draw(renderer)
        box = self.get_window_extent(renderer).padded(1)
        axes = self.axes
        # On a narrow screen it may reach over the topmost number beside the axes, which changes.
        if axes and box.x0 >= axes.bbox.x0 and box.y0 >= axes.bbox.y1:
            self._kept = renderer, renderer.copy_from_bbox(box)  # type: ignore[attr-defined]
