"""Losses of a residual, and how certain the estimates are that minimize them.

Under squares, standard errors are s² (G'G)⁻¹ with Student's t, as scipy has them; G holds the
derivatives of the curve by its parameters. Under another loss they are a sandwich for M-estimators
(Huber, *Robust Statistics*, 1981, section 7.6): τ² (G'G)⁻¹ with τ² = E ψ² / (E ψ')², where ψ is the
derivative of the loss. scipy's own covariance knows nothing of ψ and is wrong there.

On few points both means are wrong if they are taken over the residuals, since a fit moves towards
its own points. An error is a residual plus what the fitted curve is off there, whose variance is
τ² times the leverage of the point; so the means are taken over residuals that are spread as far.
For squares that gives the n − p degrees of freedom exactly. Those of t follow from how well τ² is
known (Satterthwaite, *Biometrics Bulletin* 2, 1946). Measured: `docs/numbers/curve_fit.md`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from lively.arrays import Array

#: Condition number of the scaled gradient from which on the parameters are not determined.
LARGEST_CONDITION = 1e7
#: Standard normal deviates of equal weight, by which residuals are spread; their variance is 1.
DEVIATES = ndtri((np.arange(20) + 0.5) / 20)
DEVIATES = DEVIATES / DEVIATES.std()
#: Steps after which the search for τ stops, and the relative change that ends it.
STEPS, CLOSE = 50, 1e-4


@dataclass(frozen=True)
class Loss:
    """A loss as `scipy.optimize.least_squares` has it.

    Parameters
    ----------
    name : str
        One of scipy's names.
    scale : float
        The residual from which on it grows more slowly, in the unit of y.
    """

    name: str
    scale: float

    def cost(self, residuals: Array) -> float:
        """Return what residuals cost in all: twice what scipy counts; the sum of their squares."""
        if self.name == "linear":
            return float(residuals @ residuals)
        z = (residuals / self.scale) ** 2
        match self.name:
            case "soft_l1":
                z = 2 * (np.sqrt(1 + z) - 1)
            case "huber":
                z = np.where(z <= 1, z, 2 * np.sqrt(z) - 1)
            case "cauchy":
                z = np.log1p(z)
        return float(self.scale**2 * z.sum())

    def influence(self, residuals: Array) -> tuple[Array, Array]:
        """Return ψ, the derivative of half a residual's cost, and its own derivative ψ'."""
        z = (residuals / self.scale) ** 2
        match self.name:
            case "soft_l1":
                return residuals / np.sqrt(1 + z), (1 + z) ** -1.5
            case "huber":
                return np.clip(residuals, -self.scale, self.scale), (z <= 1).astype(float)
            case "cauchy":
                return residuals / (1 + z), (1 - z) / (1 + z) ** 2
        return residuals, np.ones_like(residuals)


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Covariance of estimates, and the degrees of freedom of Student's t for their intervals.

    Attributes
    ----------
    covariance : ndarray of shape (p, p)
        Infinite where the points do not determine the parameters.
    freedom : float
    """

    covariance: Array
    freedom: float


def has_full_rank(slopes: Array) -> bool:
    """Say whether no column of a gradient is a combination of the others, or nearly one."""
    sizes = np.linalg.norm(slopes, axis=0)
    if not (np.all(np.isfinite(sizes)) and np.all(sizes > 0)):
        return False
    return bool(np.linalg.cond(slopes / sizes) < LARGEST_CONDITION)


def uncertainty(slopes: Array, residuals: Array, loss: Loss) -> Uncertainty:
    """Return the covariance of estimates, and the degrees of freedom of their intervals.

    Parameters
    ----------
    slopes : ndarray of shape (n, p)
        Derivatives of the curve by its parameters, at the estimates.
    residuals : ndarray of shape (n,)
    loss : Loss
        What the estimates minimize.
    """
    n, p = slopes.shape
    if not (np.all(np.isfinite(residuals)) and has_full_rank(slopes)):
        return Uncertainty(np.full((p, p), np.inf), n - p)
    sizes = np.linalg.norm(slopes, axis=0)
    basis, triangle = np.linalg.qr(slopes / sizes)
    half = np.linalg.inv(triangle) / sizes[:, None]
    unscaled = half @ half.T
    if loss.name == "linear":
        return Uncertainty(residuals @ residuals / (n - p) * unscaled, n - p)
    tau, freedom = _spread(residuals, np.sum(basis**2, axis=1), p, loss)
    return Uncertainty(tau**2 * unscaled, freedom)


def _spread(residuals: Array, leverage: Array, p: int, loss: Loss) -> tuple[float, float]:
    """Return τ and its degrees of freedom."""
    n = len(residuals)
    # The scale of the errors, from the median: outliers do not count. No curve is taken to be
    # further off than that of squares would be, since τ would grow without limit where nearly no
    # residual is within the loss's scale.
    scale = float(np.median(np.abs(residuals))) / ndtri(0.75) * np.sqrt(n / (n - p))
    tau = scale
    for _ in range(STEPS):
        reach = min(tau, scale) * np.sqrt(leverage)
        errors = residuals[:, None] + reach[:, None] * DEVIATES
        psi, slope = loss.influence(errors)
        squares, slopes = np.mean(psi**2, axis=1), np.mean(slope, axis=1)
        if slopes.mean() <= 0:
            # Too few errors near 0 to see the slope there. For normal errors it is E ψ e / σ²
            # (Stein, Annals of Statistics 9, 1981), which cannot be negative.
            slopes = np.mean(psi * errors, axis=1) / scale**2
        before, tau = tau, float(np.sqrt(squares.mean()) / slopes.mean())
        if abs(tau - before) <= CLOSE * tau:
            break
    if tau == 0:
        return tau, n - p
    # What each point adds to the logarithm of τ²; squares of normal errors have variance 2.
    share = squares / squares.mean() - 2 * slopes / slopes.mean()
    return tau, float(np.clip(2 * (n - p) / max(np.var(share), 1e-300), 1, n - p))
