"""Degrees of freedom of candidates, and the variance of their predictions."""

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array
from lively.learning.degrees_of_freedom import elastic_net_degrees_of_freedom
from lively.learning.elastic_net import fit_elastic_net
from lively.learning.least_squares import fit_ridge_path
from lively.learning.polynomial_features import ScaledPowers
from lively.pages.model_selection.candidates import CandidateFamily

#: Singular values below this share of the largest count as zero.
DEPENDENT = 1e-12


def _active(
    family: CandidateFamily, Z: Array, y: Array, place: int
) -> tuple[NDArray[np.bool_], float]:
    """Return which columns a candidate uses, and the weight of its squared coefficients."""
    columns = np.arange(Z.shape[1])
    if family.penalty == "none":
        return columns < family.values[place], 0.0
    weight = float(family.values[place])
    if family.penalty == "ridge":
        return columns >= 0, weight
    found = fit_elastic_net(Z, y - y.mean(), np.array([weight]), family.l1_ratio)
    return found.coefficients[:, 0] != 0, len(y) * weight * (1 - family.l1_ratio)


def candidate_degrees_of_freedom(family: CandidateFamily, x: Array, y: Array) -> Array:
    """Return the candidates' degrees of freedom without the intercept; shape (candidates,).

    Without a penalty, the degree.
    """
    if family.penalty == "none":
        return family.values
    Z, centred = ScaledPowers.of(x, family.degree)(x), y - y.mean()
    if family.penalty == "ridge":
        fits = fit_ridge_path(Z[None], centred[None], family.values)
        return np.asarray(fits.degrees_of_freedom[0])
    coefficients, _ = fit_elastic_net(Z, centred, family.values, family.l1_ratio)
    return elastic_net_degrees_of_freedom(Z, coefficients, family.values, family.l1_ratio)


def prediction_variance(
    family: CandidateFamily, place: int, x: Array, y: Array, at: Array
) -> Array:
    """Return the variance of a candidate's predictions, in units of the noise variance.

    The sum of the squared weights of the observations in a prediction; of a LASSO or an
    elastic net, over the coefficients that are not zero. Within the training inputs it is about the
    number of parameters over the number of points; outside them it grows quickly.

    Parameters
    ----------
    family : CandidateFamily
    place : int
        Index of the candidate.
    x, y : ndarray of shape (n,)
        Training points.
    at : ndarray of shape (m,)

    Returns
    -------
    ndarray of shape (m,)
    """
    powers = ScaledPowers.of(x, family.degree)
    Z, other = powers(x), powers(at)
    columns, weight = _active(family, Z, y, place)
    variance = np.full(len(at), 1 / len(x))
    if columns.any():
        _, sizes, axes = np.linalg.svd(Z[:, columns], full_matrices=False)
        firm = sizes > DEPENDENT * sizes[0]
        shrunk = sizes[firm] / (sizes[firm] ** 2 + weight)
        variance += ((other[:, columns] @ axes[firm].T * shrunk) ** 2).sum(axis=1)
    return variance
