"""Effective degrees of freedom of penalized fits, without the intercept."""

import numpy as np

from lively.arrays import Array

#: Singular values below this share of the largest count as zero.
DEPENDENT = 1e-10


def ridge_degrees_of_freedom(Z: Array, weight: float) -> float:
    """Return the trace of the matrix that takes observations to ridge's predictions.

    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 3.4.1.

    Parameters
    ----------
    Z : ndarray of shape (n, p)
        Centred features, or the R of their QR decomposition.
    weight : float
        Weight of the squared coefficients; 0 for least squares, whose trace is the rank.
    """
    size = np.linalg.svd(Z, compute_uv=False)
    squares = size[size > DEPENDENT * size.max(initial=0.0)] ** 2
    return float(np.sum(squares / (squares + weight)))


def elastic_net_degrees_of_freedom(
    Z: Array, coefficients: Array, alphas: Array, l1_ratio: float
) -> Array:
    """Estimate the degrees of freedom of a LASSO or an elastic net, without bias.

    Of a LASSO, the number of coefficients that are not zero (Zou, Hastie and Tibshirani, "On the
    degrees of freedom of the lasso", *Annals of Statistics* 35, 2007); of an elastic net, ridge's
    trace over those (Tibshirani and Taylor, "Degrees of freedom in lasso problems", *Annals of
    Statistics* 40, 2012).

    Parameters
    ----------
    Z : ndarray of shape (n, p)
        Standardized features.
    coefficients : ndarray of shape (p, k)
    alphas : ndarray of shape (k,)
        As scikit-learn counts them: beside a mean of squared errors.
    l1_ratio : float

    Returns
    -------
    ndarray of shape (k,)
    """
    if l1_ratio == 1:
        return np.asarray(np.sum(coefficients != 0, axis=0, dtype=np.float64))
    R = np.asarray(np.linalg.qr(Z, mode="r"))
    weights = len(Z) * alphas * (1 - l1_ratio)
    return np.array(
        [
            ridge_degrees_of_freedom(R[:, column != 0], float(weight))
            for column, weight in zip(coefficients.T, weights, strict=True)
        ]
    )
