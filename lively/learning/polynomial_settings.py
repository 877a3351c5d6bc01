"""Settings of the polynomial that is fitted, and of its penalty."""

from typing import Annotated

import numpy as np
from pydantic import Field

from lively.engine.fields import INTEGERS, Choices, Grid, bounds
from lively.engine.settings import Settings


class PolynomialSettings(Settings):
    """Degree of the polynomial, and the penalty on its coefficients."""

    degree: Annotated[
        int,
        Field(ge=1, le=15, title="Degree", description="Highest power of x in the polynomial."),
        INTEGERS,
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
        Grid(0.1, ".2g", log=True),
    ] = 0.1
    l1_ratio: Annotated[
        float,
        Field(
            ge=0.05,
            le=0.95,
            title="L1 ratio",
            description="Share of the L1 penalty in the elastic net; the rest is L2 (ridge).",
        ),
        Grid(0.05, ".2f"),
    ] = 0.5

    @property
    def l1_share(self) -> float:
        """Share of the L1 penalty in the penalty: 0 for ridge, 1 for a LASSO."""
        return {"ridge": 0.0, "lasso": 1.0}.get(self.penalty, self.l1_ratio)

    def inactive(self) -> dict[str, str]:
        """Return the settings that have no effect at present, each with the reason."""
        reasons = {}
        if self.penalty == "none":
            reasons["alpha"] = "No penalty, so α has no effect."
        if self.penalty != "elastic":
            reasons["l1_ratio"] = "L1 ratio: elastic net only."
        return reasons


#: Candidates of cross-validation: two values of alpha a decade, over the range of the slider.
ALPHAS = np.logspace(-6, 3, 19)
_DEGREE_BOUNDS: tuple[int, int] = bounds(PolynomialSettings.model_fields["degree"])
LOWEST, HIGHEST = _DEGREE_BOUNDS
DEGREES = np.arange(LOWEST, HIGHEST + 1)
