"""Settings of a sample with one input."""

from typing import Annotated

from pydantic import Field

from lively.engine.fields import Choices, Grid, Interval, Seed
from lively.engine.settings import Settings
from lively.learning.target_functions import TARGET_FUNCTIONS


class SourceSettings(Settings):
    """The true function, its range, the noise and the seed."""

    function: Annotated[
        str,
        Field(title="True function", description="The curve that the data come from."),
        Choices(tuple((name, truth.label) for name, truth in TARGET_FUNCTIONS.items())),
    ] = "demo"
    x_range: Annotated[
        tuple[float, float],
        Field(
            title="x range", description="Range of the inputs x; changing it moves the same points."
        ),
        Interval(-5, 5, gap=0.5, steps=Grid(0.1, ".1f")),
    ] = (-5.0, 5.0)
    noise: Annotated[
        float,
        Field(
            ge=0,
            le=10,
            title="Noise σ",
            description="Standard deviation of the noise. It scales the same random draws.",
        ),
        Grid(0.1, ".1f"),
    ] = 5.0
    seed: Seed = 109


class DataSettings(SourceSettings):
    """How a sample is drawn."""

    samples: Annotated[
        int,
        Field(
            ge=10,
            le=5000,
            title="Samples",
            description="Number of points. A larger sample contains the smaller one.",
        ),
        Grid(0.05, "d", log=True),
    ] = 50
    noise_mean: Annotated[
        float,
        Field(ge=-5, le=5, title="Noise mean", description="Added to every y value."),
        Grid(0.1, ".1f"),
    ] = 0.0
