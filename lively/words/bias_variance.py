"""Sentences on the page on bias and variance."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lively.decomposition import Estimate
from lively.models.bias_variance import is_linear
from lively.numbers import number
from lively.results.bias_variance import BINS, DRAWN, BiasVarianceResult
from lively.truths import Array

#: One part is said to outweigh another from this ratio on.
MUCH = 2.0
#: A model whose avoidable error is below this share of the noise is called close to the best.
LITTLE = 0.1
#: An average of which one data set makes up this share is said to hang on it.
LARGE = 0.2
#: What rounding leaves of a standard error that is none, as a share of the number.
EXACT = 1e-12
#: Standard errors within which two numbers are said to agree.
AGREE = 3.0

Kind = Literal["under", "over", "both", "neither"]


@dataclass(frozen=True)
class Verdict:
    """What the error is made of, and the figures that say so."""

    kind: Kind
    heading: str
    text: str

    def __str__(self) -> str:
        return f"{self.heading} {self.text}"


def estimated(estimate: Estimate, at: int = 0) -> tuple[str, str]:
    """Write an estimate and its error: digits as far as the second one of the error.

    >>> estimated(Estimate(np.array([8.62345]), np.array([1.1234])))
    ('8.6', '1.1')
    """
    value, error = float(estimate.value[at]), float(estimate.error[at])
    if not error > EXACT * abs(value):
        return number(value), "0"
    place = int(np.floor(np.log10(error))) - 1
    digits = max(int(np.floor(np.log10(max(abs(value), error)))) - place + 1, 2)
    rounded = round(value, -place) if place < 0 else value
    return number(rounded, digits, whole=5), number(error, 2, whole=5)


def said(estimate: Estimate, at: int = 0) -> str:
    """Write an estimate with its error, if it has one."""
    value, error = estimated(estimate, at)
    return value if error == "0" else f"{value} ± {error}"


def share(part: Estimate) -> str:
    """Write a share of a whole, if there is one, with its error rounded up to whole per cents.

    >>> share(Estimate(np.array([0.2871]), np.array([0.0311])))
    '29 ± 4%'
    """
    value, error = (100 * float(each[0]) for each in part)
    if np.isnan(value):
        return "–"
    if value + error < 1:
        return "< 1%"
    return f"{max(value, 0):.0f}" + (f" ± {np.ceil(error):.0f}%" if error > EXACT * value else "%")


def remarks(result: BiasVarianceResult) -> str:
    """Say how far the numbers are to be trusted, and what the inputs have to do with them."""
    found, data = [], result.settings.data
    largest = float(result.parts.largest[0])
    if largest > LARGE:
        found.append(
            f"One data set of {data.data_sets} makes up {largest:.0%} of the squared errors: "
            "the averages hang on it."
        )
    else:
        found.append(f"Measured less sum: {said(result.parts.gap)}.")
    if stopped := int(result.fits.stopped[0]):
        found.append(f"The solver stopped before it converged on {stopped} data sets.")
    if is_linear(result.settings.model):
        other = "the same inputs in all data sets" if data.inputs == "fresh" else "fresh inputs"
        found.append(f"With {other} the variance would be {said(result.otherwise.variance)}.")
    return " ".join(found)


def verdict(result: BiasVarianceResult) -> Verdict:
    """Say which part of the error could be avoided, and where most of it arises."""
    parts = result.parts
    bias2, variance = (max(float(p.value[0]), 0.0) for p in (parts.bias2, parts.variance))
    total = float(parts.total.value[0])
    if total == 0:
        return Verdict("neither", "Nothing to improve.", "All fits meet the truth, without noise.")
    of_bias2, of_variance, of_noise, _ = (share(part) for part in parts.shares)
    whole = f"of the expected squared error, {said(parts.total)}"
    noise = f"{of_noise} {whole}, are noise"
    if bias2 + variance <= LITTLE * parts.noise:
        return Verdict("neither", "Close to the best.", f"{noise}, which no model removes.")
    along = result.parts_along
    places = (result.grid[np.argmax(part.value)] for part in (along.bias2, along.variance))
    misses, differs = (f"most near x = {number(float(place), 2)}" for place in places)
    if variance > MUCH * bias2:
        text = f"The fits differ from one data set to the next, {differs}: {of_variance} {whole}."
        return Verdict("over", "Variance: too loose.", text)
    if bias2 > MUCH * variance:
        text = f"The fits miss the truth together, {misses}: {of_bias2} {whole}."
        return Verdict("under", "Bias: too stiff.", text)
    return Verdict(
        "both",
        "Bias and variance are level.",
        f"The fits miss the truth together, {misses}, and differ, {differs}; {noise}.",
    )


def highest(estimate: Estimate, at: Array) -> str:
    """Say how high estimates go, and at which x."""
    top = int(np.nanargmax(estimate.value))
    return f"{said(estimate, top)}, at x = {number(float(at[top]), 2)}"


def freedom_text(result: BiasVarianceResult) -> str:
    """Say how many parameters the model is worth."""
    return f"Effective degrees of freedom: {said(result.freedom)}."


def fan_text(result: BiasVarianceResult) -> str:
    """Describe the picture of the fits."""
    data, model = result.settings.data, result.settings.model
    drawn = min(data.data_sets, DRAWN)
    low, high = data.x_range
    inputs = "inputs drawn anew" if data.inputs == "fresh" else "the same inputs"
    return (
        f"{drawn} polynomials of degree {model.degree}, each fitted to {data.samples} points for "
        f"x from {number(low)} to {number(high)} with {inputs}; the mean of all {data.data_sets}; "
        f"the true function {result.truth.formula}; and data set "
        f"{result.settings.view.data_set} with its own fit. {verdict(result)}"
    )


def panel_text(result: BiasVarianceResult) -> str:
    """Describe the second picture, whichever is chosen."""
    panel, parts = result.settings.view.panel, result.parts
    if panel == "x":
        along, measured = result.parts_along, result.measured_along
        return (
            f"Noise, variance and bias² along x, stacked. Noise {number(parts.noise)} everywhere; "
            f"variance up to {highest(along.variance, result.grid)}; "
            f"bias² up to {highest(along.bias2, result.grid)}. Fresh points in {BINS} parts of the "
            f"range measure up to {highest(measured, result.middles)}. Over the whole range: "
            f"variance {said(parts.variance)}, bias² {said(parts.bias2)}, sum {said(parts.total)}, "
            f"measured {said(parts.test)}."
        )
    if result.sweep == "none":
        return "No penalty, so there is no α: nothing is drawn."
    curve, steps = result.curve, result.steps
    lowest = int(np.argmin(curve.total.value))
    apart = np.abs(curve.gap.value) <= AGREE * curve.gap.error
    name = "degree" if panel == "degree" else "α"
    here = getattr(result.settings.model, panel)
    return (
        f"Bias², variance, noise and their sum against {name} {number(steps[0])} to "
        f"{number(steps[-1])}; now {number(here)}. The sum is lowest at {name} "
        f"{number(steps[lowest])}: {said(curve.total, lowest)}, of which variance "
        f"{said(curve.variance, lowest)} and bias² {said(curve.bias2, lowest)}. "
        f"The error measured on fresh points agrees with the sum within {AGREE:g} standard errors "
        f"at {int(apart.sum())} of {len(steps)}."
    )
