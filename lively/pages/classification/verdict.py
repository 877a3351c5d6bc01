"""The verdict of the classification page: what is wrong with a model, and which setting does it."""

from lively.engine.fields import bounds
from lively.engine.formatting import format_fixed, format_number
from lively.learning.metrics import ClassificationMetrics
from lively.pages.classification.accuracy_limits import fewest_correct, gap_by_chance, is_worse
from lively.pages.classification.names import accuracy_text, difference_text
from lively.pages.classification.result import ClassificationResult
from lively.pages.classification.settings import ClassView
from lively.pages.classification.underfitting_text import overfitting_text, underfitting_text
from lively.ui.verdict import Verdict

HEADINGS: dict[str, str] = {
    "under": "Underfitting.",
    "over": "Overfitting.",
    "both": "Underfitting and overfitting.",
    "threshold": "Threshold off-centre.",
    "below": "Below the Bayes accuracy.",
    "shares": "Too few points of one class.",
    "neither": "Neither underfitting nor overfitting.",
}
#: Lowest degree of the logistic regressions that come near the Bayes accuracy of a shape; none does
#: for the spiral, which has the highest of the others.
RIGHT_DEGREES = {"straight": 1, "blobs": 1, "rings": 2, "xor": 2, "moons": 3, "spiral": 3}
THRESHOLDS = bounds(ClassView.model_fields["threshold"])


def _found(kind: str, text: str) -> Verdict:
    return Verdict(kind, HEADINGS[kind], text)


def verdict(result: ClassificationResult) -> Verdict:
    """Judge the model, and its threshold apart from it.

    Underfitting: at its best threshold, the training accuracy is below the Bayes accuracy by more
    than chance explains. Overfitting: the test accuracy is below the training accuracy by more than
    chance and the fit of a right model explain. Off-centre: another threshold would classify the
    training points better by more than chance explains. Below: the test accuracy is below the Bayes
    accuracy by more than chance explains, and neither of the former shows.
    """
    if result.fit.only_shares:
        return _found("shares", shares_text(result))
    centre = better_threshold(result)
    if centre is not None and not result.underfits:
        return _found("threshold", threshold_text(result, centre) + unfinished(result))
    over = overfits(result, result.settings.view.threshold)
    if result.underfits:
        words = [underfitting_text(result), below_text(result)]
        if over:
            words.append(gap_text(result))
        if centre is not None:
            words.append(
                f"A threshold of {threshold_name(centre)} would give {at_text(result, centre)}."
            )
        text = " ".join(words)
        return _found("both" if over else "under", text + unfinished(result))
    if over:
        words = [*overfitting_text(result), gap_text(result)]
        return _found("over", " ".join(words) + unfinished(result))
    test, best = result.test_judged, result.knowable.accuracy
    if max(test.correct, test.at_threshold(0.5).correct) < fewest_correct(best, len(test.labels)):
        return _found("below", short_text(result) + unfinished(result))
    text = f"{within_text(result)} The Bayes accuracy is {accuracy_text(best)}."
    return _found("neither", text + unfinished(result))


def shares_text(result: ClassificationResult) -> str:
    """Say why there is nothing to learn from."""
    labels = result.parts.train.y
    ones, zeros = int(labels.sum()), int((~labels).sum())
    count, kind = min((zeros, 0), (ones, 1))
    points = {0: "no point", 1: "one point"}[count]
    return (
        f"There is {points} of class {kind} among {len(labels)} training points, so no model is "
        f"fitted: the probability of class 1 is its share, {format_fixed(ones / len(labels))}, "
        "everywhere."
    )


def overfits(result: ClassificationResult, threshold: float) -> bool:
    """Say whether the test accuracy is below the training accuracy by more than chance explains."""
    train, test = (
        result.train_judged.at_threshold(threshold),
        result.test_judged.at_threshold(threshold),
    )
    return train.accuracy - test.accuracy > gap_limit(result, train, test) + 1e-12


def right_coefficients(shape: str) -> int:
    """Return how many coefficients a logistic regression needs that can draw a shape's boundary."""
    degree = RIGHT_DEGREES[shape]
    return (degree + 1) * (degree + 2) // 2


def gap_limit(
    result: ClassificationResult, train: ClassificationMetrics, test: ClassificationMetrics
) -> float:
    """Return the largest gap that chance and the fit of a right model explain."""
    wrong = len(train.labels) - train.correct + len(test.labels) - test.correct
    return gap_by_chance(
        wrong, len(train.labels), len(test.labels), right_coefficients(result.settings.data.shape)
    )


def better_threshold(result: ClassificationResult) -> float | None:
    """Return a threshold that classifies points better, beyond chance, if there is one.

    First 0.5, then that at which a support vector machine itself decides: neither is chosen by
    looking at the points, so that all of them count. The best one for the training points, by
    these, only where the model would seem to underfit at the present threshold.
    """
    train, test, machine = result.train_judged, result.test_judged, result.fit.machine
    for other in (0.5, *([machine.boundary] if machine else [])):
        if classifies_better(other, train, test):
            return other
    best = train.best_threshold
    if train.correct < fewest_correct(result.knowable.accuracy, len(train.labels)):
        return best if classifies_better(best, train) else None
    return None


