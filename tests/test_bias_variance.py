"""Fits to many data sets: against scikit-learn, closed forms, and fresh data."""

import numpy as np
import pytest
from plain import plain_pipeline
from scipy import stats

from lively.learning import elastic_net as solver
from lively.learning.bias_variance_decomposition import error_parts
from lively.learning.polynomial_features import ScaledPowers, legendre_features
from lively.learning.polynomial_settings import ALPHAS
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.bias_variance.data import fresh_points, outermost_counts, training_sets
from lively.pages.bias_variance.model import DEGREES, cached_sweep, is_linear
from lively.pages.bias_variance.result import BiasVarianceResult
from lively.pages.bias_variance.settings import (
    BiasVarianceSettings,
    ComplexitySettings,
    RepeatedSettings,
)
from lively.pages.regression.settings import ModelSettings

DATA = RepeatedSettings(data_sets=50, samples=40)
GRID = np.linspace(-5, 5, 31)


def ready(data, model, sweep="none"):
    fits = cached_sweep(data, model, sweep)
    for _ in fits.steps():
        pass
    return fits


def plain(data, model, which):
    """Return the predictions of scikit-learn's pipeline, fitted to one data set."""
    sets = training_sets(data)
    x, y = sets.x[which % len(sets.x)], sets.y(data.noise)[which]
    pipeline = plain_pipeline(ModelSettings(**dict(model.replace(degree=1))))
    pipeline.set_params(polynomialfeatures__degree=model.degree)
    if not is_linear(model):
        pipeline[-1].set_params(tol=1e-10, max_iter=300_000)
    pipeline.fit(x[:, None], y)
    return pipeline.predict(GRID[:, None])


MODELS = [
    ComplexitySettings(degree=1),
    ComplexitySettings(degree=6),
    ComplexitySettings(degree=12),
    ComplexitySettings(degree=9, penalty="ridge", alpha=1e-4),
    ComplexitySettings(degree=20, penalty="ridge", alpha=0.5),
    ComplexitySettings(degree=7, penalty="lasso", alpha=0.05),
    ComplexitySettings(degree=5, penalty="elastic", alpha=0.3, l1_ratio=0.2),
]


@pytest.mark.parametrize("inputs", ["fresh", "fixed"])
@pytest.mark.parametrize("model", MODELS, ids=lambda m: f"{m.penalty}-{m.degree}")
def test_every_fit_is_that_of_scikit_learn(model, inputs):
    data = DATA.replace(inputs=inputs)
    found = ready(data, model).predict(GRID[None], data.noise)[:, 0]
    assert found.shape == (50 if inputs == "fixed" else 250, 31)
    for which in (0, 7, 49, len(found) - 1):
        expected = plain(data, model, which)
        allowed = (1e-6 if is_linear(model) else 1e-4) * max(1, np.abs(expected).max())
        np.testing.assert_allclose(found[which], expected, atol=allowed)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: f"{m.penalty}-{m.degree}")
def test_along_a_sweep_each_step_is_the_fit_at_that_setting(model):
    # Fixed inputs have fewer data sets, which is enough for what is fitted step by step.
    data = DATA.replace(samples=15, inputs="fresh" if is_linear(model) else "fixed")
    for sweep, steps in (("degree", DEGREES), ("alpha", ALPHAS)):
        if sweep == "alpha" and model.penalty == "none":
            continue
        along = ready(data, model, sweep)
        swept = along.predict(GRID[None], data.noise)
        for at in (0, 8, 13, len(steps) - 1):
            value = steps[at].item()
            one = ready(data, model.replace(**{sweep: value}))
            alone = one.predict(GRID[None], data.noise)[:, 0]
            # A setting's alpha has six digits.
            allowed = 1e-4 * np.maximum(1, np.abs(alone).max(axis=1, keepdims=True))
            assert (np.abs(swept[:, at] - alone) <= allowed).all()
            assert along.freedom.value[at] == pytest.approx(one.freedom.value[0], rel=1e-4)


