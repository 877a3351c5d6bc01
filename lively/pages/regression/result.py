"""All that the regression page shows; each part is computed when it is first read."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lively.arrays import Array
from lively.engine.incremental import IncrementalTask
from lively.learning.noisy_sample import SplitSample, split_sample
from lively.learning.target_functions import TARGET_FUNCTIONS, TargetFunction
from lively.pages.regression.error_limits import ErrorLimits, error_limits
from lively.pages.regression.model import GRID_POINTS, Fit, fit_model
from lively.pages.regression.penalty_choice import PenaltyChoice, penalty_choice
from lively.pages.regression.settings import ModelSettings, RegressionSettings
from lively.pages.regression.validation_curve import ValidationCurve, validation_curve

_DEFAULT = ModelSettings()
#: Share of the computing time that the choice of alpha takes, where it is chosen.
CHOICE_SHARE = 0.4


@dataclass(frozen=True)
class RegressionResult:
    """All that the regression page shows for one value of its settings.

    The parts are cached by the groups of settings that they depend on.
    """

    settings: RegressionSettings

    @cached_property
    def truth(self) -> TargetFunction:
        """The true function."""
        return TARGET_FUNCTIONS[self.settings.data.function]

    @cached_property
    def parts(self) -> SplitSample:
        """The sample, split."""
        return split_sample(self.settings.data, self.settings.split)

    @property
    def grid(self) -> Array:
        """Inputs over the x range; shape (GRID_POINTS,)."""
        return np.linspace(*self.settings.data.x_range, GRID_POINTS)

    @property
    def chooses(self) -> bool:
        """Whether alpha is chosen by cross-validation."""
        return self.settings.model.choose_alpha and self.settings.model.penalty != "none"

    @property
    def searches(self) -> bool:
        """Whether alpha is chosen by iterative fits, which may take longer than a frame."""
        return self.chooses and self.settings.model.penalty != "ridge"

    @property
    def _choice(self) -> IncrementalTask[PenaltyChoice]:
        settings = self.settings
        model = settings.model.replace(alpha=_DEFAULT.alpha)
        return penalty_choice(settings.data, settings.split, model, settings.folds.fold_seed)

    @property
    def choice(self) -> PenaltyChoice | None:
        """The cross-validated error at every alpha; None if alpha is not chosen."""
        return self._choice.finish() if self.chooses else None

    @cached_property
    def fit(self) -> Fit:
        """The model, fitted."""
        settings = self.settings
        alpha = None if self.choice is None else self.choice.alpha
        return fit_model(settings.data, settings.split, settings.model, alpha)

    @cached_property
    def chance(self) -> ErrorLimits:
        """How much of the two errors noise explains."""
        settings = self.settings
        return error_limits(settings.data, settings.split, settings.model, self.fit.alpha)

    def true_error(self, curve: Array) -> float:
        """Return the RMS distance over `grid` of a curve from the true one, noise mean included."""
        truth = self.truth(self.grid) + self.settings.data.noise_mean
        return float(np.sqrt(np.mean((curve - truth) ** 2)))

    @property
    def work_key(self) -> Hashable:
        """What the tasks depend on: results with equal keys share them.

        The curve covers all degrees at the alpha in force, so that it depends on the present degree
        only if alpha is chosen there.
        """
        settings = self.settings
        model = settings.model if self.chooses else settings.model.replace(degree=_DEFAULT.degree)
        if model.penalty == "none":
            model = _DEFAULT
        return settings.data, settings.split, settings.folds, model

    @property
    def _curve(self) -> IncrementalTask[ValidationCurve]:
        settings = self.settings
        # One task for equal curves, whether alpha was set or chosen.
        model = _DEFAULT.replace(penalty=settings.model.penalty, l1_ratio=settings.model.l1_ratio)
        return validation_curve(
            settings.data, settings.split, model, self.fit.alpha, settings.folds.fold_seed
        )

    @cached_property
    def curve(self) -> ValidationCurve:
        """The errors at every degree: it may take longer than a frame."""
        return self._curve.finish()

    def steps(self) -> Iterator[float]:
        """Choose alpha and compute the curve in steps; yield the share that is done."""
        start = 0.0
        if self.searches:
            start = CHOICE_SHARE
            for share in self._choice.steps():
                yield start * share
        # The curve depends on the alpha that has been chosen.
        for share in self._curve.steps():
            yield start + (1 - start) * share
