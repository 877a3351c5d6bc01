"""Fits of classifiers in steps, or in a thread if they are slow and have no steps."""

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

#: Trees of a forest and passes of a network in one step.
TREES_PER_STEP, EPOCHS_PER_STEP = 5, 10
#: A network has converged if none of this number of last passes has lowered its smallest loss by
#: more than this: scikit-learn's criterion.
CONVERGENCE_PASSES, CONVERGENCE_GAIN = 10, 1e-4


def fit_classifier(classifier: Classifier, points: LabelledPoints) -> Progress[None]:
    """Fit a classifier; yield the share that is done."""
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
    """Return whether the solver converged; True for models without a solver."""
    last = _last(classifier)
    if isinstance(last, ScaledLogistic | CalibratedSVC):
        return last.converged
    if isinstance(last, MLPClassifier):
        gains = -np.diff(np.minimum.accumulate(last.loss_curve_))
        recent = gains[-CONVERGENCE_PASSES:]
        return len(recent) == CONVERGENCE_PASSES and bool(recent.max() <= CONVERGENCE_GAIN)
    return True


def _last(classifier: Classifier) -> Classifier:
    return classifier[-1] if isinstance(classifier, Pipeline) else classifier


def _fit(classifier: Classifier, points: LabelledPoints) -> None:
    with fast_fitting(), warnings.catch_warnings():
        # Convergence is checked afterwards. For a singular Hessian, Newton's method warns and
        # continues as L-BFGS.
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", LinAlgWarning)
        classifier.fit(points.X, points.y)


def _grow(forest: RandomForestClassifier, points: LabelledPoints) -> Progress[None]:
    count = forest.n_estimators
    for done in range(TREES_PER_STEP, count + TREES_PER_STEP, TREES_PER_STEP):
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
        if done % EPOCHS_PER_STEP == 0:
            yield done / EPOCHS
