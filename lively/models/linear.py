"""Least squares and ridge for many data sets at once, and what they take of x."""

import math

import numpy as np

from lively.powers import ScaledPowers
from lively.truths import Array


def legendre(x: Array, x_range: tuple[float, float], degree: int) -> Array:
    """Return Legendre polynomials of `x`, scaled so that the smallest coefficients mean calm.

    With f the sum of c_k features, the sum of the c_k² is the mean of (1 - t²) f'(t)² over the
    range of x, moved to t in -1..1: half the integral, by the differential equation of the
    polynomials. Of all curves through all points, the fit of smallest norm is the calmest.

    Returns
    -------
    ndarray of shape (*x.shape, degree + 1)
        The constant first, which costs nothing.
    """
    low, high = x_range
    order = np.arange(1, degree + 1)
    scale = np.concatenate([[1.0], np.sqrt((2 * order + 1) / (order * (order + 1.0)))])
    unit = np.clip((2 * x - low - high) / (high - low), -1, 1)
    return np.asarray(np.polynomial.legendre.legvander(unit, degree) * scale)


def scaled_powers(x: Array, of: Array, degree: int) -> Array:
    """Return 1 and the powers of `x`, scaled as the training inputs `of` have it."""
    powers = ScaledPowers.of(of, degree)(x)
    return np.concatenate([np.ones_like(powers[..., :1]), powers], axis=-1)


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
