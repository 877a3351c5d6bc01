"""Looking at test points: what a look is, and what choosing by looks does."""

import numpy as np
import pytest
from selection import DATA, MODEL, NONE, SPLIT, START, columns, plain

from lively.engine.formatting import format_fixed, format_share
from lively.learning.noisy_sample import split_sample
from lively.pages.model_selection.criteria import criteria
from lively.pages.model_selection.data import simulate_sample
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.reuse_text import reuse_verdict
from lively.pages.model_selection.test_set_reuse import HeldOutEvaluation, evaluate, selection_bias


def looks(*degrees, data=DATA):
    return [HeldOutEvaluation.at(data, SPLIT, MODEL.replace(degree=degree)) for degree in degrees]


def test_a_look_is_what_has_an_effect():
    assert HeldOutEvaluation.at(DATA, SPLIT, MODEL) == HeldOutEvaluation.at(
        DATA, SPLIT, MODEL.replace(alpha=5.0)
    )
    ridge = MODEL.replace(penalty="ridge")
    assert HeldOutEvaluation.at(DATA, SPLIT, ridge) != HeldOutEvaluation.at(
        DATA, SPLIT, ridge.replace(alpha=5.0)
    )
    assert HeldOutEvaluation.at(DATA, SPLIT, ridge) == HeldOutEvaluation.at(
        DATA, SPLIT, ridge.replace(l1_ratio=0.9)
    )


def test_judged_is_the_plain_score():
    parts, (look,) = split_sample(DATA, SPLIT), looks(6)
    pipeline = plain("none", 6).fit(columns(parts.train.x), parts.train.y)
    squares = (pipeline.predict(columns(parts.test.x)) - parts.test.y) ** 2
    made = evaluate(look)
    assert made.shown == pytest.approx(squares.mean(), rel=1e-6)
    assert made.true == pytest.approx(criteria(DATA, SPLIT, NONE, 1).truth[5], rel=1e-6)


def test_the_squared_error_of_a_first_evaluation_is_unbiased():
    for degree in (3, 5, 9):
        judged = evaluate(looks(degree)[0])
        error = judged.anew.std(ddof=1) / np.sqrt(len(judged.anew))
        assert abs(judged.anew.mean() - judged.true) < 4 * error


@pytest.mark.parametrize("degrees", [(5,), (5, 6, 7), tuple(range(5, 13)), (3, 15)])
def test_what_the_best_of_many_looks_hides_is_that_of_plain_models_on_other_test_sets(degrees):
    made = selection_bias(looks(*degrees))
    parts = split_sample(DATA, SPLIT)
    models = [plain("none", d).fit(columns(parts.train.x), parts.train.y) for d in degrees]
    sets, size = 2000, len(parts.test.x)
    assert (made.sets, made.points) == (sets, size)
    new = simulate_sample(DATA, sets * size, 96)
    said = np.array([(m.predict(columns(new.x)) - new.y) ** 2 for m in models])
    said = said.reshape(len(models), sets, size).mean(axis=2)
    true = criteria(DATA, SPLIT, NONE, 1).truth[np.array(degrees) - 1]
    chosen = said.argmin(axis=0)
    hidden = np.sqrt(true[chosen]) - np.sqrt(said.min(axis=0))
    # The standard error of a median of normal draws, of two such medians.
    error = np.sqrt(2) * 1.2533 * hidden.std() / np.sqrt(sets)
    assert made.hidden == pytest.approx(np.median(hidden), abs=4 * error)
    assert made.share == pytest.approx(
        np.median(hidden / np.sqrt(true[chosen])), abs=4 * error / np.sqrt(true.min())
    )


def test_more_looks_among_equals_hide_more():
    shares = [selection_bias(looks(*degrees)).share for degrees in ((5,), (5, 6, 7), range(5, 13))]
    assert shares == sorted(shares)
    assert shares[2] > 1.5 * shares[0]


def test_a_model_that_strays_in_rare_places_does_not_drown_the_others():
    data = DATA.replace(samples=20, seed=3)
    made = selection_bias(looks(3, 5, 9, 12, 15, data=data))
    # The mean over the test sets would be that of the few in which degree 15 is kept.
    assert max(evaluate(look).true for look in looks(15, data=data)) ** 0.5 > 1e4
    assert 0 < made.hidden < 100


def opened(*settings, shown=None):
    """Return the result for the last settings, or others, after a look at each of some."""
    seen = tuple(SelectionResult(START.replace(**changes)).look for changes in settings)
    return SelectionResult(START.replace(panel="looks", **(shown or settings[-1])), seen)


def test_a_look_under_other_settings_is_never_called_the_first():
    once = reuse_verdict(opened({"degree": 5}))
    assert once.heading == "1 evaluation on the test set."
    assert once.text.startswith("Degree 5: test RMSE 3.67 (95 % interval 2.78 to 5.43), true")
    assert "unbiased" in once.text
    # A nudge at any control that transforms the same draws does not make them unseen.
    for nudge in ({"noise": 5.1}, {"split_seed": 2}, {"samples": 64}, {"test_share": 0.35}):
        again = reuse_verdict(opened({"degree": 5}, {"degree": 5, **nudge}))
        assert again.heading == "This is not the first evaluation."
        assert "unbiased" not in again.text
        assert "used once under other settings" in again.text
    fresh = reuse_verdict(opened({"degree": 5}, {"degree": 5, "seed": 22}))
    assert fresh.heading == "1 evaluation on the test set."


def test_many_evaluations_are_given_with_the_figures_that_they_rest_on():
    said = reuse_verdict(opened({"degree": 5}, {"degree": 6}, {"degree": 7}, {"noise": 1.0},
                                shown={"degree": 5}))  # fmt: skip
    found, first = selection_bias(looks(5, 6, 7)), selection_bias(looks(5))
    assert said.heading == "3 evaluations on the test set."
    assert (
        f"The best of 3 models looks {format_fixed(found.hidden)} ({format_share(found.share)}) "
        "better on the "
        f"test set than it really is (optimistic bias)"
    ) in said.text
    assert (
        f"the first alone, {format_fixed(first.hidden)} ({format_share(first.share)}) better"
        in said.text
    )
    assert "used once under other settings" in said.text
