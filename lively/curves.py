"""Curves with parameters of a meaning, which a fit tries to find again.

All are looked at over -2..2, as in the 2017 demonstration of the Gaussian peak; time runs from the
left end.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lively.truths import Array

SPAN = (-2.0, 2.0)
#: What a width, a lifetime or a frequency is at least, where bounds are asked for.
LEAST = 0.01


@dataclass(frozen=True)
class Curve:
    """A curve: its name, its formula as it is shown, its parameters, and the function itself.

    Attributes
    ----------
    parameters : tuple of str
        Names of the settings that hold them, in the order in which `function` takes them.
    function : callable
        Takes x of shape (n,) and the parameters.
    guess : callable
        Takes x and y of shape (n,); returns where a fit may start. It knows nothing of the truth.
    even : tuple of str
        Parameters of which only the square counts, so that their sign means nothing.
    """

    label: str
    formula: str
    parameters: tuple[str, ...]
    function: Callable[..., Array]
    guess: Callable[[Array, Array], tuple[float, ...]]
    even: tuple[str, ...] = ()

    def __call__(self, x: Array, values: Array) -> Array:
        """Return the curve's values at `x`, without a word about those too large for numbers."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            found: Array = self.function(x, *values)
        return found


def peak(x: Array, height: float, centre: float, width: float) -> Array:
    """Return a Gaussian peak."""
    return np.asarray(height * np.exp(-(((x - centre) / width) ** 2) / 2))


def _guess_peak(x: Array, y: Array) -> tuple[float, float, float]:
    """Take the highest point, and the width that gives the peak the area below the points."""
    top = int(np.argmax(np.abs(y)))
    order = np.argsort(x)
    area = abs(float(np.trapezoid(y[order], x[order])))
    height = float(y[top]) or 1.0
    return height, float(x[top]), float(np.clip(area / (2.5 * abs(height)), 0.1, 2.0))


def _two_peaks(
    x: Array, height: float, centre: float, width: float, height2: float, centre2: float
) -> Array:
    return peak(x, height, centre, width) + peak(x, height2, centre2, width)


def _guess_two(x: Array, y: Array) -> tuple[float, ...]:
    """Take the highest point of either half."""
    left = x < 0 if np.any(x < 0) and np.any(x >= 0) else x <= np.median(x)
    first, second = (_guess_peak(x[half], y[half]) for half in (left, ~left))
    return first[0], first[1], 0.4, second[0], second[1]


def _decay(x: Array, height: float, lifetime: float) -> Array:
    return np.asarray(height * np.exp(-(x - SPAN[0]) / lifetime))


def _damped(x: Array, height: float, lifetime: float, frequency: float) -> Array:
    t = x - SPAN[0]
    return np.asarray(height * np.exp(-t / lifetime) * np.cos(2 * np.pi * frequency * t))


def _guess_damped(x: Array, y: Array) -> tuple[float, float, float]:
    """Take the frequency, of a few, whose cosine meets the points best."""
    tried = np.arange(0.1, 2.51, 0.05)
    waves = np.exp(-(x - SPAN[0]) / 2) * np.cos(2 * np.pi * tried[:, None] * (x - SPAN[0]))
    heights = waves @ y / np.sum(waves**2, axis=1)
    best = int(np.argmin(np.sum((y - heights[:, None] * waves) ** 2, axis=1)))
    return float(heights[best]), 2.0, float(tried[best])


def _growth(x: Array, height: float, centre: float, width: float) -> Array:
    return np.asarray(height / (1 + np.exp(-(x - centre) / width)))


def _guess_growth(x: Array, y: Array) -> tuple[float, float, float]:
    """Take the highest point, and where half of it is reached."""
    height = float(y.max()) or 1.0
    return height, float(x[np.argmin(np.abs(y - height / 2))]), 0.5


#: The curves by the name that settings use.
CURVES = {
    "peak": Curve(
        "Gaussian peak",
        "height · exp(−(x − centre)² / 2width²)",
        ("height", "centre", "width"),
        peak,
        _guess_peak,
        even=("width",),
    ),
    "two": Curve(
        "Two peaks",
        "Two Gaussian peaks of one width",
        ("height", "centre", "width", "height2", "centre2"),
        _two_peaks,
        _guess_two,
        even=("width",),
    ),
    "decay": Curve(
        "Exponential decay",
        "height · exp(−t / lifetime), t = x + 2",
        ("height", "lifetime"),
        _decay,
        lambda x, y: (float(np.abs(y).max()) or 1.0, 1.0),
    ),
    "damped": Curve(
        "Damped oscillation",
        "height · exp(−t / lifetime) · cos(2π frequency t), t = x + 2",
        ("height", "lifetime", "frequency"),
        _damped,
        _guess_damped,
        even=("frequency",),
    ),
    "growth": Curve(
        "Logistic growth",
        "height / (1 + exp(−(x − centre) / width))",
        ("height", "centre", "width"),
        _growth,
        _guess_growth,
    ),
}
