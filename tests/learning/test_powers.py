"""Scaled powers: the three transformers of scikit-learn, written out."""

import numpy as np
import pytest
from plain import plain_pipeline

from lively.learning.polynomial_features import ScaledPowers
from lively.pages.regression.settings import ModelSettings


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("low", [-5.0, 4.5])
@pytest.mark.parametrize("degree", [1, 4, 15])
def test_scaled_powers_are_the_transformers_own(size, low, degree):
    rng = np.random.default_rng(size)
    train, other = rng.uniform(low, low + 0.5, size), rng.uniform(low, low + 0.5, 9)
    plain = plain_pipeline(ModelSettings(degree=degree))[:-1].fit(train[:, None])
    powers = ScaledPowers.of(train, degree)
    for x in (train, other):
        np.testing.assert_allclose(powers(x), plain.transform(x[:, None]), rtol=1e-7, atol=1e-9)


def test_polynomial_in_x_has_the_same_values():
    rng = np.random.default_rng(0)
    x = rng.uniform(2.0, 4.0, 30)
    powers, coefficients = ScaledPowers.of(x, 6), rng.normal(size=6)
    in_x = np.polynomial.Polynomial(powers.polynomial(1.5, coefficients))
    np.testing.assert_allclose(in_x(x), 1.5 + powers(x) @ coefficients, rtol=1e-6)
