"""Words: each sentence rests on the figures it names."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from strategies import regression_settings

from lively.numbers import equation, fixed, number
from lively.results.regression import RegressionResult
from lively.settings.regression import RegressionSettings
from lively.words.regression import (
    alpha_text,
    chance_ratio,
    equation_text,
    exceeds_noise,
    fit_text,
    panel_text,
    verdict,
)

START = RegressionSettings()


def judged(**changes):
    return verdict(RegressionResult(START.replace(**changes)))


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"degree": 1}, "under"),
        ({"degree": 3}, "under"),
        ({"degree": 5}, "neither"),
        ({"degree": 10}, "over"),
        ({"degree": 15}, "over"),
        ({"degree": 15, "samples": 500}, "neither"),
        ({"degree": 15, "penalty": "ridge", "alpha": 1000.0}, "under"),
        ({"function": "line", "degree": 1, "noise": 0.0}, "neither"),
        ({"function": "line", "degree": 1}, "neither"),
        ({"samples": 10, "degree": 15}, "over"),
        ({"function": "step", "noise": 0.5, "degree": 7, "samples": 60}, "both"),
    ],
)
def test_verdict(changes, kind):
    found = judged(**changes)
    assert found.kind == kind
    heading = {
        "under": "Underfitting.",
        "over": "Overfitting.",
        "both": "Under- and overfitting.",
        "neither": "Neither under- nor overfitting shows.",
    }[kind]
    assert found.heading == heading


@given(regression_settings())
@settings(max_examples=150)
def test_verdict_never_claims_more_than_the_figures_show(page):
    result = RegressionResult(page)
    found, fit = verdict(result), result.fit
    points = len(result.parts.train.x), len(result.parts.test.x)
    if found.kind in ("under", "both"):
        assert fit.train.rmse > page.data.noise
        assert fixed(fit.train.rmse) in found.text
    if found.kind in ("over", "both"):
        assert fit.test.rmse > fit.train.rmse
        assert fixed(fit.test.rmse) in found.text
    if found.kind == "over" and "meets every" not in found.text:
        assert fit.test.rmse / fit.train.rmse > chance_ratio(*points)
    # Who recommends a degree says on what, and it is never the test set.
    if re.search(r"degree \d", found.text):
        assert f"Cross-validation on the training points prefers degree {result.curve.best}" in str(
            found
        )


def test_chance_is_the_f_distribution_s():
    assert chance_ratio(25, 30) == pytest.approx(np.sqrt(stats.f.ppf(0.975, 30, 25)))
    rng = np.random.default_rng(0)
    train, test = (np.mean(rng.standard_normal((20_000, n)) ** 2, axis=1) for n in (25, 30))
    assert np.mean(np.sqrt(test / train) > chance_ratio(25, 30)) == pytest.approx(0.025, abs=0.005)


def test_noise_is_the_chi_squared_distribution_s():
    rng = np.random.default_rng(0)
    rmse = np.sqrt(np.mean((3 * rng.standard_normal((20_000, 25))) ** 2, axis=1))
    share = np.mean([exceeds_noise(value, 3.0, 25, 10.0) for value in rmse])
    assert share == pytest.approx(0.025, abs=0.005)
    assert not exceeds_noise(1e-9, 0.0, 25, 10.0)
    assert exceeds_noise(0.1, 0.0, 25, 10.0)


@given(regression_settings())
@settings(max_examples=100)
def test_text_alternatives_are_finite_and_computed(page):
    result = RegressionResult(page)
    for text in (fit_text(result), panel_text(result), str(verdict(result)), alpha_text(result)):
        assert "nan" not in text
        assert "inf" not in text.replace("infinity", "")
    assert str(len(result.parts.train.x)) in fit_text(result)
    assert result.truth.formula in fit_text(result)


def test_every_panel_has_its_own_words():
    texts = {
        panel: panel_text(RegressionResult(START.replace(panel=panel)))
        for panel in ("degree", "residuals", "coefficients", "predicted")
    }
    assert len(set(texts.values())) == 4
    assert "which is a choice made on test data" in texts["degree"]


def test_chosen_alpha_and_early_stop_are_said():
    result = RegressionResult(START.replace(penalty="ridge", choose_alpha=True))
    assert f"chose α = {number(result.fit.alpha)}" in alpha_text(result)
    assert alpha_text(RegressionResult(START)) == ""
    stopped = START.replace(penalty="lasso", degree=15, alpha=1e-6)
    assert "stopped before it converged" in alpha_text(RegressionResult(stopped))


def read(text):
    """Read a written polynomial back: a second way, to check the first."""
    plain = text.replace("\u2009", "").replace("−", "-")
    plain = plain.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))
    terms = re.findall(r"([+-]?)\s*([\d.]+)(?:·10(-?\d+))?(?:\s(x)(\d*))?", plain.split("=", 1)[1])
    coefficients = np.zeros(16)
    for sign, mantissa, exponent, x, power in terms:
        degree = int(power or 1) if x else 0
        value = float(mantissa) * 10.0 ** int(exponent or 0)
        coefficients[degree] += -value if sign == "-" else value
    return np.polynomial.Polynomial(coefficients)


@pytest.mark.parametrize("degree", [1, 2, 5, 9, 15])
def test_written_equation_draws_the_fitted_curve(degree):
    result = RegressionResult(START.replace(degree=degree))
    written = read(equation_text(result))(result.fit.grid)
    height = np.ptp(result.fit.curve)
    np.testing.assert_allclose(written, result.fit.curve, atol=2e-3 * height)


def test_equations_read_well():
    x = np.linspace(-2, 2, 9)
    assert equation(np.array([1.0, -2.0, 0.5]), x) == "ŷ = 1 − 2 x + 0.5 x²"
    assert equation(np.array([-1.0, 0.0, 0.0, 3.0]), x) == "ŷ = −1 + 3 x³"
    assert equation(np.array([0.0, 0.0]), x) == "ŷ = 0"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.5, "−0.5"),
        (12345.6, "12\u2009300"),
        (3.2e-7, "3.2·10⁻⁷"),
        (4e12, "4·10¹²"),
        (999.9, "1\u2009000"),
        (100, "100"),
        (-1.5e-9, "−1.5·10⁻⁹"),
        (float("nan"), "not finite"),
    ],
)
def test_numbers_for_people(value, text):
    assert number(value) == text


@given(st.floats(-1e15, 1e15).filter(lambda v: abs(v) > 1e-12))
def test_numbers_keep_three_digits(value):
    plain = number(value).replace("\u2009", "").replace("−", "-")
    plain = plain.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")).replace("·10", "e")
    assert float(plain) == pytest.approx(value, rel=5.1e-3)
