"""What probabilities are worth, held against labels."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lively.truths import Array

BINS = 10


@dataclass(frozen=True)
class Curve:
    """A line through a plane, a point for each threshold."""

    x: Array
    y: Array


@dataclass(frozen=True, eq=False)
class Judgement:
    """Predicted probabilities of class 1 beside the labels, both of shape (n,).

    What nobody looks at is not computed.
    """

    labels: NDArray[np.bool_]
    probability: Array
    threshold: float

    @cached_property
    def table(self) -> NDArray[np.int_]:
        """Counts of shape (2, 2): rows are true classes, columns those that are called."""
        called = self.probability >= self.threshold
        return np.bincount(2 * self.labels + called, minlength=4).reshape(2, 2)

    @property
    def accuracy(self) -> float:
        """Share of the points that are called by their class."""
        return float(np.trace(self.table) / len(self.labels))

    @property
    def log_loss(self) -> float:
        """Mean of minus the logarithm of the probability given to the true class, in nats.

        Probabilities keep a distance of machine precision from 0 and 1, as in scikit-learn.
        """
        eps = np.finfo(np.float64).eps
        p = np.clip(self.probability, eps, 1 - eps)
        return float(-np.mean(np.log(np.where(self.labels, p, 1 - p))))

    @property
    def share(self) -> float:
        """Share of class 1, which is the precision of calling points at random."""
        return float(self.labels.mean())

    @property
    def both(self) -> bool:
        """Whether there are points of both classes: without, there is no ROC."""
        return bool(0 < self.labels.sum() < len(self.labels))

    @cached_property
    def _called(self) -> tuple[Array, Array]:
        """Points of class 0 and of class 1 that are called class 1, at ever lower thresholds.

        Starts with nobody; a threshold is each probability that was given.
        """
        order = np.argsort(-self.probability, kind="stable")
        given, labels = self.probability[order], self.labels[order]
        last = np.append(np.flatnonzero(np.diff(given)), len(given) - 1)
        true = np.cumsum(labels)[last]
        return np.append(0.0, last + 1 - true), np.append(0.0, true)

    @cached_property
    def roc(self) -> Curve:
        """True positive rate over false positive rate; empty without both classes."""
        if not self.both:
            return Curve(np.empty(0), np.empty(0))
        false, true = self._called
        return Curve(false / false[-1], true / true[-1])

    @cached_property
    def auc(self) -> float | None:
        """Area under the ROC; None without both classes."""
        return float(np.trapezoid(self.roc.y, self.roc.x)) if self.both else None

    @cached_property
    def recall(self) -> Curve:
        """Precision over recall, from all points called to none; empty without both classes.

        Where nothing is called, precision is 1.
        """
        if not self.both:
            return Curve(np.empty(0), np.empty(0))
        false, true = self._called
        precision = np.append(1.0, true[1:] / (false + true)[1:])
        return Curve((true / true[-1])[::-1], precision[::-1])

    @property
    def roc_point(self) -> tuple[float, float]:
        """Where on the ROC the threshold is."""
        (true_0, false_1), (false_0, true_1) = self.table
        return false_1 / max(true_0 + false_1, 1), true_1 / max(false_0 + true_1, 1)

    @property
    def recall_point(self) -> tuple[float, float]:
        """Recall and precision at the threshold; a precision of 1 where nothing is called 1."""
        (_, false_1), (_, true_1) = self.table
        called = false_1 + true_1
        return self.roc_point[1], float(true_1 / called) if called else 1.0

    @cached_property
    def calibration(self) -> tuple[Array, Array, NDArray[np.int_]]:
        """Mean probability, share of class 1 and number of points, in each bin that has any.

        Bins are of equal width, as in scikit-learn's `calibration_curve`.
        """
        edges = np.linspace(0, 1, BINS + 1)
        which = np.searchsorted(edges[1:-1], self.probability)
        counts = np.bincount(which, minlength=BINS)
        some = counts > 0
        mean = np.bincount(which, self.probability, BINS)[some] / counts[some]
        share = np.bincount(which, self.labels, BINS)[some] / counts[some]
        return mean, share, counts[some]
