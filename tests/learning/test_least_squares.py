"""Least squares and ridge for a batch of problems, against scikit-learn and closed forms."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, Ridge

from lively.learning.degrees_of_freedom import (
    elastic_net_degrees_of_freedom,
    ridge_degrees_of_freedom,
)
from lively.learning.least_squares import (
    LEAST_SQUARES_TOL,
    fit_leading_columns,
    fit_least_squares,
    fit_ridge_path,
    interpolate,
)
from lively.learning.polynomial_features import ScaledPowers, legendre_features


def problems(count, n, p, seed=0):
    """Return centred powers and outputs of a few problems."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-5, 5, (count, n))
    y = rng.normal(size=(count, n)) + np.sin(x)
    return ScaledPowers.of(x, p)(x), y - y.mean(axis=1, keepdims=True)


def estimator(alpha):
    if alpha:
        return Ridge(alpha, fit_intercept=False, solver="svd")
    return LinearRegression(fit_intercept=False, tol=LEAST_SQUARES_TOL)


@pytest.mark.parametrize("alpha", [0.0, 0.1])
@pytest.mark.parametrize("n", [4, 9, 10, 11, 40])
def test_every_number_of_columns_is_the_fit_of_scikit_learn(n, alpha):
    Z, y = problems(5, n, 10)
    coefficients, freedom = fit_leading_columns(Z, y, alpha=alpha)
    assert coefficients.shape == (5, 10, 10)
    for problem in range(5):
        for count in range(1, 11):
            columns = Z[problem, :, :count]
            plain = estimator(alpha).fit(columns, y[problem])
            found = coefficients[problem, count - 1]
            assert not found[count:].any()
            np.testing.assert_allclose(
                Z[problem] @ found, plain.predict(columns), rtol=1e-6, atol=1e-6
            )
            expected = min(count, n - 1)
            if alpha:
                gram = columns.T @ columns
                expected = np.trace(np.linalg.solve(gram + alpha * np.eye(count), gram))
            assert freedom[problem, count - 1] == pytest.approx(expected, rel=1e-6)


def test_one_dependent_problem_changes_no_other():
    Z, y = problems(6, 30, 12)
    alone = fit_leading_columns(Z, y).coefficients
    Z, y = Z.copy(), y.copy()
    x = np.repeat([-1.0, 0.5, 2.0], 10)
    Z[2] = ScaledPowers.of(x, 12)(x)
    fits = fit_leading_columns(Z, y)
    others = np.array([0, 1, 3, 4, 5])
    np.testing.assert_array_equal(fits.coefficients[others], alone[others])
    np.testing.assert_allclose(fits.degrees_of_freedom[2], np.minimum(np.arange(1, 13), 2))
    for count in (3, 12):
        expected = np.linalg.pinv(Z[2, :, :count], rcond=1e-12) @ y[2]
        np.testing.assert_allclose(fits.coefficients[2, count - 1, :count], expected, atol=1e-9)


def test_features_that_are_all_zero_have_coefficients_of_zero():
    fits = fit_leading_columns(np.zeros((1, 3, 4)), np.array([[1.0, -1.0, 0.0]]))
    assert not fits.coefficients.any()
    assert not fits.degrees_of_freedom.any()


@pytest.mark.parametrize("n", [6, 40])
def test_several_outputs_share_one_decomposition(n):
    Z, y = problems(4, n, 8)
    stacked = np.stack([y, 2 * y[::-1]])
    alphas = np.array([1e-3, 1.0])
    for fit in (lambda Z, y: fit_leading_columns(Z, y), lambda Z, y: fit_ridge_path(Z, y, alphas)):
        both = fit(Z, stacked).coefficients
        for outputs, found in zip(stacked, both, strict=True):
            np.testing.assert_allclose(found, fit(Z, outputs).coefficients, rtol=1e-7, atol=1e-9)
        # One problem with many outputs is as many problems with the same features.
        repeated = fit(np.repeat(Z[:1], 4, axis=0), y).coefficients
        np.testing.assert_allclose(fit(Z[:1], y).coefficients, repeated, rtol=1e-7, atol=1e-9)


