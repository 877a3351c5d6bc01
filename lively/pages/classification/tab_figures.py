"""The second picture: how good the predictions are, in one of five ways at a time."""

import re
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from lively.engine.formatting import format_exponent
from lively.learning.metrics import ClassificationMetrics
from lively.pages.classification.notice import make_notice, show_notice
from lively.pages.classification.result import ClassificationResult
from lively.plotting.live_figure import LiveFigure
from lively.plotting.style import INK, PAPER, SOFT, TEST, TRAIN, round_up, style_axes, update_limits
from lively.plotting.tabs import Tab, TabbedFigure

PARTS = (("training", TRAIN, "-", "o"), ("test", TEST, (0, (4, 2)), "D"))
#: Pixels that a name of a coefficient needs.
NAME = 72
#: Up to so many thresholds, each is marked on the curve of precision and recall.
FEW_THRESHOLDS = 20


def both_metrics(
    result: ClassificationResult,
) -> tuple[ClassificationMetrics, ClassificationMetrics]:
    """Return the judgement on training and test points."""
    return result.train_judged, result.test_judged


class ThresholdCurveTab:
    """A curve for each part over all thresholds, and a mark at the present one.

    On a ROC, a straight line between two thresholds is reached by choosing one of them at random.
    Precision is not linear in recall, so that curve goes by steps, and what no threshold reaches is
    not drawn (Davis and Goadrich, "The relationship between Precision-Recall and ROC curves", ICML
    2006).
    """

    def __init__(self, figure: Figure, name: str, xlabel: str, ylabel: str) -> None:
        self.name = name
        self.ax = figure.add_subplot(label=name)
        self.axes = [self.ax]
        style_axes(self.ax, xlabel, ylabel)
        update_limits(self.ax, x=(-0.01, 1.01), y=(-0.03, 1.03))
        self.curves, self.marks = [], []
        for part, colour, dashes, marker in PARTS:
            line: dict[str, Any] = {"color": colour, "linestyle": dashes, "linewidth": 2.4}
            if name == "recall":
                line |= {"drawstyle": "steps-post", "markersize": 6}
            self.curves += self.ax.plot([], [], label=part, zorder=3, **line)
            self.marks += self.ax.plot(
                [], [], linestyle="none", marker=marker, markersize=10, markerfacecolor=PAPER,
                markeredgecolor=colour, markeredgewidth=2.2, zorder=5, clip_on=False,
                label=f"{part}, threshold",
            )  # fmt: skip
        (self.chance,) = self.ax.plot(
            [0, 1], [0, 1], color=SOFT, linestyle=":", linewidth=1.6, label="by chance"
        )
        self.notice = make_notice(self.ax)
        self.moving: list[Artist] = [self.chance, *self.curves, *self.marks, self.notice]

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        picture.place(self.ax, legend=[*self.curves, *self.marks, self.chance])

    def draw(self, result: ClassificationResult) -> None:
        """Move the artists to where `result` has them."""
        for judgement, curve, mark in zip(
            both_metrics(result), self.curves, self.marks, strict=True
        ):
            is_roc = self.name == "roc"
            found = judgement.roc_curve if is_roc else judgement.precision_recall_curve
            curve.set_data(found.x, found.y)
            if self.name == "recall":
                curve.set_marker(mark.get_marker() if len(found.x) <= FEW_THRESHOLDS else "")
            point = judgement.roc_point if is_roc else judgement.precision_recall_point
            seen = judgement.has_both_classes and point is not None
            mark.set_data(*([[value] for value in point or ()] if seen else ([], [])))
        show_notice(self.notice, result)
        if self.name == "recall":
            self.chance.set_ydata([result.test_judged.prevalence] * 2)


class ConfusionTab:
    """True classes against predicted ones, as counts, for either part."""

    def __init__(self, figure: Figure) -> None:
        self.axes = [figure.add_subplot(1, 2, i + 1, label=f"confusion{i}") for i in range(2)]
        self.counts = []
        for ax, (part, *_) in zip(self.axes, PARTS, strict=True):
            style_axes(ax, f"predicted class, {part}", "true class")
            ax.grid(visible=False)
            ax.set(xlim=(-0.5, 1.5), ylim=(1.5, -0.5), xticks=(0, 1), yticks=(0, 1))
            ax.set_xticklabels(["class 0", "class 1"])
            ax.set_yticklabels(["0", "1"])
            for row in (0, 1):
                for column in (0, 1):
                    right = row == column
                    corner, colour = (column - 0.48, row - 0.46), "#cfe3f1" if right else "#fbe3d0"
                    ax.add_patch(Rectangle(corner, 0.96, 0.92, color=colour, linewidth=0))
                    count = ax.text(
                        column, row, "", ha="center", va="center", fontsize=14, color=INK
                    )
                    self.counts.append(count)
        # Above the counts, where the first square ends.
        self.notice = make_notice(self.axes[0])
        self.moving: list[Artist] = [*self.counts, self.notice]
        self.between = " "

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        self.between = " " if picture.size[0] >= picture.narrow else "\n"
        for column, ax in enumerate(self.axes):
            picture.place(ax, column=column, columns=2)
        for text in self.counts:
            text.set_text(self.between.join(text.get_text().split()))

    def draw(self, result: ClassificationResult) -> None:
        """Move the artists to where `result` has them."""
        numbers = np.concatenate(
            [judgement.confusion_matrix.ravel() for judgement in both_metrics(result)]
        )
        show_notice(self.notice, result)
        for i, (text, number) in enumerate(zip(self.counts, numbers, strict=True)):
            right = i % 4 in (0, 3)
            text.set_text(f"{number}{self.between}{'right' if right else 'wrong'}")


