"""Limits of training and test errors that noise alone explains, by the degrees of freedom of a fit.

The data are simulated, so that the noise level and the true function are known, and the limits are
quantiles of known distributions.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial import legendre
from scipy.linalg import solve_triangular
from scipy.special import chdtri, fdtri

from lively.arrays import Array, read_only
from lively.learning.data_settings import DataSettings
from lively.learning.degrees_of_freedom import (
    elastic_net_degrees_of_freedom,
    ridge_degrees_of_freedom,
)
from lively.learning.fast_fits import fast_fitting
from lively.learning.noisy_sample import split_sample
from lively.learning.polynomial_settings import HIGHEST, PolynomialSettings
from lively.learning.random_streams import ERROR_LIMITS
from lively.learning.split import SplitSettings
from lively.pages.regression.flexibility import sufficient_degree
from lively.pages.regression.model import fit_model

#: One-sided confidence level of the limits.
CONFIDENCE = 0.975
#: Simulated draws of a limit, which is then exceeded in 2.5 ± 0.1 % of samples.
DRAWS = 20_000
#: Misfit, as a share of the noise level, from which it is mentioned.
SMALL = 0.1
#: Columns whose diagonal element of R is below this share of the first are dependent.
DEPENDENT_DIAGONAL = 1e-10


@dataclass(frozen=True)
class ErrorLimits:
    """Errors of a fit that noise explains, and its misfit.

    Attributes
    ----------
    enough : int
        `sufficient_degree` for the number of training points.
    ratio : float
        Ratio of test to training RMSE that a fit without misfit exceeds in 2.5 % of samples;
        infinite if no residual degree of freedom is left.
    training : float
        Training RMSE that such a fit exceeds in 2.5 % of samples; with a penalty, only the
        intercept is assumed to follow the noise.
    test : float
        Test RMSE that least squares without misfit exceeds in 2.5 % of samples, at the model's own
        degree or at `sufficient_degree`, whichever is lower.
    train_misfit, test_misfit : float
        RMS distance from the true function to the same model fitted without noise, at the training
        and at the test inputs.
    unpenalized_misfit : float
        `train_misfit` without the penalty.
    noise_followed : float
        RMS difference in the predictions at the test inputs due to the noise of the training
        outputs.
    """

    enough: int
    ratio: float
    training: float
    test: float
    train_misfit: float
    test_misfit: float
    unpenalized_misfit: float
    noise_followed: float


def _rms(values: Array) -> float:
    return math.sqrt(float(np.mean(values**2)))


@lru_cache(maxsize=32)
def noise_propagation(data: DataSettings, split: SplitSettings) -> Array:
    """Return the matrix from noise to the prediction errors of least squares at the test inputs.

    Returns
    -------
    ndarray of shape (test points, rank)
        The first degree + 1 columns, times independent standard normal noise, are the errors of the
        predictions. The rank is at most HIGHEST + 1, and lower for few training inputs.
    """
    parts = split_sample(data, split)
    low, span = parts.train.x.min(), float(np.ptp(parts.train.x)) or 1.0
    basis, other = (
        legendre.legvander(2 * (part.x - low) / span - 1, HIGHEST)
        for part in (parts.train, parts.test)
    )
    with fast_fitting():
        R: Array = np.linalg.qr(basis)[1]
        size = np.abs(np.diag(R))
        # Number of leading columns that are independent.
        rank = int(np.argmin(np.append(size > DEPENDENT_DIAGONAL * size[0], False)))
        return read_only(solve_triangular(R[:rank, :rank], other[:, :rank].T, trans="T").T)


@lru_cache(maxsize=1)
def _squares() -> Array:
    """Squared standard normal draws; shape (DRAWS, HIGHEST + 1)."""
    random = np.random.default_rng((ERROR_LIMITS, 0))
    return np.asarray(random.standard_normal((DRAWS, HIGHEST + 1)) ** 2)


@lru_cache(maxsize=64)
def least_squares_limits(
    data: DataSettings, split: SplitSettings, degree: int
) -> tuple[float, float]:
    """Return what the errors of a fit without misfit exceed in 2.5 % of samples with these inputs.

    With least squares, training and test errors are independent. The sum of the squared training
    residuals has a χ² distribution; that of the test residuals exceeds one by the squared singular
    values of the matrix that predicts test outputs from training outputs. They are large where test
    inputs lie outside the range of the training inputs.

    Returns
    -------
    ratio : float
        Of test to training RMSE; infinite without residual degrees of freedom.
    test : float
        Test RMSE in units of the noise level.
    """
    matrix = noise_propagation(data, split)[:, : degree + 1]
    others, count = len(matrix), len(split_sample(data, split).train.x)
    freedom = count - matrix.shape[1]
    with fast_fitting():
        size = np.linalg.svd(matrix, compute_uv=False) ** 2
    random = np.random.default_rng((ERROR_LIMITS, 1))
    test = _squares()[:, : len(size)] @ (1 + size)
    if others > len(size):
        test = test + random.chisquare(others - len(size), DRAWS)
    test_limit = math.sqrt(float(np.quantile(test, CONFIDENCE)) / others)
    if freedom <= 0:
        return math.inf, test_limit
    train = random.chisquare(freedom, DRAWS)
    ratio = float(np.quantile(test / train, CONFIDENCE)) * count / others
    return math.sqrt(ratio), test_limit


def model_degrees_of_freedom(
    data: DataSettings, split: SplitSettings, model: PolynomialSettings, alpha: float | None
) -> float:
    """Return the effective degrees of freedom of a fit, with the intercept."""
    train = split_sample(data, split).train
    fit = fit_model(data, split, model, alpha)
    Z, weight = fit.powers(train.x), fit.alpha or 0.0
    with fast_fitting():
        if model.penalty in ("none", "ridge"):
            return 1 + ridge_degrees_of_freedom(Z, weight)
        freedom = elastic_net_degrees_of_freedom(
            Z, fit.coefficients[:, None], np.array([weight]), model.l1_share
        )
        return 1 + float(freedom[0])


@lru_cache(maxsize=64)
def error_limits(
    data: DataSettings, split: SplitSettings, model: PolynomialSettings, alpha: float | None
) -> ErrorLimits:
    """Return how much of the errors of a fit noise explains.

    Test errors are compared with those of least squares at the model's own degree or at
    `sufficient_degree`, whichever is lower: a model that follows more noise than that overfits. A
    penalty makes a fit follow less. The limit of the ratio is at least what the effective degrees
    of freedom of the fit itself explain, for test inputs like the training inputs.
    """
    parts = split_sample(data, split)
    count, others = len(parts.train.x), len(parts.test.x)
    fit = fit_model(data, split, model, alpha)
    quiet = data.replace(noise=0.0)
    clean = fit_model(quiet, split, model, alpha)
    bare = fit_model(quiet, split, model.replace(penalty="none"))
    needed = sufficient_degree(data, count)
    ratio, test = least_squares_limits(quiet, split, min(model.degree, needed))
    used = model_degrees_of_freedom(data, split, model, alpha)
    left = count - used
    if left > 0.5:
        own = float(fdtri(others, left, CONFIDENCE)) * count / left
        ratio = max(ratio, math.sqrt(own))
    # A penalty adds misfit to the training error, but the fit also follows less noise; the sum is
    # compared with all of the noise.
    residual = max(round(left), 0) if model.penalty == "none" else count - 1
    training = math.sqrt(float(chdtri(residual, 1 - CONFIDENCE)) / count) if residual else 0.0
    return ErrorLimits(
        enough=needed,
        ratio=ratio,
        training=data.noise * training,
        test=data.noise * test,
        train_misfit=clean.train.rmse,
        test_misfit=clean.test.rmse,
        unpenalized_misfit=bare.train.rmse,
        noise_followed=_rms(fit.test_predicted - clean.test_predicted),
    )
