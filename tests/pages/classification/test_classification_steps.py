"""What the text beside each button of the classification page says is what the button shows."""

import numpy as np
import pytest
from notebooks import read_steps
from scipy.ndimage import label
from sklearn.metrics import log_loss, precision_score, recall_score

from lively.pages.classification.result import ClassificationResult
from lively.pages.classification.settings import ClassificationSettings
from lively.pages.classification.text import calibration_error
from lively.pages.classification.verdict import verdict

START = ClassificationSettings()


STEPS = [(step.words, step.changes) for step in read_steps("classification")]


def shown(place, says, **changes):
    """Return what a step shows, changed a little; the text must still say what is checked here."""
    words, settings = STEPS[place]
    for sentence in says if isinstance(says, tuple) else (says,):
        assert sentence in words
    return ClassificationResult(START.replace(**{**settings, **changes}))


def kind(result):
    return verdict(result).kind


def test_there_are_these_steps():
    assert len(STEPS) == 10


@pytest.mark.parametrize("samples", [200, 500, 2000])
def test_a_straight_line_cannot_follow_moons(samples):
    result = shown(0, ("A straight line cannot follow", "however many points"), samples=samples)
    assert kind(result) == "under"
    assert result.train_judged.accuracy < result.knowable.accuracy - 0.05


def test_a_curved_boundary_comes_near():
    result = shown(1, "on training and on test points, is within chance of the Bayes accuracy")
    assert kind(result) == "neither"
    for judged in (result.train_judged, result.test_judged):
        best, n = result.knowable.accuracy, len(judged.labels)
        assert abs(judged.accuracy - best) < 2 * np.sqrt(best * (1 - best) / n)


def islands(result):
    """Count the regions of the plane beyond the largest of either class."""
    surface = result.fit.fine.finish() >= result.settings.view.threshold
    return sum(label(side)[1] - 1 for side in (surface, ~surface))


def test_one_neighbour_draws_islands_and_fifteen_do_not():
    one = shown(2, ("It is always right on those, and draws islands", "is much lower"))
    assert one.train_judged.accuracy == 1
    assert islands(one) >= 3
    assert kind(one) == "over"
    assert one.test_judged.accuracy < 0.8
    many = shown(3, ("the islands are gone", "higher than that of one neighbour"))
    assert one.parts is many.parts
    assert islands(many) == 0
    assert many.test_judged.accuracy > one.test_judged.accuracy + 0.05
    assert kind(many) == "neither"


def test_the_l1_penalty_leaves_three_powers():
    result = shown(4, ("may use 27 powers", "all but three of them to exactly zero"))
    values = result.importances.values
    assert len(values) == 27
    assert np.count_nonzero(values) == 3
    assert result.fit.converged
    assert result.settings.data.shape == "straight"
    fewer = shown(4, "Move the strength", strength=100.0).importances.values
    assert np.count_nonzero(fewer) < 3


def test_a_lower_threshold_finds_more_of_a_rare_class():
    low = shown(
        5, ("Compare a threshold of 0.5 with this one of 0.2", "higher recall", "lower precision")
    )
    high = shown(5, "One point in ten", threshold=0.5)
    assert low.settings.view.threshold == 0.2
    for part, probability in ((low.parts.train, low.fit.train), (low.parts.test, low.fit.test)):
        less, more = probability >= 0.5, probability >= 0.2
        assert recall_score(part.y, more) > recall_score(part.y, less) + 0.1
        assert precision_score(part.y, more) < precision_score(part.y, less) - 0.1
        # A model that never predicts class 1.
        assert np.mean(~part.y) == pytest.approx(0.9, abs=0.02)
    assert kind(low) == kind(high) == "neither"


def test_squares_separate_rings_and_not_a_spiral():
    rings = shown(6, "No straight line separates a ring from what it surrounds, but squares")
    assert kind(rings) == "neither"
    assert kind(shown(6, "", polynomial=1)) == "under"
    spiral = shown(6, "The spiral needs more than squares", shape="spiral")
    near = shown(6, "three nearest neighbours", shape="spiral", kind="neighbours", neighbours=3)
    assert spiral.test_judged.accuracy < spiral.knowable.accuracy - 0.1
    assert near.test_judged.accuracy > spiral.test_judged.accuracy + 0.05
    assert near.train_judged.accuracy > spiral.train_judged.accuracy + 0.1


def test_a_deep_tree_is_certain_and_wrong_once_in_six():
    result = shown(7, ("0 or 1 everywhere", "always right", "about one in six"))
    assert set(np.unique(result.fit.fine.finish())) == {0, 1}
    assert result.train_judged.accuracy == 1
    assert 1 - result.test_judged.accuracy == pytest.approx(1 / 6, abs=0.01)
    assert calibration_error(result.train_judged) == 0
    assert calibration_error(result.test_judged) > 0.1
    assert log_loss(result.parts.test.y, result.fit.test) > 1
    assert result.train_judged.log_loss < 1e-9


def test_nobody_does_better_than_one_error_in_five():
    result = shown(8, ("within chance of the Bayes accuracy", "one prediction in five is wrong"))
    assert 1 - result.test_judged.accuracy == pytest.approx(0.2, abs=0.02)
    assert 1 - result.knowable.accuracy == pytest.approx(0.2, abs=0.02)
    assert kind(result) == "neither"
    assert result.settings.data.samples == 2000


def test_the_demonstration_of_2017():
    result = shown(9, ("50 points", "nine tenths", "C = 1", "between −3 and 3"))
    assert len(result.parts.train.y) == 45
    assert 1 / result.settings.model.strength == 1
    assert result.settings.model.penalty == "l1"
    assert kind(result) == "neither"
