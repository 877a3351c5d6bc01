"""Fits of a parametric curve, as scipy's `curve_fit` makes them, without its exceptions."""

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import compress

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.special import stdtrit

from lively.arrays import Array
from lively.pages.curve_fit.data import CurvePoints, make_points, true_values
from lively.pages.curve_fit.parametric_curves import (
    LEAST_WIDTH,
    PARAMETRIC_CURVES,
    X_RANGE,
    ParametricCurve,
)
from lively.pages.curve_fit.robust_errors import Loss, uncertainty
from lively.pages.curve_fit.settings import CurveDataSettings, CurveFitSettings

CONFIDENCE = 0.95
GRID_POINTS = 301
#: Tolerance of `curve_fit` for the Levenberg-Marquardt method.
LM_TOLERANCE = 1.49012e-8


@dataclass(frozen=True, eq=False)
class CurveFit:
    """A fitted curve.

    Attributes
    ----------
    start, values : ndarray of shape (p,)
        Starting values and estimates; the start again where the fit did not converge.
    covariance : ndarray of shape (p, p)
        Infinite without standard errors.
    cost : float
        Total loss of the residuals: the sum of their squares, or of a robust loss.
    ended : bool
        Whether the fit converged.
    flipped : tuple of str
        Parameters whose estimate was negative, although only their square matters.
    bound : tuple of str
        Parameters that ended at a bound.
    freedom : float
        Degrees of freedom of Student's t for the intervals.
    exchanged : bool
        Whether the parameters have been exchanged to match the true ones.
    """

    curve: ParametricCurve
    start: Array
    values: Array
    covariance: Array
    cost: float
    ended: bool
    flipped: tuple[str, ...]
    bound: tuple[str, ...]
    freedom: float
    exchanged: bool = False

    @property
    def errors(self) -> Array:
        """Standard errors of the parameters; infinite if undetermined."""
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
        """Return for each parameter whether there is an interval that contains the true value."""
        return np.isfinite(self.reach) & (np.abs(self.values - truth) <= self.reach)

    def named_as(self, truth: Array) -> "CurveFit":
        """Return the fit with its parameters in the order that is nearer to the true values.

        The curve does not depend on which of two peaks is the first.
        """
        order = list(self.curve.exchanged)
        if not order or _distance(self.values, truth) <= _distance(self.values[order], truth):
            return self
        covariance = self.covariance[np.ix_(order, order)]
        return replace(self, values=self.values[order], covariance=covariance, exchanged=True)

    @property
    def correlation(self) -> Array:
        """Correlation of the estimates; nan without standard errors."""
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
        slopes = jacobian(self.curve, x, self.values)
        variance = np.einsum("ij,jk,ik->i", slopes, self.covariance, slopes)
        quantile = stdtrit(self.freedom, (1 + CONFIDENCE) / 2)
        return np.asarray(quantile * np.sqrt(np.maximum(variance, 0)))


def _distance(values: Array, truth: Array) -> float:
    return float(np.abs(values - truth).sum())


def jacobian(curve: ParametricCurve, x: Array, values: Array) -> Array:
    """Return the derivatives of a curve by its parameters, shape (len(x), p).

    By central differences, whose steps stay positive at a parameter of 0, where scipy's own steps
    vanish and its covariance is infinite or far too small (scipy issue 21995).
    """
    steps = np.diag(1e-6 * np.maximum(np.abs(values), 1e-2))
    column = x[:, None]
    with np.errstate(invalid="ignore"):
        moved: Array = curve(column, values[:, None] + steps)
        moved = moved - curve(column, values[:, None] - steps)
    return np.asarray(moved / (2 * np.diag(steps)))


def running_median(y: Array) -> Array:
    """Return the median of every point and its two neighbours, against single outliers."""
    ends = np.pad(y, 1, mode="edge")
    return np.asarray(np.median([ends[:-2], y, ends[2:]], axis=0))


def starting_values(points: CurvePoints, data: CurveDataSettings, fit: CurveFitSettings) -> Array:
    """Return the starting values: guessed from the points, or from the settings."""
    curve = PARAMETRIC_CURVES[data.curve]
    if fit.start == "automatic":
        return np.array(curve.guess(points.x, running_median(points.y)))
    return np.array([getattr(fit, f"start_{name}") for name in curve.parameters])