class CalibrationTab:
    """Share of class 1 among points of about the same predicted probability."""

    def __init__(self, figure: Figure) -> None:
        self.ax = figure.add_subplot(label="calibration")
        self.axes = [self.ax]
        style_axes(self.ax, "predicted probability", "share of class 1")
        update_limits(self.ax, x=(-0.01, 1.01), y=(-0.03, 1.03))
        (self.diagonal,) = self.ax.plot(
            [0, 1], [0, 1], color=SOFT, linestyle=":", linewidth=1.8, label="calibrated"
        )
        self.lines = []
        for part, colour, dashes, marker in PARTS:
            self.lines += self.ax.plot(
                [], [], color=colour, linestyle=dashes, linewidth=2, marker=marker, markersize=9,
                markeredgewidth=1.8, markerfacecolor=colour if marker == "o" else PAPER,
                clip_on=False, label=part, zorder=4,
            )  # fmt: skip
        self.notice = make_notice(self.ax)
        self.moving: list[Artist] = [*self.lines, self.notice]

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        picture.place(self.ax, legend=[*self.lines, self.diagonal])

    def draw(self, result: ClassificationResult) -> None:
        """Move the artists to where `result` has them."""
        for line, judgement in zip(self.lines, both_metrics(result), strict=True):
            mean, share, _ = judgement.calibration_curve
            line.set_data(mean, share)
        show_notice(self.notice, result)


class ImportanceTab:
    """Feature importance: coefficients, or the accuracy lost when an input is shuffled."""

    def __init__(self, figure: Figure) -> None:
        self.ax = figure.add_subplot(label="importance")
        self.axes = [self.ax]
        style_axes(self.ax, "standardized power of the inputs", "coefficient")
        self.ax.axhline(0, color=INK, linewidth=1.2, zorder=2)
        self.stems = self.ax.vlines([], 0, [], color=TRAIN, linewidth=8)
        (self.tips,) = self.ax.plot(
            [], [], linestyle="none", marker="o", markersize=8, color=TRAIN, label="not zero"
        )
        (self.zeros,) = self.ax.plot(
            [], [], linestyle="none", marker="o", markersize=11, markerfacecolor=PAPER,
            markeredgecolor=INK, markeredgewidth=1.8, zorder=5, label="exactly zero",
        )  # fmt: skip
        self.notice = make_notice(self.ax)
        self.moving: list[Artist] = [self.stems, self.tips, self.zeros, self.notice]
        self.readable, self.shown = 1, list[str]()

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        self.readable = int(picture.size[0] / NAME)
        picture.place(self.ax, legend=[self.tips, self.zeros])
        self._name()

    def _name(self) -> None:
        """Write as many names below the axes as can be read."""
        ticks = list(range(0, len(self.shown), -(-len(self.shown) // self.readable) or 1))
        if [text.get_text() for text in self.ax.get_xticklabels()] != [
            self.shown[i] for i in ticks
        ]:
            self.ax.set_xticks(ticks, [self.shown[i] for i in ticks])

    def draw(self, result: ClassificationResult) -> None:
        """Move the artists to where `result` has them."""
        found = result.importances
        names, values = found.names, found.values
        top = round_up(max(float(np.abs(values).max()) * 1.05, 0.1))
        low = -top if values.min() < 0 else 0.0
        update_limits(self.ax, x=(-0.6, len(values) - 0.4), y=(low, top))
        shown = [re.sub(r"\^(\d)", lambda m: format_exponent(int(m[1])), name) for name in names]
        self.shown = [name.replace(" ", "·") for name in shown]
        self._name()
        if self.ax.get_ylabel() != found.meaning:
            self.ax.set_ylabel(found.meaning)
            self.ax.set_xlabel(found.of)
        at, zero = np.arange(len(values)), values == 0
        self.stems.set_segments(
            [((x, 0), (x, v)) for x, v in zip(at[~zero], values[~zero], strict=True)]
        )
        self.tips.set_data(at[~zero], values[~zero])
        self.zeros.set_data(at[zero], values[zero])
        show_notice(self.notice, result)


class ClassificationTabs(TabbedFigure[ClassificationResult]):
    """The panels of the classification page."""

    def make_panels(self) -> dict[str, Tab[ClassificationResult]]:
        """Make the panels, by their names."""
        return {
            "roc": ThresholdCurveTab(
                self.figure, "roc", "false positive rate", "true positive rate"
            ),
            "recall": ThresholdCurveTab(self.figure, "recall", "recall", "precision"),
            "confusion": ConfusionTab(self.figure),
            "calibration": CalibrationTab(self.figure),
            "importance": ImportanceTab(self.figure),
        }
