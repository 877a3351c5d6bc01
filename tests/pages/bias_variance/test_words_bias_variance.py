"""All sentences of the page on bias and variance: each is reached, and none is contradicted.

The rules look at the numbers by another way: the expected values of fits that are linear in the
outputs, with the noise averaged exactly, and the closest polynomials by least squares.
"""

import re
from typing import NamedTuple

import numpy as np
import pytest
from thorough import examples

from lively.learning import elastic_net as solver
from lively.learning.polynomial_features import ScaledPowers
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.bias_variance.data import training_sets
from lively.pages.bias_variance.page import table_markup
from lively.pages.bias_variance.result import BiasVarianceResult
from lively.pages.bias_variance.settings import BiasVarianceSettings
from lively.pages.bias_variance.text import (
    Verdict,
    fan_text,
    freedom_text,
    panel_text,
    remarks,
    verdict,
)

START = BiasVarianceSettings()
NUMBER = r"(?:about )?[−\d.·\s⁰¹²³⁴-⁹⁻]+(?: ± [\d.·\s⁰¹²³⁴-⁹⁻]+)?"
SHARE = r"(?:\d+%|\d+ ± \d+%|[<>] \d+%)"
WHOLE = f"{SHARE} of the expected squared error, {NUMBER}"
PLACE = "most near x = [−\\d.]+"
#: Every sentence of verdicts and remarks.
TEMPLATES = {
    "No error": "No error. All fits equal the true function, and there is no noise.",
    "close": f"Close to the best possible. {WHOLE}, is noise, which no model removes.",
    "similar": "Bias and variance are similar. The mean fit misses the true function, "
    f"{PLACE}, and the fits differ, {PLACE}: bias² is {SHARE} and variance {WHOLE}.",
    "overfitting": f"High variance \\(overfitting\\). The fits differ between data sets, {PLACE}"
    f"(?:. Variance is {WHOLE}.|; the expected error is infinite.) Degree \\d+ is high for "
    "\\d+ points: degree \\d+ has a lower error.",
    "no noise": f"High variance. The fits differ between data sets, {PLACE}. Variance is {WHOLE}. "
    "There is no noise: the fits differ only because their inputs do.",
    "inputs vary": f"High variance. The fits differ between data sets, {PLACE}. Variance is "
    f"{WHOLE}. The fits differ mainly because their inputs do, and less because of noise.",
    "few points": f"High variance. The fits differ between data sets, {PLACE}. Variance is {WHOLE}."
    " The degree is not the cause: \\d+ points are few for this noise.",
    "variance alone": f"High variance. The fits differ between data sets, {PLACE}"
    f"(?:. Variance is {WHOLE}.|; the expected error is infinite.)",
    "degree": f"High bias. The mean fit misses the true function, {PLACE}. Bias² is {WHOLE}. Degree"
    f" \\d+ is too low for this function: even the closest polynomial of this degree misses it by "
    f"{NUMBER} \\(mean square\\).",
    "penalty": f"High bias. The mean fit misses the true function, {PLACE}. Bias² is {WHOLE}. The "
    "cause is the penalty, not the degree: the closest polynomial of degree \\d+ .*misses the "
    "function.*.",
    "too few": f"High bias. The mean fit misses the true function, {PLACE}. Bias² is {WHOLE}. The "
    "cause is too few points for so many coefficients, not the degree: .*.",
    "gaps": f"High bias. The mean fit misses the true function, {PLACE}. Bias² is {WHOLE}. The "
    "cause is the fixed inputs, which leave gaps, not the degree: .*.",
    "bias alone": f"High bias. The mean fit misses the true function, {PLACE}. Bias² is {WHOLE}.",
}
REMARKS = {
    "unconverged": "\\* The solver did not converge on \\d+ of \\d+ data sets: these numbers are "
    "not those of the penalized fit.",
    "infinite": "The expected error is infinite: points can lie so close together that a curve "
    "through them takes any height.",
    "no error": "No ±: a few rare data sets dominate, so that the true values are probably larger.",
    "rare": "Rare data sets dominate the averages.",
    "half": f"Half of the \\d+ fits have a squared error below {NUMBER} \\(without noise\\).",
    "gap": f"Test error minus sum: {NUMBER}.",
    "same": f"With fixed inputs the variance would be {NUMBER}.",
    "fresh": f"With fresh inputs the variance would be {NUMBER}.",
    "fresh infinite": "With fresh inputs the expected variance would be infinite.",
}
#: What no random state is likely to reach.
NOTED = {"unconverged"}


