"""Points in, estimates out: scipy's `curve_fit`, with what it raises put into words' reach."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import compress

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import OptimizeWarning, curve_fit
from scipy.special import stdtrit

from lively.curves import CURVES, LEAST, SPAN, Curve
from lively.data.curve_fit import Points, draw_points, make_points, true_values
from lively.settings.curve_fit import CurveDataSettings, CurveFitSettings
from lively.truths import Array

CONFIDENCE = 0.95
#: Data sets drawn anew to count how often an interval holds the truth.
DATA_SETS = 200
GRID_POINTS = 301
#: Condition number of the scaled gradient from which on the parameters are not determined.
LARGEST_CONDITION = 1e7


@dataclass(frozen=True, eq=False)
class CurveFit:
    """A fitted curve.

    Attributes
    ----------
    start, values : ndarray of shape (p,)
        Where the search began and where it ended; its start again where it was given up.
    covariance : ndarray of shape (p, p)
        Infinite where the points do not determine the parameters.
    cost : float
        What the residuals cost in all: the sum of their squares, or of the loss that is set.
    ended : bool
        Whether the search came to an end.
    flipped : tuple of str
        Parameters that came out negative, though only their square counts.
    bound : tuple of str
        Parameters that ended at a bound.
    freedom : int
        Points less parameters.
    exchanged : bool
        Whether the parameters are in another order than the search left them.
    """

    curve: Curve
    start: Array
    values: Array
    covariance: Array
    cost: float
    ended: bool
    flipped: tuple[str, ...]
    bound: tuple[str, ...]
    freedom: int
    exchanged: bool = False

    @property
    def errors(self) -> Array:
        """Standard errors of the parameters; infinite where they are not determined."""
        return np.sqrt(np.diag(self.covariance))

    @property
    def determined(self) -> bool:
        """Whether the points determine all parameters."""
        return bool(np.all(np.isfinite(self.covariance)))

    @property
    def reach(self) -> Array:
        """Half the length of each parameter's interval: Student's t times its standard error."""
        return np.asarray(stdtrit(self.freedom, (1 + CONFIDENCE) / 2) * self.errors)

    def holds(self, truth: Array) -> NDArray[np.bool_]:
        """Say of each parameter whether there is an interval, and it holds the truth."""
        return np.isfinite(self.reach) & (np.abs(self.values - truth) <= self.reach)

    def named_as(self, truth: Array) -> "CurveFit":
        """Return the fit with its parameters in the order that comes nearer to the truth's.

        Which of two peaks is the first is a matter of names: the curve is the same.
        """
        order = list(self.curve.exchanged)
        if not order or _distance(self.values, truth) <= _distance(self.values[order], truth):
            return self
        covariance = self.covariance[np.ix_(order, order)]
        return replace(self, values=self.values[order], covariance=covariance, exchanged=True)

    @property
    def correlation(self) -> Array:
        """Correlation of the estimates; not a number where they are not determined."""
        if not self.determined:
            unknown = np.full((len(self.values), len(self.values)), np.nan)
            np.fill_diagonal(unknown, 1)
            return unknown
        scale = np.where(self.errors > 0, self.errors, 1)
        found: Array = self.covariance / np.outer(scale, scale)
        np.fill_diagonal(found, 1)
        return found

    def __call__(self, x: Array) -> Array:
        """Return the fitted curve at `x`."""
        return self.curve(x, self.values)

    def band(self, x: Array) -> Array:
        """Return half the height of the curve's confidence band at `x`; shape (len(x),).

        The delta method: the variance of the curve is that of its tangent (Bates and Watts,
        *Nonlinear Regression Analysis*, 1988, section 2.3).
        """
        if not self.determined:
            return np.full(len(x), np.inf)
        slopes = gradient(self.curve, x, self.values)
        variance = np.einsum("ij,jk,ik->i", slopes, self.covariance, slopes)
        quantile = stdtrit(self.freedom, (1 + CONFIDENCE) / 2)
        return np.asarray(quantile * np.sqrt(np.maximum(variance, 0)))


def _distance(values: Array, truth: Array) -> float:
    return float(np.abs(values - truth).sum())


def gradient(curve: Curve, x: Array, values: Array) -> Array:
    """Return the derivatives of a curve by its parameters, shape (len(x), p), by differences."""
    steps = 1e-6 * np.maximum(np.abs(values), 1e-3)
    moved = (
        (curve(x, values + step) - curve(x, values - step)) / (2 * step.sum())
        for step in np.diag(steps)
    )
    return np.column_stack(list(moved))


def smooth(y: Array) -> Array:
    """Return the median of every point and its neighbours, which a single stray cannot move."""
    ends = np.pad(y, 1, mode="edge")
    return np.asarray(np.median([ends[:-2], y, ends[2:]], axis=0))


def independent(slopes: Array) -> bool:
    """Say whether no column of a gradient is a combination of the others, or all but one."""
    sizes = np.linalg.norm(slopes, axis=0)
    if not (np.all(np.isfinite(sizes)) and np.all(sizes > 0)):
        return False
    return bool(np.linalg.cond(slopes / sizes) < LARGEST_CONDITION)


def cost(residuals: Array, fit: CurveFitSettings) -> float:
    """Return what residuals cost in all, as `scipy.optimize.least_squares` counts it, twice."""
    z = (residuals / fit.f_scale) ** 2
    match fit.loss:
        case "linear":
            return float(residuals @ residuals)
        case "soft_l1":
            z = 2 * (np.sqrt(1 + z) - 1)
        case "huber":
            z = np.where(z <= 1, z, 2 * np.sqrt(z) - 1)
        case "cauchy":
            z = np.log1p(z)
    return float(fit.f_scale**2 * z.sum())


def starting_values(points: Points, data: CurveDataSettings, fit: CurveFitSettings) -> Array:
    """Return where the search begins: guessed from the points, or set by hand."""
    curve = CURVES[data.curve]
    if fit.start == "automatic":
        return np.array(curve.guess(points.x, smooth(points.y)))
    return np.array([getattr(fit, f"start_{name}") for name in curve.parameters])


def search(curve: Curve, points: Points, start: Array, fit: CurveFitSettings) -> CurveFit:
    """Fit a curve from some start.

    Levenberg and Marquardt's method, or a trust region where there are bounds or a loss that spares
    outliers, both as `scipy.optimize.curve_fit` has them. Its covariance takes the variance of the
    noise from the residuals. The search is given up after as many evaluations as scipy's default.
    """
    low = np.full(len(start), LEAST if fit.bounds == "positive" else -np.inf)
    for i, name in enumerate(curve.parameters):
        if name.startswith("centre"):
            low[i] = -np.inf
    start = np.maximum(start, low)
    plain = fit.bounds == "none" and fit.loss == "linear"
    options = (
        {"method": "lm"} if plain else {"method": "trf", "loss": fit.loss, "f_scale": fit.f_scale}
    )
    ended = True
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # That the covariance is not determined is said on the page.
        warnings.simplefilter("ignore", OptimizeWarning)
        try:
            values, covariance = curve_fit(
                curve.function, points.x, points.y, start, bounds=(low, np.inf), **options
            )
        except (RuntimeError, ValueError):
            # No end within so many evaluations, or a step to where the curve is not a number.
            ended, values = False, start
            covariance = np.full((len(start), len(start)), np.inf)
    even = np.array([name in curve.even for name in curve.parameters])
    negative, bound = even & (values < 0), ended & (values - low < LEAST / 10)
    sign = np.where(negative, -1, 1)
    values, covariance = values * sign, covariance * np.outer(sign, sign)
    left = points.y - curve(points.x, values)
    # Where the points do not determine the parameters, scipy says 0 as well as infinity.
    if not np.all(np.isfinite(covariance)) or not independent(gradient(curve, points.x, values)):
        covariance = np.full_like(covariance, np.inf)
    flipped, kept = (tuple(compress(curve.parameters, which)) for which in (negative, bound))
    freedom = len(points.x) - len(start)
    return CurveFit(
        curve, start, values, covariance, cost(left, fit), ended, flipped, kept, freedom
    )


@lru_cache(maxsize=16)
def fit_curve(data: CurveDataSettings, fit: CurveFitSettings) -> CurveFit:
    """Fit the curve to the points that the page shows."""
    points = make_points(data)
    start = starting_values(points, data, fit)
    return search(CURVES[data.curve], points, start, fit).named_as(true_values(data))


@lru_cache(maxsize=16)
def best_known(data: CurveDataSettings, fit: CurveFitSettings) -> CurveFit:
    """Fit the curve from the truth, which no real search knows."""
    return search(CURVES[data.curve], make_points(data), true_values(data), fit)


@dataclass(eq=False)
class Coverage:
    """How often the intervals hold the truth, over data sets drawn anew.

    Attributes
    ----------
    held : ndarray of shape (p,)
        In how many data sets each parameter's interval held its true value.
    count : int
        Data sets so far.
    lost : int
        Those among them whose points determine no interval, so that it holds nothing.
    """

    data: CurveDataSettings
    fit: CurveFitSettings
    held: NDArray[np.int_] = field(init=False)
    count: int = 0
    lost: int = 0

    def __post_init__(self) -> None:
        self.held = np.zeros(len(CURVES[self.data.curve].parameters), dtype=int)

    def steps(self) -> Iterator[float]:
        """Draw and fit one data set after the other; give the share that is done.

        Each search begins at the truth, so that the intervals are judged, not the search.
        """
        truth, curve = true_values(self.data), CURVES[self.data.curve]
        while self.count < DATA_SETS:
            found = search(curve, draw_points(self.data, self.count + 1), truth, self.fit)
            self.held += found.named_as(truth).holds(truth)
            self.lost += not found.determined
            self.count += 1
            yield self.count / DATA_SETS

    @property
    def share(self) -> Array:
        """Share of the data sets in which an interval held the truth."""
        return self.held / max(self.count, 1)

    @property
    def spread(self) -> Array:
        """Standard error of the share: it is counted on so many data sets only."""
        return np.sqrt(self.share * (1 - self.share) / max(self.count, 1))


@lru_cache(maxsize=16)
def coverage(data: CurveDataSettings, fit: CurveFitSettings) -> Coverage:
    """Return the coverage, counted or not; the same settings share one."""
    return Coverage(data, fit)


def grid() -> Array:
    """Return the inputs at which curves are drawn."""
    return np.linspace(*SPAN, GRID_POINTS)
