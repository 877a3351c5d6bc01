"""Closest polynomials to the true functions."""

from functools import lru_cache

import numpy as np

from lively.arrays import Array, read_only
from lively.learning.bias_variance_decomposition import quadrature
from lively.learning.target_functions import TARGET_FUNCTIONS

#: RMS distance up to which a true function counts as a polynomial: more than rounding leaves.
EXACT_MISFIT = 1e-8


def orthonormal_legendre(x: Array, x_range: tuple[float, float], degree: int) -> Array:
    """Return Legendre polynomials, orthonormal over the x range; shape (*x.shape, degree + 1).

    The mean square of a sum of them is the sum of the squared coefficients.
    """
    low, high = x_range
    unit = np.clip((2 * x - low - high) / (high - low), -1, 1)
    scale = np.sqrt(2 * np.arange(degree + 1) + 1)
    return np.asarray(np.polynomial.legendre.legvander(unit, degree) * scale)


@lru_cache(maxsize=64)
def approximation_errors(function: str, x_range: tuple[float, float], degree: int) -> Array:
    """Return mean squared distances over a range from a true function to polynomials.

    Returns
    -------
    ndarray of shape (degree,)
        To the closest polynomial of degree 1, 2, …
    """
    nodes, weights = quadrature(*x_range)
    heights = TARGET_FUNCTIONS[function](nodes)
    basis = orthonormal_legendre(nodes, x_range, degree)
    misfit = heights[:, None] - np.cumsum(basis * (basis.T @ (weights * heights)), axis=1)[:, 1:]
    return read_only(weights @ misfit**2)
