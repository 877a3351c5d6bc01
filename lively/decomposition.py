"""Expected squared error in parts: bias², variance and noise, each with its Monte Carlo error.

The decomposition is that of Geman, Bienenstock and Doursat, "Neural networks and the bias/variance
dilemma", *Neural Computation* 4 (1992), section 3.1.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from lively.truths import Array


class Estimate(NamedTuple):
    """Means over data sets, and the standard errors of these means; arrays of one shape."""

    value: Array
    error: Array


def mean_of(values: Array) -> Estimate:
    """Return the mean over the last axis with its standard error."""
    return Estimate(values.mean(axis=-1), values.std(axis=-1, ddof=1) / math.sqrt(values.shape[-1]))


@dataclass(frozen=True)
class Decomposition:
    """Parts of the expected squared error over a range of x, for one model or for several.

    Attributes
    ----------
    bias2, variance : Estimate
        Both free of the bias that the square of a mean has: bias² may come out below zero.
    noise : float
        Variance of the noise.
    total : Estimate
        The sum of the three.
    test : Estimate
        Mean squared error on fresh points.
    gap : Estimate
        Test error less the sum: what should be zero but for its Monte Carlo error.
    largest : ndarray
        Share of the worst data set in the squared errors of all.
    """

    bias2: Estimate
    variance: Estimate
    noise: float
    total: Estimate
    test: Estimate
    gap: Estimate
    largest: Array


def decompose(errors: Array, weights: Array, sigma: float, tested: Array) -> Decomposition:
    """Take the expected squared error apart.

    With the errors e of B fits, bias² is the mean of the products of the errors of two different
    fits, a U-statistic, whose error is the jackknife's (Efron and Stein, "The jackknife estimate of
    variance", *Annals of Statistics* 9, 1981). Variance is that of a sample. Both add up to the
    mean of e² exactly.

    Parameters
    ----------
    errors : ndarray of shape (..., data_sets, nodes)
        What the fits predict, less the true function.
    weights : ndarray of shape (nodes,)
        Of a quadrature over the range of x; they sum to 1.
    sigma : float
        Standard deviation of the noise.
    tested : ndarray of shape (..., data_sets)
        Mean squared error of each fit on fresh points.
    """
    count = errors.shape[-2]
    mean = errors.mean(axis=-2)
    squared = (errors**2) @ weights
    crossed = np.squeeze(errors @ (weights * mean)[..., None], -1)
    plain = (mean**2) @ weights

    # Sums of the products of each fit's errors with those of all others.
    products = count * crossed - squared
    bias2 = products.sum(axis=-1) / (count * (count - 1))
    without = (products.sum(axis=-1, keepdims=True) - 2 * products) / ((count - 1) * (count - 2))
    spread = without.var(axis=-1) * (count - 1)

    apart = mean_of((squared - 2 * crossed + plain[..., None]) * count / (count - 1))
    total = mean_of(squared + sigma**2)
    sums = squared.sum(axis=-1)
    return Decomposition(
        bias2=Estimate(bias2, np.sqrt(spread)),
        variance=apart,
        noise=sigma**2,
        total=total,
        test=mean_of(tested),
        gap=mean_of(tested - squared - sigma**2),
        largest=squared.max(axis=-1) / np.where(sums == 0, 1, sums),
    )


def along(errors: Array) -> tuple[Array, Array]:
    """Return bias² and variance at every x, from errors of shape (data_sets, n)."""
    variance = errors.var(axis=0, ddof=1)
    return errors.mean(axis=0) ** 2 - variance / len(errors), variance


@lru_cache(maxsize=8)
def quadrature(low: float, high: float, count: int = 40) -> tuple[Array, Array]:
    """Return nodes and weights for a mean over low..high, either side of 0 by itself.

    Gauss and Legendre's rule, exact for polynomials of degree 2 count - 1; some true functions have
    a step or a kink at 0.

    Returns
    -------
    nodes, weights : ndarray of shape (count,) or (2 count,)
    """
    unit, weight = np.polynomial.legendre.leggauss(count)
    ends = [low, 0.0, high] if low < 0 < high else [low, high]
    pieces = list(pairwise(ends))
    nodes = [(a + b) / 2 + (b - a) / 2 * unit for a, b in pieces]
    weights = [weight / 2 * (b - a) / (high - low) for a, b in pieces]
    return np.concatenate(nodes), np.concatenate(weights)
