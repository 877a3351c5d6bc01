"""The second picture: one of seven panels, which take turns in one figure."""

from typing import Any

from lively.pages.model_selection.counts_figure import PicksPanel, SplitsPanel
from lively.pages.model_selection.curves_figure import CurvesPanel, LearningPanel
from lively.pages.model_selection.geometry_figure import GeometryPanel
from lively.pages.model_selection.path_figure import PathPanel
from lively.pages.model_selection.reuse_figure import LooksPanel
from lively.plotting.tabs import Panel, PanelsPicture


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