@pytest.mark.parametrize("model", MODELS[:5], ids=lambda m: f"{m.penalty}-{m.degree}")
def test_other_noise_takes_no_other_fit(model):
    for sigma in (0.0, 1.5, 10.0):
        data = DATA.replace(noise=sigma)
        assert cached_sweep(data, model) is cached_sweep(DATA, model)
        found = ready(data, model).predict(GRID[None], sigma)[3, 0]
        expected = plain(data, model, 3)
        np.testing.assert_allclose(found, expected, atol=1e-6 * max(1, np.abs(expected).max()))


@pytest.mark.parametrize("degree", [12, 13, 20])
def test_past_the_points_the_curve_is_the_calmest_of_those_that_meet_them(degree):
    data = DATA.replace(samples=12, x_range=(-2.0, 4.0), noise=1.0)
    model = ComplexitySettings(degree=degree)
    fits, sets = ready(data, model), training_sets(data)
    at_points = fits.predict(sets.x, 1.0)[:, 0]
    np.testing.assert_allclose(at_points[:50], sets.y(1.0)[:50], atol=1e-5)
    assert fits.freedom.value[0] == pytest.approx(12)
    assert fits.freedom.error[0] == pytest.approx(0)
    features = legendre_features(sets.x[0], data.x_range, degree)
    y = sets.y(1.0)[0]
    centred = features - features.mean(axis=0)
    expected = np.linalg.pinv(centred, rcond=1e-12) @ (y - y.mean())
    found = fits.clean[0, 0, 1:] + fits.noise[0, 0, 1:]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4 * np.abs(expected).max())


def test_small_coefficients_of_legendre_polynomials_mean_calm():
    generator = np.random.default_rng(3)
    slopes = generator.standard_normal(8)
    t, weight = np.polynomial.legendre.leggauss(20)
    near = 1e-6
    ends = (legendre_features(1 + 3 * (t + s), (-2.0, 4.0), 8) @ slopes for s in (near, -near))
    derivative = np.subtract(*ends) / (2 * near)
    calm = ((1 - t**2) * derivative**2) @ weight / 2
    assert calm == pytest.approx(slopes @ slopes, rel=1e-6)


@pytest.mark.parametrize("inputs", ["fresh", "fixed"])
@pytest.mark.parametrize("model", MODELS[:5], ids=lambda m: f"{m.penalty}-{m.degree}")
def test_degrees_of_freedom_are_the_trace_of_the_hat_matrix(model, inputs):
    """Plainly: the prediction at each point for an output of 1 there and 0 elsewhere."""
    data = DATA.replace(inputs=inputs, samples=30)
    fits = ready(data, model)
    pipeline = plain_pipeline(ModelSettings(**dict(model.replace(degree=1))))
    pipeline.set_params(polynomialfeatures__degree=model.degree)
    traces = [
        sum(
            pipeline.fit(x[:, None], unit).predict(x[i : i + 1, None])[0]
            for i, unit in enumerate(np.eye(len(x)))
        )
        for x in training_sets(data).x[:3]
    ]
    np.testing.assert_allclose(fits.each_freedom[0, : len(traces)], traces, rtol=1e-5)
    value, error = fits.freedom
    each, weights = fits.each_freedom[0], training_sets(data).weights
    assert value[0] == pytest.approx(np.average(each, weights=weights))
    # As many draws of the mean: its error is what they spread.
    spread = (weights * (each - value[0]) / weights.mean()).std(ddof=1)
    assert error[0] == pytest.approx(spread / np.sqrt(len(each)), abs=1e-12)
    assert (error[0] > 1e-3) == (inputs == "fresh" and model.penalty == "ridge")


