"""Sample and settings in, fit out: polynomial regression as scikit-learn does it."""

import math
import warnings
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.linalg import solve_triangular
from sklearn.base import RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import (
    ElasticNet,
    ElasticNetCV,
    LassoCV,
    RidgeCV,
)
from sklearn.model_selection import KFold

from lively.data.regression import split_sample
from lively.models.shared import fast
from lively.powers import ScaledPowers
from lively.settings.regression import DataSettings, ModelSettings, PolynomialSettings
from lively.settings.shared import SplitSettings
from lively.truths import Array

#: What cross-validation chooses from: two values of alpha a decade, over the slider's whole range.
ALPHAS = np.logspace(-6, 3, 19)
#: Sweeps of coordinate descent. High powers of x are all but collinear, so that at a small alpha no
#: number would do; the page says when it stopped early.
MAX_ITER = 3000
#: Singular values below this share of the largest count as zero. scikit-learn's own 1e-6 would drop
#: what the high powers add, and the training error would rise with the degree.
LEAST_SQUARES_TOL = 1e-13
#: Columns whose diagonal element of R is above this share of the first do not depend on each other.
SURELY_INDEPENDENT = 1e-10
GRID_POINTS = 401


@dataclass(frozen=True)
class Score:
    """How well predictions meet observations.

    Attributes
    ----------
    r2 : float
        Share of the variance explained, at most 1, as `Pipeline.score` gives it.
    rmse : float
        Root of the mean squared error, in the unit of y.
    """

    r2: float
    rmse: float


@dataclass(frozen=True)
class Fit:
    """A fitted model and what it predicts.

    Attributes
    ----------
    powers : ScaledPowers
        What the model takes of x; fitted to the training points.
    coefficients : ndarray of shape (degree,)
        Of the scaled powers.
    alpha : float or None
        The penalty's weight in force, be it set or chosen; None without a penalty.
    converged : bool
        Whether the estimator's solver came to its end.
    grid, curve : ndarray of shape (GRID_POINTS,)
        Inputs over the x range, and the predictions there.
    train_predicted, test_predicted : ndarray
        Predictions for the points of either part.
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


def folds(size: int) -> KFold:
    """Return the folds for cross-validation over `size` training points: five, or all there are.

    Points are independent draws, so that their order is as good as a shuffled one.
    """
    return KFold(min(5, size))


def descent(model: PolynomialSettings, alpha: float) -> RegressorMixin:
    """Return scikit-learn's coordinate descent for a LASSO or an elastic net, unfitted."""
    ratio = 1.0 if model.penalty == "lasso" else model.l1_ratio
    return ElasticNet(alpha, l1_ratio=ratio, max_iter=MAX_ITER, precompute=True)


def choosing_estimator(model: ModelSettings, size: int) -> RegressorMixin:
    """Return the unfitted estimator that chooses alpha by cross-validation over `size` points.

    Ridge takes the leave-one-out error, which has a closed form; the others take folds.
    """
    match model.penalty:
        case "ridge":
            return RidgeCV(ALPHAS)
        case "lasso":
            return LassoCV(alphas=ALPHAS, cv=folds(size), max_iter=MAX_ITER)
        case "elastic":
            return ElasticNetCV(
                alphas=ALPHAS, l1_ratio=model.l1_ratio, cv=folds(size), max_iter=MAX_ITER
            )
    raise ValueError(f"penalty must not be 'none' to choose alpha. Got {model.penalty!r} instead.")


def nested_least_squares(Z: Array, y: Array, alpha: float = 0.0) -> Array:
    """Fit the first column, the first two, … and all columns of `Z`, by least squares or ridge.

    One QR decomposition serves them all, since the leading columns of Q and R are those of the
    leading columns of Z; ridge is least squares with rows of the root of alpha below
    (Golub and Van Loan, *Matrix Computations*, sections 5.2 and 6.1).

    Parameters
    ----------
    Z : ndarray of shape (n, p)
    y : ndarray of shape (n,)
        Centred.
    alpha : float
        Weight of the squared coefficients; 0 for least squares.

    Returns
    -------
    ndarray of shape (p, p)
        A column of coefficients for each number of columns of Z, zero beyond it. Where columns
        depend on each other, the solution of smallest norm.
    """
    p = Z.shape[1]
    Q, R = np.linalg.qr(np.vstack([Z, math.sqrt(alpha) * np.eye(p)]) if alpha else Z)
    moments = Q[: len(y)].T @ y
    size = np.abs(np.diag(R))
    firm = int(np.argmin(np.append(size > SURELY_INDEPENDENT * size[0], False)))
    found = np.zeros((p, p))
    targets = np.triu(np.repeat(moments[:firm, None], firm, axis=1))
    found[:firm, :firm] = solve_triangular(R[:firm, :firm], targets, check_finite=False)
    for count in range(firm + 1, p + 1):
        # Only without a penalty: its rows make the columns independent.
        found[:count, count - 1] = least_squares(Z[:, :count], y)
    return found


def least_squares(Z: Array, y: Array) -> Array:
    """Fit all columns of `Z`; the solution of smallest norm where they depend on each other."""
    return np.asarray(np.linalg.lstsq(Z, y, rcond=LEAST_SQUARES_TOL)[0], dtype=np.float64)


def score(observed: Array, predicted: Array) -> Score:
    """Score predictions against observations; both of shape (n,), n at least 2."""
    left = float(np.sum((observed - predicted) ** 2))
    total = float(np.sum((observed - observed.mean()) ** 2))
    # Where there is no variance to explain, r2_score says 1 for no error and 0 for any.
    r2 = 1 - left / total if total else float(left == 0)
    return Score(r2, math.sqrt(left / len(observed)))


@lru_cache(maxsize=32)
def fit_model(data: DataSettings, split: SplitSettings, model: ModelSettings) -> Fit:
    """Fit the model on the training points and predict everything that is shown."""
    parts = split_sample(data, split)
    x, y = parts.train.x, parts.train.y
    powers, intercept = ScaledPowers.of(x, model.degree), float(y.mean())
    Z, alpha, converged = powers(x), model.alpha, True
    with fast(), warnings.catch_warnings():
        # Said on the page instead, for the final fit only: the path to it may stop early.
        warnings.simplefilter("ignore", ConvergenceWarning)
        if model.penalty == "none":
            found = least_squares(Z, y - intercept)
        elif model.penalty == "ridge" and not model.choose_alpha:
            found = nested_least_squares(Z, y - intercept, alpha)[:, -1]
        else:
            chooses = model.choose_alpha
            estimator = choosing_estimator(model, len(x)) if chooses else descent(model, alpha)
            estimator.fit(Z, y)
            found, alpha = estimator.coef_, float(getattr(estimator, "alpha_", alpha))
            converged = getattr(estimator, "n_iter_", 0) < MAX_ITER
        grid = np.linspace(*data.x_range, GRID_POINTS)
        curve, train, test = (
            intercept + powers(values) @ found for values in (grid, x, parts.test.x)
        )
    return Fit(
        powers=powers,
        intercept=intercept,
        coefficients=found,
        alpha=None if model.penalty == "none" else alpha,
        converged=converged,
        grid=grid,
        curve=curve,
        train_predicted=train,
        test_predicted=test,
        train=score(y, train),
        test=score(parts.test.y, test),
    )
