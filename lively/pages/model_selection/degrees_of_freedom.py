"""How freely candidates follow the training points: degrees of freedom, and leverage."""

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array
from lively.learning.elastic_net import fit_elastic_net
from lively.pages.model_selection.batched_fits import scaled_powers_of_folds
from lively.pages.model_selection.candidates import CandidateFamily

#: Singular values below this share of the largest count as zero.
RANK = 1e-12


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


def degrees_of_freedom(family: CandidateFamily, x: Array, y: Array) -> Array:
    """Return the candidates' effective numbers of slopes; shape (candidates,).

    Without a penalty, the degree. Of ridge, the trace of the matrix that takes observations to
    predictions (Hastie, Tibshirani and Friedman, 2009, section 3.4.1). Of the LASSO, the number of
    coefficients that are not zero (Zou, Hastie and Tibshirani, "On the degrees of freedom of the
    lasso", *Annals of Statistics* 35, 2007); of an elastic net, ridge's trace over those
    (Tibshirani and Taylor, "Degrees of freedom in lasso problems", *Annals of Statistics* 40,
    2012).
    """
    if family.penalty == "none":
        return family.values
    Z = scaled_powers_of_folds(x, np.ones((1, len(x)), dtype=bool), family.degree, x)[0][0]
    if family.penalty == "ridge":
        sizes = np.maximum(np.linalg.eigvalsh(Z.T @ Z), 0)
        return np.asarray((sizes[:, None] / (sizes[:, None] + family.values)).sum(axis=0))
    slopes = fit_elastic_net(Z, y - y.mean(), family.values, family.l1_ratio).coefficients
    found = []
    for weight, column in zip(family.values, slopes.T, strict=True):
        active = Z[:, column != 0]
        if family.l1_ratio == 1 or not active.size:
            found.append(float(active.shape[1]))
            continue
        sizes = np.maximum(np.linalg.eigvalsh(active.T @ active), 0)
        found.append(float(np.sum(sizes / (sizes + weight * (1 - family.l1_ratio) * len(y)))))
    return np.array(found)


def prediction_variance(
    family: CandidateFamily, place: int, x: Array, y: Array, at: Array
) -> Array:
    """Return by how much, in noise variances, a candidate's prediction varies with the noise.

    The sum of the squared weights that a prediction gives to the observations; of a LASSO or an
    elastic net, over the coefficients that are not zero. Within the training inputs it is about the
    number of parameters over the number of points; outside them it grows fast.

    Parameters
    ----------
    family : Family
    place : int
        The candidate.
    x, y : ndarray of shape (n,)
        Training points.
    at : ndarray of shape (m,)

    Returns
    -------
    ndarray of shape (m,)
    """
    Z, other = (
        part[0]
        for part in scaled_powers_of_folds(x, np.ones((1, len(x)), dtype=bool), family.degree, at)
    )
    columns, weight = _active(family, Z, y, place)
    found = np.full(len(at), 1 / len(x))
    if columns.any():
        _, sizes, axes = np.linalg.svd(Z[:, columns], full_matrices=False)
        firm = sizes > RANK * sizes[0]
        shrunk = sizes[firm] / (sizes[firm] ** 2 + weight)
        found += ((other[:, columns] @ axes[firm].T * shrunk) ** 2).sum(axis=1)
    return found
