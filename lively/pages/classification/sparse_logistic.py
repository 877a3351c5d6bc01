"""Logistic regression with an L1 or elastic-net penalty, solved to its optimality conditions.

scikit-learn's solver for these penalties, saga, is a stochastic gradient method. Powers of two
inputs are nearly collinear, and after a thousand passes its probabilities can be off by 0.7. Here
each iteration minimizes a quadratic approximation of the likelihood, an elastic net with weighted
points (Friedman, Hastie and Tibshirani,
"Regularization paths for generalized linear models via coordinate descent", *Journal of Statistical
Software* 33, 2010), with a line search for global convergence (Lee, Sun and Saunders,
"Proximal Newton-type methods for minimizing composite functions", *SIAM Journal on Optimization*
24, 2014).
"""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from lively.arrays import Array
from lively.learning.elastic_net import fit_elastic_net

#: Allowed violation of the optimality conditions, as a share of the L1 penalty, or of a thousandth
#: of `C` if that is larger.
TOLERANCE = 1e-4
#: Maximum number of iterations; ten are usual.
MAX_ITER = 100
#: Share of the predicted decrease that a step must achieve, and maximum number of halvings.
SUFFICIENT_DECREASE, HALVINGS = 1e-4, 40
#: Smallest weight of a point, against a degenerate approximation where probabilities are 0 or 1.
LEAST_WEIGHT = 1e-10


class SparseLogistic:
    """Minimizer of scikit-learn's objective, ``C sum(log loss) + penalty``.

    The penalty is ``l1_ratio |w|₁ + (1 - l1_ratio) |w|² / 2``; the intercept has none.

    Parameters
    ----------
    C : float
        Inverse strength of the penalty, above 0.
    l1_ratio : float
        Share of the L1 penalty, above 0; 1 for L1.

    Attributes
    ----------
    coef_ : ndarray of shape (1, p)
    intercept_ : ndarray of shape (1,)
    n_iter_ : int
        Number of iterations.
    violation_ : float
        Violation of the optimality conditions: the largest element of the smallest subgradient of
        the objective.
    converged_ : bool
        Whether the violation is below the tolerance.
    """

    def __init__(self, C: float = 1.0, l1_ratio: float = 1.0) -> None:
        self.C, self.l1_ratio = C, l1_ratio

    def fit(self, X: Array, y: NDArray[np.bool_]) -> Self:
        """Fit to standardized features of shape (n, p) and labels of shape (n,)."""
        self._absolute, self._squared = self.l1_ratio, 1 - self.l1_ratio
        share = float(np.clip(y.mean(), 1e-6, 1 - 1e-6))
        b, w = float(np.log(share / (1 - share))), np.zeros(X.shape[1])
        allowed = TOLERANCE * max(self._absolute, self.C * 1e-3)
        for count in range(MAX_ITER):
            self.n_iter_ = count
            p = expit(b + X @ w)
            pull = self.C * (p - y)
            self.violation_ = self._violation(pull, X.T @ pull + self._squared * w, w)
            if self.violation_ <= allowed * 1e-4:
                break
            step = self._quadratic_minimum(X, y, b, w, p)
            moved = self._search(X, y, b, w, pull, step)
            if moved is None:
                break
            b, w = moved
        self.coef_, self.intercept_ = w[None], np.array([b])
        self.converged_ = bool(self.violation_ <= allowed)
        return self

    def _objective(self, X: Array, y: NDArray[np.bool_], b: float, w: Array) -> float:
        score = b + X @ w
        loss = np.logaddexp(0, np.where(y, -score, score)).sum()
        return float(self.C * loss + self._absolute * np.abs(w).sum() + self._squared * (w @ w) / 2)

    def _violation(self, pull: Array, slope: Array, w: Array) -> float:
        """Return the largest element of the smallest subgradient, the intercept's included."""
        missed = np.where(
            w == 0,
            np.maximum(np.abs(slope) - self._absolute, 0.0),
            np.abs(slope + self._absolute * np.sign(w)),
        )
        return float(max(missed.max(initial=0.0), abs(pull.sum())))

    def _quadratic_minimum(
        self, X: Array, y: NDArray[np.bool_], b: float, w: Array, p: Array
    ) -> tuple[float, Array]:
        """Return the minimum of the penalized quadratic approximation at `b` and `w`."""
        weight = np.maximum(p * (1 - p), LEAST_WEIGHT)
        target = b + X @ w + (y - p) / weight
        mean, level = weight @ X / weight.sum(), weight @ target / weight.sum()
        root = np.sqrt(weight)
        n = len(y)
        found = fit_elastic_net(
            root[:, None] * (X - mean),
            root * (target - level),
            np.array([1 / (self.C * n)]),
            self.l1_ratio,
        ).coefficients[:, 0]
        return float(level - mean @ found), found

    def _search(
        self,
        X: Array,
        y: NDArray[np.bool_],
        b: float,
        w: Array,
        pull: Array,
        step: tuple[float, Array],
    ) -> tuple[float, Array] | None:
        """Step towards the quadratic minimum while the objective falls; None if it does not."""
        start = self._objective(X, y, b, w)
        change = step[0] - b, step[1] - w
        predicted = (
            pull.sum() * change[0]
            + (X.T @ pull + self._squared * w) @ change[1]
            + self._absolute * (np.abs(step[1]).sum() - np.abs(w).sum())
        )
        for halving in range(HALVINGS):
            share = 0.5**halving
            # A full step is taken unchanged, so that zeros are exact.
            at = step if share == 1 else (b + share * change[0], w + share * change[1])
            if self._objective(X, y, *at) <= start + SUFFICIENT_DECREASE * share * min(
                predicted, 0.0
            ) + 1e-12 * abs(start):
                return at
        return None
