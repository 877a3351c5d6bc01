"""Settings of the page on bias and variance."""

from typing import Annotated

from pydantic import Field

from lively.engine.fields import INTEGERS, Choices, Grid
from lively.engine.settings import PageSettings, Settings
from lively.learning.data_settings import SourceSettings
from lively.learning.polynomial_settings import PolynomialSettings

#: Number of data sets that can be shown one by one, the minimum number of data sets.
SHOWN = 50


class RepeatedSettings(SourceSettings):
    """How training sets are simulated."""

    samples: Annotated[
        int,
        Field(ge=8, le=500, title="Samples", description="Training points in each data set."),
        Grid(0.05, "d", log=True),
    ] = 50
    data_sets: Annotated[
        int,
        Field(
            ge=SHOWN,
            le=1000,
            title="Data sets",
            description="Simulated data sets, each with its own fit; 200 fits are drawn.",
        ),
        Grid(0.1, "d", log=True),
    ] = 200
    inputs: Annotated[
        str,
        Field(title="Inputs", description="Whether x differs between data sets."),
        Choices((("fresh", "Fresh"), ("fixed", "Fixed"))),
    ] = "fresh"


class ComplexitySettings(PolynomialSettings):
    """Which model is fitted to each data set."""

    degree: Annotated[
        int,
        Field(
            ge=1,
            le=20,
            title="Degree",
            description="Highest power of x; it may exceed the number of samples.",
        ),
        INTEGERS,
    ] = 7


class BiasVarianceView(Settings):
    """What of the result is shown."""

    data_set: Annotated[
        int,
        Field(
            ge=1,
            le=SHOWN,
            title="Data set",
            description="One of the first 50, shown with its points and its fit.",
        ),
        INTEGERS,
    ] = 1
    panel: Annotated[
        str,
        Field(title="Second picture", description="What is shown below the fits."),
        Choices(
            (
                ("x", "Error along x"),
                ("degree", "Error against degree"),
                ("alpha", "Error against α"),
            )
        ),
    ] = "x"


class BiasVarianceSettings(PageSettings):
    """All settings of the page on bias and variance."""

    data: RepeatedSettings = RepeatedSettings()
    model: ComplexitySettings = ComplexitySettings()
    view: BiasVarianceView = BiasVarianceView()

    def inactive(self) -> dict[str, str]:
        """Return the settings that have no effect at present, each with the reason."""
        return self.model.inactive()
