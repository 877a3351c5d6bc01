"""Test errors of all models evaluated on the test set, beside their true errors."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from lively.engine.formatting import format_number
from lively.pages.model_selection.path_figure import make_placeholder
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.test_set_reuse import HeldOutEvaluation, evaluate
from lively.plotting.live_figure import LiveFigure
from lively.plotting.style import (
    BEYOND_MARK,
    INK,
    SOFT,
    TEST,
    TEST_POINTS,
    round_up,
    style_axes,
    update_limits,
)

#: The latest evaluations that there is room for.
MOST = 12
SHORT_NAMES = {"none": "", "ridge": "ridge", "lasso": "LASSO", "elastic": "e. net"}


def evaluation_name(look: HeldOutEvaluation) -> str:
    """Name an evaluated model in two short lines."""
    model = look.model
    if model.penalty == "none":
        return f"degree\n{model.degree}"
    return f"{SHORT_NAMES[model.penalty]} {model.degree}\nα {format_number(model.alpha, 2)}"


class TestReuseTab:
    """Test and true error of every model that was evaluated, and the lowest test error so far.

    A test error has a bar, its 95 % interval, where the test points can give one.
    """

    def __init__(self, figure: Figure) -> None:
        self.ax = figure.add_subplot(label="looks")
        self.axes = [self.ax]
        style_axes(self.ax, "", "RMSE (▲ beyond)")
        self.ax.tick_params(axis="x", labelsize=11)
        self.bars = self.ax.vlines([], 0, [], color=TEST, linewidth=1.6, zorder=3)
        (self.best,) = self.ax.step(
            [], [], where="post", color=TEST, linewidth=2, label="lowest test error so far"
        )
        (self.shown,) = self.ax.plot(
            [], [], label="test error, 95 % interval", zorder=5, **{**TEST_POINTS, "markersize": 9}
        )
        (self.true,) = self.ax.plot(
            [], [], linestyle="none", marker="x", markersize=10, markeredgewidth=2.4, color=SOFT,
            label="true error", zorder=4,
        )  # fmt: skip
        self.noise = self.ax.axhline(
            0, color=SOFT, linestyle=":", linewidth=1.8, label="noise level"
        )
        self.beyond = [
            self.ax.plot([], [], color=color, **BEYOND_MARK)[0] for color in (TEST, SOFT)
        ]
        self.empty = make_placeholder(
            self.ax, "The test points are hidden:\nevaluate a model on them."
        )
        self.empty.set_color(INK)
        self.moving: list[Artist] = [
            self.noise, self.best, self.bars, self.true, self.shown, *self.beyond, self.empty
        ]  # fmt: skip

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        picture.place(self.ax, legend=[self.shown, self.best, self.true, self.noise])

    def draw(self, result: SelectionResult) -> None:
        """Move the artists to where `result` has them."""
        rivals = result.rivals[-MOST:]
        self.empty.set_visible(not rivals)
        for artist in self.moving[:-1]:
            artist.set_visible(bool(rivals))
        names = [evaluation_name(look) for look in rivals]
        if [label.get_text() for label in self.ax.get_xticklabels()] != names:
            self.ax.set_xticks(range(1, len(names) + 1), names)
        update_limits(self.ax, x=(0.5, max(len(rivals), 6) + 0.5))
        if not rivals:
            update_limits(self.ax, y=(0.0, 1.0))
            return
        x = np.arange(1, len(rivals) + 1)
        judged = [evaluate(look) for look in rivals]
        shown, true = np.array([found.roots for found in judged]).T
        bounds = np.array([found.bounds or (np.nan, np.nan) for found in judged])
        noise = result.settings.data.noise
        # What has more than twice the lowest error would press all others to the floor.
        values = np.concatenate([shown, true, bounds[np.isfinite(bounds)]])
        tallest = float(values[values <= 2 * max(true.min(), shown.min())].max())
        top = round_up(max(tallest, noise * 1.2, 1e-3))
        update_limits(self.ax, y=(0.0, top))
        for points, far, values, side in zip(
            (self.shown, self.true), self.beyond, (shown, true), (-0.07, 0.07), strict=True
        ):
            points.set_data(x, np.where(values <= top, values, np.nan))
            out = x[values > top]
            far.set_data(out + side, np.full(len(out), top))
        self.bars.set_segments(
            [
                ((i, low), (i, min(high, top)))
                for i, v, (low, high) in zip(x, shown, bounds, strict=True)
                if v <= top and np.isfinite(high)
            ]
        )
        lowest = np.minimum.accumulate(shown)
        self.best.set_data([*x, x[-1] + 0.5], [*lowest, lowest[-1]])
        self.noise.set_ydata([noise, noise])
