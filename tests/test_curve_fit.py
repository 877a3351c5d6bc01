"""Curves of known parameters: points, fits, intervals and what is said of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import curve_fit, least_squares
from strategies import page_settings

from lively.curves import CURVES
from lively.data.curve_fit import LEAST_OFF, draw_points, make_points, true_values
from lively.figures.curve_fit.fit import CurveFitPicture
from lively.figures.curve_fit.panels import CurvePanels
from lively.models.coverage import DATA_SETS, coverage
from lively.models.curve_fit import best_known, fit_curve, gradient, grid
from lively.models.robust import Loss, independent
from lively.results.curve_fit import CurveFitResult
from lively.settings.curve_fit import CurveDataSettings, CurveFitSettings, CurvePageSettings
from lively.words.curve_fit import curve_text, panel_text, promise, rows, verdict

DATA, FIT, START = CurveDataSettings(), CurveFitSettings(), CurvePageSettings()


def test_the_peak_is_that_of_2017():
    x = np.linspace(-2, 2, 25)
    points = make_points(DATA.replace(height=1.0, centre=0.5, width=0.8, noise=0.0))
    np.testing.assert_array_equal(points.x, x)
    np.testing.assert_allclose(points.y, np.exp(-((x - 0.5) ** 2) / (2 * 0.8**2)))


def test_noise_scales_the_same_draws_and_its_mean_shifts_them():
    clean, half, full = (make_points(DATA.replace(noise=n)).y for n in (0.0, 0.5, 1.0))
    np.testing.assert_allclose(full - clean, 2 * (half - clean))
    np.testing.assert_allclose(
        make_points(DATA.replace(noise_mean=0.7)).y, make_points(DATA).y + 0.7
    )


@pytest.mark.parametrize("share", [0.0, 0.04, 0.12, 0.3])
def test_outliers_are_so_many_far_off_and_kept(share):
    points, clean = make_points(DATA.replace(outliers=share)), make_points(DATA)
    assert points.outlier.sum() == round(share * 25)
    off = np.abs(points.y - clean.y)
    assert np.all(off[points.outlier] >= LEAST_OFF - 1e-12)
    assert np.all(off[~points.outlier] == 0)
    more = make_points(DATA.replace(outliers=0.3))
    assert np.all(more.outlier >= points.outlier)


@pytest.mark.parametrize("name", CURVES)
def test_fit_is_scipy_s(name):
    data = DATA.replace(curve=name)
    found, points = fit_curve(data, FIT), make_points(data)
    values, covariance = curve_fit(CURVES[name].function, points.x, points.y, true_values(data))
    np.testing.assert_allclose(found.values, values, rtol=1e-4)
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-3, atol=1e-9)
    assert found.ended
    assert found.determined


@pytest.mark.parametrize("loss", ["linear", "soft_l1", "huber", "cauchy"])
def test_losses_are_scipy_s(loss):
    near = {"start_height": 3.0, "start_centre": -0.5, "start_width": 0.5}
    fit = FIT.replace(loss=loss, bounds="positive", f_scale=0.2, start="own", **near)
    data = DATA.replace(outliers=0.2)
    found, points, curve = fit_curve(data, fit), make_points(data), CURVES["peak"]
    expected = least_squares(
        lambda v: curve(points.x, v) - points.y,
        true_values(data),
        bounds=(np.array([0.01, -np.inf, 0.01]), np.inf),
        loss=loss,
        f_scale=0.2,
    )
    np.testing.assert_allclose(found.values, expected.x, rtol=1e-3)
    assert found.cost == pytest.approx(2 * expected.cost, rel=1e-6)
    assert Loss(loss, 0.2).cost(points.y - curve(points.x, found.values)) == pytest.approx(found.cost)


def test_a_loss_that_spares_outliers_comes_nearer_to_the_truth():
    # Over many samples, each searched from the truth: neither luck nor a wrong optimum counts.
    apart = {
        loss: np.median(
            [
                np.abs(best_known(data, FIT.replace(loss=loss)).values - true_values(data))
                for data in (DATA.replace(outliers=0.16, seed=seed) for seed in range(60))
            ],
            axis=0,
        )
        for loss in ("linear", "cauchy")
    }
    assert np.all(apart["cauchy"] < 0.6 * apart["linear"])


def test_band_is_that_of_the_delta_method_and_of_simulation():
    found = fit_curve(DATA.replace(samples=200), FIT)
    drawn = np.random.default_rng(0).multivariate_normal(found.values, found.covariance, 4000)
    spread = np.std([found.curve(grid(), values) for values in drawn], axis=0)
    reach = found.band(grid())
    seen = spread > spread.max() / 5
    np.testing.assert_allclose(reach[seen] / spread[seen], 1.97, rtol=0.1)


def test_gradient_of_a_line_through_the_parameters():
    curve = CURVES["decay"]
    x = grid()
    found = gradient(curve, x, np.array([2.0, 1.5]))
    np.testing.assert_allclose(found[:, 0], np.exp(-(x + 2) / 1.5), atol=1e-8)
    expected = 2 * np.exp(-(x + 2) / 1.5) * (x + 2) / 1.5**2
    np.testing.assert_allclose(found[:, 1], expected, atol=1e-7)


def test_dependent_columns_determine_nothing():
    x = grid()
    assert independent(np.column_stack([x, x**2]))
    assert not independent(np.column_stack([x, 2 * x]))
    assert not independent(np.column_stack([x, 0 * x]))
    assert not independent(np.column_stack([x, np.full_like(x, np.inf)]))


def test_the_sign_of_a_width_means_nothing():
    found = fit_curve(DATA, FIT.replace(start="own", start_height=3.0, start_width=0.3))
    flipped = [
        (data, found)
        for seed in range(60)
        for data in [DATA.replace(seed=seed, centre=4.0)]
        for found in [fit_curve(data, FIT)]
        if found.flipped
    ]
    assert found.values[2] > 0
    assert flipped
    for data, found in flipped:
        assert found.values[2] > 0
        result = CurveFitResult(START.replace(**{"centre": 4.0, "seed": data.seed}))
        assert "came out negative" in str(verdict(result))


def test_bounds_keep_widths_positive():
    for seed in range(20):
        found = fit_curve(DATA.replace(seed=seed, centre=3.0), FIT.replace(bounds="positive"))
        assert found.values[2] >= 0.01
        assert not found.flipped


def test_a_wrong_start_ends_in_a_wrong_optimum():
    chosen = START.replace(curve="damped", start="own", start_frequency=1.6)
    result = CurveFitResult(chosen)
    assert result.fit.cost > 2 * best_known(chosen.data, chosen.fit).cost
    assert verdict(result).heading == "A wrong optimum."
    right = CurveFitResult(chosen.replace(start_frequency=0.8))
    assert verdict(right).heading == "The intervals hold the truth."


def test_a_peak_outside_is_explained():
    for seed in range(40):
        said = verdict(CurveFitResult(START.replace(centre=4.0, seed=seed)))
        assert "centre (4) lies outside the data" in said.text
        assert said.kind == "over"
    assert verdict(CurveFitResult(START.replace(centre=4.0))).heading == "Hardly determined."


@pytest.mark.parametrize("name", CURVES)
def test_searches_from_the_data_seldom_end_in_a_wrong_optimum(name):
    rng = np.random.default_rng(5)
    lost = 0
    for seed in range(40):
        far = rng.uniform(0.6, 1.4) * np.array([-1, 1])
        chosen = START.replace(
            curve=name, seed=seed, height=rng.uniform(1, 5), height2=rng.uniform(1, 5),
            centre=far[0], centre2=far[1], width=rng.uniform(0.2, 0.6),
            lifetime=rng.uniform(0.5, 3), frequency=rng.uniform(0.3, 1.8),
        )  # fmt: skip
        said = verdict(CurveFitResult(chosen)).heading
        lost += said in ("A wrong optimum.", "The search came to no end.")
    assert lost <= 2


def test_which_of_two_peaks_is_the_first_is_a_matter_of_names():
    for changes in (
        {"centre": 0.8, "centre2": -0.8},
        {"start": "own", "start_centre": 1.0, "start_centre2": -0.5},
    ):
        chosen = START.replace(curve="two", **changes)
        result = CurveFitResult(chosen)
        assert result.fit.exchanged
        assert verdict(result).heading == "The intervals hold the truth."
        assert "in the other order" in verdict(result).text
        best = best_known(chosen.data, chosen.fit)
        np.testing.assert_allclose(result.fit.values, best.values, atol=1e-4)
        np.testing.assert_allclose(result.fit.covariance, best.covariance, atol=1e-4)
        np.testing.assert_allclose(result.fit(grid()), best(grid()), atol=1e-3)


@pytest.mark.parametrize(
    ("changes", "heading", "words"),
    [
        ({"noise_mean": 1.0}, "Some of the truth is missed.", "noise mean lifts all points"),
        ({"noise_mean": -0.5}, "Some of the truth is missed.", "noise mean lowers all points"),
        ({"curve": "decay", "height": 0.5, "noise": 1.0}, "Hardly determined.", "of lifetime is"),
        (
            {"curve": "damped", "frequency": 1.5, "samples": 10},
            "Some of the truth is missed.",
            "a frequency of 1.5 from one of 0.75.",
        ),
        (
            {"curve": "decay", "height": 0.5, "noise": 1.0, "bounds": "positive", "seed": 7},
            "Hardly determined.",
            "The lifetime ended at the bound, 0.01",
        ),
        (
            {"height": 0.5, "noise": 1.0, "samples": 10, "seed": 6},
            "Hardly determined.",
            "The height came out negative; positive bounds prevent that. The width came out "
            "negative; its sign changes nothing.",
        ),
    ],
)
def test_words_name_the_reason(changes, heading, words):
    said = verdict(CurveFitResult(START.replace(**changes)))
    assert said.heading == heading
    assert words in said.text
    assert "chance" not in said.text


def test_chance_is_blamed_only_where_there_is_no_reason():
    said = [verdict(CurveFitResult(START.replace(seed=seed))) for seed in range(200)]
    missed = [each for each in said if each.heading == "Some of the truth is missed."]
    # Three standard errors of a share of 15 % among 200.
    assert 1 <= len(missed) <= 200 * 0.15 + 3 * np.sqrt(200 * 0.15 * 0.85)
    for each in missed:
        assert "by chance in up to 15 % of data sets." in each.text


def test_an_alias_meets_the_points_as_well():
    # What the words say of so few points at even distances.
    points = make_points(DATA.replace(curve="damped", frequency=1.5, samples=10))
    curve = CURVES["damped"]
    np.testing.assert_allclose(
        curve(points.x, np.array([3.0, 1.5, 1.5])),
        curve(points.x, np.array([3.0, 1.5, 0.75])),
        atol=1e-12,
    )


def test_steps_say_by_how_much_outliers_matter():
    plain, squares, cauchy = (
        CurveFitResult(START.replace(**changes)).fit.errors
        for changes in ({}, {"outliers": 0.16}, {"outliers": 0.16, "loss": "cauchy"})
    )
    assert squares[0] / plain[0] == pytest.approx(5, abs=0.5)
    assert np.all(cauchy < squares / 3 * 1.05)


@pytest.mark.parametrize("name", CURVES)
def test_intervals_keep_their_promise(name):
    counted = coverage(DATA.replace(curve=name, samples=100, noise=0.1), FIT)
    shares = list(counted.steps())
    assert shares[-1] == 1
    assert counted.count == DATA_SETS
    # Four standard errors of a share of 0.95 among 200.
    assert np.all(np.abs(counted.share - 0.95) < 4 * np.sqrt(0.95 * 0.05 / DATA_SETS))
    np.testing.assert_allclose(
        counted.spread, np.sqrt(counted.share * (1 - counted.share) / DATA_SETS)
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "Kept: "),
        ({"noise_mean": 0.5}, "The noise mean lifts all points"),
        ({"centre": 4.0}, "data sets the points determine no interval."),
        ({"outliers": 0.16, "loss": "cauchy", "f_scale": 0.05}, "standard errors are approx"),
        ({"outliers": 0.16, "loss": "cauchy"}, "More than kept: "),
        ({"noise": 0.0}, "there is nothing to count"),
    ],
)
def test_a_promise_that_is_not_kept_is_said_with_the_reason(changes, words):
    result = CurveFitResult(START.replace(panel="coverage", **changes))
    if "noise" not in changes:
        assert promise(result) == "0 of 200 data sets counted."
    list(result.count_coverage())
    low = np.any(result.coverage.share < 0.9)
    assert words in promise(result)
    assert promise(result).startswith("Not kept for ") == low
    assert promise(result) in panel_text(result)


def test_an_interval_that_is_not_there_holds_nothing():
    result = CurveFitResult(START.replace(start="own", start_centre=-5.0, start_width=0.2))
    assert not result.fit.determined
    assert not result.fit.holds(result.fit.values).any()
    off = ~np.eye(3, dtype=bool)
    assert np.isnan(result.fit.correlation[off]).all()
    panel = CurvePanels(600, 230)
    panel.draw(CurveFitResult(result.settings.replace(panel="correlation")))
    assert panel.panels["correlation"].texts[1].get_text() == "?"


def test_coverage_counts_fresh_data_sets_and_goes_on_where_it_stopped():
    sets = [draw_points(DATA, again).y for again in (1, 2, 3)]
    assert len({y.tobytes() for y in [make_points(DATA).y, *sets]}) == 4
    counted = coverage(DATA.replace(seed=77), FIT)
    next(counted.steps())
    assert counted.count == 1
    assert next(counted.steps()) == 2 / DATA_SETS


def test_rows_are_the_fit():
    result = CurveFitResult(START)
    assert [row[0] for row in rows(result)] == ["Height", "Centre", "Width"]
    assert rows(result)[0][1] == "3"
    lost = CurveFitResult(START.replace(start="own", start_centre=-5.0, start_width=0.2))
    assert rows(lost)[0][3:] == ("∞", "not determined")


@settings(max_examples=150)
@given(page_settings(CurvePageSettings), st.sampled_from(["residuals", "correlation"]))
def test_any_settings_can_be_fitted_and_shown(chosen, panel):
    result = CurveFitResult(chosen.replace(panel=panel))
    for picture in (CurveFitPicture(600, 300), CurvePanels(600, 230)):
        picture.draw(result)
        picture.figure.canvas.draw()
    said = [str(verdict(result)), curve_text(result), panel_text(result), *map(str, rows(result))]
    assert not [text for text in said if "nan" in text]
