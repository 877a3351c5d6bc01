"""Polynomial regression on the training points, with scikit-learn's objectives."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lively.arrays import Array
from lively.learning.data_settings import DataSettings
from lively.learning.elastic_net import PenalizedFits, fit_elastic_net
from lively.learning.fast_fits import fast_fitting
from lively.learning.least_squares import fit_least_squares, fit_ridge_path
from lively.learning.noisy_sample import split_sample
from lively.learning.polynomial_features import ScaledPowers
from lively.learning.polynomial_settings import PolynomialSettings
from lively.learning.scores import Score, score
from lively.learning.split import SplitSettings

GRID_POINTS = 401


@dataclass(frozen=True)
class Fit:
    """A fitted model and its predictions.

    Attributes
    ----------
    powers : ScaledPowers
        The features, scaled by the training points.
    coefficients : ndarray of shape (degree,)
        Of the scaled powers.
    alpha : float or None
        Weight of the penalty, set or chosen; None without a penalty.
    converged : bool
        Whether the coefficients meet the optimality conditions.
    grid, curve : ndarray of shape (GRID_POINTS,)
        Inputs over the x range, and the predictions there.
    train_predicted, test_predicted : ndarray
        Predictions for the training and the test points.
    train, test : Score
    """

    powers: ScaledPowers
    intercept: float
    coefficients: Array
    alpha: float | None
    converged: bool
    grid: Array
    curve: Array
    train_predicted: Array
    test_predicted: Array
    train: Score
    test: Score

    def polynomial(self) -> Array:
        """Return the coefficients of 1, x, x², … in the user's own x; shape (degree + 1,)."""
        return self.powers.polynomial(self.intercept, self.coefficients)


def solve(model: PolynomialSettings, Z: Array, y: Array, alphas: Array) -> PenalizedFits:
    """Fit all columns of `Z` with the model's penalty, at each weight.

    Parameters
    ----------
    model : PolynomialSettings
        Its penalty and L1 ratio.
    Z : ndarray of shape (n, p)
    y : ndarray of shape (n,)
        Centred.
    alphas : ndarray of shape (k,)
        Weights of the penalty; without a penalty, only their number is used.
    """
    match model.penalty:
        case "lasso" | "elastic":
            return fit_elastic_net(Z, y, alphas, model.l1_share)
        case "ridge":
            coefficients = fit_ridge_path(Z[None], y[None], alphas).coefficients[0].T
        case _:
            solution = fit_least_squares(Z[None], y[None]).coefficients[0]
            coefficients = np.repeat(solution.T, len(alphas), axis=1)
    return PenalizedFits(coefficients, np.ones(len(alphas), dtype=bool))


@lru_cache(maxsize=32)
def fit_model(
    data: DataSettings,
    split: SplitSettings,
    model: PolynomialSettings,
    alpha: float | None = None,
) -> Fit:
    """Fit the model on the training points and predict everything that is shown.

    Parameters
    ----------
    data, split, model : settings
    alpha : float or None
        Weight of the penalty; that of `model` if None.
    """
    parts = split_sample(data, split)
    x, y = parts.train.x, parts.train.y
    powers, intercept = ScaledPowers.of(x, model.degree), float(y.mean())
    weight = model.alpha if alpha is None else alpha
    with fast_fitting():
        solution = solve(model, powers(x), y - intercept, np.array([weight]))
        found = solution.coefficients[:, 0]
        grid = np.linspace(*data.x_range, GRID_POINTS)
        curve, train, test = (
            intercept + powers(values) @ found for values in (grid, x, parts.test.x)
        )
    return Fit(
        powers=powers,
        intercept=intercept,
        coefficients=found,
        alpha=None if model.penalty == "none" else weight,
        converged=bool(solution.converged[0]),
        grid=grid,
        curve=curve,
        train_predicted=train,
        test_predicted=test,
        train=score(y, train),
        test=score(parts.test.y, test),
    )
