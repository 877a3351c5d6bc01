"""How much each feature matters: its coefficient, or the accuracy lost when it is shuffled."""

from dataclasses import dataclass

from lively.arrays import Array
from lively.learning.metrics import ClassificationMetrics
from lively.pages.classification.logistic import ScaledLogistic
from lively.pages.classification.model import ClassFit


@dataclass(frozen=True, eq=False)
class FeatureImportance:
    """How much each feature matters.

    Attributes
    ----------
    names : list of str
    values : ndarray
    meaning, of : str
        What the values are, and of what.
    """

    names: list[str]
    values: Array
    meaning: str
    of: str


def feature_importance(fit: ClassFit, test: ClassificationMetrics) -> FeatureImportance:
    """Return how much each feature matters to a model.

    Coefficients of the standardized powers for a logistic regression; for all others, by how much
    the accuracy on the test points falls when one input is shuffled (Breiman, *Random Forests*,
    2001), at the threshold in force. scikit-learn's `permutation_importance` would begin anew when
    the threshold moves, and could not be done bit by bit; the tests compare the values.
    """
    if isinstance(fit.classifier, ScaledLogistic):
        names = fit.classifier.names()
        values = fit.classifier.solver.coef_[0]
        return FeatureImportance(names, values, "coefficient", "standardized power of the inputs")
    right = (fit.shuffled.finish() >= test.threshold) == test.labels
    lost = test.accuracy - right.mean(axis=(1, 2))
    return FeatureImportance(["x1", "x2"], lost, "test accuracy lost", "shuffled input")
