"""Every sentence of the curve-fitting page: when it is written, and that nothing denies it."""

import ast
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import numpy as np
import pytest
from scipy.optimize import least_squares
from scipy.special import stdtrit
from thorough import examples

from lively.engine.fields import Choices, bounds, find_metadata
from lively.pages.curve_fit.coverage import Coverage
from lively.pages.curve_fit.data import make_points, true_values
from lively.pages.curve_fit.parametric_curves import PARAMETRIC_CURVES
from lively.pages.curve_fit.result import CurveFitResult
from lively.pages.curve_fit.settings import RANGES, CurvePageSettings
from lively.pages.curve_fit.text import (
    coverage_text,
    curve_text,
    error_name,
    panel_text,
    table_rows,
    verdict,
)

START = CurvePageSettings()
DASHBOARDS = Path(__file__).parents[1] / "dashboards"
NUMBER = r"[−\d.,·⁰¹²³⁴⁵⁶⁷⁸⁹⁻\u2009]+"
LIST = r"[a-z0-9 ,]+?"

#: Settings under which a fit does not converge, ends in a local minimum, or determines nothing.
STOPPED = {"curve": "growth", "loss": "huber", "centre": 1.5, "seed": 2}
ASTRAY = {"curve": "damped", "start": "own", "start_frequency": 1.6}
VAGUE = {
    "curve": "growth", "height": 0.9, "width": 1.25, "samples": 16, "noise_mean": -0.3,
    "outliers": 0.04, "seed": 188,
}  # fmt: skip

