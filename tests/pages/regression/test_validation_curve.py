"""Error against degree: the fast way against scikit-learn's plain one."""

import numpy as np
import pytest
from plain import plain_folds, plain_pipeline
from sklearn.model_selection import cross_val_score

from lively.learning.cross_validation import CrossValidationCurve
from lively.learning.data_settings import DataSettings
from lively.learning.elastic_net import PenalizedFits
from lively.learning.least_squares import fit_ridge_path
from lively.learning.noisy_sample import split_sample
from lively.learning.split import SplitSettings
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.regression.model import fit_model
from lively.pages.regression.result import RegressionResult
from lively.pages.regression.settings import ModelSettings, RegressionSettings
from lively.pages.regression.validation_curve import DEGREES, ValidationCurve, validation_curve

DATA, SPLIT, MODEL = DataSettings(), SplitSettings(), ModelSettings()


def curve_of(data, split, model, alpha=None, fold_seed=1):
    return validation_curve(data, split, model, alpha, fold_seed).finish()


def plain_scores(model, train, fold_seed=1):
    return -cross_val_score(
        plain_pipeline(model),
        train.x[:, None],
        train.y,
        scoring="neg_mean_squared_error",
        cv=plain_folds(len(train.x), fold_seed),
    )


@pytest.mark.parametrize("penalty", ["none", "ridge", "lasso", "elastic"])
@pytest.mark.parametrize(
    "data", [DATA, DATA.replace(samples=200, x_range=(-3.0, 2.0))], ids=["50", "200"]
)
def test_curve_equals_fits_and_cross_validation_one_by_one(penalty, data):
    model = MODEL.replace(penalty=penalty, alpha=0.3)
    curve = curve_of(data, SPLIT, model, None if penalty == "none" else model.alpha, 3)
    train = split_sample(data, SPLIT).train
    # Coordinate descent converges at a low degree, or never.
    exact = penalty in ("none", "ridge")
    for i, degree in enumerate(DEGREES):
        at = model.replace(degree=int(degree))
        fit = fit_model(data, SPLIT, at)
        assert curve.train[i] == pytest.approx(fit.train.rmse, rel=1e-5)
        assert curve.test[i] == pytest.approx(fit.test.rmse, rel=1e-5)
        true = TARGET_FUNCTIONS[data.function](fit.grid)
        assert curve.true[i] == pytest.approx(np.sqrt(np.mean((fit.curve - true) ** 2)), rel=1e-5)
        if exact or degree <= 4:
            plain = plain_scores(at, train, 3)
            near = 1e-6 if exact else 1e-4
            assert curve.validated.mean[i] == pytest.approx(plain.mean(), rel=near)
            assert curve.validated.standard_error[i] == pytest.approx(
                plain.std(ddof=1) / np.sqrt(5), rel=near
            )
    assert curve.converged.all()
    assert curve.folds_converged.all()


def test_fewer_points_than_powers_take_the_smallest_solution():
    # Least squares has many solutions then; scikit-learn's is the one of smallest norm.
    data, split = DATA.replace(samples=12), SPLIT.replace(test_share=0.5)
    curve = curve_of(data, split, MODEL)
    for degree in (3, 5, 9, 15):
        fit = fit_model(data, split, MODEL.replace(degree=degree))
        at = list(DEGREES).index(degree)
        assert curve.test[at] == pytest.approx(fit.test.rmse, rel=1e-5)
        assert curve.train[at] == pytest.approx(fit.train.rmse, abs=1e-8)


