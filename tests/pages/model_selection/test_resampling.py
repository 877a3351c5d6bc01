"""Splits, the learning curve and the fits of the page's own candidate, held to scikit-learn."""

import warnings

import numpy as np
import pytest
from selection import (
    COUNT,
    DATA,
    MODEL,
    SPLIT,
    START,
    TRAIN,
    columns,
    cv,
    finished,
    plain,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import r2_score
from sklearn.model_selection import learning_curve as plain_learning_curve

from lively.learning.cross_validation import shuffled_folds
from lively.learning.noisy_sample import split_sample
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.model_selection.candidates import CandidateFamily
from lively.pages.model_selection.data import simulate_sample
from lively.pages.model_selection.fold_fits import fit_candidate
from lively.pages.model_selection.resampling import LearningCurve, SplitScores
from lively.pages.model_selection.result import SelectionResult


@pytest.mark.parametrize("penalty", ["none", "ridge", "elastic"])
def test_splits_score_as_the_plain_pipeline_does(penalty):
    model = MODEL.replace(penalty=penalty, degree=6, alpha=0.5)
    family, place = CandidateFamily.at(model)
    made = finished(SplitScores(DATA, SPLIT.test_share, family))
    for seed in (0, 1, 17, 399):
        parts = split_sample(DATA, SPLIT.replace(split_seed=seed))
        pipeline = plain(penalty, 6, 0.5, tight=True).fit(columns(parts.train.x), parts.train.y)
        expected = r2_score(parts.test.y, pipeline.predict(columns(parts.test.x)))
        assert made.r2[seed, place] == pytest.approx(expected, rel=1e-6)
    if penalty == "none":
        # The present split is one of them, with the very score that opening it shows.
        assert SelectionResult(START.replace(degree=6)).test.r2 == pytest.approx(made.r2[1, 5])


@pytest.mark.parametrize("model", [MODEL.replace(degree=5), MODEL.replace(penalty="ridge")])
def test_learning_curve_is_scikit_learn_s(model):
    family, place = CandidateFamily.at(model)
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


def test_the_fit_and_the_fits_without_a_fold_are_the_plain_ones():
    made, parts = fit_candidate(DATA, SPLIT, MODEL, 1), split_sample(DATA, SPLIT)
    pipeline = plain("none", MODEL.degree)
    for curve, rows_ in zip(
        [made.curve, *made.without],
        [np.arange(COUNT), *(train for train, _ in cv(shuffled_folds(COUNT, 5, 1)))],
        strict=True,
    ):
        pipeline.fit(columns(TRAIN.x[rows_]), TRAIN.y[rows_])
        np.testing.assert_allclose(
            curve, pipeline.predict(columns(made.grid)), rtol=1e-6, atol=1e-6
        )
    pipeline.fit(columns(TRAIN.x), TRAIN.y)
    np.testing.assert_allclose(made.test, pipeline.predict(columns(parts.test.x)), rtol=1e-6)
    new = simulate_sample(DATA, 400_000, 97)
    expected = r2_score(new.y, pipeline.predict(columns(new.x)))
    assert made.true_r2 == pytest.approx(expected, abs=0.01)
    truth = r2_score(new.y, TARGET_FUNCTIONS["demo"](new.x))
    assert made.most_r2 == pytest.approx(truth, abs=0.005)
