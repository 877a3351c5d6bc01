"""What is at fault where a model under- or overfits, in words."""

from lively.engine.fields import bounds
from lively.engine.formatting import format_number
from lively.pages.classification.accuracy_limits import fewest_correct, most_correct
from lively.pages.classification.names import accuracy_text, model_text
from lively.pages.classification.result import ClassificationResult
from lively.pages.classification.settings import ClassModelSettings
from lively.pages.classification.underfitting import more_flexible_models


def underfitting_text(result: ClassificationResult) -> str:
    """Name what keeps the model from following the training points."""
    model, count = result.settings.model, len(result.parts.train.y)
    match model.kind:
        case "neighbours":
            if result.votes == count:
                return f"All {count} training points vote everywhere, since k is as large as that."
            return f"{model.neighbours} neighbours of {count} training points are too many here."
        case "tree" | "forest":
            if model.depth < bounds(ClassModelSettings.model_fields["depth"])[1]:
                return f"A depth of {model.depth} is too small for this shape."
            return "The largest depth is not enough."
    found = result.culprit_search.finish()
    reasons = {
        "penalty": "the penalty is too strong",
        "degree": f"a degree of {model.polynomial} is too low for this shape",
        "kernel": "a linear kernel is too simple for this shape",
        "gamma": f"a kernel γ of {format_number(model.gamma, 2)} is too small for this shape",
        "units": f"{model.units} hidden units are too few for this shape",
    }
    if found:
        text = " and ".join(reasons[name] for name in found.split(" and "))
        return text[0].upper() + text[1:] + "."
    if not result.fit.converged:
        return "Its training stopped before it converged, which may be why."
    return insufficient_text(model)


def insufficient_text(model: ClassModelSettings) -> str:
    """Say what would not let a model follow the training points, of what was tried."""
    names = {
        "penalty": "a weaker penalty",
        "degree": "a higher degree",
        "kernel": "an RBF kernel",
        "gamma": "a larger γ",
        "units": "more hidden units",
    }
    tried = [names[name] for name, _ in more_flexible_models(model) if name in names]
    if len(tried) > 1:
        return f"Neither {tried[0]} nor {tried[1]} would be enough for this shape."
    if tried:
        return f"{tried[0][0].upper()}{tried[0][1:]} would not be enough for this shape."
    return "Even its most flexible settings are too simple for this shape."


def overfitting_text(result: ClassificationResult) -> list[str]:
    """Say what a gap between training and test accuracy comes from."""
    train, test, best = result.train_judged, result.test_judged, result.knowable.accuracy
    count = len(train.labels)
    words = []
    if train.correct > most_correct(best, count):
        words.append(
            f"The model ({model_text(result)}) has learned noise: its training accuracy exceeds "
            f"the Bayes accuracy {accuracy_text(best)}."
        )
    if test.correct >= fewest_correct(best, len(test.labels)):
        words.append(
            "Even so, the test accuracy is within chance of it."
            if words
            else f"Even so, the test accuracy is within chance of the Bayes accuracy "
            f"{accuracy_text(best)}."
        )
    if not words:
        words.append(f"{count} training points are too few for this model ({model_text(result)}).")
    return words
