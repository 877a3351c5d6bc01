"""Bias², variance and noise: sums, errors of the estimates, and the quadrature."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lively.learning.bias_variance_decomposition import (
    decompose,
    error_parts,
    error_parts_along_x,
    mean_in_bins,
    quadrature,
    stack_parts,
)

WEIGHTS = np.array([0.2, 0.5, 0.3])
ERRORS = arrays(np.float64, (2, 7, 3), elements=st.floats(-100, 100))


@given(ERRORS, st.floats(0, 10))
def test_parts_add_up_to_the_mean_squared_error(errors, sigma):
    found = decompose(errors, WEIGHTS, sigma, np.zeros((2, 7)))
    total = ((errors**2) @ WEIGHTS).mean(axis=1) + sigma**2
    np.testing.assert_allclose(found.total.value, total, rtol=1e-12)
    parts = found.bias2.value + found.variance.value + found.noise
    np.testing.assert_allclose(parts, total, rtol=1e-9, atol=1e-9)


@given(ERRORS)
def test_bias2_is_the_mean_product_of_two_fits_and_its_error_the_jackknife_s(errors):
    def by_pairs(sample):
        products = [(a * b) @ WEIGHTS for a, b in itertools.permutations(sample, 2)]
        return np.mean(products)

    found = decompose(errors, WEIGHTS, 1.0, np.zeros((2, 7)))
    # Beside the jackknife's error stands that of products of deviations, a test below.
    own = np.sqrt(np.maximum(found.bias2.error**2 - found.chance**2, 0))
    for sample, value, error in zip(errors, found.bias2.value, own, strict=True):
        np.testing.assert_allclose(value, by_pairs(sample), atol=1e-8)
        without = [by_pairs(np.delete(sample, i, axis=0)) for i in range(7)]
        np.testing.assert_allclose(error**2, 6 * np.var(without), atol=1e-6)


def test_the_error_of_no_bias_covers():
    """Where there is none, the jackknife sees no error at all whenever the mean fit is right."""
    generator = np.random.default_rng(8)
    for nodes in (np.ones(1), WEIGHTS):
        found = error_parts(generator.standard_normal((4000, 50, len(nodes))), nodes, 1.0)
        value, error = found.bias2
        assert np.mean(np.abs(value) <= 2 * error) > 0.95
        np.testing.assert_allclose(found.chance.mean(), value.std(), rtol=0.1)
        if len(nodes) == 1:
            jackknife = found.each_bias2.std(axis=-1, ddof=1) / np.sqrt(50)
            assert np.mean(np.abs(value) <= 2 * jackknife) < 0.9


def test_weights_make_means_those_of_another_distribution():
    """Draws about 1 that count as if drawn about 0: fits, their products, bins and shares."""
    generator = np.random.default_rng(9)
    z = generator.standard_normal((1000, 200)) + np.where(np.arange(200) < 100, 0.0, 1.0)
    mixture = (np.exp(-(z**2) / 2) + np.exp(-((z - 1) ** 2) / 2)) / 2
    weights = np.exp(-(z**2) / 2) / mixture
    for name, truth in {"bias2": 4.0, "variance": 1.0, "total": 9.0, "test": 5.0}.items():
        scores = []
        for row, counts in zip(z, weights, strict=True):
            errors = (2 + row)[:, None]
            found = decompose(errors, np.ones(1), 2.0, errors[:, 0] ** 2, counts)
            value, error = getattr(found, name)
            scores.append((value - truth) / error)
        assert 0.92 < np.mean(np.abs(scores) <= 2) < 0.985, name
        assert abs(np.mean(scores)) < 0.25, name
    x = np.tile([0.2, 0.8], (200, 1))
    squared = np.stack([errors[:, 0] ** 2, np.ones(200)], axis=1)
    first, second = mean_in_bins(x, squared, (0.0, 1.0), 2, counts).value
    assert first == pytest.approx(np.average(errors[:, 0] ** 2, weights=counts))
    assert second == pytest.approx(1.0)


def test_fits_that_are_all_the_same_have_no_variance_at_all():
    errors = np.tile(np.random.default_rng(4).standard_normal(3), (1, 9, 1))
    found = decompose(errors, WEIGHTS, 0.0, np.zeros((1, 9)), np.linspace(0.1, 2.0, 9))
    assert found.variance == (0.0, 0.0)
    assert found.bias2.value == pytest.approx(errors[0, 0] ** 2 @ WEIGHTS)


def test_where_no_error_can_be_stated_there_is_none():
    errors = np.random.default_rng(5).standard_normal((2, 9, 3))
    found = decompose(errors, WEIGHTS, 1.0, np.zeros((2, 9)))
    partly = replace(found, stated=np.array([True, False]))
    for name in ("bias2", "variance", "total", "test", "gap"):
        np.testing.assert_array_equal(getattr(partly, name).value, getattr(found, name).value)
        np.testing.assert_array_equal(np.isnan(getattr(partly, name).error), [False, True])
    assert all(np.isnan(each.error[1]) for each in partly.shares)
    one, two = (decompose(e, WEIGHTS, 1.0, np.zeros(9)) for e in errors)
    np.testing.assert_allclose(stack_parts([one, two]).bias2, found.bias2)


@given(ERRORS)
def test_variance_is_that_of_a_sample(errors):
    found = decompose(errors, WEIGHTS, 0.0, np.zeros((2, 7)))
    expected = errors.var(axis=1, ddof=1) @ WEIGHTS
    np.testing.assert_allclose(found.variance.value, expected, rtol=1e-9, atol=1e-9)


@given(ERRORS, st.floats(0, 10))
def test_at_every_x_the_parts_add_up_and_are_those_of_that_x_alone(errors, sigma):
    found = error_parts_along_x(errors[0], sigma)
    total = (errors[0] ** 2).mean(axis=0) + sigma**2
    parts = found.bias2.value + found.variance.value + found.noise
    np.testing.assert_allclose(parts, total, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(found.total.value, total, rtol=1e-12)
    expected = errors[0].var(axis=0, ddof=1)
    np.testing.assert_allclose(found.variance.value, expected, rtol=1e-9, atol=1e-9)


def test_shares_are_those_of_the_means_and_their_errors_honest():
    generator = np.random.default_rng(1)
    errors = np.array([1.0, -2.0, 0.5]) + 3 * generator.standard_normal((2000, 60, 3))
    found = decompose(errors, WEIGHTS, 2.0, np.zeros((2000, 60)))
    parts = (found.bias2.value, found.variance.value, found.noise, found.total.value)
    for share, part in zip(found.shares, parts, strict=True):
        np.testing.assert_allclose(share.value, part / found.total.value)
        spread = share.value.std()
        np.testing.assert_allclose(np.sqrt((share.error**2).mean()), spread, rtol=0.08, atol=1e-9)
    nothing = decompose(np.zeros((1, 4, 3)), WEIGHTS, 0.0, np.zeros((1, 4)))
    assert all(np.isnan(share.value) for share in nothing.shares)


def test_errors_in_bins_are_means_of_the_points_there_and_their_errors_honest():
    generator = np.random.default_rng(2)
    x = -1 + 3 * generator.random((400, 50, 9))
    # What a fit misses at all its points goes together.
    squared = generator.exponential(size=(400, 50, 1)) * generator.exponential(size=x.shape)
    found = [mean_in_bins(a, b, (-1.0, 2.0), 4) for a, b in zip(x, squared, strict=True)]
    for at in range(4):
        inside = (x[0] >= -1 + 0.75 * at) & (x[0] < -0.25 + 0.75 * at)
        assert found[0].value[at] == pytest.approx(squared[0][inside].mean())
        values, errors = np.array([(f.value[at], f.error[at]) for f in found]).T
        assert np.sqrt((errors**2).mean()) == pytest.approx(values.std(), rel=0.1)


def test_estimates_are_unbiased_and_their_errors_honest():
    """Of many estimates, the mean is the truth and the spread what the errors say."""
    generator = np.random.default_rng(0)
    bias, scale, sigma = np.array([1.0, -2.0, 0.5]), 3.0, 2.0
    errors = bias + scale * generator.standard_normal((2000, 40, 3))
    tested = (errors**2) @ WEIGHTS + sigma**2 + generator.standard_normal((2000, 40))
    found = decompose(errors, WEIGHTS, sigma, tested)
    truths = {"bias2": WEIGHTS @ bias**2, "variance": scale**2}
    truths["total"] = truths["test"] = sum(truths.values()) + sigma**2
    for name, truth in {**truths, "gap": 0.0}.items():
        value, error = getattr(found, name)
        spread = value.std()
        assert abs(value.mean() - truth) < 4 * spread / np.sqrt(2000), name
        np.testing.assert_allclose(np.sqrt((error**2).mean()), spread, rtol=0.08, err_msg=name)


def test_the_largest_share_is_that_of_the_worst_data_set():
    errors = np.ones((1, 4, 3))
    errors[0, 2] = 3.0
    found = decompose(errors, WEIGHTS, 0.0, np.zeros((1, 4)))
    np.testing.assert_allclose(found.largest, [9 / 12])
    assert decompose(0 * errors, WEIGHTS, 0.0, np.zeros((1, 4))).largest == 0


@pytest.mark.parametrize(("low", "high"), [(-5.0, 5.0), (-1.0, 3.5), (2.0, 4.0), (-3.0, 0.0)])
def test_quadrature_takes_means_of_polynomials_and_of_steps_at_0(low, high):
    nodes, weights = quadrature(low, high)
    assert weights.sum() == pytest.approx(1)
    assert low < nodes.min()
    assert nodes.max() < high
    for power in (1, 2, 17, 60):
        exact = (high ** (power + 1) - low ** (power + 1)) / ((power + 1) * (high - low))
        assert (nodes**power) @ weights == pytest.approx(exact, rel=1e-10, abs=1e-10 * 5.0**power)
    above = max(high, 0.0) - max(low, 0.0)
    assert (nodes > 0) @ weights == pytest.approx(above / (high - low))
