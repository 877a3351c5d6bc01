"""A cross-validated curve, and what it chooses."""

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
    """Divide `count` points into folds as equal as can be; each is shuffled.

    Those of scikit-learn's ``KFold(parts, shuffle=True, random_state=fold_seed)`` and, with
    repeats, of its ``RepeatedKFold``, so that anybody can have the same ones.

    Parameters
    ----------
    count : int
        At least 2.
    parts : int
        How many folds; as many as there are points, if there are fewer.
    fold_seed : int
        Fixes the shuffles.
    repeat : int
        Which of the shuffles.

    Returns
    -------
    list of ndarray
        The points of each fold, held out in its turn.
    """
    random = np.random.RandomState(fold_seed)
    shuffled = [random.permutation(count) for _ in range(repeat + 1)][-1]
    return [read_only(np.sort(fold)) for fold in np.array_split(shuffled, min(parts, count))]


def training_masks(count: int, held_out: list[NDArray[np.intp]]) -> NDArray[np.bool_]:
    """Say for each fold which of `count` points are fitted; shape (folds, count)."""
    found = np.ones((len(held_out), count), dtype=bool)
    for row, fold in enumerate(held_out):
        found[row, fold] = False
    return found


#: Share by which two means may differ and still be equal but for rounding.
TIE_TOLERANCE = 1e-9


@dataclass(frozen=True, eq=False)
class CrossValidationCurve:
    """A cross-validated curve; all of shape (candidates,), in the square of y's unit.

    Attributes
    ----------
    mean : ndarray
        Mean over the folds of the mean squared error on the points that the fold holds out.
    standard_error : ndarray
        Standard error of that mean, as if the folds did not depend on each other. They do, and no
        estimate of the variance is right for all data (Bengio and Grandvalet, "No unbiased
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
        """Root of the mean, in the unit of y: what both pages call the cross-validated RMSE."""
        return np.asarray(np.sqrt(self.mean))

    @property
    def band(self) -> tuple[Array, Array]:
        """Roots of the mean less and plus one standard error; not below zero."""
        low, high = np.maximum(self.mean - self.standard_error, 0), self.mean + self.standard_error
        return np.sqrt(low), np.sqrt(high)

    @property
    def best(self) -> int:
        """The place of the lowest mean; of the simplest candidate, among equals."""
        return int(np.argmax(self.mean <= self.mean.min() * (1 + TIE_TOLERANCE)))

    @property
    def simplest(self) -> int:
        """The place of the simplest candidate within one standard error of the lowest mean.

        The rule of Breiman, Friedman, Olshen and Stone, *Classification and Regression Trees*
        (1984), section 3.4.3.
        """
        limit = self.mean[self.best] + self.standard_error[self.best]
        return int(np.argmax(self.mean <= limit))
