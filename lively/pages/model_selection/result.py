"""All that the page on model selection shows."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lively.engine.incremental import IncrementalTask, steps_in_turn
from lively.learning.noisy_sample import SplitSample, split_sample
from lively.learning.scores import Score, score
from lively.learning.target_functions import TARGET_FUNCTIONS, TargetFunction
from lively.pages.model_selection.candidates import CandidateFamily
from lively.pages.model_selection.criteria import Criteria, criteria
from lively.pages.model_selection.fold_fits import CandidateFit, fit_candidate
from lively.pages.model_selection.learning_outlook import LearningOutlook, learning_outlook
from lively.pages.model_selection.regularization_path import (
    CoefficientPlane,
    RegularizationPath,
    coefficient_plane,
    regularization_path,
)
from lively.pages.model_selection.resampling import (
    LearningCurve,
    SplitScores,
    learning_curve,
    split_scores,
)
from lively.pages.model_selection.selection_frequency import (
    DATA_SETS,
    SelectionFrequency,
    selection_frequency,
)
from lively.pages.model_selection.settings import SelectionSettings
from lively.pages.model_selection.test_set_reuse import HeldOutEvaluation


@dataclass(frozen=True)
class SelectionResult:
    """All that the page on model selection shows for one value of its settings.

    Attributes
    ----------
    settings : SelectionSettings
    looks : tuple of HeldOutEvaluation
        The evaluations on test sets so far. They are not a setting: a test set stays used.
    """

    settings: SelectionSettings
    looks: tuple[HeldOutEvaluation, ...] = ()

    @property
    def truth(self) -> TargetFunction:
        """The true function."""
        return TARGET_FUNCTIONS[self.settings.data.function]

    @cached_property
    def parts(self) -> SplitSample:
        """The sample, split."""
        return split_sample(self.settings.data, self.settings.split)

    @cached_property
    def family(self) -> CandidateFamily:
        """The candidates."""
        return CandidateFamily.of(self.settings.model)

    @cached_property
    def place(self) -> int:
        """Index of the candidate that is the present one, or the nearest to it."""
        present = getattr(self.settings.model, self.family.name)
        return int(np.argmin(np.abs(np.log(self.family.values) - np.log(present))))

    @cached_property
    def fit(self) -> CandidateFit:
        """The present candidate, fitted."""
        settings = self.settings
        return fit_candidate(settings.data, settings.split, settings.model, settings.rule.fold_seed)

    @cached_property
    def criteria(self) -> Criteria:
        """The estimates of every criterion; the task may take longer than a frame."""
        settings = self.settings
        return criteria(settings.data, settings.split, self.family, settings.rule.fold_seed)

    @cached_property
    def picks(self) -> SelectionFrequency:
        """Choices on simulated data sets, as far as they have been counted."""
        settings, count = self.settings, len(self.parts.train.x)
        return selection_frequency(settings.data, count, self.family, settings.rule.fold_seed)

    @cached_property
    def splits(self) -> SplitScores:
        """Test R² over splits of the sample; those of `own_place` are the present candidate's."""
        settings = self.settings
        return split_scores(settings.data, settings.split.test_share, self.own_family)

    @cached_property
    def learning(self) -> LearningCurve:
        """Errors against the number of points; those of `own_place` are the present candidate's."""
        settings = self.settings
        return learning_curve(
            settings.data, settings.split, self.own_family, settings.rule.fold_seed
        )

    @cached_property
    def outlook(self) -> LearningOutlook:
        """What more training points would do for the present candidate, on simulated data sets."""
        return learning_outlook(self.settings.data, len(self.parts.train.x), self.look.model)

    @property
    def own_family(self) -> CandidateFamily:
        """A family that contains the present candidate exactly."""
        return CandidateFamily.at(self.settings.model)[0]

    @property
    def own_place(self) -> int:
        """Index of the present candidate in it."""
        return CandidateFamily.at(self.settings.model)[1]

    @cached_property
    def path(self) -> RegularizationPath | None:
        """Coefficients along the weight of the penalty; None without one."""
        if self.settings.model.penalty == "none":
            return None
        bare = CandidateFamily.of(self.settings.model, ())
        return regularization_path(self.settings.data, self.settings.split, bare)

    @cached_property
    def plane(self) -> CoefficientPlane | None:
        """Two coefficients as geometry; None without a penalty."""
        model = self.settings.model
        if model.penalty == "none":
            return None
        return coefficient_plane(
            self.settings.data, self.settings.split, model.penalty, model.alpha
        )

    @cached_property
    def look(self) -> HeldOutEvaluation:
        """The evaluation of the present candidate on the test set, whether made or not."""
        settings = self.settings
        return HeldOutEvaluation.at(settings.data, settings.split, settings.model)

    @property
    def opened(self) -> bool:
        """Whether the test score of the present candidate has been shown."""
        return self.look in self.looks

    @property
    def seen_before(self) -> int:
        """Number of evaluations on test points of this sample, at any settings."""
        return sum(look.data.seed == self.settings.data.seed for look in self.looks)

    @property
    def rivals(self) -> tuple[HeldOutEvaluation, ...]:
        """The evaluations on exactly these test points, among which they could choose."""
        look = self.look
        return tuple(
            past for past in self.looks if (past.data, past.split) == (look.data, look.split)
        )

    @cached_property
    def test(self) -> Score:
        """Score of the present candidate on the test points, shown only if it is `opened`."""
        return score(self.parts.test.y, self.fit.test)

    @property
    def tasks(self) -> dict[IncrementalTask[Any], float]:
        """What takes longer than a frame, in the order of need, and how long beside the criteria.

        The criteria of one data set take 1, so that those of many take their number.
        """
        match self.settings.view.panel:
            case "picks":
                return {self.criteria: 1, self.picks: DATA_SETS}
            case "splits":
                return {self.criteria: 1, self.splits: 1}
            case "learning":
                return {self.criteria: 1, self.learning: 1, self.outlook: 1}
            case "path" if self.path is not None:
                return {self.criteria: 1, self.path: 1}
        return {self.criteria: 1}

    @property
    def work_key(self) -> Hashable:
        """What the tasks depend on: results with equal keys share them."""
        return tuple(self.tasks)

    def steps(self) -> Iterator[float]:
        """Advance the tasks; yield the share that is done."""
        return steps_in_turn(self.tasks)
