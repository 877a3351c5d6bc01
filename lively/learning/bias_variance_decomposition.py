"""The expected squared error as bias², variance and noise, each with its Monte Carlo error.

The decomposition is that of Geman, Bienenstock and Doursat, "Neural networks and the bias/variance
dilemma", *Neural Computation* 4 (1992), section 3.1.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array


class Estimate(NamedTuple):
    """Means over data sets and their standard errors; arrays of one shape.

    The error is nan where it is unknown.
    """

    value: Array
    error: Array

    def where(self, stated: NDArray[np.bool_]) -> "Estimate":
        """Return the means with errors only where `stated` is true."""
        return Estimate(self.value, np.where(stated, self.error, np.nan))


def mean_estimate(values: Array) -> Estimate:
    """Return the mean over the last axis with its standard error."""
    return Estimate(values.mean(axis=-1), values.std(axis=-1, ddof=1) / math.sqrt(values.shape[-1]))


def ratio_estimate(values: Array, wholes: Array) -> Estimate:
    """Return the ratio of two means over the last axis with its standard error; nan for 0 / 0.

    The error is that of the ratio's linear part (Cochran, *Sampling Techniques*, 3rd edition,
    1977, section 2.11).
    """
    whole = wholes.mean(axis=-1)
    whole = np.where(whole == 0, np.nan, whole)
    ratio = values.mean(axis=-1) / whole
    return Estimate(ratio, mean_estimate(values - ratio[..., None] * wholes).error / np.abs(whole))


@dataclass(frozen=True)
class ErrorParts:
    """Parts of the expected squared error of one or several models.

    Each part is a mean over data sets; the arrays hold the contribution of each data set.

    Attributes
    ----------
    each_bias2, each_variance : ndarray of shape (..., data_sets)
        Both are unbiased, so that the estimate of bias² can be negative.
    each_total : ndarray of shape (..., data_sets)
        Mean squared error of each fit, with the noise.
    noise : float
        Variance of the noise.
    chance : ndarray of shape (...)
        Standard deviation of the estimate of bias² if there is no bias.
    stated : ndarray of bool, shape (...) or ()
        Where standard errors are known.
    """

    each_bias2: Array
    each_variance: Array
    each_total: Array
    noise: float
    chance: Array
    stated: NDArray[np.bool_] = field(default_factory=lambda: np.array(True), kw_only=True)

    @cached_property
    def bias2(self) -> Estimate:
        """Squared distance of the mean fit from the true function."""
        value, error = mean_estimate(self.each_bias2)
        return Estimate(value, np.hypot(error, self.chance)).where(self.stated)

    @cached_property
    def variance(self) -> Estimate:
        """Mean squared distance of the fits from the mean fit."""
        return mean_estimate(self.each_variance).where(self.stated)

    @cached_property
    def total(self) -> Estimate:
        """The sum of bias², variance and noise."""
        return mean_estimate(self.each_total).where(self.stated)

    @property
    def shares(self) -> list[Estimate]:
        """Shares of bias², variance, noise and the total in the total."""
        noise = np.full_like(self.each_total, self.noise)
        parts = self.each_bias2, self.each_variance, noise, self.each_total
        bias2, *others = (ratio_estimate(each, self.each_total) for each in parts)
        total = np.where(self.total.value > 0, self.total.value, np.nan)
        bias2 = Estimate(bias2.value, np.hypot(bias2.error, self.chance / total))
        return [part.where(self.stated) for part in (bias2, *others)]

    @property
    def largest(self) -> Array:
        """Share of the data set with the largest squared error in the sum over all."""
        squared = self.each_total - self.noise
        sums = squared.sum(axis=-1)
        return np.asarray(squared.max(axis=-1) / np.where(sums > 0, sums, 1))


@dataclass(frozen=True)
class Decomposition(ErrorParts):
    """Parts of the expected squared error, and the error on test points.

    Attributes
    ----------
    each_test : ndarray of shape (..., data_sets)
        Mean squared error of each fit on fresh points.
    """

    each_test: Array

    @cached_property
    def test(self) -> Estimate:
        """Mean squared error on fresh points."""
        return mean_estimate(self.each_test).where(self.stated)

    @cached_property
    def gap(self) -> Estimate:
        """Test error minus the total: zero except for its Monte Carlo error."""
        return mean_estimate(self.each_test - self.each_total).where(self.stated)


def error_parts(
    errors: Array, nodes: Array, sigma: float, counts: Array | None = None
) -> ErrorParts:
    """Estimate bias², variance and the total of the expected squared error.

    With the errors e of B fits, bias² is the mean of the products of the errors of two different
    fits, a U-statistic. The contribution of a data set is the jackknife's pseudo-value, which gives
    the jackknife's standard error (Efron and Stein, "The jackknife estimate of variance", *Annals
    of Statistics* 9, 1981). The total is the mean of e² plus the noise, and the variance is the
    difference, equal to the sample variance. With weights, all means are weighted, and the
    contribution of a data set is linear in its weight (`ratio_estimate`).

    Parameters
    ----------
    errors : ndarray of shape (..., data_sets, nodes)
        Predictions of the fits, minus the true function.
    nodes : ndarray of shape (nodes,)
        Weights of a quadrature over the range of x; they sum to 1.
    sigma : float
        Standard deviation of the noise.
    counts : ndarray of shape (data_sets,), optional
        Weights of the data sets.
    """
    size = errors.shape[-2]
    counts = np.ones(size) if counts is None else counts
    whole = counts.sum()
    pairs = whole**2 - (counts**2).sum()

    # Subtract one fit first: if all fits are equal, their variance is exactly 0.
    shifted = errors - errors[..., :1, :]
    shares = counts / whole
    moved = np.einsum("b,...bn->...n", shares, shifted)
    deviations = shifted - moved[..., None, :]
    mean = errors[..., 0, :] + moved
    if len(nodes) == 1:
        # One node, as for a decomposition along x: much faster than matrices with one column.
        squared, twice = deviations[..., 0] ** 2 * nodes, 2 * deviations[..., 0] * (nodes * mean)
    else:
        squared = (deviations**2) @ nodes
        twice = 2 * np.squeeze(deviations @ (nodes * mean)[..., None], -1)
    spread = (squared @ counts / whole)[..., None]
    excess = ((squared + twice) @ counts**2 / pairs)[..., None]

    bias2 = ((mean**2) @ nodes)[..., None] - excess
    variance = spread + excess
    # Factors of each data set first, since arrays along x are large.
    factor = 2 * size * (size - 1) / (size - 2) / pairs * counts
    each_bias2 = twice * (factor * (whole / 2 - counts))
    each_bias2 -= squared * (factor * counts)
    each_bias2 += excess * (factor * (whole - counts))
    each_square = squared + twice
    each_square -= spread
    each_square *= size / whole * counts
    # The products of two fits' deviations vary too. The jackknife's linear term vanishes where the
    # bias is zero, and would make that estimate seem exact.
    if len(nodes) == 1:
        products = ((deviations[..., 0] ** 2) @ (counts / whole) ** 2)[..., None, None]
    else:
        scaled = deviations * np.sqrt(nodes) * (counts / whole)[:, None]
        products = np.matmul(scaled.swapaxes(-1, -2), scaled)
    return ErrorParts(
        chance=np.sqrt(2 * (products**2).sum(axis=(-1, -2))),
        each_bias2=bias2 + each_bias2,
        each_variance=variance + each_square - each_bias2,
        each_total=bias2 + variance + each_square + sigma**2,
        noise=sigma**2,
    )


def decompose(
    errors: Array, nodes: Array, sigma: float, tested: Array, counts: Array | None = None
) -> Decomposition:
    """Return the parts of the error beside the fits' mean squared errors on test points."""
    parts = error_parts(errors, nodes, sigma, counts)
    return Decomposition(
        parts.each_bias2, parts.each_variance, parts.each_total, parts.noise, parts.chance,
        each_test=weighted_values(tested, counts),
    )  # fmt: skip


