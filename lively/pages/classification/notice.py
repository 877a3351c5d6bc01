"""A mark in a picture whose numbers rest on a fit that did not converge."""

from matplotlib.axes import Axes
from matplotlib.text import Text

from lively.pages.classification.result import ClassificationResult
from lively.plotting.style import PAPER

#: The colour of warnings, as in the style sheet's light theme.
WARNING = "#9a3412"


def make_notice(ax: Axes) -> Text:
    """Return the mark, unseen until it is needed, in the upper left corner of the axes."""
    return ax.text(
        0.012,
        0.97,
        "fit did not converge",
        transform=ax.transAxes,
        ha="left",
        va="top",
        fontsize=12,
        color=WARNING,
        bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 1.0, "pad": 2},
        visible=False,
        zorder=8,
    )


def show_notice(notice: Text, result: ClassificationResult) -> None:
    """Show the mark if the fit did not converge."""
    notice.set_visible(not result.fit.converged)
