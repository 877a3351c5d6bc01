"""Causes of bias and variance: the degree, the penalty, or the training points."""

from dataclasses import dataclass

import numpy as np

from lively.arrays import Array
from lively.learning.approximation import (
    EXACT_MISFIT,
    approximation_errors,
    orthonormal_legendre,
)
from lively.learning.bias_variance_decomposition import quadrature
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.bias_variance.data import training_sets
from lively.pages.bias_variance.settings import ComplexitySettings, RepeatedSettings

#: Training sets that represent all, where inputs are fresh.
SIMULATED_SETS = 200


@dataclass(frozen=True)
class ErrorCauses:
    """Expected errors of least squares.

    Attributes
    ----------
    closest : float
        Mean squared distance of the true function from the closest polynomial of the degree.
    bias2 : float
        Mean squared error of least squares of this degree without noise, in a typical training set;
        this and the next are nan for as many coefficients as points or more.
    spread : float
        What the noise of the training points adds to `bias2`.
    errors : ndarray of shape (m,)
        Expected squared error of least squares of degree 1, 2, …, without the noise of the test
        points; m is at most the degree and below the number of samples.
    """

    closest: float
    bias2: float
    spread: float
    errors: Array


def closest_polynomials(data: RepeatedSettings, degree: int) -> Array:
    """Return `approximation_errors` of the true function, 0 for those that are only rounding."""
    errors = approximation_errors(data.function, data.x_range, degree)
    return np.where(errors > EXACT_MISFIT**2, errors, 0.0)


def find_causes(data: RepeatedSettings, model: ComplexitySettings) -> ErrorCauses:
    """Compute the expected errors; the noise is averaged exactly, "typical" is the median."""
    x_range = data.x_range
    nodes, weights = quadrature(*x_range)
    truth = TARGET_FUNCTIONS[data.function]
    most = min(model.degree, data.samples - 1)
    sets = training_sets(data)
    step = -(-len(sets.x) // SIMULATED_SETS)
    x, counts = sets.x[::step], sets.weights[: len(sets.x) : step]
    Q, R = np.linalg.qr(orthonormal_legendre(x, x_range, most))
    inverse = np.linalg.inv(R)
    moments = np.matmul(truth(x)[:, None, :], Q)
    coefficients = np.cumsum(inverse * moments, axis=-1).swapaxes(-1, -2)[:, 1:]
    missed = coefficients @ orthonormal_legendre(nodes, x_range, most).T - truth(nodes)
    spread = data.noise**2 * np.cumsum((inverse**2).sum(axis=1), axis=-1)[:, 1:]
    bias2 = missed**2 @ weights
    determined = model.degree < data.samples
    return ErrorCauses(
        closest=float(closest_polynomials(data, model.degree)[-1]),
        bias2=float(np.median(bias2[:, -1])) if determined else np.nan,
        spread=float(np.median(spread[:, -1])) if determined else np.nan,
        errors=counts @ (bias2 + spread) / counts.sum(),
    )
