"""A figure of a page: made without pyplot, laid out in pixels, and updated from a result."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from lively.plotting.legend import CachedLegend, choose_layout, order_by_rows
from lively.plotting.style import DPI, INK, PAPER

Result = TypeVar("Result")


class Margins(NamedTuple):
    """Room around the axes, in pixels of the page."""

    left: float
    right: float
    bottom: float
    top: float


class LiveFigure(ABC):
    """A figure that lays itself out for its size.

    Layout by fixed margins costs nothing, and keeps the axes where they are while labels change.
    Artists that follow the settings are told apart from those that stay: the canvas keeps a drawing
    of all that stays, and draws only the moving artists on it.

    Parameters
    ----------
    width, height : int
        Size at the start, in pixels of the page.

    Attributes
    ----------
    figure : Figure
    moving : list of Artist
        In the order in which they are drawn. They are animated in matplotlib's sense: a figure does
        not draw them by itself, unless it is saved, and does not count as stale when they move.
    """

    margins: ClassVar[Margins] = Margins(left=76, right=14, bottom=42, top=30)
    #: How far outside the axes the names of x and y begin, in pixels of the page.
    names: ClassVar[tuple[float, float]] = (-22, -56)
    #: Below this width a legend of four entries takes two rows, and longer ones sooner.
    narrow: ClassVar[int] = 600

    def __init__(self, width: int, height: int) -> None:
        self.figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=PAPER)
        self.figure.canvas.mpl_connect("resize_event", lambda event: self.arrange())
        self.moving: list[Artist] = []
        self._as_made: dict[Line2D, Line2D] = {}

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in pixels of the page, whatever the screen's own pixels."""
        width, height = self.figure.get_size_inches()
        return float(width * DPI), float(height * DPI)

    @abstractmethod
    def arrange(self) -> None:
        """Lay out the axes for the present size, by `place`."""

    def move(self, artists: Iterable[Artist]) -> None:
        """Add `artists` to those that follow the settings."""
        for artist in artists:
            artist.set_animated(True)
            self.moving.append(artist)
        self.moving.sort(key=lambda artist: artist.get_zorder())

    def place(
        self, ax: Axes, *, legend: Sequence[Any] = (), column: int = 0, columns: int = 1
    ) -> None:
        """Put `ax` within the margins, in one of several equal columns.

        Parameters
        ----------
        ax : Axes
        legend : sequence of artists
            Entries of a legend above the axes, in their order.
        column, columns : int
            Which of how many.
        """
        width, height = self.size
        left, right, bottom, top = self.margins
        slot = width / columns
        if legend:
            rows = 2 if len(legend) > 2 and width < self.narrow * max(len(legend), 4) / 4 else 1
            labels = [str(handle.get_label()) for handle in legend]
            centred = slot - left - right + 2 * min(left, right)
            layout = choose_layout(labels, rows, centred, slot - right)
            rows = layout.rows
            top += 18 * (rows - 1)
            handles = order_by_rows(legend, rows)
            ax.legend_ = CachedLegend(
                ax,
                [self._sample(handle) for handle in handles],
                order_by_rows(labels, rows),
                loc="lower center" if rows == 1 else "lower right",
                bbox_to_anchor=(0.5 if rows == 1 else 1.0, 1.0),
                ncols=-(-len(legend) // rows),
                frameon=False,
                fontsize=layout.size,
                labelcolor=INK,
                borderaxespad=0.2,
                columnspacing=layout.spacing,
                handletextpad=0.5,
            )
        across, up = max(slot - left - right, 1), max(height - bottom - top, 1)
        ax.set_position(
            ((slot * column + left) / width, bottom / height, across / width, up / height)
        )
        # In a place of their own, the names of the axes stand still, and need not be laid out by
        # the numbers beside them whenever those change.
        ax.xaxis.set_label_coords(0.5, self.names[0] / up)
        ax.yaxis.set_label_coords(self.names[1] / across, 0.5)

    def _sample(self, handle: Any) -> Any:
        """Return what stands in a legend for an artist: a line looks there as it was made.

        Markers are smaller in a crowd, and a legend that is laid out anew would be another one.
        """
        if not isinstance(handle, Line2D):
            return handle
        return self._as_made.setdefault(handle, copy(handle))


class ResultFigure(LiveFigure, Generic[Result]):
    """A figure that shows one result after another.

    A subclass makes its artists once, in ``__init__``, names those that follow the settings by
    `move`, and says in `draw` where a result has them.

    Attributes
    ----------
    clicks : dict
        For axes that can be clicked, a function that takes the result that is shown and the x of
        the click, and returns the settings to change, by name.
    """

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self.clicks: dict[Axes, Callable[[Result, float], Mapping[str, Any]]] = {}

    @abstractmethod
    def draw(self, result: Result) -> None:
        """Move the artists to where `result` has them."""

    def sketch(self, result: Result) -> None:
        """Show what of `result` needs nothing slow, the points say; the rest stays as it was."""

    def refine(self, result: Result) -> None:
        """Show `result` in more detail than there is time for while a control moves."""
