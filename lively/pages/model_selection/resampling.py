"""One sample, split again and again: how much a split misleads, and errors on fewer points."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array
from lively.engine.incremental import IncrementalTask, Progress
from lively.learning.cross_validation import shuffled_folds, training_masks
from lively.learning.data_settings import DataSettings
from lively.learning.fast_fits import fast_fitting
from lively.learning.noisy_sample import make_sample, split_sample
from lively.learning.split import FEWEST_POINTS, SplitSettings, is_test_point
from lively.pages.model_selection.batched_fits import fit_candidates, fold_batches
from lively.pages.model_selection.candidates import CandidateFamily
from lively.pages.model_selection.data import REPEATS
from lively.pages.model_selection.generalization_error import expected_error, quadrature_inputs

#: Splits of the sample: those of the split seeds from 0 on.
SPLITS = 400
#: The ends of the middle of the splits that is shown and named: nine in ten of them.
QUANTILES = (0.05, 0.95)
#: Sizes at which the learning curve is computed.
SIZES = 10


@dataclass(eq=False)
class SplitScores(IncrementalTask[None]):
    """Test R² of every candidate, over splits of one sample.

    Attributes
    ----------
    r2 : ndarray of shape (SPLITS, candidates)
        In the order of the split seeds; filled as the task advances.
    converged : ndarray of bool, shape (SPLITS, candidates)
    """

    data: DataSettings
    share: float
    family: CandidateFamily
    r2: Array = field(init=False)

    def __post_init__(self) -> None:
        super().__init__(self._score)
        self.r2 = np.empty((SPLITS, len(self.family.values)))
        self.converged = np.ones(self.r2.shape, dtype=bool)

    def _score(self) -> Progress[None]:
        sample = make_sample(self.data)
        x, y = sample.x, sample.y
        splits = [SplitSettings(test_share=self.share, split_seed=seed) for seed in range(SPLITS)]
        held_out = np.array([is_test_point(split, len(x)) for split in splits])
        for part in fold_batches(self.family, held_out):
            some = held_out[part]
            with fast_fitting():
                found, self.converged[part] = fit_candidates(self.family, x, y, ~some, x)
            sizes = some.sum(axis=1)
            means = some @ y / sizes
            total = np.sum(some * (y - means[:, None]) ** 2, axis=1)
            left = ((found - y) ** 2 @ some[:, :, None].astype(float))[:, :, 0]
            # Where there is no variance to explain, r2_score says 1 for no error and 0 for any.
            total = total[:, None]
            self.r2[part] = np.where(
                total > 0, 1 - left / np.where(total > 0, total, 1), np.where(left == 0, 1.0, 0.0)
            )
            yield (part.start + len(some)) / SPLITS


@lru_cache(maxsize=16)
def split_scores(data: DataSettings, share: float, family: CandidateFamily) -> SplitScores:
    """Return the scores over splits, computed or not; the same settings share one."""
    return SplitScores(data, share, family)


@dataclass(eq=False)
class LearningCurve(IncrementalTask[None]):
    """Errors against the number of points that are fitted.

    Each fold of the repeated five-fold cross-validation is fitted on the first of the points that
    it keeps, and judged on those that it holds out.

    Attributes
    ----------
    sizes : ndarray of int, shape (sizes,)
    errors : ndarray of shape (3, sizes, folds, candidates)
        Mean squared errors: on the points that were fitted, on those held out, and expected on new
        points.
    converged : ndarray of bool, shape (sizes, folds, candidates)
    """

    data: DataSettings
    split: SplitSettings
    family: CandidateFamily
    fold_seed: int
    errors: Array = field(init=False)

    def __post_init__(self) -> None:
        super().__init__(self._fit)
        self.train = split_sample(self.data, self.split).train
        count = len(self.train.x)
        self.held_out = [
            f for r in range(REPEATS) for f in shuffled_folds(count, 5, self.fold_seed, r)
        ]
        most = count - max(map(len, self.held_out))
        self.sizes = np.unique(
            np.geomspace(min(2 * FEWEST_POINTS, most), most, SIZES).round().astype(int)
        )
        shape = (3, len(self.sizes), len(self.held_out), len(self.family.values))
        self.errors = np.empty(shape)
        self.converged = np.ones(shape[1:], dtype=bool)

    def order(self, number: int) -> NDArray[np.intp]:
        """Return the points that a fold keeps, in the order in which they are taken."""
        first = number - number % 5
        rest = [
            fold for i, fold in enumerate(self.held_out[first : first + 5]) if first + i != number
        ]
        return np.concatenate(rest)

    def _fit(self) -> Progress[None]:
        x, y = self.train.x, self.train.y
        at = np.concatenate([x, quadrature_inputs(self.data)])
        held_out = ~training_masks(len(x), self.held_out)
        tasks = [
            (place, part)
            for place in range(len(self.sizes))
            for part in fold_batches(self.family, held_out)
        ]
        for done, (place, part) in enumerate(tasks, 1):
            taken = np.zeros_like(held_out[part])
            for row, number in enumerate(range(len(held_out))[part]):
                taken[row, self.order(number)[: self.sizes[place]]] = True
            with fast_fitting():
                found, self.converged[place, part] = fit_candidates(self.family, x, y, taken, at)
            squares = (found[:, :, : len(x)] - y) ** 2
            for kind, some in enumerate((taken, held_out[part])):
                weights = some / some.sum(axis=1, keepdims=True)
                self.errors[kind, place, part] = (squares @ weights[:, :, None])[:, :, 0]
            self.errors[2, place, part] = expected_error(self.data, found[:, :, len(x) :])
            yield done / len(tasks)

    def medians(self, candidate: int) -> Array:
        """Return one candidate's errors in the middle of the folds; shape (3, sizes).

        On few points, a mean would be dominated by the few fits that err greatly.
        """
        return np.asarray(np.median(self.errors[..., candidate], axis=2))


@lru_cache(maxsize=16)
def learning_curve(
    data: DataSettings, split: SplitSettings, family: CandidateFamily, fold_seed: int
) -> LearningCurve:
    """Return the learning curve, computed or not; the same settings share one."""
    return LearningCurve(data, split, family, fold_seed)
