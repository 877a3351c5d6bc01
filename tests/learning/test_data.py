"""Data: common random numbers. A control changes what it means and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lively.learning.data_settings import DataSettings
from lively.learning.noisy_sample import make_sample, split_sample
from lively.learning.split import FEWEST_POINTS, SplitSettings
from lively.learning.target_functions import TARGET_FUNCTIONS

DATA, HALVES = DataSettings(), SplitSettings()


def noise_of(data):
    sample = make_sample(data)
    return sample.y - TARGET_FUNCTIONS[data.function](sample.x)


def test_noise_sigma_scales_the_same_draws():
    one, three = noise_of(DATA.replace(noise=1.0)), noise_of(DATA.replace(noise=3.0))
    np.testing.assert_allclose(three, 3 * one, atol=1e-12)
    np.testing.assert_array_equal(make_sample(DATA.replace(noise=1.0)).x, make_sample(DATA).x)
    np.testing.assert_allclose(noise_of(DATA.replace(noise=0.0)), 0, atol=1e-12)


def test_noise_mean_shifts_every_sample():
    shifted = make_sample(DATA.replace(noise_mean=2.5)).y - make_sample(DATA).y
    np.testing.assert_allclose(shifted, 2.5, atol=1e-12)


@given(st.integers(10, 5000), st.integers(10, 5000))
def test_more_samples_keep_the_old_ones_to_the_last_bit(few, many):
    few, many = sorted((few, many))
    small, large = (make_sample(DATA.replace(samples=n)) for n in (few, many))
    np.testing.assert_array_equal(large.x[:few], small.x)
    np.testing.assert_array_equal(large.y[:few], small.y)


def test_x_range_moves_the_same_draws():
    wide, narrow = make_sample(DATA), make_sample(DATA.replace(x_range=(-3.0, 2.0)))
    np.testing.assert_allclose((wide.x + 5) / 10, (narrow.x + 3) / 5, atol=1e-12)
    np.testing.assert_allclose(
        noise_of(DATA), noise_of(DATA.replace(x_range=(-3.0, 2.0))), atol=1e-12
    )


def test_true_function_keeps_positions_and_noise():
    for name in TARGET_FUNCTIONS:
        other = DATA.replace(function=name)
        np.testing.assert_array_equal(make_sample(other).x, make_sample(DATA).x)
        np.testing.assert_allclose(noise_of(other), noise_of(DATA), atol=1e-12)


def test_only_the_seed_draws_afresh():
    first, second = make_sample(DATA.replace(seed=7)), make_sample(DATA.replace(seed=8))
    assert not np.any(first.x == second.x)
    assert not np.any(first.y == second.y)
    make_sample.cache_clear()
    np.testing.assert_array_equal(make_sample(DATA.replace(seed=7)).x, first.x)


def test_draws_have_the_distributions_they_should():
    data = DATA.replace(samples=500, noise=2.0, noise_mean=1.0, function="line")
    draws = np.concatenate([noise_of(data.replace(seed=seed)) for seed in range(40)])
    x = np.concatenate([make_sample(data.replace(seed=seed)).x for seed in range(40)])
    assert draws.mean() == pytest.approx(1, abs=5 * 2 / np.sqrt(draws.size))
    assert draws.std() == pytest.approx(2, rel=0.03)
    assert x.min() >= -5
    assert x.max() <= 5
    assert np.histogram(x, bins=10, range=(-5, 5))[0] == pytest.approx(2000, rel=0.1)


@given(st.integers(2, 18), st.integers(2, 18), st.integers(10, 200), st.integers(0, 50))
def test_a_larger_test_share_only_moves_points_over(first, second, samples, seed):
    data = DATA.replace(samples=samples)
    small, large = sorted((first * 0.05, second * 0.05))
    tests = [
        set(split_sample(data, HALVES.replace(test_share=share, split_seed=seed)).test.x)
        for share in (small, large)
    ]
    assert tests[0] <= tests[1]


@given(st.integers(2, 18), st.integers(10, 5000), st.integers(0, 9999))
def test_split_is_a_partition_with_enough_on_either_side(twentieths, samples, seed):
    data = DATA.replace(samples=samples)
    parts = split_sample(data, HALVES.replace(test_share=twentieths * 0.05, split_seed=seed))
    sample = make_sample(data)
    together = np.concatenate([parts.train.x, parts.test.x])
    np.testing.assert_array_equal(np.sort(together), np.sort(sample.x))
    assert min(len(parts.train.x), len(parts.test.x)) >= FEWEST_POINTS
    wanted = np.clip(round(twentieths * 0.05 * samples), FEWEST_POINTS, samples - FEWEST_POINTS)
    assert len(parts.test.x) == pytest.approx(wanted, abs=1)


def test_split_does_not_depend_on_the_data_s_values():
    moved = DATA.replace(noise=9.0, function="step")
    sample, other = make_sample(DATA), make_sample(moved)
    in_test = np.isin(sample.x, split_sample(DATA, HALVES).test.x)
    np.testing.assert_array_equal(in_test, np.isin(other.x, split_sample(moved, HALVES).test.x))


def test_new_split_parts_the_same_sample_differently():
    first, second = (split_sample(DATA, HALVES.replace(split_seed=s)).test.x for s in (1, 2))
    assert set(first) != set(second)
    assert len(first) == len(second)


def test_cached_arrays_are_locked():
    with pytest.raises(ValueError, match="read-only"):
        make_sample(DATA).y[0] = 0


def test_truths_follow_their_formulas():
    x = np.array([-2.0, 0.0, 0.5, 3.0])
    expected = {
        "demo": [2 * v - 0.6 * v**2 + 0.2 * v**3 + 18 * np.sin(v) for v in x],
        "quartic": [0.1 * v**4 + 0.2 * v**3 - 2 * v**2 - 2 * v + 5 for v in x],
        "line": [-10, 0, 2.5, 15],
        "sine": 20 * np.sin(x),
        "step": [-15, 15, 15, 15],
        "abs": [16, 0, 4, 24],
        "runge": [6, 30, 24, 3],
    }
    assert set(expected) == set(TARGET_FUNCTIONS)
    for name, values in expected.items():
        np.testing.assert_allclose(TARGET_FUNCTIONS[name](x), values, atol=1e-12)
