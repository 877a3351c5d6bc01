"""Coefficients along the weight of a penalty, and the geometry of two of them."""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array
from lively.engine.incremental import IncrementalTask, Progress
from lively.learning.data_settings import DataSettings
from lively.learning.elastic_net import fit_elastic_net
from lively.learning.fast_fits import fast_fitting
from lively.learning.least_squares import fit_ridge_path
from lively.learning.noisy_sample import Sample, split_sample
from lively.learning.polynomial_features import ScaledPowers
from lively.learning.split import SplitSettings
from lively.pages.model_selection.candidates import LEAST_WEIGHT, MOST_WEIGHT, CandidateFamily

#: Weights along a path, the strongest first: ten a decade, on the grid of the slider.
PATH_WEIGHTS = tuple(
    float(a)
    for a in np.logspace(
        np.log10(MOST_WEIGHT),
        np.log10(LEAST_WEIGHT),
        round(10 * np.log10(MOST_WEIGHT / LEAST_WEIGHT)) + 1,
    )
)
#: Weights in one step of the task.
WEIGHTS_PER_STEP = 5
#: The powers of x whose coefficients span the plane of the geometry. x and x³ are correlated, so
#: that the ellipses of the squared error are elongated.
PLANE_POWERS = (1, 3)


@dataclass(eq=False)
class RegularizationPath(IncrementalTask[None]):
    """Coefficients of the scaled powers against the weight of the penalty.

    Attributes
    ----------
    weights : ndarray of shape (len(PATH_WEIGHTS),)
    coefficients : ndarray of shape (degree, len(PATH_WEIGHTS))
        Filled as the task advances.
    converged : ndarray of bool, shape (len(PATH_WEIGHTS),)
    """

    train: Sample
    family: CandidateFamily
    coefficients: Array = field(init=False)
    converged: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        super().__init__(self._follow)
        self.weights = np.array(PATH_WEIGHTS)
        self.coefficients = np.empty((self.family.degree, len(PATH_WEIGHTS)))
        self.converged = np.ones(len(PATH_WEIGHTS), dtype=bool)

    def nearest(self, alpha: float) -> int:
        """Return the index of the weight nearest to `alpha`."""
        return int(np.argmin(np.abs(np.log(self.weights) - np.log(alpha))))

    def _follow(self) -> Progress[None]:
        x, y = self.train.x, self.train.y
        Z, centred = ScaledPowers.of(x, self.family.degree)(x), y - y.mean()
        for start in range(0, len(PATH_WEIGHTS), WEIGHTS_PER_STEP):
            part = slice(start, start + WEIGHTS_PER_STEP)
            with fast_fitting():
                if self.family.penalty == "ridge":
                    fits = fit_ridge_path(Z[None], centred[None], self.weights[part])
                    self.coefficients[:, part] = fits.coefficients[0].T
                else:
                    found = fit_elastic_net(Z, centred, self.weights[part], self.family.l1_ratio)
                    self.coefficients[:, part], self.converged[part] = found
            yield min(start + WEIGHTS_PER_STEP, len(PATH_WEIGHTS)) / len(PATH_WEIGHTS)


@lru_cache(maxsize=16)
def regularization_path(
    data: DataSettings, split: SplitSettings, family: CandidateFamily
) -> RegularizationPath:
    """Return the task; equal settings share one."""
    return RegularizationPath(split_sample(data, split).train, family)


@dataclass(frozen=True, eq=False)
class CoefficientPlane:
    """Two coefficients: least squares, LASSO and ridge.

    Attributes
    ----------
    gram : ndarray of shape (2, 2)
        Z'Z / n, whose ellipses are the contours of the squared error.
    lowest, absolute, squared : ndarray of shape (2,)
        The coefficients without a penalty, by the LASSO and by ridge.
    lasso_weight, ridge_weight : float
        Their alphas in scikit-learn, which give equal weights relative to the mean squared error:
        its LASSO divides the squared errors by twice the number of points, its ridge does not.
    converged : bool
        Whether the LASSO met its optimality conditions.
    """

    gram: Array
    lowest: Array
    absolute: Array
    squared: Array
    lasso_weight: float
    ridge_weight: float
    converged: bool

    def above(self, point: Array) -> float:
        """Return the mean squared error at `point` minus its minimum."""
        distance = point - self.lowest
        return float(distance @ self.gram @ distance)

    def ellipse(self, height: float, angles: Array) -> Array:
        """Return the contour `height` above the minimum of the mean squared error; (2, m)."""
        circle = np.array([np.cos(angles), np.sin(angles)])
        root = np.linalg.cholesky(self.gram)
        found: Array = self.lowest[:, None] + np.sqrt(height) * np.linalg.solve(root.T, circle)
        return found


@lru_cache(maxsize=16)
def coefficient_plane(
    data: DataSettings, split: SplitSettings, penalty: str, alpha: float
) -> CoefficientPlane:
    """Fit the two powers of `PLANE_POWERS` alone to the training points.

    The penalty in force has the weight `alpha`, and the other one the equivalent weight.
    """
    train = split_sample(data, split).train
    x, count = train.x, len(train.x)
    Z = ScaledPowers.of(x, max(PLANE_POWERS))(x)[:, [power - 1 for power in PLANE_POWERS]]
    y = train.y - train.y.mean()
    lasso_weight = alpha / count if penalty == "ridge" else alpha
    ridge_weight = lasso_weight * count
    with fast_fitting():
        lasso = fit_elastic_net(Z, y, np.array([lasso_weight]))
        ridge = fit_ridge_path(Z[None], y[None], np.array([ridge_weight]))
    return CoefficientPlane(
        gram=Z.T @ Z / count,
        lowest=np.linalg.solve(Z.T @ Z, Z.T @ y),
        absolute=lasso.coefficients[:, 0],
        squared=ridge.coefficients[0, 0],
        lasso_weight=lasso_weight,
        ridge_weight=ridge_weight,
        converged=bool(lasso.converged[0]),
    )
