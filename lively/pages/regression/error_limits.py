"""What noise alone makes of training and test errors, for fits that spend degrees of freedom on it.

The data are simulated, so that the noise level and the true function are known, and the limits
below are quantiles of known distributions.
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
from lively.learning.polynomial_settings import PolynomialSettings
from lively.learning.random_streams import CHANCE
from lively.learning.split import SplitSettings
from lively.pages.regression.flexibility import HIGHEST, sufficient_degree
from lively.pages.regression.model import fit_model

#: How sure a difference must be before it is called one.
CONFIDENCE = 0.975
#: Draws from which a limit is taken: it is exceeded in 2.5 ± 0.1 % of samples.
DRAWS = 20_000
#: Misfit, as a share of the noise level, from which it is worth a word.
SMALL = 0.1
#: Singular values below this share of the largest count as zero.
DEPENDENT = 1e-10


@dataclass(frozen=True)
class ErrorLimits:
    """What noise explains of the errors of a fit, and what else there is.

    Attributes
    ----------
    enough : int
        The highest degree that is not more flexible than need be, for so many training points.
    ratio : float
        Ratio of test to training RMSE that a fit without misfit exceeds in 2.5 % of samples;
        infinite if the fit leaves the training error no degree of freedom.
    training : float
        Training RMSE that such a fit exceeds in 2.5 % of samples; of a penalty, only the intercept
        is taken to follow the noise.
    test : float
        Test RMSE that least squares without misfit exceeds in 2.5 % of samples, at the model's own
        degree or at `sufficient_degree`, whichever is lower.
    train_misfit, test_misfit : float
        RMS distance from the true function to the same model fitted to outputs without noise, at
        the training and at the test inputs.
    unpenalized_misfit : float
        The first of these without the penalty.
    noise_followed : float
        RMS difference that the noise of the training outputs makes to the predictions for the test
        inputs.
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
    """Return how least squares at every degree makes errors at the test inputs out of noise.

    Returns
    -------
    ndarray of shape (test points, firm)
        Its first degree + 1 columns make the errors of the predictions out of independent standard
        errors. There are fewer columns than degrees where training inputs are few.
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
        firm = int(np.argmin(np.append(size > DEPENDENT * size[0], False)))
        return read_only(solve_triangular(R[:firm, :firm], other[:, :firm].T, trans="T").T)


@lru_cache(maxsize=1)
def _squares() -> Array:
    """Squared standard normal draws; shape (DRAWS, HIGHEST + 1)."""
    random = np.random.default_rng((CHANCE, 0))
    return np.asarray(random.standard_normal((DRAWS, HIGHEST + 1)) ** 2)


@lru_cache(maxsize=64)
def least_squares_limits(
    data: DataSettings, split: SplitSettings, degree: int
) -> tuple[float, float]:
    """Return what a polynomial without misfit exceeds in 2.5 % of samples with these inputs.

    With least squares, training and test error do not depend on each other. The sum of the squared
    training residuals has a χ² distribution; that of the test residuals is larger than one, by the
    squared singular values of the matrix that predicts test outputs from training outputs. They are
    large where test inputs lie beyond the training inputs.

    Returns
    -------
    ratio : float
        Of test to training RMSE; infinite without a degree of freedom left.
    test : float
        Test RMSE in units of the noise level.
    """
    follow = noise_propagation(data, split)[:, : degree + 1]
    others, count = len(follow), len(split_sample(data, split).train.x)
    freedom = count - follow.shape[1]
    with fast_fitting():
        size = np.linalg.svd(follow, compute_uv=False) ** 2
    random = np.random.default_rng((CHANCE, 1))
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
        ratio = 1.0 if model.penalty == "lasso" else model.l1_ratio
        coefficients, alphas = fit.coefficients[:, None], np.array([weight])
        return 1 + float(elastic_net_degrees_of_freedom(Z, coefficients, alphas, ratio)[0])


@lru_cache(maxsize=64)
def error_limits(
    data: DataSettings, split: SplitSettings, model: PolynomialSettings, alpha: float | None
) -> ErrorLimits:
    """Say what noise explains of the errors of a fit.

    Test errors are compared with those of least squares at the model's own degree, or at the lowest
    that is enough for the true function: a model that follows more noise than that overfits. A
    penalty only makes a fit follow less. The ratio that the degrees of freedom spent by the fit
    itself explain, for test inputs like the training inputs, is never held against it either.
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
    # What a penalty adds to the training error makes up for the noise that it keeps the fit from
    # following, unless the sum is more than all of the noise.
    free = max(round(left), 0) if model.penalty == "none" else count - 1
    training = math.sqrt(float(chdtri(free, 1 - CONFIDENCE)) / count) if free else 0.0
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
