"""A fitted classifier and its probabilities."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from sklearn.dummy import DummyClassifier

from lively.arrays import Array
from lively.engine.incremental import IncrementalTask, Progress, subtask
from lively.learning.split import SplitSettings
from lively.pages.classification.data import grid_points, split_points
from lively.pages.classification.estimators import Classifier, make_classifier
from lively.pages.classification.fitting import converged, fit_classifier
from lively.pages.classification.logistic import ScaledLogistic
from lively.pages.classification.prediction import (
    permuted_predictions,
    predict_grid,
    predict_in_chunks,
)
from lively.pages.classification.settings import ClassDataSettings, ClassModelSettings
from lively.pages.classification.support_vectors import CalibratedSVC

#: Share of the computing time that the fit takes; the predictions take the rest.
FIT_SHARE = 0.9
#: Columns and rows of the probability surface while a control moves, and at rest.
COARSE, FINE = (72, 40), (240, 120)


@dataclass(frozen=True, eq=False)
class ClassFit:
    """A fitted classifier and its probabilities.

    Attributes
    ----------
    classifier : Classifier
    converged : bool
        Whether the solver converged.
    train, test : ndarray
        Probability of class 1 for the training and the test points.
    coarse : ndarray
        Probability of class 1 over the plane; shape COARSE[::-1], rows from the bottom.
    fine : IncrementalTask
        The same in the shape FINE[::-1].
    shuffled : IncrementalTask
        Probability of class 1 for the test points with each input shuffled in turn.
    """

    classifier: Classifier
    converged: bool
    train: Array
    test: Array
    coarse: Array
    fine: IncrementalTask[Array]
    shuffled: IncrementalTask[Array]

    @property
    def only_shares(self) -> bool:
        """Whether there were too few points of a class, so that only its share is predicted."""
        return isinstance(self.classifier, DummyClassifier)

    @property
    def separated(self) -> bool:
        """Whether separable classes and no penalty leave no finite optimal coefficients."""
        return isinstance(self.classifier, ScaledLogistic) and self.classifier.separated

    @property
    def machine(self) -> CalibratedSVC | None:
        """The support vector machine, if it is one."""
        return self.classifier if isinstance(self.classifier, CalibratedSVC) else None


def train(
    data: ClassDataSettings, split: SplitSettings, model: ClassModelSettings
) -> Progress[ClassFit]:
    """Fit a model, and evaluate it at the points and over the plane."""
    parts = split_points(data, split)
    classifier = make_classifier(model, parts.train, data.seed)
    yield from subtask(fit_classifier(classifier, parts.train), 0, FIT_SHARE)
    count, reach = len(parts.train.X), parts.reach
    places = np.concatenate([parts.train.X, parts.test.X, grid_points(reach, COARSE)])
    found = yield from subtask(predict_in_chunks(classifier, places), FIT_SHARE, 1)
    return ClassFit(
        classifier,
        converged(classifier),
        train=found[:count],
        test=found[count : data.samples],
        coarse=found[data.samples :].reshape(COARSE[::-1]),
        fine=IncrementalTask(lambda: predict_grid(classifier, reach, FINE)),
        shuffled=IncrementalTask(lambda: permuted_predictions(classifier, parts.test.X, data.seed)),
    )


@lru_cache(maxsize=16)
def training(
    data: ClassDataSettings, split: SplitSettings, model: ClassModelSettings
) -> IncrementalTask[ClassFit]:
    """Return the task of training a model; equal settings share one."""
    return IncrementalTask(lambda: train(data, split, model))
