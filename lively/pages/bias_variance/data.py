"""Many training sets of the same true function, and fresh test points for each fit."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from scipy.special import expit

from lively.arrays import Array, read_only
from lively.engine.fields import bounds
from lively.learning.random_streams import (
    FRESH_NOISE,
    FRESH_POSITIONS,
    REPEATED_NOISE,
    REPEATED_POSITIONS,
)
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.bias_variance.settings import RepeatedSettings

MOST_SETS, MOST_SAMPLES = (
    bounds(RepeatedSettings.model_fields[name])[1] for name in ("data_sets", "samples")
)
#: Fresh test points for the fit to each data set.
TEST_POINTS = 25
#: Last element of the seed of a stream for the rare data sets.
RARE_SETS = 1
#: There are as many rare data sets as are shown, but at least this number.
FEWEST_RARE = 200


@dataclass(frozen=True)
class RepeatedSamples:
    """Points of several data sets, with separate noise: y is ``clean + sigma noise``.

    Attributes
    ----------
    x, clean : ndarray of shape (sets, n), or (1, n) if all have the same inputs
        Inputs and the true function there.
    noise : ndarray of shape (sets, n)
        Standard normal.
    """

    x: Array
    clean: Array
    noise: Array

    def y(self, sigma: float) -> Array:
        """Return noisy outputs, of shape (sets, n)."""
        return np.asarray(self.clean + sigma * self.noise)


@dataclass(frozen=True)
class TrainingSets(RepeatedSamples):
    """Training sets with weights for means over them.

    With fixed inputs all weights are equal. With fresh inputs the first sets are drawn as the
    settings describe, and are those that the page shows. The others are drawn with wider gaps
    between their outermost points and the ends of the x range. Such sets are rare among the first
    ones, but the errors of polynomials in these gaps are a large part of the mean. Weighted means
    over all sets estimate means over sets as the settings describe: importance sampling from a
    mixture of two distributions (Hesterberg, "Weighted average importance sampling and defensive
    mixture distributions", *Technometrics* 37, 1995).

    Attributes
    ----------
    weights : ndarray of shape (sets,)
        Density of the inputs as the settings describe, over that of the mixture.
    """

    weights: Array


@lru_cache(maxsize=4)
def draws_by_data_set(seed: int, stream: int, columns: int) -> Array:
    """Return the draws of a stream, a row for each possible data set.

    A data set uses the start of its row, so that larger samples and more data sets contain the
    smaller ones exactly. Positions are uniform on 0..1, the others standard normal.
    """
    return read_only(draws(np.random.default_rng((seed, stream)), stream, (MOST_SETS, columns)))


def draws(generator: Generator, stream: int, shape: tuple[int, int]) -> Array:
    """Return positions, uniform on 0..1, or noise, standard normal."""
    if stream in (REPEATED_POSITIONS, FRESH_POSITIONS):
        return generator.random(shape)
    return generator.standard_normal(shape)


def rare_rows(seed: int, stream: int, sets: int, columns: int) -> Array:
    """Return the draws of the rare data sets, only as many as are needed.

    They are drawn column by column, so that larger samples and more data sets contain the smaller
    ones exactly.
    """
    generator = np.random.default_rng((seed, stream, RARE_SETS))
    return draws(generator, stream, (columns, MOST_SETS))[:, :sets].T


def outermost_counts(samples: int) -> float:
    """Return the sample size whose outermost points a rare data set has: √(2 samples).

    The mixture covers gaps of about one over this number best. The square of a polynomial of degree
    d grows like exp(4 d √g) in a gap g at the ends of the range, and the probability of the gap
    falls like exp(-samples g): the product is largest at g = (2 d / samples)², which is one over
    this number within a factor of 3, for degrees from 4 to 10 and 50 to 500 points.
    """
    return math.sqrt(2 * samples)


def draws_with_gaps(draws: Array) -> Array:
    """Return inputs on 0..1 whose two outermost have the distribution of a smaller sample.

    Parameters
    ----------
    draws : ndarray of shape (sets, n)
        Uniform on 0..1.
    """
    few = outermost_counts(draws.shape[1])
    left = 1 - draws[:, :1] ** (1 / few)
    right = (1 - left) * (1 - draws[:, 1:2] ** (1 / (few - 1)))
    return np.concatenate([left, 1 - right, left + (1 - left - right) * draws[:, 2:]], axis=1)


def importance_weights(positions: Array, rare: int) -> Array:
    """Return the weights of `TrainingSets` for inputs on 0..1, of shape (sets, n).

    The outermost of n uniform draws have the joint density n (n - 1) r^(n - 2), where r is their
    distance; given the two, the others are uniform between them. So the ratio of the two densities
    depends on r alone.
    """
    sets, n = positions.shape
    few = outermost_counts(n)
    distance = np.log(np.ptp(positions, axis=1))
    rarer = (few - n) * distance + math.log(few * (few - 1) / (n * (n - 1)))
    return np.asarray(sets / (sets - rare) * expit(math.log((sets - rare) / rare) - rarer))


def transform_draws(data: RepeatedSettings, positions: Array, noise: Array) -> RepeatedSamples:
    """Transform draws to the range and function of the settings."""
    low, high = data.x_range
    x = low + (high - low) * positions
    return RepeatedSamples(read_only(x), read_only(TARGET_FUNCTIONS[data.function](x)), noise)


def training_sets(data: RepeatedSettings) -> TrainingSets:
    """Draw the training sets. With fixed inputs all have those of the first one."""
    return _training_sets(data.replace(noise=0.0))


@lru_cache(maxsize=2)
def _training_sets(data: RepeatedSettings) -> TrainingSets:
    rows, columns = data.data_sets, data.samples
    positions = draws_by_data_set(data.seed, REPEATED_POSITIONS, MOST_SAMPLES)[:rows, :columns]
    noise = draws_by_data_set(data.seed, REPEATED_NOISE, MOST_SAMPLES)[:rows, :columns]
    if data.inputs == "fixed":
        positions, weights = positions[:1], np.ones(rows)
    else:
        rare = max(rows, FEWEST_RARE)
        gaps = draws_with_gaps(rare_rows(data.seed, REPEATED_POSITIONS, rare, columns))
        positions = np.concatenate([positions, gaps])
        more = rare_rows(data.seed, REPEATED_NOISE, rare, columns)
        noise, weights = (
            read_only(np.concatenate([noise, more])),
            importance_weights(positions, rare),
        )
    samples = transform_draws(data, positions, noise)
    return TrainingSets(samples.x, samples.clean, samples.noise, read_only(weights))


def fresh_points(data: RepeatedSettings) -> RepeatedSamples:
    """Draw test points for the fit to each training set, from streams of their own."""
    return _fresh_points(data.replace(noise=0.0))


@lru_cache(maxsize=4)
def _fresh_points(data: RepeatedSettings) -> RepeatedSamples:
    rows = data.data_sets
    drawn = [
        draws_by_data_set(data.seed, each, TEST_POINTS)[:rows]
        for each in (FRESH_POSITIONS, FRESH_NOISE)
    ]
    if data.inputs == "fresh":
        rare = max(rows, FEWEST_RARE)
        more = [
            rare_rows(data.seed, each, rare, TEST_POINTS) for each in (FRESH_POSITIONS, FRESH_NOISE)
        ]
        drawn = [np.concatenate(pair) for pair in zip(drawn, more, strict=True)]
    return transform_draws(data, *drawn)
