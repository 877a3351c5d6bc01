"""Figures and tabs that pages share take arrays, and show them."""

import numpy as np
import pytest

from lively.learning.cross_validation import CrossValidationCurve
from lively.plotting.error_axes import readable_places
from lively.plotting.fit import FitData, FitFigure
from lively.plotting.live_figure import ResultFigure
from lively.plotting.predicted_actual import PredictedData, PredictedTab
from lively.plotting.residuals import ResidualData, ResidualTab
from lively.plotting.style import FEW_POINTS, round_limits, round_up
from lively.plotting.validation_curve import (
    ErrorCurves,
    ValidationCurveFigure,
    default_ticks,
    rounded_top,
)

RANDOM = np.random.default_rng(0)
GRID = np.linspace(-5, 5, 41)


class Bare(ResultFigure):
    """A figure around a tab."""

    def __init__(self, make):
        super().__init__(900, 240)
        self.tab = make(self.figure)
        self.move(self.tab.moving)

    def arrange(self):
        self.tab.arrange(self)

    def draw(self, result):
        self.tab.draw(result)


def sample(count=20):
    train, test = ((RANDOM.uniform(-5, 5, n), RANDOM.normal(0, 3, n)) for n in (count, count // 2))
    return FitData(GRID, np.sin(GRID), train, test)


def points(artist):
    return np.asarray(artist.get_xdata()), np.asarray(artist.get_ydata())


def test_a_fit_shows_its_arrays():
    data, curve = sample(), np.cos(GRID)
    figure = FitFigure(900, 330, lambda result: result, lambda result: curve)
    figure.draw(data)
    for artist, expected in (
        (figure.truth, (GRID, data.truth)),
        (figure.curve, (GRID, curve)),
        (figure.train, data.train),
        (figure.test, data.test),
    ):
        np.testing.assert_array_equal(points(artist), expected)
    assert figure.ax.get_ylim() == data.limits
    assert data.limits == round_limits(np.concatenate([data.truth, data.train[1], data.test[1]]))
    assert figure.ax.get_xlim() == (-5.25, 5.25)


def test_a_sketch_of_a_fit_moves_points_and_leaves_the_curve():
    figure = FitFigure(900, 330, lambda result: result, lambda result: result.truth)
    figure.draw(before := sample())
    figure.sketch(after := sample())
    np.testing.assert_array_equal(points(figure.train), after.train)
    np.testing.assert_array_equal(points(figure.curve), (GRID, before.truth))


def test_test_points_can_be_hidden_and_still_limit_the_axes():
    data = sample()
    hidden = FitData(data.grid, data.truth, data.train, data.test, hide_test=True)
    figure = FitFigure(900, 330, lambda result: result, lambda result: result.truth)
    figure.draw(hidden)
    assert len(figure.test.get_xdata()) == 0
    assert figure.ax.get_ylim() == data.limits


@pytest.mark.parametrize("count", [20, 4 * FEW_POINTS])
def test_curves_lie_above_a_crowd_of_points_and_below_a_few(count):
    figure = FitFigure(900, 330, lambda result: result, lambda result: result.truth)
    figure.draw(sample(count))
    assert (figure.curve.get_zorder() > figure.test.get_zorder()) == (count > FEW_POINTS)
    assert (figure.moving[-1] is figure.curve) == (count > FEW_POINTS)


@pytest.mark.parametrize("cached", [False, True])
def test_residuals_beyond_the_axes_are_put_on_their_edge(cached):
    figure = Bare(lambda fig: ResidualTab(fig, lambda result: result, cached_y=cached))
    x = np.array([0.0, 1.0, 2.0])
    kinds = ((x, np.array([1.0, -99.0, np.nan])), (x, np.array([0.5, 99.0, -2.0])))
    figure.draw(ResidualData(kinds, noise=1.5, limits=(-4.0, 6.0)))
    first, second = figure.tab.points
    np.testing.assert_array_equal(first.get_ydata(), [1, -5, 5])
    np.testing.assert_array_equal(second.get_ydata(), [0.5, 5, -2])
    assert figure.tab.ax.get_ylim() == (-5, 5)
    assert (figure.tab.band.get_y(), figure.tab.band.get_height()) == (-1.5, 3)


def test_predicted_against_actual():
    figure = Bare(lambda fig: PredictedTab(fig, lambda result: result))
    actual = np.array([0.0, 1.0])
    data = PredictedData(
        train=(actual, np.array([0.5, 9.0])),
        test=(actual, np.array([1.0, 2.0])),
        r2=(0.914, np.nan),
        limits=(-1.0, 3.0),
    )
    figure.draw(data)
    np.testing.assert_array_equal(points(figure.tab.points[0]), [actual, [0.5, 3.0]])
    np.testing.assert_array_equal(points(figure.tab.points[1]), [actual, [1.0, 2.0]])
    titles = [title.get_text() for title in figure.tab.titles]
    assert titles == ["Training: R² 0.91", "Test: R² not defined"]
    for ax in figure.tab.axes:
        assert ax.get_xlim() == ax.get_ylim() == (-1, 3)


def errors(count=6, here=3, **changes):
    x = np.arange(1, count + 1)
    folds = RANDOM.uniform(1, 2, (5, count))
    values = {"noise": 1.0, "y": np.array([-2.0, 2.0]), "here": here} | changes
    return ErrorCurves.of(x, x / 4, CrossValidationCurve.of(folds), 2.0 / x + 0.5, **values)


@pytest.mark.parametrize("log", [False, True])
def test_a_validation_curve_shows_its_arrays(log):
    data = errors()
    figure = ValidationCurveFigure(900, 240, lambda result: result, "k", limits=(1, 6), log=log)
    figure.draw(data)
    tab = figure.curves
    np.testing.assert_array_equal(points(tab.train), (data.x, data.train))
    np.testing.assert_array_equal(points(tab.test), (data.x, data.test))
    line, caps, (bars,) = tab.validation
    np.testing.assert_array_equal(points(line), (data.x, data.validation))
    for cap, end in zip(caps, data.band, strict=True):
        np.testing.assert_array_equal(points(cap), (data.x, end))
    np.testing.assert_allclose([segment[:, 1] for segment in bars.get_segments()],
                               np.transpose(data.band))  # fmt: skip
    assert list(tab.here.get_xdata()) == [3, 3]
    assert set(tab.points.get_ydata()) == {data.train[2], data.validation[2], data.test[2]}
    assert tab.ax.get_ylim() == (0, data.top) == (0, rounded_top(np.array([-2.0, 2.0]), 1.0))
    assert [change(None, 4.4) for change in figure.clicks.values()] == [{"k": 4}]
    assert tab.value_at(0.9) == 1
    assert tab.value_at(99.0) == 6


def test_errors_beyond_the_axis_are_marked_at_its_top():
    data = errors(y=np.array([-0.5, 0.5]), noise=0.1)
    figure = ValidationCurveFigure(900, 240, lambda result: result, "k", limits=(1, 6))
    figure.draw(data)
    assert data.top == round_up(0.55) == 1.0
    for artist, curve in zip(
        figure.curves.beyond, (data.train, data.validation, data.test), strict=True
    ):
        np.testing.assert_array_equal(artist.get_xdata(), data.x[curve > 1.0])
    assert len(figure.curves.crosses.get_xdata()) == 0


def test_errors_that_are_not_to_be_trusted_are_crossed_out():
    unreliable = np.zeros((3, 6), dtype=bool)
    unreliable[1, 4] = True
    data = errors(unreliable=unreliable)
    figure = ValidationCurveFigure(900, 240, lambda result: result, "k", limits=(1, 6))
    figure.draw(data)
    np.testing.assert_array_equal(points(figure.curves.crosses), [[5], [data.validation[4]]])


def test_markers_are_drawn_where_there_is_room():
    figure = ValidationCurveFigure(900, 240, lambda result: result, "k", limits=(1, 50), log=True)
    figure.draw(errors(50))
    ax, x = figure.curves.ax, np.arange(1, 51)
    shown = readable_places(ax, x)
    assert shown[:8] == list(range(8))
    assert 15 < len(shown) < 30
    assert figure.curves.train.get_markevery() == shown
    assert len(figure.curves.validation[2][0].get_segments()) == len(shown)
    places = ax.transAxes.inverted().transform(ax.transData.transform([(k, 1) for k in x[shown]]))
    assert np.diff(places[:, 0]).min() > 0.024
    figure.draw(errors(6))
    assert figure.curves.train.get_markevery() is None


def test_default_ticks():
    every, narrow = default_ticks((1, 50), log=True)
    np.testing.assert_allclose(every, [1, 2, 5, 10, 20, 50])
    np.testing.assert_allclose(narrow, every)
    every, narrow = default_ticks((1, 6), log=False)
    np.testing.assert_array_equal(every, [1, 2, 3, 4, 5, 6])
    np.testing.assert_array_equal(narrow, [1, 3, 5])
