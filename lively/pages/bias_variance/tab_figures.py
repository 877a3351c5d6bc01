"""The second picture: what the expected squared error is made of."""

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import Polygon
from matplotlib.ticker import NullLocator

from lively.arrays import Array
from lively.engine.fields import Interval, find_metadata
from lively.engine.formatting import format_number
from lively.learning.bias_variance_decomposition import Estimate
from lively.learning.data_settings import SourceSettings
from lively.learning.polynomial_settings import ALPHAS
from lively.pages.bias_variance.error_bars import (
    MeasuredErrors,
    area_between,
    make_error_band,
    update_error_band,
    update_error_bars,
)
from lively.pages.bias_variance.model import DEGREES
from lively.pages.bias_variance.result import BINS, BiasVarianceResult
from lively.plotting.live_figure import LiveFigure
from lively.plotting.style import (
    BEYOND_MARK,
    INK,
    PAPER,
    SOFT,
    TRAIN,
    clip_to_view,
    round_up,
    style_axes,
    update_limits,
)
from lively.plotting.tabs import Tab, TabbedFigure

NOISE, VARIANCE, BIAS = SOFT, TRAIN, "#B35900"
#: Standard errors from which on bias² is told from zero.
SHOWN_RATIO = 2.0
#: Decades of the logarithmic axis below and above the larger of noise and signal; one below the
#: noise is enough.
DECADES = (3, 3)


def signal(result: BiasVarianceResult) -> float:
    """Return the variance of the true function over the range."""
    return float(np.var(result.truth(result.grid)))


class PartsAlongXTab:
    """Noise, variance and bias² along x, one on the other: the top is the expected error."""

    def __init__(self, figure: Figure) -> None:
        self.ax = figure.add_subplot(label="x")
        self.axes = [self.ax]
        style_axes(self.ax, "x", "squared error")
        x_range = find_metadata(SourceSettings.model_fields["x_range"], Interval)
        assert x_range is not None
        self.ax.set_xlim(x_range.low - 0.25, x_range.high + 0.25)
        self.areas = [
            Polygon(np.zeros((3, 2)), facecolor=shade, edgecolor="none", label=label, zorder=2)
            for shade, label in (
                ("#d5dae1", "noise"),
                ("#a9d0ee", "variance"),
                ("#f6c48f", "bias²"),
            )
        ]
        for area in self.areas:
            self.ax.add_patch(area)
        self.lines = [
            self.ax.plot([], [], color=color, linewidth=width, linestyle=style, zorder=3)[0]
            for color, width, style in (
                (NOISE, 1.5, ":"), (VARIANCE, 1.5, "--"), (INK, 2.5, "-")
            )
        ]  # fmt: skip
        self.band = make_error_band(self.ax, INK)
        self.measured = MeasuredErrors(self.ax, BINS)
        self.note = self.ax.text(
            0.01, 0.97, "", transform=self.ax.transAxes, ha="left", va="top", color=INK,
            fontsize=12, zorder=7,
        )  # fmt: skip

    @property
    def moving(self) -> list[Artist]:
        """The artists that follow the settings."""
        return [*self.areas, *self.lines, self.band, *self.measured.moving, self.note]

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        narrow = picture.size[0] < picture.narrow
        self.lines[2].set_label("sum" if narrow else "expected squared error ± s.e.")
        self.measured.arrange(narrow)
        picture.place(self.ax, legend=[*self.areas, self.lines[2], self.measured.bars])

    def draw(self, result: BiasVarianceResult) -> None:
        """Move the artists to where `result` has them."""
        noise = result.settings.data.noise**2
        parts = result.parts_along
        bias2, variance = parts.bias2.value, parts.variance.value
        top = round_up(3 * noise + signal(result) / 10)
        update_limits(self.ax, y=(0.0, top))
        x = result.grid
        steps = [np.zeros_like(x), np.full_like(x, noise), noise + variance]
        # An estimate of bias² may come out below zero, where the sum is below its other parts.
        steps.append(steps[2] + bias2)
        seen = [clip_to_view(step, 0, top) for step in steps]
        for area, low, high in zip(self.areas, seen, seen[1:], strict=False):
            area.set_xy(area_between(x, low, np.maximum(low, high)))
        for line, height in zip(self.lines, seen[1:], strict=True):
            line.set_data(x, height)
        update_error_band(self.band, x, parts.total, (0.0, top))
        self.measured.show(result.middles, result.measured_along, (0.0, top))
        unconverged = result.unconverged > 0
        wild = "" if result.tails_hold else "without ±: rare data sets dominate"
        self.note.set_text("did not converge" if unconverged else wild)


