"""Errors against the candidates, with the choices, and against the number of points."""

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter, NullLocator

from lively.arrays import Array
from lively.engine.fields import bounds
from lively.engine.formatting import format_exponent
from lively.learning.polynomial_settings import DEGREES
from lively.pages.model_selection.candidates import (
    LEAST_WEIGHT,
    MOST_WEIGHT,
    CandidateFamily,
)
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.settings import SelectionDataSettings
from lively.plotting.error_axes import (
    LINE,
    RING,
    ErrorAxes,
    error_bar_artists,
    error_bar_line,
    move_error_bars,
)
from lively.plotting.live_figure import LiveFigure
from lively.plotting.style import (
    INK,
    PAPER,
    SOFT,
    TRAIN,
    VALIDATION,
    clip_to_view,
    round_up,
    update_limits,
)

#: Powers of ten from the weakest penalty to the strongest.
POWERS = np.arange(round(np.log10(LEAST_WEIGHT)), round(np.log10(MOST_WEIGHT)) + 1)


def candidate_positions(family: CandidateFamily) -> Array:
    """Return where candidates stand on their axis: degrees, or powers of ten."""
    return np.log10(family.values) if family.weights else family.values


def update_candidate_axis(
    ax: Axes, family: CandidateFamily, narrow: bool, click: bool = True
) -> None:
    """Give the axis of the candidates its limits, ticks and name, if it has others."""
    hint = " (click a point to go there)" if click and not narrow else ""
    name = "α" if family.weights else "degree"
    ticks = POWERS if family.weights else DEGREES[:: 2 if narrow else 1]
    shown = (f"{name}{hint}", len(ticks))
    if getattr(ax, "shown_candidates", None) == shown:
        return
    ax.shown_candidates = shown  # type: ignore[attr-defined]
    ax.set_xlabel(shown[0])
    labels = [f"10{format_exponent(int(t))}" if family.weights else str(t) for t in ticks]
    ax.set_xticks(ticks, labels)
    ax.set_xlim(ticks[0] - 0.6, (POWERS if family.weights else DEGREES)[-1] + 0.6)


def error_top(result: SelectionResult) -> float:
    """Return the top of an axis of errors: about what the mean of the data would make."""
    y, noise = result.parts.train.y, result.settings.data.noise
    most = max(float(np.std(y)), 1.2 * noise, 1e-3)
    step = round_up(most / 5) / 2
    return float(np.ceil(most / step)) * step


class TrueErrorAxes(ErrorAxes):
    """Errors over something: on the training points, held out, and the true ones."""

    def __init__(self, figure: Figure, label: str, xlabel: str) -> None:
        super().__init__(figure, label, xlabel, (TRAIN, SOFT, VALIDATION))
        (self.truth,) = self.ax.plot(
            [], [], color=SOFT, linestyle=(0, (5, 3)), linewidth=2, marker="x", markersize=6,
            label="true error", zorder=3,
        )  # fmt: skip

    def show_errors(self, x: Array, result: SelectionResult, train: Array, truth: Array) -> float:
        """Move the common artists, given root mean squared errors; return the axis' top."""
        top = error_top(result)
        self.show_level(result.settings.data.noise, top)
        self.train.set_data(x, clip_to_view(train, 0, top))
        self.truth.set_data(x, clip_to_view(truth, 0, top))
        return top


