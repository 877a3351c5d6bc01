"""Unfitted classifiers from settings."""

from typing import TypeAlias

from sklearn.base import ClassifierMixin
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from lively.pages.classification.data import LabelledPoints
from lively.pages.classification.logistic import ScaledLogistic, make_solver
from lively.pages.classification.settings import ClassModelSettings
from lively.pages.classification.support_vectors import FOLDS, CalibratedSVC, make_svc

#: Passes over the data in the training of a network.
EPOCHS = 400

Classifier: TypeAlias = ClassifierMixin | ScaledLogistic | CalibratedSVC


def make_classifier(model: ClassModelSettings, train: LabelledPoints, seed: int) -> Classifier:
    """Return the unfitted classifier.

    If a class has fewer than two points, it predicts the shares of the classes.

    Parameters
    ----------
    model : ClassModelSettings
    train : LabelledPoints
    seed : int
        Random state of the fit.
    """
    rarest = int(min(train.y.sum(), (~train.y).sum()))
    if rarest < 2:
        return DummyClassifier(strategy="prior")
    match model.kind:
        case "logistic":
            return ScaledLogistic(model.polynomial, make_solver(model))
        case "neighbours":
            return make_pipeline(
                StandardScaler(), KNeighborsClassifier(neighbour_count(model, train))
            )
        case "svm":
            return CalibratedSVC(make_svc(model), min(FOLDS, rarest))
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


def neighbour_count(model: ClassModelSettings, train: LabelledPoints) -> int:
    """Return the number of neighbours: k, or of training points if these are fewer."""
    return min(model.neighbours, len(train.y))
