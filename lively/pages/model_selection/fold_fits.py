"""The present candidate, fitted to all training points, and without each of five folds."""

from dataclasses import dataclass

import numpy as np

from lively.arrays import Array
from lively.learning.cross_validation import shuffled_folds, training_masks
from lively.learning.data_settings import DataSettings
from lively.learning.fast_fits import fast_fitting
from lively.learning.noisy_sample import split_sample
from lively.learning.polynomial_settings import PolynomialSettings
from lively.learning.split import SplitSettings
from lively.pages.model_selection.batched_fits import fit_candidates
from lively.pages.model_selection.candidates import CandidateFamily
from lively.pages.model_selection.generalization_error import (
    expected_error,
    mean_over_x,
    quadrature_inputs,
    true_values,
)

GRID_POINTS = 301


@dataclass(frozen=True, eq=False)
class CandidateFit:
    """The present candidate, fitted.

    Attributes
    ----------
    grid, curve : ndarray of shape (GRID_POINTS,)
        Inputs over the x range, and the predictions of the fit on all training points.
    without : ndarray of shape (5, GRID_POINTS)
        Predictions of the fits without each of five folds.
    test : ndarray
        Predictions for the test points.
    true_r2, most_r2 : float
        Expected R² of this fit and of the true function on new points.
    converged : bool
        Whether all these fits met their optimality conditions.
    """

    grid: Array
    curve: Array
    without: Array
    test: Array
    true_r2: float
    most_r2: float
    converged: bool


def fit_candidate(
    data: DataSettings, split: SplitSettings, model: PolynomialSettings, fold_seed: int
) -> CandidateFit:
    """Fit `model` to all training points, and without each of five folds."""
    parts, (family, place) = split_sample(data, split), CandidateFamily.at(model)
    x, y = parts.train.x, parts.train.y
    masks = training_masks(
        len(x), [np.array([], dtype=np.intp), *shuffled_folds(len(x), 5, fold_seed)]
    )
    grid = np.linspace(*data.x_range, GRID_POINTS)
    with fast_fitting():
        nodes = quadrature_inputs(data)
        at = np.concatenate([grid, nodes, parts.test.x])
        fitted = fit_candidates(family, x, y, masks, at)
    found = fitted.predictions[:, place]
    curves, unseen, test = np.split(found, [GRID_POINTS, GRID_POINTS + len(nodes)], axis=1)
    # The error of a constant prediction, the mean, is the variance of y.
    total = expected_error(data, np.full(len(nodes), mean_over_x(data, true_values(data))))
    left = expected_error(data, unseen[0])
    r2 = float(1 - left / total) if total > 0 else float(left == 0)
    most = float(1 - data.noise**2 / total) if total > 0 else 1.0
    return CandidateFit(
        grid, curves[0], curves[1:], test[0], r2, most, bool(fitted.converged[:, place].all())
    )
