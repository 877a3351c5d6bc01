"""Sentences on the classification page."""

import numpy as np

from lively.engine.formatting import format_fixed, format_number
from lively.learning.metrics import ClassificationMetrics
from lively.pages.classification.names import accuracy_text, model_text, shape_text
from lively.pages.classification.result import ClassificationResult
from lively.pages.classification.verdict import verdict

NOT_DEFINED = "not defined"


def auc_text(judgement: ClassificationMetrics) -> str:
    """Write the area under the ROC, or say that there is none."""
    return NOT_DEFINED if judgement.auc is None else format_fixed(judgement.auc)


def share_text(value: float | None) -> str:
    """Write a share, or say that it has no denominator."""
    return NOT_DEFINED if value is None else format_fixed(value)


def best_text(result: ClassificationResult) -> str:
    """Say how good the best classifier is."""
    best = result.knowable.accuracy
    return f"Bayes accuracy, the best: {accuracy_text(best, 3)}."


def model_notes(result: ClassificationResult) -> str:
    """Say what stands behind the numbers of a model: its C, its votes, its solver, its scaling."""
    model, fit = result.settings.model, result.fit
    if fit.only_shares:
        return ""
    notes = []
    penalized = model.kind == "logistic" and model.penalty != "none"
    if penalized or model.kind == "svm":
        notes.append(f"C = {format_number(1 / model.strength)}.")
    if model.kind == "network":
        notes.append(f"α = {format_number(model.strength)}.")
    if model.kind == "neighbours" and model.neighbours >= result.votes == len(result.parts.train.y):
        notes.append(f"Only {result.votes} training points, so all of them vote.")
    if fit.separated:
        notes.append(separation_text(result))
    elif not fit.converged:
        notes.append(
            "Training stopped while the loss was still falling."
            if model.kind == "network"
            else "The solver stopped before it converged."
        )
    if fit.machine:
        notes += machine_notes(result)
    return " ".join(notes)


def separation_text(result: ClassificationResult) -> str:
    """Say that coefficients have no limit."""
    degree = result.settings.model.polynomial
    line = "A line" if degree == 1 else f"A curve of degree {degree}"
    return (
        f"{line} separates the training classes. Without a penalty the coefficients then have no "
        "limit: these are where the solver stopped."
    )


def machine_notes(result: ClassificationResult) -> list[str]:
    """Say what a support vector machine's probabilities are, and where they contradict it."""
    machine = result.fit.machine
    assert machine is not None
    notes = [
        "Platt scaling fails here (its curve falls), so the probabilities are a standard "
        "logistic curve of the decision value, uncalibrated."
        if machine.reversed
        else "Probabilities by Platt scaling."
    ]
    own = [
        judged.at_threshold(machine.boundary)
        for judged in (result.train_judged, result.test_judged)
    ]
    differ = sum(
        int(((one.probability >= 0.5) != (one.probability >= machine.boundary)).sum())
        for one in own
    )
    if differ:
        train, test = (accuracy_text(judged.accuracy) for judged in own)
        notes.append(
            f"The machine itself decides at {format_fixed(machine.boundary)} (accuracies "
            f"{train} and "
            f"{test}); at 0.5, {differ} point{'s differ' if differ > 1 else ' differs'}."
        )
    return notes


def fit_warning(result: ClassificationResult) -> str:
    """Say that all numbers rest on a fit that did not converge; nothing if it did."""
    if result.fit.converged:
        return ""
    return "not converged"


def surface_text(result: ClassificationResult) -> str:
    """Describe the picture of the points and the surface."""
    train, test = result.train_judged, result.test_judged
    notes = model_notes(result)
    return (
        f"{len(train.labels)} training and {len(test.labels)} test points of two classes in the "
        f"plane. {shape_text(result)}. Shades show the probability of class 1 by "
        f"{article(model_text(result))}; its decision boundary is at "
        f"{format_fixed(result.settings.view.threshold)}. Training accuracy "
        f"{accuracy_text(train.accuracy)}, test accuracy {accuracy_text(test.accuracy)}. "
        f"{best_text(result)}{' ' + notes if notes else ''} {verdict(result)}"
    )


def article(name: str) -> str:
    """Put the indefinite article before a model's name, unless it is several neighbours."""
    return name if name[0].isdigit() else f"a {name}"


def panel_text(result: ClassificationResult) -> str:
    """Describe the second picture, the one that is chosen."""
    text = _panel_text(result)
    return text if result.fit.converged else f"{text} The fit did not converge."


def _panel_text(result: ClassificationResult) -> str:
    parts = (("Training", result.train_judged), ("Test", result.test_judged))
    match result.settings.view.panel:
        case "confusion":
            return "Confusion. " + " ".join(
                f"{name}: of class 0, {t[0][0]} predicted as class 0 and {t[0][1]} as class 1; of "
                f"class 1, {t[1][0]} predicted as class 0 and {t[1][1]} as class 1."
                for name, t in ((name, judged.confusion_matrix) for name, judged in parts)
            )
        case "calibration":
            return "Calibration. " + " ".join(
                f"{name}: the predicted probability and the share of class 1 differ by "
                f"{format_fixed(calibration_error(judged))} on average."
                for name, judged in parts
            )
        case "importance":
            return importance_text(result)
        case "recall":
            points = " ".join(
                f"{name}, at the threshold: recall {share_text(judged.true_positive_rate)}, "
                f"precision {share_text(judged.precision)}."
                for name, judged in parts
            )
            by_chance = format_fixed(result.test_judged.prevalence)
            return f"Precision and recall. {points} By chance: precision {by_chance}."
    return "ROC. " + " ".join(
        f"{name}: area {auc_text(judged)}; at the threshold, false positive rate "
        f"{share_text(judged.false_positive_rate)}, true positive rate "
        f"{share_text(judged.true_positive_rate)}."
        for name, judged in parts
    )


def importance_text(result: ClassificationResult) -> str:
    """Describe the importances: what they are, the largest, and how many are zero."""
    found = result.importances
    values, zeros = found.values, int(np.sum(found.values == 0))
    start = f"Feature importance: {found.meaning} of each {found.of}, {len(values)} in all."
    if zeros == len(values):
        return f"{start} All are exactly zero."
    largest = int(np.argmax(np.abs(values)))
    count = {0: "None is", 1: "One is"}.get(zeros, f"{zeros} are")
    return (
        f"{start} The largest in absolute value is {format_number(values[largest])}, that of "
        f"{found.names[largest]}. {count} exactly zero."
    )


def calibration_error(judgement: ClassificationMetrics) -> float:
    """Return the expected calibration error: distances in the bins, weighted by their points."""
    mean, share, counts = judgement.calibration_curve
    return float(np.abs(mean - share) @ counts / counts.sum())
