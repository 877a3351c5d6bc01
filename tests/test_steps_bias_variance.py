"""What the steps on bias and variance say, against what their buttons show."""

import ast
import json
from pathlib import Path

import numpy as np
import pytest

from lively.learning.bias_variance_decomposition import error_parts, quadrature
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.bias_variance.data import training_sets
from lively.pages.bias_variance.model import cached_sweep
from lively.pages.bias_variance.result import BiasVarianceResult
from lively.pages.bias_variance.settings import BiasVarianceSettings
from lively.pages.bias_variance.text import verdict

START = BiasVarianceSettings()
NOTEBOOK = Path(__file__).parents[1] / "dashboards/bias_variance.ipynb"


def steps():
    """Return the settings of each button, by its name."""
    found = {}
    for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"]:
        for node in ast.walk(ast.parse("".join(cell["source"])) if is_code(cell) else ast.Module()):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "step":
                changes = {k.arg: ast.literal_eval(k.value) for k in node.keywords}
                found[ast.literal_eval(node.args[0])] = START.replace(**changes)
    return found


def is_code(cell):
    return cell["cell_type"] == "code"


def shown(button, **more):
    return BiasVarianceResult(steps()[button].replace(**more))


def parts(result):
    found = result.parts
    return [float(each.value[0]) for each in (found.bias2, found.variance, found.total)]


def test_steps_1_and_2_show_variance_that_rises_where_bias_is_small():
    result = shown("Show an overfit")
    bias2, variance, total = parts(result)
    assert verdict(result).heading == "High variance (overfitting)."
    assert variance > 0.8 * total
    assert abs(bias2) < 0.02 * total
    curve = shown("Show the error against degree").curve
    assert (curve.bias2.value[6:10] < curve.variance.value[6:10] / 5).all()
    assert (np.diff(curve.variance.value[5:10]) > 0).all()
    training, fits = training_sets(result.settings.data), result.fits
    at_points = fits.predict(training.x, result.settings.data.noise)[:, 0]
    y = training.y(result.settings.data.noise)
    # A good training score and a poor test score.
    assert np.mean((y - at_points) ** 2) < 0.7 * 25
    assert result.parts.test.value[0] > 5 * 25


def test_steps_3_to_5_lower_the_error():
    _, variance, total = parts(shown("Show an overfit"))
    few = parts(shown("Show more data"))
    assert few[1] < variance / 20
    low = parts(shown("Show a lower degree"))
    assert low[2] < total / 2
    assert 0.2 < low[0] < 5
    assert low[1] < variance / 4
    result = shown("Show ridge")
    assert parts(result)[2] < total / 2
    curve = result.curve
    assert (np.diff(curve.variance.value) < curve.variance.error[1:]).all()
    assert (np.diff(curve.bias2.value) > -3 * curve.bias2.error[1:]).all()
    assert curve.variance.value[0] > 20 * curve.variance.value[-1]
    assert curve.bias2.value[-1] > 20 * max(curve.bias2.value[0], 1)
    assert 0 < curve.total.value.argmin() < len(curve.total.value) - 1


def test_step_6_is_bias_that_no_samples_remove():
    result = shown("Show a straight line")
    bias2, variance, _ = parts(result)
    assert verdict(result).heading == "High bias."
    assert variance < bias2 / 100
    assert parts(shown("Show a straight line", samples=500))[0] == pytest.approx(bias2, rel=0.05)


def test_step_7_is_dominated_by_few_data_sets():
    result = shown("Show fresh inputs")
    _, _, total = parts(result)
    assert total > 1e6 * result.median
    assert not result.parts.stated[0]
    data = result.settings.data.replace(inputs="fixed")
    fits = cached_sweep(data, result.settings.model)
    for _ in fits.steps():
        pass
    predicted = fits.predict(training_sets(data).x, data.noise)[:, 0]
    textbook = error_parts(predicted, np.full(25, 1 / 25), 0.0).variance
    assert abs(textbook.value - 11) < 3 * textbook.error
    assert result.otherwise.variance.value[0] > 2 * textbook.value


def test_step_8_s_sentence_gives_the_page_s_answer():
    """The sum of k (k + 1) / (2k + 1) c² at its smallest, by numpy; other weights give another."""
    result = shown("Show double descent")
    data = result.settings.data
    nodes, weights = quadrature(*data.x_range)
    k = np.arange(1, 21)
    sets = training_sets(data)
    y = sets.y(data.noise)
    totals = {}
    for name, cost in {"page": k * (k + 1) / (2 * k + 1), "plain": np.ones(20)}.items():
        P, at = (np.polynomial.legendre.legvander(x / 5, 20)[:, 1:] for x in (sets.x[0], nodes))
        P, at = P / np.sqrt(cost), at / np.sqrt(cost)
        mean = P.mean(axis=0)
        slopes = np.linalg.pinv(P - mean) @ (y - y.mean(axis=1, keepdims=True)).T
        errors = y.mean(axis=1, keepdims=True) + slopes.T @ (at - mean).T
        errors -= TARGET_FUNCTIONS[data.function](nodes)
        totals[name] = np.mean(errors**2 @ weights) + 1
    assert totals["page"] == pytest.approx(result.parts.total.value[0], rel=1e-6)
    assert totals["page"] == pytest.approx(9.58, abs=0.1)
    assert totals["plain"] > 2 * totals["page"]


def test_step_8_s_shares_of_seeds():
    peaks = lower = 0
    for seed in range(40):
        error = shown("Show double descent", seed=seed, data_sets=50).curve.total.value
        peak = error[5:9].max()
        peaks += peak > 2 * error[:5].min() and error[9:].min() < peak / 2
        lower += error[9:].min() < error[:5].min()
    assert peaks > 0.8 * 40
    assert 0.35 * 40 < lower < 0.65 * 40


def test_both_repairs_lower_the_error_that_the_first_step_shows():
    few = {"samples": 25, "inputs": "fixed"}

    def total(**changes):
        return float(BiasVarianceResult(START.replace(**changes)).parts.total.value[0])

    overfit = total(**few, degree=10)
    assert total(samples=400, inputs="fixed", degree=10) < overfit / 5
    assert total(**few, degree=5) < overfit / 5
    assert total(**few, degree=10, penalty="ridge", alpha=0.00316228) < overfit / 4


def test_double_descent_has_a_peak_and_a_lower_second_valley():
    settings = START.replace(
        samples=8, inputs="fixed", noise=1.0, seed=53, degree=20, panel="degree"
    )
    error = BiasVarianceResult(settings).curve.total.value
    first, peak, last = error[:5].min(), error[5:8].max(), error[-1]
    assert peak > 50 * first
    assert last < first / 3
