"""The classifiers that settings describe, not fitted yet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.base import ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from lively.data.classification import Labelled
from lively.settings.classification import ClassModelSettings
from lively.truths import Array

#: Iterations of the logistic regression's solvers, and of the support vector machine's, which on
#: some settings would go on for hours; passes over the data of the network's.
MAX_ITER, MACHINE_ITER, EPOCHS = 1000, 100_000, 400
#: Folds whose decisions a machine's probabilities are learnt from.
FOLDS = 5


def powers(X: Array, degree: int) -> Array:
    """Return all products of two inputs up to a degree, in the order of PolynomialFeatures.

    Parameters
    ----------
    X : ndarray of shape (n, 2)
    degree : int

    Returns
    -------
    ndarray of shape (n, degree (degree + 3) / 2)
        x1, x2, x1², x1 x2, x2², …
    """
    x1, x2 = X[:, :1], X[:, 1:]
    blocks = [X]
    for _ in range(degree - 1):
        blocks.append(np.concatenate([blocks[-1] * x1, blocks[-1][:, -1:] * x2], axis=1))
    return np.concatenate(blocks, axis=1)


def power_names(degree: int) -> list[str]:
    """Return the names of `powers`, as PolynomialFeatures writes them."""
    pairs = [(total - up, up) for total in range(1, degree + 1) for up in range(total + 1)]
    return [
        " ".join(
            name if power == 1 else f"{name}^{power}"
            for name, power in (("x1", pair[0]), ("x2", pair[1]))
            if power
        )
        for pair in pairs
    ]


@dataclass
class ScaledLogistic:
    """PolynomialFeatures, StandardScaler and LogisticRegression, one after the other.

    Written out, since the checks of the three would take as long as the fit.

    Attributes
    ----------
    degree : int
    solver : LogisticRegression
    mean, scale : ndarray of shape (features,)
        Of the training points' powers.
    """

    degree: int
    solver: LogisticRegression
    mean: Array | float = 0.0
    scale: Array | float = 1.0

    @property
    def is_slow(self) -> bool:
        """Whether a fit takes longer than a frame: for a penalty that sets coefficients to zero."""
        return bool(self.solver.solver == "saga")

    def fit(self, X: Array, y: NDArray[np.bool_]) -> Self:
        """Fit to points of shape (n, 2)."""
        raw = powers(X, self.degree)
        self.mean, scale = raw.mean(axis=0), raw.std(axis=0)
        self.scale = np.where(scale > 0, scale, 1.0)
        self.solver.fit((raw - self.mean) / self.scale, y)
        return self

    def probability(self, X: Array) -> Array:
        """Return the probability of class 1 at points of shape (n, 2)."""
        slopes = self.solver.coef_[0] / self.scale
        score = powers(X, self.degree) @ slopes + (self.solver.intercept_ - slopes @ self.mean)
        return np.asarray(expit(score))


Classifier: TypeAlias = ClassifierMixin | ScaledLogistic


def logistic(model: ClassModelSettings) -> LogisticRegression:
    """Return the unfitted logistic regression: coordinate-wise penalties need another solver."""
    C = np.inf if model.penalty == "none" else 1 / model.strength
    ratio = {"l1": 1.0, "elastic": model.l1_ratio}.get(model.penalty, 0.0)
    solver = "saga" if ratio else "lbfgs"
    return LogisticRegression(C=C, l1_ratio=ratio, solver=solver, max_iter=MAX_ITER, random_state=0)


def make_classifier(
    model: ClassModelSettings,
    train: Labelled,
    seed: int,
    told: Callable[[Array], Array] | None = None,
) -> Classifier:
    """Return the unfitted classifier.

    A support vector machine gives no probabilities of its own: they are Platt's, a logistic curve
    over its cross-validated decisions (Platt, *Probabilistic outputs for support vector machines*,
    1999). Where either class has fewer than two points, the share of the classes is all there is.

    Parameters
    ----------
    model : ClassModelSettings
    train : Labelled
    seed : int
        Of what is random in a fit.
    told : callable, optional
        Takes and returns the points whenever a support vector machine is fitted to some or asked
        about some, which happens 2 FOLDS + 1 times in a fit.
    """
    rarest = int(min(train.y.sum(), (~train.y).sum()))
    if rarest < 2:
        return DummyClassifier(strategy="prior")
    match model.kind:
        case "logistic":
            return ScaledLogistic(model.polynomial, logistic(model))
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
                max_iter=MACHINE_ITER,
            )
            platt = CalibratedClassifierCV(
                make_pipeline(FunctionTransformer(told), machine),
                cv=min(FOLDS, rarest),
                ensemble=False,
            )
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
