"""Importances of the features: coefficients, or permutation importances."""

from dataclasses import dataclass

from lively.arrays import Array
from lively.learning.metrics import ClassificationMetrics
from lively.pages.classification.logistic import ScaledLogistic
from lively.pages.classification.model import ClassFit


@dataclass(frozen=True, eq=False)
class FeatureImportance:
    """Importances of the features.

    Attributes
    ----------
    names : list of str
    values : ndarray
    meaning, of : str
        Names of the values and of the features.
    """

    names: list[str]
    values: Array
    meaning: str
    of: str


def feature_importance(fit: ClassFit, test: ClassificationMetrics) -> FeatureImportance:
    """Return the importances of the features.

    For a logistic regression, the coefficients of the standardized powers; for other models, the
    decrease of the test accuracy when one input is shuffled (Breiman, *Random Forests*, 2001), at
    the present threshold. scikit-learn's `permutation_importance` would start again when the
    threshold changes, and has no steps; the tests compare the values.
    """
    if isinstance(fit.classifier, ScaledLogistic):
        names = fit.classifier.names()
        values = fit.classifier.solver.coef_[0]
        return FeatureImportance(names, values, "coefficient", "standardized power of the inputs")
    correct = (fit.shuffled.finish() >= test.threshold) == test.labels
    lost = test.accuracy - correct.mean(axis=(1, 2))
    return FeatureImportance(["x1", "x2"], lost, "test accuracy lost", "shuffled input")
