"""Points on a curve with known parameters, with noise and outliers."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array, read_only
from lively.learning.random_streams import NOISE, OUTLIERS
from lively.pages.curve_fit.parametric_curves import PARAMETRIC_CURVES, X_RANGE
from lively.pages.curve_fit.settings import CurveDataSettings

#: Distances of outliers from the curve, in the unit of y: at least the first, on average the sum.
LEAST_OFF, MEAN_OFF = 1.5, 1.0


@dataclass(frozen=True)
class CurvePoints:
    """Points of a curve.

    Attributes
    ----------
    x, y : ndarray of shape (samples,)
    outlier : ndarray of bool, shape (samples,)
    """

    x: Array
    y: Array
    outlier: NDArray[np.bool_]


def true_values(data: CurveDataSettings) -> Array:
    """Return the true parameters of the chosen curve, in its order."""
    return np.array([getattr(data, name) for name in PARAMETRIC_CURVES[data.curve].parameters])


def draw_points(data: CurveDataSettings, *again: int) -> CurvePoints:
    """Draw the points that the settings describe, or further sets of the same kind.

    The seed gives every point a rank; the lowest ranks are the outliers, so that a larger share
    only adds outliers.

    Parameters
    ----------
    data : CurveDataSettings
    *again : int
        Number of a further data set; none for the one that the page shows.
    """
    x = np.linspace(*X_RANGE, data.samples)
    noise = np.random.default_rng((data.seed, NOISE, *again)).standard_normal(data.samples)
    stray = np.random.default_rng((data.seed, OUTLIERS, *again)).random((data.samples, 3))
    outlier = stray[:, 0].argsort().argsort() < round(data.outliers * data.samples)
    off = np.where(stray[:, 1] < 0.5, -1, 1) * (LEAST_OFF - MEAN_OFF * np.log1p(-stray[:, 2]))
    y = PARAMETRIC_CURVES[data.curve](x, true_values(data)) + data.noise_mean + data.noise * noise
    return CurvePoints(read_only(x), read_only(y + np.where(outlier, off, 0)), read_only(outlier))


@lru_cache(maxsize=16)
def make_points(data: CurveDataSettings) -> CurvePoints:
    """Draw the points that the page shows."""
    return draw_points(data)
