"""The expected error on new points, which takes the true function."""

import numpy as np

from lively.arrays import Array
from lively.learning.bias_variance_decomposition import quadrature
from lively.learning.data_settings import DataSettings
from lively.learning.target_functions import TRUTHS


def places(data: DataSettings) -> Array:
    """Return the inputs at which `true_error` takes predictions; shape (m,)."""
    return quadrature(*data.x_range)[0]


def mean_over_x(data: DataSettings, values: Array) -> Array:
    """Return the mean over all x of what has `values`, of shape (..., m), at `places`."""
    return np.asarray(values @ quadrature(*data.x_range)[1])


def truth(data: DataSettings) -> Array:
    """Return the mean of y at `places`; shape (m,)."""
    return np.asarray(TRUTHS[data.function](places(data)) + data.noise_mean)


def true_error(data: DataSettings, predicted: Array) -> Array:
    """Return the expected squared error on new points.

    Parameters
    ----------
    data : DataSettings
    predicted : ndarray of shape (..., m)
        Predictions at `places`.

    Returns
    -------
    ndarray of shape (...)
        The mean over all x of (f(x) + mean of the noise − prediction)², and the noise's variance.
    """
    return np.asarray(mean_over_x(data, (predicted - truth(data)) ** 2) + data.noise**2)