DEGREES = [1, 2, 3, 4, 5, 6, 8, 10, 15, 20]


def random_states(count):
    """Return seeded settings over all ranges, small where that is fast."""
    generator = np.random.default_rng(13)
    found = []
    for seed in range(count):
        low = float(np.round(generator.uniform(-5, 4), 1))
        high = float(np.round(generator.uniform(low + 0.5, 5), 1))
        whole = generator.random() < 0.5
        samples = int(generator.choice([8, 9, 10, 12, 15, 20, 25, 40, 60]))
        penalty = str(generator.choice(["none"] * 7 + ["ridge"] * 4 + ["lasso"]))
        found.append(
            START.replace(
                seed=seed,
                function=str(generator.choice(list(TARGET_FUNCTIONS))),
                x_range=(-5.0, 5.0) if whole else (low, high),
                noise=float(generator.choice([0.0, 0.2, 1.0, 3.0, 5.0, 10.0])),
                samples=20 if penalty == "lasso" else samples,
                data_sets=50,
                inputs="fixed" if penalty == "lasso" else str(generator.choice(["fresh", "fixed"])),
                degree=int(generator.choice([1, 2, 4] if penalty == "lasso" else DEGREES)),
                penalty=penalty,
                alpha=float(10.0 ** generator.integers(-4, 4)),
            )
        )
    return found


class Said(NamedTuple):
    """What the page says of a state, and two of its numbers; results are too large to be kept."""

    settings: BiasVarianceSettings
    verdict: Verdict
    remarks: str
    others: str
    table: str
    bias2: float
    total: float

    @classmethod
    def of(cls, settings):
        """Return what the page says of `settings`."""
        result = BiasVarianceResult(settings)
        others = " ".join([panel_text(result), fan_text(result), freedom_text(result)])
        numbers = [float(each.value[0]) for each in (result.parts.bias2, result.parts.total)]
        table = table_markup(result)
        return cls(settings, verdict(result), remarks(result), others, table, *numbers)


@pytest.fixture(scope="module")
def said():
    return [Said.of(state) for state in random_states(examples(300))]


def which(templates, text):
    return {name for name, template in templates.items() if re.fullmatch(template, text)}


def sentences(text):
    """Return the remarks one by one."""
    starts = (
        r"(?=\* The solver|No ±|The expected error|Rare data|Half of|Test error|"
        r"With (?:fresh|fixed))"
    )
    return [part.strip() for part in re.split(starts, text) if part.strip()]


def reached(said):
    """Return the names of the templates that some states reach; each sentence must have one."""
    names = set()
    for each in said:
        found = which(TEMPLATES, str(each.verdict))
        assert found, str(each.verdict)
        names |= found
        for sentence in sentences(each.remarks):
            found = which(REMARKS, sentence)
            assert found, sentence
            names |= found
    return names


def test_there_are_no_sentences_without_a_template(said):
    assert reached(said)


@pytest.mark.thorough
def test_every_template_is_reached(said):
    # Small noise, and a misfit that depends on where the points lie.
    rare = START.replace(samples=9, degree=3, x_range=(-3.0, 3.0), noise=0.2, data_sets=50)
    eighth = START.replace(samples=8, inputs="fixed", noise=1.0, seed=53, degree=20)
    every = [*said, Said.of(rare), Said.of(eighth)]
    assert reached(every) == set(TEMPLATES) | set(REMARKS) - NOTED


def test_what_did_not_converge_is_marked_at_every_number(monkeypatch):
    monkeypatch.setattr(solver, "MAX_STEPS", 1)
    state = START.replace(
        penalty="lasso", degree=5, alpha=0.01, samples=20, data_sets=50, inputs="fixed",
        seed=777,
    )  # fmt: skip
    result = BiasVarianceResult(state)
    first = sentences(remarks(result))[0]
    assert which(REMARKS, first) == {"unconverged"}
    table = table_markup(result)
    assert (
        re.findall(r"<td>[^<]*\*</td>", table)
        == re.findall(r"<td>[^<]*</td>", table)[:2] + (re.findall(r"<td>[^<]*</td>", table)[3:5])
    )
    assert "±" not in str(verdict(result))
    result = BiasVarianceResult(state.replace(panel="alpha"))
    text = panel_text(result)
    count = int((result.swept.unconverged > 0).sum())
    assert 0 < count < 19
    assert f"did not converge at {count} of 19, marked ×." in text


