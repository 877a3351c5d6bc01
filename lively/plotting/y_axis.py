"""The scale of y, where its limits follow the data: drawn without the rest of the figure."""

from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes


class CachedYAxis(Artist):
    """Numbers and grid of y, kept as pixels while the limits stay.

    Other limits would make the whole figure stale, and its legend and x take three times as long to
    draw as the scale of y. So it is drawn with what moves, and below it; the frame of the axes,
    which lies on the grid, has to move as well.

    Parameters
    ----------
    ax : Axes
        The only ones with a scale that are seen in their figure at a time.
    """

    def __init__(self, ax: Axes) -> None:
        super().__init__()
        self.axes = self._ax = ax
        self.set_zorder(-1)
        ax.yaxis.set_animated(True)
        self._pixels: Any = None
        # What is kept holds the rest of the figure as well.
        ax.figure.canvas.mpl_connect("draw_event", lambda event: self._forget())

    def _forget(self) -> None:
        self._pixels = None

    def draw(self, renderer: Any) -> None:
        """Draw the scale on what is there, or put back what came of it the last time."""
        figure, axis = self._ax.figure, self._ax.yaxis
        if self._pixels is None or axis.stale:
            axis.draw(renderer)
            # Ticks that take their places call the figure stale; here, they are drawn already.
            self._ax.stale = figure.stale = False
            self._pixels = renderer.copy_from_bbox(figure.bbox)
        else:
            renderer.restore_region(self._pixels)
