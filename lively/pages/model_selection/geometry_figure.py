"""What a penalty does, as geometry: two coefficients, and the regions that penalties allow."""

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.text import Annotation, Text

from lively.engine.formatting import format_number
from lively.pages.model_selection.path_figure import make_placeholder, power_name
from lively.pages.model_selection.regularization_path import PLANE_POWERS, CoefficientPlane
from lively.pages.model_selection.result import SelectionResult
from lively.plotting.live_figure import LiveFigure
from lively.plotting.style import (
    INK,
    SOFT,
    TRAIN,
    VALIDATION,
    Limits,
    round_up,
    style_axes,
    update_limits,
)

#: Lines of equal squared error, as shares of what it rises to where both coefficients are zero.
LEVELS = (0.02, 0.12, 0.4, 1.0)
ANGLES = np.linspace(0, 2 * np.pi, 145)
#: The penalties on the left and on the right.
PENALTIES = ("LASSO", "ridge")


class GeometryTab:
    """Lines of equal squared error over two coefficients, and the regions that penalties allow."""

    def __init__(self, figure: Figure) -> None:
        self.axes = [figure.add_subplot(1, 2, i + 1, label=f"geometry{i}") for i in range(2)]
        self.moving: list[Artist] = []
        self.lines, self.touching, self.regions = [], [], []
        self.lowest, self.solutions, self.empty = [], [], []
        self.titles: list[Text] = []
        self.names: list[list[Annotation]] = []
        self.narrow = False
        powers = [f"coefficient of {power_name(power)}" for power in PLANE_POWERS]
        for ax in self.axes:
            style_axes(ax, *powers)
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
            # Named where they are: a legend would need the room that the pictures have.
            labels = [
                ax.annotate(
                    "", (0, 0), xytext=offset, textcoords="offset points", ha=ha, va=va,
                    fontsize=11, color=INK, zorder=7,
                )
                for offset, ha, va in (((0, -8), "center", "top"), ((-8, 7), "right", "bottom"))
            ]  # fmt: skip
            labels[0].set_text("no penalty")
            labels[1].set_text(PENALTIES[len(self.titles)])
            title = ax.text(0.5, 1.04, "", transform=ax.transAxes, ha="center", fontsize=13)
            empty = make_placeholder(ax, "No penalty:\nchoose one.")
            self.regions.append(region)
            self.lines.append(levels)
            self.touching.append(touching)
            self.lowest.append(lowest)
            self.solutions.append(solution)
            self.titles.append(title)
            self.names.append(labels)
            self.empty.append(empty)
            self.moving += [region, *levels, touching, lowest, solution, *labels, title, empty]

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        self.narrow = picture.size[0] < picture.narrow
        for column, ax in enumerate(self.axes):
            picture.place(ax, column=column, columns=2)
            self.names[column][0].set_horizontalalignment("right" if self.narrow else "center")

    def draw(self, result: SelectionResult) -> None:
        """Move the artists to where `result` has them."""
        plane = result.plane
        for artist in self.moving:
            artist.set_visible((artist in self.empty) == (plane is None))
        if plane is None:
            for ax in self.axes:
                update_limits(ax, x=(-1.0, 1.0), y=(-1.0, 1.0))
            return
        at_zero = plane.above(np.zeros(2))
        ends = (plane.absolute, plane.squared)
        for i, (ax, end) in enumerate(zip(self.axes, ends, strict=True)):
            x, y = _limits(ax, plane)
            update_limits(ax, x=x, y=y)
            for line, level in zip(self.lines[i], LEVELS, strict=True):
                line.set_data(*plane.ellipse(level * at_zero, ANGLES))
            self.touching[i].set_data(*plane.ellipse(plane.above(end), ANGLES))
            self.lowest[i].set_data([plane.lowest[0]], [plane.lowest[1]])
            self.solutions[i].set_data([end[0]], [end[1]])
            for name, point in zip(self.names[i], (plane.lowest, end), strict=True):
                name.xy = (float(point[0]), float(point[1]))
        size = float(np.abs(plane.absolute).sum())
        self.regions[0].set_xy(size * np.array([(1, 0), (0, 1), (-1, 0), (0, -1)]))
        radius = float(np.linalg.norm(plane.squared))
        self.regions[1].set_xy(radius * np.column_stack([np.cos(ANGLES), np.sin(ANGLES)]))
        weights = (plane.lasso_weight, plane.ridge_weight)
        for i, (title, weight) in enumerate(zip(self.titles, weights, strict=True)):
            by = "" if self.narrow else f" {PENALTIES[i]} at"
            title.set_text(f"L{i + 1}:{by} α = {format_number(weight, 2)}")


def _limits(ax: Any, plane: CoefficientPlane) -> tuple[Limits, Limits]:
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