class CriteriaTab(TrueErrorAxes):
    """Training error, the criterion with its standard error, and the true error.

    Candidates with a fit that did not converge are crossed.
    """

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure, "curves", "")
        self.criterion = error_bar_line(self.ax, "criterion ± 1 s.e.", markerfacecolor=PAPER)
        self.here = self.ax.axvline(0, color=INK, linewidth=1.2, alpha=0.6, zorder=2)
        (self.lowest,) = self.ax.plot([], [], marker="o", markersize=15, label="lowest", **RING)
        (self.simplest,) = self.ax.plot(
            [], [], marker="s", markersize=17, label="one-s.e. rule", **RING
        )
        (self.unsure,) = self.ax.plot([], [], marker="x", markersize=13, **RING)
        self.narrow = False

    @property
    def moving(self) -> list[Artist]:
        """The artists that follow the settings."""
        lines = [self.noise, self.here, self.train, self.truth]
        return [
            *lines,
            *error_bar_artists(self.criterion),
            self.lowest,
            self.simplest,
            self.unsure,
            *self.beyond,
        ]

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        self.narrow = picture.size[0] < picture.narrow
        entries = [self.train, self.criterion, self.truth, self.noise, self.lowest, self.simplest]
        picture.place(self.ax, legend=entries)

    def draw(self, result: SelectionResult) -> None:
        """Move the artists to where `result` has them."""
        found, family, criterion = result.criteria, result.family, result.settings.rule.criterion
        update_candidate_axis(self.ax, family, self.narrow)
        x = candidate_positions(family)
        train, truth = np.sqrt(found.training), np.sqrt(found.truth)
        middle = found.curve(criterion)
        curve = np.sqrt(middle)
        top = self.show_errors(x, result, train, truth)
        spread = getattr(found.validated.get(criterion), "standard_error", np.zeros(len(x)))
        low, high = (np.sqrt(np.maximum(middle + sign * spread, 0)) for sign in (-1, 1))
        move_error_bars(self.criterion, x, curve, (low, high), top)
        present = result.settings.model
        at = np.log10(present.alpha) if family.weights else present.degree
        self.here.set_xdata([at, at])
        for ring, way in ((self.lowest, criterion), (self.simplest, criterion + "+")):
            place = found.choices.get(way)
            seen = place is not None and curve[place] <= top
            ring.set_data([x[place]] if seen else [], [curve[place]] if seen else [])
        unsure = ~found.converged(criterion)
        self.unsure.set_data(x[unsure], np.minimum(curve, top)[unsure])
        self.mark_beyond(x, (train, truth, curve), top)

    def changes_at(self, result: SelectionResult, x: float) -> dict[str, Any]:
        """Return the change of settings that a click at `x` of the axes means."""
        family = result.family
        place = int(np.argmin(np.abs(candidate_positions(family) - x)))
        return {family.name: family.setting(place)}


class LearningTab(TrueErrorAxes):
    """Errors against the number of points that are fitted: medians over the folds."""

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure, "learning", "training points (logarithmic)")
        self.ax.set_xscale("log")
        # Without data, a logarithmic axis has no limits of its own.
        self.ax.set_xlim(*bounds(SelectionDataSettings.model_fields["samples"]))
        self.ax.xaxis.set_minor_locator(NullLocator())
        self.ax.xaxis.set_minor_formatter(NullFormatter())
        self.ax.xaxis.set_major_formatter(FuncFormatter(lambda value, position: f"{value:.0f}"))
        (self.validation,) = self.ax.plot(
            [], [], color=VALIDATION, marker="s", markerfacecolor=PAPER, label="validation",
            zorder=3.5, **LINE,
        )  # fmt: skip
        self.moving: list[Artist] = [
            self.noise, self.train, self.truth, self.validation, *self.beyond
        ]  # fmt: skip

    def arrange(self, picture: LiveFigure) -> None:
        """Lay out the axes for the picture's present size."""
        picture.place(self.ax, legend=[self.train, self.validation, self.truth, self.noise])

    def draw(self, result: SelectionResult) -> None:
        """Move the artists to where `result` has them."""
        sizes = result.learning.sizes.astype(float)
        train, validation, truth = np.sqrt(result.learning.medians(result.own_place))
        update_limits(self.ax, x=(float(sizes[0] * 0.93), float(sizes[-1] * 1.07)))
        if list(self.ax.get_xticks()) != list(sizes):
            self.ax.set_xticks(sizes)
        top = self.show_errors(sizes, result, train, truth)
        self.validation.set_data(sizes, clip_to_view(validation, 0, top))
        self.mark_beyond(sizes, (train, truth, validation), top)
