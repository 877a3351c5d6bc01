"""Pictures that take turns in one figure, so that changing the tab is one frame on one canvas."""

from typing import Any, Protocol, TypeVar

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from lively.plotting.live_figure import LiveFigure

Result = TypeVar("Result", contravariant=True)


class Tab(Protocol[Result]):
    """One way of looking at a result, in axes of its own."""

    axes: list[Axes]

    @property
    def moving(self) -> list[Artist]:
        """The artists that follow the settings."""

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""

    def draw(self, result: Result) -> None:
        """Move the artists to where `result` has them."""


class TabbedFigure(LiveFigure):
    """Panels, of which one is seen and drawn at a time: the one that the setting `panel` names."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self.panels = self.make_panels()
        self._laid_out: set[str] = set()
        self._shown: Any = None
        for panel in self.panels.values():
            self.move(panel.moving)
            # Until there is a result, which may take a while, nothing is seen.
            for ax in panel.axes:
                ax.set_visible(False)

    def make_panels(self) -> dict[str, Tab[Any]]:
        """Make the panels, by their names. The picture's own."""
        raise NotImplementedError

    def arrange(self) -> None:
        """Lay out the panel that is seen for the present size; the others when they are chosen."""
        self._laid_out.clear()
        if self._shown is not None:
            # What a panel shows may depend on the room that it has.
            self.draw(self._shown)

    def draw(self, result: Any) -> None:
        """Show the panel that is chosen, and move its artists to where `result` has them."""
        self._shown = result
        chosen = result.settings.view.panel
        if chosen not in self._laid_out:
            self.panels[chosen].arrange(self)
            self._laid_out.add(chosen)
        for name, panel in self.panels.items():
            for ax in panel.axes:
                ax.set_visible(name == chosen)
        self.panels[chosen].draw(result)
