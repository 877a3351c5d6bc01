"""The split into training and test points, the same for every page."""

from functools import lru_cache
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from lively.engine.fields import SEED_COUNT, TYPED_INTEGERS, Grid
from lively.engine.settings import Settings
from lively.learning.random_streams import SPLIT

#: Fewest points on either side of a split, whatever the share.
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
    """Say which of `count` points are test points.

    Every point has a rank fixed by the split's seed; the lowest ranks are the test points. So a
    larger share only moves points over. Either side keeps at least two points.
    """
    ranks = np.random.default_rng((split.split_seed, SPLIT)).random(count)
    size = min(max(round(split.test_share * count), FEWEST_POINTS), count - FEWEST_POINTS)
    chosen = np.zeros(count, dtype=bool)
    chosen[np.argsort(ranks)[:size]] = True
    chosen.flags.writeable = False
    return chosen
