"""Sentences on the page on bias and variance."""

import numpy as np

from lively.arrays import Array
from lively.engine.formatting import format_number
from lively.learning.bias_variance_decomposition import Estimate
from lively.pages.bias_variance.causes_text import bias_cause, variance_cause
from lively.pages.bias_variance.heavy_tails import is_infinite_error
from lively.pages.bias_variance.model import is_linear
from lively.pages.bias_variance.result import BINS, DRAWN, BiasVarianceResult
from lively.ui.verdict import Verdict

#: One part is called larger than another from this ratio on.
MUCH = 2.0
#: A model whose avoidable error is below this share of the noise is called close to the best.
LITTLE = 0.1
#: A mean is called dominated by rare data sets where it is so many times the median.
SKEWED = 2.0
#: What rounding leaves of a standard error that is none, as a share of the number.
EXACT = 1e-12
#: Standard errors within which two numbers are said to agree.
AGREE = 3.0


def never_negative(estimate: Estimate) -> Estimate:
    """Return an estimate of what cannot be negative, with 0 for values below: nearer to the truth.

    An unbiased estimate of bias² near zero comes out below it by chance.
    """
    return Estimate(np.maximum(estimate.value, 0.0), estimate.error)


def estimate_text(estimate: Estimate, at: int = 0) -> tuple[str, str]:
    """Write an estimate and its error: digits as far as the second one of the error.

    >>> estimated(Estimate(np.array([8.62345]), np.array([1.1234])))
    ('8.6', '1.1')
    >>> estimated(Estimate(np.array([8.62345]), np.array([np.nan])))
    ('8.6', '–')
    """
    value, error = float(estimate.value[at]), float(estimate.error[at])
    if np.isnan(error):
        return format_number(value, 2), "–"
    if not error > EXACT * abs(value):
        return format_number(value), "0"
    place = int(np.floor(np.log10(error))) - 1
    digits = max(int(np.floor(np.log10(max(abs(value), error)))) - place + 1, 2)
    rounded = round(value, -place) if place < 0 else value
    return format_number(rounded, digits, whole=5), format_number(error, 2, whole=5)


def value_with_error(estimate: Estimate, at: int = 0) -> str:
    """Write an estimate with its error, if it has one; "about" where none can be stated."""
    value, error = estimate_text(estimate, at)
    if error == "–":
        return f"about {value}"
    return value if error == "0" else f"{value} ± {error}"


def share_text(part: Estimate) -> str:
    """Write a share of a whole, if there is one, with its error rounded up to whole per cents.

    An estimate beyond 0 or 100% is shown as that: it is nearer to the truth, so that the error
    covers as before.

    >>> share(Estimate(np.array([0.2871]), np.array([0.0311])))
    '29 ± 4%'
    >>> share(Estimate(np.array([1.02]), np.array([0.03])))
    '100 ± 3%'
    """
    value, error = (100 * float(each[0]) for each in part)
    if np.isnan(value):
        return "–"
    value = min(max(value, 0.0), 100.0)
    exact, known = not error > EXACT * 100, not np.isnan(error)
    if (exact or not known) and value in (0.0, 100.0):
        return f"{value:.0f}%"
    reach = error if known else 0.0
    if value + reach < 1:
        return "< 1%"
    if value - reach > 99:
        return "> 99%"
    return f"{value:.0f}%" if exact or not known else f"{value:.0f} ± {np.ceil(error):.0f}%"


def unconverged_text(result: BiasVarianceResult) -> str:
    """Say on how many data sets the solver did not converge, if on any."""
    count, of = result.unconverged, result.fits.count
    if not count:
        return ""
    sets = "data set" if of == 1 else "data sets"
    return (
        f"* The solver did not converge on {count} of {of} {sets}: these numbers are not those of "
        "the penalized fit."
    )


def tail_text(result: BiasVarianceResult) -> str:
    """Say where a few data sets dominate the means, and what that does to the numbers."""
    if is_infinite_error(result.settings.data, result.settings.model):
        return (
            "The expected error is infinite: points can lie so close together that a curve through "
            f"them takes any height. {middle_text(result)}"
        )
    if not result.tails_hold:
        return (
            "No ±: a few rare data sets dominate, so that the true values are probably larger. "
            f"{middle_text(result)}"
        )
    if result.settings.data.inputs == "fixed":
        return ""
    mean = float((result.parts.bias2.value + result.parts.variance.value)[0])
    if result.median > 0 and mean > SKEWED * result.median:
        return f"Rare data sets dominate the averages. {middle_text(result)}"
    return ""


def middle_text(result: BiasVarianceResult) -> str:
    """Say how large the error is in the middle of all data sets."""
    return (
        f"Half of the {result.settings.data.data_sets} fits have a squared error below "
        f"{format_number(result.median, 2)} (without noise)."
    )


def remarks(result: BiasVarianceResult) -> str:
    """Say how far the numbers are to be trusted, and what the inputs have to do with them."""
    found = [unconverged_text(result), tail_text(result)]
    if result.parts.stated[0]:
        found.append(f"Test error minus sum: {value_with_error(result.parts.gap)}.")
    if is_linear(result.settings.model):
        fresh = result.settings.data.inputs == "fresh"
        other = "fixed inputs" if fresh else "fresh inputs"
        if not fresh and is_infinite_error(
            result.settings.data.replace(inputs="fresh"), result.settings.model
        ):
            found.append(f"With {other} the expected variance would be infinite.")
        else:
            variance = value_with_error(never_negative(result.otherwise.variance))
            found.append(f"With {other} the variance would be {variance}.")
    return " ".join(text for text in found if text)


