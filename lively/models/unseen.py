"""The error on new points without end: what only the truth can tell."""

import numpy as np

from lively.settings.regression import DataSettings
from lively.truths import TRUTHS, Array

#: Nodes and weights of the rule of Gauss and Legendre by which errors are averaged over all x.
NODES, NODE_WEIGHTS = np.polynomial.legendre.leggauss(128)


def true_error(data: DataSettings, predicted: Array) -> Array:
    """Return the mean squared error on new points without end: what only the truth can tell.

    Parameters
    ----------
    data : DataSettings
    predicted : ndarray of shape (..., len(NODES))
        Predictions at `places`.

    Returns
    -------
    ndarray of shape (...)
        The mean over all x of (f(x) + mean of the noise − prediction)², and the noise's variance.
    """
    truth = TRUTHS[data.function](places(data)) + data.noise_mean
    found: Array = (predicted - truth) ** 2 @ NODE_WEIGHTS / 2 + data.noise**2
    return found


def mean_truth(data: DataSettings) -> float:
    """Return the mean of y over new points without end."""
    return float(TRUTHS[data.function](places(data)) @ NODE_WEIGHTS / 2) + data.noise_mean


def places(data: DataSettings) -> Array:
    """Return the inputs at which `true_error` takes predictions."""
    low, high = data.x_range
    return np.asarray(low + (high - low) * (NODES + 1) / 2)
