"""The verdict of the classification page: what is wrong with a model, and which setting does it."""

from dataclasses import dataclass
from typing import Literal

from lively.fields import limits
from lively.models.chance import fewest_correct, gap_by_chance, is_worse, most_correct
from lively.models.judgement import Judgement
from lively.numbers import fixed, number
from lively.results.classification import ClassificationResult
from lively.settings.classification import ClassModelSettings, ClassView
from lively.words.class_names import accuracy_text, difference, model_text

Kind = Literal["under", "over", "both", "threshold", "below", "shares", "neither"]
HEADINGS: dict[Kind, str] = {
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
THRESHOLDS = limits(ClassView.model_fields["threshold"])


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a model, if anything, and the numbers that show it."""

    kind: Kind
    text: str

    @property
    def heading(self) -> str:
        """The verdict in a few words."""
        return HEADINGS[self.kind]

    def __str__(self) -> str:
        return f"{self.heading} {self.text}"


def verdict(result: ClassificationResult) -> Verdict:
    """Judge the model, and its threshold apart from it.

    Underfitting: at its best threshold, the training accuracy is below the Bayes accuracy by more
    than chance explains. Overfitting: the test accuracy is below the training accuracy by more than
    chance and the fit of a right model explain. Off-centre: another threshold would classify the
    training points better by more than chance explains. Below: the test accuracy is below the Bayes
    accuracy by more than chance explains, and neither of the former shows.
    """
    if result.fit.only_shares:
        return Verdict("shares", shares_text(result))
    centre = better_threshold(result)
    if centre is not None and not result.underfits:
        return Verdict("threshold", threshold_text(result, centre) + unfinished(result))
    over = overfits(result, result.settings.view.threshold)
    if result.underfits:
        words = [culprit(result), below_text(result)]
        if over:
            words.append(gap_text(result))
        if centre is not None:
            words.append(
                f"A threshold of {threshold_name(centre)} would give {at_text(result, centre)}."
            )
        text = " ".join(words)
        return Verdict("both" if over else "under", text + unfinished(result))
    if over:
        words = [*over_reasons(result), gap_text(result)]
        return Verdict("over", " ".join(words) + unfinished(result))
    test, best = result.test_judged, result.knowable.accuracy
    if test.correct < fewest_correct(best, len(test.labels)):
        return Verdict("below", short_text(result) + unfinished(result))
    text = f"{within_text(result)} The Bayes accuracy is {accuracy_text(best)}."
    return Verdict("neither", text + unfinished(result))


def shares_text(result: ClassificationResult) -> str:
    """Say why there is nothing to learn from."""
    labels = result.parts.train.y
    ones, zeros = int(labels.sum()), int((~labels).sum())
    count, kind = min((zeros, 0), (ones, 1))
    points = {0: "no point", 1: "one point"}[count]
    return (
        f"There is {points} of class {kind} among {len(labels)} training points, so no model is "
        f"fitted: the probability of class 1 is its share, {fixed(ones / len(labels))}, everywhere."
    )


def overfits(result: ClassificationResult, threshold: float) -> bool:
    """Say whether the test accuracy is below the training accuracy by more than chance explains."""
    train, test = result.train_judged.at(threshold), result.test_judged.at(threshold)
    return train.accuracy - test.accuracy > gap_limit(result, train, test) + 1e-12


def right_coefficients(shape: str) -> int:
    """Return how many coefficients a logistic regression needs that can draw a shape's boundary."""
    degree = RIGHT_DEGREES[shape]
    return (degree + 1) * (degree + 2) // 2


def gap_limit(result: ClassificationResult, train: Judgement, test: Judgement) -> float:
    """Return the largest gap that chance and the fit of a right model explain."""
    wrong = len(train.labels) - train.correct + len(test.labels) - test.correct
    return gap_by_chance(
        wrong, len(train.labels), len(test.labels), right_coefficients(result.settings.data.shape)
    )


def better_threshold(result: ClassificationResult) -> float | None:
    """Return a threshold that classifies the training points better, beyond chance, if there is.

    That of 0.5 before that at which a support vector machine itself decides; the best one only
    where the model, right at its best, would seem to underfit at the present threshold.
    """
    now, machine = result.train_judged, result.fit.machine
    predicted = now.probability >= now.threshold
    others = [0.5, *([machine.boundary] if machine else [])]
    if now.correct < fewest_correct(result.knowable.accuracy, len(now.labels)):
        others.append(now.best_threshold)
    for other in others:
        there = now.probability >= other
        gained = int(((there == now.labels) & (predicted != now.labels)).sum())
        lost = int(((there != now.labels) & (predicted == now.labels)).sum())
        if is_worse(gained, lost):
            return other
    return None


def threshold_name(value: float) -> str:
    """Write a threshold with as many decimals as matter near its ends."""
    return number(value, 2) if value < THRESHOLDS[0] else fixed(value, 2 if value <= 0.95 else 4)


def at_text(result: ClassificationResult, threshold: float) -> str:
    """Write the training accuracy at another threshold."""
    return accuracy_text(result.train_judged.at(threshold).accuracy)


def threshold_text(result: ClassificationResult, centre: float) -> str:
    """Compare the threshold with a better one, and judge the model there."""
    now, there = result.train_judged, result.train_judged.at(centre)
    machine = result.fit.machine
    words = [
        f"At {threshold_name(centre)}"
        + (
            ", the machine's own decision boundary,"
            if machine and centre == machine.boundary
            else ""
        )
        + f" the training accuracy would be {accuracy_text(there.accuracy)} instead of "
        f"{accuracy_text(now.accuracy)}."
    ]
    before, after = there.true_positive_rate, now.true_positive_rate
    if before is not None and after is not None and after > before:
        words.append(
            f"In return, {threshold_name(now.threshold)} finds {fixed(100 * after, 0)} % of class "
            f"1 instead of {fixed(100 * before, 0)} %."
        )
    if overfits(result, centre):
        test = result.test_judged.at(centre)
        words.append(
            f"There the model overfits: its test accuracy is {accuracy_text(test.accuracy)}."
        )
    return " ".join(words)


def below_text(result: ClassificationResult) -> str:
    """Compare the training accuracy with the Bayes accuracy."""
    train, best = result.train_judged, result.knowable.accuracy
    count = len(train.labels)
    limit = best - fewest_correct(best, count) / count
    return (
        f"The training accuracy {accuracy_text(train.accuracy)} is "
        f"{difference(best - train.accuracy)} below the Bayes accuracy {accuracy_text(best)}; "
        f"chance alone explains {'nothing' if limit < 5e-7 else 'up to ' + difference(limit)}."
    )


def gap_text(result: ClassificationResult) -> str:
    """Compare the test accuracy with the training accuracy."""
    train, test = result.train_judged, result.test_judged
    limit = gap_limit(result, train, test)
    return (
        f"The test accuracy {accuracy_text(test.accuracy)} is "
        f"{difference(train.accuracy - test.accuracy)} below the training accuracy "
        f"{accuracy_text(train.accuracy)}; "
        f"{'none' if limit <= 0 else 'up to ' + difference(limit)} would be no surprise."
    )


def culprit(result: ClassificationResult) -> str:
    """Name what keeps the model from following the training points."""
    model, count = result.settings.model, len(result.parts.train.y)
    match model.kind:
        case "neighbours":
            if result.votes == count:
                return f"All {count} training points vote everywhere, since k is as large as that."
            return f"{model.neighbours} neighbours of {count} training points are too many here."
        case "tree" | "forest":
            if model.depth < limits(ClassModelSettings.model_fields["depth"])[1]:
                return f"A depth of {model.depth} is too small for this shape."
            return "The largest depth is not enough."
    found = result.culprit_search.finish()
    reasons = {
        "penalty": "the penalty is too strong",
        "degree": f"a degree of {model.polynomial} is too low for this shape",
        "kernel": "a linear kernel is too simple for this shape",
        "gamma": f"γ = {number(model.gamma, 2)} is too small for this shape",
        "units": f"{model.units} hidden units are too few for this shape",
    }
    if found:
        text = " and ".join(reasons[name] for name in found.split(" and "))
        return text[0].upper() + text[1:] + "."
    if not result.fit.converged:
        return "Its training stopped before it converged, which may be why."
    return "No other setting of this model, nor two of them, would be enough for this shape."


def over_reasons(result: ClassificationResult) -> list[str]:
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
        f"Training and test accuracy are {pair}; a test accuracy up to {difference(limit)} lower "
        "would be no surprise."
    )


def short_text(result: ClassificationResult) -> str:
    """Say that a test accuracy is too low for a reason that so few points do not show."""
    train, test, best = result.train_judged, result.test_judged, result.knowable.accuracy
    m = len(test.labels)
    return (
        f"The test accuracy {accuracy_text(test.accuracy)} is {difference(best - test.accuracy)} "
        f"below the Bayes accuracy {accuracy_text(best)}; up to "
        f"{difference(best - fewest_correct(best, m) / m)} would be no surprise. With the training "
        f"accuracy at {accuracy_text(train.accuracy)}, {len(train.labels)} training points are too "
        "few to tell under- from overfitting."
    )


def unfinished(result: ClassificationResult) -> str:
    """Say that numbers rest on a fit that did not converge."""
    if result.fit.converged:
        return ""
    if result.fit.separated:
        return " These coefficients have no finite best values."
    return " The fit did not converge."
