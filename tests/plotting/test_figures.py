"""Pictures, by their artists: numbers go in, and stand where they should."""

import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from matplotlib.transforms import Bbox
from strategies import regression_settings
from thorough import examples, quick_are

from lively.pages.regression.fit_figure import FitFigure
from lively.pages.regression.result import RegressionResult
from lively.pages.regression.settings import RegressionSettings
from lively.pages.regression.tab_figures import RegressionTabs
from lively.pages.regression.validation_curve import DEGREES
from lively.plotting.style import clip_to_view, round_limits, round_up

START = RegressionSettings()


@pytest.fixture(scope="module")
def fit_picture():
    return FitFigure(900, 330)


@pytest.fixture(scope="module")
def panels():
    return RegressionTabs(900, 230)


def pixels(picture):
    """Return the picture as it is saved: all of it, whatever moves."""
    buffer = io.BytesIO()
    picture.figure.savefig(buffer, format="rgba", dpi=picture.figure.dpi)
    return np.frombuffer(buffer.getvalue(), dtype=np.uint32)


def test_fit_shows_points_truth_and_curve(fit_picture):
    result = RegressionResult(START)
    fit_picture.draw(result)
    for artist, part in (
        (fit_picture.train, result.parts.train),
        (fit_picture.test, result.parts.test),
    ):
        np.testing.assert_array_equal(artist.get_xdata(), part.x)
        np.testing.assert_array_equal(artist.get_ydata(), part.y)
    np.testing.assert_array_equal(fit_picture.curve.get_ydata(), result.fit.curve)
    np.testing.assert_array_equal(
        fit_picture.truth.get_ydata(), result.truth(fit_picture.truth.get_xdata())
    )


def test_artists_are_made_once(fit_picture, panels):
    result = RegressionResult(START)
    for picture in (fit_picture, panels):
        picture.draw(result)
        before = [id(child) for ax in picture.figure.axes for child in ax.get_children()]
        for changes in ({"degree": 12}, {"noise": 9.0}, {"samples": 300}, {"penalty": "lasso"}):
            picture.draw(RegressionResult(START.replace(**changes)))
        after = [id(child) for ax in picture.figure.axes for child in ax.get_children()]
        assert after == before


def test_axes_stay_still_while_the_model_moves(fit_picture):
    seen = set()
    for changes in ({}, {"degree": 1}, {"degree": 15}, {"penalty": "ridge"}, {"split_seed": 5}):
        fit_picture.draw(RegressionResult(START.replace(**changes)))
        seen.add((fit_picture.ax.get_xlim(), fit_picture.ax.get_ylim()))
    assert len(seen) == 1


def test_all_points_lie_within_the_axes(fit_picture):
    for changes in ({}, {"noise": 10.0}, {"noise_mean": -5.0}, {"x_range": (4.0, 4.5)}):
        result = RegressionResult(START.replace(**changes))
        fit_picture.draw(result)
        low, high = fit_picture.ax.get_ylim()
        values = np.concatenate([result.parts.train.y, result.parts.test.y])
        assert low <= values.min()
        assert values.max() <= high


def test_error_against_degree(panels):
    result = RegressionResult(START)
    panels.draw(result)
    panel, top = panels.degree, panels.degree.ax.get_ylim()[1]
    np.testing.assert_allclose(panel.train.get_ydata(), result.curve.train)
    near = result.curve.test <= top
    np.testing.assert_allclose(panel.test.get_ydata()[near], result.curve.test[near])
    np.testing.assert_array_equal(panel.here.get_xdata(), [7, 7])
    np.testing.assert_array_equal(panel.noise.get_ydata(), [5.0, 5.0])
    np.testing.assert_allclose(
        panel.points.get_ydata(),
        [result.fit.train.rmse, result.curve.validated.root[6], result.fit.test.rmse],
    )
    for artist, values in zip(
        panel.beyond,
        (result.curve.train, result.curve.validated.root, result.curve.test),
        strict=True,
    ):
        np.testing.assert_array_equal(artist.get_xdata(), DEGREES[values > top])


def test_spread_is_drawn_where_its_middle_is_in_sight(panels):
    result = RegressionResult(START)
    panels.draw(result)
    top = panels.degree.ax.get_ylim()[1]
    segments = panels.degree.validation[2][0].get_segments()
    for degree, segment in zip(DEGREES, segments, strict=True):
        middle = result.curve.validated.root[degree - 1]
        length = segment[1][1] - segment[0][1]
        if middle > top:
            assert length == 0
        else:
            mean, spread = (
                getattr(result.curve.validated, name)[degree - 1]
                for name in ("mean", "standard_error")
            )
            ends = np.sqrt(np.maximum(mean + np.array([-1, 1]) * spread, 0))
            low, high = clip_to_view(ends, 0, top)
            assert length == pytest.approx(high - low)


def test_points_on_unconverged_fits_are_crossed_out(panels):
    result = RegressionResult(START)
    panels.draw(result)
    assert len(panels.degree.crosses.get_xdata()) == 0
    low, folds = DEGREES < 14, (DEGREES != 3) & (DEGREES != 5)
    result.__dict__["curve"] = replace(result.curve, converged=low, folds_converged=folds)
    panels.draw(result)
    points = set(zip(*panels.degree.crosses.get_data(), strict=True))
    top = panels.degree.ax.get_ylim()[1]
    curve = result.curve
    assert points == {
        *((d, min(curve.train[d - 1], 2 * top)) for d in (14, 15)),
        *((d, min(curve.test[d - 1], 2 * top)) for d in (14, 15)),
        *((d, min(curve.validated.root[d - 1], 2 * top)) for d in (3, 5)),
    }


