"""Least squares and ridge for a batch of problems at once; a single problem is a batch of one.

Features and outputs are centred, so that no model needs an intercept. A problem may have several
outputs, which share one decomposition of its features.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array, Values

#: Singular values below this share of the largest count as zero. scikit-learn's own 1e-6 would drop
#: what the high powers add, and the training error would rise with the degree.
LEAST_SQUARES_TOL = 1e-13
#: Columns whose diagonal element of R is above this share of the first are independent.
INDEPENDENT_DIAGONAL = 1e-10


class LinearFits(NamedTuple):
    """Fits of several models to each problem.

    Attributes
    ----------
    coefficients : ndarray of shape (..., problems, models, p)
    degrees_of_freedom : ndarray of shape (problems, models)
        Trace of the matrix that takes centred outputs to predictions: without the intercept.
    """

    coefficients: Array
    degrees_of_freedom: Array


def fit_leading_columns(
    Z: Array, y: Array, alpha: float = 0.0, distinct: bool = False
) -> LinearFits:
    """Fit the first column, the first two, … and all columns, by least squares or ridge.

    One QR decomposition serves them all: the leading columns of Q and R are those of the leading
    columns of Z, and the leading blocks of the inverse of R are the inverses of its leading blocks.
    Ridge is least squares with rows of the root of alpha below Z (Golub and Van Loan, *Matrix
    Computations*, sections 5.2 and 6.1).

    Parameters
    ----------
    Z : ndarray of shape (problems, n, p)
        Centred.
    y : ndarray of shape (..., problems, n)
        Centred. For a single problem, the last axis but one may have any length.
    alpha : float
        Weight of the squared coefficients; 0 for least squares.
    distinct : bool
        Whether rows are known to be polynomials at distinct inputs. Then n - 1 columns are
        independent, however close the inputs are, and more of them interpolate.

    Returns
    -------
    LinearFits
        A model for each number of columns, with coefficients of zero beyond them. Where columns
        depend on each other, the solution of smallest norm.
    """
    problems, _, p = Z.shape
    Q, R, independent = _leading_qr(Z, alpha, distinct)
    most = R.shape[1]
    terms = np.linalg.inv(R) * (y[..., None, :] @ Q)
    coefficients = np.cumsum(terms, axis=-1).swapaxes(-1, -2)
    freedom = np.cumsum((Q**2).sum(axis=1), axis=-1)
    if most < p:
        coefficients = _extended(coefficients, (*coefficients.shape[:-2], p, p))
        freedom = _extended(freedom, (problems, p))
        independent = _extended(independent, (problems, p))
    for model in np.flatnonzero(~independent.all(axis=0)):
        dependent = np.flatnonzero(~independent[:, model])
        outputs = slice(None) if problems == 1 else dependent
        solve = interpolate if distinct else fit_least_squares
        fits = solve(Z[dependent, :, : model + 1], y[..., outputs, :])
        coefficients[..., outputs, model, :] = 0.0
        coefficients[..., outputs, model, : model + 1] = fits.coefficients[..., 0, :]
        freedom[dependent, model] = fits.degrees_of_freedom[:, 0]
    return LinearFits(coefficients, freedom)


def _extended(values: Values, shape: tuple[int, ...]) -> Values:
    """Return `values` extended by zeros, faster than `np.pad`."""
    extended = np.zeros(shape, values.dtype)
    extended[tuple(slice(size) for size in values.shape)] = values
    return extended  # type: ignore[return-value]


def _leading_qr(Z: Array, alpha: float, distinct: bool) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Return Q, a regular R, and which columns are independent of those before them."""
    problems, n, p = Z.shape
    if alpha:
        penalty = np.broadcast_to(math.sqrt(alpha) * np.eye(p), (problems, p, p))
        Q, R = np.linalg.qr(np.concatenate([Z, penalty], axis=1))
        return Q[:, :n], R, np.ones((problems, p), dtype=bool)
    if distinct:
        Q, R = np.linalg.qr(Z[..., : n - 1])
        return Q, R, np.ones((problems, R.shape[1]), dtype=bool)
    Q, R = np.linalg.qr(Z)
    R = R[..., : R.shape[1]]
    size = np.abs(np.diagonal(R, axis1=1, axis2=2))
    independent = np.logical_and.accumulate(size > INDEPENDENT_DIAGONAL * size[:, :1], axis=1)
    if not independent.all():
        # No model with these columns is taken from R.
        R = np.where(independent[:, None, :], R, np.eye(R.shape[1]))
    return Q, R, independent


def fit_least_squares(Z: Array, y: Array) -> LinearFits:
    """Fit all columns; where they depend on each other, the solution of smallest norm.

    By singular values, one problem after the other.

    Parameters
    ----------
    Z : ndarray of shape (problems, n, p)
        Centred.
    y : ndarray of shape (..., problems, n)
        As in `fit_leading_columns`.

    Returns
    -------
    LinearFits
        One model.
    """
    problems, n, p = Z.shape
    coefficients, rank = np.empty((*y.shape[:-1], p)), np.empty(problems)
    for problem in range(problems):
        outputs = slice(None) if problems == 1 else problem
        targets = y[..., outputs, :]
        solved, _, rank[problem], _ = np.linalg.lstsq(
            Z[problem], targets.reshape(-1, n).T, rcond=LEAST_SQUARES_TOL
        )
        coefficients[..., outputs, :] = solved.T.reshape(*targets.shape[:-1], p)
    return LinearFits(coefficients[..., None, :], rank[:, None])


def interpolate(Z: Array, y: Array) -> LinearFits:
    """Meet all outputs: of all solutions, the one of smallest norm.

    Parameters
    ----------
    Z : ndarray of shape (problems, n, p)
        Centred polynomials at distinct inputs; p at least n - 1.
    y : ndarray of shape (..., problems, n)
        As in `fit_leading_columns`.

    Returns
    -------
    LinearFits
        One model.
    """
    # Centred rows sum to zero: the last one is determined by the others.
    Q, R = np.linalg.qr(Z[:, :-1].swapaxes(-1, -2))
    coefficients = y[..., None, :-1] @ np.linalg.inv(R) @ Q.swapaxes(-1, -2)
    return LinearFits(coefficients, np.full((len(Z), 1), Z.shape[1] - 1.0))


def fit_ridge_path(Z: Array, y: Array, alphas: Array) -> LinearFits:
    """Fit ridge with every weight in `alphas`, by the eigenvectors of Z'Z.

    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 3.4.1.
    The weights are above 0 and bound the condition number, so that the squares in Z'Z do not
    matter; singular values of Z would take twice as long.

    Parameters
    ----------
    Z : ndarray of shape (problems, n, p)
        Centred.
    y : ndarray of shape (..., problems, n)
        As in `fit_leading_columns`.
    alphas : ndarray of shape (k,)

    Returns
    -------
    LinearFits
        A model for each of `alphas`.
    """
    eigenvalues, axes = np.linalg.eigh(Z.swapaxes(-1, -2) @ Z)
    eigenvalues = np.maximum(eigenvalues, 0.0)[:, None]
    shrinkage = 1 / (eigenvalues + alphas[:, None])
    along = (y[..., None, :] @ Z) @ axes
    coefficients = (along * shrinkage) @ axes.swapaxes(-1, -2)
    return LinearFits(coefficients, (eigenvalues * shrinkage).sum(axis=-1))
