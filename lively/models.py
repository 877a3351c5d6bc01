"""Sample and settings in, fit out: polynomial regression by scikit-learn."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from sklearn import config_context
from sklearn.base import RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import (
    ElasticNet,
    ElasticNetCV,
    Lasso,
    LassoCV,
    LinearRegression,
    Ridge,
    RidgeCV,
)
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures, StandardScaler
from threadpoolctl import ThreadpoolController

from lively.data import Parts, split_sample
from lively.settings import DataSettings, ModelSettings, SplitSettings
from lively.truths import Array

#: What cross-validation chooses from: two values of alpha a decade, over the slider's whole range.
ALPHAS = np.logspace(-6, 3, 19)
#: Sweeps of coordinate descent. High powers of x are all but collinear, so that at a small alpha no
#: number would do; the page says when it stopped early.
MAX_ITER = 3000
#: Singular values below this share of the largest count as zero. scikit-learn's own 1e-6 would drop
#: what the high powers add, and the training error would rise with the degree.
LEAST_SQUARES_TOL = 1e-13
#: Where x is moved before its powers are taken. Powers of numbers about 4.5, say, are all but the
#: same; taken of them as they are, least squares would lose training R² as the degree grows.
UNIT = (-1, 1)
GRID_POINTS = 401

_threads = ThreadpoolController()


@contextmanager
def fast() -> Iterator[None]:
    """Run many small fits quickly.

    scikit-learn's own checks cost more than such a fit, and all that comes here is checked already.
    Threads of the linear algebra only wait for each other on matrices this small; where several
    kernels share the cores, waiting is all that they do.
    """
    with (
        config_context(assume_finite=True, skip_parameter_validation=True),
        _threads.limit(limits=1),
    ):
        yield


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
    pipeline : Pipeline
        x moved to UNIT, its powers, scaling, estimator; fitted on the training points.
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

    pipeline: Pipeline
    alpha: float | None
    converged: bool
    grid: Array
    curve: Array
    train_predicted: Array
    test_predicted: Array
    train: Score
    test: Score

    @property
    def coefficients(self) -> Array:
        """Coefficients of the scaled powers of x; shape (degree,)."""
        return np.asarray(self.pipeline[-1].coef_)

    def polynomial(self) -> Array:
        """Return the coefficients of 1, x, x², … in the user's own x; shape (degree + 1,)."""
        unit, _, scaler, estimator = (step for _, step in self.pipeline.steps)
        slopes = estimator.coef_ / scaler.scale_
        in_unit = np.polynomial.Polynomial([estimator.intercept_ - slopes @ scaler.mean_, *slopes])
        in_x = in_unit(np.polynomial.Polynomial([unit.min_[0], unit.scale_[0]]))
        return np.asarray(in_x.coef)


def folds(size: int) -> KFold:
    """Return the folds for cross-validation over `size` training points: five, or all there are.

    Points are independent draws, so that their order is as good as a shuffled one.
    """
    return KFold(min(5, size))


def estimator(model: ModelSettings, alpha: float) -> RegressorMixin:
    """Return the unfitted estimator that the settings name, with penalty weight `alpha`."""
    match model.penalty:
        case "ridge":
            return Ridge(alpha)
        case "lasso":
            return Lasso(alpha, max_iter=MAX_ITER)
        case "elastic":
            return ElasticNet(alpha, l1_ratio=model.l1_ratio, max_iter=MAX_ITER)
    return LinearRegression(tol=LEAST_SQUARES_TOL)


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


def make_pipeline(model: ModelSettings, size: int) -> Pipeline:
    """Return the unfitted pipeline for `size` training points."""
    chooses = model.choose_alpha and model.penalty != "none"
    return Pipeline(
        [
            ("unit", MinMaxScaler(UNIT)),
            ("powers", PolynomialFeatures(model.degree, include_bias=False)),
            ("scale", StandardScaler()),
            ("fit", choosing_estimator(model, size) if chooses else estimator(model, model.alpha)),
        ]
    )


def score(observed: Array, predicted: Array) -> Score:
    """Score predictions against observations; both of shape (n,), n at least 2."""
    rmse = float(np.sqrt(np.mean((observed - predicted) ** 2)))
    return Score(float(r2_score(observed, predicted)), rmse)


@lru_cache(maxsize=32)
def fit_model(data: DataSettings, split: SplitSettings, model: ModelSettings) -> Fit:
    """Fit the model on the training points and predict everything that is shown."""
    parts: Parts = split_sample(data, split)
    grid = np.linspace(*data.x_range, GRID_POINTS)
    size = len(parts.train.x)
    pipeline = make_pipeline(model, size)
    with fast(), warnings.catch_warnings():
        # Said on the page instead, for the final fit only: the path to it may stop early.
        warnings.simplefilter("ignore", ConvergenceWarning)
        pipeline.fit(parts.train.x[:, None], parts.train.y)
        everywhere = np.concatenate([grid, parts.train.x, parts.test.x])
        curve, train, test = np.split(
            pipeline.predict(everywhere[:, None]), [GRID_POINTS, GRID_POINTS + size]
        )
        scores = score(parts.train.y, train), score(parts.test.y, test)
    alpha = getattr(pipeline[-1], "alpha_", model.alpha)
    sweeps = getattr(pipeline[-1], "n_iter_", None)
    return Fit(
        pipeline=pipeline,
        alpha=None if model.penalty == "none" else float(alpha),
        converged=sweeps is None or sweeps < MAX_ITER,
        grid=grid,
        curve=curve,
        train_predicted=train,
        test_predicted=test,
        train=scores[0],
        test=scores[1],
    )
