"""Intervals of the curve-fitting page: how they are computed, and how often they cover."""

import threading

import numpy as np
import pytest
from scipy.optimize import curve_fit
from scipy.stats import binom, binomtest

from lively.pages.curve_fit import coverage as counting
from lively.pages.curve_fit.coverage import DATA_SETS, Coverage, coverage, wilson
from lively.pages.curve_fit.data import draw_points, make_points, true_values
from lively.pages.curve_fit.interval_checks import asymptotic_deviation, check_intervals
from lively.pages.curve_fit.interval_text import has_doubts
from lively.pages.curve_fit.model import best_known, fit_from, jacobian
from lively.pages.curve_fit.parametric_curves import PARAMETRIC_CURVES
from lively.pages.curve_fit.result import CurveFitResult
from lively.pages.curve_fit.robust_errors import Loss, uncertainty
from lively.pages.curve_fit.settings import (
    CurveDataSettings,
    CurveFitSettings,
    CurvePageSettings,
)

DATA, FIT, START = CurveDataSettings(), CurveFitSettings(), CurvePageSettings()
LOSSES = ["linear", "soft_l1", "huber", "cauchy"]


def shares(settings, sets):
    """Return the share of data sets in which each interval contains its true value."""
    truth, curve = true_values(settings.data), PARAMETRIC_CURVES[settings.data.curve]
    held = [
        fit_from(curve, draw_points(settings.data, i), truth, settings.fit)
        .named_as(truth)
        .holds(truth)
        for i in range(1, sets + 1)
    ]
    return np.mean(held, axis=0)


@pytest.mark.parametrize("name", LOSSES)
def test_psi_is_the_derivative_of_the_loss(name):
    loss, step = Loss(name, 0.4), 1e-5
    at = np.array([-3.0, -0.7, -0.1, 0.05, 0.3, 1.2])
    psi, slope = loss.influence(at)
    cost = np.array([[loss.cost(np.array([r + s])) for s in (-step, step)] for r in at])
    np.testing.assert_allclose(psi, np.diff(cost)[:, 0] / (4 * step), rtol=1e-6, atol=1e-9)
    moved = [loss.influence(at + s)[0] for s in (-step, step)]
    np.testing.assert_allclose(slope, (moved[1] - moved[0]) / (2 * step), rtol=1e-6, atol=1e-9)


def test_squares_have_scipy_s_errors_and_so_has_a_loss_whose_scale_is_never_reached():
    points, curve = make_points(DATA), PARAMETRIC_CURVES["peak"]
    values, covariance = curve_fit(curve.function, points.x, points.y, true_values(DATA))
    slopes, left = jacobian(curve, points.x, values), points.y - curve(points.x, values)
    squares = uncertainty(slopes, left, Loss("linear", 1.0))
    np.testing.assert_allclose(squares.covariance, covariance, rtol=1e-3)
    assert squares.freedom == 22
    huber = uncertainty(slopes, left, Loss("huber", 50.0))
    np.testing.assert_allclose(huber.covariance, squares.covariance, rtol=1e-3)


@pytest.mark.parametrize(
    ("loss", "scale", "outliers"),
    [("huber", 0.3, 0.0), ("huber", 0.3, 0.16), ("soft_l1", 0.1, 0.16), ("cauchy", 0.15, 0.0),
     ("cauchy", 0.3, 0.16)],
)  # fmt: skip
def test_sandwich_errors_are_the_estimates_spread(loss, scale, outliers):
    # 200 points and 100 data sets: the spread is known to 7 %.
    chosen = START.replace(loss=loss, f_scale=scale, outliers=outliers, samples=200)
    curve, truth = PARAMETRIC_CURVES["peak"], true_values(chosen.data)
    fits = [fit_from(curve, draw_points(chosen.data, i), truth, chosen.fit) for i in range(1, 101)]
    spread = np.std([fit.values for fit in fits], axis=0)
    stated = np.median([fit.errors for fit in fits], axis=0)
    np.testing.assert_allclose(stated, spread, rtol=0.21)
    np.testing.assert_allclose(check_intervals(chosen.data, chosen.fit).errors, spread, rtol=0.21)


