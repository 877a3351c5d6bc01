"""One solver for LASSO and elastic net: at its optimum for every strength and degree."""

import numpy as np
import pytest
from sklearn.linear_model import ElasticNet, Lasso, lars_path

from lively.arrays import Array
from lively.learning.elastic_net import fit_elastic_net
from lively.learning.polynomial_features import ScaledPowers
from lively.learning.target_functions import TARGET_FUNCTIONS

ALPHAS = np.logspace(-6, 3, 19)


def sample(seed: int) -> tuple[Array, Array]:
    """Return standardized powers and centred outputs of a random problem."""
    draws = np.random.default_rng(seed)
    low = draws.uniform(-5, 4.5)
    x = draws.uniform(low, draws.uniform(low + 0.5, 5), int(np.exp(draws.uniform(1, 6))))
    truth = TARGET_FUNCTIONS[draws.choice(sorted(TARGET_FUNCTIONS))]
    y = truth(x) + draws.choice([0.0, 0.1, 1, 5, 10]) * draws.standard_normal(len(x))
    return ScaledPowers.of(x, int(draws.integers(1, 21)))(x), y - y.mean()


def missed(Z: Array, y: Array, b: Array, alpha: float, l1_ratio: float) -> float:
    """Return how far the optimality conditions are missed, as a share of the L1 penalty."""
    slope = Z.T @ (y - Z @ b) / len(y) - alpha * (1 - l1_ratio) * b
    limit = alpha * l1_ratio
    active = np.abs(slope - limit * np.sign(b))
    return float(np.where(b == 0, np.abs(slope) - limit, active).max()) / limit


@pytest.mark.parametrize("l1_ratio", [0.05, 0.5, 0.95, 1.0])
def test_the_optimality_conditions_hold_at_every_strength(l1_ratio: float) -> None:
    for seed in range(100):
        Z, y = sample(seed)
        found = fit_elastic_net(Z, y, ALPHAS, l1_ratio)
        assert found.converged.all()
        for alpha, b in zip(ALPHAS, found.coefficients.T, strict=True):
            assert missed(Z, y, b, alpha, l1_ratio) < 1e-3


@pytest.mark.parametrize("alpha", [1e-6, 1e-3, 1.0])
def test_one_strength_by_itself_is_solved_as_on_a_path(alpha: float) -> None:
    for seed in range(30):
        Z, y = sample(seed)
        alone = fit_elastic_net(Z, y, np.array([alpha])).coefficients[:, 0]
        path = fit_elastic_net(Z, y, np.append(ALPHAS, alpha)).coefficients[:, -1]
        np.testing.assert_allclose(Z @ alone, Z @ path, atol=1e-4 * np.abs(y).max())


@pytest.mark.parametrize("l1_ratio", [0.5, 1.0])
def test_is_scikit_learns_elastic_net_where_that_converges(l1_ratio: float) -> None:
    compared = 0
    for seed in range(60):
        Z, y = sample(seed)
        if Z.shape[1] > 4 or len(y) < 10:
            continue
        found = fit_elastic_net(Z, y, np.array([1.0, 0.01]), l1_ratio).coefficients
        for alpha, b in zip([1.0, 0.01], found.T, strict=True):
            plain = ElasticNet(alpha, l1_ratio=l1_ratio, tol=1e-12, max_iter=10**6).fit(Z, y)
            np.testing.assert_allclose(b, plain.coef_, atol=1e-5 * (1 + np.abs(b).max()))
            compared += 1
    assert compared > 10


def test_is_least_angle_regression_where_powers_are_nearly_collinear() -> None:
    for seed in range(20):
        draws = np.random.default_rng(seed)
        x = draws.uniform(-5, 5, 30)
        y = TARGET_FUNCTIONS["demo"](x) + 5 * draws.standard_normal(30)
        Z, y = ScaledPowers.of(x, 15)(x), y - y.mean()
        alphas, _, path = lars_path(Z, y, method="lasso", alpha_min=1e-3)
        found = fit_elastic_net(Z, y, alphas[-1:]).coefficients[:, 0]
        # Least angle regression leaves rounding noise where a coefficient should be zero.
        assert np.array_equal(found != 0, np.abs(path[:, -1]) > 1e-12)
        np.testing.assert_allclose(found, path[:, -1], rtol=1e-5, atol=1e-12)


def test_coordinate_descent_stops_at_another_model() -> None:
    """The reason for a solver of our own: what a practitioner gets at a weak penalty."""
    draws = np.random.default_rng(0)
    x = draws.uniform(-5, 5, 25)
    y = TARGET_FUNCTIONS["demo"](x) + 5 * draws.standard_normal(25)
    Z, y = ScaledPowers.of(x, 15)(x), y - y.mean()

    def objective(b: Array) -> float:
        return float(np.sum((y - Z @ b) ** 2) / 50 + 1e-4 * np.abs(b).sum())

    with pytest.warns(match="did not converge"):
        stopped = Lasso(1e-4, max_iter=3000).fit(Z, y).coef_
    solved = fit_elastic_net(Z, y, np.array([1e-4])).coefficients[:, 0]
    assert objective(solved) < 0.9 * objective(stopped)


def test_equal_columns_and_constant_outputs_are_solved_too() -> None:
    Z, y = sample(3)
    doubled = np.hstack([Z, Z])
    found = fit_elastic_net(doubled, y, ALPHAS)
    assert found.converged.all()
    once = fit_elastic_net(Z, y, ALPHAS).coefficients
    np.testing.assert_allclose(doubled @ found.coefficients, Z @ once, atol=1e-4 * np.abs(y).max())
    assert not fit_elastic_net(Z, np.zeros_like(y), ALPHAS).coefficients.any()
    assert not fit_elastic_net(np.zeros_like(Z), y, ALPHAS).coefficients.any()
