"""Numbers and equations as text."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lively.engine.formatting import format_number, format_polynomial
from lively.pages.regression.result import RegressionResult
from lively.pages.regression.settings import RegressionSettings
from lively.pages.regression.text import equation_text

START = RegressionSettings()


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
    assert format_polynomial(np.array([1.0, -2.0, 0.5]), x) == "ŷ = 1 − 2 x + 0.5 x²"
    assert format_polynomial(np.array([-1.0, 0.0, 0.0, 3.0]), x) == "ŷ = −1 + 3 x³"
    assert format_polynomial(np.array([0.0, 0.0]), x) == "ŷ = 0"


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
    assert format_number(value) == text


@given(st.floats(-1e15, 1e15).filter(lambda v: abs(v) > 1e-12))
def test_numbers_keep_three_digits(value):
    plain = format_number(value).replace("\u2009", "").replace("−", "-")
    plain = plain.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")).replace("·10", "e")
    assert float(plain) == pytest.approx(value, rel=5.1e-3)
