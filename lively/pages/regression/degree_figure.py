"""Error against degree: from high bias to high variance."""

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from lively.learning.polynomial_settings import DEGREES
from lively.pages.regression.result import RegressionResult
from lively.plotting.live_figure import LiveFigure
from lively.plotting.style import (
    BEYOND_MARK,
    INK,
    PAPER,
    SOFT,
    TEST,
    TRAIN,
    VALIDATION,
    clip_to_view,
    round_up,
    style_axes,
    update_limits,
)


class DegreeTab:
    """RMSE of training, cross-validation and test at every degree, and where we are.

    The axis ends where a model is worse than the mean of the data would be; what lies beyond is
    marked by triangles at the edge.
    """

    def __init__(self, figure: Figure) -> None:
        self.ax = figure.add_subplot(label="degree")
        self.axes = [self.ax]
        style_axes(self.ax, "degree (click a point to go there)", "RMSE (▲ beyond)")
        self.ax.set_xlim(DEGREES[0] - 0.6, DEGREES[-1] + 0.6)
        line: dict[str, Any] = {"linewidth": 2, "markersize": 7, "markeredgewidth": 1.6}
        (self.train,) = self.ax.plot(
            [], [], color=TRAIN, marker="o", label="training", zorder=3, **line
        )
        self.validation = self.ax.errorbar(
            DEGREES,
            np.zeros(len(DEGREES)),
            yerr=np.zeros(len(DEGREES)),
            color=VALIDATION,
            marker="s",
            capsize=3,
            elinewidth=1.4,
            label="cross-validation ± s.e.",
            zorder=3.5,
            **line,
        )
        (self.test,) = self.ax.plot(
            [],
            [],
            color=TEST,
            marker="D",
            markerfacecolor=PAPER,
            label="test",
            zorder=4,
            **line,
        )
        self.noise = self.ax.axhline(
            0, color=SOFT, linestyle=":", linewidth=1.8, label="noise level", zorder=2
        )
        self.here = self.ax.axvline(0, color=INK, linewidth=1.2, alpha=0.6, zorder=2)
        (self.points,) = self.ax.plot(
            [], [], linestyle="none", marker="o", markersize=13, fillstyle="none",
            markeredgecolor=INK, markeredgewidth=2, zorder=7,
        )  # fmt: skip
        self.beyond = [
            self.ax.plot([], [], color=color, **BEYOND_MARK)[0]
            for color in (TRAIN, VALIDATION, TEST)
        ]
        # On points that rest on a fit that did not converge.
        (self.crosses,) = self.ax.plot(
            [], [], linestyle="none", marker="x", markersize=14, markeredgecolor=INK,
            markeredgewidth=2, zorder=8,
        )  # fmt: skip

    @property
    def moving(self) -> list[Artist]:
        """The artists that follow the settings."""
        line, caps, bars = self.validation
        lines = [self.noise, self.here, self.train, line, self.test, self.points]
        return [*lines, *caps, *bars, *self.beyond, self.crosses]

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        picture.place(self.ax, legend=[self.train, self.validation, self.test, self.noise])
        narrow = picture.size[0] < picture.narrow
        self.ax.set_xticks(DEGREES[::2] if narrow else DEGREES)

    def draw(self, result: RegressionResult) -> None:
        """Move the artists to where `result` has them."""
        curve, degree = result.curve, result.settings.model.degree
        everything = np.concatenate([result.parts.train.y, result.parts.test.y])
        noise = result.settings.data.noise
        top = round_up(max(float(np.std(everything)), noise, 1e-3) * 1.1)
        update_limits(self.ax, y=(0.0, top))
        self.train.set_data(DEGREES, clip_to_view(curve.train, 0, top))
        self.test.set_data(DEGREES, clip_to_view(curve.test, 0, top))
        validation, band = curve.validated.root, curve.validated.band
        centre = clip_to_view(validation, 0, top)
        line, caps, bars = self.validation
        line.set_data(DEGREES, centre)
        # A bar whose middle is out of sight would only stand in the way.
        low, high = (clip_to_view(np.where(validation <= top, end, centre), 0, top) for end in band)
        for cap, height in zip(caps, (low, high), strict=True):
            cap.set_data(DEGREES, height)
        bars[0].set_segments([((d, a), (d, b)) for d, a, b in zip(DEGREES, low, high, strict=True)])
        self.noise.set_ydata([noise, noise])
        self.here.set_xdata([degree, degree])
        shown = np.array([curve.train, validation, curve.test])
        here = shown[:, degree - DEGREES[0]]
        self.points.set_data([degree] * len(here[here <= top]), here[here <= top])
        for artist, values in zip(self.beyond, shown, strict=True):
            far = DEGREES[values > top]
            artist.set_data(far, np.full(len(far), top))
        trusted = np.array([curve.converged, curve.folds_converged, curve.converged])
        rows, columns = np.nonzero(~trusted)
        self.crosses.set_data(DEGREES[columns], clip_to_view(shown[rows, columns], 0, top))

    def degree_at(self, x: float) -> int:
        """Return the degree that a click at `x` of the axes means."""
        return int(np.clip(round(x), DEGREES[0], DEGREES[-1]))
