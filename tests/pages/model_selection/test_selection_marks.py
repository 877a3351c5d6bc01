"""Right values, and marks: fits that did not converge, ends of the grid, ties."""

import re

import numpy as np
import pytest
from selection import START
from test_words_model_selection import UNCONVERGED, fitted, sentences, shown, true_rmse

from lively.learning import elastic_net
from lively.pages.model_selection import criteria, regularization_path, selection_frequency
from lively.pages.model_selection.data import simulate_sample
from lively.pages.model_selection.page import table_markup
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.tab_figures import SelectionTabs
from lively.pages.model_selection.test_set_reuse import evaluate
from lively.pages.model_selection.text import (
    END_NOTE,
    UNSURE,
    UNSURE_NOTE,
    fit_text,
    panel_text,
    table_note,
    table_rows,
    use_count_text,
)
from lively.pages.model_selection.verdicts import criteria_verdict, verdict


def test_the_table_has_aicc_beside_aic_and_marks_ends_of_the_grid():
    result = shown("curves")
    head, lowest, rule = table_rows(result)
    assert head[5:9] == ("AIC", "AICc", "BIC", "True")
    assert lowest[5:9] == ("14", "9", "9", "7")
    assert rule[5:] == ("", "", "", "")
    assert table_note(result) == ""
    end = shown("curves", penalty="lasso", degree=3, noise=10.0, function="line",
                x_range=(0.0, 0.5))  # fmt: skip
    assert table_rows(end)[1][1:4] == ("1\u2009000*",) * 3
    assert table_note(end) == END_NOTE
    assert f"<caption>{END_NOTE}</caption>" in table_markup(end)
    assert "chooses α = 1\u2009000, the end of the grid." in criteria_verdict(end).heading
    assert "other candidates have the same value: the simplest is chosen." in str(verdict(end))
    # Where every larger alpha is the same model, none would be better.
    assert "was tried" not in str(verdict(end))
    low = shown("curves", penalty="lasso", degree=15, noise=0.1)
    assert "α = 0.0001, the end of the grid." in criteria_verdict(low).heading
    assert "No smaller α was tried." in criteria_verdict(low).text


def test_rounding_errors_choose_nothing():
    for function, degree in (("line", 1), ("quartic", 4)):
        result = shown("curves", function=function, noise=0.0)
        assert set(result.criteria.choices.values()) == {degree - 1}


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({"penalty": "ridge", "degree": 7, "alpha": 10.0}, "α is too large"),
        ({"penalty": "lasso", "degree": 7, "alpha": 10.0}, "α is too large"),
        ({"degree": 3}, "degree 3 is too low"),
        ({"degree": 12}, "too few points for degree 12"),
    ],
)
def test_the_learning_verdict_is_what_500_points_do(changes, cause):
    result = shown("learning", **changes)
    said = str(verdict(result))
    assert cause in said
    errors = []
    for number in range(9):
        sample = simulate_sample(result.settings.data, 350, 73, number)
        few = type(sample)(sample.x[:44], sample.y[:44])
        errors.append([
            true_rmse(result.settings.data, fitted(result.settings.model, part))
            for part in (few, sample)
        ])  # fmt: skip
    now, more = np.median(errors, axis=0)
    assert ("would help" in said) == (more < 0.93 * now)
    assert "however many" not in said
    if changes.get("penalty") == "ridge":
        # A ridge penalty at a fixed alpha loses weight: from 10.8 to 8.05 at 350 training points.
        assert (now, more) == pytest.approx((10.75, 8.05), rel=0.05)
        # The culprit: at the same size, a weaker penalty does much better.
        weaker = result.settings.model.replace(alpha=0.01)
        assert true_rmse(result.settings.data, fitted(weaker, few)) < 0.7 * now


@pytest.fixture(autouse=True)
def few_data_sets(monkeypatch):
    """Let two simulated data sets do where the page takes hundreds."""
    monkeypatch.setattr("lively.pages.model_selection.selection_frequency.DATA_SETS", 2)
    monkeypatch.setattr("lively.pages.model_selection.verdicts.DATA_SETS", 2)


@pytest.fixture
def stopped(monkeypatch):
    """A solver that misses its conditions."""

    def stop(problem, b):
        return 1.0

    monkeypatch.setattr(elastic_net._Problem, "violation", stop)
    for cached in (
        criteria.criteria,
        evaluate,
        regularization_path.coefficient_plane,
        selection_frequency.selection_frequency,
    ):
        cached.cache_clear()
    yield
    for cached in (
        criteria.criteria,
        evaluate,
        regularization_path.coefficient_plane,
        selection_frequency.selection_frequency,
    ):
        cached.cache_clear()


@pytest.mark.parametrize("panel", UNCONVERGED)
def test_what_rests_on_fits_that_did_not_converge_is_marked(panel, stopped):
    small = {"penalty": "lasso", "alpha": 0.1, "samples": 41, "seed": 77, "degree": 2}
    result = shown(panel, [small], **small)
    assert any(re.fullmatch(UNCONVERGED[panel], said) for said in sentences(result))
    for _ in result.steps():
        pass
    assert "did not converge" in panel_text(result)
    assert "did not converge" in fit_text(result)
    assert ("did not converge" in use_count_text(result)) == result.opened
    assert UNSURE in table_rows(result)[1][1]
    assert UNSURE_NOTE in table_note(result)
    panels = SelectionTabs(914, 232)
    panels.draw(result)
    if panel in ("curves", "path"):
        crossed = panels.panels[panel].unsure.get_xdata()
        assert len(crossed) == len(
            result.family.values if panel == "curves" else result.path.weights
        )


def test_what_converged_is_not_marked():
    for panel in ("curves", "path"):
        result = shown(panel, penalty="lasso")
        panels = SelectionTabs(914, 232)
        panels.draw(result)
        assert not len(panels.panels[panel].unsure.get_xdata())
        assert "converge" not in panel_text(result)
    other = SelectionResult(START.replace(penalty="lasso", panel="path"))
    for _ in other.path.steps():
        pass
    other.path.converged[3] = False
    assert "At the marked α, fits did not converge." in sentences(other)
    other.path.converged[3] = True
