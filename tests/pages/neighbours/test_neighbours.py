"""The page on nearest neighbours: its numbers are scikit-learn's, and it says what they say."""

import html

import numpy as np
import pytest
from hypothesis import given, settings
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsRegressor
from strategies import page_settings

from lively.learning.noisy_sample import Sample, split_sample
from lively.learning.split import SplitSettings
from lively.pages.neighbours import NeighboursPage
from lively.pages.neighbours.model import GAIN, neighbour_fits, predictions_by_k
from lively.pages.neighbours.result import NeighboursResult
from lively.pages.neighbours.settings import MOST_NEIGHBOURS, NeighboursSettings
from lively.pages.neighbours.text import verdict
from lively.ui.verdict import GOOD

START = NeighboursSettings()


def shown(**changes):
    return NeighboursResult(START.replace(**changes))


@pytest.mark.parametrize("weights", ["uniform", "distance"])
@pytest.mark.parametrize(
    "changes", [{}, {"samples": 400, "noise": 1.0}, {"samples": 12, "function": "step"}]
)
def test_fits_are_those_of_scikit_learn(weights, changes):
    result = shown(weights=weights, **changes)
    train, test, fits = result.parts.train, result.parts.test, result.fits
    assert len(fits.k) == min(MOST_NEIGHBOURS, len(train.x))
    for k in {1, 2, 3, 5, len(fits.k) // 2, len(fits.k)}:
        model = KNeighborsRegressor(k, weights=weights).fit(train.x[:, None], train.y)
        for x, found in (
            (fits.grid, fits.curves),
            (train.x, fits.train_predicted),
            (test.x, fits.test_predicted),
        ):
            np.testing.assert_allclose(found[:, k - 1], model.predict(x[:, None]), atol=1e-9)
        again = shown(weights=weights, k=int(k), **changes)
        assert again.test.r2 == pytest.approx(model.score(test.x[:, None], test.y), abs=1e-9)
        assert again.train.rmse == pytest.approx(fits.train[k - 1], abs=1e-9)
        np.testing.assert_array_equal(again.curve, fits.curves[:, k - 1])


@pytest.mark.parametrize("weights", ["uniform", "distance"])
def test_cross_validation_leaves_out_one_point_at_a_time(weights):
    result = shown(weights=weights, samples=60)
    train, curve = result.parts.train, result.fits.validated
    for k in (1, 4, 17, len(train.x) - 1):
        errors = -cross_val_score(
            KNeighborsRegressor(k, weights=weights),
            train.x[:, None],
            train.y,
            cv=LeaveOneOut(),
            scoring="neg_mean_squared_error",
        )
        assert curve.mean[k - 1] == pytest.approx(errors.mean())
        assert curve.standard_error[k - 1] == pytest.approx(errors.std(ddof=1) / len(errors) ** 0.5)
    # The others are one less than all.
    assert curve.mean[-1] == curve.mean[-2]


@pytest.mark.parametrize("weights", ["uniform", "distance"])
def test_points_at_the_very_same_x_take_all_the_weight(weights):
    x = np.array([0.0, 1.0, 1.0, 2.0, 3.0])
    train = Sample(x, np.array([4.0, 0.0, 2.0, 7.0, 1.0]))
    for k in range(2, 6):
        model = KNeighborsRegressor(k, weights=weights).fit(x[:, None], train.y)
        at = np.array([1.0])
        np.testing.assert_allclose(
            predictions_by_k(train, at, 5, weights)[:, k - 1], model.predict(at[:, None])
        )


def test_one_neighbour_reproduces_the_training_points():
    result = shown(k=1)
    np.testing.assert_array_equal(result.fits.train_predicted[:, 0], result.parts.train.y)
    assert result.train.rmse == 0
    assert result.test.rmse > 5


def test_all_neighbours_are_averaged_by_a_large_k():
    result = shown(k=50)
    assert len(result.parts.train.x) == 50
    np.testing.assert_allclose(result.curve, result.parts.train.y.mean())
    assert result.train.r2 == pytest.approx(0)


def test_weights_by_distance_keep_the_training_error_at_zero():
    fits = shown(weights="distance").fits
    np.testing.assert_array_equal(fits.train, 0)
    assert fits.test.min() > 0


def test_cross_validated_and_test_error_fall_and_rise_again():
    fits = shown().fits
    for curve in (fits.test, fits.validated.root, fits.true):
        lowest = int(np.argmin(curve))
        assert 1 <= lowest <= 10
        assert curve[0] > 1.2 * curve[lowest]
        assert curve[-1] > 2 * curve[lowest]
    assert np.all(np.diff(fits.train[:4]) > 0)


@given(page_settings(NeighboursSettings))
@settings(max_examples=60)
def test_no_more_is_said_than_is_true(chosen):
    result = NeighboursResult(chosen)
    said, fits, k = verdict(result), result.fits, result.k
    best = fits.validated.best + 1
    assert f"at k = {k}" in said.text
    if said.kind == GOOD:
        assert fits.better_than(k) is None
        return
    assert fits.true[best - 1] < (1 - GAIN) * fits.true[k - 1]
    assert fits.validated.mean[best - 1] < fits.validated.mean[k - 1]
    if chosen.data.noise > 0:
        assert said.kind == ("over" if best > k else "under")
    else:
        assert said.heading == "Approximation error only."


def test_a_lower_cross_validated_error_is_rarely_called_clear_by_chance():
    # Of two k that are equally good, within GAIN, none is called worse, whatever the sample.
    clear = right = 0
    for seed in range(200):
        data = START.data.replace(seed=seed)
        fits = neighbour_fits(data, SplitSettings(), "uniform")
        for k in range(1, len(fits.k) + 1):
            better = fits.better_than(k)
            clear += better is not None
            right += better is not None and fits.true[better - 1] < fits.true[k - 1]
    assert clear == right > 1000


@pytest.mark.parametrize(
    ("changes", "heading"),
    [
        ({}, "Neither under- nor overfitting shows."),
        ({"k": 1}, "Overfitting."),
        ({"k": 50}, "Underfitting."),
        ({"noise": 0.0, "k": 30}, "Approximation error only."),
    ],
)
def test_headings(changes, heading):
    assert verdict(shown(**changes)).heading == heading


@pytest.fixture(scope="module")
def page():
    return NeighboursPage()


@pytest.mark.parametrize(
    ("changes", "note"),
    [
        ({"samples": 20, "k": 11}, "Only 10 training points, so all are averaged."),
        ({"samples": 20, "k": 10}, ""),
    ],
)
def test_the_control_says_that_there_are_fewer_points(page, changes, note):
    page.controller.change(**changes)
    assert page.views[-1].widget.value == note
    assert page.controller.result.k == 10
    card = next(card for card in page.children[-1].children[0].children
                if page.views[-1].widget in card.children)  # fmt: skip
    rows = list(card.children)
    assert rows[rows.index(page.views[-1].widget) - 1] is page.controls.widgets["k"]


def test_views_show_the_result(page):
    page.controller.change(**START.replace(k=7).flat())
    result = page.controller.result
    fit, errors = (view.picture for view in page.pictures)
    np.testing.assert_array_equal(fit.curve.get_ydata(), result.curve)
    np.testing.assert_array_equal(
        fit.train.get_ydata(), split_sample(START.data, START.split).train.y
    )
    np.testing.assert_array_equal(errors.curves.test.get_xdata(), np.arange(1, 51))
    assert errors.curves.here.get_xdata() == [7, 7]
    texts = [view.widget.value for view in page.views[2:]]
    assert f"RMSE {result.train.rmse:.2f}" in texts[0]
    assert f"RMSE {result.test.rmse:.2f}" in texts[1]
    assert html.escape(verdict(result).text) in texts[2]
    assert texts[3] == result.truth.formula
    for view in page.pictures:
        assert "k = 7" in view.alternative.widget.value
