"""Models: closed forms, and the plain way of scikit-learn."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plain import plain_fit, plain_pipeline
from sklearn.linear_model import LassoLars
from sklearn.metrics import r2_score, root_mean_squared_error
from strategies import regression_settings
from thorough import examples

from lively.learning.data_settings import DataSettings
from lively.learning.elastic_net import PenalizedFits
from lively.learning.noisy_sample import split_sample
from lively.learning.scores import score
from lively.learning.split import SplitSettings
from lively.pages.regression.model import fit_model
from lively.pages.regression.settings import ModelSettings

DATA, SPLIT, MODEL = DataSettings(), SplitSettings(), ModelSettings()
PENALTIES = ["none", "ridge", "lasso", "elastic"]


@pytest.mark.parametrize("penalty", PENALTIES)
def test_scores_equal_the_pipeline_s_own(penalty):
    model = MODEL.replace(penalty=penalty, degree=6)
    parts, pipeline = plain_fit(DATA, SPLIT, model)
    fit = fit_model(DATA, SPLIT, model)
    near = 1e-9 if penalty in ("none", "ridge") else 1e-5
    for part, shown, predicted in (
        (parts.train, fit.train, fit.train_predicted),
        (parts.test, fit.test, fit.test_predicted),
    ):
        X = part.x.reshape(-1, 1)
        assert shown.r2 == pytest.approx(pipeline.score(X, part.y), rel=near)
        assert shown.rmse == pytest.approx(
            root_mean_squared_error(part.y, pipeline.predict(X)), rel=near
        )
        np.testing.assert_allclose(predicted, pipeline.predict(X), rtol=near, atol=near)
    plain = pipeline.predict(fit.grid.reshape(-1, 1))
    np.testing.assert_allclose(fit.curve, plain, rtol=near, atol=near)


@given(regression_settings())
@settings(max_examples=examples(100))
def test_scores_equal_r2_score(page):
    fit = fit_model(page.data, page.split, page.model)
    parts = split_sample(page.data, page.split)
    for found, part, predicted in (
        (fit.train, parts.train, fit.train_predicted),
        (fit.test, parts.test, fit.test_predicted),
    ):
        assert found.rmse == pytest.approx(root_mean_squared_error(part.y, predicted))
        if np.std(part.y) > 1e-9:
            assert found.r2 == pytest.approx(r2_score(part.y, predicted))


@pytest.mark.parametrize(
    ("observed", "predicted", "r2"),
    [
        # 15.2 is no binary fraction, so that the mean of some of it differs in the last digit.
        (np.full(7, 15.2), np.full(7, 15.2), 1.0),
        (np.full(7, 15.2), np.full(7, 15.2 + 4e-15), 1.0),
        (np.full(7, 15.2), np.full(7, 15.0), math.nan),
        (np.zeros(3), np.zeros(3), 1.0),
        (np.zeros(3), np.full(3, 1e-3), math.nan),
        (np.array([1.0, 2.0, 3.0]), np.full(3, 2.0), 0.0),
    ],
)
def test_r2_of_a_constant_is_one_or_not_defined(observed, predicted, r2):
    assert score(observed, predicted).r2 == pytest.approx(r2, nan_ok=True)


@pytest.mark.parametrize("noise_mean", [-0.2, 0.1, 0.2, 0.3, 0.7])
@pytest.mark.parametrize("degree", [1, 7, 15])
def test_a_constant_is_fitted_exactly(noise_mean, degree):
    data = DATA.replace(function="step", x_range=(0.0, 5.0), noise=0.0, noise_mean=noise_mean)
    fit = fit_model(data, SPLIT, MODEL.replace(degree=degree))
    assert fit.train.r2 == fit.test.r2 == 1


@given(regression_settings())
@settings(max_examples=examples(40))
def test_fits_are_the_plain_ones_at_any_settings(page):
    # Coordinate descent does not converge at a small alpha: see test_elastic_net.
    assume(page.model.penalty in ("none", "ridge"))
    parts, pipeline = plain_fit(page.data, page.split, page.model)
    # Of two points, say, the even powers are constant but for rounding, and the plain way divides
    # by that rounding.
    assume(np.all(pipeline[2].scale_ > 1e-8))
    fit = fit_model(page.data, page.split, page.model)
    scale = float(np.abs(parts.train.y).max()) or 1.0
    np.testing.assert_allclose(
        fit.train_predicted, pipeline.predict(parts.train.x[:, None]), atol=1e-6 * scale
    )
    plain = pipeline.predict(fit.grid[:, None])
    np.testing.assert_allclose(fit.curve, plain, atol=1e-6 * np.abs(plain).max())


@given(regression_settings())
@settings(max_examples=examples(60))
def test_training_r2_of_least_squares_never_falls_with_degree(page):
    scores = [
        fit_model(page.data, page.split, MODEL.replace(degree=degree)).train.r2
        for degree in range(1, 16)
    ]
    assert np.all(np.diff(scores) >= -1e-9), scores


def test_least_squares_meets_its_normal_equations():
    fit = fit_model(DATA, SPLIT, MODEL.replace(degree=5))
    parts = split_sample(DATA, SPLIT)
    X = np.vander(parts.train.x, 6, increasing=True)
    np.testing.assert_allclose(
        fit.polynomial(), np.linalg.solve(X.T @ X, X.T @ parts.train.y), rtol=1e-6
    )


@pytest.mark.parametrize("alpha", [1e-3, 0.1, 10.0, 1000.0])
def test_ridge_meets_its_normal_equations(alpha):
    fit = fit_model(DATA, SPLIT, MODEL.replace(degree=6, penalty="ridge", alpha=alpha))
    parts = split_sample(DATA, SPLIT)
    low, high = parts.train.x.min(), parts.train.x.max()
    X = np.vander(2 * (parts.train.x - low) / (high - low) - 1, 7, increasing=True)[:, 1:]
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    expected = np.linalg.solve(
        Z.T @ Z + alpha * np.eye(6), Z.T @ (parts.train.y - parts.train.y.mean())
    )
    np.testing.assert_allclose(fit.coefficients, expected, rtol=1e-6)
    assert fit.alpha == alpha


@pytest.mark.parametrize("ratio", [0.25, 0.5, 1.0])
def test_lasso_and_elastic_net_meet_their_optimality_conditions(ratio):
    # Zero lies in the subdifferential of
    # ||y - Zw||^2 / 2n + alpha (ratio |w| + (1 - ratio) w^2 / 2).
    alpha = 0.501187
    model = MODEL.replace(degree=4, penalty="lasso" if ratio == 1 else "elastic", alpha=alpha)
    if ratio < 1:
        model = model.replace(l1_ratio=ratio)
    fit = fit_model(DATA.replace(samples=100), SPLIT, model)
    assert fit.converged
    parts = split_sample(DATA.replace(samples=100), SPLIT)
    Z = fit.powers(parts.train.x)
    w = fit.coefficients
    residuals = parts.train.y - fit.train_predicted
    gradient = Z.T @ residuals / len(residuals) - alpha * (1 - ratio) * w
    active = w != 0
    np.testing.assert_allclose(gradient[active], alpha * ratio * np.sign(w[active]), atol=1e-4)
    assert np.all(np.abs(gradient[~active]) <= alpha * ratio + 1e-4)


@pytest.mark.parametrize(
    ("alpha", "r2"), [(1e-4, -0.224), (1e-3, 0.599), (1e-2, 0.876)], ids=["-4", "-3", "-2"]
)
def test_lasso_at_a_weak_penalty_is_at_its_minimum(alpha, r2):
    model = MODEL.replace(penalty="lasso", degree=15, alpha=alpha)
    fit = fit_model(DATA, SPLIT, model)
    assert fit.test.r2 == pytest.approx(r2, abs=6e-4)
    # Least angle regression is another way to it.
    train = split_sample(DATA, SPLIT).train
    lars = LassoLars(alpha).fit(fit.powers(train.x), train.y)

    def objective(slopes):
        left = train.y - train.y.mean() - fit.powers(train.x) @ slopes
        return left @ left / 2 / len(left) + alpha * np.abs(slopes).sum()

    assert objective(fit.coefficients) <= objective(lars.coef_) * (1 + 1e-9)


def test_a_weak_lasso_s_objective_never_rises_with_the_degree():
    data, alpha = DATA.replace(noise=0.5), 1e-6
    fits = [
        fit_model(data, SPLIT, MODEL.replace(penalty="lasso", alpha=alpha, degree=degree))
        for degree in range(1, 16)
    ]
    errors = np.array([fit.train.rmse for fit in fits])
    sizes = np.array([np.abs(fit.coefficients).sum() for fit in fits])
    assert np.all(np.diff(errors**2 / 2 + alpha * sizes) <= 1e-9)
    # The error alone may rise a little, where smaller coefficients make up for it.
    assert np.all(np.diff(errors) < 0.01 * errors[:-1])
    assert errors[6] == pytest.approx(0.415, abs=1e-3)


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("degree", [1, 4, 9, 15])
def test_equation_in_the_user_s_x_is_the_fitted_curve(penalty, degree):
    fit = fit_model(DATA, SPLIT, MODEL.replace(penalty=penalty, degree=degree))
    values = np.polynomial.Polynomial(fit.polynomial())(fit.grid)
    np.testing.assert_allclose(values, fit.curve, atol=1e-6 * np.ptp(fit.curve))


def test_lasso_sets_coefficients_exactly_to_zero():
    fit = fit_model(DATA, SPLIT, MODEL.replace(penalty="lasso", degree=15, alpha=1.0))
    assert np.sum(fit.coefficients == 0) >= 5


def test_a_fit_that_did_not_converge_is_reported(monkeypatch):
    model = MODEL.replace(penalty="lasso", degree=15, alpha=1e-6)
    assert fit_model(DATA, SPLIT, model).converged

    def gives_up(Z, y, alphas, l1_ratio=1.0):
        return PenalizedFits(np.zeros((Z.shape[1], len(alphas))), np.zeros(len(alphas), dtype=bool))

    monkeypatch.setattr("lively.pages.regression.model.fit_elastic_net", gives_up)
    assert not fit_model.__wrapped__(DATA, SPLIT, model).converged


def test_noiseless_data_of_a_line_are_fitted_exactly():
    fit = fit_model(DATA.replace(function="line", noise=0.0), SPLIT, MODEL.replace(degree=1))
    np.testing.assert_allclose(fit.polynomial(), [0, 5], atol=1e-10)
    assert fit.test.r2 == pytest.approx(1)


@given(st.integers(0, 9999))
@settings(max_examples=examples(30))
def test_test_points_never_reach_the_fit(seed):
    # Whatever happens to the noise of the test points, the fit is the same.
    split = SPLIT.replace(split_seed=seed)
    parts = split_sample(DATA, split)
    pipeline = plain_pipeline(MODEL).fit(parts.train.x[:, None], parts.train.y)
    np.testing.assert_allclose(
        pipeline[-1].coef_, fit_model(DATA, split, MODEL).coefficients, rtol=1e-7
    )
