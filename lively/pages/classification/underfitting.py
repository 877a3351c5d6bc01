"""The cause of underfitting: the setting that, if changed, would fit the training points."""

from collections.abc import Iterator
from functools import lru_cache

from lively.engine.fields import bounds
from lively.engine.incremental import IncrementalTask, Progress, subtask
from lively.learning.metrics import ClassificationMetrics
from lively.learning.split import SplitSettings
from lively.pages.classification.accuracy_limits import fewest_correct
from lively.pages.classification.data import LabelledPoints, bayes_optimal, split_points
from lively.pages.classification.estimators import make_classifier
from lively.pages.classification.fitting import fit_classifier
from lively.pages.classification.prediction import class_probability
from lively.pages.classification.settings import ClassDataSettings, ClassModelSettings
from lively.pages.classification.support_vectors import CalibratedSVC, make_svc


def underfits(train: ClassificationMetrics, best: float) -> bool:
    """Return whether the training accuracy is below the Bayes accuracy by more than chance.

    At the best threshold for these points, so that the threshold has no effect. Training accuracy
    is optimistic, so a correct model counts as underfitting less often than the level of the test.

    Parameters
    ----------
    train : ClassificationMetrics
        On the training points.
    best : float
        The Bayes accuracy.
    """
    at_best = train.at_threshold(train.best_threshold)
    return at_best.correct < fewest_correct(best, len(train.labels))


def more_flexible_models(model: ClassModelSettings) -> Iterator[tuple[str, ClassModelSettings]]:
    """Yield more flexible models of the same kind, with the names of what was changed.

    Nothing for models with a single setting that could be the cause.
    """
    changes: dict[str, dict[str, object]] = {}
    weakest, highest, most, largest = (
        bounds(type(model).model_fields[name])[end]
        for name, end in (("strength", 0), ("polynomial", 1), ("units", 1), ("gamma", 1))
    )
    penalized = model.kind in ("svm", "network") or model.penalty != "none"
    if penalized and model.strength > weakest:
        changes["penalty"] = {"strength": weakest}
    if model.kind == "logistic" or (model.kind == "svm" and model.kernel == "poly"):
        if model.polynomial < highest:
            changes["degree"] = {"polynomial": int(highest)}
    elif model.kind == "svm" and model.kernel == "linear":
        changes["kernel"] = {"kernel": "rbf"}
    elif model.kind == "svm" and model.gamma < largest:
        changes["gamma"] = {"gamma": largest}
    elif model.kind == "network" and model.units < most:
        changes["units"] = {"units": int(most)}
    for name, change in changes.items():
        yield name, model.replace(**change)
    if len(changes) == 2:
        first, second = changes.values()
        yield " and ".join(changes), model.replace(**{**first, **second})


def correct_on_training_points(
    model: ClassModelSettings, points: LabelledPoints, seed: int
) -> Progress[ClassificationMetrics]:
    """Fit a model, and return its metrics on the training points."""
    # The predictions of an SVC need no probabilities, which would take five more fits.
    classifier = (
        CalibratedSVC(make_svc(model), folds=0)
        if model.kind == "svm"
        else make_classifier(model, points, seed)
    )
    yield from fit_classifier(classifier, points)
    return ClassificationMetrics(points.y, class_probability(classifier, points.X), 0.5)


def find_cause(
    data: ClassDataSettings, split: SplitSettings, model: ClassModelSettings
) -> Progress[str]:
    """Return the name of the first alternative that does not underfit; empty if all do."""
    train = split_points(data, split).train
    best = bayes_optimal(data.shape, data.noise, data.noise_mean, data.balance).accuracy
    tried = list(more_flexible_models(model))
    for place, (name, other) in enumerate(tried):
        metrics = yield from subtask(
            correct_on_training_points(other, train, data.seed),
            place / len(tried),
            (place + 1) / len(tried),
        )
        if not underfits(metrics, best):
            return name
    return ""


@lru_cache(maxsize=16)
def underfitting_cause(
    data: ClassDataSettings, split: SplitSettings, model: ClassModelSettings
) -> IncrementalTask[str]:
    """Return the task of the search; equal settings share one."""
    return IncrementalTask(lambda: find_cause(data, split, model))
