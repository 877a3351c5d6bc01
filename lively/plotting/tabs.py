"""Plots that take turns in one figure, so that changing the tab is one frame on one canvas."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Protocol, TypeVar

from matplotlib.artist import Artist
from matplotlib.axes import Axes

from lively.plotting.live_figure import LiveFigure, ResultFigure


class TabSettings(Protocol):
    """Settings of what is shown, with the name of the tab that is chosen."""

    @property
    def panel(self) -> str:
        """The name of a tab."""


class ViewedSettings(Protocol):
    """A page's settings, one group of which says what is shown."""

    @property
    def view(self) -> TabSettings:
        """What is shown."""


class TabbedResult(Protocol):
    """A result that knows its settings, which say which tab is chosen."""

    @property
    def settings(self) -> ViewedSettings:
        """The settings that the result was computed from."""


Chosen = TypeVar("Chosen", bound=TabbedResult)
Shown = TypeVar("Shown", contravariant=True)


class Tab(Protocol[Shown]):
    """One way of looking at a result, in axes of its own."""

    axes: list[Axes]

    @property
    def moving(self) -> list[Artist]:
        """The artists that follow the settings."""

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the figure's present size."""

    def draw(self, result: Shown) -> None:
        """Move the artists to where `result` has them."""


class TabbedFigure(ResultFigure[Chosen]):
    """Several plots, of which one is seen and drawn at a time.

    It is the one that the setting `panel` of the group `view` names.

    Attributes
    ----------
    panels : dict of Tab
        By their names.
    """

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self.panels: Mapping[str, Tab[Chosen]] = self.make_panels()
        self._laid_out: set[str] = set()
        self._shown: Chosen | None = None
        for panel in self.panels.values():
            self.move(panel.moving)
            # Until there is a result, which may take a while, nothing is seen.
            for ax in panel.axes:
                ax.set_visible(False)

    @abstractmethod
    def make_panels(self) -> Mapping[str, Tab[Chosen]]:
        """Make the plots, by their names."""

    def arrange(self) -> None:
        """Lay out the plot that is seen for the present size; the others when they are chosen."""
        self._laid_out.clear()
        if self._shown is not None:
            # What a plot shows may depend on the room that it has.
            self.draw(self._shown)

    def draw(self, result: Chosen) -> None:
        """Show the plot that is chosen, and move its artists to where `result` has them."""
        self._shown = result
        chosen = result.settings.view.panel
        if chosen not in self._laid_out:
            self.panels[chosen].arrange(self)
            self._laid_out.add(chosen)
        for name, panel in self.panels.items():
            for ax in panel.axes:
                ax.set_visible(name == chosen)
        self.panels[chosen].draw(result)
