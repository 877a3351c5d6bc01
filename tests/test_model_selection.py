"""Choosing a model: every curve, price, path and score against a plain way of computing it."""

import warnings

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from plain import plain_pipeline
from scipy.stats import norm
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import ElasticNet, Lasso, Ridge, lasso_path
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.model_selection import learning_curve as plain_learning_curve
from strategies import page_settings

from lively.data.model_selection import REPEATS, draw, folds, kept
from lively.data.regression import make_sample, split_sample
from lively.figures.model_selection.fit import SelectionFitPicture
from lively.figures.model_selection.panels import SelectionPanels
from lively.models.candidates import DEGREES, WEIGHTS, Family, predictions
from lively.models.looks import Look, judge, optimism
from lively.models.model_selection import Criteria, Validated, criteria
from lively.models.picks import WAYS, Picks
from lively.models.refits import fit
from lively.models.resampling import LearningCurve, SplitScores
from lively.models.shrinkage import PATH, PLANE, ShrinkagePath, plane
from lively.models.unseen import places, true_error
from lively.numbers import percent
from lively.results.model_selection import SelectionResult
from lively.settings.model_selection import (
    CRITERIA,
    SelectionDataSettings,
    SelectionModelSettings,
    SelectionSettings,
    SelectionSplitSettings,
    SelectionView,
)
from lively.settings.regression import ModelSettings
from lively.truths import TRUTHS
from lively.words.model_selection import fit_text, panel_text, rows
from lively.words.selection_verdicts import verdict

DATA, SPLIT, MODEL = SelectionDataSettings(), SelectionSplitSettings(), SelectionModelSettings()
START, NONE = SelectionSettings(), Family("none")
TRAIN = split_sample(DATA, SPLIT).train
COUNT = len(TRAIN.x)
PANELS = [name for name, _ in SelectionView.model_fields["panel"].metadata[0].labels]


def plain(penalty, degree, alpha=0.1, l1_ratio=0.5, tight=False):
    """Return the unfitted pipeline of one candidate, as anyone would write it."""
    model = ModelSettings(
        penalty=penalty, degree=int(degree), alpha=float(alpha), l1_ratio=l1_ratio
    )
    made = plain_pipeline(model, COUNT)
    if tight and penalty in ("lasso", "elastic"):
        made[-1].set_params(tol=1e-10, max_iter=1_000_000)
    return made


def columns(x):
    return x.reshape(-1, 1)


def cv(held_out, count=COUNT):
    """Return folds as scikit-learn takes them."""
    return [(np.setdiff1d(np.arange(count), fold), fold) for fold in held_out]


def scores(pipeline, held_out, train=TRAIN):
    return -cross_val_score(
        pipeline,
        columns(train.x),
        train.y,
        scoring="neg_mean_squared_error",
        cv=cv(held_out, len(train.x)),
    )


def found(family, data=DATA, fold_seed=1):
    return Criteria(data, split_sample(data, SPLIT).train, family, fold_seed)


def finished(work):
    shares = list(work.steps())
    assert shares == sorted(shares)
    assert shares[-1] == 1
    return work


