"""Classification metrics of predicted probabilities."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sklearn import metrics
from sklearn.calibration import calibration_curve

from lively.arrays import Array
from lively.learning.fast_fits import fast_fitting

#: Bins of equal width in which mean probabilities are compared with shares of class 1.
CALIBRATION_BINS = 10


@dataclass(frozen=True)
class ThresholdCurve:
    """A curve with a point for each threshold; the thresholds rise or fall along it."""

    x: Array
    y: Array
    thresholds: Array

    @classmethod
    def empty(cls) -> "ThresholdCurve":
        """Return the curve without points, for labels of a single class."""
        return cls(np.empty(0), np.empty(0), np.empty(0))


@dataclass(frozen=True, eq=False)
class ClassificationMetrics:
    """Predicted probabilities of class 1 beside the labels, both of shape (n,).

    Each metric is computed when it is first read. Curves are scikit-learn's. Counts and log loss,
    which every frame needs, are written out: scikit-learn's `confusion_matrix` and `log_loss` take
    1 to 2.5 ms each, and these 0.01 and 0.04 ms.
    """

    labels: NDArray[np.bool_]
    probability: Array
    threshold: float

    @cached_property
    def confusion_matrix(self) -> NDArray[np.int_]:
        """Counts of shape (2, 2): rows are true classes, columns predicted ones."""
        predicted = self.probability >= self.threshold
        return np.bincount(2 * self.labels + predicted, minlength=4).reshape(2, 2)

    @property
    def correct(self) -> int:
        """Number of points whose class is predicted correctly."""
        return int(np.trace(self.confusion_matrix))

    @property
    def accuracy(self) -> float:
        """Share of the points whose class is predicted correctly."""
        return self.correct / len(self.labels)

    def at_threshold(self, threshold: float) -> "ClassificationMetrics":
        """Return the metrics at another threshold."""
        return ClassificationMetrics(self.labels, self.probability, threshold)

    @property
    def log_loss(self) -> float:
        """Mean of minus the logarithm of the probability of the true class, in nats.

        Probabilities are clipped to machine precision from 0 and 1, as in scikit-learn.
        """
        eps = np.finfo(np.float64).eps
        p = np.clip(self.probability, eps, 1 - eps)
        return float(-np.mean(np.log(np.where(self.labels, p, 1 - p))))

    @property
    def prevalence(self) -> float:
        """Share of class 1, which is the precision of random predictions."""
        return float(self.labels.mean())

    @property
    def has_both_classes(self) -> bool:
        """Whether there are points of both classes, without which there is no ROC curve."""
        return bool(0 < self.labels.sum() < len(self.labels))

    @cached_property
    def roc_curve(self) -> ThresholdCurve:
        """True positive rate against false positive rate; empty without both classes."""
        if not self.has_both_classes:
            return ThresholdCurve.empty()
        with fast_fitting():
            found = metrics.roc_curve(self.labels, self.probability, drop_intermediate=False)
        return ThresholdCurve(*found)

    @cached_property
    def auc(self) -> float | None:
        """Area under the ROC curve; None without both classes."""
        return (
            float(metrics.auc(self.roc_curve.x, self.roc_curve.y))
            if self.has_both_classes
            else None
        )

    @cached_property
    def precision_recall_curve(self) -> ThresholdCurve:
        """Precision against recall at rising thresholds; empty without both classes.

        The point that scikit-learn adds, precision 1 at recall 0, is left out: no threshold
        reaches it.
        """
        if not self.has_both_classes:
            return ThresholdCurve.empty()
        with fast_fitting():
            precision, recall, thresholds = metrics.precision_recall_curve(
                self.labels, self.probability
            )
        return ThresholdCurve(recall[:-1], precision[:-1], thresholds)

    @cached_property
    def best_threshold(self) -> float:
        """The threshold with the highest accuracy on these points; of ties, the nearest to 0.5.

        Halfway between two probabilities, so that a rounded threshold predicts the same.
        scikit-learn has only `TunedThresholdClassifierCV`, which fits the classifier again.
        """
        order = np.argsort(self.probability, kind="stable")
        sorted_probability, labels = self.probability[order], self.labels[order]
        # A threshold below a point predicts that point and all after it as class 1.
        cut = np.append(np.flatnonzero(np.append(1.0, np.diff(sorted_probability))), len(labels))
        true_negatives = np.append(0, np.cumsum(~labels))[cut]
        true_positives = labels.sum() - np.append(0, np.cumsum(labels))[cut]
        edges = np.concatenate([[0.0], sorted_probability, [1.0]])
        middle = (edges[cut] + edges[cut + 1]) / 2
        middle[0], middle[-1] = 0.0, np.nextafter(1.0, 2)
        correct = true_negatives + true_positives
        best = np.flatnonzero(correct == correct.max())
        return float(middle[best[np.argmin(np.abs(middle[best] - 0.5))]])

    @property
    def false_positive_rate(self) -> float | None:
        """Share of class 0 that is predicted as class 1; None without class 0."""
        negatives = self.confusion_matrix[0].sum()
        return float(self.confusion_matrix[0, 1] / negatives) if negatives else None

    @property
    def true_positive_rate(self) -> float | None:
        """Share of class 1 that is predicted as class 1, the recall; None without class 1."""
        positives = self.confusion_matrix[1].sum()
        return float(self.confusion_matrix[1, 1] / positives) if positives else None

    @property
    def precision(self) -> float | None:
        """Share of class 1 among the points predicted as class 1; None if there are none."""
        predicted = self.confusion_matrix[:, 1].sum()
        return float(self.confusion_matrix[1, 1] / predicted) if predicted else None

    @property
    def roc_point(self) -> tuple[float, float] | None:
        """False and true positive rate at the threshold; None without both classes."""
        false, true = self.false_positive_rate, self.true_positive_rate
        return None if false is None or true is None else (false, true)

    @property
    def precision_recall_point(self) -> tuple[float, float] | None:
        """Recall and precision at the threshold; None if either is undefined."""
        recall, precision = self.true_positive_rate, self.precision
        return None if recall is None or precision is None else (recall, precision)

    @cached_property
    def calibration_curve(self) -> tuple[Array, Array, NDArray[np.int_]]:
        """Mean probability, share of class 1 and number of points, in each bin with points."""
        which = np.searchsorted(np.linspace(0, 1, CALIBRATION_BINS + 1)[1:-1], self.probability)
        counts = np.bincount(which, minlength=CALIBRATION_BINS)
        # For labels of a single class, scikit-learn requires pos_label.
        share, mean = calibration_curve(
            self.labels, self.probability, n_bins=CALIBRATION_BINS, pos_label=True
        )
        return mean, share, counts[counts > 0]
