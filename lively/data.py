"""Settings in, sample out: noisy data and their split.

Randomness is common: a seed fixes standard draws, one stream for each purpose, and the settings
only transform them. So a control changes what it means and nothing else, and its effect is not
drowned in fresh noise. New draws come from a new seed only.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lively.settings import FEWEST, DataSettings, SplitSettings
from lively.truths import TRUTHS, Array

#: One stream of random numbers for each purpose, so that none moves another.
POSITIONS, NOISE, SPLIT = 0, 1, 2


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
class Parts:
    """A sample parted in two, which never mix.

    Attributes
    ----------
    train, test : Sample
    """

    train: Sample
    test: Sample


def _fixed(values: Array) -> Array:
    """Return `values` locked, since cached results are shared."""
    values.flags.writeable = False
    return values


@lru_cache(maxsize=8)
def noiseless(
    function: str, x_range: tuple[float, float], seed: int, count: int
) -> tuple[Array, Array]:
    """Return inputs and the true function there; more samples keep the old ones."""
    low, high = x_range
    x = low + (high - low) * np.random.default_rng((seed, POSITIONS)).random(count)
    return _fixed(x), _fixed(TRUTHS[function](x))


@lru_cache(maxsize=8)
def standard_noise(seed: int, count: int) -> Array:
    """Return standard normal draws; more samples keep the old ones."""
    return _fixed(np.random.default_rng((seed, NOISE)).standard_normal(count))


@lru_cache(maxsize=8)
def make_sample(data: DataSettings) -> Sample:
    """Draw the sample that the settings describe.

    With u uniform on 0..1 and z standard normal, both fixed by the seed, the inputs are
    ``low + (high - low) u`` and the outputs ``f(x) + mean + sigma z``. Both streams are read from
    their start, so more samples keep the old ones to the last bit.
    """
    x, clean = noiseless(data.function, data.x_range, data.seed, data.samples)
    y = clean + data.noise_mean + data.noise * standard_noise(data.seed, data.samples)
    return Sample(x, _fixed(y))


@lru_cache(maxsize=8)
def is_held_out(split: SplitSettings, count: int) -> NDArray[np.bool_]:
    """Say which of `count` points are test points.

    Every point has a rank fixed by the split's seed; the lowest ranks are the test points. So a
    larger share only moves points over. Either side keeps at least two points.
    """
    ranks = np.random.default_rng((split.split_seed, SPLIT)).random(count)
    size = min(max(round(split.test_share * count), FEWEST), count - FEWEST)
    chosen = np.zeros(count, dtype=bool)
    chosen[np.argsort(ranks)[:size]] = True
    chosen.flags.writeable = False
    return chosen


@lru_cache(maxsize=8)
def split_sample(data: DataSettings, split: SplitSettings) -> Parts:
    """Part the sample into training and test points."""
    sample = make_sample(data)
    held_out = is_held_out(split, data.samples)
    return Parts(
        train=Sample(_fixed(sample.x[~held_out]), _fixed(sample.y[~held_out])),
        test=Sample(_fixed(sample.x[held_out]), _fixed(sample.y[held_out])),
    )
