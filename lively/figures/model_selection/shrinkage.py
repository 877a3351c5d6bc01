"""What a penalty does: the paths of coefficients, and the geometry of two."""

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import Polygon

from lively.figures.model_selection.curves import POWERS
from lively.figures.picture import Picture
from lively.figures.style import (
    INK,
    PAPER,
    SOFT,
    TRAIN,
    VALIDATION,
    Limits,
    dress,
    round_up,
    show_limits,
    within,
)
from lively.models.candidates import DEGREES
from lively.models.shrinkage import PLANE, Plane
from lively.numbers import number, superscript
from lively.results.model_selection import SelectionResult
from lively.truths import Array

#: Colours and lines of the powers, in turn: none is told from another by its colour alone.
COLOURS = ("#0072B2", "#D55E00", "#007c5f", "#a3457f", "#52606d")
DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (0, (1.5, 1.5)))
#: The weight from which on the axis of the coefficients holds all of them.
SEEN_FROM = 1e-2
#: Lines of equal squared error, as shares of what it rises to where both coefficients are zero.
LEVELS = (0.02, 0.12, 0.4, 1.0)
ANGLES = np.linspace(0, 2 * np.pi, 145)


def power_name(power: int) -> str:
    """Write a power of x."""
    return f"x{superscript(power)}" if power > 1 else "x"


class PathPanel:
    """Coefficients of the scaled powers against the weight of the penalty, and where we are."""

    def __init__(self, figure: Figure) -> None:
        self.ax = figure.add_subplot(label="path")
        self.axes = [self.ax]
        dress(self.ax, "α (click to go there)", "coefficient (scaled)")
        self.ax.set_xlim(POWERS[0] - 0.25, POWERS[-1] + 0.05)
        self.ax.set_xticks(POWERS, [f"10{superscript(int(p))}" for p in POWERS])
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
        self.empty = nothing(self.ax, "No penalty, no path:\nchoose one under Model.")
        self.moving: list[Artist] = [
            *self.lines, *self.names, self.here, self.zeros, self.points, self.empty
        ]  # fmt: skip

    def arrange(self, picture: Picture) -> None:
        """Lay out the axes for the picture's present size."""
        picture.place(self.ax, legend=[self.points, self.zeros])

    def draw(self, result: SelectionResult) -> None:
        """Move the artists to where `result` has them."""
        path = result.path
        self.empty.set_visible(path is None)
        for artist in (*self.lines, *self.names, self.here, self.points, self.zeros):
            artist.set_visible(path is not None)
        if path is None:
            return
        x = np.log10(path.weights)
        seen = path.coefficients[:, path.weights >= SEEN_FROM]
        reach = round_up(max(float(np.abs(seen).max()) * 1.05, 1.0))
        show_limits(self.ax, y=(-reach, reach))
        for i, (line, name) in enumerate(zip(self.lines, self.names, strict=True)):
            there = i < len(path.coefficients)
            line.set_visible(there)
            if there:
                line.set_data(x, within(path.coefficients[i], -reach, reach))
                end = path.coefficients[i, -1]
                name.set_position((x[-1] - 0.04, end))
            name.set_visible(
                there and abs(end) < reach and self._apart(path.coefficients, i, reach)
            )
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

    def alpha_at(self, x: float) -> float:
        """Return the weight that a click at `x` of the axes means."""
        return float(10 ** np.clip(round(x, 1), POWERS[0], POWERS[-1]))


def nothing(ax: Any, words: str) -> Any:
    """Return the words that stand in axes which have nothing to show."""
    return ax.text(
        0.5, 0.5, words, transform=ax.transAxes, ha="center", va="center", color=SOFT, fontsize=14,
        visible=False,
        bbox={"facecolor": PAPER, "edgecolor": "none"},

    )  # fmt: skip


