"""Whether the 95 % intervals are reliable for data sets of one kind, by theory.

From the true values: the expected standard errors, the bias relative to them, and whether the curve
is nearly enough linear in its parameters that intervals of the form estimate ± t · standard error
cover as stated. `docs/numbers/curve_fit.md` compares that with counted shares.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.special import ndtri, stdtrit

from lively.arrays import Array
from lively.pages.curve_fit.data import LEAST_OFF, MEAN_OFF, make_points, true_values
from lively.pages.curve_fit.model import CONFIDENCE, jacobian
from lively.pages.curve_fit.parametric_curves import LEAST_WIDTH, PARAMETRIC_CURVES
from lively.pages.curve_fit.robust_errors import Loss, has_full_rank
from lively.pages.curve_fit.settings import CurveDataSettings, CurveFitSettings

#: Quantiles of standard normal noise, and of the distances of outliers.
NOISE = ndtri((np.arange(201) + 0.5) / 201)
OFF = LEAST_OFF - MEAN_OFF * np.log1p(-(np.arange(20) + 0.5) / 20)
#: Bias in standard errors from which a 95 % interval covers less than 93 %.
BIAS = 0.4
#: Shift of an interval's end due to nonlinearity, as a share of its half length, that is too large.
BEND = 0.2
#: Leverage of a point times the share of outliers above which a robust loss does not resist them.
EXPOSED = 0.065
#: With at most this number of outliers, the errors are too far from normal for least squares at a
#: leverage above the second.
FEW_OUTLIERS, MAX_LEVERAGE = 2, 0.1
#: Distance of a true value from its bound, in standard errors, below which the bound is likely to
#: be reached.
NEAR = 2


@dataclass(frozen=True, eq=False)
class IntervalChecks:
    """Expected properties of the estimates; arrays of shape (p,).

    Attributes
    ----------
    errors : ndarray
        Standard errors; infinite where the points do not determine the parameters.
    bias : ndarray
        Effect of the noise mean on an estimate, in standard errors.
    bend : ndarray
        Shift of an interval's end due to the nonlinearity of the curve, as a share of the half
        length: Bates and Watts' parameter-effects curvature (*Journal of the Royal
        Statistical Society B* 42, 1980) in the direction that matters for each parameter.
    near : ndarray of bool
        Whether the true value is near its bound.
    exposed : bool
        Whether outliers are likely to fall on the few points that determine the curve.
    """

    errors: Array
    bias: Array
    bend: Array
    near: Array
    exposed: bool

    @property
    def biased(self) -> bool:
        """Whether the noise mean makes the coverage of an interval too low."""
        return bool(np.any(self.bias > BIAS))

    @property
    def bent(self) -> bool:
        """Whether the curve is too nonlinear over an interval."""
        return bool(np.any(self.bend > BEND))


def asymptotic_deviation(data: CurveDataSettings, loss: Loss) -> float:
    """Return τ of a loss for the true distribution of the errors.

    τ² = E ψ² / (E ψ')², as in `robust_errors`; for least squares τ is the standard deviation of the
    errors.
    """
    share = round(data.outliers * data.samples) / data.samples
    inlying = data.noise * NOISE
    outlying = np.ravel(inlying[:, None] + np.concatenate([OFF, -OFF]))
    square = slope = 0.0
    for weight, errors in ((1 - share, inlying), (share, outlying)):
        psi, derivative = loss.influence(errors)
        square += weight * float(np.mean(psi**2))
        slope += weight * float(np.mean(derivative))
    return float(np.sqrt(square) / slope) if slope > 0 else np.inf


def _exposed(data: CurveDataSettings, fit: CurveFitSettings, leverage: float) -> bool:
    outliers = round(data.outliers * data.samples)
    if fit.loss == "linear":
        return 0 < outliers <= FEW_OUTLIERS and leverage > MAX_LEVERAGE
    return leverage * outliers / data.samples > EXPOSED


@lru_cache(maxsize=16)
def check_intervals(data: CurveDataSettings, fit: CurveFitSettings) -> IntervalChecks:
    """Return the expected properties of the estimates for these settings."""
    curve, truth, x = PARAMETRIC_CURVES[data.curve], true_values(data), make_points(data).x
    slopes, p = jacobian(curve, x, truth), len(truth)
    tau = asymptotic_deviation(data, Loss(fit.loss, fit.f_scale))
    if not (has_full_rank(slopes) and np.isfinite(tau)):
        unknown = np.full(p, np.inf)
        return IntervalChecks(unknown, np.zeros(p), unknown, np.zeros(p, dtype=bool), False)
    back = np.linalg.pinv(slopes)
    covariance, leverage = back @ back.T, float(np.max(np.sum(slopes * back.T, axis=1)))
    errors = tau * np.sqrt(np.diag(covariance))
    with np.errstate(divide="ignore", invalid="ignore"):
        bias = np.nan_to_num(np.abs(back.sum(axis=1) * data.noise_mean) / errors, nan=0)
    low = np.array([not name.startswith("centre") for name in curve.parameters])
    near = (fit.bounds == "positive") & low & (truth - LEAST_WIDTH < NEAR * errors)
    reach = stdtrit(len(x) - p, (1 + CONFIDENCE) / 2) * errors
    bend = np.zeros(p)
    for k in np.flatnonzero(reach > 0):
        step = reach[k] * covariance[:, k] / covariance[k, k]
        for sign in (1, -1):
            moved = curve(x, truth + sign * step) - curve(x, truth) - sign * slopes @ step
            # Where the curve is not finite, it is not linear.
            shift = back[k] @ moved if np.all(np.isfinite(moved)) else np.inf
            bend[k] = max(bend[k], abs(shift) / reach[k])
    return IntervalChecks(errors, bias, bend, near, _exposed(data, fit, leverage))
