"""Settings that several pages have: the split, the folds, and how seeds and integers look."""

from typing import Annotated

from pydantic import Field

from lively.fields import Settings, Steps

#: Fewest points on either side of a split, whatever the share.
FEWEST = 2
SEEDS = 10_000

WHOLE = Steps(1, "d")
TYPED = Steps(1, "d", slider=False)

Seed = Annotated[
    int,
    Field(
        ge=0,
        le=SEEDS - 1,
        title="Seed",
        description="Fixes the random draws: the same seed gives the same sample.",
    ),
    TYPED,
]


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
        Steps(0.05, ".0%"),
    ] = 0.5
    split_seed: Annotated[
        int,
        Field(
            ge=0,
            le=SEEDS - 1,
            title="Split seed",
            description="Fixes the split: the same seed splits the sample in the same way.",
        ),
        TYPED,
    ] = 1


class FoldSettings(Settings):
    """How the training points are divided into folds for cross-validation."""

    fold_seed: Annotated[
        int,
        Field(
            ge=0,
            le=SEEDS - 1,
            title="Fold seed",
            description="Fixes the shuffle that divides the training points into five folds.",
        ),
        TYPED,
    ] = 1
