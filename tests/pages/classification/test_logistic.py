"""Logistic regression held to its optimality conditions, and separable classes found."""

import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

from lively.learning.split import SplitSettings
from lively.pages.classification import fitting
from lively.pages.classification.data import split_points
from lively.pages.classification.logistic import ScaledLogistic, make_solver, separable
from lively.pages.classification.result import ClassificationResult
from lively.pages.classification.settings import (
    ClassDataSettings,
    ClassificationSettings,
    ClassModelSettings,
)
from lively.pages.classification.sparse_logistic import SparseLogistic
from lively.pages.classification.text import model_notes

SHAPES = ["straight", "moons", "rings", "blobs", "xor", "spiral"]


def scaled(degree, points):
    """Return the standardized powers of points."""
    return StandardScaler().fit_transform(
        PolynomialFeatures(degree, include_bias=False).fit_transform(points.X)
    )


def missed(coefficients, intercept, Z, y, C, ratio):
    """Return by how much the optimality conditions are missed, as anyone would write them."""
    residual = expit(Z @ coefficients + intercept) - y
    slope = C * Z.T @ residual + (1 - ratio) * coefficients
    at_zero = np.maximum(np.abs(slope) - ratio, 0)
    off = np.where(coefficients == 0, at_zero, np.abs(slope + ratio * np.sign(coefficients)))
    return max(off.max(), C * abs(residual.sum()))


@pytest.mark.parametrize("ratio", [1.0, 0.95, 0.5, 0.05])
def test_sparse_fits_meet_their_conditions(ratio):
    rng = np.random.default_rng(round(100 * ratio))
    for _ in range(12):
        data = ClassDataSettings(
            shape=str(rng.choice(SHAPES)),
            samples=int(rng.integers(20, 300)),
            noise=float(rng.choice([0, 0.2, 0.5, 1, 2])),
            seed=int(rng.integers(1000)),
        )
        points = split_points(data, SplitSettings()).train
        if min(points.y.sum(), (~points.y).sum()) < 2:
            continue
        degree, C = int(rng.integers(1, 7)), 10.0 ** rng.uniform(-3, 3)
        Z = scaled(degree, points)
        fit = SparseLogistic(C, ratio).fit(Z, points.y)
        assert fit.converged_
        off = missed(fit.coef_[0], fit.intercept_[0], Z, points.y, C, ratio)
        assert off <= 1e-4 * max(ratio, C / 1000)


def test_at_the_audited_settings_the_solution_is_sparse_and_saga_is_far_from_it():
    points = split_points(ClassDataSettings(), SplitSettings()).train
    Z = scaled(6, points)
    fit = SparseLogistic(1.0, 1.0).fit(Z, points.y)
    assert np.count_nonzero(fit.coef_) == 3
    early = LogisticRegression(C=1.0, l1_ratio=1.0, solver="saga", max_iter=1000, random_state=0)
    with pytest.warns(match="max_iter"):
        early.fit(Z, points.y)
    assert np.count_nonzero(early.coef_) == 6
    # Given time, saga arrives at the same coefficients.
    patient = LogisticRegression(
        C=1.0, l1_ratio=1.0, solver="saga", max_iter=100_000, tol=1e-9, random_state=0
    ).fit(Z, points.y)
    np.testing.assert_allclose(fit.coef_, patient.coef_, atol=1e-4)
    np.testing.assert_allclose(fit.intercept_, patient.intercept_, atol=1e-4)
    # At a weak penalty it does not: a thousand passes are 0.68 off.
    weak = SparseLogistic(1000.0, 1.0).fit(Z, points.y)
    early = early.set_params(C=1000.0)
    with pytest.warns(match="max_iter"):
        early.fit(Z, points.y)
    ours = expit(Z @ weak.coef_[0] + weak.intercept_[0])
    assert np.abs(ours - early.predict_proba(Z)[:, 1]).max() > 0.5
    assert missed(weak.coef_[0], weak.intercept_[0], Z, points.y, 1000.0, 1.0) < 1e-4


