"""Labelled points and settings in, classifier out: scikit-learn's own, bit by bit if need be."""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from lively.data.classification import Labelled, split_points
from lively.models.shared import fast
from lively.settings.classification import ClassDataSettings, ClassModelSettings
from lively.settings.shared import SplitSettings
from lively.truths import Array

#: Iterations of the logistic regression's solvers, and passes over the data of the network's.
MAX_ITER, EPOCHS = 1000, 400
#: How much of a model that grows is done at a time.
TREES_AT_ONCE, EPOCHS_AT_ONCE = 5, 10


def logistic(model: ClassModelSettings) -> LogisticRegression:
    """Return the unfitted logistic regression: coordinate-wise penalties need another solver."""
    C = np.inf if model.penalty == "none" else 1 / model.strength
    ratio = {"l1": 1.0, "elastic": model.l1_ratio}.get(model.penalty, 0.0)
    solver = "saga" if ratio else "lbfgs"
    return LogisticRegression(C=C, l1_ratio=ratio, solver=solver, max_iter=MAX_ITER, random_state=0)


def make_estimator(model: ClassModelSettings, train: Labelled, seed: int) -> ClassifierMixin:
    """Return the unfitted classifier.

    A support vector machine gives no probabilities of its own: they are Platt's, a logistic curve
    over its cross-validated decisions (Platt, *Probabilistic outputs for support vector machines*,
    1999). Where either class has fewer than two points, the share of the classes is all there is.
    """
    rarest = int(min(train.y.sum(), (~train.y).sum()))
    if rarest < 2:
        return DummyClassifier(strategy="prior")
    match model.kind:
        case "logistic":
            powers = PolynomialFeatures(model.polynomial, include_bias=False)
            return make_pipeline(powers, StandardScaler(), logistic(model))
        case "neighbours":
            votes = min(model.neighbours, len(train.y))
            return make_pipeline(StandardScaler(), KNeighborsClassifier(votes))
        case "svm":
            machine = SVC(
                C=1 / model.strength,
                kernel=model.kernel,
                degree=model.polynomial,
                gamma=model.gamma,
                coef0=1.0,
            )
            platt = CalibratedClassifierCV(machine, cv=min(5, rarest), ensemble=False)
            return make_pipeline(StandardScaler(), platt)
        case "tree":
            return DecisionTreeClassifier(max_depth=model.depth, random_state=seed)
        case "forest":
            return RandomForestClassifier(
                model.trees, max_depth=model.depth, random_state=seed, warm_start=True
            )
    layers = (model.units, model.units)
    network = MLPClassifier(
        layers,
        activation="tanh",
        alpha=model.strength,
        batch_size=len(train.y),
        learning_rate_init=0.02,
        max_iter=EPOCHS,
        n_iter_no_change=EPOCHS,
        random_state=seed,
    )
    return make_pipeline(StandardScaler(), network)


@dataclass(frozen=True, eq=False)
class ClassFit:
    """A fitted classifier and what it says of the points.

    Attributes
    ----------
    estimator : ClassifierMixin
    converged : bool
        Whether the solver came to its end.
    train, test : ndarray
        Probability of class 1 for the points of either part.
    """

    estimator: ClassifierMixin
    converged: bool
    train: Array
    test: Array

    @property
    def only_shares(self) -> bool:
        """Whether there was nothing to learn from but the share of the classes."""
        return isinstance(self.estimator, DummyClassifier)

    def probability(self, X: Array) -> Array:
        """Return the probability of class 1 at points of shape (n, 2)."""
        return probability(self.estimator, X)


def probability(estimator: ClassifierMixin, X: Array) -> Array:
    """Return the probability of class 1 at points of shape (n, 2)."""
    with fast():
        found: Array = estimator.predict_proba(X)
    (column,) = np.nonzero(estimator.classes_)
    return np.asarray(found[:, column[0]] if len(column) else np.zeros(len(X)))


class Training:
    """A fit that can be done bit by bit.

    Attributes
    ----------
    fit : ClassFit or None
        None until it is done.
    """

    def __init__(
        self, data: ClassDataSettings, split: SplitSettings, model: ClassModelSettings
    ) -> None:
        self._parts = split_points(data, split)
        self._estimator = make_estimator(model, self._parts.train, data.seed)
        self._bits = self._work()
        self.fit: ClassFit | None = None

    def steps(self) -> Iterator[float]:
        """Go on with the fit; give the share that is done. What was begun is not begun again."""
        # Not `yield from`: who stops listening must not end the work for others.
        for share in self._bits:  # noqa: UP028
            yield share

    def finish(self) -> ClassFit:
        """Do what is left, and return the fit."""
        for _ in self._bits:
            pass
        assert self.fit is not None
        return self.fit

    def _work(self) -> Iterator[float]:
        train, estimator = self._parts.train, self._estimator
        converged = True
        last = estimator[-1] if isinstance(estimator, Pipeline) else estimator
        if isinstance(last, RandomForestClassifier):
            yield from self._grow(last)
        elif isinstance(last, MLPClassifier):
            yield from self._descend(estimator[0], last)
        else:
            with fast(), warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always", ConvergenceWarning)
                estimator.fit(train.X, train.y)
            converged = not any(w.category is ConvergenceWarning for w in caught)
        probabilities = (probability(estimator, part.X) for part in (train, self._parts.test))
        self.fit = ClassFit(estimator, converged, *probabilities)

    def _grow(self, forest: RandomForestClassifier) -> Iterator[float]:
        count = forest.n_estimators
        for done in range(TREES_AT_ONCE, count + TREES_AT_ONCE, TREES_AT_ONCE):
            with fast():
                forest.set_params(n_estimators=min(done, count))
                forest.fit(self._parts.train.X, self._parts.train.y)
            yield min(done, count) / count

    def _descend(self, scaler: StandardScaler, network: MLPClassifier) -> Iterator[float]:
        train = self._parts.train
        scaled = scaler.fit_transform(train.X)
        for done in range(1, EPOCHS + 1):
            with fast():
                network.partial_fit(scaled, train.y, classes=(False, True))
            if done % EPOCHS_AT_ONCE == 0:
                yield done / EPOCHS


@lru_cache(maxsize=16)
def training(data: ClassDataSettings, split: SplitSettings, model: ClassModelSettings) -> Training:
    """Return the training of a model, begun or not; the same settings share one."""
    return Training(data, split, model)


def importances(fit: ClassFit, held_out: Labelled, seed: int) -> tuple[list[str], Array, str]:
    """Say what counts in a model: the names, the values, and what they are.

    Coefficients of the scaled powers for a logistic regression; for all others, by how much the
    accuracy on the points falls when one input is shuffled (Breiman, *Random Forests*, 2001).
    """
    last = fit.estimator[-1] if isinstance(fit.estimator, Pipeline) else fit.estimator
    if isinstance(last, LogisticRegression):
        names = fit.estimator[0].get_feature_names_out(["x1", "x2"])
        return list(names), np.asarray(last.coef_[0]), "coefficient (scaled)"
    with fast():
        found = permutation_importance(
            fit.estimator, held_out.X, held_out.y, n_repeats=5, random_state=seed
        )
    values: NDArray[np.float64] = found.importances_mean
    return ["x1", "x2"], values, "accuracy lost, shuffled"
