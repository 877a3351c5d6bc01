"""True functions from which data are simulated."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lively.arrays import Array


@dataclass(frozen=True)
class TargetFunction:
    """A true function, its label and its formula as the page shows it."""

    label: str
    formula: str
    function: Callable[[Array], Array]

    def __call__(self, x: Array) -> Array:
        """Return the function's values at `x`."""
        return self.function(x)


#: The true functions by their names in the settings. `demo` is the curve of the 2017 demonstration;
#: `quartic` is a choice of the fourth-degree polynomial that its article mentions without
#: coefficients; `runge` is Runge's example on -5..5 (1901), times thirty.
TARGET_FUNCTIONS = {
    "demo": TargetFunction(
        "2017 demo",
        "y = 2x − 0.6x² + 0.2x³ + 18 sin x",
        lambda x: 2 * x - 0.6 * x**2 + 0.2 * x**3 + 18 * np.sin(x),
    ),
    "quartic": TargetFunction(
        "4th-degree polynomial",
        "y = 0.1x⁴ + 0.2x³ − 2x² − 2x + 5",
        lambda x: 0.1 * x**4 + 0.2 * x**3 - 2 * x**2 - 2 * x + 5,
    ),
    "line": TargetFunction("Line", "y = 5x", lambda x: 5 * x),
    "sine": TargetFunction("Sine", "y = 20 sin x", lambda x: 20 * np.sin(x)),
    "step": TargetFunction(
        "Step", "y = −15 for x < 0, else 15", lambda x: np.where(x < 0, -15.0, 15.0)
    ),
    "abs": TargetFunction("|x|", "y = 8|x|", lambda x: 8 * np.abs(x)),
    "runge": TargetFunction("Runge", "y = 30 / (1 + x²)", lambda x: 30 / (1 + x**2)),
}
