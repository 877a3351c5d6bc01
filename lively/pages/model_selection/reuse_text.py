"""What evaluations on the test set are worth, in words."""

from lively.engine.formatting import fixed, number, share
from lively.pages.model_selection.names import Verdict, model_name, times
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.test_set_reuse import Judged, Look, judge, optimism


def interval_text(judged: Judged) -> str:
    """Write the interval for the true error that the test points give, or that they give none."""
    if judged.bounds is None:
        return "no interval"
    return f"95 % interval {' to '.join(map(fixed, judged.bounds))}"


def evaluation(look: Look) -> str:
    """Write a model's test error with its interval, and its true error."""
    judged = judge(look)
    shown, true = map(fixed, judged.roots)
    name = model_name(look.model)
    text = (
        f"{name[0].upper()}{name[1:]}: test RMSE {shown} ({interval_text(judged)}), "
        f"true RMSE {true}"
    )
    return text if judged.converged else f"{text} (the fit did not converge)"


def remark(judged: Judged) -> str:
    """Say why there is no interval, or that it misses the true error."""
    if judged.interval is None:
        return (
            " No interval: much of the true error may lie where there are hardly any test points."
        )
    low, high = judged.interval
    if not low <= judged.true <= high:
        return " This interval misses the true RMSE, as 1 in 20 does."
    return ""


def better(hidden: float, part: float) -> str:
    """Write by how much a model looks better on the test set than it is."""
    word = "better" if hidden >= 0 else "worse"
    return f"{fixed(abs(hidden))} ({share(abs(part))}) {word}"


def looks_verdict(result: SelectionResult) -> Verdict:
    """Say what the evaluations so far are worth, and what choosing the best of them does."""
    rivals = result.rivals
    others = result.seen_before - len(rivals)
    before = (
        f" Points of this sample were used {times(others)} under other settings." if others else ""
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
        text = f"{evaluation(rivals[0])}.{remark(judge(rivals[0]))}"
        if others:
            return Verdict("over", "This is not the first evaluation.", text + before)
        return Verdict(
            "neither",
            "1 evaluation on the test set.",
            f"{text} The squared test error of a first evaluation is unbiased.",
        )
    found, first = optimism(rivals), optimism(rivals[:1])
    bias = " (optimistic bias)" if found.hidden > 0 else ""
    best = "better" if len(rivals) == 2 else "best"
    return Verdict(
        "over",
        f"{len(rivals)} evaluations on the test set.",
        f"The {best} of {len(rivals)} models looks {better(found.hidden, found.share)} on the test "
        f"set than it really is{bias}; the first alone, "
        f"{better(first.hidden, first.share)} (medians of {number(found.sets)} simulated test sets "
        f"of {found.points} points).{before}",
    )
