"""Many training sets of the same truth, and fresh points to test each fit on."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lively.data.shared import (
    FRESH_NOISE,
    FRESH_POSITIONS,
    REPEATED_NOISE,
    REPEATED_POSITIONS,
    fixed,
)
from lively.fields import limits
from lively.settings.bias_variance import RepeatedSettings
from lively.truths import TRUTHS, Array

MOST_SETS, MOST_SAMPLES = (
    limits(RepeatedSettings.model_fields[name])[1] for name in ("data_sets", "samples")
)
#: Fresh points on which the fit to each data set is tested.
TESTS = 25


@dataclass(frozen=True)
class Points:
    """Points of several data sets, the noise kept apart: y is ``clean + sigma noise``.

    Attributes
    ----------
    x, clean : ndarray of shape (data_sets, n), or (1, n) if all have the same inputs
        Inputs and the true function there.
    noise : ndarray of shape (data_sets, n)
        Standard normal.
    """

    x: Array
    clean: Array
    noise: Array

    def y(self, sigma: float) -> Array:
        """Return noisy outputs, of shape (data_sets, n)."""
        return np.asarray(self.clean + sigma * self.noise)


@lru_cache(maxsize=4)
def table(seed: int, stream: int, columns: int) -> Array:
    """Return a stream's draws, a row for each data set there may be.

    A data set takes the beginning of its row, so that more samples and more data sets keep the old
    ones to the last bit. Positions are uniform on 0..1, the others standard normal.
    """
    generator = np.random.default_rng((seed, stream))
    shape = (MOST_SETS, columns)
    if stream in (REPEATED_POSITIONS, FRESH_POSITIONS):
        return fixed(generator.random(shape))
    return fixed(generator.standard_normal(shape))


def points(data: RepeatedSettings, positions: Array, noise: Array) -> Points:
    """Put draws where the settings want them."""
    low, high = data.x_range
    x = low + (high - low) * positions
    return Points(fixed(x), fixed(TRUTHS[data.function](x)), noise)


def training_sets(data: RepeatedSettings) -> Points:
    """Draw the training sets. With fixed inputs all have those of the first one."""
    return _training_sets(data.replace(noise=0.0))


@lru_cache(maxsize=4)
def _training_sets(data: RepeatedSettings) -> Points:
    rows, columns = data.data_sets, data.samples
    positions = table(data.seed, REPEATED_POSITIONS, MOST_SAMPLES)
    noise = table(data.seed, REPEATED_NOISE, MOST_SAMPLES)
    if data.inputs == "fixed":
        positions = positions[:1]
    return points(data, positions[:rows, :columns], noise[:rows, :columns])


def fresh_points(data: RepeatedSettings) -> Points:
    """Draw test points for the fit to each training set, from streams of their own."""
    return _fresh_points(data.replace(noise=0.0))


@lru_cache(maxsize=4)
def _fresh_points(data: RepeatedSettings) -> Points:
    positions = table(data.seed, FRESH_POSITIONS, TESTS)
    noise = table(data.seed, FRESH_NOISE, TESTS)
    return points(data, positions[: data.data_sets], noise[: data.data_sets])
