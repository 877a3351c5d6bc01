"""Settings of the regression page."""

from typing import Annotated

from pydantic import Field

from lively.engine.fields import Choices
from lively.engine.settings import PageSettings, Settings
from lively.learning.cross_validation import FoldSettings
from lively.learning.data_settings import DataSettings
from lively.learning.polynomial_settings import PolynomialSettings
from lively.learning.split import SplitSettings


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
    """All settings of the regression page."""

    data: DataSettings = DataSettings()
    split: SplitSettings = SplitSettings()
    folds: FoldSettings = FoldSettings()
    model: ModelSettings = ModelSettings()
    view: RegressionView = RegressionView()

    def absent(self) -> frozenset[str]:
        """Return the names of the settings that do not apply at present, and are not shown."""
        return frozenset() if self.model.penalty == "elastic" else frozenset({"l1_ratio"})

    def inactive(self) -> dict[str, str]:
        """Return the settings that have no effect at present, each with the reason."""
        found = self.model.inactive()
        if self.model.penalty == "none":
            found["choose_alpha"] = found["alpha"]
        elif self.model.choose_alpha:
            found["alpha"] = "α is set by cross-validation."
        return found
