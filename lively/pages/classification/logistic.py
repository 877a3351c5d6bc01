"""Logistic regression on powers of the two inputs."""

from dataclasses import dataclass, field
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import PolynomialFeatures

from lively.arrays import Array
from lively.pages.classification.settings import ClassModelSettings
from lively.pages.classification.sparse_logistic import SparseLogistic

#: Iterations of Newton's method, or of L-BFGS where a Hessian is singular.
MAX_ITER = 300
#: Largest element of the gradient of the mean loss at which scikit-learn's solver stops, and at
#: which a fit counts as converged. At scikit-learn's default, 1e-4, probabilities can be off by
#: 0.07 with a penalty and by 0.6 without one.
TOLERANCE, CONVERGED_GRADIENT = 1e-9, 1e-7

Solver: TypeAlias = LogisticRegression | SparseLogistic


def make_solver(model: ClassModelSettings) -> Solver:
    """Return the unfitted estimator of the coefficients: the one for the model's penalty."""
    if model.penalty in ("l1", "elastic"):
        return SparseLogistic(1 / model.strength, 1.0 if model.penalty == "l1" else model.l1_ratio)
    C = np.inf if model.penalty == "none" else 1 / model.strength
    return LogisticRegression(C=C, solver="newton-cholesky", tol=TOLERANCE, max_iter=MAX_ITER)


def separable(X: Array, y: NDArray[np.bool_]) -> bool:
    """Return whether a hyperplane separates the two classes.

    By a linear program (Konis, *Linear Programming Algorithms for Detecting Separated Data
    in Binary Logistic Regression Models*, 2007).

    Parameters
    ----------
    X : ndarray of shape (n, p)
        Standardized features.
    y : ndarray of shape (n,)
    """
    sides = np.where(y, 1.0, -1.0)[:, None] * np.column_stack([X, np.ones(len(X))])
    found = linprog(
        np.zeros(sides.shape[1]),
        A_ub=-sides,
        b_ub=-np.ones(len(sides)),
        bounds=(None, None),
        method="highs",
    )
    # The solver's tolerance could accept a plane that does not quite separate them.
    return bool(found.status == 0 and (sides @ found.x > 0).all())


@dataclass
class ScaledLogistic:
    """PolynomialFeatures, StandardScaler and a logistic regression, in turn.

    Not a Pipeline: its checks take 2.5 ms of a fit and a surface that take 6 ms without them.

    Attributes
    ----------
    degree : int
    solver : LogisticRegression or SparseLogistic
    mean, scale : ndarray of shape (features,)
        Means and standard deviations of the powers of the training points.
    converged : bool
        Whether the coefficients meet their optimality conditions.
    separated : bool
        Whether there is no penalty and the classes are separable, so that no finite coefficients
        are optimal (Albert and Anderson, *Biometrika* 71, 1984).
    """

    degree: int
    solver: Solver
    mean: Array | float = 0.0
    scale: Array | float = 1.0
    converged: bool = False
    separated: bool = False
    features: PolynomialFeatures = field(init=False)

    def __post_init__(self) -> None:
        self.features = PolynomialFeatures(self.degree, include_bias=False)

    @property
    def is_slow(self) -> bool:
        """Whether a fit may take longer than a frame, as all do without an L2 penalty."""
        return isinstance(self.solver, SparseLogistic) or bool(np.isinf(self.solver.C))

    def fit(self, X: Array, y: NDArray[np.bool_]) -> Self:
        """Fit to points of shape (n, 2)."""
        raw = self.features.fit_transform(X)
        self.mean, scale = raw.mean(axis=0), raw.std(axis=0)
        self.scale = np.where(scale > 0, scale, 1.0)
        scaled = (raw - self.mean) / self.scale
        self.solver.fit(scaled, y)
        if isinstance(self.solver, SparseLogistic):
            self.converged = self.solver.converged_
            return self
        coefficients = self.solver.coef_[0]
        score = scaled @ coefficients + self.solver.intercept_[0]
        residual = expit(score) - y
        slope = np.append(scaled.T @ residual + coefficients / self.solver.C, residual.sum())
        self.converged = bool(np.abs(slope).max() <= CONVERGED_GRADIENT * len(y))
        if np.isinf(self.solver.C):
            # If all points are classified correctly, larger coefficients always fit better.
            self.separated = bool(((score > 0) == y).all()) or (
                not self.converged and separable(scaled, y)
            )
            self.converged &= not self.separated
        return self

    def probability(self, X: Array) -> Array:
        """Return the probability of class 1 at points of shape (n, 2)."""
        slopes = self.solver.coef_[0] / self.scale
        score = self.features.transform(X) @ slopes
        return np.asarray(expit(score + (self.solver.intercept_ - slopes @ self.mean)))

    def names(self) -> list[str]:
        """Return the names of the powers, as PolynomialFeatures writes them."""
        return list(self.features.get_feature_names_out(["x1", "x2"]))
