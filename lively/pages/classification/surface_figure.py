"""The first picture: labelled points on the surface of probabilities, and both boundaries."""

import numpy as np
from contourpy import contour_generator
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from lively.arrays import Array
from lively.pages.classification.data import LabelledPoints, cell_centres
from lively.pages.classification.notice import make_notice, show_notice
from lively.pages.classification.result import ClassificationResult
from lively.plotting.live_figure import ResultFigure
from lively.plotting.shaded_image import ShadedImage
from lively.plotting.style import FEW_POINTS, INK, PAPER, SOFT, style_axes, update_limits

CLASS_0, CLASS_1 = "#0072B2", "#B35900"
#: Shades on the way from one class to the other. Few of them make a frame small, since it is sent
#: as runs of one colour; an even number puts a step at one half.
SHADES = 20
#: Less than any difference between two probabilities that a model gives.
TINY = 1e-9


def probability_colours() -> NDArray[np.uint8]:
    """Return the shades, paper-like in the middle; shape (SHADES, 4)."""
    ends = np.array([[158, 203, 232], [250, 250, 250], [250, 196, 140]])
    at = np.linspace(0, 1, SHADES)
    shades = [np.interp(at, [0, 0.5, 1], channel) for channel in ends.T]
    return np.column_stack([*shades, np.full(SHADES, 255)]).astype(np.uint8)


class SurfaceFigure(ResultFigure[ClassificationResult]):
    """Points of both classes and both parts, the model's probabilities, and both boundaries."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self.ax = self.figure.add_subplot()
        style_axes(self.ax, "x1", "x2")
        # It would lie under the shades.
        self.ax.grid(visible=False)
        self.shades = ShadedImage(self.ax, probability_colours())
        self.line = LineCollection([], colors=INK, linewidths=3, zorder=6)
        self.truth = LineCollection(
            [], colors=SOFT, linewidths=2, linestyles=[(0, (5, 3))], zorder=5
        )
        for lines in (self.truth, self.line):
            self.ax.add_collection(lines, autolim=False)
        self.points = {
            (part, kind): self._markers(part, kind) for part in ("train", "test") for kind in (0, 1)
        }
        self.notice = make_notice(self.ax)
        self.move([self.shades, self.truth, self.line, *self.points.values(), self.notice])
        self.arrange()

    def _markers(self, part: str, kind: int) -> Line2D:
        colour = (CLASS_0, CLASS_1)[kind]
        trained = part == "train"
        (found,) = self.ax.plot(
            [],
            [],
            linestyle="none",
            marker={("train", 0): "o", ("train", 1): "s", ("test", 0): "D", ("test", 1): "^"}[
                part, kind
            ],
            markerfacecolor=colour if trained else PAPER,
            markeredgecolor=PAPER if trained else colour,
            markeredgewidth=0.8 if trained else 1.5,
            zorder=4,
        )
        return found

    def arrange(self) -> None:
        """Lay out the axes for the present size."""
        wide = self.size[0] >= self.narrow
        for (part, kind), artist in self.points.items():
            name = {"train": "training"}.get(part, part)
            artist.set_label(f"{name}, class {kind}" if wide else f"{name} {kind}")
        self.truth.set_label("Bayes")
        self.line.set_label("decision boundary" if wide else "decision")
        self.place(self.ax, legend=[*self.points.values(), self.truth, self.line])

    def draw(self, result: ClassificationResult) -> None:
        """Move the artists to where `result` has them."""
        self.sketch(result)
        fine = result.fit.fine
        self.show_surface(result, fine.finish() if fine.done else result.fit.coarse)

    def refine(self, result: ClassificationResult) -> None:
        """Show the surface in full detail."""
        self.show_surface(result, result.fit.fine.finish())

    def sketch(self, result: ClassificationResult) -> None:
        """Move what does not wait for the model: points and the Bayes boundary."""
        reach = result.parts.reach
        update_limits(self.ax, x=(-reach, reach), y=(-reach, reach))
        shrunk = min(1.0, FEW_POINTS / result.settings.data.samples) ** 0.25
        for part, labelled in (("train", result.parts.train), ("test", result.parts.test)):
            for kind in (0, 1):
                self._put(self.points[part, kind], labelled, kind, 8 * shrunk)
        known = result.knowable
        self.truth.set_segments(contour_lines(known.x1, known.x2, known.score, 0))

    @staticmethod
    def _put(artist: Line2D, labelled: LabelledPoints, kind: int, size: float) -> None:
        artist.set_data(*labelled.X[labelled.y == bool(kind)].T)
        artist.set_markersize(size)

    def show_surface(self, result: ClassificationResult, values: Array) -> None:
        """Show the model's probabilities, one for each cell of a grid."""
        reach, (rows, columns) = result.parts.reach, values.shape
        show_notice(self.notice, result)
        self.shades.set_values(values)
        threshold = result.settings.view.threshold
        # What has just the threshold is predicted as class 1, as where votes are counted.
        self.line.set_segments(
            contour_lines(
                cell_centres(reach, columns), cell_centres(reach, rows), values, threshold - TINY
            )
        )


def contour_lines(x1: Array, x2: Array, probability: Array, level: float) -> list[Array]:
    """Return the lines on which a surface has a level, each of shape (n, 2)."""
    lines = contour_generator(x1, x2, probability).lines(level)
    return [np.asarray(line, dtype=np.float64) for line in lines]