@pytest.mark.parametrize(
    "model",
    [
        ComplexitySettings(degree=5),
        ComplexitySettings(degree=11),
        ComplexitySettings(degree=12, penalty="ridge", alpha=0.5),
        ComplexitySettings(degree=7, penalty="lasso", alpha=0.5),
        ComplexitySettings(degree=7, penalty="elastic", alpha=0.3, l1_ratio=0.3),
    ],
    ids=lambda m: f"{m.penalty}-{m.degree}",
)
def test_degrees_of_freedom_are_how_predictions_follow_the_data(model):
    """Their definition: covariances of predictions and outputs, over the noise's variance.

    Efron, "How biased is the apparent error rate of a prediction rule?", Journal of the American
    Statistical Association 81 (1986). Ten points are fewer than 11 or 12 coefficients.
    """
    data = DATA.replace(inputs="fixed", samples=10, data_sets=1000)
    fits, sets = ready(data, model), training_sets(data)
    predicted = fits.predict(sets.x, data.noise)[:, 0]
    products = (predicted - predicted.mean(axis=0)) * sets.noise / data.noise
    followed = products.sum(axis=1)
    error = followed.std() / np.sqrt(1000)
    assert error < 0.35
    value, own = fits.freedom
    assert abs(followed.mean() - value[0]) < 3.5 * np.hypot(error, own[0])
    if model.penalty == "elastic":
        counted = np.count_nonzero(fits.clean[:, 0, 1:], axis=-1) + 1
        assert counted.mean() - followed.mean() > 5 * error


@pytest.mark.parametrize("penalty", ["none", "ridge"])
def test_with_fixed_inputs_bias_and_variance_have_a_closed_form(penalty):
    """Bias is that of the fit to the truth, variance sigma² times the squares of the smoother."""
    data = DATA.replace(inputs="fixed", data_sets=1000)
    model = ComplexitySettings(degree=4, penalty=penalty, alpha=2.0)
    result = BiasVarianceResult(BiasVarianceSettings(data=data, model=model))
    x, truth = training_sets(data).x[0], TARGET_FUNCTIONS[data.function]
    powers = ScaledPowers.of(x, 4)
    Z, at_grid = (np.insert(powers(each), 0, 1.0, axis=1) for each in (x, result.grid))
    weight = np.diag([0.0] + [2.0 * (penalty == "ridge")] * 4)
    smoother = at_grid @ np.linalg.solve(Z.T @ Z + weight, Z.T)
    bias2 = (smoother @ truth(x) - truth(result.grid)) ** 2
    variance = data.noise**2 * (smoother**2).sum(axis=1)
    found = result.parts_along
    for part, exact in ((found.variance, variance), (found.bias2, bias2)):
        assert (np.abs(part.value - exact) < bound(201) * part.error).all()


@pytest.mark.parametrize("degree", [3, 6])
def test_at_fixed_inputs_themselves_the_variance_is_that_of_the_textbook(degree):
    """sigma² (degree + 1) / n, at the training inputs."""
    data = DATA.replace(inputs="fixed", data_sets=1000)
    fits = ready(data, ComplexitySettings(degree=degree))
    predicted = fits.predict(training_sets(data).x, data.noise)[:, 0]
    found = error_parts(predicted, np.full(40, 1 / 40), 0.0).variance
    expected = data.noise**2 * (degree + 1) / 40
    assert abs(found.value - expected) < 4 * found.error
    assert found.error < expected / 20


SETTINGS = [
    {"function": function, "samples": samples, "noise": noise, "inputs": inputs, **model}
    for function in ("demo", "step", "runge")
    for samples, noise in ((30, 2.0), (120, 5.0), (60, 0.0))
    for inputs in ("fresh", "fixed")
    for model in (
        {"degree": 1},
        {"degree": 5},
        {"degree": 10, "penalty": "ridge", "alpha": 0.1},
        {"degree": 6, "penalty": "lasso", "alpha": 0.3},
    )
]
#: Sweeps, past the points as well: their steps share the data sets.
SWEEPS = [
    {"panel": "degree"},
    {"panel": "degree", "samples": 12, "noise": 1.0},
    {"panel": "degree", "samples": 8, "inputs": "fixed", "noise": 1.0, "seed": 53},
    {"panel": "degree", "function": "step", "penalty": "ridge", "samples": 20, "alpha": 0.01},
    {"panel": "degree", "penalty": "lasso", "alpha": 3.0, "data_sets": 50},
    {"panel": "alpha", "penalty": "ridge", "degree": 10, "samples": 25, "inputs": "fixed"},
    {"panel": "alpha", "penalty": "ridge", "function": "abs", "samples": 100, "noise": 3.0},
    {"panel": "alpha", "penalty": "ridge", "degree": 20, "samples": 15, "x_range": (-1.0, 2.0)},
]
#: How often chance alone may find any difference among all that are looked at.
CHANCE = 0.01


