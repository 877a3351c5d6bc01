"""The second picture: one of seven panels, which take turns in one figure."""

from typing import Any

from lively.pages.model_selection.counts_figure import FrequencyTab, SplitsTab
from lively.pages.model_selection.curves_figure import CriteriaTab, LearningTab
from lively.pages.model_selection.geometry_figure import GeometryTab
from lively.pages.model_selection.path_figure import PathTab
from lively.pages.model_selection.reuse_figure import TestReuseTab
from lively.plotting.tabs import Tab, TabbedFigure


class SelectionTabs(TabbedFigure):
    """The panels of the page on choosing a model."""

    def make_panels(self) -> dict[str, Tab[Any]]:
        """Make the panels, by their names."""
        self.curves, self.path = CriteriaTab(self.figure), PathTab(self.figure)
        return {
            "curves": self.curves,
            "picks": FrequencyTab(self.figure),
            "splits": SplitsTab(self.figure),
            "learning": LearningTab(self.figure),
            "path": self.path,
            "geometry": GeometryTab(self.figure),
            "looks": TestReuseTab(self.figure),
        }
