"""Sentences on the classification page."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lively.data.classification import straight_shift
from lively.models.judgement import Judgement
from lively.numbers import fixed, number
from lively.results.classification import ClassificationResult
from lively.settings.classification import ClassModelSettings
from lively.shapes import CLOUDS

#: Standard errors by which a difference must exceed chance before the words call it one.
SURE = 1.96

Kind = Literal["under", "over", "both", "neither"]


@dataclass(frozen=True)
class Verdict:
    """Whether the model under- or overfits, and the figures that say so."""

    kind: Kind
    heading: str
    text: str

    def __str__(self) -> str:
        return f"{self.heading} {self.text}"


def by_chance(share: float, *points: int) -> float:
    """Return how far shares of so many independent points differ by chance, once in twenty."""
    return float(SURE * np.sqrt(share * (1 - share) * sum(1 / n for n in points)))


def verdict(result: ClassificationResult) -> Verdict:
    """Judge the model by its two accuracies and the best one, known since we made the data.

    Overfitting: the training accuracy exceeds the test accuracy by more than chance explains, for
    two independent shares. Underfitting: the training accuracy falls short of the best that any
    rule reaches by more than chance explains.
    """
    train, test = result.train_judged, result.test_judged
    if result.fit.only_shares:
        return Verdict(
            "under",
            "Nothing to learn from.",
            "Fewer than two training points are of one of the classes: every point is given the "
            "share of class 1.",
        )
    n, m = len(train.labels), len(test.labels)
    gap, best = train.accuracy - test.accuracy, result.knowable.accuracy
    pooled = (train.accuracy * n + test.accuracy * m) / (n + m)
    chance = by_chance(pooled, n, m)
    short = best - train.accuracy
    over, under = gap > chance, short > by_chance(best, n) + 1e-9
    apart = (
        f"The training accuracy {fixed(train.accuracy)} is {fixed(gap)} above the test accuracy "
        f"{fixed(test.accuracy)}; chance alone explains up to {fixed(chance)}."
    )
    below = (
        f"The training accuracy {fixed(train.accuracy)} is {fixed(short)} below the best that any "
        f"rule reaches, {fixed(best)}"
    )
    if under and over:
        return Verdict("both", "Under- and overfitting.", f"{below}. {apart}")
    if under:
        return Verdict("under", "Underfitting.", f"{below}: {culprit(result)}.")
    if over:
        return Verdict("over", "Overfitting.", apart)
    return Verdict(
        "neither",
        "Neither under- nor overfitting shows.",
        f"Training and test accuracy, {fixed(train.accuracy)} and {fixed(test.accuracy)}, differ "
        f"by no more than chance explains, {fixed(chance)}. The best that any rule reaches is "
        f"{fixed(best)}.",
    )


def culprit(result: ClassificationResult) -> str:
    """Say why a model that is too stiff might be: its line, or where the line is drawn."""
    threshold = result.settings.view.threshold
    half = Judgement(result.parts.train.y, result.fit.train, 0.5)
    if half.accuracy > result.train_judged.accuracy:
        return (
            f"at a threshold of 0.5 instead of {fixed(threshold)} it would be "
            f"{fixed(half.accuracy)}"
        )
    return "the line misses the shape"


def area(judgement: Judgement) -> str:
    """Write the area under the ROC, or say that there is none."""
    return "not defined" if judgement.auc is None else fixed(judgement.auc)


def model_text(model: ClassModelSettings) -> str:
    """Name the model with the settings that it has."""
    match model.kind:
        case "logistic":
            return f"logistic regression of degree {model.polynomial}"
        case "neighbours":
            return f"{model.neighbours} nearest neighbours"
        case "svm":
            return f"support vector machine with {model.kernel} kernel"
        case "tree":
            return f"decision tree of depth {model.depth}"
        case "forest":
            return f"random forest of {model.trees} trees"
    return f"neural network with two layers of {model.units} units"


def shape_text(result: ClassificationResult) -> str:
    """Say how the points are made."""
    data = result.settings.data
    if data.shape == "straight":
        shift = straight_shift(data.balance)
        moved = f" {'−' if shift < 0 else '+'} {fixed(abs(shift), 1)}" if abs(shift) > 1e-9 else ""
        return f"Class 1: 1.5x1 − 2x2{moved} + noise > 0"
    return f"{CLOUDS[data.shape].formula}, and noise"


def best_text(result: ClassificationResult) -> str:
    """Say how good anybody could be."""
    return f"Best accuracy of any rule: {fixed(result.knowable.accuracy, 3)}."


def strength_text(result: ClassificationResult) -> str:
    """Say what a strength is to scikit-learn, and whether the solver came to its end."""
    model = result.settings.model
    if result.fit.only_shares:
        return ""
    said = []
    penalized = model.kind == "logistic" and model.penalty != "none"
    if penalized or model.kind == "svm":
        said.append(f"C = {number(1 / model.strength)}.")
    if model.kind == "network":
        said.append(f"α = {number(model.strength)}.")
    if not result.fit.converged:
        said.append("The solver stopped before it converged.")
    return " ".join(said)


def surface_text(result: ClassificationResult) -> str:
    """Describe the picture of the points and the surface."""
    train, test = result.train_judged, result.test_judged
    return (
        f"{len(train.labels)} training and {len(test.labels)} test points of two classes in the "
        f"plane. {shape_text(result)}. Shades show the probability of class 1 by a "
        f"{model_text(result.settings.model)}; its decision line is at "
        f"{fixed(result.settings.view.threshold)}. Training accuracy {fixed(train.accuracy)}, test "
        f"accuracy {fixed(test.accuracy)}. {best_text(result)} {verdict(result)}"
    )


def panel_text(result: ClassificationResult) -> str:
    """Describe the second picture, whichever is chosen."""
    train, test = result.train_judged, result.test_judged
    match result.settings.view.panel:
        case "confusion":
            return "Confusion. " + " ".join(
                f"{name}: of class 0, {t[0][0]} called 0 and {t[0][1]} called 1; of class 1, "
                f"{t[1][0]} called 0 and {t[1][1]} called 1."
                for name, t in (("Training", train.table), ("Test", test.table))
            )
        case "calibration":
            return "Calibration. " + " ".join(
                f"{name}: {mean_distance(judgement)} on average between the probability given and "
                "the share of class 1."
                for name, judgement in (("Training", train), ("Test", test))
            )
        case "importance":
            found = result.importances
            values = found.values
            largest = int(np.argmax(np.abs(values)))
            return (
                f"What counts: {found.meaning} by {found.of}, {len(values)} of them. Largest in "
                f"absolute value: {number(values[largest])} for {found.names[largest]}. "
                f"Exactly zero: {int(np.sum(values == 0))}."
            )
        case "recall":
            points = " ".join(
                f"{name}, at the threshold: recall {fixed(judgement.recall_point[0])}, precision "
                f"{fixed(judgement.recall_point[1])}."
                for name, judgement in (("Training", train), ("Test", test))
            )
            return f"Precision and recall. {points} By chance: precision {fixed(test.share)}."
    return "ROC. " + " ".join(
        f"{name}: area {area(judgement)}; at the threshold, false positive rate "
        f"{fixed(judgement.roc_point[0])}, true positive rate {fixed(judgement.roc_point[1])}."
        for name, judgement in (("Training", train), ("Test", test))
    )


def mean_distance(judgement: Judgement) -> str:
    """Write the expected calibration error: distances in the bins, weighted by their points."""
    mean, share, counts = judgement.calibration
    return fixed(float(np.abs(mean - share) @ counts / counts.sum()))
