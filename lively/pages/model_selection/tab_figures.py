"""The second figure: one of seven tabs."""

from lively.pages.model_selection.counts_figure import FrequencyTab, SplitsTab
from lively.pages.model_selection.curves_figure import CriteriaTab, LearningTab
from lively.pages.model_selection.geometry_figure import GeometryTab
from lively.pages.model_selection.path_figure import PathTab
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.reuse_figure import TestReuseTab
from lively.plotting.tabs import Tab, TabbedFigure


class SelectionTabs(TabbedFigure[SelectionResult]):
    """The panels of the page on choosing a model."""

    def make_panels(self) -> dict[str, Tab[SelectionResult]]:
        """Make the panels, by their names."""
        self.curves, self.path = CriteriaTab(self.figure), PathTab(self.figure)
        self.clicks = {self.curves.ax: self.curves.changes_at, self.path.ax: self.path.changes_at}
        return {
            "curves": self.curves,
            "picks": FrequencyTab(self.figure),
            "splits": SplitsTab(self.figure),
            "learning": LearningTab(self.figure),
            "path": self.path,
            "geometry": GeometryTab(self.figure),
            "looks": TestReuseTab(self.figure),
        }
