"""What the regression page lets people move."""

from typing import Annotated

from pydantic import Field

from lively.fields import Choices, Interval, PageSettings, Settings, Steps
from lively.settings.shared import WHOLE, FoldSettings, Seed, SplitSettings
from lively.truths import TRUTHS


class SourceSettings(Settings):
    """Where data come from."""

    function: Annotated[
        str,
        Field(title="True function", description="The curve that the data come from."),
        Choices(tuple((name, truth.label) for name, truth in TRUTHS.items())),
    ] = "demo"
    x_range: Annotated[
        tuple[float, float],
        Field(
            title="x range", description="Range of the inputs x; changing it moves the same points."
        ),
        Interval(-5, 5, gap=0.5, steps=Steps(0.1, ".1f")),
    ] = (-5.0, 5.0)
    noise: Annotated[
        float,
        Field(
            ge=0,
            le=10,
            title="Noise σ",
            description="Standard deviation of the noise. It scales the same random draws.",
        ),
        Steps(0.1, ".1f"),
    ] = 5.0
    seed: Seed = 109


class DataSettings(SourceSettings):
    """How the sample is made."""

    samples: Annotated[
        int,
        Field(
            ge=10,
            le=5000,
            title="Samples",
            description="Number of points. A larger sample contains the smaller one.",
        ),
        Steps(0.05, "d", log=True),
    ] = 50
    noise_mean: Annotated[
        float,
        Field(ge=-5, le=5, title="Noise mean", description="Added to every y value."),
        Steps(0.1, ".1f"),
    ] = 0.0


class PolynomialSettings(Settings):
    """Which polynomial is fitted, and how large coefficients are penalized."""

    degree: Annotated[
        int,
        Field(ge=1, le=15, title="Degree", description="Highest power of x in the polynomial."),
        WHOLE,
    ] = 7
    penalty: Annotated[
        str,
        Field(title="Regularization", description="Penalty on large coefficients."),
        Choices(
            (
                ("none", "None"),
                ("ridge", "Ridge"),
                ("lasso", "LASSO"),
                ("elastic", "Elastic net"),
            )
        ),
    ] = "none"
    alpha: Annotated[
        float,
        Field(
            ge=1e-6,
            le=1e3,
            title="Strength α",
            description="Weight of the penalty on the coefficients of the standardized powers, "
            "scaled as in scikit-learn.",
        ),
        Steps(0.1, ".2g", log=True),
    ] = 0.1
    l1_ratio: Annotated[
        float,
        Field(
            ge=0.05,
            le=0.95,
            title="L1 ratio",
            description="Share of the L1 penalty in the elastic net; the rest is L2 (ridge).",
        ),
        Steps(0.05, ".2f"),
    ] = 0.5

    def inactive(self) -> dict[str, str]:
        """Return the settings that have no effect at present, each with the reason."""
        found = {}
        if self.penalty == "none":
            found["alpha"] = "No penalty, so α has no effect."
        if self.penalty != "elastic":
            found["l1_ratio"] = "L1 ratio: elastic net only."
        return found


class ModelSettings(PolynomialSettings):
    """Which model is fitted, and how α is set."""

    choose_alpha: Annotated[
        bool,
        Field(
            title="Choose α by cross-validation",
            description="Uses the α with the lowest five-fold cross-validation error.",
        ),
    ] = False


class RegressionView(Settings):
    """What of the result is shown."""

    panel: Annotated[
        str,
        Field(title="Second picture", description="What is drawn below the fit."),
        Choices(
            (
                ("degree", "Error against degree"),
                ("residuals", "Residuals"),
                ("coefficients", "Coefficients"),
                ("predicted", "Predicted against actual"),
            )
        ),
    ] = "degree"
    equation: Annotated[
        bool, Field(title="Equation", description="Shows the fitted polynomial in x.")
    ] = False


class RegressionSettings(PageSettings):
    """All that the regression page shows."""

    data: DataSettings = DataSettings()
    split: SplitSettings = SplitSettings()
    folds: FoldSettings = FoldSettings()
    model: ModelSettings = ModelSettings()
    view: RegressionView = RegressionView()

    def absent(self) -> frozenset[str]:
        """Return the names of the settings that mean nothing at present, and are not shown."""
        return frozenset() if self.model.penalty == "elastic" else frozenset({"l1_ratio"})

    def inactive(self) -> dict[str, str]:
        """Return the settings that have no effect at present, each with the reason."""
        found = self.model.inactive()
        if self.model.penalty == "none":
            found["choose_alpha"] = found["alpha"]
        elif self.model.choose_alpha:
            found["alpha"] = "α is set by cross-validation."
        return found
