"""The second picture: one of seven panels, which take turns in one figure."""

from typing import Any

from lively.figures.model_selection.counts import PicksPanel, SplitsPanel
from lively.figures.model_selection.curves import CurvesPanel, LearningPanel
from lively.figures.model_selection.geometry import GeometryPanel
from lively.figures.model_selection.looks import LooksPanel
from lively.figures.model_selection.path import PathPanel
from lively.figures.panels import Panel, PanelsPicture


class SelectionPanels(PanelsPicture):
    """The panels of the page on choosing a model."""

    def make_panels(self) -> dict[str, Panel[Any]]:
        """Make the panels, by their names."""
        self.curves, self.path = CurvesPanel(self.figure), PathPanel(self.figure)
        return {
            "curves": self.curves,
            "picks": PicksPanel(self.figure),
            "splits": SplitsPanel(self.figure),
            "learning": LearningPanel(self.figure),
            "path": self.path,
            "geometry": GeometryPanel(self.figure),
            "looks": LooksPanel(self.figure),
        }