def _minimum(
    curve: ParametricCurve, points: CurvePoints, start: Array, loss: Loss, low: Array
) -> Array | None:
    """Return the estimates of scipy's `curve_fit`, or None if it does not converge.

    Levenberg-Marquardt, or a trust region method with bounds or a robust loss, with scipy's default
    limit of evaluations. `least_squares` does the same as `curve_fit` except for the covariance,
    whose warnings cannot be suppressed in a thread.
    """
    plain = loss.name == "linear" and np.all(low == -np.inf)
    options = (
        # curve_fit's own tolerances and limits for this method.
        {"method": "lm", "x_scale": "jac", "ftol": LM_TOLERANCE, "xtol": LM_TOLERANCE,
         "gtol": 1e-15,
         "max_nfev": 100 * (len(start) + 1)}
        if plain
        else {"method": "trf", "x_scale": 1.0, "loss": loss.name, "f_scale": loss.scale,
              "bounds": (low, np.inf)}
    )  # fmt: skip
    try:
        with np.errstate(all="ignore"):
            found = least_squares(
                lambda at: curve.function(points.x, *at) - points.y,
                np.maximum(start, low),
                jac=lambda at: jacobian(curve, points.x, at),
                **options,
            )
    except (ValueError, np.linalg.LinAlgError):
        # The curve is not finite at a step.
        return None
    return np.asarray(found.x) if found.success else None


def fit_from(
    curve: ParametricCurve, points: CurvePoints, start: Array, fit: CurveFitSettings
) -> CurveFit:
    """Fit a curve from starting values.

    First without bounds: a minimum that satisfies the bounds is a minimum with bounds too. Only
    otherwise there is a second search within the bounds.
    """
    loss, names = Loss(fit.loss, fit.f_scale), curve.parameters
    even = np.array([name in curve.even for name in names])
    free, low = np.full(len(start), -np.inf), np.full(len(start), -np.inf)
    if fit.bounds == "positive":
        low[[not name.startswith("centre") for name in names]] = LEAST_WIDTH
    start = np.maximum(start, low)
    found = _minimum(curve, points, start, loss, free)
    inside = found is not None and bool(np.all(np.where(even, np.abs(found), found) >= low))
    if not inside:
        found = _minimum(curve, points, start, loss, low)
    values = start if found is None else np.where(even, np.abs(found), found)
    left = points.y - curve(points.x, values)
    known = uncertainty(jacobian(curve, points.x, values), left, loss)
    if found is None:
        known = replace(known, covariance=np.full_like(known.covariance, np.inf))
    negative = even & (values != (start if found is None else found)) & (low == -np.inf)
    return CurveFit(
        curve,
        start,
        values,
        known.covariance,
        loss.cost(left),
        found is not None,
        tuple(compress(names, negative)),
        tuple(compress(names, (found is not None) & (values - low < LEAST_WIDTH / 10))),
        known.freedom,
    )


@lru_cache(maxsize=16)
def fit_curve(data: CurveDataSettings, fit: CurveFitSettings) -> CurveFit:
    """Fit the curve to the points that the page shows."""
    points = make_points(data)
    start = starting_values(points, data, fit)
    return fit_from(PARAMETRIC_CURVES[data.curve], points, start, fit).named_as(true_values(data))


@lru_cache(maxsize=16)
def best_known(data: CurveDataSettings, fit: CurveFitSettings) -> CurveFit:
    """Return the better of two fits: from the true values, and from the automatic start.

    This is not a global search; there may be a lower minimum elsewhere.
    """
    own = fit_from(PARAMETRIC_CURVES[data.curve], make_points(data), true_values(data), fit)
    fits = [own, fit_curve(data, fit.replace(start="automatic"))]
    return min(fits, key=lambda each: (not each.ended, each.cost))


def curve_inputs() -> Array:
    """Return the inputs at which curves are drawn."""
    return np.linspace(*X_RANGE, GRID_POINTS)
