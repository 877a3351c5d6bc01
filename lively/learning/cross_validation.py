"""Folds, cross-validated curves and the candidates that they choose."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lively.arrays import Array, read_only
from lively.engine.fields import SEED_COUNT, TYPED_INTEGERS
from lively.engine.settings import Settings


class FoldSettings(Settings):
    """How the training points are divided into folds for cross-validation."""

    fold_seed: Annotated[
        int,
        Field(
            ge=0,
            le=SEED_COUNT - 1,
            title="Fold seed",
            description="Fixes the shuffle that divides the training points into five folds.",
        ),
        TYPED_INTEGERS,
    ] = 1


def shuffled_folds(
    count: int, parts: int, fold_seed: int, repeat: int = 0
) -> list[NDArray[np.intp]]:
    """Divide `count` points into shuffled folds whose sizes differ by at most one.

    They are those of scikit-learn's ``KFold(parts, shuffle=True, random_state=fold_seed)`` and,
    with repeats, of its ``RepeatedKFold``.

    Parameters
    ----------
    count : int
        At least 2.
    parts : int
        Number of folds, or of points if there are fewer.
    fold_seed : int
        Seed of the shuffles.
    repeat : int
        Number of the shuffle, from 0.

    Returns
    -------
    list of ndarray
        The points that each fold holds out.
    """
    random = np.random.RandomState(fold_seed)
    shuffled = [random.permutation(count) for _ in range(repeat + 1)][-1]
    return [read_only(np.sort(fold)) for fold in np.array_split(shuffled, min(parts, count))]


def training_masks(count: int, held_out: list[NDArray[np.intp]]) -> NDArray[np.bool_]:
    """Return which of `count` points are fitted for each fold; shape (folds, count)."""
    masks = np.ones((len(held_out), count), dtype=bool)
    for row, fold in enumerate(held_out):
        masks[row, fold] = False
    return masks


#: Relative difference up to which two means are equal except for rounding.
TIE_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class CrossValidationCurve:
    """A cross-validated curve; all of shape (candidates,), in the square of y's unit.

    Attributes
    ----------
    mean : ndarray
        Mean over the folds of the mean squared error on the points that the fold holds out.
    standard_error : ndarray
        Standard error of that mean, as if the folds were independent. They are not, and no
        estimate of the variance is unbiased for all data (Bengio and Grandvalet, "No unbiased
        estimator of the variance of k-fold cross-validation", *JMLR* 5, 2004).
    """

    mean: Array
    standard_error: Array

    @classmethod
    def of(cls, errors: Array, repeats: int = 1) -> "CrossValidationCurve":
        """Average the errors of the folds, of shape (repeats * folds, candidates).

        Repeating with other folds adds no points: the mean depends less on which folds were drawn,
        and the standard error stays what it is for one repeat.
        """
        rounds = errors.reshape(repeats, -1, errors.shape[1])
        variance = rounds.var(axis=1, ddof=1).mean(axis=0)
        return cls(errors.mean(axis=0), np.sqrt(variance / rounds.shape[1]))

    @property
    def root(self) -> Array:
        """Root of the mean, in the unit of y: the cross-validated RMSE."""
        return np.asarray(np.sqrt(self.mean))

    @property
    def band(self) -> tuple[Array, Array]:
        """Roots of the mean minus and plus one standard error, not below zero."""
        low, high = np.maximum(self.mean - self.standard_error, 0), self.mean + self.standard_error
        return np.sqrt(low), np.sqrt(high)

    @property
    def best(self) -> int:
        """Index of the lowest mean; of ties, that of the simplest candidate."""
        return int(np.argmax(self.mean <= self.mean.min() * (1 + TIE_TOLERANCE)))

    @property
    def simplest(self) -> int:
        """Index of the simplest candidate within one standard error of the lowest mean.

        The rule of Breiman, Friedman, Olshen and Stone, *Classification and Regression Trees*
        (1984), section 3.4.3.
        """
        limit = self.mean[self.best] + self.standard_error[self.best]
        return int(np.argmax(self.mean <= limit))
