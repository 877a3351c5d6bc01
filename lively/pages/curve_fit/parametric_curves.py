"""Parametric curves.

All are shown over -2..2, as the Gaussian peak in the 2017 demonstration; time starts at the left
end.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lively.arrays import Array

X_RANGE = (-2.0, 2.0)
#: Lower bound of a width, a lifetime or a frequency, if bounds are set.
LEAST_WIDTH = 0.01
#: Candidates for the starting values of peaks.
CENTRES, WIDTHS = np.linspace(*X_RANGE, 17), (0.15, 0.3, 0.6, 1.2)


@dataclass(frozen=True)
class ParametricCurve:
    """A parametric curve, its label and its formula as the page shows it.

    Attributes
    ----------
    parameters : tuple of str
        Names of the settings of the parameters, in the order of the arguments of `function`.
    function : callable
        Takes x of shape (n,) and the parameters.
    guess : callable
        Takes x and y of shape (n,); returns starting values, without using the true ones.
    even : tuple of str
        Parameters of which only the square matters, so that their sign has no meaning.
    exchanged : tuple of int
        A permutation of the parameters that gives the same curve, if there is one.
    """

    label: str
    formula: str
    parameters: tuple[str, ...]
    function: Callable[..., Array]
    guess: Callable[[Array, Array], tuple[float, ...]]
    even: tuple[str, ...] = ()
    exchanged: tuple[int, ...] = ()

    def __call__(self, x: Array, values: Array) -> Array:
        """Return the curve's values at `x`, without warnings about overflow."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            found: Array = self.function(x, *values)
        return found


def gaussian_peak(x: Array, height: float, centre: float, width: float) -> Array:
    """Return a Gaussian peak."""
    return np.asarray(height * np.exp(-(((x - centre) / width) ** 2) / 2))


def _guess_peak(x: Array, y: Array) -> tuple[float, float, float]:
    """Return the best of the candidate centres and widths by least squares."""
    tried = [(centre, width) for width in WIDTHS for centre in CENTRES]
    peaks = np.array([gaussian_peak(x, 1, *each) for each in tried])
    met, sizes = peaks @ y, np.sum(peaks**2, axis=1)
    heights = met / np.where(sizes > 0, sizes, 1)
    best = int(np.argmax(np.where(heights > 0, heights * met, -1)))
    return float(max(heights[best], LEAST_WIDTH)), *tried[best]


def _two_peaks(
    x: Array, height: float, centre: float, width: float, height2: float, centre2: float
) -> Array:
    return gaussian_peak(x, height, centre, width) + gaussian_peak(x, height2, centre2, width)


def _guess_two(x: Array, y: Array) -> tuple[float, ...]:
    """Return the best of the candidate pairs of centres and widths by least squares."""
    found = (-1.0, LEAST_WIDTH, CENTRES[0], WIDTHS[0], LEAST_WIDTH, CENTRES[-1])
    i, j = np.triu_indices(len(CENTRES), 1)
    for width in WIDTHS:
        peaks = np.array([gaussian_peak(x, 1, centre, width) for centre in CENTRES])
        met, overlap = peaks @ y, peaks @ peaks.T
        # The normal equations for the two heights of each pair.
        area = overlap[i, i] * overlap[j, j] - overlap[i, j] ** 2
        area = np.where(area > 0, area, np.inf)
        first = (met[i] * overlap[j, j] - met[j] * overlap[i, j]) / area
        second = (met[j] * overlap[i, i] - met[i] * overlap[i, j]) / area
        gains = np.where((first > 0) & (second > 0), first * met[i] + second * met[j], -1)
        best = int(np.argmax(gains))
        found = max(found, (gains[best], first[best], CENTRES[i[best]], width, second[best],
                            CENTRES[j[best]]))  # fmt: skip
    return tuple(float(value) for value in found[1:])


def _decay(x: Array, height: float, lifetime: float) -> Array:
    return np.asarray(height * np.exp(-(x - X_RANGE[0]) / lifetime))


def _damped(x: Array, height: float, lifetime: float, frequency: float) -> Array:
    t = x - X_RANGE[0]
    return np.asarray(height * np.exp(-t / lifetime) * np.cos(2 * np.pi * frequency * t))


def _guess_damped(x: Array, y: Array) -> tuple[float, float, float]:
    """Return the best of a few frequencies by least squares."""
    tried = np.arange(0.1, 2.51, 0.05)
    waves = np.exp(-(x - X_RANGE[0]) / 2) * np.cos(2 * np.pi * tried[:, None] * (x - X_RANGE[0]))
    heights = waves @ y / np.sum(waves**2, axis=1)
    best = int(np.argmin(np.sum((y - heights[:, None] * waves) ** 2, axis=1)))
    return float(heights[best]), 2.0, float(tried[best])


def _growth(x: Array, height: float, centre: float, width: float) -> Array:
    return np.asarray(height / (1 + np.exp(-(x - centre) / width)))


def _guess_growth(x: Array, y: Array) -> tuple[float, float, float]:
    """Return the highest point, and the input where half of it is reached."""
    height = float(y.max()) or 1.0
    return height, float(x[np.argmin(np.abs(y - height / 2))]), 0.5


#: The curves by their names in the settings.
PARAMETRIC_CURVES = {
    "peak": ParametricCurve(
        "Gaussian peak",
        "height · exp(−(x − centre)² / (2 width²))",
        ("height", "centre", "width"),
        gaussian_peak,
        _guess_peak,
        even=("width",),
    ),
    "two": ParametricCurve(
        "Two peaks",
        "Two Gaussian peaks of one width",
        ("height", "centre", "width", "height2", "centre2"),
        _two_peaks,
        _guess_two,
        even=("width",),
        exchanged=(3, 4, 2, 0, 1),
    ),
    "decay": ParametricCurve(
        "Exponential decay",
        "height · exp(−t / lifetime), t = x + 2",
        ("height", "lifetime"),
        _decay,
        lambda x, y: (float(np.abs(y).max()) or 1.0, 1.0),
    ),
    "damped": ParametricCurve(
        "Damped oscillation",
        "height · exp(−t / lifetime) · cos(2π frequency t), t = x + 2",
        ("height", "lifetime", "frequency"),
        _damped,
        _guess_damped,
        even=("frequency",),
    ),
    "growth": ParametricCurve(
        "Logistic growth",
        "height / (1 + exp(−(x − centre) / width))",
        ("height", "centre", "width"),
        _growth,
        _guess_growth,
    ),
}
