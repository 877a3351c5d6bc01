"""Why a model underfits: the setting that, moved, would let it follow the training points."""

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
    """Say whether a model's training accuracy is below the Bayes accuracy by more than chance.

    At the best threshold for these points, so that it is the model that is judged. A model that
    was fitted to them has an accuracy on them that is rather too high, so a right model is called
    underfitted less often than chance alone would have it.

    Parameters
    ----------
    train : Judgement
        On the training points.
    best : float
        The Bayes accuracy.
    """
    at_best = train.at_threshold(train.best_threshold)
    return at_best.correct < fewest_correct(best, len(train.labels))


def more_flexible_models(model: ClassModelSettings) -> Iterator[tuple[str, ClassModelSettings]]:
    """Give more flexible models of the same kind, each under the name of what was moved.

    None for models of which only one setting can be at fault.
    """
    moved: dict[str, dict[str, object]] = {}
    weakest, highest, most, largest = (
        bounds(type(model).model_fields[name])[end]
        for name, end in (("strength", 0), ("polynomial", 1), ("units", 1), ("gamma", 1))
    )
    penalized = model.kind in ("svm", "network") or model.penalty != "none"
    if penalized and model.strength > weakest:
        moved["penalty"] = {"strength": weakest}
    if model.kind == "logistic" or (model.kind == "svm" and model.kernel == "poly"):
        if model.polynomial < highest:
            moved["degree"] = {"polynomial": int(highest)}
    elif model.kind == "svm" and model.kernel == "linear":
        moved["kernel"] = {"kernel": "rbf"}
    elif model.kind == "svm" and model.gamma < largest:
        moved["gamma"] = {"gamma": largest}
    elif model.kind == "network" and model.units < most:
        moved["units"] = {"units": int(most)}
    for name, change in moved.items():
        yield name, model.replace(**change)
    if len(moved) == 2:
        yield " and ".join(moved), model.replace(**{**moved["penalty"], **list(moved.values())[1]})


def correct_on_training_points(
    model: ClassModelSettings, points: LabelledPoints, seed: int
) -> Progress[ClassificationMetrics]:
    """Fit a model and judge it on the points that it was fitted to."""
    # A machine's own predictions need no probabilities, which would take five more fits.
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
    """Return the name of the first alternative that does not underfit; nothing if all do."""
    train = split_points(data, split).train
    best = bayes_optimal(data.shape, data.noise, data.noise_mean, data.balance).accuracy
    tried = list(more_flexible_models(model))
    for place, (name, other) in enumerate(tried):
        judged = yield from subtask(
            correct_on_training_points(other, train, data.seed),
            place / len(tried),
            (place + 1) / len(tried),
        )
        if not underfits(judged, best):
            return name
    return ""


@lru_cache(maxsize=16)
def underfitting_cause(
    data: ClassDataSettings, split: SplitSettings, model: ClassModelSettings
) -> IncrementalTask[str]:
    """Return the search, begun or not; the same settings share one."""
    return IncrementalTask(lambda: find_cause(data, split, model))
