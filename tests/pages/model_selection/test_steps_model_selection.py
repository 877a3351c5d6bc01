"""What the steps of the page on choosing a model claim, computed at the state that each sets."""

import numpy as np
import pytest
from notebooks import read_steps
from selection import COUNT, DATA, NONE, START, columns, plain
from sklearn.linear_model import Lasso, Ridge
from test_words_model_selection import shown

from lively.learning.cross_validation import CrossValidationCurve, shuffled_folds, training_masks
from lively.pages.model_selection.batched_fits import fit_candidates
from lively.pages.model_selection.criteria import Criteria
from lively.pages.model_selection.data import simulate_sample
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.selection_frequency import METHODS, SelectionFrequency
from lively.pages.model_selection.test_set_reuse import evaluate, selection_bias


def step(number):
    """Return the words of a step and the settings that its button sets."""
    found = read_steps("model_selection")[number - 1]
    assert found.words.startswith(f"### {number}. ")
    return found.words, START.replace(**found.changes)


def ten_fold(train):
    """Return the cross-validated curve of all degrees by ten folds."""
    some = training_masks(len(train.x), shuffled_folds(len(train.x), 10, 1))
    found = fit_candidates(NONE, train.x, train.y, some, train.x).predictions
    left = ~some / np.sum(~some, axis=1, keepdims=True)
    return CrossValidationCurve.of(((found - train.y) ** 2 @ left[:, :, None])[:, :, 0])


def test_1_all_folds_choose_degree_11_and_new_folds_another():
    words, settings = step(1)
    choices = SelectionResult(settings).criteria.choices
    assert "all three choose degree 11" in words
    assert {NONE.setting(choices[name]) for name in ("five", "ten", "one")} == {11}
    assert "make five folds choose degree 9" in words
    again = SelectionResult(settings.replace(fold_seed=settings.rule.fold_seed + 1))
    assert NONE.setting(again.criteria.choices["five"]) == 9


def test_1_the_lowest_estimate_is_optimistic_and_bars_are_no_confidence_intervals():
    words, _ = step(1)
    assert "lowest of 15 estimates, and therefore optimistic" in words
    assert "no confidence interval" in words
    ratios, within = [], []
    for number in range(150):
        train = simulate_sample(DATA, COUNT, 81, number)
        curve, truth = ten_fold(train), Criteria(DATA, train, NONE, 1).truth
        ratios.append(curve.mean[curve.best] / truth[curve.best])
        within.append(np.abs(curve.mean - truth)[4] <= 2 * curve.standard_error[4])
    assert np.median(ratios) < 0.95
    # Normal, independent folds would be within two standard errors in 95 %.
    assert 0.7 < np.mean(within) < 0.9


def test_2_repeated_folds_depend_less_on_the_folds_and_the_rule_takes_the_simplest():
    words, settings = step(2)
    assert "depend less on how the points happen to be divided" in words
    assert "At high degrees this helps little" in words
    found = [SelectionResult(settings.replace(fold_seed=seed)).criteria for seed in range(40)]

    def spread(name):
        means = np.array([criteria.validated[name].mean for criteria in found])
        return np.log(means).std(axis=0)

    ratios = spread("repeated") / spread("five")
    assert ratios[:6].max() < 0.5
    assert np.median(ratios[9:]) > 0.8
    choices = [criteria.choices for criteria in found]
    assert all(made["repeated+"] <= made["repeated"] for made in choices)


def test_3_aic_and_aicc_choose_what_the_text_says():
    words, settings = step(3)
    criteria = SelectionResult(settings).criteria
    chosen = {name: criteria.choices[name] + 1 for name in ("aic", "aicc", "bic", "truth")}
    assert chosen == {"aic": 14, "aicc": 9, "bic": 9, "truth": 7}
    assert "with 44 points, AIC chooses degree 14 and AICc degree 9" in words
    assert len(criteria.train.x) == 44


def test_4_usual_costs_are_small_and_the_mean_of_aic_is_not():
    words, settings = step(4)
    assert "200 simulated data sets" in words
    # The first forty of the page's two hundred do.
    picks = SelectionFrequency(settings.data, COUNT, NONE, settings.rule.fold_seed)
    for _ in picks.steps():
        if picks.sets == 40:
            break
    assert picks.median_cost.max() < 0.06
    costs = dict(zip(METHODS, picks.mean_cost, strict=True))
    assert costs["aic"] > 5 * max(cost for way, cost in costs.items() if way != "aic")


def test_5_there_are_400_splits_and_the_present_one_is_among_them():
    words, settings = step(5)
    result = shown("splits")
    assert result.settings == settings
    assert "400 random splits" in words
    assert result.splits.r2.shape[0] == 400
    own = result.splits.r2[settings.split.split_seed, result.own_place]
    assert own == pytest.approx(result.test.r2)


def test_6_the_best_of_several_is_optimistic():
    words, settings = step(6)
    assert "The best of several test errors is optimistic" in words
    looks = [SelectionResult(settings.replace(degree=degree)).look for degree in range(4, 10)]
    assert selection_bias(looks).hidden > selection_bias(looks[:1]).hidden
    first = evaluate(looks[1])
    assert first.anew.mean() == pytest.approx(first.true, rel=0.03)
    assert "95 % interval for the true RMSE" in words
    assert first.bounds is not None


def test_7_more_points_help_at_degree_9_and_hardly_at_degree_3():
    words, settings = step(7)
    assert "At degree 9" in words
    assert settings.model.degree == 9
    nine, three = shown("learning"), shown("learning", degree=3)
    for result in (nine, three):
        for _ in result.learning.steps():
            pass
    train, held_out, _ = np.sqrt(nine.learning.medians(nine.own_place)[:, -1])
    assert held_out > 1.3 * train
    train, held_out, _ = np.sqrt(three.learning.medians(three.own_place)[:, -1])
    assert held_out < 1.2 * train
    assert train > 1.5 * settings.data.noise
    now, more = nine.outlook.medians
    assert more < 0.9 * now
    now, more = three.outlook.medians
    assert more > 0.95 * now
    assert shown("learning", degree=7).outlook.medians[0] < 0.7 * now


def test_8_more_and_more_coefficients_differ_from_zero_as_alpha_falls():
    words, _ = step(8)
    assert "As α falls, more and more coefficients differ from zero" in words
    left = np.sum(shown("path", degree=15, penalty="lasso").path.coefficients != 0, axis=0)
    assert left[0] == 0
    assert left[-1] == left.max() == 12
    assert np.all(np.diff(left) >= -1)
    ridge = shown("path", degree=15, penalty="ridge").path.coefficients
    assert np.all(ridge != 0)


def test_9_the_lasso_s_corner_is_that_of_x():
    words, settings = step(9)
    assert "the coefficient of x³ is zero" in words
    plane = SelectionResult(settings).plane
    assert plane.absolute[1] == 0 != plane.absolute[0]
    assert np.all(plane.squared != 0)
    train = SelectionResult(settings).parts.train
    Z = plain("none", 3)[:-1].fit_transform(columns(train.x))[:, [0, 2]]
    lasso = Lasso(settings.model.alpha, tol=1e-12).fit(Z, train.y).coef_
    np.testing.assert_allclose(plane.absolute, lasso, atol=1e-9)
    ridge = Ridge(settings.model.alpha * len(train.x)).fit(Z, train.y).coef_
    np.testing.assert_allclose(plane.squared, ridge, rtol=1e-9)
