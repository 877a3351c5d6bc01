"""Fits of classifiers: bit by bit where they have bits, aside where they have none and are slow."""

import warnings

import numpy as np
from scipy.linalg import LinAlgWarning
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline

from lively.engine.incremental import Progress, in_thread
from lively.learning.fast_fits import fast_fitting
from lively.pages.classification.data import LabelledPoints
from lively.pages.classification.estimators import EPOCHS, Classifier
from lively.pages.classification.logistic import ScaledLogistic
from lively.pages.classification.support_vectors import CalibratedSVC

#: How much of a model that grows is done at a time.
TREES_AT_ONCE, EPOCHS_AT_ONCE = 5, 10
#: A network has converged when its loss, in so many passes, has not fallen by so much at once:
#: scikit-learn's own criterion.
PATIENCE, LEAST_GAIN = 10, 1e-4


def fit_classifier(classifier: Classifier, points: LabelledPoints) -> Progress[None]:
    """Fit a classifier; give the share that is done."""
    last = _last(classifier)
    if isinstance(last, RandomForestClassifier):
        yield from _grow(last, points)
    elif isinstance(last, MLPClassifier):
        yield from _descend(classifier, points)
    elif isinstance(last, CalibratedSVC):
        called = 0

        def report() -> None:
            nonlocal called
            called += 1

        last.svc.watch(report)
        yield from in_thread(
            lambda: _fit(classifier, points), lambda: min(1.0, called / last.steps)
        )
    elif getattr(last, "is_slow", False):
        yield from in_thread(lambda: _fit(classifier, points))
    else:
        _fit(classifier, points)


def converged(classifier: Classifier) -> bool:
    """Say whether the solver met its criterion; true of models that have no solver."""
    last = _last(classifier)
    if isinstance(last, ScaledLogistic | CalibratedSVC):
        return last.converged
    if isinstance(last, MLPClassifier):
        gains = -np.diff(np.minimum.accumulate(last.loss_curve_))
        return len(gains) >= PATIENCE and bool(np.max(gains[-PATIENCE:]) <= LEAST_GAIN)
    return True


def _last(classifier: Classifier) -> Classifier:
    return classifier[-1] if isinstance(classifier, Pipeline) else classifier


def _fit(classifier: Classifier, points: LabelledPoints) -> None:
    with fast_fitting(), warnings.catch_warnings():
        # Whether it converged is evaluated afterwards. Where a Hessian is singular, Newton's method
        # warns and goes on as L-BFGS.
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", LinAlgWarning)
        classifier.fit(points.X, points.y)


def _grow(forest: RandomForestClassifier, points: LabelledPoints) -> Progress[None]:
    count = forest.n_estimators
    for done in range(TREES_AT_ONCE, count + TREES_AT_ONCE, TREES_AT_ONCE):
        with fast_fitting():
            forest.set_params(n_estimators=min(done, count))
            forest.fit(points.X, points.y)
        yield min(done, count) / count


def _descend(pipeline: Pipeline, points: LabelledPoints) -> Progress[None]:
    scaler, network = (step for _, step in pipeline.steps)
    scaled = scaler.fit_transform(points.X)
    for done in range(1, EPOCHS + 1):
        with fast_fitting():
            network.partial_fit(scaled, points.y, classes=(False, True))
        if done % EPOCHS_AT_ONCE == 0:
            yield done / EPOCHS