def stack_parts(parts: Sequence[Decomposition]) -> Decomposition:
    """Stack the parts of several models along a new first axis."""
    rows = (
        np.stack([getattr(each, name) for each in parts])
        for name in ("each_bias2", "each_variance", "each_total", "chance", "each_test")
    )
    bias2, variance, total, chance, test = rows
    return Decomposition(bias2, variance, total, parts[0].noise, chance, each_test=test)


def weighted_values(values: Array, counts: Array | None) -> Array:
    """Return the contribution of each data set to a weighted mean.

    Parameters
    ----------
    values : ndarray of shape (..., data_sets)
    counts : ndarray of shape (data_sets,) or None
    """
    if counts is None:
        return values
    mean = (values @ counts / counts.sum())[..., None]
    return np.asarray(mean + counts * (values - mean) / counts.mean())


def error_parts_along_x(errors: Array, sigma: float, counts: Array | None = None) -> ErrorParts:
    """Return the parts of the error at every x, from errors of shape (data_sets, n)."""
    return error_parts(np.ascontiguousarray(errors.T)[..., None], np.ones(1), sigma, counts)


def mean_in_bins(
    x: Array,
    squared: Array,
    x_range: tuple[float, float],
    bins: int,
    counts: Array | None = None,
) -> Estimate:
    """Return the mean of squared errors at `x` in bins of equal width.

    The number of points in a bin differs between data sets, and the errors of one fit are
    dependent, so the mean is a ratio of two sums over data sets.

    Parameters
    ----------
    x, squared : ndarray of shape (data_sets, m)
    x_range : tuple of float
    bins : int
    counts : ndarray of shape (data_sets,), optional
        Weights of the data sets.
    """
    low, high = x_range
    sets = len(squared)
    which = np.minimum(((x - low) / (high - low) * bins).astype(np.intp), bins - 1)
    cell = (np.arange(sets)[:, None] * bins + which).ravel()
    points = np.bincount(cell, minlength=sets * bins).astype(np.float64)
    sums = np.bincount(cell, squared.ravel(), minlength=sets * bins).astype(np.float64)
    weights = 1.0 if counts is None else counts
    return ratio_estimate(
        sums.reshape(sets, bins).T * weights, points.reshape(sets, bins).T * weights
    )


@lru_cache(maxsize=8)
def quadrature(low: float, high: float, count: int = 40) -> tuple[Array, Array]:
    """Return nodes and weights of a quadrature for the mean over low..high.

    Gauss-Legendre on each side of 0, where some true functions have a step or a kink; exact for
    polynomials of degree 2 count - 1.

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
