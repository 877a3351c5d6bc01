"""Curves of known parameters: points, fits, intervals and what is said of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import curve_fit, least_squares
from strategies import page_settings
from thorough import examples

from lively.pages.curve_fit.data import LEAST_OFF, make_points, true_values
from lively.pages.curve_fit.fit_figure import CurveFitFigure
from lively.pages.curve_fit.model import best_known, curve_inputs, fit_curve, fit_from, jacobian
from lively.pages.curve_fit.parametric_curves import PARAMETRIC_CURVES
from lively.pages.curve_fit.result import CurveFitResult
from lively.pages.curve_fit.robust_errors import Loss, has_full_rank
from lively.pages.curve_fit.settings import (
    CurveDataSettings,
    CurveFitSettings,
    CurvePageSettings,
)
from lively.pages.curve_fit.tab_figures import CurveFitTabs
from lively.pages.curve_fit.text import curve_text, panel_text, table_rows, verdict

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


def slopes_of_peak(x, height, centre, width):
    """Return the derivatives of the Gaussian peak, written out."""
    u = (x - centre) / width
    bell = np.exp(-(u**2) / 2)
    return np.column_stack([bell, height * bell * u / width, height * bell * u**2 / width])


def slopes_of_growth(x, height, centre, width):
    """Return the derivatives of logistic growth, written out."""
    u = (x - centre) / width
    rise = 1 / (1 + np.exp(-u))
    slope = height * rise * (1 - rise) / width
    return np.column_stack([rise, -slope, -slope * u])


@pytest.mark.parametrize("name", PARAMETRIC_CURVES)
def test_fit_is_scipy_s(name):
    data = DATA.replace(curve=name)
    found, points = fit_curve(data, FIT), make_points(data)
    values, covariance = curve_fit(
        PARAMETRIC_CURVES[name].function, points.x, points.y, true_values(data)
    )
    np.testing.assert_allclose(found.values, values, rtol=1e-4)
    np.testing.assert_allclose(found.covariance, covariance, rtol=1e-3, atol=1e-9)
    assert found.ended
    assert found.determined


@pytest.mark.parametrize("loss", ["linear", "huber", "cauchy"])
def test_minima_are_curve_fit_s_to_the_last_digit(loss):
    # The optimizer is called without curve_fit around it; nothing may differ but the covariance.
    for i, name in enumerate(PARAMETRIC_CURVES):
        curve, data = PARAMETRIC_CURVES[name], DATA.replace(curve=name, seed=i, samples=30)
        points, start = make_points(data), true_values(data) * 1.2
        robust = {"method": "trf", "loss": loss, "f_scale": 0.3}
        values, _ = curve_fit(
            curve.function, points.x, points.y, start,
            jac=lambda x, *at, curve=curve: jacobian(curve, x, np.array(at)),
            **({"method": "lm"} if loss == "linear" else robust),
        )  # fmt: skip
        own = {f"start_{key}": value for key, value in zip(curve.parameters, start, strict=True)}
        found = fit_curve(data, FIT.replace(loss=loss, f_scale=0.3, start="own", **own))
        begun = fit_from(curve, points, start, FIT.replace(loss=loss, f_scale=0.3))
        np.testing.assert_array_equal(begun.values, values)
        assert found.ended


@pytest.mark.parametrize("bounds", ["none", "positive"])
@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"curve": "growth", "noise": 0.0}, 0),
        ({"curve": "two", "noise": 0.0}, 0),
        ({"noise": 0.0, "noise_mean": 0.5}, 0.0298617),
        ({"noise": 0.0, "noise_mean": 0.1, "samples": 10}, 0.0124334),
        ({}, None),
        ({"curve": "growth"}, None),
    ],
)
def test_standard_errors_at_a_centre_of_0(bounds, changes, error):
    result = CurveFitResult(START.replace(centre=0.0, bounds=bounds, **changes))
    fit, points = result.fit, result.points
    assert fit.determined
    assert fit.values[1] == pytest.approx(0, abs=0.3)
    if error is not None:
        assert fit.errors[1] == pytest.approx(error, rel=1e-4, abs=1e-9)
    if error == 0:
        assert str(verdict(result)).startswith("Essentially exact.")
    slopes = {"peak": slopes_of_peak, "growth": slopes_of_growth}.get(result.settings.data.curve)
    if slopes:
        values, covariance = curve_fit(
            result.curve.function, points.x, points.y, fit.values, jac=slopes
        )
        np.testing.assert_allclose(fit.values, values, atol=1e-4)
        np.testing.assert_allclose(fit.errors, np.sqrt(np.diag(covariance)), rtol=1e-3, atol=1e-9)


def test_bounds_that_are_not_active_change_nothing():
    for seed in range(40):
        rng = np.random.default_rng(seed)
        loss = ("linear", "linear", "huber", "cauchy")[seed % 4]
        chosen = START.replace(
            curve=list(PARAMETRIC_CURVES)[seed % 5], seed=seed, loss=loss, noise=rng.uniform(0,
            0.6),
            centre=rng.uniform(-1, 0), samples=int(rng.integers(12, 60)), f_scale=0.3,
        )  # fmt: skip
        free, bounded = (CurveFitResult(chosen.replace(bounds=b)) for b in ("none", "positive"))
        if np.all(free.fit.values[[n != "centre" for n in free.curve.parameters]] > 0.01):
            assert table_rows(free) == table_rows(bounded)


@pytest.mark.parametrize("loss", ["linear", "soft_l1", "huber", "cauchy"])
def test_losses_are_scipy_s(loss):
    near = {"start_height": 3.0, "start_centre": -0.5, "start_width": 0.5}
    fit = FIT.replace(loss=loss, bounds="positive", f_scale=0.2, start="own", **near)
    data = DATA.replace(outliers=0.2)
    found, points, curve = fit_curve(data, fit), make_points(data), PARAMETRIC_CURVES["peak"]
    expected = least_squares(
        lambda v: curve(points.x, v) - points.y,
        true_values(data),
        bounds=(np.array([0.01, -np.inf, 0.01]), np.inf),
        loss=loss,
        f_scale=0.2,
    )
    np.testing.assert_allclose(found.values, expected.x, rtol=1e-3)
    assert found.cost == pytest.approx(2 * expected.cost, rel=1e-6)
    assert Loss(loss, 0.2).cost(points.y - curve(points.x, found.values)) == pytest.approx(
        found.cost
    )


def test_a_robust_loss_comes_nearer_to_the_truth():
    # Over many samples, each fitted from the truth: neither luck nor a local minimum counts.
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
    spread = np.std([found.curve(curve_inputs(), values) for values in drawn], axis=0)
    reach = found.band(curve_inputs())
    seen = spread > spread.max() / 5
    np.testing.assert_allclose(reach[seen] / spread[seen], 1.97, rtol=0.1)


def test_gradient_of_a_line_through_the_parameters():
    curve = PARAMETRIC_CURVES["decay"]
    x = curve_inputs()
    found = jacobian(curve, x, np.array([2.0, 1.5]))
    np.testing.assert_allclose(found[:, 0], np.exp(-(x + 2) / 1.5), atol=1e-8)
    expected = 2 * np.exp(-(x + 2) / 1.5) * (x + 2) / 1.5**2
    np.testing.assert_allclose(found[:, 1], expected, atol=1e-7)


def test_dependent_columns_determine_nothing():
    x = curve_inputs()
    assert has_full_rank(np.column_stack([x, x**2]))
    assert not has_full_rank(np.column_stack([x, 2 * x]))
    assert not has_full_rank(np.column_stack([x, 0 * x]))
    assert not has_full_rank(np.column_stack([x, np.full_like(x, np.inf)]))


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


@pytest.mark.parametrize("name", PARAMETRIC_CURVES)
def test_automatic_starts_seldom_end_in_a_local_minimum(name):
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
        lost += said in ("A local minimum.", "The fit did not converge.")
    assert lost <= 2


def test_which_of_two_peaks_is_the_first_is_a_matter_of_names():
    for changes in (
        {"centre": 0.8, "centre2": -0.8},
        {"start": "own", "start_centre": 1.0, "start_centre2": -0.5},
    ):
        chosen = START.replace(curve="two", **changes)
        result = CurveFitResult(chosen)
        assert result.fit.exchanged
        assert verdict(result).heading == "The intervals contain the true values."
        assert "in the other order" in verdict(result).text
        best = best_known(chosen.data, chosen.fit)
        np.testing.assert_allclose(result.fit.values, best.values, atol=1e-4)
        np.testing.assert_allclose(result.fit.covariance, best.covariance, atol=1e-4)
        np.testing.assert_allclose(result.fit(curve_inputs()), best(curve_inputs()), atol=1e-3)


def test_an_alias_meets_the_points_as_well():
    # What the words say of so few points at even distances.
    points = make_points(DATA.replace(curve="damped", frequency=1.5, samples=10))
    curve = PARAMETRIC_CURVES["damped"]
    np.testing.assert_allclose(
        curve(points.x, np.array([3.0, 1.5, 1.5])),
        curve(points.x, np.array([3.0, 1.5, 0.75])),
        atol=1e-12,
    )


def test_an_interval_that_is_not_there_holds_nothing():
    result = CurveFitResult(START.replace(start="own", start_centre=-5.0, start_width=0.2))
    assert not result.fit.determined
    assert not result.fit.holds(result.fit.values).any()
    off = ~np.eye(3, dtype=bool)
    assert np.isnan(result.fit.correlation[off]).all()
    panel = CurveFitTabs(600, 230)
    panel.draw(CurveFitResult(result.settings.replace(panel="correlation")))
    assert panel.panels["correlation"].texts[1].get_text() == "?"


def test_rows_are_the_fit():
    result = CurveFitResult(START)
    assert [row[0] for row in table_rows(result)] == ["Height", "Centre", "Width"]
    assert table_rows(result)[0][1] == "3"
    lost = CurveFitResult(START.replace(start="own", start_centre=-5.0, start_width=0.2))
    assert table_rows(lost)[0][3:] == ("∞", "not determined")


@settings(max_examples=examples(60), derandomize=True)
@given(page_settings(CurvePageSettings), st.sampled_from(["residuals", "correlation"]))
def test_any_settings_can_be_fitted_and_shown(chosen, panel):
    result = CurveFitResult(chosen.replace(panel=panel))
    for picture in (CurveFitFigure(600, 300), CurveFitTabs(600, 230)):
        picture.draw(result)
        picture.figure.canvas.draw()
    said = [
        str(verdict(result)),
        curve_text(result),
        panel_text(result),
        *map(str, table_rows(result)),
    ]
    assert not [text for text in said if "nan" in text]