def bound(count):
    """Bonferroni's: so many standard errors none of `count` differences is beyond, but by chance.

    It holds however the differences hang together.
    """
    return stats.t.isf(CHANCE / 2 / count, df=49)


@pytest.mark.thorough
def test_fresh_points_measure_what_the_parts_add_up_to():
    """Over many settings, none of them apart, and none of the directions preferred."""
    gaps = []
    for seed, changes in enumerate(SETTINGS):
        many = 100 if changes.get("penalty") == "lasso" else 1000
        settings = BiasVarianceSettings().replace(seed=seed, data_sets=many, **changes)
        parts = BiasVarianceResult(settings).parts
        if not parts.stated.all():
            assert (changes["inputs"], changes["samples"], changes["degree"]) == ("fresh", 30, 10)
            continue
        gaps.append((parts.gap.value[0], parts.gap.error[0], parts.noise))
    value, error, noise = np.array(gaps).T
    scores = value / error
    assert len(scores) == 69
    assert np.abs(scores).max() < bound(69)
    assert 0.6 < scores.std() < 1.5

    # Seeds differ, so that the scores are independent, and their mean tells what none of them does.
    allowed = stats.norm.isf(CHANCE / 2) / np.sqrt(69)
    assert abs(scores.mean()) < allowed
    # A sum with a twentieth too much or too little of the noise would not pass.
    for wrong in (noise / 20, -noise / 20):
        assert abs(np.mean((value + wrong) / error)) > allowed


@pytest.mark.thorough
def test_along_degree_and_alpha_fresh_points_measure_the_sum():
    scores = []
    for changes in SWEEPS:
        result = BiasVarianceResult(BiasVarianceSettings().replace(**changes))
        curve = result.curve
        assert len(curve.total.value) == len(result.steps)
        parts = curve.bias2.value + curve.variance.value + curve.noise
        np.testing.assert_allclose(parts, curve.total.value, rtol=1e-9)
        known = curve.stated
        scores.extend((curve.gap.value / curve.gap.error)[known])
        np.testing.assert_array_equal(np.isnan(curve.gap.error), ~known)
    assert len(scores) == 88
    assert np.abs(scores).max() < bound(len(scores))


@pytest.mark.thorough
def test_along_x_fresh_points_measure_the_sum():
    scores = []
    for seed, changes in enumerate(SETTINGS[:24]):
        result = BiasVarianceResult(BiasVarianceSettings().replace(seed=seed, **changes))
        parts, measured = result.parts_along, result.measured_along
        total = parts.bias2.value + parts.variance.value + parts.noise
        squares = (result.curves - result.truth(result.grid)) ** 2
        mean = np.average(squares, axis=0, weights=result.training.weights)
        np.testing.assert_allclose(total, mean + parts.noise, rtol=1e-9)
        if not parts.stated.all():
            continue
        # Ten steps of the grid are one bin; ends of a step count half.
        mean, error = (
            np.array(
                [(each[i : i + 10] + each[i + 1 : i + 11]).mean() / 2 for i in range(0, 200, 10)]
            )
            for each in parts.total
        )
        scores.extend((measured.value - mean) / np.hypot(measured.error, error))
    assert len(scores) == 23 * 20
    assert np.abs(scores).max() < bound(len(scores))


