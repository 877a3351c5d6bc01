"""Loss functions, and the covariance of the estimates that minimize them.

For least squares the covariance is s² (G'G)⁻¹ with Student's t, as in scipy; G holds the
derivatives of the curve by its parameters. For another loss it is the sandwich estimator of
M-estimators (Huber, *Robust Statistics*, 1981, section 7.6): τ² (G'G)⁻¹ with τ² = E ψ² / (E ψ')²,
where ψ is the derivative of the loss. scipy's own covariance ignores ψ and is wrong there.

On few points, means over the residuals are biased, since residuals are smaller than errors. An
error is a residual plus the error of the fitted curve there, whose variance is τ² times the
leverage of the point; so the means are taken over residuals plus normal deviates of that variance.
For least squares that gives n − p degrees of freedom exactly. The degrees of freedom of t follow
from the variance of τ² (Satterthwaite, *Biometrics Bulletin* 2, 1946). Measured:
`docs/numbers/curve_fit.md`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from lively.arrays import Array

#: Condition number of the scaled gradient from which on the parameters are not determined.
LARGEST_CONDITION = 1e7
#: Standard normal deviates of equal weight that are added to residuals; their variance is 1.
DEVIATES = ndtri((np.arange(20) + 0.5) / 20)
DEVIATES = DEVIATES / DEVIATES.std()
#: Maximum number of iterations for τ, and the relative change at which they stop.
MAX_ITERATIONS, TAU_TOLERANCE = 50, 1e-4


@dataclass(frozen=True)
class Loss:
    """A loss function of `scipy.optimize.least_squares`.

    Parameters
    ----------
    name : str
        One of scipy's names.
    scale : float
        The residual above which it grows more slowly, in the unit of y.
    """

    name: str
    scale: float

    def cost(self, residuals: Array) -> float:
        """Return the total loss, the sum of squares for a linear loss: twice scipy's cost."""
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
        """Return ψ, the derivative of half the loss of each residual, and its derivative ψ'."""
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
        Infinite if the points do not determine the parameters.
    freedom : float
    """

    covariance: Array
    freedom: float


def has_full_rank(slopes: Array) -> bool:
    """Return whether the columns of a gradient are linearly independent, numerically."""
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
        The loss that the estimates minimize.
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
    # The scale of the errors from the median, which outliers hardly change. It also bounds the
    # error of the curve, since τ would grow without limit where nearly no residual is within the
    # scale of the loss.
    scale = float(np.median(np.abs(residuals))) / ndtri(0.75) * np.sqrt(n / (n - p))
    tau = scale
    for _ in range(MAX_ITERATIONS):
        reach = min(tau, scale) * np.sqrt(leverage)
        errors = residuals[:, None] + reach[:, None] * DEVIATES
        psi, slope = loss.influence(errors)
        squares, slopes = np.mean(psi**2, axis=1), np.mean(slope, axis=1)
        if slopes.mean() <= 0:
            # Too few errors near 0 to estimate E ψ'. For normal errors it is E ψ e / σ² (Stein,
            # Annals of Statistics 9, 1981), which cannot be negative.
            slopes = np.mean(psi * errors, axis=1) / scale**2
        before, tau = tau, float(np.sqrt(squares.mean()) / slopes.mean())
        if abs(tau - before) <= TAU_TOLERANCE * tau:
            break
    if tau == 0:
        return tau, n - p
    # Contribution of each point to the logarithm of τ²; squares of normal errors have variance 2.
    share = squares / squares.mean() - 2 * slopes / slopes.mean()
    return tau, float(np.clip(2 * (n - p) / max(np.var(share), 1e-300), 1, n - p))