def test_a_solver_that_is_stopped_says_so(monkeypatch):
    monkeypatch.setattr("lively.pages.classification.sparse_logistic.MAX_ITER", 2)
    points = split_points(ClassDataSettings(), SplitSettings()).train
    assert not SparseLogistic(1000.0, 1.0).fit(scaled(6, points), points.y).converged_
    monkeypatch.setattr("lively.pages.classification.logistic.MAX_ITER", 1)
    fit = ScaledLogistic(6, make_solver(ClassModelSettings(strength=0.001)))
    with pytest.warns():
        fit.fit(points.X, points.y)
    assert not fit.converged
    assert not fit.separated


@pytest.mark.parametrize("penalty", ["l2", "none"])
@pytest.mark.parametrize("degree", [1, 4, 6])
def test_smooth_fits_are_the_minimum(penalty, degree):
    data = ClassDataSettings(samples=400, noise=1.0)
    points = split_points(data, SplitSettings()).train
    model = ClassModelSettings(penalty=penalty, polynomial=degree, strength=0.01)
    fit = ScaledLogistic(degree, make_solver(model))
    fitting._fit(fit, points)
    assert fit.converged
    Z, C = scaled(degree, points), fit.solver.C
    score = Z @ fit.solver.coef_[0] + fit.solver.intercept_[0]
    np.testing.assert_allclose(fit.probability(points.X), expit(score), atol=1e-9)
    residual = expit(score) - points.y
    assert np.abs(Z.T @ residual + fit.solver.coef_[0] / C).max() < 1e-6 * len(Z)
    assert abs(residual.sum()) < 1e-6 * len(Z)


SEPARATED = [
    ({"shape": "blobs", "noise": 0.2, "polynomial": 1}, "A line separates"),
    ({"noise": 0.2, "polynomial": 6}, "A curve of degree 6 separates"),
    ({"shape": "straight", "noise": 0.0, "polynomial": 1}, "A line separates"),
    ({"shape": "rings", "noise": 0.2, "polynomial": 2}, "A curve of degree 2 separates"),
    ({"samples": 30, "noise": 2.0, "polynomial": 6}, "A curve of degree 6 separates"),
]


@pytest.mark.parametrize(("changes", "words"), SEPARATED, ids=range(len(SEPARATED)))
def test_separated_classes_are_named(changes, words):
    settings = ClassificationSettings().replace(penalty="none", **changes)
    result = ClassificationResult(settings)
    assert result.fit.separated
    assert not result.fit.converged
    assert model_notes(result).startswith(words)
    assert "the coefficients then have no limit" in model_notes(result)
    # The witness: coefficients that classify all training points correctly.
    assert result.train_judged.at_threshold(0.5).accuracy == 1
    # With a penalty there is a minimum, and no such sentence.
    held = ClassificationResult(settings.replace(penalty="l2"))
    assert held.fit.converged
    assert "no limit" not in model_notes(held)


def test_separation_is_what_a_linear_program_says():
    rng = np.random.default_rng(3)
    seen = set()
    for _ in range(40):
        data = ClassDataSettings(
            shape=str(rng.choice(SHAPES)),
            samples=int(rng.integers(20, 200)),
            noise=float(rng.choice([0.2, 0.5, 1])),
            seed=int(rng.integers(1000)),
        )
        points = split_points(data, SplitSettings()).train
        if min(points.y.sum(), (~points.y).sum()) < 2:
            continue
        degree = int(rng.integers(1, 6))
        model = ClassModelSettings(penalty="none", polynomial=degree)
        fit = ScaledLogistic(degree, make_solver(model))
        fitting._fit(fit, points)
        found = separable(scaled(degree, points), points.y)
        assert fit.separated == found
        seen.add(found)
    assert seen == {True, False}
    # One point on the wrong side.
    X = np.array([[-2.0, 0], [-1, 1], [1, 0], [2, 1]])
    assert separable(X, X[:, 0] > 0)
    assert not separable(np.vstack([X, [3.0, 0]]), np.append(X[:, 0] > 0, False))
