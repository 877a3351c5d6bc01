"""Sample and settings in, fit out: polynomial regression as scikit-learn does it."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.linalg import solve_triangular
from sklearn.base import RegressorMixin
from sklearn.linear_model import ElasticNet

from lively.data.regression import split_sample
from lively.models.penalized import Penalized, penalized
from lively.models.shared import fast
from lively.powers import ScaledPowers
from lively.settings.regression import DataSettings, PolynomialSettings
from lively.settings.shared import SplitSettings
from lively.truths import Array

#: What cross-validation chooses from: two values of alpha a decade, over the slider's whole range.
ALPHAS = np.logspace(-6, 3, 19)
#: Sweeps of coordinate descent.
MAX_ITER = 3000
#: Singular values below this share of the largest count as zero. scikit-learn's own 1e-6 would drop
#: what the high powers add, and the training error would rise with the degree.
LEAST_SQUARES_TOL = 1e-13
#: Columns whose diagonal element of R is above this share of the first do not depend on each other.
SURELY_INDEPENDENT = 1e-10
#: Share of the largest observation up to which an error, or a spread, is a rounding error. The
#: noise is a thousandth of it or more, or absent.
ROUNDING = 1e-10
GRID_POINTS = 401


@dataclass(frozen=True)
class Score:
    """How close predictions are to observations.

    Attributes
    ----------
    r2 : float
        Share of the variance explained, at most 1, as `Pipeline.score` returns it. Where the
        observations are constant up to rounding there is no variance: 1 if the predictions are
        right up to rounding, else not a number.
    rmse : float
        Root mean squared error, in the unit of y.
    """

    r2: float
    rmse: float


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
        The penalty's weight in force, be it set or chosen; None without a penalty.
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


def descent(model: PolynomialSettings, alpha: float) -> RegressorMixin:
    """Return scikit-learn's coordinate descent for a LASSO or an elastic net, unfitted."""
    ratio = 1.0 if model.penalty == "lasso" else model.l1_ratio
    return ElasticNet(alpha, l1_ratio=ratio, max_iter=MAX_ITER, precompute=True)


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


def ridge(Z: Array, y: Array, alphas: Array) -> Array:
    """Fit ridge with every weight in `alphas` by one singular value decomposition.

    Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning* (2009), section 3.4.1.

    Parameters
    ----------
    Z : ndarray of shape (n, p)
    y : ndarray of shape (n,)
        Centred.
    alphas : ndarray of shape (k,)

    Returns
    -------
    ndarray of shape (p, k)
    """
    U, size, axes = np.linalg.svd(Z, full_matrices=False)
    along = (size * (U.T @ y))[:, None] / (size[:, None] ** 2 + alphas)
    return np.asarray(axes.T @ along)


def solve(model: PolynomialSettings, Z: Array, y: Array, alphas: Array) -> Penalized:
    """Fit all columns of `Z` with the model's penalty, once for each weight.

    Parameters
    ----------
    model : PolynomialSettings
        Its penalty and L1 ratio.
    Z : ndarray of shape (n, p)
    y : ndarray of shape (n,)
        Centred.
    alphas : ndarray of shape (k,)
        Weights of the penalty; without a penalty, their number is all that matters.
    """
    match model.penalty:
        case "lasso":
            return penalized(Z, y, alphas)
        case "elastic":
            return penalized(Z, y, alphas, model.l1_ratio)
        case "ridge":
            found = ridge(Z, y, alphas)
        case _:
            found = np.repeat(least_squares(Z, y)[:, None], len(alphas), axis=1)
    return Penalized(found, np.ones(len(alphas), dtype=bool))


def score(observed: Array, predicted: Array) -> Score:
    """Score predictions against observations; both of shape (n,), n at least 2."""
    rmse = math.sqrt(float(np.mean((observed - predicted) ** 2)))
    spread = float(np.std(observed))
    negligible = ROUNDING * float(np.abs(observed).max())
    if spread > negligible:
        return Score(1 - (rmse / spread) ** 2, rmse)
    # r2_score would return 1, 0 or a huge number here, as rounding has it.
    return Score(1.0 if rmse <= negligible else math.nan, rmse)


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
        The penalty's weight; that of `model` if None.
    """
    parts = split_sample(data, split)
    x, y = parts.train.x, parts.train.y
    powers, intercept = ScaledPowers.of(x, model.degree), float(y.mean())
    weight = model.alpha if alpha is None else alpha
    with fast():
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
