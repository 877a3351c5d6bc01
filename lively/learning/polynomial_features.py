"""Powers of x as the models take them: moved to -1..1, raised, and scaled."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from lively.arrays import Array

#: Where x is moved before its powers are taken. Powers of numbers about 4.5, say, are all but the
#: same; taken of them as they are, least squares would lose training R² as the degree grows.
UNIT_INTERVAL = (-1.0, 1.0)


@dataclass(frozen=True)
class ScaledPowers:
    """What MinMaxScaler, PolynomialFeatures and StandardScaler make of x, one after the other.

    Written out, since the three transformers' own checks would take most of a frame. Several
    training sets may be taken at once, along the first axis.

    Attributes
    ----------
    low, span : float, or ndarray of shape (sets, 1)
        Smallest training input, and the distance to the largest; 1 if there is none.
    mean, scale : ndarray of shape (degree,), or (sets, 1, degree)
        Means and standard deviations of the training inputs' powers. A power that is constant but
        for rounding has the scale 1, as in StandardScaler.
    """

    low: float | Array
    span: float | Array
    mean: Array
    scale: Array

    @classmethod
    def of(cls, x: Array, degree: int) -> Self:
        """Fit to the training inputs `x`, of shape (n,) or (sets, n)."""
        several = x.ndim > 1
        low, span = x.min(axis=-1, keepdims=several), np.ptp(x, axis=-1, keepdims=several)
        span = np.where(span == 0, 1.0, span) if several else float(span) or 1.0
        powers = cls(low, span, np.zeros(degree), np.ones(degree)).of_unit(x)
        mean, scale = (moment(powers, axis=-2, keepdims=several) for moment in (np.mean, np.std))
        scale[scale <= x.shape[-1] * np.abs(mean) * np.finfo(np.float64).eps] = 1.0
        return cls(low, span, mean, scale)

    def of_unit(self, x: Array) -> Array:
        """Return the powers of `x` moved to UNIT, not scaled yet; shape (*x.shape, degree)."""
        start, end = UNIT_INTERVAL
        unit = start + (end - start) * (x - self.low) / self.span
        degree = self.mean.shape[-1]
        repeated = np.broadcast_to(unit[..., None], (*unit.shape, degree))
        return np.asarray(np.multiply.accumulate(repeated, axis=-1))

    def __call__(self, x: Array) -> Array:
        """Return the scaled powers of `x`; shape (*x.shape, degree)."""
        scaled: Array = (self.of_unit(x) - self.mean) / self.scale
        return scaled

    def polynomial(self, intercept: float, coefficients: Array) -> Array:
        """Return the coefficients of 1, x, x², … from those of the scaled powers.

        Parameters
        ----------
        intercept : float
        coefficients : ndarray of shape (degree,)

        Returns
        -------
        ndarray of shape (degree + 1,)
        """
        slopes = coefficients / self.scale
        in_unit = np.polynomial.Polynomial([intercept - slopes @ self.mean, *slopes])
        start, end = UNIT_INTERVAL
        rate = (end - start) / self.span
        return np.asarray(in_unit(np.polynomial.Polynomial([start - rate * self.low, rate])).coef)


def legendre_features(x: Array, x_range: tuple[float, float], degree: int) -> Array:
    """Return Legendre polynomials of `x`, scaled so that the smallest coefficients mean calm.

    With f the sum of c_k features, the sum of the c_k² is the mean of (1 - t²) f'(t)² over the
    range of x, moved to t in -1..1: half the integral, by the differential equation of the
    polynomials. Of all curves through all points, the fit of smallest norm is the calmest.

    Returns
    -------
    ndarray of shape (*x.shape, degree + 1)
        The constant first, which costs nothing.
    """
    low, high = x_range
    order = np.arange(1, degree + 1)
    scale = np.concatenate([[1.0], np.sqrt((2 * order + 1) / (order * (order + 1.0)))])
    unit = np.clip((2 * x - low - high) / (high - low), -1, 1)
    return np.asarray(np.polynomial.legendre.legvander(unit, degree) * scale)


def powers_with_intercept(x: Array, of: Array, degree: int) -> Array:
    """Return 1 and the powers of `x`, scaled as the training inputs `of` have it."""
    powers = ScaledPowers.of(of, degree)(x)
    return np.concatenate([np.ones_like(powers[..., :1]), powers], axis=-1)
