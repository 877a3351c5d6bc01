"""Labelled points and settings in, classifier out: scikit-learn's own, bit by bit if need be."""

import warnings
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline

from lively.data.classification import Labelled, grid, split_points
from lively.models.asking import ask, ask_plane, shuffle
from lively.models.classifiers import (
    EPOCHS,
    FOLDS,
    Classifier,
    ScaledLogistic,
    make_classifier,
)
from lively.models.shared import fast
from lively.settings.classification import ClassDataSettings, ClassModelSettings
from lively.settings.shared import SplitSettings
from lively.truths import Array
from lively.work import Bits, Work, aside, part

#: How much of a model that grows is done at a time.
TREES_AT_ONCE, EPOCHS_AT_ONCE = 5, 10
#: Share of the work that is the fit; the rest is to ask the model about the points.
FITTING = 0.9
#: Cells of the surface across and up: while the hand moves, and at rest.
COARSE, FINE = (72, 40), (240, 120)


@dataclass(frozen=True, eq=False)
class ClassFit:
    """A fitted classifier and what it says of the points.

    Attributes
    ----------
    classifier : Classifier
    converged : bool
        Whether the solver came to its end.
    train, test : ndarray
        Probability of class 1 for the points of either part.
    coarse : ndarray
        Probability of class 1 over the plane, shape of COARSE, rows from the bottom.
    fine : Work
        The same in the shape of FINE.
    shuffled : Work
        Probability of class 1 for the test points, each input shuffled in turn (`shuffle`).
    """

    classifier: Classifier
    converged: bool
    train: Array
    test: Array
    coarse: Array
    fine: Work[Array]
    shuffled: Work[Array]

    @property
    def only_shares(self) -> bool:
        """Whether there was nothing to learn from but the share of the classes."""
        return isinstance(self.classifier, DummyClassifier)


def train(
    data: ClassDataSettings, split: SplitSettings, model: ClassModelSettings
) -> Bits[ClassFit]:
    """Fit a model, and ask it about the points and the plane."""
    parts, asked = split_points(data, split), 0

    def told(X: Array) -> Array:
        nonlocal asked
        asked += 1
        return X

    classifier = make_classifier(model, parts.train, data.seed, told)
    last = classifier[-1] if isinstance(classifier, Pipeline) else classifier
    if isinstance(last, RandomForestClassifier):
        yield from part(_grow(last, parts.train), 0, FITTING)
    elif isinstance(last, MLPClassifier):
        yield from part(_descend(classifier, parts.train), 0, FITTING)
    elif isinstance(last, CalibratedClassifierCV) or getattr(last, "is_slow", False):
        for _ in aside(lambda: _fit(classifier, parts.train)):
            yield FITTING * min(1.0, asked / (2 * FOLDS + 1))
    else:
        _fit(classifier, parts.train)
    count, reach = len(parts.train.X), parts.reach
    places = np.concatenate([parts.train.X, parts.test.X, grid(reach, COARSE)])
    found = yield from part(ask(classifier, places), FITTING, 1)
    return ClassFit(
        classifier,
        _converged(last),
        train=found[:count],
        test=found[count : data.samples],
        coarse=found[data.samples :].reshape(COARSE[::-1]),
        fine=Work(lambda: ask_plane(classifier, reach, FINE)),
        shuffled=Work(lambda: shuffle(classifier, parts.test.X, data.seed)),
    )


def _fit(classifier: Classifier, points: Labelled) -> None:
    with fast(), warnings.catch_warnings():
        # Whether it converged can be asked of it afterwards.
        warnings.simplefilter("ignore", ConvergenceWarning)
        classifier.fit(points.X, points.y)


def _converged(last: Classifier) -> bool:
    """Say whether the solver of a pipeline's last step came to its end."""
    if isinstance(last, ScaledLogistic):
        return bool(last.solver.n_iter_.max() < last.solver.max_iter)
    if isinstance(last, CalibratedClassifierCV):
        return bool(last.calibrated_classifiers_[0].estimator[-1].fit_status_ == 0)
    return True


def _grow(forest: RandomForestClassifier, points: Labelled) -> Bits[None]:
    count = forest.n_estimators
    for done in range(TREES_AT_ONCE, count + TREES_AT_ONCE, TREES_AT_ONCE):
        with fast():
            forest.set_params(n_estimators=min(done, count))
            forest.fit(points.X, points.y)
        yield min(done, count) / count


def _descend(pipeline: Pipeline, points: Labelled) -> Bits[None]:
    scaler, network = (step for _, step in pipeline.steps)
    scaled = scaler.fit_transform(points.X)
    for done in range(1, EPOCHS + 1):
        with fast():
            network.partial_fit(scaled, points.y, classes=(False, True))
        if done % EPOCHS_AT_ONCE == 0:
            yield done / EPOCHS


@lru_cache(maxsize=16)
def training(
    data: ClassDataSettings, split: SplitSettings, model: ClassModelSettings
) -> Work[ClassFit]:
    """Return the training of a model, begun or not; the same settings share one."""
    return Work(lambda: train(data, split, model))
