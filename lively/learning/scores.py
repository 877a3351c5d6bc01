"""How close predictions are to observations."""

import math
from dataclasses import dataclass

import numpy as np

from lively.arrays import Array

#: Share of the largest observation up to which an error, or a spread, is a rounding error. The
#: noise is a thousandth of it or more, or absent.
ROUNDING = 1e-10


@dataclass(frozen=True)
class Score:
    """How close predictions are to observations.

    Attributes
    ----------
    r2 : float
        Share of the variance explained, at most 1, as `Pipeline.score` returns it. Where the
        observations are constant up to rounding there is no variance: 1 if the predictions are
        right up to rounding, else not a number.
    rmse : float
        Root mean squared error, in the unit of y.
    """

    r2: float
    rmse: float


def score(observed: Array, predicted: Array) -> Score:
    """Score predictions against observations; both of shape (n,), n at least 2."""
    rmse = math.sqrt(float(np.mean((observed - predicted) ** 2)))
    spread = float(np.std(observed))
    negligible = ROUNDING * float(np.abs(observed).max())
    if spread > negligible:
        return Score(1 - (rmse / spread) ** 2, rmse)
    # r2_score would return 1, 0 or a huge number here, as rounding has it.
    return Score(1.0 if rmse <= negligible else math.nan, rmse)
