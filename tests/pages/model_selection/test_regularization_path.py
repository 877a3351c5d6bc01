"""Paths of coefficients and the geometry of two, held to scikit-learn's estimators."""

import warnings
from itertools import pairwise

import numpy as np
import pytest
from selection import (
    DATA,
    MODEL,
    SPLIT,
    START,
    TRAIN,
    columns,
    finished,
    plain,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import ElasticNet, Lasso, Ridge, lasso_path

from lively.pages.model_selection.candidates import CandidateFamily
from lively.pages.model_selection.regularization_path import (
    PATH_WEIGHTS,
    PLANE_POWERS,
    RegularizationPath,
    coefficient_plane,
)
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.tab_figures import SelectionTabs


@pytest.mark.parametrize("penalty", ["ridge", "lasso", "elastic"])
def test_paths_are_the_plain_estimators_coefficients(penalty):
    family = CandidateFamily.of(MODEL.replace(penalty=penalty, degree=5), ())
    made = finished(RegularizationPath(TRAIN, family))
    for place in (0, 15, 30, 45, 60):
        pipeline = plain(penalty, 5, PATH_WEIGHTS[place], tight=True).fit(columns(TRAIN.x), TRAIN.y)
        np.testing.assert_allclose(
            made.coefficients[:, place], pipeline[-1].coef_, rtol=1e-4, atol=1e-3
        )
    if penalty == "lasso":
        Z = pipeline[:-1].transform(columns(TRAIN.x))
        _, expected, _ = lasso_path(
            Z, TRAIN.y - TRAIN.y.mean(), alphas=made.weights[:40], tol=1e-10, max_iter=1_000_000
        )
        np.testing.assert_allclose(made.coefficients[:, :40], expected, rtol=1e-4, atol=1e-3)
        # Where it begins, nothing is left; where it ends, everything.
        assert not np.any(made.coefficients[:, 0])
        assert np.all(made.coefficients[:, -1])


@pytest.mark.parametrize("penalty", ["ridge", "lasso", "elastic"])
@pytest.mark.parametrize("alpha", [0.1, 3.16228, 100.0])
def test_the_plane_holds_scikit_learn_s_solutions(penalty, alpha):
    made = coefficient_plane(DATA, SPLIT, penalty, alpha)
    pipeline = plain("none", max(PLANE_POWERS)).fit(columns(TRAIN.x), TRAIN.y)
    Z = pipeline[:-1].transform(columns(TRAIN.x))[:, [power - 1 for power in PLANE_POWERS]]
    lasso = Lasso(made.lasso_weight, tol=1e-12).fit(Z, TRAIN.y)
    ridge = Ridge(made.ridge_weight).fit(Z, TRAIN.y)
    np.testing.assert_allclose(made.absolute, lasso.coef_, atol=1e-5)
    np.testing.assert_allclose(made.squared, ridge.coef_, rtol=1e-8)
    # The penalty in force has its own alpha, and both weigh the same in one elastic net.
    assert alpha == pytest.approx(made.ridge_weight if penalty == "ridge" else made.lasso_weight)
    same = ElasticNet(made.lasso_weight, l1_ratio=1e-9, tol=1e-12, max_iter=100_000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        np.testing.assert_allclose(same.fit(Z, TRAIN.y).coef_, made.squared, atol=1e-4)
    # An ellipse is where it says: so much above the lowest squared error.
    left = TRAIN.y - TRAIN.y.mean()

    def error(b):
        return np.mean((left - Z @ b) ** 2)

    for point in made.ellipse(7.0, np.linspace(0, 6, 5)).T:
        assert error(point) - error(made.lowest) == pytest.approx(7.0)
    assert made.above(made.absolute) == pytest.approx(
        error(made.absolute) - error(made.lowest), abs=1e-9
    )


@pytest.mark.parametrize("function", ["demo", "abs"])
@pytest.mark.parametrize("alpha", [0.1, 1.0, 10.0])
def test_what_is_drawn_touches_at_the_solution_and_nowhere_crosses(function, alpha):
    settings = START.replace(panel="geometry", penalty="lasso", alpha=alpha, function=function)
    result, panels = SelectionResult(settings), SelectionTabs(914, 232)
    panels.draw(result)
    panel, made = panels.panels["geometry"], result.plane
    for i, (ax, order) in enumerate(zip(panel.axes, (1, 2), strict=True)):
        (x,), (y,) = panel.solutions[i].get_data()
        solution = np.array([x, y])
        size, height = np.linalg.norm(solution, order), made.above(solution)
        # The solution lies on the region's edge and on the ellipse …
        edge = panel.regions[i].get_xy()
        np.testing.assert_allclose(np.linalg.norm(edge, order, axis=1), size, rtol=1e-9)
        ellipse = np.transpose(panel.touching[i].get_data())
        np.testing.assert_allclose([made.above(point) for point in ellipse], height, rtol=1e-9)
        # … on which no point of the region is lower.
        between = np.concatenate([np.linspace(*ends, 50) for ends in pairwise(edge)])
        assert min(made.above(point) for point in between) >= height * (1 - 1e-6)
        # A disc is round, and all of it that matters is in sight.
        across, up = ax.get_position().size * ax.figure.get_size_inches()
        (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
        assert (right - left) / across == pytest.approx((high - low) / up)
        for point in (solution, made.lowest, np.zeros(2)):
            assert left < point[0] < right
            assert low < point[1] < high