def test_more_samples_and_more_data_sets_keep_the_old_ones():
    few, many = training_sets(DATA), training_sets(DATA.replace(samples=90, data_sets=300))
    np.testing.assert_array_equal(many.x[:50, :40], few.x[:50])
    np.testing.assert_array_equal(many.noise[:50, :40], few.noise[:50])
    np.testing.assert_array_equal(many.noise[300:500, :40], few.noise[50:])
    loud = training_sets(DATA.replace(noise=9.0))
    assert loud is few


def test_inputs_are_the_same_or_drawn_anew():
    assert len(np.unique(training_sets(DATA).x)) == 250 * 40
    fixed = training_sets(DATA.replace(inputs="fixed"))
    np.testing.assert_array_equal(fixed.x, training_sets(DATA).x[:1])
    np.testing.assert_array_equal(fixed.noise, training_sets(DATA).noise[:50])
    np.testing.assert_array_equal(fixed.weights, np.ones(50))


def test_fits_and_tests_have_streams_of_their_own():
    train, fresh = training_sets(DATA), fresh_points(DATA)
    assert np.intersect1d(train.x, fresh.x).size == 0
    assert np.intersect1d(train.noise, fresh.noise).size == 0
    assert not np.array_equal(fresh_points(DATA.replace(seed=1)).x, fresh.x)


def test_long_work_is_done_in_bits_and_shared():
    data, model = DATA.replace(seed=77), ComplexitySettings(penalty="lasso", degree=3)
    first, other = cached_sweep(data, model), cached_sweep(data, model)
    assert first is other
    work = first.steps()
    assert [next(work) for _ in range(3)] == [0.004, 0.008, 0.012]
    assert next(iter(other.steps())) == 0.016
    assert cached_sweep(data, model.replace(l1_ratio=0.9)) is first
    assert cached_sweep(data.replace(noise=4.9), model) is not first


def test_fits_that_did_not_converge_are_counted_and_have_no_error(monkeypatch):
    """No setting is known where the solver does not: it is cut short here."""
    model = ComplexitySettings(penalty="lasso", degree=6, alpha=0.01)
    data = DATA.replace(inputs="fixed", seed=501)
    assert ready(data, model).unconverged[0] == 0
    monkeypatch.setattr(solver, "MAX_STEPS", 1)
    data = data.replace(seed=502)
    assert ready(data, model).unconverged[0] == 50
    along = ready(data, model, "alpha").unconverged
    assert along[0] == 50
    assert along[-1] == 0  # All coefficients are zero, which takes no step.
    found = BiasVarianceResult(BiasVarianceSettings(data=data, model=model).replace(panel="alpha"))
    np.testing.assert_array_equal(np.isnan(found.curve.total.error), along > 0)
    assert np.isnan(found.parts.total.error)


def test_rare_data_sets_count_as_what_they_stand_for():
    """Weighted means over all data sets are those of even inputs: their gaps, sums and squares."""
    data = RepeatedSettings(data_sets=1000, samples=20, x_range=(0.0, 1.0))
    sets = training_sets(data)
    shown, rare = sets.x[:1000], sets.x[1000:]
    assert len(rare) == 1000
    assert sets.weights.mean() == pytest.approx(1, abs=0.05)
    for function in (
        lambda x: x.min(axis=1), lambda x: 1 - x.max(axis=1), lambda x: x.mean(axis=1) ** 2,
        lambda x: (x.min(axis=1) > 0.2).astype(float), lambda x: np.sort(x, axis=1)[:, 5],
    ):  # fmt: skip
        every = function(sets.x)
        value = np.average(every, weights=sets.weights)
        error = (sets.weights * (every - value)).std() / np.sqrt(2000)
        plain = function(np.random.default_rng(1).random((100_000, 20)))
        assert abs(value - plain.mean()) < 4 * np.hypot(error, plain.std() / 300)
    # Their outermost points are those of fewer points: a gap of 1 / (few + 1) on average.
    assert rare.min(axis=1).mean() == pytest.approx(1 / (outermost_counts(20) + 1), rel=0.1)
    assert shown.min(axis=1).mean() == pytest.approx(1 / 21, rel=0.1)
