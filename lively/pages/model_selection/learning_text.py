"""Whether more training points would help, and what else limits the error."""

import numpy as np

from lively.engine.formatting import format_number
from lively.pages.model_selection.learning_outlook import SAMPLE_RATIO, LearningOutlook
from lively.pages.model_selection.names import model_text
from lively.pages.model_selection.result import SelectionResult
from lively.ui.verdict import Verdict

#: The share by which the true error must fall for more points to be called a help.
HELPS = 0.05
#: Up to so many times the noise level, an error is called close to it.
CLOSE = 1.1
#: An error below this is a rounding error.
NOTHING = 1e-6


def limiting_part(found: LearningOutlook) -> str:
    """Name the largest part of the squared error above the noise."""
    parts = found.parts
    sizes = {"points": parts.points, "penalty": parts.penalty, "degree": parts.degree}
    return max(sizes, key=lambda part: sizes[part])


def cause_text(result: SelectionResult) -> str:
    """Say what the main cause of the error above the noise is."""
    found, degree = result.outlook, result.settings.model.degree
    match limiting_part(found):
        case "points":
            return f"The main cause: too few points for degree {degree} (high variance)."
        case "degree":
            return (
                f"The main cause: degree {degree} is too low (high bias). With unlimited points "
                f"the RMSE would still be {format_number(np.sqrt(found.floor()))}."
            )
        case "penalty" if result.settings.model.penalty == "ridge":
            return (
                "The main cause: α is too large (high bias). At a fixed α, the ridge penalty loses "
                "weight only as points are added."
            )
    return (
        f"The main cause: α is too large (high bias). At this α, unlimited points would leave an "
        f"RMSE of {format_number(np.sqrt(found.floor(found.count)))}."
    )


def outlook_text(result: SelectionResult) -> str:
    """Say whether more points would help."""
    found = result.outlook
    now, more = found.medians
    if more >= (1 - HELPS) * now:
        close = now <= CLOSE * result.settings.data.noise
        return f"More points would {'change little' if close else 'hardly help'}."
    match limiting_part(found):
        case "penalty" if result.settings.model.penalty == "ridge":
            return "More points would help, but slowly."
        case "penalty" | "degree":
            return "More points would help only in part."
    return "More points would help."


def learning_verdict(result: SelectionResult) -> Verdict:
    """Say what more points would do, and what limits the error."""
    found, noise = result.outlook, result.settings.data.noise
    now, more = found.medians
    if now < NOTHING:
        return Verdict(
            "neither",
            "Nothing is left to improve.",
            f"The true RMSE of {model_text(result.settings.model)} is zero up to rounding.",
        )
    if format_number(now) == format_number(more):
        change = f"stays at {format_number(now)}"
    else:
        change = (
            f"{'falls' if more < now else 'rises'} from {format_number(now)} to "
            f"{format_number(more)}"
        )
    text = (
        f"With {SAMPLE_RATIO} times as many training points ({SAMPLE_RATIO * found.count}), the "
        "true RMSE "
        f"{change} (medians of simulated data sets); noise level {format_number(noise)}. "
    )
    close = now <= CLOSE * noise
    text += "No model gets below the noise level." if close else cause_text(result)
    if not (found.converged.all() and result.learning.converged[..., result.own_place].all()):
        text += " Some fits did not converge."
    kind = "over" if limiting_part(found) == "points" else "under"
    if close:
        kind = "neither"
    return Verdict(kind, outlook_text(result), text)