#: All sentences of the verdict, and settings under which each is said.
TEMPLATES = {
    r"The fit did not converge\.": STOPPED,
    r"The curve that is shown is its start\.": STOPPED,
    r"Try other starting values or positive bounds\.": {
        "curve": "two", "centre": -0.3, "width": 1.0, "samples": 13, "noise": 0.7, "seed": 314,
        "noise_mean": -0.4, "start": "own", "start_centre": 3.1, "loss": "huber", "f_scale": 0.1},
    r"Try other starting values\.": {
        "centre": 2.8, "samples": 12, "seed": 998, "start": "own", "start_centre": 1.7,
        "bounds": "positive"},
    r"Try starting values of your own or positive bounds\.": STOPPED,
    r"Try starting values of your own\.": STOPPED | {"bounds": "positive"},
    r"A local minimum\.": ASTRAY,
    rf"From this start the optimizer ends where the loss is {NUMBER} times that of the best fit "
    r"found\.": ASTRAY,
    rf"From this start the optimizer ends where the loss is {NUMBER}, and the best fit found "
    rf"passes "
    r"through all points\.": ASTRAY | {"noise": 0.0},
    r"No small step from here lowers the loss, so it stops\.": {
        "curve": "damped", "height": 1.2, "frequency": 0.2, "samples": 16, "seed": 773,
        "start": "own", "start_lifetime": 3.5, "start_frequency": 1.35},
    r"The loss is almost flat here \(tiny gradient\), so it stops\.": ASTRAY,
    r"Only one other start was tried, the true values: this is no global search\.": {
        "curve": "damped", "height": 1.6, "frequency": 1.6, "samples": 16, "noise": 0.5},
    r"Only two other starts were tried, the true values and the automatic ones: this is no global "
    r"search\.": ASTRAY,
    r"Not determined\.": VAGUE,
    r"Other values of the parameters fit the points as well as these, so that there are no "
    r"standard "
    r"errors\.": VAGUE,
    r"Poorly determined\.": {"centre": 4.0},
    rf"The 95 % interval of {LIST} is longer than the whole range of its slider: the points "
    rf"contain "
    r"almost no information about it\.": {"centre": 4.0},
    rf"The 95 % intervals of {LIST} are longer than the whole range of their sliders: the points "
    rf"contain "
    r"almost no information about them\.": {"loss": "huber", "centre": 5.0, "seed": 3},
    r"Essentially exact\.": {"noise": 0.0},
    r"There is no noise, and the fit finds the true values\.": {"noise": 0.0},
    r"Another curve\.": {"curve": "damped", "noise": 0.0, "samples": 10, "frequency": 1.5},
    r"There is no noise, and this curve passes through all points, but it is not the true one\.": {
        "curve": "damped", "noise": 0.0, "samples": 10, "frequency": 1.5},
    r"Intervals not to be trusted\.": {"outliers": 0.16},
    r"They may cover the true values in less than 95 % of data sets\.": {"outliers": 0.16},
    r"Over their length the curve is far from linear in its parameters\.": {"outliers": 0.16},
    r"Outliers may fall on the few points that determine the curve\.": {
        "outliers": 0.2, "samples": 12, "loss": "huber"},
    r"They take no account of the bounds\.": {
        "curve": "growth", "width": 0.1, "height": 1.0, "noise": 0.2, "bounds": "positive"},
    rf"Here that of {LIST} misses its true value\.": {
        "noise_mean": 0.5},
    rf"Here those of {LIST} miss their true values\.": {"noise_mean": 1.0},
    r"Here all [345] true values lie within them\.": {"outliers": 0.16},
    r"Here both true values lie within them\.": {
        "curve": "decay", "outliers": 0.16, "seed": 0},
    r"One true value is missed\.": {"seed": 4},
    r"Some true values are missed\.": {"seed": 71},
    rf"The 95 % interval of {LIST} does not contain its true value\.": {"seed": 4},
    rf"The 95 % intervals of {LIST} do not contain their true values\.": {"seed": 71},
    r"Even where every interval covers as stated, at least one misses in up to (10|15|25) % of "
    r"data "
    r"sets\.": {"seed": 4},
    r"The intervals contain the true values\.": {"seed": 6},
    r"All [345] true values lie within their 95 % intervals\.": {"seed": 6},
    r"Both true values lie within their 95 % intervals\.": {"curve": "decay"},
    rf"The true centre( 2)? \({NUMBER}\) lies outside the data, from −2 to 2: the points contain "
    rf"little "
    r"information about it\.": {"centre": 4.0},
    rf"The true centre \({NUMBER}\) and centre 2 \({NUMBER}\) lie outside the data, from −2 to 2: "
    r"the points contain little information about them\.": {
        "curve": "two", "centre": 4.4, "centre2": -3.0},
    r"The noise mean shifts all points up, which biases the estimates\.": {"noise_mean": 0.3},
    r"The noise mean shifts all points down, which biases the estimates\.": {"noise_mean": -0.3},
    r"Squares give the outliers \([\d.]+ % of the points\) much weight; a robust loss gives them "
    r"less\.": {"outliers": 0.16},
    rf"With a loss scale of {NUMBER}, even this loss gives the outliers \([\d.]+ % of the points\) "
    r"much weight\.": {"outliers": 0.16, "loss": "huber", "f_scale": 2.0},
    rf"With so few points, a frequency of {NUMBER} cannot be told from one of {NUMBER} "
    r"\(aliasing\)\.": {"curve": "damped", "frequency": 1.5, "samples": 10},
    rf"The {LIST} came out negative; positive bounds prevent that\.": {
        "height": 0.5, "noise": 1.0, "samples": 10, "seed": 6},
    rf"The {LIST} came out negative; its sign changes nothing\.": {
        "height": 0.5, "noise": 1.0, "samples": 10, "seed": 6},
    rf"The {LIST} ended at the bound, 0\.01\.": {
        "curve": "decay", "height": 0.5, "noise": 1.0, "bounds": "positive", "seed": 7},
    r"The two peaks came out in the other order, which changes nothing\.": {
        "curve": "two", "centre": 0.8, "centre2": -0.8},
}  # fmt: skip

#: Words that are not the field's.
WRONG = re.compile(
    r"\b(told|says?|said|promise|truth|spares?|anew|bent|straight|All 2|all 2|All but|"
    r"no end|feels?|meets?|1 data sets|said|asked|whatever|nan)\b"
)


