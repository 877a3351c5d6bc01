"""Settings of the page on model selection."""

from typing import Annotated

from pydantic import Field

from lively.engine.fields import SEED_COUNT, TYPED_INTEGERS, Choices, Grid
from lively.engine.settings import PageSettings, Settings
from lively.learning.data_settings import DataSettings
from lively.learning.polynomial_settings import PolynomialSettings
from lively.learning.split import SplitSettings

#: The grid of alpha, for the slider and the candidates.
ALPHA_STEPS = Grid(0.1, ".2g", log=True)

#: Criteria for choosing among candidates, with their labels.
CRITERIA = (
    ("five", "5-fold"),
    ("ten", "10-fold"),
    ("one", "Leave-one-out"),
    ("repeated", "10 × 5-fold"),
    ("aic", "AIC"),
    ("aicc", "AICc"),
    ("bic", "BIC"),
)
#: Criteria that add a penalty to the training error, and hold out no points.
INFORMATION = ("aic", "aicc", "bic")
#: Short labels of the criteria and of the lowest true error, which only a simulation knows.
SHORT = dict(CRITERIA) | {"one": "LOO", "repeated": "10×5-fold", "truth": "True error"}


class SelectionDataSettings(DataSettings):
    """How the sample is drawn; a small one, since on many points every criterion chooses well."""

    samples: Annotated[
        int,
        Field(ge=20, le=500, title="Samples", description="More samples keep the old ones."),
        Grid(0.05, "d", log=True),
    ] = 63
    seed: Annotated[
        int,
        Field(
            ge=0,
            le=SEED_COUNT - 1,
            title="Seed",
            description="Seed of the sample. A new seed gives a new sample with a fresh test set.",
        ),
        TYPED_INTEGERS,
    ] = 21


class SelectionSplitSettings(SplitSettings):
    """How many points are kept for the test set."""

    test_share: Annotated[
        float,
        Field(
            ge=0.1,
            le=0.5,
            title="Test share",
            description="A larger share moves some training points to the test set.",
        ),
        Grid(0.05, ".0%"),
    ] = 0.3


class SelectionModelSettings(PolynomialSettings):
    """Which of the candidates is fitted."""

    degree: Annotated[
        int,
        Field(ge=1, le=15, title="Degree", description="Highest power of x in the polynomial."),
        Grid(1, "d"),
    ] = 9
    alpha: Annotated[
        float,
        Field(
            ge=1e-4,
            le=1e3,
            title="Strength α",
            description="Strength of the penalty, on powers of x scaled to −1..1 and standardized.",
        ),
        ALPHA_STEPS,
    ] = 0.1


class RuleSettings(Settings):
    """How a choice is made from the training points."""

    criterion: Annotated[
        str,
        Field(
            title="Criterion",
            description="Estimates the error on new data. The lowest of many is optimistic.",
        ),
        Choices(CRITERIA),
    ] = "ten"
    fold_seed: Annotated[
        int,
        Field(
            ge=0,
            le=SEED_COUNT - 1,
            title="Fold seed",
            description="Seed of the folds: the same seed gives the same folds.",
        ),
        TYPED_INTEGERS,
    ] = 1


class SelectionView(Settings):
    """What of the result is shown."""

    panel: Annotated[
        str,
        Field(title="Second picture", description="What is drawn under the fit."),
        Choices(
            (
                ("curves", "Curves"),
                ("picks", "Picks"),
                ("splits", "Splits"),
                ("learning", "Learning curve"),
                ("path", "Path"),
                ("geometry", "Geometry"),
                ("looks", "Test set"),
            ),
            tabs=True,
        ),
    ] = "curves"


class SelectionSettings(PageSettings):
    """All settings of the page on model selection."""

    data: SelectionDataSettings = SelectionDataSettings()
    split: SelectionSplitSettings = SelectionSplitSettings()
    model: SelectionModelSettings = SelectionModelSettings()
    rule: RuleSettings = RuleSettings()
    view: SelectionView = SelectionView()

    def absent(self) -> frozenset[str]:
        """Return the settings that do not apply at present, and are not shown.

        The mean of the noise never has: the intercept takes it up.
        """
        found = {"noise_mean"}
        if self.model.penalty == "none":
            found.add("alpha")
        if self.model.penalty != "elastic":
            found.add("l1_ratio")
        return frozenset(found)
