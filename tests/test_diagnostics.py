"""Error against degree: the fast way against scikit-learn's plain one."""

import warnings

import numpy as np
import pytest
from plain import plain_pipeline
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_val_score

from lively.data.regression import split_sample
from lively.diagnostics import DEGREES, DegreeCurve, degree_curve
from lively.models.regression import fit_model, folds
from lively.results.regression import RegressionResult
from lively.settings.regression import DataSettings, ModelSettings, RegressionSettings
from lively.settings.shared import SplitSettings

DATA, SPLIT, MODEL = DataSettings(), SplitSettings(), ModelSettings()


@pytest.mark.parametrize("penalty", ["none", "ridge", "lasso", "elastic"])
@pytest.mark.parametrize("data", [DATA, DATA.replace(samples=200, x_range=(-3.0, 2.0))])
def test_curve_equals_fits_and_cross_validation_one_by_one(penalty, data):
    model = MODEL.replace(penalty=penalty, alpha=0.3)
    curve = degree_curve(data, SPLIT, model, None if penalty == "none" else model.alpha)
    train = split_sample(data, SPLIT).train
    for i, degree in enumerate(DEGREES):
        at = model.replace(degree=int(degree))
        fit = fit_model(data, SPLIT, at)
        assert curve.train[i] == pytest.approx(fit.train.rmse, rel=1e-6)
        assert curve.test[i] == pytest.approx(fit.test.rmse, rel=1e-6)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            plain = -cross_val_score(
                plain_pipeline(at, len(train.x)),
                train.x[:, None],
                train.y,
                scoring="neg_root_mean_squared_error",
                cv=folds(len(train.x)),
            )
        assert curve.validation[i] == pytest.approx(plain.mean(), rel=1e-6)
        assert curve.spread[i] == pytest.approx(plain.std(ddof=1) / np.sqrt(5), rel=1e-6)
    assert curve.fold_count == 5


def test_fewer_points_than_powers_take_the_smallest_solution():
    # Least squares has many solutions then; scikit-learn's is the one of smallest norm.
    data, split = DATA.replace(samples=12), SPLIT.replace(test_share=0.5)
    curve = degree_curve(data, split, MODEL, None)
    for degree in (3, 5, 9, 15):
        fit = fit_model(data, split, MODEL.replace(degree=degree))
        at = list(DEGREES).index(degree)
        assert curve.test[at] == pytest.approx(fit.test.rmse, rel=1e-5)
        assert curve.train[at] == pytest.approx(fit.train.rmse, abs=1e-8)


def test_marker_lies_on_the_curve_when_alpha_is_chosen():
    settings = RegressionSettings().replace(penalty="ridge", choose_alpha=True, degree=9)
    result = RegressionResult(settings)
    at = list(DEGREES).index(9)
    assert result.curve.alpha == result.fit.alpha
    assert result.curve.train[at] == pytest.approx(result.fit.train.rmse, rel=1e-9)
    assert result.curve.test[at] == pytest.approx(result.fit.test.rmse, rel=1e-9)


def test_stages_are_cached_on_what_they_read():
    settings = RegressionSettings().replace(seed=1234)
    first = RegressionResult(settings)
    for changes in ({"degree": 3}, {"panel": "residuals"}, {"equation": True}, {"alpha": 0.5}):
        again = RegressionResult(settings.replace(**changes))
        assert again.parts is first.parts
        assert again.curve is first.curve
    assert RegressionResult(settings.replace(panel="residuals")).fit is first.fit
    assert RegressionResult(settings.replace(noise=1.0)).curve is not first.curve
    ridge = settings.replace(penalty="ridge", alpha=0.1)
    assert RegressionResult(ridge.replace(alpha=1.0)).curve is not RegressionResult(ridge).curve


def test_best_and_simplest_follow_the_one_standard_error_rule():
    flat = np.full(len(DEGREES), 9.0)
    flat[4:8] = [3.2, 3.1, 3.0, 3.3]
    curve = DegreeCurve(
        train=flat, test=flat, validation=flat, spread=np.full(15, 0.25), fold_count=5, alpha=None
    )
    assert (curve.best, curve.simplest) == (7, 5)


def test_test_points_have_no_part_in_the_recommendation():
    one, other = (
        RegressionResult(RegressionSettings().replace(split_seed=seed)).curve for seed in (1, 2)
    )
    assert not np.array_equal(one.validation, other.validation)
    train = split_sample(DATA, SPLIT).train
    again = cross_val_score(
        plain_pipeline(MODEL.replace(degree=one.best), len(train.x)),
        train.x[:, None],
        train.y,
        scoring="neg_root_mean_squared_error",
        cv=folds(len(train.x)),
    )
    assert -again.mean() == pytest.approx(one.validation.min(), rel=1e-9)