def random_page(rng):
    """Return settings from all over the ranges; few points and few robust losses are quick."""
    changes = {}
    for group in CurvePageSettings.groups().values():
        for name, field in group.model_fields.items():
            if choices := find_metadata(field, Choices):
                changes[name] = choices.labels[rng.integers(len(choices.labels))][0]
            elif name not in ("seed", "samples"):
                changes[name] = float(rng.uniform(*bounds(field)))
    if rng.random() < 0.7:
        changes |= {"loss": "linear"}
    if rng.random() < 0.6:
        changes |= {"start": "automatic"}
    if rng.random() < 0.6:
        changes |= {"outliers": 0.0, "noise_mean": 0.0}
    if rng.random() < 0.1:
        changes |= {"noise": 0.0}
    if rng.random() < 0.5:
        changes |= {"centre": rng.uniform(-1.5, 0), "centre2": rng.uniform(0.3, 1.5)}
    changes["noise"] *= rng.random()
    panel = ("residuals", "correlation")[rng.integers(2)]
    return START.replace(**changes | {"seed": int(rng.integers(1000)), "panel": panel,
                                      "samples": int(rng.integers(10, 60))})  # fmt: skip


def unlisted(text):
    """Return what of a verdict no template accounts for, and the templates that do."""
    used = set()
    # Longer ones first: some are the end of others.
    for template in sorted(TEMPLATES, key=len, reverse=True):
        text, count = re.subn(rf"(?<![^ ]){template}(?= |$)", "", text)
        if count:
            used.add(template)
    return text.strip(), used


@pytest.mark.parametrize("template", TEMPLATES, ids=range(len(TEMPLATES)))
def test_each_sentence_is_written_where_it_should_be(template):
    result = CurveFitResult(START.replace(**TEMPLATES[template]))
    left, used = unlisted(str(verdict(result)))
    assert left == ""
    assert template in used, str(verdict(result))


def test_random_states_say_nothing_unlisted_and_nothing_that_is_wrong():
    rng = np.random.default_rng(2)
    for _ in range(examples(300)):
        result = CurveFitResult(random_page(rng))
        left, _ = unlisted(str(verdict(result)))
        assert left == "", result.settings
        check(result)


def check(result):
    """Hold what is said of a state to what plain numpy and scipy find."""
    data, fit, said = result.settings.data, result.settings.fit, verdict(result)
    text, points, curve = str(said), make_points(data), PARAMETRIC_CURVES[data.curve]
    where = f"{text} {result.settings}"
    for other in (text, curve_text(result), panel_text(result), coverage_text(result)):
        assert not WRONG.search(other), WRONG.search(other)
    truth, heading = true_values(data), said.heading

    def cost(values):
        def residuals(at):
            with np.errstate(all="ignore"):
                return curve.function(points.x, *at) - points.y

        try:
            found = least_squares(residuals, values, loss=fit.loss, f_scale=fit.f_scale, max_nfev=1)
        except ValueError:
            return np.inf
        return 2 * found.cost

    spans = {name: RANGES[name][1] - RANGES[name][0] for name in RANGES}
    ended = heading != "The fit did not converge."
    assert ("none" in table_rows(result)[0]) != ended
    assert ("positive bounds" in text) <= (fit.bounds == "none"), where
    assert ("shifts all points up" in text) == (data.noise_mean > 0), where
    assert ("shifts all points down" in text) == (data.noise_mean < 0), where
    assert ("Squares give the outliers" in text) == (
        fit.loss == "linear" and bool(points.outlier.any())
    ), where
    assert error_name(result) == ("Std. error" if fit.loss == "linear" else "Robust s.e.")
    if not ended:
        return
    values, errors = result.fit.values, result.fit.errors
    left = points.y - curve(points.x, values)
    least = cost(values)
    # A start at the truth never ends more than 5 % lower without a word.
    floor = 1e-8 * np.sum(points.y**2) + 1e-10
    better = cost(truth) * 1.06 + floor < least
    assert not better or heading == "A local minimum.", where
    if heading == "Essentially exact.":
        assert data.noise == 0
        assert np.abs(left).max() < 1e-2
        np.testing.assert_allclose(values, truth, atol=1e-2)
    if heading in ("Not determined.", "A local minimum."):
        return
    if fit.loss == "linear":
        quantile = stdtrit(len(points.x) - len(values), 0.975)
    else:
        quantile = stdtrit(result.fit.freedom, 0.975)
    low, high = values - quantile * errors, values + quantile * errors
    wide = (high - low) > np.array([spans[name] for name in curve.parameters])
    assert (heading == "Poorly determined.") == bool(wide.any()), where
    inside = (low <= truth) & (truth <= high)
    if heading == "The intervals contain the true values.":
        assert inside.all(), where
    if heading == "One true value is missed.":
        assert np.sum(~inside) == 1, where
    if heading == "Some true values are missed.":
        assert np.sum(~inside) > 1, where
    for name, missed in zip(curve.parameters, ~inside, strict=True):
        found = re.search(r"(?:intervals?|that|those) of ([a-z0-9 ,]+?) (?:do|miss)", text)
        if found:
            listed = re.split(r", | and ", found[1])
            assert (RANGES[name][3].lower() in listed) == missed, where
    # A bias of more than an interval is never left without a word.
    if data.noise_mean == 0 and data.noise == 0 and not points.outlier.any():
        assert heading in ("Essentially exact.", "Another curve."), where


