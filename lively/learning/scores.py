"""R² and RMSE of predictions."""

import math
from dataclasses import dataclass

import numpy as np

from lively.arrays import Array

#: Share of the largest observation up to which an error or a standard deviation is rounding. Noise
#: is at least a thousandth of that observation, or zero.
ROUNDING = 1e-10


@dataclass(frozen=True)
class Score:
    """R² and RMSE of predictions.

    Attributes
    ----------
    r2 : float
        Share of the variance explained, at most 1, as `Pipeline.score` returns it. For
        observations that are constant up to rounding: 1 if the predictions equal them up to
        rounding, else nan.
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
    # Here r2_score would return 1, 0 or a huge number, depending on rounding.
    return Score(1.0 if rmse <= negligible else math.nan, rmse)