class SweepTab:
    """The parts against degree or log α, with the error measured on fresh points."""

    def __init__(self, figure: Figure, name: str, title: str, at: Array) -> None:
        self.ax = figure.add_subplot(label=name)
        self.axes = [self.ax]
        self.at, self.name = at, name
        self.ax.set_yscale("log")
        style_axes(self.ax, f"{title} (click a point to go there)", "squared error (▲ beyond)")
        self.ax.yaxis.set_minor_locator(NullLocator())
        if name == "alpha":
            self.ax.set_xscale("log")
            self.ax.xaxis.set_minor_locator(NullLocator())
            self.ax.set_xlim(at[0] / 2, at[-1] * 2)
        else:
            self.ax.set_xlim(at[0] - 0.6, at[-1] + 0.6)
        line: dict[str, Any] = {"linewidth": 2, "markersize": 6}
        plot = self.ax.plot
        (self.bias2,) = plot([], [], color=BIAS, marker="s", label="bias²", zorder=3, **line)
        (self.variance,) = plot(
            [], [], color=VARIANCE, marker="o", label="variance", zorder=3, **line
        )
        (self.total,) = plot([], [], color=INK, label="sum with noise", zorder=4, linewidth=2.5)
        self.noise = self.ax.axhline(
            1, color=SOFT, linestyle=":", linewidth=1.8, label="noise", zorder=2
        )
        self.bars = [self.ax.vlines([], 0, 1, color=color) for color in (BIAS, VARIANCE)]
        self.band = make_error_band(self.ax, INK)
        self.measured = MeasuredErrors(self.ax, len(at))
        self.here = self.ax.axvline(1, color=INK, linewidth=1.2, alpha=0.6, zorder=2)
        self.beyond = [
            plot([], [], color=color, **BEYOND_MARK)[0] for color in (BIAS, VARIANCE, INK)
        ]
        # Over the markers of variance: hollow, or crossed out.
        over: dict[str, Any] = {"linestyle": "none", "color": VARIANCE, "zorder": 6}
        (self.hollow,) = plot([], [], marker="o", markersize=6, markerfacecolor=PAPER, **over)
        (self.crossed,) = plot([], [], marker="x", markersize=9, markeredgewidth=2, **over)
        self.note = self.ax.text(
            0.01, 0.97, "", transform=self.ax.transAxes, ha="left", va="top", color=INK,
            fontsize=12, zorder=7,
        )  # fmt: skip
        self.say = self.ax.text(
            0.5, 0.5, "", transform=self.ax.transAxes, ha="center", va="center", color=INK,
            fontsize=14,
        )  # fmt: skip

    @property
    def moving(self) -> list[Artist]:
        """The artists that follow the settings."""
        lines = [self.noise, self.here, self.bias2, self.variance, self.total]
        bars = [*self.bars, self.band, *self.measured.moving]
        marks = [self.hollow, self.crossed, self.note]
        return [*lines, *bars, *self.beyond, *marks, self.say]

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        legend = [self.bias2, self.variance, self.noise, self.total, self.measured.bars]
        narrow = picture.size[0] < picture.narrow
        self.measured.arrange(narrow)
        picture.place(self.ax, legend=legend)
        if self.name == "degree":
            self.ax.set_xticks(self.at[::3] if narrow else self.at)
        else:
            self.ax.set_xticks(self.at[::6] if narrow else self.at[::2])
            self.ax.set_xticklabels([format_number(a, 1) for a in self.ax.get_xticks()])

    def nearest(self, x: float) -> float:
        """Return the point of the sweep that is nearest to `x`."""
        scale = np.log if self.name == "alpha" else np.asarray
        return float(self.at[np.argmin(np.abs(scale(self.at) - scale(x)))])

    def changes_at(self, result: BiasVarianceResult, x: float) -> dict[str, Any]:
        """Return the change of settings that a click at `x` of the axes means."""
        if result.sweep != self.name:
            return {}
        found = self.nearest(x)
        return {self.name: int(found) if self.name == "degree" else found}

    def draw(self, result: BiasVarianceResult) -> None:
        """Move the artists to where `result` has them."""
        has_curve = result.sweep == self.name
        for artist in self.moving:
            artist.set_visible(has_curve != (artist is self.say))
        if not has_curve:
            self.say.set_text("No penalty, so there is no α. Choose ridge, LASSO or elastic net.")
            update_limits(self.ax, y=(0.1, 10.0))
            return
        noise = result.settings.data.noise**2
        middle = np.floor(np.log10(max(noise, signal(result), 1e-3)))
        lowest = np.floor(np.log10(max(noise, 1e-9))) - 1
        low, high = 10 ** max(middle - DECADES[0], lowest), 10 ** (middle + DECADES[1])
        update_limits(self.ax, y=(low, high))
        curve, here = result.curve, getattr(result.settings.model, self.name)
        self.here.set_xdata([here, here])
        self.noise.set_ydata([noise, noise])
        # An estimate that cannot be told from zero has no place on a logarithmic axis.
        told = curve.bias2.value > SHOWN_RATIO * curve.bias2.error
        bias2 = Estimate(np.where(told, curve.bias2.value, np.nan), curve.bias2.error)
        parts = (bias2, curve.variance, curve.total)
        lines = (self.bias2, self.variance, self.total)
        for line, beyond, part in zip(lines, self.beyond, parts, strict=True):
            line.set_data(self.at, np.clip(part.value, low / 10, high * 10))
            far = self.at[part.value > high]
            beyond.set_data(far, np.full(len(far), high))
        for bars, part in zip(self.bars, parts, strict=False):
            update_error_bars(bars, self.at, part, (low, high))
        update_error_band(self.band, self.at, curve.total, (low, high))
        self.measured.show(self.at, curve.test, (low, high))
        unconverged = result.swept.unconverged > 0
        wild = ~curve.stated & ~unconverged
        shown = np.clip(curve.variance.value, low / 10, high)
        self.hollow.set_data(self.at[wild], shown[wild])
        self.crossed.set_data(self.at[unconverged], shown[unconverged])
        notes = ["○ without ±: rare data sets dominate"] * bool(wild.any())
        notes += ["× did not converge"] * bool(unconverged.any())
        self.note.set_text("\n".join(notes))


class BiasVarianceTabs(TabbedFigure[BiasVarianceResult]):
    """The second picture, whichever is chosen."""

    def make_panels(self) -> dict[str, Tab[BiasVarianceResult]]:
        """Make the panels, by their names."""
        degree = SweepTab(self.figure, "degree", "degree", DEGREES.astype(float))
        alpha = SweepTab(self.figure, "alpha", "α", ALPHAS)
        self.clicks = {tab.ax: tab.changes_at for tab in (degree, alpha)}
        return {"x": PartsAlongXTab(self.figure), "degree": degree, "alpha": alpha}
