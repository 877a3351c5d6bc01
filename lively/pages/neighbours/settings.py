"""The settings of the page on nearest neighbours."""

from typing import Annotated

from pydantic import Field

from lively import Choices, DataSettings, PageSettings, Settings, SplitSettings
from lively.engine.fields import INTEGERS

MOST_NEIGHBOURS = 50


class NeighbourSettings(Settings):
    """How many neighbours are averaged, and how."""

    k: Annotated[
        int,
        Field(ge=1, le=MOST_NEIGHBOURS, title="Neighbours k", description="Points averaged."),
        INTEGERS,
    ] = 5
    weights: Annotated[
        str,
        Field(title="Weights", description="How much each of the neighbours counts."),
        Choices((("uniform", "Uniform"), ("distance", "By distance"))),
    ] = "uniform"


class NeighboursSettings(PageSettings):
    """All settings of the page on nearest neighbours."""

    data: DataSettings = DataSettings(samples=100, seed=162)
    split: SplitSettings = SplitSettings()
    model: NeighbourSettings = NeighbourSettings()