@pytest.mark.parametrize("parts", [5, 10, COUNT])
def test_folds_are_a_partition_of_even_size_named_by_their_seed(parts):
    held_out = folds(COUNT, parts, 1)
    np.testing.assert_array_equal(np.sort(np.concatenate(held_out)), np.arange(COUNT))
    assert {len(fold) for fold in held_out} <= {COUNT // parts, -(-COUNT // parts)}
    for again, other in zip(held_out, folds(COUNT, parts, 1), strict=True):
        np.testing.assert_array_equal(again, other)
    assert any(
        not np.array_equal(a, b) for a, b in zip(held_out, folds(COUNT, parts, 2), strict=True)
    )
    np.testing.assert_array_equal((~kept(COUNT, held_out)).sum(axis=0), 1)


@pytest.mark.parametrize("degree", [1, 3, 5, 9, 12])
def test_cross_validated_curves_are_cross_val_score_s(degree):
    made, place = found(NONE).validated, degree - 1
    for name, parts in (("five", 5), ("ten", 10)):
        expected = scores(plain("none", degree), folds(COUNT, parts, 1))
        assert made[name].mean[place] == pytest.approx(expected.mean(), rel=1e-6)
        error = expected.std(ddof=1) / np.sqrt(parts)
        assert made[name].spread[place] == pytest.approx(error, rel=1e-6)
    one = -cross_val_score(
        plain("none", degree),
        columns(TRAIN.x),
        TRAIN.y,
        scoring="neg_mean_squared_error",
        cv=LeaveOneOut(),
    )
    assert made["one"].mean[place] == pytest.approx(one.mean(), rel=1e-6)
    assert made["one"].spread[place] == pytest.approx(one.std(ddof=1) / np.sqrt(COUNT), rel=1e-6)


def test_repeated_folds_are_the_mean_of_all_rounds_and_no_surer_than_one():
    rounds = np.array([scores(plain("none", 6), folds(COUNT, 5, 1, r)) for r in range(REPEATS)])
    made = found(NONE).validated["repeated"]
    assert made.mean[5] == pytest.approx(rounds.mean(), rel=1e-6)
    error = np.sqrt(np.mean(rounds.var(axis=1, ddof=1)) / 5)
    assert made.spread[5] == pytest.approx(error, rel=1e-6)


@pytest.mark.parametrize("degree", [1, 4, 8, 13])
def test_leaving_one_out_has_its_closed_form(degree):
    # PRESS (Allen 1974): the residual over one less its leverage, from one fit to all points.
    basis = np.polynomial.legendre.legvander(TRAIN.x / 5, degree)
    hat = basis @ np.linalg.pinv(basis)
    left = (TRAIN.y - hat @ TRAIN.y) / (1 - np.diag(hat))
    assert found(NONE).validated["one"].mean[degree - 1] == pytest.approx(
        np.mean(left**2), rel=1e-6
    )


@pytest.mark.parametrize("penalty", ["ridge", "lasso", "elastic"])
def test_curves_against_alpha_are_cross_val_score_s(penalty):
    family = Family.of(MODEL.replace(penalty=penalty, degree=6))
    made = found(family).validated["five"]
    # A search ends when it is near enough; ridge needs none.
    near = 1e-7 if penalty == "ridge" else 2e-3
    for place in (1, 5, 8, 10):
        expected = scores(plain(penalty, 6, WEIGHTS[place], tight=True), folds(COUNT, 5, 1))
        assert made.mean[place] == pytest.approx(expected.mean(), rel=near)
    assert tuple(sorted(WEIGHTS, reverse=True)) == WEIGHTS


def test_few_points_take_the_smallest_solution_as_scikit_learn_does():
    train = draw(DATA, 12, 99)
    made = Criteria(DATA, train, NONE, 1).validated["ten"]
    for degree in (3, 8, 11, 15):
        expected = scores(plain("none", degree), folds(12, 10, 1), train)
        assert made.mean[degree - 1] == pytest.approx(expected.mean(), rel=1e-4)


@given(arrays(float, 15, elements=st.floats(0.1, 10)), arrays(float, 15, elements=st.floats(0, 3)))
def test_the_rule_takes_the_simplest_within_one_standard_error(mean, spread):
    curve = Validated(mean, spread)
    near = [i for i in range(15) if mean[i] <= mean.min() + spread[np.argmin(mean)]]
    assert curve.simplest == near[0] <= curve.best == list(mean).index(mean.min())


@pytest.mark.parametrize("penalty", ["none", "ridge", "lasso"])
def test_aic_and_bic_are_those_of_the_normal_likelihood(penalty):
    family = Family.of(MODEL.replace(penalty=penalty, degree=7))
    made = found(family)
    for place in (0, 3, 6, 9):
        value = family.setting(place)
        degree, alpha = (value, 0.1) if penalty == "none" else (7, value)
        pipeline = plain(penalty, degree, alpha, tight=True).fit(columns(TRAIN.x), TRAIN.y)
        left = TRAIN.y - pipeline.predict(columns(TRAIN.x))
        said = norm.logpdf(left, scale=np.sqrt(np.mean(left**2))).sum()
        match penalty:
            case "none":
                slopes = degree
            case "lasso":
                slopes = np.sum(pipeline[-1].coef_ != 0)
            case "ridge":
                # The trace of the matrix that makes predictions of observations, column by column;
                # the intercept has 1 of it.
                eye = np.eye(COUNT)
                hat = [
                    clone(pipeline).fit(columns(TRAIN.x), e).predict(columns(TRAIN.x)) for e in eye
                ]
                slopes = np.trace(hat) - 1
        near = 1e-9 if penalty != "lasso" else 2e-3
        assert made.aic[place] == pytest.approx(-2 * said + 2 * (slopes + 2), rel=near)
        assert made.bic[place] == pytest.approx(-2 * said + np.log(COUNT) * (slopes + 2), rel=near)
        assert np.sqrt(made.training[place]) == pytest.approx(np.sqrt(np.mean(left**2)), rel=near)


def test_an_elastic_net_s_freedom_is_how_predictions_follow_observations():
    # Stein's: the sum over the points of the derivative of each prediction by its own observation.
    family = Family.of(MODEL.replace(penalty="elastic", degree=5), (1.0,))
    x = columns(TRAIN.x)
    pipeline, step = plain("elastic", 5, 1.0, tight=True), 1e-3
    follows = 0.0
    for i in range(COUNT):
        up, down = TRAIN.y.copy(), TRAIN.y.copy()
        up[i], down[i] = up[i] + step, down[i] - step
        follows += (pipeline.fit(x, up).predict(x) - pipeline.fit(x, down).predict(x))[i]
    made = found(family)
    assert made.parameters[0] - 2 == pytest.approx(follows / (2 * step) - 1, rel=1e-3)


def test_prices_drawn_as_errors_choose_the_same():
    made = found(NONE)
    for name in ("aic", "bic"):
        drawn = made.curve(name)
        assert np.argmin(drawn) == made.choices[name]
        price = 2 if name == "aic" else np.log(COUNT)
        np.testing.assert_allclose(
            drawn, made.training * np.exp(price * made.parameters / COUNT), rtol=1e-10
        )


def test_nothing_is_said_of_a_likelihood_without_end():
    train = draw(DATA, 10, 99)
    made = Criteria(DATA, train, NONE, 1)
    assert np.all(np.isfinite(made.aic[:7]))
    assert np.all(np.isinf(made.aic[7:]))
    assert made.choices["aic"] < 7
    # Without noise the quartic is met exactly: the simplest that does is taken.
    clean = DATA.replace(function="quartic", noise=0.0)
    exact = found(NONE, clean)
    assert DEGREES[exact.choices["aic"]] == DEGREES[exact.choices["bic"]] == 4


@pytest.mark.parametrize("function", ["demo", "step", "runge"])
def test_true_error_is_that_on_very_many_new_points(function):
    data = DATA.replace(function=function, noise_mean=2.0)
    train = split_sample(data, SPLIT).train
    new = draw(data, 400_000, 98)
    made = Criteria(data, train, NONE, 1)
    for degree in (2, 5, 7):
        pipeline = plain("none", degree).fit(columns(train.x), train.y)
        expected = mean_squared_error(new.y, pipeline.predict(columns(new.x)))
        assert made.truth[degree - 1] == pytest.approx(expected, rel=0.02)
    assert true_error(data, TRUTHS[function](places(data)) + 2.0) == pytest.approx(25.0)


def test_the_truth_chooses_the_lowest_and_nothing_else_looks_at_it():
    made = found(NONE)
    assert made.choices["truth"] == np.argmin(made.truth)
    # The same points under another truth: every other choice stays.
    other = Criteria(DATA.replace(function="line", noise=0.0), TRAIN, NONE, 1)
    assert not np.allclose(other.truth, made.truth)
    for way in (*WAYS[:-1],):
        assert other.choices[way] == made.choices[way]


def test_test_points_have_no_part_in_any_choice():
    settings = START.replace(seed=5)
    made = SelectionResult(settings)
    parts = split_sample(settings.data, settings.split)
    alone = Criteria(settings.data, parts.train, NONE, settings.rule.fold_seed)
    assert made.criteria.choices == alone.choices
    assert len(alone.train.x) + len(parts.test.x) == settings.data.samples


def test_picks_are_the_choices_on_data_sets_drawn_anew(monkeypatch):
    monkeypatch.setattr("lively.models.picks.DATA_SETS", 8)
    made = finished(Picks(DATA, COUNT, NONE, 1))
    assert made.counts.sum(axis=1).tolist() == [8] * len(WAYS)
    assert np.all(np.array(made.errors) >= np.array(made.errors)[:, [-1]])
    assert made.excess[WAYS.index("truth")] == 0
    roots = np.sqrt(made.errors)
    np.testing.assert_allclose(
        made.excess, np.median(roots / roots[:, [-1]], axis=0) - 1, atol=1e-12
    )


def test_noise_of_data_sets_drawn_anew_scales_the_same_draws():
    one, two = draw(DATA, 30, 7, 1), draw(DATA.replace(noise=10.0), 30, 7, 1)
    truth = TRUTHS["demo"](one.x)
    np.testing.assert_array_equal(one.x, two.x)
    np.testing.assert_allclose(two.y - truth, 2 * (one.y - truth))
    assert not np.array_equal(one.x, draw(DATA, 30, 7, 2).x)
    assert not np.array_equal(one.x, make_sample(DATA).x[:30])


@pytest.mark.parametrize("penalty", ["none", "ridge", "elastic"])
def test_splits_score_as_the_plain_pipeline_does(penalty):
    model = MODEL.replace(penalty=penalty, degree=6, alpha=0.5)
    family, place = Family.at(model)
    made = finished(SplitScores(DATA, SPLIT.test_share, family))
    for seed in (0, 1, 17, 399):
        parts = split_sample(DATA, SPLIT.replace(split_seed=seed))
        pipeline = plain(penalty, 6, 0.5, tight=True).fit(columns(parts.train.x), parts.train.y)
        expected = r2_score(parts.test.y, pipeline.predict(columns(parts.test.x)))
        assert made.r2[seed, place] == pytest.approx(
            expected, rel=1e-6 if penalty != "elastic" else 1e-3
        )
    if penalty == "none":
        # The present split is one of them, with the very score that opening it shows.
        assert SelectionResult(START.replace(degree=6)).test.r2 == pytest.approx(made.r2[1, 5])


@pytest.mark.parametrize("model", [MODEL.replace(degree=5), MODEL.replace(penalty="ridge")])
def test_learning_curve_is_scikit_learn_s(model):
    family, place = Family.at(model)
    made = finished(LearningCurve(DATA, SPLIT, family, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        sizes, train, held_out = plain_learning_curve(
            plain(model.penalty, model.degree, model.alpha),
            columns(TRAIN.x),
            TRAIN.y,
            train_sizes=made.sizes,
            cv=[(made.order(i), fold) for i, fold in enumerate(made.held_out[:10])],
            scoring="neg_mean_squared_error",
        )
    np.testing.assert_array_equal(sizes, made.sizes)
    np.testing.assert_allclose(made.errors[1, :, :10, place], -held_out, rtol=1e-5)
    np.testing.assert_allclose(made.errors[0, :, :10, place], -train, rtol=1e-5, atol=1e-9)
    assert made.medians(place).shape == (3, len(sizes))


@pytest.mark.parametrize("penalty", ["ridge", "lasso", "elastic"])
def test_paths_are_the_plain_estimators_coefficients(penalty):
    family = Family.of(MODEL.replace(penalty=penalty, degree=5), ())
    made = finished(ShrinkagePath(TRAIN, family))
    for place in (0, 15, 30, 45, 60):
        pipeline = plain(penalty, 5, PATH[place], tight=True).fit(columns(TRAIN.x), TRAIN.y)
        np.testing.assert_allclose(
            made.coefficients[:, place], pipeline[-1].coef_, rtol=1e-2, atol=0.05
        )
    if penalty == "lasso":
        Z = pipeline[:-1].transform(columns(TRAIN.x))
        _, expected, _ = lasso_path(
            Z, TRAIN.y - TRAIN.y.mean(), alphas=made.weights[:40], tol=1e-10, max_iter=1_000_000
        )
        np.testing.assert_allclose(made.coefficients[:, :40], expected, rtol=1e-2, atol=0.05)
        # Where it begins, nothing is left; where it ends, everything.
        assert not np.any(made.coefficients[:, 0])
        assert np.all(made.coefficients[:, -1])


@pytest.mark.parametrize("penalty", ["ridge", "lasso", "elastic"])
@pytest.mark.parametrize("alpha", [0.1, 3.16228, 100.0])
def test_the_plane_holds_scikit_learn_s_solutions(penalty, alpha):
    made = plane(DATA, SPLIT, penalty, alpha)
    pipeline = plain("none", max(PLANE)).fit(columns(TRAIN.x), TRAIN.y)
    Z = pipeline[:-1].transform(columns(TRAIN.x))[:, [power - 1 for power in PLANE]]
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


def test_the_fit_and_the_fits_without_a_fold_are_the_plain_ones():
    made, parts = fit(DATA, SPLIT, MODEL, 1), split_sample(DATA, SPLIT)
    pipeline = plain("none", MODEL.degree)
    for curve, rows_ in zip(
        [made.curve, *made.without],
        [np.arange(COUNT), *(train for train, _ in cv(folds(COUNT, 5, 1)))],
        strict=True,
    ):
        pipeline.fit(columns(TRAIN.x[rows_]), TRAIN.y[rows_])
        np.testing.assert_allclose(
            curve, pipeline.predict(columns(made.grid)), rtol=1e-6, atol=1e-6
        )
    pipeline.fit(columns(TRAIN.x), TRAIN.y)
    np.testing.assert_allclose(made.test, pipeline.predict(columns(parts.test.x)), rtol=1e-6)
    new = draw(DATA, 400_000, 97)
    expected = r2_score(new.y, pipeline.predict(columns(new.x)))
    assert made.true_r2 == pytest.approx(expected, abs=0.01)
    truth = r2_score(new.y, TRUTHS["demo"](new.x))
    assert made.most_r2 == pytest.approx(truth, abs=0.005)


def looks(*degrees, data=DATA):
    return [Look.at(data, SPLIT, MODEL.replace(degree=degree)) for degree in degrees]


def test_a_look_is_what_has_an_effect():
    assert Look.at(DATA, SPLIT, MODEL) == Look.at(DATA, SPLIT, MODEL.replace(alpha=5.0))
    ridge = MODEL.replace(penalty="ridge")
    assert Look.at(DATA, SPLIT, ridge) != Look.at(DATA, SPLIT, ridge.replace(alpha=5.0))
    assert Look.at(DATA, SPLIT, ridge) == Look.at(DATA, SPLIT, ridge.replace(l1_ratio=0.9))


def test_judged_is_the_plain_score():
    parts, (look,) = split_sample(DATA, SPLIT), looks(6)
    pipeline = plain("none", 6).fit(columns(parts.train.x), parts.train.y)
    squares = (pipeline.predict(columns(parts.test.x)) - parts.test.y) ** 2
    made = judge(look)
    assert made.shown == pytest.approx(squares.mean(), rel=1e-6)
    assert made.error == pytest.approx(squares.std(ddof=1) / np.sqrt(len(squares)), rel=1e-6)
    assert made.true == pytest.approx(criteria(DATA, SPLIT, NONE, 1).truth[5], rel=1e-6)


def test_one_look_is_right_on_average_and_the_best_of_many_is_not():
    one = optimism(looks(5))
    assert abs(one.true - one.shown) < 4 * one.error
    few, many = optimism(looks(5, 6, 7)), optimism(looks(5, 6, 7, 8, 9, 10, 11, 12))
    assert one.share < few.share < many.share
    assert many.true - many.shown > 10 * many.error
    # The same by hand, with test sets of our own.
    parts = split_sample(DATA, SPLIT)
    models = [
        plain("none", d).fit(columns(parts.train.x), parts.train.y)
        for d in (5, 6, 7, 8, 9, 10, 11, 12)
    ]
    sets, size = 2000, len(parts.test.x)
    new = draw(DATA, sets * size, 96)
    said = np.array([(m.predict(columns(new.x)) - new.y) ** 2 for m in models])
    said = said.reshape(len(models), sets, size).mean(axis=2)
    true = criteria(DATA, SPLIT, NONE, 1).truth[4:12]
    chosen = said.argmin(axis=0)
    hidden = true[chosen] - said.min(axis=0)
    error = hidden.std() / np.sqrt(sets)
    assert many.true - many.shown == pytest.approx(hidden.mean(), abs=4 * (error + many.error))


def test_percent():
    assert [percent(v) for v in (0.0, 0.034, 0.0004, 0.12, 0.755, 2.5)] == [
        "0.0 %", "3.4 %", "0.0 %", "12 %", "75.5 %", "250 %",
    ]  # fmt: skip


@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("penalty", ["none", "ridge", "lasso"])
def test_words_and_pictures_of_every_panel(panel, penalty, monkeypatch):
    monkeypatch.setattr("lively.models.picks.DATA_SETS", 3)
    settings = START.replace(panel=panel, penalty=penalty, degree=5, seed=40 + PANELS.index(panel))
    bare = SelectionResult(settings)
    result = SelectionResult(settings, (bare.look,))
    shares = list(result.steps())
    assert shares == sorted(shares)
    assert shares[-1] == 1
    said = verdict(result)
    assert str(said) in panel_text(result)
    assert "test R²" in fit_text(result)
    assert "sealed" in fit_text(bare)
    panels, picture = SelectionPanels(914, 232), SelectionFitPicture(914, 308)
    panels.draw(result)
    picture.draw(result)
    panels.figure.draw_without_rendering()
    assert next(ax.get_label() for ax in panels.figure.axes if ax.get_visible()).startswith(panel)
    assert len(picture.test.get_xdata()) == len(result.parts.test.x)
    picture.draw(bare)
    assert len(picture.test.get_xdata()) == 0
    words = rows(result)
    assert {len(row) for row in words} == {len(CRITERIA) + 2}


@given(page_settings(SelectionSettings))
@settings(max_examples=20)
def test_whatever_the_settings_there_are_words_pictures_and_no_warning(page):
    assume(page.data.samples <= 60 or page.model.penalty in ("none", "ridge"))
    assume(page.data.samples <= 200)
    assume(page.view.panel != "picks")
    result = SelectionResult(page, (SelectionResult(page).look,))
    for _ in result.steps():
        pass
    assert np.all(np.isfinite(result.criteria.truth))
    for text in (str(verdict(result)), panel_text(result), fit_text(result)):
        assert text.endswith((".", "…"))
        assert "nan" not in text
    panels, picture = SelectionPanels(390, 250), SelectionFitPicture(390, 270)
    panels.draw(result)
    picture.draw(result)
    panels.figure.draw_without_rendering()


def test_predictions_of_folds_together_are_those_one_by_one():
    family = Family.of(MODEL.replace(penalty="ridge", degree=15))
    some = kept(COUNT, folds(COUNT, 5, 3))
    together = predictions(family, TRAIN.x, TRAIN.y, some, TRAIN.x)
    for fold, row in enumerate(some):
        alone = predictions(family, TRAIN.x, TRAIN.y, row[None], TRAIN.x)[0]
        np.testing.assert_allclose(together[fold], alone, rtol=1e-9)
