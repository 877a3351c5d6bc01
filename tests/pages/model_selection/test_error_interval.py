"""The interval for the true error: it holds it as often as it says, and is not given in vain."""

import numpy as np
import pytest
from scipy.stats import chi2
from selection import DATA, MODEL, SPLIT, START, TRAIN, columns, plain

from lively.learning.data_settings import DataSettings
from lively.learning.fast_fits import fast_fitting
from lively.learning.noisy_sample import split_sample
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.model_selection.batched_fits import fit_candidates
from lively.pages.model_selection.candidates import CandidateFamily
from lively.pages.model_selection.degrees_of_freedom import (
    candidate_degrees_of_freedom,
    prediction_variance,
)
from lively.pages.model_selection.error_interval import error_interval, is_representative
from lively.pages.model_selection.generalization_error import expected_error, quadrature_inputs
from lively.pages.model_selection.test_set_reuse import HeldOutEvaluation, evaluate


def evaluated(settings):
    """Return squared test errors, the true error, and whether an interval is given."""
    parts, (family, place) = (
        split_sample(settings.data, settings.split),
        CandidateFamily.at(settings.model),
    )
    x, y = parts.train.x, parts.train.y
    at = np.concatenate([parts.test.x, quadrature_inputs(settings.data)])
    with fast_fitting():
        found = fit_candidates(family, x, y, np.ones((1, len(x)), dtype=bool), at).predictions[
            0, place
        ]
        freely = prediction_variance(family, place, x, y, at)
    count = len(parts.test.x)
    given = is_representative(settings.data, freely[:count], freely[count:])
    return (
        (found[:count] - parts.test.y) ** 2,
        float(expected_error(settings.data, found[count:])),
        given,
    )


def missed(states):
    """Return the shares of states whose interval is given, and of those that it misses."""
    found = [evaluated(settings) for settings in states]
    given = [(squares, true) for squares, true, is_given in found if is_given]
    out = [not (low <= true * (1 + 1e-9) and true <= high * (1 + 1e-9))
           for squares, true in given for low, high in (error_interval(squares),)]  # fmt: skip
    return len(given) / len(found), float(np.mean(out)), len(given)


def allowed(count, share=0.05):
    """Return a share of misses that chance exceeds once in a thousand times."""
    return share + 3.1 * np.sqrt(share * (1 - share) / count)


@pytest.mark.thorough
@pytest.mark.parametrize(("degree", "given"), [(3, 0.95), (5, 0.85), (9, 0.4), (12, 0.15)])
def test_it_holds_the_true_error_over_seeds_of_the_start(degree, given):
    share, out, count = missed([START.replace(degree=degree, seed=seed) for seed in range(500)])
    assert share > given
    assert out < allowed(count)


@pytest.mark.parametrize(("degree", "most"), [(5, 0.05), (9, 0.075)])
def test_it_holds_the_true_error_over_splits_of_the_start(degree, most):
    # All splits share one sample, whose noise is a little smaller than usual: they miss together.
    share, out, _ = missed([START.replace(degree=degree, split_seed=seed) for seed in range(400)])
    assert share > 0.95
    assert out < most


def test_it_holds_the_true_error_at_random_settings():
    random = np.random.default_rng(5)
    states = []
    for _ in range(400):
        low = round(random.uniform(-5, 4), 1)
        states.append(START.replace(
            function=str(random.choice(list(TARGET_FUNCTIONS))),
            samples=round(20 * 20 ** random.random()),
            x_range=(-5.0, 5.0) if random.random() < 0.5 else (low, low + 1.0),
            noise=round(random.uniform(0, 10), 1), seed=int(random.integers(10_000)),
            test_share=float(random.choice([0.1, 0.3, 0.5])), degree=int(random.integers(1, 16)),
            penalty=str(random.choice(["none", "ridge", "lasso"])),
            alpha=float(10 ** random.uniform(-4, 3)),
        ))  # fmt: skip
    share, out, count = missed(states)
    assert share > 0.6
    assert out < allowed(count)


def test_of_normal_errors_it_is_the_chi_square_interval_with_one_point_less():
    squares = np.random.default_rng(0).standard_normal(40) ** 2
    spread = squares.var(ddof=1) / 40 / squares.mean() ** 2
    freedom_ = min(2 / spread, 40) - 1
    low, high = error_interval(squares)
    assert chi2.cdf(squares.sum() / 40 * freedom_ / low, freedom_) == pytest.approx(0.975)
    assert chi2.cdf(squares.sum() / 40 * freedom_ / high, freedom_) == pytest.approx(0.025)
    assert error_interval(np.zeros(5)) == (0.0, 0.0)


def test_none_is_given_where_the_fit_strays_and_no_test_point_lies():
    data = DATA.replace(samples=20, seed=3)
    judged = evaluate(HeldOutEvaluation.at(data, SPLIT, MODEL.replace(degree=15)))
    assert judged.interval is judged.bounds is None
    assert evaluate(HeldOutEvaluation.at(DATA, SPLIT, MODEL.replace(degree=3))).bounds is not None
    inside = np.full(400, 0.1)
    assert is_representative(
        DataSettings(), np.full(20, 0.1), np.full(len(quadrature_inputs(DATA)), 0.1)
    )
    assert not is_representative(DataSettings(), inside, np.full(len(quadrature_inputs(DATA)), 0.3))


@pytest.mark.parametrize("penalty", ["none", "ridge", "lasso", "elastic"])
def test_leverage_is_how_predictions_follow_the_noise(penalty):
    model = MODEL.replace(penalty=penalty, degree=5, alpha=1.0)
    family, place = CandidateFamily.at(model)
    at = np.linspace(-5, 5, 7)
    found = prediction_variance(family, place, TRAIN.x, TRAIN.y, at)
    if penalty in ("none", "ridge"):
        # Weights of the observations, one by one.
        weights = np.array([
            plain(penalty, 5, 1.0).fit(columns(TRAIN.x), e).predict(columns(at))
            for e in np.eye(len(TRAIN.x))
        ])  # fmt: skip
        np.testing.assert_allclose(found, (weights**2).sum(axis=0), rtol=1e-6)
        if penalty == "none":
            own = prediction_variance(family, place, TRAIN.x, TRAIN.y, TRAIN.x)
            assert own.sum() == pytest.approx(
                candidate_degrees_of_freedom(family, TRAIN.x, TRAIN.y)[place] + 1
            )
        return
    # Derivatives by the observations: the coefficients that are not zero stay so.
    step, count = 1e-4, len(TRAIN.x)
    pipeline = plain(penalty, 5, 1.0, tight=True)
    moved = np.array([
        pipeline.fit(columns(TRAIN.x), TRAIN.y + step * e).predict(columns(at))
        - pipeline.fit(columns(TRAIN.x), TRAIN.y - step * e).predict(columns(at))
        for e in np.eye(count)
    ]) / (2 * step)  # fmt: skip
    np.testing.assert_allclose(found, (moved**2).sum(axis=0), rtol=1e-3)
