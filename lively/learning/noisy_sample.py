"""Noisy observations of a true function, split into training and test points."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lively.arrays import Array, read_only
from lively.learning.data_settings import DataSettings
from lively.learning.random_streams import NOISE, POSITIONS
from lively.learning.split import SplitSettings, is_test_point
from lively.learning.target_functions import TARGET_FUNCTIONS


@dataclass(frozen=True)
class Sample:
    """Noisy observations of a true function.

    Attributes
    ----------
    x, y : ndarray of shape (samples,)
        Inputs and noisy outputs, in the order in which they were drawn.
    """

    x: Array
    y: Array


@dataclass(frozen=True)
class SplitSample:
    """A sample, split into training and test points.

    Attributes
    ----------
    train, test : Sample
    """

    train: Sample
    test: Sample


@lru_cache(maxsize=8)
def noiseless_points(
    function: str, x_range: tuple[float, float], seed: int, count: int
) -> tuple[Array, Array]:
    """Return inputs and the true function there; a larger sample contains the smaller one."""
    low, high = x_range
    x = low + (high - low) * np.random.default_rng((seed, POSITIONS)).random(count)
    return read_only(x), read_only(TARGET_FUNCTIONS[function](x))


@lru_cache(maxsize=8)
def standard_noise(seed: int, count: int) -> Array:
    """Return standard normal draws; a larger sample contains the smaller one."""
    return read_only(np.random.default_rng((seed, NOISE)).standard_normal(count))


@lru_cache(maxsize=8)
def make_sample(data: DataSettings) -> Sample:
    """Draw the sample that the settings describe.

    With u uniform on 0..1 and z standard normal, both fixed by the seed, the inputs are
    ``low + (high - low) u`` and the outputs ``f(x) + mean + sigma z``. Both streams are read from
    their start, so a larger sample contains the smaller one exactly.
    """
    x, clean = noiseless_points(data.function, data.x_range, data.seed, data.samples)
    y = clean + data.noise_mean + data.noise * standard_noise(data.seed, data.samples)
    return Sample(x, read_only(y))


@lru_cache(maxsize=8)
def split_sample(data: DataSettings, split: SplitSettings) -> SplitSample:
    """Split the sample into training and test points."""
    sample = make_sample(data)
    held_out = is_test_point(split, data.samples)
    return SplitSample(
        train=Sample(read_only(sample.x[~held_out]), read_only(sample.y[~held_out])),
        test=Sample(read_only(sample.x[held_out]), read_only(sample.y[held_out])),
    )
