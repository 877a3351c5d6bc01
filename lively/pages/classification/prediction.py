"""Predictions of a fitted classifier, in chunks, since some classifiers are slow."""

import numpy as np

from lively.arrays import Array
from lively.engine.incremental import Progress, subtask
from lively.learning.fast_fits import fast_fitting
from lively.pages.classification.data import grid_points
from lively.pages.classification.estimators import Classifier
from lively.pages.classification.logistic import ScaledLogistic
from lively.pages.classification.support_vectors import CalibratedSVC

#: Points predicted in one step.
CHUNK_SIZE = 1000
#: Number of shuffles of each input.
REPEATS = 5


def class_probability(classifier: Classifier, X: Array) -> Array:
    """Return the probability of class 1 at points of shape (n, 2)."""
    with fast_fitting():
        if isinstance(classifier, ScaledLogistic | CalibratedSVC):
            return classifier.probability(X)
        found: Array = classifier.predict_proba(X)
    (column,) = np.nonzero(classifier.classes_)
    return np.asarray(found[:, column[0]] if len(column) else np.zeros(len(X)))


def predict_in_chunks(classifier: Classifier, X: Array) -> Progress[Array]:
    """Return the probability of class 1 at points of shape (n, 2)."""
    found = np.empty(len(X))
    for start in range(0, len(X), CHUNK_SIZE):
        end = min(start + CHUNK_SIZE, len(X))
        found[start:end] = class_probability(classifier, X[start:end])
        yield end / len(X)
    return found


def predict_grid(classifier: Classifier, reach: float, cells: tuple[int, int]) -> Progress[Array]:
    """Return the probability of class 1 over the plane, on (columns, rows) cells.

    Returns
    -------
    ndarray of shape cells[::-1]
        Rows from the bottom.
    """
    found = yield from predict_in_chunks(classifier, grid_points(reach, cells))
    return found.reshape(cells[::-1])


def permuted_predictions(classifier: Classifier, X: Array, seed: int) -> Progress[Array]:
    """Return the probability of class 1 at points with one input shuffled.

    Each input in turn, REPEATS times, with the draws of scikit-learn's `permutation_importance`.

    Returns
    -------
    ndarray of shape (2, REPEATS, n)
    """
    found = np.empty((2, REPEATS, len(X)))
    for column in (0, 1):
        draws = np.random.RandomState(np.random.RandomState(seed).randint(2**31))
        order, shuffled = np.arange(len(X)), X.copy()
        for repeat in range(REPEATS):
            draws.shuffle(order)
            shuffled[:, column] = shuffled[order, column]
            start = (column + repeat / REPEATS) / 2
            found[column, repeat] = yield from subtask(
                predict_in_chunks(classifier, shuffled), start, start + 1 / REPEATS / 2
            )
    return found
