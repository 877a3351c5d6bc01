"""What a fitted classifier says, a few points at a time, since some take long to answer."""

import numpy as np

from lively.arrays import Array
from lively.engine.incremental import Bits, part
from lively.learning.fast_fits import fast
from lively.pages.classification.data import grid
from lively.pages.classification.estimators import Classifier
from lively.pages.classification.logistic import ScaledLogistic
from lively.pages.classification.support_vectors import Machine

#: Points that are asked about at a time.
AT_ONCE = 1000
#: How often an input is shuffled.
REPEATS = 5


def probability(classifier: Classifier, X: Array) -> Array:
    """Return the probability of class 1 at points of shape (n, 2)."""
    with fast():
        if isinstance(classifier, ScaledLogistic | Machine):
            return classifier.probability(X)
        found: Array = classifier.predict_proba(X)
    (column,) = np.nonzero(classifier.classes_)
    return np.asarray(found[:, column[0]] if len(column) else np.zeros(len(X)))


def ask(classifier: Classifier, X: Array) -> Bits[Array]:
    """Return the probability of class 1 at points of shape (n, 2)."""
    found = np.empty(len(X))
    for start in range(0, len(X), AT_ONCE):
        end = min(start + AT_ONCE, len(X))
        found[start:end] = probability(classifier, X[start:end])
        yield end / len(X)
    return found


def ask_plane(classifier: Classifier, reach: float, cells: tuple[int, int]) -> Bits[Array]:
    """Return the probability of class 1 over the plane, so many cells across and up.

    Returns
    -------
    ndarray of shape cells[::-1]
        Rows from the bottom.
    """
    found = yield from ask(classifier, grid(reach, cells))
    return found.reshape(cells[::-1])


def shuffle(classifier: Classifier, X: Array, seed: int) -> Bits[Array]:
    """Return the probability of class 1 at points of which one input is shuffled.

    Either input in its turn, REPEATS times, with the draws of scikit-learn's
    `permutation_importance`.

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
            found[column, repeat] = yield from part(
                ask(classifier, shuffled), start, start + 1 / REPEATS / 2
            )
    return found
