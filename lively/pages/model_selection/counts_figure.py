"""Counts: how often each candidate is chosen, and test scores over splits of one sample."""

from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from lively.engine.formatting import format_share
from lively.learning.polynomial_settings import DEGREES
from lively.pages.model_selection.curves_figure import candidate_positions, update_candidate_axis
from lively.pages.model_selection.resampling import QUANTILES, SPLITS
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.selection_frequency import DATA_SETS, METHODS, method_name
from lively.plotting.live_figure import LiveFigure
from lively.plotting.style import INK, SOFT, TEST_POINTS, TRAIN, style_axes, update_limits

#: Room for the names of the ways on the left, and for what they cost on the right, in pixels.
NAMES, COSTS = 112, 132
#: Where the median and the mean of the costs stand, in pixels to the right of the axes.
MEDIAN, MEAN = 8, 68
#: The colour of a cell whose candidate is picked always.
FULL = np.array([0.0, 0.447, 0.698])
#: Bins of R² that are seen; all that is below them stands in a bin of its own left of them.
BINS = 50


class FrequencyTab:
    """How often each criterion chooses which candidate: numbers, and the same as shades.

    On the right, how much higher the true error of its choices is than the lowest.
    """

    def __init__(self, figure: Figure) -> None:
        self.ax = figure.add_subplot(label="picks")
        self.axes = [self.ax]
        style_axes(self.ax, "", "")
        self.ax.grid(visible=False)
        self.ax.set_yticks(range(len(METHODS)), [method_name(way) for way in METHODS], fontsize=11)
        self.ax.tick_params(axis="both", labelsize=11, length=0)
        update_limits(self.ax, y=(len(METHODS) - 0.4, -0.6))
        self.cells = PolyCollection([], linewidths=0)
        self.ax.add_collection(self.cells, autolim=False)
        style: dict[str, Any] = {"ha": "center", "va": "center_baseline", "fontsize": 11}
        self.counts = [
            [self.ax.text(0, row, "", **style) for _ in DEGREES] for row, _ in enumerate(METHODS)
        ]
        beside: dict[str, Any] = {"textcoords": "offset points", "fontsize": 11, "va": "center"}
        across = self.ax.get_yaxis_transform()
        self.costs = [
            [self.ax.annotate("", (1, row), xytext=(offset, 0), xycoords=across, **beside)
             for row, _ in enumerate(METHODS)]
            for offset in (MEDIAN, MEAN)
        ]  # fmt: skip
        for text, offset in (("median", MEDIAN), ("mean cost", MEAN)):
            self.ax.annotate(
                text, (1, 1), xytext=(offset, 8), xycoords="axes fraction", color=SOFT, **beside
            )
        self.title = self.ax.text(0, 1.02, "", transform=self.ax.transAxes, color=SOFT, fontsize=11)
        texts = [text for row in self.counts for text in row]
        self.moving: list[Artist] = [self.cells, *texts, *self.costs[0], *self.costs[1], self.title]
        self.narrow = False

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        width, height = picture.size
        self.narrow = width < picture.narrow
        across, up = max(width - NAMES - COSTS, 1), max(height - 42 - 20, 1)
        self.ax.set_position((NAMES / width, 42 / height, across / width, up / height))
        self.ax.xaxis.set_label_coords(0.5, -24 / up)

    def draw(self, result: SelectionResult) -> None:
        """Move the artists to where `result` has them."""
        picks, family = result.picks, result.family
        update_candidate_axis(self.ax, family, self.narrow, click=False)
        x = candidate_positions(family)
        half = 0.47 * abs(x[1] - x[0])
        shares = picks.counts / max(picks.sets, 1)
        rows, columns = np.nonzero(picks.counts)
        # Where there is no room for numbers, a cell's height says the same as its shade.
        tall = 0.08 + 0.84 * shares if self.narrow else np.full(shares.shape, 0.92)
        self.cells.set_verts(
            [
                [(x[c] - half, r + 0.46), (x[c] + half, r + 0.46),
                 (x[c] + half, r + 0.46 - tall[r, c]), (x[c] - half, r + 0.46 - tall[r, c])]
                for r, c in zip(rows, columns, strict=True)
            ]
        )  # fmt: skip
        picked = shares[rows, columns][:, None]
        self.cells.set_facecolor(1 - (0.12 + 0.88 * picked) * (1 - FULL))
        for r, texts in enumerate(self.counts):
            for c, text in enumerate(texts):
                count = picks.counts[r, c]
                text.set_visible(bool(count) and not self.narrow)
                if count:
                    text.set_position((x[c], r))
                    text.set_text(str(count))
                    text.set_color("white" if shares[r, c] > 0.5 else INK)
        for column, costs in zip(self.costs, (picks.median_cost, picks.mean_cost), strict=True):
            for cell, cost in zip(column, costs, strict=True):
                cell.set_text(f"+{format_share(cost)}" if np.isfinite(cost) else "")
        self.title.set_text(f"{picks.sets} of {DATA_SETS} data sets")