@pytest.mark.parametrize(
    ("changes", "held", "lost", "words"),
    [
        ({"noise": 0.0}, [0, 0, 0], 0, "Without noise all data sets are the same, and there is "
         "nothing to count."),
        ({"noise": 0.0, "outliers": 0.02, "samples": 10}, [0, 0, 0], 0, "Without noise all data "
         "sets are the same, and there is nothing to count."),
        ({}, [190, 191, 188], 0, "Kept: no share differs significantly from 95 % (exact binomial "
         "test at 1 %)."),
        ({}, [199, 190, 190], 0, "More than kept for height: longer intervals than needed (exact "
         "binomial test at 1 %)."),
        ({}, [181, 190, 179], 0, "Not kept for width."),
        ({}, [150, 190, 178], 1, "Not kept for height and width. In 1 data set there is no "
         "interval."),
        ({"centre": 4.0}, [60, 60, 60], 88, "Not kept for height, centre and width. In 88 data "
         "sets there is no interval. The true centre (4) lies outside the data, from −2 to 2: the "
         "points contain little information about it."),
        ({"outliers": 0.2, "samples": 12, "loss": "huber"}, [150, 190, 190], 0, "Not kept for "
         "height. Outliers may fall on the few points that determine the curve."),
    ],
)  # fmt: skip
def test_what_is_said_of_a_count(monkeypatch, changes, held, lost, words):
    result = CurveFitResult(START.replace(panel="coverage", **changes))
    counted = Coverage(result.settings.data, result.settings.fit)
    counted.held, counted.count, counted.lost = np.array(held), 200, lost
    monkeypatch.setattr("lively.pages.curve_fit.result.coverage", lambda *settings: counted)
    assert coverage_text(result) == words
    assert words in panel_text(result)
    assert not WRONG.search(panel_text(result))


#: What the notebook's steps set, by their buttons.
STEPS = {
    "Show double noise": {"noise": 0.6},
    "Show the coverage": {"panel": "coverage"},
    "Show outliers": {"outliers": 0.16},
    "Show the Cauchy loss": {"outliers": 0.16, "loss": "cauchy"},
    "Show a local minimum": ASTRAY,
    "Show a peak outside": {"centre": 4.0},
    "Show the correlation": {"curve": "growth", "panel": "correlation"},
    "Show the 2017 settings": {"height": 1.0, "centre": 0.0, "width": 1.0, "noise": 0.0,
                               "start": "own", "start_centre": 1.0},
}  # fmt: skip


def steps():
    """Return the notebook's steps: what stands on each button, its settings, and the text above."""
    cells = nbformat.read(DASHBOARDS / "curve_fit.ipynb", as_version=4).cells
    found = {}
    for text, cell in pairwise(cells):
        if cell.cell_type == "code" and "page.step(" in cell.source:
            call = ast.parse(cell.source).body[0].value
            settings = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
            found[ast.literal_eval(call.args[0])] = (settings, text.source)
    return found