def test_errors_to_expect_under_squares_follow_from_the_variance():
    # Outliers are off by 1.5 plus an exponential of mean 1, to either side: 1.5² + 2 · 1.5 + 2.
    data = DATA.replace(outliers=0.16, noise=0.3)
    squares = asymptotic_deviation(data, Loss("linear", 1.0))
    assert squares == pytest.approx(np.sqrt(0.3**2 + 0.16 * 7.25), rel=0.02)
    assert asymptotic_deviation(DATA, Loss("linear", 1.0)) == pytest.approx(0.3, rel=0.01)


#: States of the opening curve, among them those whose intervals once covered 65 to 72 % and 99 %.
COVERED = [
    {"loss": "cauchy", "f_scale": 0.05},
    {"loss": "cauchy", "f_scale": 0.05, "outliers": 0.16},
    {"loss": "huber", "outliers": 0.16},
    {"loss": "huber", "f_scale": 0.05},
    {"loss": "soft_l1", "f_scale": 0.1, "outliers": 0.16},
    {},
    {"noise": 0.6},
    {"noise": 0.0, "outliers": 0.16, "loss": "huber"},
    {"curve": "growth", "loss": "huber", "outliers": 0.08},
    {"curve": "two", "loss": "cauchy", "noise": 0.15, "samples": 60},
]


@pytest.mark.thorough
@pytest.mark.parametrize("changes", COVERED, ids=str)
def test_intervals_that_are_not_doubted_cover(changes):
    chosen = START.replace(**changes)
    assert not has_doubts(CurveFitResult(chosen))
    found = shares(chosen, 120)
    # No less than a true coverage of 93 % gives in 999 of 1000 counts, no more than one of 97 %.
    assert np.all(found >= binom.ppf(0.001, 120, 0.93) / 120)
    assert np.all(found <= binom.ppf(0.999, 120, 0.97) / 120)


@pytest.mark.parametrize(
    "changes",
    [
        {"outliers": 0.16},
        {"outliers": 0.2, "samples": 10, "loss": "huber"},
        {"outliers": 0.04, "samples": 20, "curve": "decay", "noise": 0.15},
        {"noise_mean": 0.3},
        {"curve": "growth", "centre": 1.8, "noise": 0.5},
        {"centre": 2.6},
        {"curve": "damped", "frequency": 1.4, "samples": 11},
        {"curve": "damped", "height": 1.0, "noise": 0.9},
        {"curve": "growth", "width": 0.1, "noise": 0.3, "height": 1.0, "bounds": "positive"},
    ],
    ids=str,
)
def test_what_does_not_cover_is_doubted(changes):
    assert has_doubts(CurveFitResult(START.replace(**changes)))


def test_random_states_cover_or_are_doubted():
    rng = np.random.default_rng(3)
    seen = []
    for i in range(20):
        chosen = START.replace(
            curve=list(PARAMETRIC_CURVES)[i % 5], loss=LOSSES[i % 4],
            f_scale=10 ** rng.uniform(-1.3, 0),
            height=rng.uniform(1, 5), height2=rng.uniform(1, 5), width=rng.uniform(0.2, 0.8),
            centre=rng.uniform(-1.2, 0), centre2=rng.uniform(0.5, 1.2), noise=rng.uniform(0.1, 0.6),
            samples=int(rng.integers(12, 90)), outliers=(0.0, 0.0, 0.1, 0.2)[i % 4 - 1],
            lifetime=rng.uniform(0.5, 3), frequency=rng.uniform(0.3, 1.2),
        )  # fmt: skip
        if has_doubts(CurveFitResult(chosen)):
            continue
        found = shares(chosen, 60)
        seen.append(found.min())
        # Below that in 1 of 10,000 counts if it covers 91 %.
        assert found.min() >= binom.ppf(1e-4, 60, 0.91) / 60, chosen
    assert len(seen) >= 6
    assert np.mean(seen) > 0.91