@pytest.mark.parametrize(
    ("alpha", "errors"), [(1e-3, (36.9, 38.7, 51.7)), (1e-6, (40.7, 56.6, 54.1))]
)
def test_a_vanishing_lasso_is_no_cure_for_high_degrees(alpha, errors):
    """With unshuffled folds, as these numbers were first computed by least angle regression."""
    from lively.learning.noisy_sample import Sample
    from lively.pages.regression.validation_curve import errors_by_degree as fit_all

    train = split_sample(DATA, SPLIT).train
    found = []
    for fold in np.array_split(np.arange(len(train.x)), 5):
        kept = np.setdiff1d(np.arange(len(train.x)), fold)
        bits = fit_all(
            Sample(train.x[kept], train.y[kept]),
            [Sample(train.x[fold], train.y[fold])],
            MODEL.replace(penalty="lasso"),
            alpha,
        )
        while True:
            try:
                next(bits)
            except StopIteration as end:
                ((error,), converged) = end.value
                break
        assert converged.all()
        found.append(np.sqrt(error[7:10]))
    # Mean over the folds of their RMSE, as it was averaged then.
    np.testing.assert_allclose(np.mean(found, axis=0), errors, rtol=0.01)


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
        assert again.work_key == first.work_key
    assert RegressionResult(settings.replace(panel="residuals")).fit is first.fit
    ridge = settings.replace(penalty="ridge", alpha=0.1)
    for other in (settings.replace(noise=1.0), settings.replace(fold_seed=2), ridge):
        assert RegressionResult(other).curve is not first.curve
        assert RegressionResult(other).work_key != first.work_key
    assert RegressionResult(ridge.replace(alpha=1.0)).curve is not RegressionResult(ridge).curve
    chosen = ridge.replace(choose_alpha=True)
    # Which alpha is chosen depends on the degree.
    keys = {RegressionResult(chosen.replace(degree=degree)).work_key for degree in (3, 4)}
    assert len(keys) == 2


def curve_with(mean, spread):
    some, sure = np.ones(15), np.ones(15, dtype=bool)
    validated = CrossValidationCurve(np.asarray(mean), np.full(15, spread))
    return ValidationCurve(some, some, some, validated, sure, sure, None)


def test_best_and_simplest_follow_the_one_standard_error_rule():
    flat = np.full(len(DEGREES), 9.0)
    flat[4:8] = [3.2, 3.1, 3.0, 3.3]
    curve = curve_with(flat, 0.25)
    assert (curve.best, curve.simplest) == (7, 5)
    assert [degree for degree in DEGREES if not curve.clearly_worse(degree)] == [5, 6, 7]


def test_of_equals_but_for_rounding_the_lowest_degree_is_best():
    mean = 16.8 * (1 + 1e-13 * np.sin(np.arange(15)))
    curve = curve_with(mean, 0.0)
    assert curve.best == 1
    low, high = CrossValidationCurve(np.array([4.0, 9.0]), np.array([5.0, 7.0])).band
    np.testing.assert_allclose(low, [0, np.sqrt(2)])
    np.testing.assert_allclose(high, [3, 4])


def test_test_points_have_no_part_in_the_recommendation():
    curve = RegressionResult(RegressionSettings()).curve
    train = split_sample(DATA, SPLIT).train
    plain = [plain_scores(MODEL.replace(degree=int(d)), train).mean() for d in DEGREES]
    assert curve.best == DEGREES[np.argmin(plain)]


@pytest.mark.parametrize("penalty", ["none", "ridge", "lasso"])
def test_work_comes_in_bits_and_goes_on_where_it_stopped(penalty):
    settings = RegressionSettings().replace(penalty=penalty, choose_alpha=True, seed=4242)
    result = RegressionResult(settings)
    shares = [share for _, share in zip(range(3), result.steps(), strict=False)]
    again = list(RegressionResult(settings).steps())
    assert 0 < shares[0] < shares[2] < again[0] < again[-1] == 1
    assert again == sorted(again)
    assert len(again) >= 3
    assert list(result.steps()) == []
    assert len(result.curve.test) == 15


def test_every_point_on_an_unconverged_fit_is_marked(monkeypatch):
    from lively.pages.regression import model

    calls = []

    def sometimes(Z, y, alphas, l1_ratio=1.0):
        """Fail from degree 12 on in the folds, which come after the fits to all points."""
        calls.append(Z)
        fine = Z.shape[1] < 12 or len(calls) <= len(DEGREES)
        ridge = fit_ridge_path(Z[None], y[None], np.asarray(alphas))
        return PenalizedFits(ridge.coefficients[0].T, np.full(len(alphas), fine))

    monkeypatch.setattr(model, "fit_elastic_net", sometimes)
    curve = validation_curve.__wrapped__(
        DATA, SPLIT, MODEL.replace(penalty="lasso"), 0.1, 1
    ).finish()
    assert curve.converged.all()
    np.testing.assert_array_equal(curve.folds_converged, DEGREES < 12)
