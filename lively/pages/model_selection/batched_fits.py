"""All candidates of a family at once, fitted on many choices of training points at once."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array
from lively.learning.elastic_net import fit_elastic_net
from lively.learning.least_squares import SURELY_INDEPENDENT, nested_least_squares
from lively.learning.polynomial_features import UNIT_INTERVAL
from lively.pages.model_selection.candidates import CandidateFamily

#: Numbers in an array of scaled powers up to which folds are fitted together: a few milliseconds.
BATCH_VALUES = 60_000


def scaled_powers_of_folds(
    x: Array, kept: NDArray[np.bool_], degree: int, at: Array
) -> tuple[Array, Array]:
    """Return the scaled powers of `x` and of `at`, by what is known of each fold's own points.

    What `lively.learning.polynomial_features.ScaledPowers` does, for many folds at once.

    Parameters
    ----------
    x : ndarray of shape (n,)
    kept : ndarray of bool, shape (folds, n)
        The points that are fitted.
    degree : int
    at : ndarray of shape (m,)

    Returns
    -------
    ndarray of shape (folds, n, degree), zero for points that are not fitted
    ndarray of shape (folds, m, degree)
    """
    low = np.where(kept, x, np.inf).min(axis=1)[:, None]
    span = np.where(kept, x, -np.inf).max(axis=1)[:, None] - low
    span[span == 0] = 1.0
    start, end = UNIT_INTERVAL

    def powers(values: Array) -> Array:
        unit = start + (end - start) * (values - low) / span
        return np.cumprod(np.repeat(unit[:, :, None], degree, axis=2), axis=2)

    own, count = powers(x), kept.sum(axis=1)[:, None]
    weight = kept[:, None, :].astype(float)
    mean = (weight @ own)[:, 0] / count
    own -= mean[:, None]
    own *= kept[:, :, None]
    scale = np.sqrt((own**2).sum(axis=1) / count)
    scale[scale <= count * np.abs(mean) * np.finfo(np.float64).eps] = 1.0
    other = (powers(at) - mean[:, None]) / scale[:, None]
    return own / scale[:, None], other


class CandidateFits(NamedTuple):
    """Fits of all candidates on several choices of points.

    Attributes
    ----------
    predictions : ndarray of shape (folds, candidates, m)
    converged : ndarray of bool, shape (folds, candidates)
        Whether the solver met its optimality conditions; a formula always does.
    """

    predictions: Array
    converged: NDArray[np.bool_]


def batched_ridge(Z: Array, y: Array, weights: Array) -> Array:
    """Return ridge's coefficients for all weights, and for many folds, by the eigenvectors of Z'Z.

    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 3.4.1.

    Parameters
    ----------
    Z : ndarray of shape (folds, n, p)
    y : ndarray of shape (folds, n)
    weights : ndarray of shape (k,)

    Returns
    -------
    ndarray of shape (folds, p, k)
    """
    flipped = Z.transpose(0, 2, 1)
    sizes, axes = np.linalg.eigh(flipped @ Z)
    along = axes.transpose(0, 2, 1) @ (flipped @ y[:, :, None])
    found: Array = axes @ (along / (np.maximum(sizes, 0)[:, :, None] + weights))
    return found


def _least_squares(Z: Array, y: Array, other: Array) -> Array:
    """Predict by the first column, the first two, … and all; shape (folds, p, m).

    In the directions of Q the columns' parts add up, so that one sum serves all degrees.
    """
    flipped = other.transpose(0, 2, 1)
    if Z.shape[1] > Z.shape[2]:
        Q, R = np.linalg.qr(Z)
        size = np.abs(np.diagonal(R, axis1=1, axis2=2))
        firm = np.all(size > SURELY_INDEPENDENT * size[:, :1], axis=1)
    else:
        firm = np.zeros(len(Z), dtype=bool)
    found = np.empty(flipped.shape)
    if firm.any():
        moments = Q[firm].transpose(0, 2, 1) @ y[firm][:, :, None]
        parts = np.linalg.solve(R[firm].transpose(0, 2, 1), flipped[firm])
        found[firm] = np.cumsum(parts * moments, axis=1)
    for fold in np.flatnonzero(~firm):
        # Fewer points than powers, or points that lie together: the solution of smallest norm.
        found[fold] = (other[fold] @ nested_least_squares(Z[fold], y[fold])).T
    return found


def fit_candidates(
    family: CandidateFamily, x: Array, y: Array, kept: NDArray[np.bool_], at: Array
) -> CandidateFits:
    """Fit every candidate on each choice of points, and predict at `at`.

    Parameters
    ----------
    family : Family
    x, y : ndarray of shape (n,)
    kept : ndarray of bool, shape (folds, n)
        The points that are fitted; at least two a fold.
    at : ndarray of shape (m,)
    """
    Z, other = scaled_powers_of_folds(x, kept, family.degree, at)
    mean = (kept @ y / kept.sum(axis=1))[:, None]
    left = np.where(kept, y - mean, 0.0)
    converged = np.ones((len(kept), len(family.values)), dtype=bool)
    if family.penalty == "none":
        found = _least_squares(Z, left, other)
    elif family.penalty == "ridge":
        found = (other @ batched_ridge(Z, left, family.values)).transpose(0, 2, 1)
    else:
        found = np.empty((*converged.shape, len(at)))
        for fold, rows in enumerate(kept):
            solved = fit_elastic_net(
                Z[fold, rows], left[fold, rows], family.values, family.l1_ratio
            )
            found[fold] = (other[fold] @ solved.coefficients).T
            converged[fold] = solved.converged
    found += mean[:, :, None]
    return CandidateFits(found, converged)


def fold_batches(family: CandidateFamily, kept: NDArray[np.bool_]) -> Iterator[slice]:
    """Divide folds into so few at a time that fitting them keeps no message waiting."""
    size = 1 if family.slow else max(BATCH_VALUES // (kept.shape[1] * family.degree), 1)
    for start in range(0, len(kept), size):
        yield slice(start, start + size)
