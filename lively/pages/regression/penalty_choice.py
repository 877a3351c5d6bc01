"""The choice of alpha by five-fold cross-validation on the training points."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array
from lively.engine.incremental import IncrementalTask, Progress
from lively.learning.cross_validation import CrossValidationCurve, shuffled_folds, training_masks
from lively.learning.data_settings import DataSettings
from lively.learning.fast_fits import fast_fitting
from lively.learning.noisy_sample import Sample, split_sample
from lively.learning.polynomial_features import ScaledPowers
from lively.learning.polynomial_settings import ALPHAS, PolynomialSettings
from lively.learning.split import SplitSettings
from lively.pages.regression.model import solve

#: Number of folds, or of training points if these are fewer.
FOLDS = 5
#: Candidate weights, the strongest first: of ties, the first is the simplest model.
WEIGHTS = ALPHAS[::-1]


@dataclass(frozen=True, eq=False)
class PenaltyChoice:
    """The cross-validated error at every weight of the penalty.

    Attributes
    ----------
    validated : CrossValidationCurve
        For each of `WEIGHTS`.
    converged : ndarray of bool, shape (len(WEIGHTS),)
        Whether the fits of all folds converged.
    """

    validated: CrossValidationCurve
    converged: NDArray[np.bool_]

    @property
    def alpha(self) -> float:
        """The weight with the lowest error."""
        return float(WEIGHTS[self.validated.best])

    @property
    def at_end(self) -> bool:
        """Whether it is the strongest or the weakest candidate."""
        return self.validated.best in (0, len(WEIGHTS) - 1)


def fold_samples(train: Sample, fold_seed: int) -> list[tuple[Sample, Sample]]:
    """Return the training and the held-out points of each fold."""
    masks = training_masks(len(train.x), shuffled_folds(len(train.x), FOLDS, fold_seed))
    return [
        (Sample(train.x[fitted], train.y[fitted]), Sample(train.x[~fitted], train.y[~fitted]))
        for fitted in masks
    ]


def errors_by_weight(
    model: PolynomialSettings, train: Sample, other: Sample
) -> tuple[Array, NDArray[np.bool_]]:
    """Fit `train` at every weight; return the mean squared errors on the other points.

    The scaling of x and its powers is fitted to `train` alone.

    Returns
    -------
    ndarray of shape (len(WEIGHTS),)
    ndarray of bool, shape (len(WEIGHTS),)
        Which fits converged.
    """
    powers, mean = ScaledPowers.of(train.x, model.degree), train.y.mean()
    with fast_fitting():
        found = solve(model, powers(train.x), train.y - mean, WEIGHTS)
        left = other.y[:, None] - mean - powers(other.x) @ found.coefficients
    return np.mean(left**2, axis=0), found.converged


@lru_cache(maxsize=16)
def penalty_choice(
    data: DataSettings, split: SplitSettings, model: PolynomialSettings, fold_seed: int
) -> IncrementalTask[PenaltyChoice]:
    """Return the task of choosing alpha, a fold at a time; equal settings share one."""

    def begin() -> Progress[PenaltyChoice]:
        found = []
        parts = fold_samples(split_sample(data, split).train, fold_seed)
        for done, (train, other) in enumerate(parts, 1):
            found.append(errors_by_weight(model, train, other))
            yield done / len(parts)
        return PenaltyChoice(
            CrossValidationCurve.of(np.array([each for each, _ in found])),
            np.all([converged for _, converged in found], axis=0),
        )

    return IncrementalTask(begin)
