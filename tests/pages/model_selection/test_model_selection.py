"""Choosing a model: every curve, price and pick against a plain way of computing it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import norm
from selection import (
    COUNT,
    DATA,
    MODEL,
    NONE,
    SPLIT,
    START,
    TRAIN,
    columns,
    finished,
    found,
    plain,
    scores,
)
from sklearn.base import clone
from sklearn.model_selection import LeaveOneOut, cross_val_score

from lively.learning.cross_validation import CrossValidationCurve, shuffled_folds, training_masks
from lively.learning.elastic_net import fit_elastic_net
from lively.learning.noisy_sample import make_sample, split_sample
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.model_selection.batched_fits import fit_candidates
from lively.pages.model_selection.candidates import DEGREES, WEIGHTS, CandidateFamily
from lively.pages.model_selection.criteria import Criteria
from lively.pages.model_selection.data import REPEATS, simulate_sample
from lively.pages.model_selection.generalization_error import expected_error, true_values
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.selection_frequency import METHODS, SelectionFrequency


@pytest.mark.parametrize("parts", [5, 10, COUNT])
def test_folds_are_a_partition_of_even_size_named_by_their_seed(parts):
    held_out = shuffled_folds(COUNT, parts, 1)
    np.testing.assert_array_equal(np.sort(np.concatenate(held_out)), np.arange(COUNT))
    assert {len(fold) for fold in held_out} <= {COUNT // parts, -(-COUNT // parts)}
    for again, other in zip(held_out, shuffled_folds(COUNT, parts, 1), strict=True):
        np.testing.assert_array_equal(again, other)
    assert any(
        not np.array_equal(a, b)
        for a, b in zip(held_out, shuffled_folds(COUNT, parts, 2), strict=True)
    )
    np.testing.assert_array_equal((~training_masks(COUNT, held_out)).sum(axis=0), 1)


@pytest.mark.parametrize("degree", [1, 3, 5, 9, 12])
def test_cross_validated_curves_are_cross_val_score_s(degree):
    made, place = found(NONE).validated, degree - 1
    for name, parts in (("five", 5), ("ten", 10)):
        expected = scores(plain("none", degree), shuffled_folds(COUNT, parts, 1))
        assert made[name].mean[place] == pytest.approx(expected.mean(), rel=1e-6)
        error = expected.std(ddof=1) / np.sqrt(parts)
        assert made[name].standard_error[place] == pytest.approx(error, rel=1e-6)
    one = -cross_val_score(
        plain("none", degree),
        columns(TRAIN.x),
        TRAIN.y,
        scoring="neg_mean_squared_error",
        cv=LeaveOneOut(),
    )
    assert made["one"].mean[place] == pytest.approx(one.mean(), rel=1e-6)
    assert made["one"].standard_error[place] == pytest.approx(
        one.std(ddof=1) / np.sqrt(COUNT), rel=1e-6
    )


def test_repeated_folds_are_the_mean_of_all_rounds_and_no_surer_than_one():
    rounds = np.array(
        [scores(plain("none", 6), shuffled_folds(COUNT, 5, 1, r)) for r in range(REPEATS)]
    )
    made = found(NONE).validated["repeated"]
    assert made.mean[5] == pytest.approx(rounds.mean(), rel=1e-6)
    error = np.sqrt(np.mean(rounds.var(axis=1, ddof=1)) / 5)
    assert made.standard_error[5] == pytest.approx(error, rel=1e-6)


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
    family = CandidateFamily.of(MODEL.replace(penalty=penalty, degree=6))
    made = found(family).validated["five"]
    for place in (1, 5, 8, 11, 14):
        expected = scores(
            plain(penalty, 6, WEIGHTS[place], tight=True), shuffled_folds(COUNT, 5, 1)
        )
        assert made.mean[place] == pytest.approx(expected.mean(), rel=1e-4)
    assert tuple(sorted(WEIGHTS, reverse=True)) == WEIGHTS


def test_few_points_take_the_smallest_solution_as_scikit_learn_does():
    train = simulate_sample(DATA, 12, 99)
    made = Criteria(DATA, train, NONE, 1).validated["ten"]
    for degree in (3, 8, 11, 15):
        expected = scores(plain("none", degree), shuffled_folds(12, 10, 1), train)
        assert made.mean[degree - 1] == pytest.approx(expected.mean(), rel=1e-4)


@given(arrays(float, 15, elements=st.floats(0.1, 10)), arrays(float, 15, elements=st.floats(0, 3)))
def test_the_rule_takes_the_simplest_within_one_standard_error(mean, spread):
    # Means that differ by less than rounding are equal.
    mean = np.round(mean, 6)
    curve = CrossValidationCurve(mean, spread)
    near = [i for i in range(15) if mean[i] <= mean.min() + spread[np.argmin(mean)]]
    assert curve.simplest == near[0] <= curve.best == list(mean).index(mean.min())


@pytest.mark.parametrize("penalty", ["none", "ridge", "lasso"])
def test_aic_aicc_and_bic_are_those_of_the_normal_likelihood(penalty):
    family = CandidateFamily.of(MODEL.replace(penalty=penalty, degree=7))
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
        near = 1e-9 if penalty != "lasso" else 1e-6
        assert made.aic[place] == pytest.approx(-2 * said + 2 * (slopes + 2), rel=near)
        k = slopes + 2
        corrected = -2 * said + 2 * k * COUNT / (COUNT - k - 1)
        assert made.aicc[place] == pytest.approx(corrected, rel=near)
        assert made.bic[place] == pytest.approx(-2 * said + np.log(COUNT) * (slopes + 2), rel=near)
        assert np.sqrt(made.training[place]) == pytest.approx(np.sqrt(np.mean(left**2)), rel=near)


def test_an_elastic_net_s_freedom_is_how_predictions_follow_observations():
    # Stein's: the sum over the points of the derivative of each prediction by its own observation.
    family = CandidateFamily.of(MODEL.replace(penalty="elastic", degree=5), (1.0,))
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
    train = simulate_sample(DATA, 10, 99)
    made = Criteria(DATA, train, NONE, 1)
    assert np.all(np.isfinite(made.aic[:7]))
    assert np.all(np.isinf(made.aic[7:]))
    assert made.choices["aic"] < 7
    # Without noise the quartic is met exactly: the simplest that does is taken.
    clean = DATA.replace(function="quartic", noise=0.0)
    exact = found(NONE, clean)
    assert DEGREES[exact.choices["aic"]] == DEGREES[exact.choices["bic"]] == 4


@pytest.mark.parametrize("x_range", [(-5.0, 5.0), (-4.0, 2.5), (1.0, 4.0)])
@pytest.mark.parametrize("function", ["demo", "step", "runge", "abs"])
def test_true_error_is_that_on_very_many_new_points(function, x_range):
    data = DATA.replace(function=function, noise_mean=2.0, noise=2.0, x_range=x_range)
    train = split_sample(data, SPLIT).train
    new = simulate_sample(data, 400_000, 98)
    for family, degrees in (
        (NONE, (2, 5, 7)),
        (CandidateFamily.of(MODEL.replace(penalty="lasso")), ()),
    ):
        made = Criteria(data, train, family, 1)
        for place in [degree - 1 for degree in degrees] or (4, 9):
            degree = int(family.setting(place)) if family.name == "degree" else MODEL.degree
            pipeline = plain(family.penalty, degree, family.setting(place), tight=True)
            pipeline.fit(columns(train.x), train.y)
            squares = (pipeline.predict(columns(new.x)) - new.y) ** 2
            error = squares.std() / np.sqrt(len(squares))
            assert made.truth[place] == pytest.approx(squares.mean(), abs=4 * error)
    assert expected_error(data, true_values(data)) == pytest.approx(4.0)


def test_the_truth_chooses_the_lowest_and_nothing_else_looks_at_it():
    made = found(NONE)
    assert made.choices["truth"] == np.argmin(made.truth)
    # The same points under another truth: every other choice stays.
    other = Criteria(DATA.replace(function="line", noise=0.0), TRAIN, NONE, 1)
    assert not np.allclose(other.truth, made.truth)
    for way in (*METHODS[:-1],):
        assert other.choices[way] == made.choices[way]


def test_test_points_have_no_part_in_any_choice():
    settings = START.replace(seed=5)
    made = SelectionResult(settings)
    parts = split_sample(settings.data, settings.split)
    alone = Criteria(settings.data, parts.train, NONE, settings.rule.fold_seed)
    assert made.criteria.choices == alone.choices
    assert len(alone.train.x) + len(parts.test.x) == settings.data.samples


def test_picks_are_the_choices_on_simulated_data_sets(monkeypatch):
    monkeypatch.setattr("lively.pages.model_selection.selection_frequency.DATA_SETS", 8)
    made = finished(SelectionFrequency(DATA, COUNT, NONE, 1))
    assert made.counts.sum(axis=1).tolist() == [8] * len(METHODS)
    assert np.all(np.array(made.errors) >= np.array(made.errors)[:, [-1]])
    assert made.median_cost[METHODS.index("truth")] == made.mean_cost[METHODS.index("truth")] == 0
    roots = np.sqrt(made.errors)
    ratios = roots / roots[:, [-1]]
    np.testing.assert_allclose(made.median_cost, np.median(ratios, axis=0) - 1, atol=1e-12)
    np.testing.assert_allclose(made.mean_cost, np.mean(ratios, axis=0) - 1, atol=1e-12)


def test_noise_of_data_sets_drawn_anew_scales_the_same_draws():
    one, two = simulate_sample(DATA, 30, 7, 1), simulate_sample(DATA.replace(noise=10.0), 30, 7, 1)
    truth = TARGET_FUNCTIONS["demo"](one.x)
    np.testing.assert_array_equal(one.x, two.x)
    np.testing.assert_allclose(two.y - truth, 2 * (one.y - truth))
    assert not np.array_equal(one.x, simulate_sample(DATA, 30, 7, 2).x)
    assert not np.array_equal(one.x, make_sample(DATA).x[:30])


def test_predictions_of_folds_together_are_those_one_by_one():
    family = CandidateFamily.of(MODEL.replace(penalty="ridge", degree=15))
    some = training_masks(COUNT, shuffled_folds(COUNT, 5, 3))
    together = fit_candidates(family, TRAIN.x, TRAIN.y, some, TRAIN.x).predictions
    for fold, row in enumerate(some):
        alone = fit_candidates(family, TRAIN.x, TRAIN.y, row[None], TRAIN.x).predictions[0]
        np.testing.assert_allclose(together[fold], alone, rtol=1e-9)


@pytest.mark.parametrize("penalty", ["lasso", "elastic"])
@pytest.mark.parametrize("changes", [{}, {"samples": 20}, {"x_range": (2.0, 3.0)}, {"noise": 0.0}])
def test_a_search_ends_at_the_lowest_cost_also_at_degree_15(penalty, changes):
    # The conditions of Karush, Kuhn and Tucker: no descent gets there at a small alpha in time.
    family = CandidateFamily.of(MODEL.replace(penalty=penalty, degree=15))
    train = split_sample(DATA.replace(**changes), SPLIT).train
    Z = plain("none", 15)[:-1].fit_transform(columns(train.x))
    y, count = train.y - train.y.mean(), len(train.y)
    solved = fit_elastic_net(Z, y, family.values, family.l1_ratio)
    assert solved.converged.all()
    for weight, slopes in zip(family.values, solved.coefficients.T, strict=True):
        pull = Z.T @ (y - Z @ slopes) / count - weight * (1 - family.l1_ratio) * slopes
        allowed, near = weight * family.l1_ratio, 1e-7 * np.abs(Z.T @ y).max() / count
        assert np.abs(pull).max() <= allowed + near
        there = slopes != 0
        np.testing.assert_allclose(pull[there], allowed * np.sign(slopes[there]), atol=near)