def linear_parts(settings):
    """Return bias² and variance with fixed inputs, exactly, and the same of lower degrees."""
    data, model = settings.data, settings.model
    x, truth = training_sets(data).x[0], TARGET_FUNCTIONS[data.function]
    at = np.linspace(*data.x_range, 4001)
    found = []
    for degree in range(1, model.degree + 1):
        if model.penalty == "none":
            unit, of = ((2 * each - sum(data.x_range)) / np.ptp(data.x_range) for each in (at, x))
            G, Z = (np.polynomial.legendre.legvander(each, degree) for each in (unit, of))
            if degree >= len(x):
                found.append((np.nan, np.nan))
                continue
            S = G @ np.linalg.pinv(Z, rcond=1e-15)
        else:
            if degree < model.degree:
                found.append((np.nan, np.nan))
                continue
            powers = ScaledPowers.of(x, degree)
            Z, G = powers(x), powers(at)
            slopes = np.linalg.solve(Z.T @ Z + model.alpha * np.eye(degree), Z.T)
            S = G @ (slopes - slopes.mean(axis=1, keepdims=True)) + 1 / len(x)
        found.append(
            (np.mean((S @ truth(x) - truth(at)) ** 2), data.noise**2 * np.mean((S**2).sum(axis=1)))
        )
    return found


def test_verdicts_agree_with_exact_parts(said):
    """With fixed inputs, and to the precision of fifty data sets."""
    checked = 0
    for each in said:
        data, model = each.settings.data, each.settings.model
        if data.inputs == "fresh" or model.penalty == "lasso":
            continue
        found = linear_parts(each.settings)
        bias2, variance = found[-1]
        if np.isnan(bias2) or bias2 + variance == 0:
            continue
        says = each.verdict
        checked += 1
        if says.heading.startswith("High variance"):
            assert variance > bias2
        if says.heading == "High bias.":
            assert bias2 > variance
        if says.heading == "Close to the best possible.":
            assert bias2 + variance < 0.2 * data.noise**2
        if lower := re.search(r"degree (\d+) has a lower error", says.text):
            assert sum(found[int(lower[1]) - 1]) < bias2 + variance
        if "not the cause" in says.text:
            assert np.nanmin(np.sum(found, axis=1)) > 0.95 * (bias2 + variance)
    assert checked > len(said) / 6


def test_causes_agree_with_the_closest_polynomial(said):
    for each in said:
        data, model = each.settings.data, each.settings.model
        says, bias2 = each.verdict, each.bias2
        if says.heading != "High bias.":
            continue
        at = np.linspace(*data.x_range, 4001)
        heights = TARGET_FUNCTIONS[data.function](at)
        fit = np.polynomial.Legendre.fit(at, heights, model.degree)
        closest = np.mean((fit(at) - heights) ** 2)
        if "too low" in says.text:
            assert closest > 0.45 * bias2
        if "The cause is" in says.text:
            assert closest < 0.55 * bias2
            assert ("penalty" in says.text) == (model.penalty != "none")
            assert ("gaps" in says.text) <= (data.inputs == "fixed")
            assert ("too few points" in says.text) <= (model.degree >= data.samples)


def test_nothing_is_said_that_the_numbers_deny(said):
    for each in said:
        data, model = each.settings.data, each.settings.model
        judged, remarked = str(each.verdict), each.remarks
        every = " ".join([judged, remarked, each.others, each.table])
        assert "nan" not in every
        assert not re.search(r"\b1(?!00)\d\d ± \d+%|\b1(?!00)\d\d%|−\d+%", every)
        assert ("no noise" in judged) <= (data.noise == 0)
        assert not (data.noise == 0 and "is noise" in judged)
        few = data.inputs == "fresh" and model.penalty == "none" and data.noise > 0
        infinite = few and data.samples <= model.degree + 2
        assert ("so close together" in remarked) == infinite
        assert ("∞" in each.table) == infinite
        assert ("infinite" in judged) <= infinite
        if data.inputs == "fixed":
            assert "rare" not in every.lower().replace("fresh inputs the variance", "")
        elif "No ±:" in remarked:
            assert "±" not in judged
        if (
            data.inputs == "fresh"
            and model.penalty == "none"
            and model.degree**2 > 1.5 * data.samples
        ):
            assert "±" not in judged or each.total == data.noise**2 == 0


def test_noise_of_zero_is_zero_per_cent():
    result = BiasVarianceResult(START.replace(noise=0.0, function="step"))
    assert "<td>0%</td>" in table_markup(result)
