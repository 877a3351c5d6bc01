"""A support vector machine with probabilities that agree with its own predictions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.calibration import CalibratedClassifierCV
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from lively.arrays import Array
from lively.pages.classification.settings import ClassModelSettings

#: Maximum iterations of libsvm's solver, which would take hours on some settings.
MAX_ITER = 100_000
#: Folds of the cross-validated decision values to which the probabilities are fitted.
FOLDS = 5


class WatchedSVC(SVC):  # type: ignore[misc]  # scikit-learn has no types
    """An SVC that records whether each fit of it and of its clones converged, and reports progress.

    Attributes
    ----------
    fits_converged : list of bool
        One for each fit, shared with the clones that scikit-learn makes.
    report : callable
        Called at each fit and each evaluation.
    """

    fits_converged: list[bool]
    report: Callable[[], None]

    def watch(self, report: Callable[[], None]) -> Self:
        """Start a new record, and report to `report`."""
        self.fits_converged, self.report = [], report
        return self

    def __sklearn_clone__(self) -> Self:
        copy: Self = super().__sklearn_clone__()
        copy.fits_converged, copy.report = self.fits_converged, self.report
        return copy

    def fit(self, X: Array, y: NDArray[np.bool_], sample_weight: Any = None) -> Self:
        """Fit to points of shape (n, 2)."""
        self.report()
        super().fit(X, y, sample_weight)
        self.fits_converged.append(self.fit_status_ == 0)
        return self

    def decision_function(self, X: Array) -> Array:
        """Return the decision values: above 0 where class 1 is predicted."""
        self.report()
        return np.asarray(super().decision_function(X))


def make_svc(model: ClassModelSettings) -> WatchedSVC:
    """Return the unfitted machine, without probabilities."""
    return WatchedSVC(
        C=1 / model.strength,
        kernel=model.kernel,
        degree=model.polynomial,
        gamma=model.gamma,
        coef0=1.0,
        max_iter=MAX_ITER,
    ).watch(lambda: None)


@dataclass
class CalibratedSVC:
    """StandardScaler and a calibrated SVC, in turn.

    A support vector machine has no probabilities. Platt scaling fits a logistic curve to
    cross-validated decision values (Platt, "Probabilistic outputs for support vector machines",
    1999). On few points these may be misleading and the fitted curve decreasing, so that points
    predicted as class 1 would be improbable. Then the standard logistic function of the decision
    value is used.

    Attributes
    ----------
    svc : WatchedSVC
    folds : int
        Number of folds; without folds, the standard logistic function is used.
    slope, intercept : float
        Of the logistic curve; the slope is not negative.
    reversed : bool
        Whether Platt's curve did not increase, and is not used.
    """

    svc: WatchedSVC
    folds: int
    slope: float = 1.0
    intercept: float = 0.0
    reversed: bool = False

    @property
    def steps(self) -> int:
        """Number of reports during a fit."""
        return 2 * self.folds + 1

    @property
    def converged(self) -> bool:
        """Whether all fits converged, including those of the folds."""
        return all(self.svc.fits_converged)

    @property
    def boundary(self) -> float:
        """The probability at the decision boundary of the SVC, where the decision value is 0."""
        return float(expit(self.intercept))

    def fit(self, X: Array, y: NDArray[np.bool_]) -> Self:
        """Fit to points of shape (n, 2)."""
        self.scaler = StandardScaler().fit(X)
        if not self.folds:
            self.fitted = self.svc.fit(self.scaler.transform(X), y)
            return self
        platt = CalibratedClassifierCV(self.svc, cv=self.folds, ensemble=False)
        platt.fit(self.scaler.transform(X), y)
        (calibrated,) = platt.calibrated_classifiers_
        self.fitted = calibrated.estimator
        (curve,) = calibrated.calibrators
        # scikit-learn's signs are Platt's: 1 / (1 + exp(a f + b)).
        self.reversed = bool(curve.a_ >= 0)
        if not self.reversed:
            self.slope, self.intercept = -float(curve.a_), -float(curve.b_)
        return self

    def decision(self, X: Array) -> Array:
        """Return the decision values at points of shape (n, 2)."""
        return np.asarray(self.fitted.decision_function(self.scaler.transform(X)))

    def probability(self, X: Array) -> Array:
        """Return the probability of class 1 at points of shape (n, 2)."""
        return np.asarray(expit(self.slope * self.decision(X) + self.intercept))
