"""LASSO and elastic net, solved to their optimality conditions at any weight of the penalty.

The powers of x are nearly collinear. With a weak penalty, coordinate descent needs millions of
sweeps there, and is far from the solution when it stops. Feature-sign search (Lee, Battle, Raina
and Ng, "Efficient sparse coding algorithms", *NIPS* 19, 2006) ends after a few steps: it guesses
which coefficients are not zero and their signs, solves for these by linear algebra, and lowers the
objective with each guess.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from lively.arrays import Array

#: Allowed violation of the optimality conditions, as a share of the L1 penalty: in a step of the
#: search, and in a solution that counts as converged.
STEP_TOLERANCE, TOLERANCE = 1e-6, 1e-3
#: Steps of the search, each with one linear system; a path of 19 penalties usually takes some 30.
MAX_STEPS = 500
#: Share of the largest diagonal element of R below which columns depend on each other.
DEPENDENT_COLUMN = 1e-13
#: Weight, as a share of the columns' size, that makes dependent columns independent.
DAMPING = 1e-7


class PenalizedFits(NamedTuple):
    """Solutions for several weights of a penalty.

    Attributes
    ----------
    coefficients : ndarray of shape (p, k)
    converged : ndarray of bool, shape (k,)
        Whether a solution meets its optimality conditions.
    """

    coefficients: Array
    converged: NDArray[np.bool_]


def fit_elastic_net(Z: Array, y: Array, alphas: Array, l1_ratio: float = 1.0) -> PenalizedFits:
    """Minimize scikit-learn's objective of the elastic net, ``|y - Zb|² / 2n + penalty``.

    The penalty is ``alpha (l1_ratio |b|₁ + (1 - l1_ratio) |b|² / 2)``.

    Parameters
    ----------
    Z : ndarray of shape (n, p)
        Standardized features.
    y : ndarray of shape (n,)
        Centred outputs.
    alphas : ndarray of shape (k,)
        Weights of the penalty, above 0, in any order.
    l1_ratio : float
        Share of the L1 penalty, above 0; 1 for a LASSO.

    Returns
    -------
    PenalizedFits
        In the order of `alphas`.
    """
    alphas = np.asarray(alphas, dtype=np.float64)
    Q, R = np.linalg.qr(Z)
    projected = Q.T @ y
    coefficients = np.zeros((Z.shape[1], len(alphas)))
    converged = np.zeros(len(alphas), dtype=bool)
    b = np.zeros(Z.shape[1])
    # Each solution is the starting point for the next weaker penalty.
    for place in np.argsort(-alphas, kind="stable"):
        weight = len(y) * float(alphas[place])
        problem = _Problem(R, projected, weight * l1_ratio, weight * (1 - l1_ratio))
        b = problem.solve(b)
        coefficients[:, place], converged[place] = b, problem.violation(b) <= TOLERANCE
    return PenalizedFits(coefficients, converged)


@dataclass(frozen=True, eq=False)
class _Problem:
    """Minimize ``|q - Rb|² / 2 + absolute |b|₁ + squared |b|² / 2``."""

    R: Array
    q: Array
    absolute: float
    squared: float

    def descent(self, b: Array) -> Array:
        """Return minus the gradient of the objective without the absolute values."""
        return np.asarray(self.R.T @ (self.q - self.R @ b) - self.squared * b)

    def objective(self, rows: Array) -> Array:
        """Return the objective for coefficients of shape (m, p)."""
        fit = ((self.q - rows @ self.R.T) ** 2).sum(axis=1)
        return np.asarray(
            (fit + self.squared * (rows**2).sum(axis=1)) / 2
            + self.absolute * np.abs(rows).sum(axis=1)
        )

    def violation(self, b: Array) -> float:
        """Return the violation of the optimality conditions, as a share of the L1 penalty.

        Tibshirani, "The lasso problem and uniqueness", *Electronic Journal of Statistics* 7 (2013),
        equations 3 and 4.
        """
        pull = self.descent(b)
        missed = np.where(
            b == 0, np.abs(pull) - self.absolute, np.abs(pull - self.absolute * np.sign(b))
        )
        return float(missed.max(initial=0.0)) / self.absolute

    def solve(self, b: Array) -> Array:
        """Search from the starting point `b`."""
        tolerance = STEP_TOLERANCE * self.absolute
        # Whether the coefficients that are not zero are optimal, given that the others are zero.
        settled = not b.any()
        signs = np.sign(b)
        for _ in range(MAX_STEPS):
            if settled:
                pull = self.descent(b)
                over = np.where(b == 0, np.abs(pull), 0.0)
                enters = int(np.argmax(over))
                if over[enters] <= self.absolute + tolerance:
                    break
                signs[enters] = np.sign(pull[enters])
            target = self._solve_for(signs)
            if np.all(target * signs >= 0):
                b, settled = target, True
            else:
                b = self._lowest_between(b, target)
                active = b != 0
                off = np.abs(self.descent(b) - self.absolute * np.sign(b))[active]
                settled = bool(off.max(initial=0.0) <= tolerance)
            signs = np.sign(b)
        return b

    def _solve_for(self, signs: Array) -> Array:
        """Return the minimum for given signs of the coefficients; 0 for those that stay zero.

        From R itself, not from R'R, whose condition number is the square.
        """
        active = np.flatnonzero(signs)
        columns, count = self.R[:, active], len(active)
        slope = self.absolute * signs[active]
        damping = self.squared
        while True:
            rows = np.vstack([columns, np.sqrt(damping) * np.eye(count)]) if damping else columns
            Q, T = np.linalg.qr(rows)
            size = np.abs(np.diag(T))
            if len(size) == count and size.min() > DEPENDENT_COLUMN * size.max():
                break
            damping = max(100 * damping, (DAMPING * float(size.max())) ** 2)
        moments = Q[: len(self.q)].T @ self.q
        moments -= solve_triangular(T, slope, trans="T", check_finite=False)
        b = np.zeros(len(signs))
        b[active] = solve_triangular(T, moments, check_finite=False)
        return b

    def _lowest_between(self, b: Array, target: Array) -> Array:
        """Return the lowest of `target` and the points on the way where a coefficient is zero."""
        change = target - b
        crosses = np.flatnonzero(b * target < 0)
        shares = -b[crosses] / change[crosses]
        rows = b + np.append(shares, 1.0)[:, None] * change
        rows[np.arange(len(crosses)), crosses] = 0.0
        return np.asarray(rows[np.argmin(self.objective(rows))])