class GeometryPanel:
    """Lines of equal squared error over two coefficients, and where two penalties let them be."""

    def __init__(self, figure: Figure) -> None:
        self.axes = [figure.add_subplot(1, 2, i + 1, label=f"geometry{i}") for i in range(2)]
        self.moving: list[Artist] = []
        self.lines, self.touching, self.regions = [], [], []
        self.lowest, self.solutions, self.titles, self.empty = [], [], [], []
        names = [f"coefficient of {power_name(power)}" for power in PLANE]
        for ax in self.axes:
            dress(ax, names[0], names[1])
            ax.axhline(0, color=SOFT, linewidth=1, zorder=1)
            ax.axvline(0, color=SOFT, linewidth=1, zorder=1)
            region = Polygon([(0, 0)], facecolor=TRAIN, alpha=0.3, zorder=2)
            ax.add_patch(region)
            levels = [ax.plot([], [], color=SOFT, linewidth=1, zorder=3)[0] for _ in LEVELS]
            (touching,) = ax.plot([], [], color=VALIDATION, linewidth=2.4, zorder=4)
            (lowest,) = ax.plot(
                [], [], linestyle="none", marker="x", markersize=10, markeredgewidth=2.4,
                color=INK, zorder=5,
            )  # fmt: skip
            (solution,) = ax.plot(
                [], [], linestyle="none", marker="o", markersize=10, color=INK, zorder=6
            )
            title = ax.text(0.5, 1.04, "", transform=ax.transAxes, ha="center", fontsize=13)
            empty = nothing(ax, "No penalty:\nchoose one.")
            self.regions.append(region)
            self.lines.append(levels)
            self.touching.append(touching)
            self.lowest.append(lowest)
            self.solutions.append(solution)
            self.titles.append(title)
            self.empty.append(empty)
            self.moving += [region, *levels, touching, lowest, solution, title, empty]

    def arrange(self, picture: Picture) -> None:
        """Lay out the axes for the picture's present size."""
        for column, ax in enumerate(self.axes):
            picture.place(ax, column=column, columns=2)

    def draw(self, result: SelectionResult) -> None:
        """Move the artists to where `result` has them."""
        plane = result.plane
        for artist in self.moving:
            artist.set_visible((artist in self.empty) == (plane is None))
        if plane is None:
            return
        at_zero = plane.above(np.zeros(2))
        ends = (plane.absolute, plane.squared)
        for i, (ax, end) in enumerate(zip(self.axes, ends, strict=True)):
            x, y = _limits(ax, plane)
            show_limits(ax, x=x, y=y)
            for line, level in zip(self.lines[i], LEVELS, strict=True):
                line.set_data(*plane.ellipse(level * at_zero, ANGLES))
            self.touching[i].set_data(*plane.ellipse(plane.above(end), ANGLES))
            self.lowest[i].set_data([plane.lowest[0]], [plane.lowest[1]])
            self.solutions[i].set_data([end[0]], [end[1]])
        size = float(np.abs(plane.absolute).sum())
        self.regions[0].set_xy(size * np.array([(1, 0), (0, 1), (-1, 0), (0, -1)]))
        radius = float(np.linalg.norm(plane.squared))
        self.regions[1].set_xy(radius * np.column_stack([np.cos(ANGLES), np.sin(ANGLES)]))
        for title, name, weight in (
            (self.titles[0], "L1: LASSO", plane.lasso_weight),
            (self.titles[1], "L2: ridge", plane.ridge_weight),
        ):
            title.set_text(f"{name} at α = {number(weight, 2)}")


def _limits(ax: Any, plane: Plane) -> tuple[Limits, Limits]:
    """Return limits that hold zero and the lowest squared error, with circles as circles."""
    size = float(np.abs(plane.lowest).max()) or 1.0
    step = round_up(size / 5) / 2
    # On a coarse grid, so that they stand still while the data move a little.
    low = np.floor(np.minimum(plane.lowest - 0.12 * size, -0.35 * size) / step) * step
    high = np.ceil(np.maximum(plane.lowest + 0.12 * size, 0.35 * size) / step) * step
    # As it was set: matplotlib's other answer moves the axes, and so counts as a change of them.
    box = ax.get_position(original=True)
    width, height = ax.figure.get_size_inches()
    ratio = (box.width * width) / (box.height * height)
    room = high - low
    tall = max(float(room[1]), float(room[0]) / ratio)
    half = np.array([tall * ratio, tall]) / 2
    found = [(float(m - h), float(m + h)) for m, h in zip((low + high) / 2, half, strict=True)]
    return found[0], found[1]
