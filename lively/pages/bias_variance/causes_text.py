"""What high bias and high variance come from, in words; nothing where it is not clear."""

from lively.engine.formatting import format_number
from lively.pages.bias_variance.result import BiasVarianceResult

#: A cause explains a part of the error if it makes up this share of it.
MOST = 0.5
#: A lower degree is named where its error is below this share of the present one.
LOWER = 0.8
#: What is missed is written as a number from this share of the bias on.
HARDLY = 1e-3


def variance_cause(result: BiasVarianceResult) -> tuple[str, str]:
    """Return a heading, and the cause of the variance.

    Overfitting is said only of a polynomial of which a lower degree has a lower error.
    """
    data, model = result.settings.data, result.settings.model
    plain = "High variance."
    if data.noise == 0:
        return plain, "There is no noise: the fits differ only because their inputs do."
    if model.penalty != "none":
        return plain, ""
    causes = result.causes
    lowest = int(causes.errors.argmin())
    here = float((result.parts.bias2.value + result.parts.variance.value)[0])
    if model.degree < data.samples:
        here = min(here, float(causes.errors[-1]))
    if lowest + 1 < model.degree and causes.errors[lowest] < LOWER * here:
        return (
            "High variance (overfitting).",
            f"Degree {model.degree} is high for {data.samples} points: degree {lowest + 1} has a "
            "lower error.",
        )
    if lowest + 1 < model.degree:
        return plain, ""
    if causes.bias2 - causes.closest > causes.spread:
        return plain, "The fits differ mainly because their inputs do, and less because of noise."
    return plain, f"The degree is not the cause: {data.samples} points are few for this noise."


def bias_cause(result: BiasVarianceResult) -> str:
    """Return the cause of the bias."""
    data, model, causes = result.settings.data, result.settings.model, result.causes
    bias2 = float(result.parts.bias2.value[0])
    if causes.closest > MOST * bias2:
        return (
            f"Degree {model.degree} is too low for this function: even the closest polynomial of "
            f"this degree misses it by {format_number(causes.closest, 2)} (mean square)."
        )
    misses = "hardly misses the function"
    if causes.closest > HARDLY * bias2:
        misses = f"misses the function by only {format_number(causes.closest, 2)} (mean square)"
    closest = f"not the degree: the closest polynomial of degree {model.degree} {misses}."
    determined = model.degree < data.samples
    if model.penalty != "none":
        fine = determined and causes.bias2 < MOST * bias2
        return f"The cause is the penalty, {closest}" if fine else ""
    if not determined:
        return f"The cause is too few points for so many coefficients, {closest}"
    if data.inputs == "fixed" and causes.bias2 > MOST * bias2:
        return f"The cause is the fixed inputs, which leave gaps, {closest}"
    return ""