def verdict(result: BiasVarianceResult) -> Verdict:
    """Say which part of the error could be avoided, where most of it arises, and from what."""
    parts = result.parts
    bias2, variance = (max(float(p.value[0]), 0.0) for p in (parts.bias2, parts.variance))
    total = float(parts.total.value[0])
    if total == 0:
        text = "All fits equal the true function, and there is no noise."
        return Verdict("neither", "No error.", text)
    of_bias2, of_variance, of_noise, _ = (share_text(part) for part in parts.shares)
    whole = f"of the expected squared error, {value_with_error(parts.total)}"
    if bias2 + variance <= LITTLE * parts.noise:
        text = f"{of_noise} {whole}, is noise, which no model removes."
        return Verdict("neither", "Close to the best possible.", text)
    along = result.parts_along
    places = (result.grid[np.argmax(part.value)] for part in (along.bias2, along.variance))
    misses, differs = (f"most near x = {format_number(float(place), 2)}" for place in places)
    if variance > MUCH * bias2:
        heading, cause = variance_cause(result)
        text = f"The fits differ between data sets, {differs}. Variance is {of_variance} {whole}."
        if is_infinite_error(result.settings.data, result.settings.model):
            text = f"The fits differ between data sets, {differs}; the expected error is infinite."
        return Verdict("over", heading, " ".join([text, cause]).strip())
    if bias2 > MUCH * variance:
        text = f"The mean fit misses the true function, {misses}. Bias² is {of_bias2} {whole}."
        return Verdict("under", "High bias.", " ".join([text, bias_cause(result)]).strip())
    text = (
        f"The mean fit misses the true function, {misses}, and the fits differ, {differs}: bias² "
        f"is {of_bias2} and variance {of_variance} {whole}."
    )
    return Verdict("both", "Bias and variance are similar.", text)


def highest(estimate: Estimate, at: Array) -> str:
    """Say how high estimates go, and at which x."""
    top = int(np.nanargmax(estimate.value))
    return (
        f"{value_with_error(never_negative(estimate), top)}, at x = "
        f"{format_number(float(at[top]), 2)}"
    )


def freedom_text(result: BiasVarianceResult) -> str:
    """Say how many parameters the model is worth."""
    return f"Effective degrees of freedom: {value_with_error(result.freedom)}."


def fan_text(result: BiasVarianceResult) -> str:
    """Describe the picture of the fits."""
    data, model = result.settings.data, result.settings.model
    drawn = min(data.data_sets, DRAWN)
    low, high = data.x_range
    inputs = "fresh inputs" if data.inputs == "fresh" else "the same inputs"
    return (
        f"{drawn} polynomials of degree {model.degree}, each fitted to {data.samples} points for "
        f"x from {format_number(low)} to {format_number(high)} with {inputs}; the mean fit; "
        f"the true function {result.truth.formula}; and data set "
        f"{result.settings.view.data_set} with its own fit. {verdict(result)}"
    )


def panel_text(result: BiasVarianceResult) -> str:
    """Describe the second picture, whichever is chosen."""
    panel, parts = result.settings.view.panel, result.parts
    if panel == "x":
        along, tested = result.parts_along, result.measured_along
        return (
            f"Noise, variance and bias² along x, stacked. Noise {format_number(parts.noise)} "
            "everywhere; "
            f"variance up to {highest(along.variance, result.grid)}; "
            f"bias² up to {highest(along.bias2, result.grid)}. Test error in {BINS} intervals of "
            f"x: up to {highest(tested, result.middles)}. Over the whole range: "
            f"variance {value_with_error(parts.variance)}, "
            f"bias² {value_with_error(never_negative(parts.bias2))}, "
            f"sum {value_with_error(parts.total)}, test error {value_with_error(parts.test)}."
        )
    if result.sweep == "none":
        return "No penalty, so there is no α: nothing is drawn."
    curve, steps = result.curve, result.steps
    stated = curve.stated
    candidates = np.where(stated, curve.total.value, np.inf) if stated.any() else curve.total.value
    lowest = int(np.argmin(candidates))
    apart = np.abs(curve.gap.value) <= AGREE * curve.gap.error
    name = "degree" if panel == "degree" else "α"
    here = getattr(result.settings.model, panel)
    found = [
        f"Bias², variance, noise and their sum against {name} {format_number(steps[0])} to "
        f"{format_number(steps[-1])}; now {format_number(here)}. The sum is lowest at {name} "
        f"{format_number(steps[lowest])}: {value_with_error(curve.total, lowest)}, of which "
        "variance "
        f"{value_with_error(curve.variance, lowest)} and bias² "
        f"{value_with_error(never_negative(curve.bias2), lowest)}."
    ]
    if stated.any():
        found.append(
            f"The test error agrees with the sum within {AGREE:g} standard errors at "
            f"{int(apart.sum())} of {int(stated.sum())}."
        )
    wild = ~stated & (result.swept.unconverged == 0)
    if wild.any():
        found.append(
            f"Without ± at {wild.sum()} of {len(steps)}, drawn hollow: rare data sets dominate."
        )
    if unconverged := int((result.swept.unconverged > 0).sum()):
        found.append(f"The solver did not converge at {unconverged} of {len(steps)}, marked ×.")
    return " ".join(found)
