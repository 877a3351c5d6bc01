"""The polynomial degree that a true function needs."""

import numpy as np

from lively.learning.approximation import EXACT_MISFIT, approximation_errors
from lively.learning.data_settings import DataSettings
from lively.learning.polynomial_settings import DEGREES, HIGHEST, LOWEST

#: The widest range of x.
FULL_RANGE = (-5.0, 5.0)
#: Degrees above the best one that do not count as overfitting.
TOLERATED_DEGREES = 2


def sufficient_degree(data: DataSettings, count: int) -> int:
    """Return the highest degree that does not count as too flexible for `count` training points.

    It is `TOLERATED_DEGREES` above the degree with the lowest expected error over such samples,
    since two more degrees change little. The expected squared error of p coefficients is (σ² +
    misfit²) (count − 1) / (count − p − 1) (Breiman and Freedman, "How many variables should be
    entered in a regression equation?", *Journal of the American Statistical Association* 78, 1983).
    For a polynomial it is at least its own degree.
    """
    distances = approximation_errors(data.function, FULL_RANGE, HIGHEST)
    exact = np.flatnonzero(distances <= EXACT_MISFIT**2)
    own = int(exact[0]) + LOWEST if exact.size else LOWEST
    left = count - DEGREES - 2
    if left[0] <= 0:
        return own
    spread = data.noise**2 + approximation_errors(data.function, data.x_range, HIGHEST)
    expected = np.where(left > 0, spread / np.maximum(left, 1), np.inf)
    return max(own, min(int(np.argmin(expected)) + LOWEST + TOLERATED_DEGREES, HIGHEST))