@pytest.mark.parametrize(("x", "degree"), [(0.6, 1), (4.4, 4), (6.8, 7), (15.6, 15), (-9, 1)])
def test_click_means_the_nearest_degree(panels, x, degree):
    assert panels.degree.value_at(x) == degree


def test_residuals(panels):
    result = RegressionResult(START.replace(panel="residuals"))
    panels.draw(result)
    panel = panels.panels["residuals"]
    np.testing.assert_allclose(
        panel.points[0].get_ydata(), result.parts.train.y - result.fit.train_predicted
    )
    np.testing.assert_allclose(
        panel.points[1].get_ydata(), result.parts.test.y - result.fit.test_predicted
    )
    assert (panel.band.get_y(), panel.band.get_height()) == (-5, 10)


def test_zeros_of_the_lasso_are_drawn_as_zeros(panels):
    result = RegressionResult(
        START.replace(panel="coefficients", penalty="lasso", degree=15, alpha=1.0)
    )
    panels.draw(result)
    panel, zero = panels.panels["coefficients"], result.fit.coefficients == 0
    np.testing.assert_array_equal(panel.zeros.get_xdata(), DEGREES[zero])
    np.testing.assert_array_equal(panel.tips.get_ydata(), result.fit.coefficients[~zero])
    assert len(panel.stems.get_segments()) == np.sum(~zero)


def test_predicted_against_actual(panels):
    result = RegressionResult(START.replace(panel="predicted", degree=5))
    panels.draw(result)
    panel = panels.panels["predicted"]
    np.testing.assert_array_equal(panel.points[0].get_xdata(), result.parts.train.y)
    np.testing.assert_allclose(panel.points[1].get_ydata(), result.fit.test_predicted)
    assert [ax.get_xlim() == ax.get_ylim() for ax in panel.axes] == [True, True]


def test_one_panel_is_seen_at_a_time(panels):
    for name in panels.panels:
        panels.draw(RegressionResult(START.replace(panel=name)))
        seen = [n for n, panel in panels.panels.items() if panel.axes[0].get_visible()]
        assert seen == [name]


@pytest.mark.parametrize("degree", [1, 15])
@pytest.mark.parametrize("width", quick_are([358, 914], 300, 540, 1800))
def test_labels_and_legends_are_inside_the_figure(width, degree):
    for picture in (FitFigure(width, 300), RegressionTabs(width, 250)):
        for name in getattr(picture, "panels", {"": None}):
            settings = START.replace(degree=degree, samples=30)
            picture.draw(RegressionResult(settings.replace(panel=name) if name else settings))
            pixels(picture)
            for ax in (ax for ax in picture.figure.axes if ax.get_visible()):
                parts = [ax.xaxis, ax.yaxis, *filter(None, [ax.get_legend()])]
                box = Bbox.union([part.get_tightbbox() for part in parts])
                assert box.x0 >= 0, (name, box)
                assert box.y0 >= 0, (name, box)
                assert box.x1 <= width, (name, box)
                assert box.y1 <= picture.size[1], (name, box)


def test_sizes_follow_the_figure(fit_picture):
    before = fit_picture.size
    fit_picture.figure.set_size_inches(5, 4)
    assert fit_picture.size == (360, 288)
    fit_picture.figure.set_size_inches(before[0] / 72, before[1] / 72)


@given(regression_settings())
@settings(max_examples=examples(1000))
def test_a_thousand_random_settings_give_finite_pictures(fit_picture, panels, page):
    result = RegressionResult(page)
    fit_picture.draw(result)
    panels.draw(result)
    shown = [fit_picture.ax, *panels.panels[page.view.panel].axes]
    for ax in shown:
        assert np.all(np.isfinite([*ax.get_xlim(), *ax.get_ylim()]))
        for line in ax.lines:
            assert np.all(np.isfinite(line.get_xydata())), line.get_label()


@given(regression_settings())
@settings(max_examples=examples(40))
def test_random_settings_can_be_rendered(fit_picture, panels, page):
    result = RegressionResult(page)
    for picture in (fit_picture, panels):
        picture.draw(result)
        assert len(np.unique(pixels(picture))) > 10


def test_round_numbers():
    assert [round_up(v) for v in (0.3, 1, 1.1, 4.9, 7, 23, 0)] == [0.5, 1, 2, 5, 10, 50, 1]
    low, high = round_limits(np.array([-42.0, 27.0]))
    assert low <= -42
    assert high >= 27
    assert round_limits(np.array([-42.3, 27.2])) == (low, high)
    np.testing.assert_array_equal(clip_to_view(np.array([-1e9, 5.0, 1e9]), 0, 10), [-10, 5, 20])


@pytest.mark.parametrize(
    ("samples", "above"), [(50, False), (100, False), (110, True), (5000, True)]
)
def test_a_crowd_of_points_does_not_hide_the_curves(samples, above):
    picture = FitFigure(600, 240)
    picture.draw(RegressionResult(START.replace(samples=samples)))
    order = picture.moving.index
    assert (order(picture.curve) > order(picture.test)) == above
    assert (picture.curve.get_zorder() > picture.test.get_zorder()) == above
