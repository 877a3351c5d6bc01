"""Alpha chosen by cross-validation, against scikit-learn's grid search over the whole pipeline."""

import numpy as np
import pytest
from plain import plain_folds, plain_search
from sklearn.model_selection import RepeatedKFold

from lively.learning.cross_validation import shuffled_folds
from lively.learning.noisy_sample import split_sample
from lively.pages.model_selection.candidates import CandidateFamily
from lively.pages.model_selection.criteria import criteria
from lively.pages.model_selection.settings import SelectionModelSettings
from lively.pages.regression.penalty_choice import FOLDS, WEIGHTS, penalty_choice
from lively.pages.regression.result import RegressionResult
from lively.pages.regression.settings import RegressionSettings
from lively.pages.regression.text import alpha_text
from lively.pages.regression.validation_curve import DEGREES

START = RegressionSettings()


def chosen(**changes):
    return RegressionResult(START.replace(choose_alpha=True, **changes))


@pytest.mark.parametrize("size", [2, 4, 5, 23, 250])
@pytest.mark.parametrize("seed", [0, 1, 77])
def test_folds_are_scikit_learns(size, seed):
    found = shuffled_folds(size, FOLDS, seed)
    plain = [held for _, held in plain_folds(size, seed).split(np.zeros(size))]
    assert len(found) == len(plain) == min(5, size)
    for ours, theirs in zip(found, plain, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_repeated_folds_are_scikit_learns():
    plain = RepeatedKFold(n_splits=5, n_repeats=3, random_state=8).split(np.zeros(23))
    found = [fold for repeat in range(3) for fold in shuffled_folds(23, 5, 8, repeat)]
    for ours, (_, theirs) in zip(found, plain, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("fold_seed", [1, 2])
@pytest.mark.parametrize(
    "changes",
    [
        {"penalty": "ridge", "degree": 9},
        {"penalty": "ridge", "degree": 15, "samples": 20},
        # Where coordinate descent converges at every alpha: few powers.
        {"penalty": "lasso", "degree": 3},
        {"penalty": "elastic", "degree": 4, "l1_ratio": 0.3, "function": "quartic"},
    ],
    ids=["ridge", "ridge-few", "lasso", "elastic"],
)
def test_alpha_is_the_grid_search_s_over_the_pipeline(changes, fold_seed):
    result = chosen(fold_seed=fold_seed, **changes)
    train = result.parts.train
    search = plain_search(result.settings.model, len(train.x), WEIGHTS, fold_seed)
    search.fit(train.x[:, None], train.y)
    (best,) = search.best_params_.values()
    np.testing.assert_allclose(
        result.choice.validated.mean, -search.cv_results_["mean_test_score"], rtol=1e-5
    )
    assert result.fit.alpha == best == result.choice.alpha


@pytest.mark.parametrize("penalty", ["ridge", "lasso", "elastic"])
@pytest.mark.parametrize("degree", [3, 15])
def test_the_curve_s_value_is_the_one_that_alpha_was_chosen_by(penalty, degree):
    result = chosen(penalty=penalty, degree=degree)
    at = list(DEGREES).index(degree)
    assert result.curve.validated.mean[at] == pytest.approx(
        result.choice.validated.mean.min(), rel=1e-4
    )
    assert result.curve.alpha == result.choice.alpha


@pytest.mark.parametrize("penalty", ["none", "lasso"])
def test_both_pages_have_the_same_five_fold_curve(penalty):
    result = RegressionResult(START.replace(penalty=penalty, degree=9, choose_alpha=True))
    data, split = result.settings.data, result.settings.split
    family = CandidateFamily.of(SelectionModelSettings(penalty=penalty, degree=9))
    other = criteria(data, split, family, result.settings.folds.fold_seed).validated["five"]
    if penalty == "none":
        np.testing.assert_allclose(result.curve.validated.mean, other.mean, rtol=1e-6)
        np.testing.assert_allclose(
            result.curve.validated.standard_error, other.standard_error, rtol=1e-6
        )
    else:
        shared = [i for i, w in enumerate(WEIGHTS) if np.isclose(family.values, w).any()]
        assert len(shared) == len(family.values)
        np.testing.assert_allclose(result.choice.validated.mean[shared], other.mean, rtol=1e-4)


def test_step_5_is_chosen_by_what_the_curve_shows():
    result = chosen(penalty="lasso", degree=15)
    assert result.fit.alpha == pytest.approx(0.316, abs=1e-3)
    assert result.curve.validated.root[14] == pytest.approx(result.choice.validated.root.min())


def test_alpha_is_chosen_on_training_points_only(monkeypatch):
    result = chosen(penalty="ridge", degree=9)
    parts = split_sample(result.settings.data, result.settings.split)
    parts.test.y.flags.writeable = True
    monkeypatch.setattr(
        "lively.pages.regression.penalty_choice.split_sample", lambda data, split: parts
    )
    before = result.choice.validated.mean
    parts.test.y[:] = 1e6
    try:
        model = result.settings.model.replace(alpha=0.1)
        again = penalty_choice.__wrapped__(
            result.settings.data, result.settings.split, model, 1
        ).finish()
    finally:
        split_sample.cache_clear()
    np.testing.assert_array_equal(again.validated.mean, before)


def test_a_choice_at_the_end_of_the_grid_is_called_so():
    """Noise is all that there is to learn from: the strongest penalty is the best."""
    result = chosen(function="line", x_range=(0.0, 0.5), noise=10.0, degree=15, penalty="lasso")
    assert result.choice.at_end
    assert result.fit.alpha == 1000
    assert "at the end of the range tried; the best may lie beyond" in alpha_text(result)
    weakest = chosen(function="quartic", noise=0.0, degree=4, penalty="ridge")
    assert weakest.fit.alpha == pytest.approx(1e-6)
    assert "at the end of the range tried" in alpha_text(weakest)
    assert "end of the range" not in alpha_text(chosen(penalty="lasso", degree=15))


def test_of_equals_the_simplest_is_chosen():
    result = chosen(function="line", x_range=(0.0, 0.5), noise=10.0, degree=15, penalty="lasso")
    mean = result.choice.validated.mean
    assert np.sum(np.isclose(mean, mean.min(), rtol=1e-12)) > 1
    assert result.choice.validated.best == 0


def test_the_fold_seed_moves_only_cross_validation():
    one, other = (RegressionResult(START.replace(fold_seed=seed)) for seed in (1, 2))
    assert not np.allclose(one.curve.validated.mean, other.curve.validated.mean)
    np.testing.assert_array_equal(one.curve.test, other.curve.test)
    assert one.fit is other.fit
