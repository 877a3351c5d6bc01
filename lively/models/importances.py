"""What counts in a classifier: its coefficients, or what shuffling an input costs."""

from dataclasses import dataclass

from lively.models.classification import ClassFit
from lively.models.classifiers import ScaledLogistic, power_names
from lively.models.judgement import Judgement
from lively.truths import Array


@dataclass(frozen=True, eq=False)
class Importances:
    """What counts, and how much.

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


def importances(fit: ClassFit, test: Judgement) -> Importances:
    """Say what counts in a model.

    Coefficients of the scaled powers for a logistic regression; for all others, by how much the
    accuracy on the test points falls when one input is shuffled (Breiman, *Random Forests*, 2001),
    at the threshold in force.
    """
    if isinstance(fit.classifier, ScaledLogistic):
        names = power_names(fit.classifier.degree)
        values = fit.classifier.solver.coef_[0]
        return Importances(names, values, "coefficient", "scaled power of the inputs")
    right = (fit.shuffled.finish() >= test.threshold) == test.labels
    lost = test.accuracy - right.mean(axis=(1, 2))
    return Importances(["x1", "x2"], lost, "test accuracy lost", "input that is shuffled")
