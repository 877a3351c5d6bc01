"""What evaluations on the test set are worth, in words."""

from lively.engine.formatting import format_fixed, format_number, format_share
from lively.pages.model_selection.names import count_text, model_text
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.test_set_reuse import (
    EvaluationResult,
    HeldOutEvaluation,
    evaluate,
    selection_bias,
)
from lively.ui.verdict import Verdict


def interval_text(judged: EvaluationResult) -> str:
    """Write the interval for the true error that the test points give, or that they give none."""
    if judged.bounds is None:
        return "no interval"
    return f"95 % interval {' to '.join(map(format_fixed, judged.bounds))}"


def evaluation_text(look: HeldOutEvaluation) -> str:
    """Write a model's test error with its interval, and its true error."""
    judged = evaluate(look)
    shown, true = map(format_fixed, judged.roots)
    name = model_text(look.model)
    text = (
        f"{name[0].upper()}{name[1:]}: test RMSE {shown} ({interval_text(judged)}), "
        f"true RMSE {true}"
    )
    return text if judged.converged else f"{text} (the fit did not converge)"


def interval_remark(judged: EvaluationResult) -> str:
    """Say why there is no interval, or that it misses the true error."""
    if judged.interval is None:
        return (
            " No interval: much of the true error may lie where there are hardly any test points."
        )
    low, high = judged.interval
    if not low <= judged.true <= high:
        return " This interval misses the true RMSE, as 1 in 20 does."
    return ""


def bias_text(hidden: float, part: float) -> str:
    """Write by how much a model looks better on the test set than it is."""
    word = "better" if hidden >= 0 else "worse"
    return f"{format_fixed(abs(hidden))} ({format_share(abs(part))}) {word}"


def reuse_verdict(result: SelectionResult) -> Verdict:
    """Say what the evaluations so far are worth, and what choosing the best of them does."""
    rivals = result.rivals
    others = result.seen_before - len(rivals)
    before = (
        f" Points of this sample were used {count_text(others)} under other settings."
        if others
        else ""
    )
    if not rivals:
        if others:
            return Verdict("over", "The test set is no longer unseen.", before.strip())
        return Verdict(
            "neither",
            "The test set has not been used yet.",
            f"Its {len(result.parts.test.x)} points are hidden. Choose a model first, then "
            f"evaluate it once: the squared test error is then an unbiased estimate of the true "
            f"one.",
        )
    if len(rivals) == 1:
        text = f"{evaluation_text(rivals[0])}.{interval_remark(evaluate(rivals[0]))}"
        if others:
            return Verdict("over", "This is not the first evaluation.", text + before)
        return Verdict(
            "neither",
            "1 evaluation on the test set.",
            f"{text} The squared test error of a first evaluation is unbiased.",
        )
    found, first = selection_bias(rivals), selection_bias(rivals[:1])
    bias = " (optimistic bias)" if found.hidden > 0 else ""
    best = "better" if len(rivals) == 2 else "best"
    return Verdict(
        "over",
        f"{len(rivals)} evaluations on the test set.",
        f"The {best} of {len(rivals)} models looks {bias_text(found.hidden, found.share)} on "
        "the test "
        f"set than it really is{bias}; the first alone, "
        f"{bias_text(first.hidden, first.share)} (medians of {format_number(found.sets)} "
        "simulated test sets "
        f"of {found.points} points).{before}",
    )
