"""All candidates of a family, fitted to many training sets of one sample at once."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array
from lively.learning.elastic_net import fit_elastic_net
from lively.learning.least_squares import fit_leading_columns, fit_ridge_path
from lively.learning.polynomial_features import ScaledPowers
from lively.pages.model_selection.candidates import CandidateFamily

#: Size of an array of scaled powers up to which folds are fitted in one step: a few milliseconds.
BATCH_VALUES = 60_000


class CandidateFits(NamedTuple):
    """Fits of all candidates to several training sets.

    Attributes
    ----------
    predictions : ndarray of shape (folds, candidates, m)
    converged : ndarray of bool, shape (folds, candidates)
        Whether the solver met its optimality conditions; always true of a closed form.
    """

    predictions: Array
    converged: NDArray[np.bool_]


def fit_candidates(
    family: CandidateFamily, x: Array, y: Array, fitted: NDArray[np.bool_], at: Array
) -> CandidateFits:
    """Fit every candidate to each training set, and predict at `at`.

    Parameters
    ----------
    family : CandidateFamily
    x, y : ndarray of shape (n,)
    fitted : ndarray of bool, shape (folds, n)
        The points that each fold fits, at least two.
    at : ndarray of shape (m,)
        Inputs of the predictions; if it is `x` itself, its powers are computed once.
    """
    powers = ScaledPowers.of(x, family.degree, fitted)
    features = powers(at)
    # Rows of zeros, for points that are not fitted, change no fit.
    Z = (features if at is x else powers(x)) * fitted[:, :, None]
    mean = (fitted @ y / fitted.sum(axis=1))[:, None]
    centred = np.where(fitted, y - mean, 0.0)
    converged = np.ones((len(fitted), len(family.values)), dtype=bool)
    if family.penalty == "none":
        coefficients = fit_leading_columns(Z, centred).coefficients
    elif family.penalty == "ridge":
        coefficients = fit_ridge_path(Z, centred, family.values).coefficients
    else:
        coefficients = np.empty((*converged.shape, family.degree))
        for fold, rows in enumerate(fitted):
            solved = fit_elastic_net(
                Z[fold, rows], centred[fold, rows], family.values, family.l1_ratio
            )
            coefficients[fold], converged[fold] = solved.coefficients.T, solved.converged
    predictions = coefficients @ features.swapaxes(-1, -2)
    predictions += mean[:, :, None]
    return CandidateFits(predictions, converged)


def fold_batches(family: CandidateFamily, fitted: NDArray[np.bool_]) -> Iterator[slice]:
    """Yield slices of folds, each small enough to be fitted in a few milliseconds."""
    size = 1 if family.slow else max(BATCH_VALUES // (fitted.shape[1] * family.degree), 1)
    for start in range(0, len(fitted), size):
        yield slice(start, start + size)