def classifies_better(threshold: float, *parts: ClassificationMetrics) -> bool:
    """Say whether another threshold classifies points better, by more than chance explains."""
    gained = lost = 0
    for now in parts:
        right = (now.probability >= now.threshold) == now.labels
        there = (now.probability >= threshold) == now.labels
        gained, lost = gained + int((there & ~right).sum()), lost + int((right & ~there).sum())
    return is_worse(gained, lost)


def threshold_name(value: float) -> str:
    """Write a threshold with as many decimals as matter near its ends."""
    return (
        format_number(value, 2)
        if value < THRESHOLDS[0]
        else format_fixed(value, 2 if value <= 0.95 else 4)
    )


def at_text(result: ClassificationResult, threshold: float) -> str:
    """Write the training accuracy at another threshold."""
    return accuracy_text(result.train_judged.at_threshold(threshold).accuracy)


def threshold_text(result: ClassificationResult, centre: float) -> str:
    """Compare the threshold with a better one, and judge the model there."""
    train, test, machine = result.train_judged, result.test_judged, result.fit.machine
    then, now = (
        " and ".join(accuracy_text(judged.accuracy) for judged in pair)
        for pair in ((train.at_threshold(centre), test.at_threshold(centre)), (train, test))
    )
    own = machine is not None and centre == machine.boundary != 0.5
    words = [
        f"At {threshold_name(centre)}"
        + (", where the machine itself decides," if own else "")
        + f" training and test accuracy would be {then} instead of {now}."
    ]
    before, after = train.at_threshold(centre).true_positive_rate, train.true_positive_rate
    if before is not None and after is not None and after > before:
        words.append(
            f"In return, {threshold_name(train.threshold)} finds {format_fixed(100 * after, 0)} "
            "% of the "
            f"training points of class 1 instead of {format_fixed(100 * before, 0)} %."
        )
    if overfits(result, centre):
        words.append("There the model overfits.")
    return " ".join(words)


def below_text(result: ClassificationResult) -> str:
    """Compare the training accuracy with the Bayes accuracy."""
    train, best = result.train_judged, result.knowable.accuracy
    count = len(train.labels)
    return (
        f"The training accuracy {accuracy_text(train.accuracy)} is "
        f"{difference_text(best - train.accuracy)} below the Bayes accuracy {accuracy_text(best)}; "
        f"chance alone explains {up_to(best - fewest_correct(best, count) / count)}."
    )


def up_to(limit: float) -> str:
    """Write what chance explains."""
    return f"up to {difference_text(limit)}" if limit > 5e-6 else "nothing"


def gap_text(result: ClassificationResult) -> str:
    """Compare the test accuracy with the training accuracy."""
    train, test = result.train_judged, result.test_judged
    limit = gap_limit(result, train, test)
    return (
        f"The test accuracy {accuracy_text(test.accuracy)} is "
        f"{difference_text(train.accuracy - test.accuracy)} below the training accuracy "
        f"{accuracy_text(train.accuracy)}; "
        f"{up_to(limit)} would be no surprise."
    )


def within_text(result: ClassificationResult) -> str:
    """Say that training and test accuracy are no further apart than chance makes them."""
    train, test = result.train_judged, result.test_judged
    n, m = len(train.labels), len(test.labels)
    pair = f"{accuracy_text(train.accuracy)} and {accuracy_text(test.accuracy)}"
    wrong = n + m - train.correct - test.correct
    if test.accuracy - train.accuracy > gap_by_chance(wrong, m, n) + 1e-12:
        return f"Training and test accuracy are {pair}: by chance, the test points are easier."
    limit = gap_limit(result, train, test)
    if limit <= 0:
        return f"Training and test accuracy are {pair}."
    return (
        f"Training and test accuracy are {pair}; a test accuracy up to {difference_text(limit)} "
        "lower "
        "would be no surprise."
    )


def short_text(result: ClassificationResult) -> str:
    """Say that a test accuracy is too low for a reason that so few points do not show."""
    train, test, best = result.train_judged, result.test_judged, result.knowable.accuracy
    n, m = len(train.labels), len(test.labels)
    reason = (
        f"{n} training points are too few: from a training accuracy of "
        f"{accuracy_text(train.accuracy)} a right model could lose as much."
        if train.accuracy >= best
        else f"With a training accuracy of {accuracy_text(train.accuracy)}, {n} training points "
        "are too few to tell underfitting from overfitting."
    )
    return (
        f"The test accuracy {accuracy_text(test.accuracy)} is "
        f"{difference_text(best - test.accuracy)} "
        f"below the Bayes accuracy {accuracy_text(best)}; chance alone explains "
        f"{up_to(best - fewest_correct(best, m) / m)}. {reason}"
    )


def unfinished(result: ClassificationResult) -> str:
    """Say that numbers rest on a fit that did not converge."""
    if result.fit.converged:
        return ""
    if result.fit.separated:
        return " These coefficients have no finite best values."
    return " The fit did not converge."
