"""The split into training and test points."""

from functools import lru_cache
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lively.engine.fields import SEED_COUNT, TYPED_INTEGERS, Grid
from lively.engine.settings import Settings
from lively.learning.random_streams import SPLIT

#: Fewest training points, and fewest test points, at any test share.
FEWEST_POINTS = 2


class SplitSettings(Settings):
    """How the sample is split into training and test points."""

    test_share: Annotated[
        float,
        Field(
            ge=0.1,
            le=0.9,
            title="Test share",
            description="A larger share moves some training points to the test set.",
        ),
        Grid(0.05, ".0%"),
    ] = 0.5
    split_seed: Annotated[
        int,
        Field(
            ge=0,
            le=SEED_COUNT - 1,
            title="Split seed",
            description="Fixes the split: the same seed splits the sample in the same way.",
        ),
        TYPED_INTEGERS,
    ] = 1


@lru_cache(maxsize=8)
def is_test_point(split: SplitSettings, count: int) -> NDArray[np.bool_]:
    """Return which of `count` points are test points.

    The split seed gives every point a rank; the lowest ranks are the test points, so that a larger
    share only moves training points to the test set. There are at least two of either.
    """
    ranks = np.random.default_rng((split.split_seed, SPLIT)).random(count)
    size = min(max(round(split.test_share * count), FEWEST_POINTS), count - FEWEST_POINTS)
    chosen = np.zeros(count, dtype=bool)
    chosen[np.argsort(ranks)[:size]] = True
    chosen.flags.writeable = False
    return chosen