def test_at_distinct_inputs_as_many_columns_as_points_interpolate():
    Z, y = problems(3, 9, 12)
    coefficients, freedom = fit_leading_columns(Z, y, distinct=True)
    checked = fit_leading_columns(Z, y)
    np.testing.assert_allclose(coefficients, checked.coefficients, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(freedom, np.minimum(np.arange(1, 13), 8) * np.ones((3, 1)))
    np.testing.assert_allclose(Z @ coefficients[:, 8:].swapaxes(1, 2), y[..., None] * np.ones(4))


@pytest.mark.parametrize("n", [5, 50])
def test_ridge_at_every_weight_is_that_of_scikit_learn(n):
    Z, y = problems(3, n, 9)
    alphas = np.logspace(-6, 3, 7)
    coefficients, freedom = fit_ridge_path(Z, y, alphas)
    for problem in range(3):
        for place, alpha in enumerate(alphas):
            plain = estimator(alpha).fit(Z[problem], y[problem])
            found = Z[problem] @ coefficients[problem, place]
            np.testing.assert_allclose(found, plain.predict(Z[problem]), atol=1e-6)
            expected = ridge_degrees_of_freedom(Z[problem], alpha)
            assert freedom[problem, place] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("p", [7, 8, 12])
def test_interpolation_is_the_solution_of_smallest_norm(p):
    rng = np.random.default_rng(p)
    x, y = rng.uniform(-1, 1, (5, 8)), rng.normal(size=(5, 8))
    Z = legendre_features(x, (-1.0, 1.0), p)
    Z, y = Z - Z.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    coefficients, rank = interpolate(Z, y)
    assert (rank == 7).all()
    np.testing.assert_allclose((Z @ coefficients.swapaxes(1, 2))[..., 0], y, atol=1e-6)
    expected, ranks = fit_least_squares(Z, y)
    assert (ranks == 7).all()
    np.testing.assert_allclose(coefficients, expected, rtol=1e-5, atol=1e-6)


def test_degrees_of_freedom_of_an_elastic_net_count_the_coefficients_in_use():
    Z, _ = problems(1, 30, 6)
    coefficients = np.array(
        [[1.0, 0, 0], [0, 0, 2.0], [3.0, 0, 1.0], [0, 0, 0], [1, 0, 0], [0] * 3]
    )
    alphas = np.array([0.1, 0.2, 0.3])
    lasso = elastic_net_degrees_of_freedom(Z[0], coefficients, alphas, 1.0)
    np.testing.assert_array_equal(lasso, [3, 0, 2])
    mixed = elastic_net_degrees_of_freedom(Z[0], coefficients, alphas, 0.4)
    for found, column, alpha in zip(mixed, coefficients.T, alphas, strict=True):
        used = Z[0][:, column != 0]
        weight = 30 * alpha * 0.6
        gram = used.T @ used
        hat = np.trace(np.linalg.solve(gram + weight * np.eye(len(gram)), gram))
        assert found == pytest.approx(hat, rel=1e-6)
    assert ridge_degrees_of_freedom(np.repeat(Z[0], 2, axis=1), 0.0) == pytest.approx(6)


def test_powers_of_chosen_points_are_those_of_each_choice():
    rng = np.random.default_rng(5)
    x, other = rng.uniform(2, 4, 20), rng.uniform(2, 4, 7)
    chosen = rng.random((6, 20)) < 0.6
    chosen[5] = False
    chosen[5, 3] = True
    powers = ScaledPowers.of(x, 9, chosen)
    for row, at_other, at_x in zip(chosen, powers(other), powers(x), strict=True):
        alone = ScaledPowers.of(x[row], 9)
        np.testing.assert_allclose(at_other, alone(other), rtol=1e-7, atol=1e-7)
        np.testing.assert_allclose(at_x[row], alone(x[row]), rtol=1e-7, atol=1e-7)
