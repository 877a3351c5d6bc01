"""Streams of random numbers, and the split: the same for every page."""

from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from lively.settings.shared import FEWEST, SplitSettings

Values = TypeVar("Values", bound=NDArray[Any])

#: One stream of random numbers for each purpose, so that none moves another.
POSITIONS, NOISE, SPLIT, LABELS, OUTLIERS = 0, 1, 2, 3, 4
REPEATED_POSITIONS, REPEATED_NOISE, FRESH_POSITIONS, FRESH_NOISE = 5, 6, 7, 8
#: Draws from which limits of chance are taken.
CHANCE = 30


def fixed(values: Values) -> Values:
    """Return `values` locked, since cached results are shared."""
    values.flags.writeable = False
    return values


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
