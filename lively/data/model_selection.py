"""Simulated data sets, and folds."""

import numpy as np
from numpy.typing import NDArray

from lively.data.regression import Sample
from lively.data.shared import fixed
from lively.settings.regression import DataSettings
from lively.truths import TRUTHS

#: Streams of random numbers: simulated data sets, folds, simulated test sets, larger data sets.
ANEW, FOLDS, TESTS, MORE = 20, 21, 22, 23
#: Times that the points are divided into five folds for the repeated cross-validation.
REPEATS = 10


def draw(data: DataSettings, count: int, *stream: int) -> Sample:
    """Draw a sample of `count` points like the page's own, from a stream of its own.

    As in `lively.data.regression.make_sample`, with other draws: settings transform the same ones.
    """
    random = np.random.default_rng((data.seed, *stream))
    low, high = data.x_range
    x = low + (high - low) * random.random(count)
    noise = random.standard_normal(count)
    return Sample(x, TRUTHS[data.function](x) + data.noise_mean + data.noise * noise)


def folds(count: int, parts: int, fold_seed: int, repeat: int = 0) -> list[NDArray[np.intp]]:
    """Divide `count` points into folds as equal as can be; each is shuffled.

    Those of scikit-learn's ``KFold(parts, shuffle=True, random_state=fold_seed)`` and, with
    repeats, of its ``RepeatedKFold``, so that anybody can have the same ones.

    Parameters
    ----------
    count : int
        At least 2.
    parts : int
        How many folds; as many as there are points, if there are fewer.
    fold_seed : int
        Fixes the shuffles.
    repeat : int
        Which of the shuffles.

    Returns
    -------
    list of ndarray
        The points of each fold, held out in its turn.
    """
    random = np.random.RandomState(fold_seed)
    shuffled = [random.permutation(count) for _ in range(repeat + 1)][-1]
    return [fixed(np.sort(fold)) for fold in np.array_split(shuffled, min(parts, count))]


def kept(count: int, held_out: list[NDArray[np.intp]]) -> NDArray[np.bool_]:
    """Say for each fold which of `count` points are fitted; shape (folds, count)."""
    found = np.ones((len(held_out), count), dtype=bool)
    for row, fold in enumerate(held_out):
        found[row, fold] = False
    return found
