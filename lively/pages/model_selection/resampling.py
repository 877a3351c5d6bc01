"""Repeated splits of one sample, and the learning curve."""

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

#: Number of splits of the sample, with the split seeds from 0 on.
SPLITS = 400
#: Quantiles of the splits between which nine in ten of them lie.
QUANTILES = (0.05, 0.95)
#: Number of sample sizes on the learning curve.
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
            tested = held_out[part]
            with fast_fitting():
                found, self.converged[part] = fit_candidates(self.family, x, y, ~tested, x)
            sizes = tested.sum(axis=1)
            means = tested @ y / sizes
            total = np.sum(tested * (y - means[:, None]) ** 2, axis=1)
            residual = ((found - y) ** 2 @ tested[:, :, None].astype(float))[:, :, 0]
            # Without variance to explain, r2_score returns 1 for no error and 0 for any.
            total = total[:, None]
            self.r2[part] = np.where(
                total > 0,
                1 - residual / np.where(total > 0, total, 1),
                np.where(residual == 0, 1.0, 0.0),
            )
            yield (part.start + len(tested)) / SPLITS


@lru_cache(maxsize=16)
def split_scores(data: DataSettings, share: float, family: CandidateFamily) -> SplitScores:
    """Return the task; equal settings share one."""
    return SplitScores(data, share, family)


@dataclass(eq=False)
class LearningCurve(IncrementalTask[None]):
    """Errors against the number of training points.

    Each fold of the repeated five-fold cross-validation fits the first of its training points, and
    is evaluated on those that it holds out.

    Attributes
    ----------
    sizes : ndarray of int, shape (sizes,)
    errors : ndarray of shape (3, sizes, folds, candidates)
        Mean squared errors on the points that were fitted and on those held out, and the expected
        squared error on new points.
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
        """Return the training points of a fold, in the order in which they are added."""
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
            for kind, points in enumerate((taken, held_out[part])):
                weights = points / points.sum(axis=1, keepdims=True)
                self.errors[kind, place, part] = (squares @ weights[:, :, None])[:, :, 0]
            self.errors[2, place, part] = expected_error(self.data, found[:, :, len(x) :])
            yield done / len(tasks)

    def medians(self, candidate: int) -> Array:
        """Return the median over folds of one candidate's errors; shape (3, sizes).

        On few points, a mean would be dominated by a few fits with very large errors.
        """
        return np.asarray(np.median(self.errors[..., candidate], axis=2))


@lru_cache(maxsize=16)
def learning_curve(
    data: DataSettings, split: SplitSettings, family: CandidateFamily, fold_seed: int
) -> LearningCurve:
    """Return the task; equal settings share one."""
    return LearningCurve(data, split, family, fold_seed)
