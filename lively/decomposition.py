"""Expected squared error in parts: bias², variance and noise, each with its Monte Carlo error.

The decomposition is that of Geman, Bienenstock and Doursat, "Neural networks and the bias/variance
dilemma", *Neural Computation* 4 (1992), section 3.1.
"""

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
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


def ratio_of(values: Array, wholes: Array) -> Estimate:
    """Return the ratio of two means over the last axis with its standard error; nan of nothing.

    The error is that of the ratio's linear part (Cochran, *Sampling Techniques*, 3rd edition,
    1977, section 2.11).
    """
    whole = wholes.mean(axis=-1)
    whole = np.where(whole == 0, np.nan, whole)
    ratio = values.mean(axis=-1) / whole
    return Estimate(ratio, mean_of(values - ratio[..., None] * wholes).error / np.abs(whole))


@dataclass(frozen=True)
class Parts:
    """Parts of an expected squared error, for one model or for several.

    Every part is a mean over data sets; here is what each data set adds to that mean.

    Attributes
    ----------
    each_bias2, each_variance : ndarray of shape (..., data_sets)
        Both free of the bias that the square of a mean has: bias² may come out below zero.
    each_total : ndarray of shape (..., data_sets)
        Mean squared error of each fit, with the noise.
    noise : float
        Variance of the noise.
    """

    each_bias2: Array
    each_variance: Array
    each_total: Array
    noise: float

    @cached_property
    def bias2(self) -> Estimate:
        """Squared distance of the mean fit from the true function."""
        return mean_of(self.each_bias2)

    @cached_property
    def variance(self) -> Estimate:
        """Mean squared distance of the fits from the mean fit."""
        return mean_of(self.each_variance)

    @cached_property
    def total(self) -> Estimate:
        """The sum of bias², variance and noise."""
        return mean_of(self.each_total)

    @property
    def shares(self) -> list[Estimate]:
        """Shares of bias², variance, noise and all of it in the total."""
        noise = np.full_like(self.each_total, self.noise)
        parts = self.each_bias2, self.each_variance, noise, self.each_total
        return [ratio_of(each, self.each_total) for each in parts]

    @property
    def largest(self) -> Array:
        """Share of the worst data set in the squared errors of all."""
        squared = self.each_total - self.noise
        sums = squared.sum(axis=-1)
        return np.asarray(squared.max(axis=-1) / np.where(sums > 0, sums, 1))


@dataclass(frozen=True)
class Decomposition(Parts):
    """The same, beside what fresh points measure.

    Attributes
    ----------
    each_test : ndarray of shape (..., data_sets)
        Mean squared error of each fit on fresh points.
    """

    each_test: Array

    @cached_property
    def test(self) -> Estimate:
        """Mean squared error on fresh points."""
        return mean_of(self.each_test)

    @cached_property
    def gap(self) -> Estimate:
        """Test error less the sum: what should be zero but for its Monte Carlo error."""
        return mean_of(self.each_test - self.each_total)


def take_apart(errors: Array, weights: Array, sigma: float) -> Parts:
    """Take the expected squared error apart.

    With the errors e of B fits, bias² is the mean of the products of the errors of two different
    fits, a U-statistic. What a data set adds to it is the jackknife's pseudo-value, so that its
    error is the jackknife's (Efron and Stein, "The jackknife estimate of variance", *Annals of
    Statistics* 9, 1981). Variance is that of a sample. Both add up to the mean of e² exactly.

    Parameters
    ----------
    errors : ndarray of shape (..., data_sets, nodes)
        What the fits predict, less the true function.
    weights : ndarray of shape (nodes,)
        Of a quadrature over the range of x; they sum to 1.
    sigma : float
        Standard deviation of the noise.
    """
    count = errors.shape[-2]
    mean = errors.mean(axis=-2)
    squared = (errors**2) @ weights
    crossed = np.squeeze(errors @ (weights * mean)[..., None], -1)
    plain = (mean**2) @ weights

    # Sums of the products of each fit's errors with those of all others.
    products = count * crossed - squared
    bias2 = products.sum(axis=-1, keepdims=True) / (count * (count - 1))
    return Parts(
        each_bias2=(2 * products - count * bias2) / (count - 2),
        each_variance=(squared - 2 * crossed + plain[..., None]) * count / (count - 1),
        each_total=squared + sigma**2,
        noise=sigma**2,
    )


def decompose(errors: Array, weights: Array, sigma: float, tested: Array) -> Decomposition:
    """Take the error apart as `take_apart` does, beside the fits' mean errors on fresh points."""
    parts = take_apart(errors, weights, sigma)
    return Decomposition(
        parts.each_bias2, parts.each_variance, parts.each_total, parts.noise, each_test=tested
    )


def along(errors: Array, sigma: float) -> Parts:
    """Take the error apart at every x, from errors of shape (data_sets, n)."""
    return take_apart(errors.T[..., None], np.ones(1), sigma)


def binned(x: Array, squared: Array, x_range: tuple[float, float], bins: int) -> Estimate:
    """Return the mean of squared errors at `x` in even bins of a range.

    A fit may have any number of points in a bin, and what it misses at them goes together: the mean
    is a ratio of two sums over fits.

    Parameters
    ----------
    x, squared : ndarray of shape (data_sets, m)
    x_range : tuple of float
    bins : int
    """
    low, high = x_range
    sets = len(squared)
    place = np.minimum(((x - low) / (high - low) * bins).astype(np.intp), bins - 1)
    cell = (np.arange(sets)[:, None] * bins + place).ravel()
    counts = np.bincount(cell, minlength=sets * bins).astype(np.float64)
    sums = np.bincount(cell, squared.ravel(), minlength=sets * bins).astype(np.float64)
    return ratio_of(sums.reshape(sets, bins).T, counts.reshape(sets, bins).T)


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
