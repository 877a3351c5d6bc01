"""What all peers share: the numbers of a picture, its size, its colours and its words."""

from dataclasses import dataclass

import numpy as np

from lively.arrays import Array
from lively.learning.polynomial_settings import DEGREES
from lively.pages.regression.result import RegressionResult
from lively.pages.regression.settings import RegressionSettings
from lively.plotting.fit import FitData
from lively.plotting.style import INK, SOFT, TEST, TRAIN, VALIDATION, Limits, clip_to_view, round_up

#: Width and height of the two pictures, in pixels of the page.
WIDTH, FIT_HEIGHT, ERROR_HEIGHT = 914, 338, 232
SIGMA = "Noise σ"
#: What a slider over the noise starts from, and where it ends.
START, LOWEST, HIGHEST, STEP = 5.0, 0.0, 10.0, 0.1
X_RANGE = (-5.25, 5.25)
DEGREE = RegressionSettings().model.degree
#: Name, colour and dash of each line that follows the noise, then of each set of points.
LINES = {"truth": ("true function", SOFT), "curve": ("fitted", INK)}
POINTS = {"train": ("training", TRAIN), "test": ("test", TEST)}
ERRORS = {
    "train_error": ("training", TRAIN),
    "validation": ("cross-validation ± s.e.", VALIDATION),
    "test_error": ("test", TEST),
}


@dataclass(frozen=True)
class Shown:
    """All that the two pictures and the two texts show.

    Attributes
    ----------
    fit : dict of (x, y)
        What the first picture shows, by the names in LINES and POINTS.
    errors : dict of (x, y)
        What the second picture shows, by the names in ERRORS; also its "bars", parted by gaps, and
        its "noise" level.
    fit_limits, error_limits : tuple of float
        Of the y axes.
    texts : tuple of str
        The two R².
    """

    fit: dict[str, tuple[Array, Array]]
    errors: dict[str, tuple[Array, Array]]
    fit_limits: Limits
    error_limits: Limits
    texts: tuple[str, str]


def show(noise: float) -> Shown:
    """Return what is shown at a level of noise, as the page itself computes it."""
    result = RegressionResult(RegressionSettings().replace(noise=round(float(noise), 1)))
    parts, fit, curve = result.parts, result.fit, result.curve
    low, high = FitData.of(result).limits
    spread = float(np.std(np.concatenate([parts.train.y, parts.test.y])))
    top = round_up(max(spread, noise, 1e-3) * 1.1)
    degrees = DEGREES.astype(float)
    gap = np.full(len(degrees), np.nan)
    bars = [*curve.validated.band, gap]
    return Shown(
        fit={
            "truth": (fit.grid, result.truth(fit.grid)),
            "curve": (fit.grid, clip_to_view(fit.curve, low, high)),
            "train": (parts.train.x, parts.train.y),
            "test": (parts.test.x, parts.test.y),
        },
        errors={
            "train_error": (degrees, clip_to_view(curve.train, 0, top)),
            "validation": (degrees, clip_to_view(curve.validated.root, 0, top)),
            "test_error": (degrees, clip_to_view(curve.test, 0, top)),
            "bars": (np.repeat(degrees, 3), clip_to_view(np.transpose(bars).ravel(), 0, top)),
            "noise": (np.array([0.4, 15.6]), np.array([noise, noise])),
        },
        fit_limits=(low, high),
        error_limits=(0.0, top),
        texts=(f"Training R² {fit.train.r2:.3f}", f"Test R² {fit.test.r2:.3f}"),
    )
