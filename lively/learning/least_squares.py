"""Least squares and ridge for many models and data sets at once."""

import math

import numpy as np
from scipy.linalg import solve_triangular

from lively.arrays import Array

#: Singular values below this share of the largest count as zero. scikit-learn's own 1e-6 would drop
#: what the high powers add, and the training error would rise with the degree.
LEAST_SQUARES_TOL = 1e-13
#: Columns whose diagonal element of R is above this share of the first do not depend on each other.
SURELY_INDEPENDENT = 1e-10


def nested_least_squares(Z: Array, y: Array, alpha: float = 0.0) -> Array:
    """Fit the first column, the first two, … and all columns of `Z`, by least squares or ridge.

    One QR decomposition serves them all, since the leading columns of Q and R are those of the
    leading columns of Z; ridge is least squares with rows of the root of alpha below
    (Golub and Van Loan, *Matrix Computations*, sections 5.2 and 6.1).

    Parameters
    ----------
    Z : ndarray of shape (n, p)
    y : ndarray of shape (n,)
        Centred.
    alpha : float
        Weight of the squared coefficients; 0 for least squares.

    Returns
    -------
    ndarray of shape (p, p)
        A column of coefficients for each number of columns of Z, zero beyond it. Where columns
        depend on each other, the solution of smallest norm.
    """
    p = Z.shape[1]
    Q, R = np.linalg.qr(np.vstack([Z, math.sqrt(alpha) * np.eye(p)]) if alpha else Z)
    moments = Q[: len(y)].T @ y
    size = np.abs(np.diag(R))
    firm = int(np.argmin(np.append(size > SURELY_INDEPENDENT * size[0], False)))
    found = np.zeros((p, p))
    targets = np.triu(np.repeat(moments[:firm, None], firm, axis=1))
    found[:firm, :firm] = solve_triangular(R[:firm, :firm], targets, check_finite=False)
    for count in range(firm + 1, p + 1):
        # Only without a penalty: its rows make the columns independent.
        found[:count, count - 1] = least_squares(Z[:, :count], y)
    return found


def least_squares(Z: Array, y: Array) -> Array:
    """Fit all columns of `Z`; the solution of smallest norm where they depend on each other."""
    return np.asarray(np.linalg.lstsq(Z, y, rcond=LEAST_SQUARES_TOL)[0], dtype=np.float64)


def ridge(Z: Array, y: Array, alphas: Array) -> Array:
    """Fit ridge with every weight in `alphas` by one singular value decomposition.

    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 3.4.1.

    Parameters
    ----------
    Z : ndarray of shape (n, p)
    y : ndarray of shape (n,)
        Centred.
    alphas : ndarray of shape (k,)

    Returns
    -------
    ndarray of shape (p, k)
    """
    U, size, axes = np.linalg.svd(Z, full_matrices=False)
    along = (size * (U.T @ y))[:, None] / (size[:, None] ** 2 + alphas)
    return np.asarray(axes.T @ along)


def nested(Z: Array, alpha: float, *targets: Array) -> tuple[list[Array], Array]:
    """Fit the first two, three, … and all columns of `Z`, by least squares or ridge.

    As `models.regression.nested_least_squares`, for many data sets at once: the inverse of R has
    the inverses of its leading blocks for leading blocks, so that another column of Z adds a column
    of that inverse, times a number, to the coefficients.

    Parameters
    ----------
    Z : ndarray of shape (data_sets or 1, n, p)
        The constant column first, which has no penalty; n at least p, or alpha above 0.
    alpha : float
    *targets : ndarray of shape (data_sets or 1, n)

    Returns
    -------
    coefficients : list of ndarray of shape (data_sets, p - 1, p)
        For each of the targets; a row for each number of columns, zero beyond them.
    freedom : ndarray of shape (data_sets or 1, p - 1)
        Trace of the matrix that takes outputs to predictions.
    """
    sets, n, p = Z.shape
    if alpha:
        rows = math.sqrt(alpha) * np.eye(p)[1:]
        Z = np.concatenate([Z, np.broadcast_to(rows, (sets, *rows.shape))], axis=1)
    Q, R = np.linalg.qr(Z)
    Q, inverse = Q[:, :n], np.linalg.inv(R)
    found = []
    for y in targets:
        moments = np.matmul(y[:, None, :], Q)
        found.append(np.cumsum(inverse * moments, axis=-1).swapaxes(-1, -2)[:, 1:])
    return found, np.cumsum((Q**2).sum(axis=1), axis=-1)[:, 1:]


def least_norm(Z: Array, *targets: Array) -> list[Array]:
    """Fit curves through every point: of all, the one of smallest coefficients.

    Parameters
    ----------
    Z : ndarray of shape (data_sets or 1, n, p)
        The constant column first, whose coefficient does not count; p above n.
    *targets : ndarray of shape (data_sets or 1, n)

    Returns
    -------
    list of ndarray of shape (data_sets, p)
    """
    rest = Z[..., 1:]
    centre = rest.mean(axis=1, keepdims=True)
    # The centred rows sum to zero: one of them says nothing that the others do not.
    Q, R = np.linalg.qr((rest - centre)[:, :-1].swapaxes(-1, -2))
    pull = np.matmul(Q, np.linalg.inv(R).swapaxes(-1, -2))
    found = []
    for y in targets:
        mean = y.mean(axis=1, keepdims=True)
        slopes = np.matmul(pull, (y - mean)[:, :-1, None])[..., 0]
        found.append(
            np.concatenate([mean - (centre[:, 0] * slopes).sum(-1, keepdims=True), slopes], 1)
        )
    return found


def ridge_path(Z: Array, alphas: Array, *targets: Array) -> tuple[list[Array], Array]:
    """Fit a ridge at each of some alphas; otherwise as `nested`, without its nesting."""
    U, s, Vt = np.linalg.svd(Z[..., 1:], full_matrices=False)
    shrunk = s[:, None] / (s[:, None] ** 2 + alphas[:, None])
    found = []
    for y in targets:
        moments = np.matmul(y[:, None, :], U)
        slopes = np.matmul(moments * shrunk, Vt)
        mean = np.broadcast_to(y.mean(axis=1)[:, None, None], (*slopes.shape[:-1], 1))
        found.append(np.concatenate([mean, slopes], axis=-1))
    return found, 1 + (s[:, None] * shrunk).sum(axis=-1)