def test_the_bias_to_expect_is_that_of_many_fits():
    chosen = START.replace(noise_mean=0.2)
    truth, curve = true_values(chosen.data), PARAMETRIC_CURVES["peak"]
    found = np.array([
        fit_from(curve, draw_points(chosen.data, i), truth, chosen.fit).values
        for i in range(1, 201)
    ])  # fmt: skip
    bias = np.abs(found.mean(axis=0) - truth) / found.std(axis=0)
    np.testing.assert_allclose(check_intervals(chosen.data, chosen.fit).bias, bias, atol=0.25)


def test_the_reference_is_the_better_of_two_starts():
    for seed in range(12):
        data = DATA.replace(curve="two", noise=0.9, samples=20, seed=seed)
        fit = FIT.replace(loss="huber")
        points = make_points(data)
        own = fit_from(PARAMETRIC_CURVES["two"], points, true_values(data), fit)
        guess = fit_from(
            PARAMETRIC_CURVES["two"],
            points,
            np.array(PARAMETRIC_CURVES["two"].guess(points.x, points.y)),
            fit,
        )
        assert best_known(data, fit).cost <= own.cost
        assert best_known(data, fit).ended or not (own.ended or guess.ended)


@pytest.mark.parametrize("count", [1, 7, 200])
def test_limits_of_a_share_are_wilson_s(count):
    for held in {0, 1, count // 2, count}:
        low, high = wilson(np.array([held / count]), count)
        expected = binomtest(held, count).proportion_ci(0.95, method="wilson")
        np.testing.assert_allclose([low[0], high[0]], expected, atol=1e-12)


def test_a_count_is_judged_by_the_exact_binomial_test():
    counted = Coverage(DATA, FIT)
    counted.held, counted.count = np.array([179, 190, 199]), 200
    low, high = counted.chance
    for chance, alternative in ((low, "less"), (high, "greater")):
        expected = [binomtest(k, 200, 0.95, alternative).pvalue for k in counted.held]
        np.testing.assert_allclose(chance, expected, rtol=1e-9)
    assert counted.limit == pytest.approx(0.01 / 6)
    counted.held[:] = 0
    np.testing.assert_array_equal(counted.chance[1], 1)


@pytest.mark.parametrize("name", PARAMETRIC_CURVES)
def test_coverage_is_counted_over_200_data_sets(name):
    counted = coverage(DATA.replace(curve=name, samples=100, noise=0.1), FIT)
    done = list(counted.steps())
    assert done[-1] == 1
    assert sorted(done) == done
    assert counted.count == DATA_SETS
    # Four standard errors of a share of 0.95 among 200.
    assert np.all(np.abs(counted.share - 0.95) < 4 * np.sqrt(0.95 * 0.05 / DATA_SETS))
    low, high = counted.limits
    assert np.all((low < counted.share) & (counted.share < high))


def test_coverage_counts_fresh_data_sets_and_goes_on_where_it_stopped():
    sets = [draw_points(DATA, again).y for again in (1, 2, 3)]
    assert len({y.tobytes() for y in [make_points(DATA).y, *sets]}) == 4
    counted = coverage(DATA.replace(seed=77), FIT)

    def count(to):
        for share in counted.steps():
            if share >= to / DATA_SETS:
                return

    count(1)
    assert counted.count == 1
    count(2)
    assert counted.count == 2


def test_the_page_has_its_turn_while_a_fit_takes_long(monkeypatch):
    begun, go_on = threading.Event(), threading.Event()

    def slow(*given):
        begun.set()
        assert go_on.wait(60)
        return fit_from(*given)

    monkeypatch.setattr(counting, "fit_from", slow)
    counted = Coverage(DATA.replace(seed=78), FIT)
    steps = counted.steps()
    # The fit has not ended, and yet the page is given its turn.
    assert next(steps) == 0
    assert begun.wait(60)
    assert counted.count == 0
    go_on.set()
    while counted.count < 3:
        next(steps)
    steps.close()