class SplitsTab:
    """The distribution of the test R² over splits of the sample, and where the present one lies.

    The axis begins half an R² below what the noise allows, or at 0.
    """

    def __init__(self, figure: Figure) -> None:
        self.ax = figure.add_subplot(label="splits")
        self.axes = [self.ax]
        style_axes(self.ax, "", "splits")
        self.bars = PolyCollection([], facecolors=TRAIN, linewidths=0, alpha=0.55, zorder=2)
        self.bars.set_label(f"{SPLITS} splits")
        self.ax.add_collection(self.bars, autolim=False)
        self.edge = self.ax.axvline(0, color=SOFT, linewidth=1)
        (self.middle,) = self.ax.plot(
            [], [], color=INK, linewidth=4, solid_capstyle="butt", label="90 % of splits",
            clip_on=False, zorder=5,
        )  # fmt: skip
        self.truth = self.ax.axvline(
            0, color=SOFT, linestyle=(0, (5, 3)), linewidth=2, label="true R²"
        )
        (self.own,) = self.ax.plot(
            [], [], label="present split, if shown", clip_on=False, zorder=6,
            **{**TEST_POINTS, "markersize": 12, "markeredgewidth": 2.4},
        )  # fmt: skip
        self.moving: list[Artist] = [self.bars, self.truth, self.middle, self.own]

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        picture.place(self.ax, legend=[self.bars, self.middle, self.truth, self.own])

    def draw(self, result: SelectionResult) -> None:
        """Move the artists to where `result` has them."""
        scores = result.splits.r2[:, result.own_place]
        start = max(0.0, np.floor(10 * (result.fit.most_r2 - 0.5)) / 10)
        width = (1 - start) / BINS
        below = start - 2 * width
        ends = np.linspace(start, 1, BINS + 1)
        counts = np.histogram(scores, ends)[0]
        edges = [(below - width, below + width), *pairwise(ends)]
        heights = [int(np.sum(scores < start)), *counts]
        update_limits(self.ax, x=(float(below - 2 * width), 1.0))
        label = f"test R² (left of {start:.1g}: all below)"
        if self.ax.get_xlabel() != label:
            self.ax.set_xlabel(label)
            self.edge.set_xdata([start, start])
        # In steps of a quarter of them all, so that it stands still while the model moves a little.
        top = np.ceil(max(heights) * 1.05 / (SPLITS / 4)) * SPLITS / 4
        update_limits(self.ax, y=(0.0, float(top)))
        self.bars.set_verts(
            [
                [(low, 0), (low, height), (high, height), (high, 0)]
                for (low, high), height in zip(edges, heights, strict=True)
            ]
        )
        self.middle.set_data(np.maximum(np.quantile(scores, QUANTILES), below), [0, 0])
        at = max(result.fit.true_r2, below)
        self.truth.set_xdata([at, at])
        if result.opened:
            self.own.set_data([max(result.test.r2, below)], [0.06 * top])
        else:
            self.own.set_data([], [])
