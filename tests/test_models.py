"""Models: closed forms, and the plain way of scikit-learn."""

import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from plain import plain_fit, plain_pipeline
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import ElasticNetCV, LassoCV, RidgeCV
from sklearn.metrics import r2_score, root_mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures, StandardScaler
from strategies import regression_settings

from lively.data.regression import split_sample
from lively.models.regression import ALPHAS, MAX_ITER, choosing_estimator, fit_model, folds
from lively.settings.regression import DataSettings, ModelSettings
from lively.settings.shared import SplitSettings

DATA, SPLIT, MODEL = DataSettings(), SplitSettings(), ModelSettings()
PENALTIES = ["none", "ridge", "lasso", "elastic"]


@pytest.mark.parametrize("chosen", [False, True])
@pytest.mark.parametrize("penalty", PENALTIES)
def test_scores_equal_the_pipeline_s_own(penalty, chosen):
    model = MODEL.replace(penalty=penalty, choose_alpha=chosen, degree=9)
    parts, pipeline = plain_fit(DATA, SPLIT, model)
    fit = fit_model(DATA, SPLIT, model)
    for part, score, predicted in (
        (parts.train, fit.train, fit.train_predicted),
        (parts.test, fit.test, fit.test_predicted),
    ):
        X = part.x.reshape(-1, 1)
        assert score.r2 == pytest.approx(pipeline.score(X, part.y), rel=1e-9)
        assert score.rmse == pytest.approx(
            root_mean_squared_error(part.y, pipeline.predict(X)), rel=1e-9
        )
        np.testing.assert_allclose(predicted, pipeline.predict(X), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(fit.curve, pipeline.predict(fit.grid.reshape(-1, 1)), rtol=1e-9)


@given(regression_settings())
@settings(max_examples=100)
def test_scores_equal_r2_score(page):
    fit = fit_model(page.data, page.split, page.model)
    parts = split_sample(page.data, page.split)
    assert fit.train.r2 == pytest.approx(r2_score(parts.train.y, fit.train_predicted))
    assert fit.test.r2 == pytest.approx(r2_score(parts.test.y, fit.test_predicted))


@given(regression_settings())
@settings(max_examples=40)
def test_fits_are_the_plain_ones_whatever_the_settings(page):
    # Which alpha is chosen among equals is a matter of rounding; a test above has it for some.
    page = page.replace(choose_alpha=False)
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
@settings(max_examples=60)
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
    alpha = 0.5
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
    np.testing.assert_allclose(gradient[active], alpha * ratio * np.sign(w[active]), atol=0.05)
    assert np.all(np.abs(gradient[~active]) <= alpha * ratio + 0.05)


def test_alpha_is_chosen_on_training_data_only():
    parts = split_sample(DATA, SPLIT)
    size = len(parts.train.x)
    for penalty, kind, extra in (
        ("ridge", RidgeCV, {"alphas": ALPHAS}),
        ("lasso", LassoCV, {"alphas": ALPHAS, "cv": folds(size), "max_iter": MAX_ITER}),
        (
            "elastic",
            ElasticNetCV,
            {"alphas": ALPHAS, "cv": folds(size), "l1_ratio": 0.5, "max_iter": MAX_ITER},
        ),
    ):
        plain = make_pipeline(
            MinMaxScaler((-1, 1)),
            PolynomialFeatures(7, include_bias=False),
            StandardScaler(),
            kind(**extra),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            plain.fit(parts.train.x[:, None], parts.train.y)
        fit = fit_model(DATA, SPLIT, MODEL.replace(penalty=penalty, choose_alpha=True))
        assert fit.alpha == plain[-1].alpha_
        assert fit.alpha in ALPHAS


def test_choosing_alpha_without_a_penalty_is_an_error():
    with pytest.raises(ValueError, match="penalty must not be 'none'"):
        choosing_estimator(MODEL, 20)
    assert fit_model(DATA, SPLIT, MODEL.replace(choose_alpha=True)).alpha is None


@pytest.mark.parametrize("penalty", PENALTIES)
@pytest.mark.parametrize("degree", [1, 4, 9, 15])
def test_equation_in_the_user_s_x_is_the_fitted_curve(penalty, degree):
    fit = fit_model(DATA, SPLIT, MODEL.replace(penalty=penalty, degree=degree))
    values = np.polynomial.Polynomial(fit.polynomial())(fit.grid)
    np.testing.assert_allclose(values, fit.curve, atol=1e-6 * np.ptp(fit.curve))


def test_lasso_sets_coefficients_exactly_to_zero():
    fit = fit_model(DATA, SPLIT, MODEL.replace(penalty="lasso", degree=15, alpha=1.0))
    assert np.sum(fit.coefficients == 0) >= 5


def test_early_stop_is_reported():
    assert not fit_model(
        DATA, SPLIT, MODEL.replace(penalty="lasso", degree=15, alpha=1e-6)
    ).converged
    assert fit_model(DATA, SPLIT, MODEL.replace(penalty="lasso", degree=3, alpha=1.0)).converged


def test_noiseless_data_of_a_line_are_fitted_exactly():
    fit = fit_model(DATA.replace(function="line", noise=0.0), SPLIT, MODEL.replace(degree=1))
    np.testing.assert_allclose(fit.polynomial(), [0, 5], atol=1e-10)
    assert fit.test.r2 == pytest.approx(1)


def test_folds_are_five_or_all():
    assert [folds(size).get_n_splits() for size in (2, 3, 5, 400)] == [2, 3, 5, 5]


@given(st.integers(0, 9999))
@settings(max_examples=30)
def test_test_points_never_reach_the_fit(seed):
    # Whatever happens to the noise of the test points, the fit is the same.
    split = SPLIT.replace(split_seed=seed)
    parts = split_sample(DATA, split)
    pipeline = plain_pipeline(MODEL, len(parts.train.x)).fit(parts.train.x[:, None], parts.train.y)
    np.testing.assert_allclose(
        pipeline[-1].coef_, fit_model(DATA, split, MODEL).coefficients, rtol=1e-7
    )
