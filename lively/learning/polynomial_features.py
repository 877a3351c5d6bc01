"""Powers of x as the models take them: mapped to -1..1, raised, and standardized."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array

#: Where x is mapped before its powers are taken. Powers of numbers near 4.5, say, are nearly
#: proportional to each other; least squares on them would lose training R² as the degree grows.
UNIT_INTERVAL = (-1.0, 1.0)


@dataclass(frozen=True)
class ScaledPowers:
    """The features that MinMaxScaler, PolynomialFeatures and StandardScaler make of x in turn.

    Written out, since the checks of the three transformers would take most of a frame, and so that
    one call serves several training sets.

    Attributes
    ----------
    low, span : ndarray of shape (1,), or (sets, 1)
        Smallest training input, and the distance to the largest; 1 if all inputs are equal.
    mean, scale : ndarray of shape (1, degree), or (sets, 1, degree)
        Means and standard deviations of the powers of the training inputs. A power that is constant
        up to rounding has the scale 1, as in StandardScaler.
    """

    low: Array
    span: Array
    mean: Array
    scale: Array

    @classmethod
    def of(cls, x: Array, degree: int, fitted: NDArray[np.bool_] | None = None) -> Self:
        """Fit to training inputs.

        Parameters
        ----------
        x : ndarray of shape (n,) or (sets, n)
        degree : int
        fitted : ndarray of bool, shape (sets, n), optional
            Which of the inputs belong to each training set; all by default.
        """
        fitted = np.ones(x.shape, dtype=bool) if fitted is None else fitted
        low = np.where(fitted, x, np.inf).min(axis=-1, keepdims=True)
        span = np.where(fitted, x, -np.inf).max(axis=-1, keepdims=True) - low
        span[span == 0] = 1.0
        powers = cls(low, span, np.zeros(degree), np.ones(degree)).unscaled(x)
        count = fitted.sum(axis=-1)[..., None, None]
        included = fitted[..., None, :].astype(np.float64)
        mean = included @ powers / count
        scale = np.sqrt(included @ (powers - mean) ** 2 / count)
        scale[scale <= count * np.abs(mean) * np.finfo(np.float64).eps] = 1.0
        return cls(low, span, mean, scale)

    def unscaled(self, x: Array) -> Array:
        """Return the powers of `x` mapped to -1..1, not standardized; shape (..., m, degree)."""
        start, end = UNIT_INTERVAL
        unit = start + (end - start) * (x - self.low) / self.span
        powers = np.empty((*unit.shape, self.mean.shape[-1]))
        powers[..., 0] = unit
        for place in range(1, powers.shape[-1]):
            np.multiply(powers[..., place - 1], unit, out=powers[..., place])
        return powers

    def __call__(self, x: Array) -> Array:
        """Return the standardized powers of `x`.

        Parameters
        ----------
        x : ndarray of shape (m,), or (sets or 1, m)

        Returns
        -------
        ndarray of shape (m, degree), or (sets, m, degree)
        """
        powers = self.unscaled(x)
        powers -= self.mean
        powers /= self.scale
        return powers

    def polynomial(self, intercept: float, coefficients: Array) -> Array:
        """Return the coefficients of 1, x, x², … from those of the powers of one training set.

        Parameters
        ----------
        intercept : float
        coefficients : ndarray of shape (degree,)

        Returns
        -------
        ndarray of shape (degree + 1,)
        """
        slopes = coefficients / self.scale[0]
        in_unit = np.polynomial.Polynomial([intercept - slopes @ self.mean[0], *slopes])
        start, end = UNIT_INTERVAL
        rate = (end - start) / self.span[0]
        mapped = np.polynomial.Polynomial([start - rate * self.low[0], rate])
        return np.asarray(in_unit(mapped).coef)


def legendre_features(x: Array, x_range: tuple[float, float], degree: int) -> Array:
    """Return Legendre polynomials of `x`, scaled so that small coefficients mean a smooth curve.

    With f the sum of c_k features, the sum of the c_k² is the mean of (1 - t²) f'(t)² over the
    range of x, mapped to t in -1..1: half the integral, by the differential equation of the
    polynomials. Of all curves through all points, the fit of smallest norm is the smoothest.

    Returns
    -------
    ndarray of shape (*x.shape, degree)
        Without the constant polynomial.
    """
    low, high = x_range
    order = np.arange(1, degree + 1)
    scale = np.sqrt((2 * order + 1) / (order * (order + 1.0)))
    unit = np.clip((2 * x - low - high) / (high - low), -1, 1)
    return np.asarray(np.polynomial.legendre.legvander(unit, degree)[..., 1:] * scale)
