"""What a penalty does to coefficients: their paths along its weight."""

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from lively.arrays import Array
from lively.engine.formatting import format_exponent
from lively.learning.polynomial_settings import DEGREES
from lively.pages.model_selection.curves_figure import POWERS
from lively.pages.model_selection.result import SelectionResult
from lively.plotting.live_figure import LiveFigure
from lively.plotting.style import (
    INK,
    PAPER,
    SOFT,
    clip_to_view,
    round_up,
    style_axes,
    update_limits,
)

#: Colours and lines of the powers, in turn: colour alone distinguishes none.
COLOURS = ("#0072B2", "#D55E00", "#007c5f", "#a3457f", "#52606d")
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1.5, 1.5)))
#: The weight from which on the axis of the coefficients holds all of them.
SEEN_FROM = 1e-2


def power_name(power: int) -> str:
    """Write a power of x."""
    return f"x{format_exponent(power)}" if power > 1 else "x"


class PathTab:
    """Coefficients of the standardized powers of x against alpha, and the present alpha.

    An alpha at which the fit did not converge is crossed at the lower edge.
    """

    def __init__(self, figure: Figure) -> None:
        self.ax = figure.add_subplot(label="path")
        self.axes = [self.ax]
        style_axes(self.ax, "α (click to go there)", "coefficient (standardized)")
        self.ax.set_xlim(POWERS[0] - 0.25, POWERS[-1] + 0.05)
        self.ax.set_xticks(POWERS, [f"10{format_exponent(int(p))}" for p in POWERS])
        self.ax.axhline(0, color=INK, linewidth=1.2, zorder=1)
        self.lines = [
            self.ax.plot(
                [], [], color=COLOURS[i % len(COLOURS)],
                linestyle=DASHES[i // len(COLOURS) % len(DASHES)], linewidth=2,
            )[0]
            for i, _ in enumerate(DEGREES)
        ]  # fmt: skip
        self.names = [
            self.ax.text(0, 0, power_name(int(power)), color=line.get_color(), fontsize=12,
                         ha="right", va="center", clip_on=True)
            for power, line in zip(DEGREES, self.lines, strict=True)
        ]  # fmt: skip
        self.here = self.ax.axvline(0, color=INK, linewidth=1.2, alpha=0.6)
        (self.points,) = self.ax.plot(
            [],
            [],
            linestyle="none",
            marker="o",
            markersize=9,
            color=INK,
            zorder=6,
            label="not zero",
        )
        (self.zeros,) = self.ax.plot(
            [], [], linestyle="none", marker="o", markersize=11, markerfacecolor="white",
            markeredgecolor=INK, markeredgewidth=1.8, zorder=7, label="exactly zero",
        )  # fmt: skip
        (self.unsure,) = self.ax.plot(
            [], [], linestyle="none", marker="x", markersize=9, color=INK, zorder=8, clip_on=False
        )
        self.empty = make_placeholder(self.ax, "No penalty, no path:\nchoose one under Model.")
        self.moving: list[Artist] = [
            *self.lines, *self.names, self.here, self.zeros, self.points, self.unsure, self.empty
        ]  # fmt: skip

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        picture.place(self.ax, legend=[self.points, self.zeros])

    def draw(self, result: SelectionResult) -> None:
        """Move the artists to where `result` has them."""
        path = result.path
        self.empty.set_visible(path is None)
        for artist in self.moving[:-1]:
            artist.set_visible(path is not None)
        if path is None:
            update_limits(self.ax, y=(-1.0, 1.0))
            return
        x = np.log10(path.weights)
        seen = path.coefficients[:, path.weights >= SEEN_FROM]
        reach = round_up(max(float(np.abs(seen).max()) * 1.05, 1.0))
        update_limits(self.ax, y=(-reach, reach))
        for i, (line, name) in enumerate(zip(self.lines, self.names, strict=True)):
            there = i < len(path.coefficients)
            line.set_visible(there)
            if there:
                line.set_data(x, clip_to_view(path.coefficients[i], -reach, reach))
                end = path.coefficients[i, -1]
                name.set_position((x[-1] - 0.04, end))
            name.set_visible(
                there and abs(end) < reach and self._apart(path.coefficients, i, reach)
            )
        self.unsure.set_data(x[~path.converged], np.full(int(np.sum(~path.converged)), -reach))
        alpha = result.settings.model.alpha
        now = path.coefficients[:, path.nearest(alpha)]
        at = float(np.log10(alpha))
        self.here.set_xdata([at, at])
        shown = now[np.abs(now) <= reach]
        for artist, values in ((self.points, shown[shown != 0]), (self.zeros, shown[shown == 0])):
            artist.set_data(np.full(len(values), at), values)

    @staticmethod
    def _apart(coefficients: Array, i: int, reach: float) -> bool:
        """Say whether a name would lie on none of the names before it."""
        ends = coefficients[:, -1]
        return not np.any(np.abs(ends[:i] - ends[i]) < 0.14 * reach)

    def changes_at(self, result: SelectionResult, x: float) -> dict[str, Any]:
        """Return the change of settings that a click at `x` of the axes means."""
        if result.path is None:
            return {}
        return {"alpha": float(10 ** np.clip(round(x, 1), POWERS[0], POWERS[-1]))}


def make_placeholder(ax: Any, words: str) -> Any:
    """Return the words that stand in axes which have nothing to show."""
    return ax.text(
        0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", color=SOFT, fontsize=14,
        visible=False,
        bbox={"facecolor": PAPER, "edgecolor": "none"},

    )  # fmt: skip
