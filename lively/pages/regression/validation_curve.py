"""Errors of the model at every degree."""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from lively.arrays import Array
from lively.engine.incremental import IncrementalTask, Progress, subtask
from lively.learning.cross_validation import CrossValidationCurve
from lively.learning.data_settings import DataSettings
from lively.learning.fast_fits import fast_fitting
from lively.learning.least_squares import fit_leading_columns
from lively.learning.noisy_sample import Sample, split_sample
from lively.learning.polynomial_features import ScaledPowers
from lively.learning.polynomial_settings import DEGREES, HIGHEST, LOWEST, PolynomialSettings
from lively.learning.split import SplitSettings
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.regression.model import GRID_POINTS, solve
from lively.pages.regression.penalty_choice import fold_samples

#: Coefficients, a column for each degree, and whether the fits converged.
Columns = tuple[Array, NDArray[np.bool_]]


@dataclass(frozen=True, eq=False)
class ValidationCurve:
    """Errors of the model at every degree, all of shape (len(DEGREES),).

    Attributes
    ----------
    train, test : ndarray
        RMSE on the training and on the test points, in the unit of y.
    true : ndarray
        RMSE against the true function over the x range, noise mean included. Known only because
        the data are simulated; no choice depends on it.
    validated : CrossValidationCurve
        Five-fold cross-validation on the training points.
    converged, folds_converged : ndarray of bool
        Whether the fit on all training points converged, and the fits of all folds.
    alpha : float or None
        The penalty's weight, the same at every degree.
    """

    train: Array
    test: Array
    true: Array
    validated: CrossValidationCurve
    converged: NDArray[np.bool_]
    folds_converged: NDArray[np.bool_]
    alpha: float | None

    @property
    def best(self) -> int:
        """The degree with the lowest cross-validated error."""
        return int(DEGREES[self.validated.best])

    @property
    def simplest(self) -> int:
        """The lowest degree within one standard error of the best."""
        return int(DEGREES[self.validated.simplest])

    def clearly_worse(self, degree: int) -> bool:
        """Return whether a degree's error is more than one standard error above the lowest."""
        mean, best = self.validated.mean, self.validated.best
        return bool(mean[degree - LOWEST] > mean[best] + self.validated.standard_error[best])


def coefficients_by_degree(
    Z: Array, y: Array, model: PolynomialSettings, alpha: float
) -> Progress[Columns]:
    """Fit every degree.

    Parameters
    ----------
    Z : ndarray of shape (n, HIGHEST)
        Scaled powers of x. Those of a lower degree are its first columns.
    y : ndarray of shape (n,)
        Centred outputs.
    model : PolynomialSettings
        Its penalty and L1 ratio.
    alpha : float
        The penalty's weight.

    Returns
    -------
    ndarray of shape (HIGHEST, len(DEGREES))
        A column of coefficients for each degree, zero beyond it.
    ndarray of bool, shape (len(DEGREES),)
        Which fits converged.
    """
    if model.penalty in ("none", "ridge"):
        with fast_fitting():
            weight = alpha if model.penalty == "ridge" else 0.0
            fits = fit_leading_columns(Z[None], y[None], alpha=weight)
        return fits.coefficients[0].T, np.ones(len(DEGREES), dtype=bool)
    found, converged = np.zeros((HIGHEST, len(DEGREES))), np.ones(len(DEGREES), dtype=bool)
    # R in place of Z gives the same solutions, much faster with many points.
    with fast_fitting():
        Q, R = np.linalg.qr(Z)
        # The objective divides by the number of rows.
        scale = math.sqrt(len(R) / len(y))
        R, projected = scale * R, scale * (Q.T @ y)
    for column, degree in enumerate(DEGREES):
        with fast_fitting():
            solution = solve(model, R[:, :degree], projected, np.array([alpha]))
        found[:degree, column] = solution.coefficients[:, 0]
        converged[column] = solution.converged[0]
        yield (column + 1) / len(DEGREES)
    return found, converged


def errors_by_degree(
    train: Sample, others: list[Sample], model: PolynomialSettings, alpha: float
) -> Progress[tuple[list[Array], NDArray[np.bool_]]]:
    """Fit `train` at every degree; return the mean squared errors on other points.

    Returns
    -------
    list of ndarray of shape (len(DEGREES),)
    ndarray of bool, shape (len(DEGREES),)
        Which fits converged.
    """
    powers, mean = ScaledPowers.of(train.x, HIGHEST), train.y.mean()
    slopes, converged = yield from coefficients_by_degree(
        powers(train.x), train.y - mean, model, alpha
    )
    found = [
        np.mean((other.y[:, None] - mean - powers(other.x) @ slopes) ** 2, axis=0)
        for other in others
    ]
    return found, converged


@lru_cache(maxsize=16)
def validation_curve(
    data: DataSettings,
    split: SplitSettings,
    model: PolynomialSettings,
    alpha: float | None,
    fold_seed: int,
) -> IncrementalTask[ValidationCurve]:
    """Return the task of computing the errors at every degree; equal settings share one.

    It does not depend on the degree in `model`.
    """

    def begin() -> Progress[ValidationCurve]:
        parts = split_sample(data, split)
        grid = np.linspace(*data.x_range, GRID_POINTS)
        truth = Sample(grid, TARGET_FUNCTIONS[data.function](grid) + data.noise_mean)
        weight = model.alpha if alpha is None else alpha
        tasks = [(parts.train, [parts.train, parts.test, truth])]
        tasks += [(kept, [left]) for kept, left in fold_samples(parts.train, fold_seed)]
        found = []
        for i, (train, others) in enumerate(tasks):
            progress = errors_by_degree(train, others, model, weight)
            found.append((yield from subtask(progress, i / len(tasks), (i + 1) / len(tasks))))
            yield (i + 1) / len(tasks)
        (train_error, test_error, true_error), converged = found[0]
        return ValidationCurve(
            train=np.sqrt(train_error),
            test=np.sqrt(test_error),
            true=np.sqrt(true_error),
            validated=CrossValidationCurve.of(np.array([each for (each,), _ in found[1:]])),
            converged=converged,
            folds_converged=np.all([each for _, each in found[1:]], axis=0),
            alpha=alpha,
        )

    return IncrementalTask(begin)
