"""Simulated data sets."""

import numpy as np

from lively.learning.data_settings import DataSettings
from lively.learning.noisy_sample import Sample
from lively.learning.target_functions import TARGET_FUNCTIONS

#: Streams of random numbers: simulated data sets, folds, simulated test sets, larger data sets.
SIMULATED, FOLDS, SIMULATED_TESTS, LARGER_SAMPLES = 20, 21, 22, 23
#: Repeats of the repeated five-fold cross-validation.
REPEATS = 10


def simulate_sample(data: DataSettings, count: int, *stream: int) -> Sample:
    """Draw a sample of `count` points as the page's own is drawn, from another random stream.

    As in `noisy_sample.make_sample`, settings transform the same draws.
    """
    random = np.random.default_rng((data.seed, *stream))
    low, high = data.x_range
    x = low + (high - low) * random.random(count)
    noise = random.standard_normal(count)
    return Sample(x, TARGET_FUNCTIONS[data.function](x) + data.noise_mean + data.noise * noise)
