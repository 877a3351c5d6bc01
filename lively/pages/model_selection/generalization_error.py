"""The expected error on new points, by quadrature against the true function."""

import numpy as np

from lively.arrays import Array
from lively.learning.bias_variance_decomposition import quadrature
from lively.learning.data_settings import DataSettings
from lively.learning.target_functions import TARGET_FUNCTIONS


def quadrature_inputs(data: DataSettings) -> Array:
    """Return the inputs at which `expected_error` takes predictions; shape (m,)."""
    return quadrature(*data.x_range)[0]


def mean_over_x(data: DataSettings, values: Array) -> Array:
    """Return the mean over all x of `values` at `quadrature_inputs`, of shape (..., m)."""
    return np.asarray(values @ quadrature(*data.x_range)[1])


def true_values(data: DataSettings) -> Array:
    """Return the mean of y at `quadrature_inputs`; shape (m,)."""
    return np.asarray(TARGET_FUNCTIONS[data.function](quadrature_inputs(data)) + data.noise_mean)


def expected_error(data: DataSettings, predicted: Array) -> Array:
    """Return the expected squared error on new points.

    Parameters
    ----------
    data : DataSettings
    predicted : ndarray of shape (..., m)
        Predictions at `quadrature_inputs`.

    Returns
    -------
    ndarray of shape (...)
        The mean over x of (f(x) + mean of the noise − prediction)², plus the noise variance.
    """
    return np.asarray(mean_over_x(data, (predicted - true_values(data)) ** 2) + data.noise**2)
