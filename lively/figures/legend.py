"""A legend that is laid out and drawn once."""

from typing import Any

from matplotlib.backend_bases import RendererBase
from matplotlib.legend import Legend


class KeptLegend(Legend):
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