def errors(**changes):
    return CurveFitResult(START.replace(**changes)).fit.errors


def test_steps_claim_what_their_buttons_show():
    found = steps()
    assert {text: settings for text, (settings, _) in found.items()} == STEPS
    texts = {text: words for text, (_, words) in found.items()}

    double = errors(noise=0.6) / errors()
    assert "Twice the noise, about twice the standard errors" in texts["Show double noise"]
    assert np.all(np.abs(double - 2) < 0.15)
    assert not np.allclose(double, 2, atol=0.02)
    assert "100 instead of 25, they are less than half as large" in texts["Show double noise"]
    assert START.data.samples == 25
    assert np.all(errors(samples=100) < 0.5 * errors())

    assert "200 data sets" in texts["Show the coverage"]
    counted = CurveFitResult(START.replace(**STEPS["Show the coverage"]))
    list(counted.count_coverage())
    assert coverage_text(counted).startswith("Kept: ")
    shifted = CurveFitResult(START.replace(panel="coverage", noise_mean=0.5))
    list(shifted.count_coverage())
    assert "a noise mean of 0.5" in texts["Show the coverage"]
    assert coverage_text(shifted).startswith("Not kept for height and width.")
    assert "which biases the estimates" in coverage_text(shifted)
    more = CurveFitResult(START.replace(noise_mean=0.5, samples=500))
    assert verdict(more).heading == "Intervals not to be trusted."

    outliers = CurveFitResult(START.replace(**STEPS["Show outliers"]))
    assert "Four of the 25 points" in texts["Show outliers"]
    assert outliers.points.outlier.sum() == 4
    ratio = outliers.fit.errors / errors()
    assert "five to six times as large" in texts["Show outliers"]
    assert np.all((ratio > 4.95) & (ratio < 6.05))
    assert verdict(outliers).heading == "Intervals not to be trusted."
    assert "far from linear" in verdict(outliers).text
    following = CurveFitResult(START.replace(outliers=0.16, seed=START.data.seed + 1))
    apart = np.abs(outliers.fit.values - following.fit.values)
    assert np.any(apart > 3 * errors())

    cauchy = CurveFitResult(START.replace(**STEPS["Show the Cauchy loss"]))
    np.testing.assert_array_equal(cauchy.points.y, outliers.points.y)
    ratio = cauchy.fit.errors / outliers.fit.errors
    assert "about 0.3 times as large" in texts["Show the Cauchy loss"]
    assert np.all((ratio > 0.25) & (ratio < 0.35))
    chosen = CurveFitResult(cauchy.settings.replace(panel="coverage"))
    list(chosen.count_coverage())
    assert coverage_text(chosen).startswith("Kept: ")

    lost = STEPS["Show a local minimum"]
    assert lost["start_frequency"] == 2 * START.data.frequency
    assert verdict(CurveFitResult(START.replace(**lost))).heading == "A local minimum."
    assert "from 1.55 downwards it finds the best fit" in texts["Show a local minimum"]
    for start in (1.55, 1.3, 1.05, 0.8):
        found = CurveFitResult(START.replace(**lost | {"start_frequency": start}))
        assert found.fit.cost == pytest.approx(found.best.cost, rel=1e-6)

    away = CurveFitResult(START.replace(**STEPS["Show a peak outside"]))
    assert np.max(np.abs(away.curve(away.points.x, away.truth))) < 2e-3
    assert verdict(away).heading == "Poorly determined."
    assert np.all(away.fit.errors[1:] > 10 * errors()[1:])

    correlation = CurveFitResult(START.replace(**STEPS["Show the correlation"])).fit.correlation
    assert "too large tends to come with a centre that is too late" in texts["Show the correlation"]
    assert correlation[0, 1] > 0.5

    assert (
        verdict(CurveFitResult(START.replace(**STEPS["Show the 2017 settings"]))).heading
        == "Essentially exact."
    )


def test_residuals_without_noise_have_no_band_of_it():
    assert "band" not in panel_text(CurveFitResult(START.replace(noise=0.0)))
    assert "noise level, ± 0.3" in panel_text(CurveFitResult(START))
