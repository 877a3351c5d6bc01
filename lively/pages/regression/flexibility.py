"""The polynomial degree that a true function needs."""

from functools import lru_cache

import numpy as np
from numpy.polynomial import legendre

from lively.arrays import Array, read_only
from lively.engine.fields import bounds
from lively.learning.data_settings import DataSettings
from lively.learning.fast_fits import fast_fitting
from lively.learning.polynomial_settings import PolynomialSettings
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.regression.model import GRID_POINTS

_LIMITS: tuple[int, int] = bounds(PolynomialSettings.model_fields["degree"])
LOWEST, HIGHEST = _LIMITS
#: The widest range of x, and the misfit there up to which a function counts as a polynomial.
FULL_RANGE, EXACT_MISFIT = (-5.0, 5.0), 1e-8
#: Degrees above the best one that do not count as overfitting.
TOLERATED_DEGREES = 2


@lru_cache(maxsize=1)
def _basis() -> tuple[Array, Array]:
    """Points of -1..1, and orthonormal polynomials there; shape (GRID_POINTS, HIGHEST + 1)."""
    unit = np.linspace(-1, 1, GRID_POINTS)
    return unit, np.linalg.qr(legendre.legvander(unit, HIGHEST))[0]


@lru_cache(maxsize=64)
def approximation_errors(function: str, x_range: tuple[float, float]) -> Array:
    """Return the RMS distance over a range between a true function and polynomials.

    Returns
    -------
    ndarray of shape (HIGHEST,)
        To the closest polynomial of each degree.
    """
    low, high = x_range
    with fast_fitting():
        unit, basis = _basis()
        values = TARGET_FUNCTIONS[function](low + (high - low) * (unit + 1) / 2)
        left = values[:, None] - np.cumsum(basis * (values @ basis), axis=1)
    return read_only(np.sqrt(np.mean(left**2, axis=0))[LOWEST:])


def sufficient_degree(data: DataSettings, count: int) -> int:
    """Return the highest degree that does not count as too flexible for `count` training points.

    It is `TOLERATED_DEGREES` above the degree with the lowest expected error over such samples,
    since two more degrees change little. The expected squared error of p coefficients is (σ² +
    misfit²) (count − 1) / (count − p − 1) (Breiman and Freedman, "How many variables should be
    entered in a regression equation?", *Journal of the American Statistical Association* 78, 1983).
    For a polynomial it is at least its own degree.
    """
    exact = np.flatnonzero(approximation_errors(data.function, FULL_RANGE) <= EXACT_MISFIT)
    own = int(exact[0]) + LOWEST if exact.size else LOWEST
    left = count - np.arange(LOWEST, HIGHEST + 1) - 2
    if left[0] <= 0:
        return own
    spread = data.noise**2 + approximation_errors(data.function, data.x_range) ** 2
    expected = np.where(left > 0, spread / np.maximum(left, 1), np.inf)
    return max(own, min(int(np.argmin(expected)) + LOWEST + TOLERATED_DEGREES, HIGHEST))
