"""Probabilities of support vector machines agree with the machines, or the page says otherwise."""

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from lively.pages.classification.result import ClassificationResult
from lively.pages.classification.settings import ClassificationSettings
from lively.pages.classification.text import machine_notes, model_notes
from lively.pages.classification.verdict import verdict

START = ClassificationSettings()
TURNED = [
    {"strength": 1000.0, "samples": 50},
    {"samples": 32, "noise": 1.0, "test_share": 0.7, "strength": 1.0},
]


def machine(result):
    """Return the plain machine, fitted, as anyone would write it."""
    model = result.settings.model
    svc = SVC(
        C=1 / model.strength,
        kernel=model.kernel,
        degree=model.polynomial,
        gamma=model.gamma,
        coef0=1.0,
    )
    return make_pipeline(StandardScaler(), svc).fit(result.parts.train.X, result.parts.train.y)


@pytest.mark.parametrize("changes", TURNED, ids=["strong", "few"])
def test_a_falling_curve_is_not_used(changes):
    result = ClassificationResult(START.replace(kind="svm", **changes))
    plain, parts = machine(result), result.parts
    assert result.fit.machine.reversed
    for judged, part in ((result.train_judged, parts.train), (result.test_judged, parts.test)):
        decision = plain.decision_function(part.X)
        np.testing.assert_allclose(judged.probability, 1 / (1 + np.exp(-decision)), rtol=1e-6)
        np.testing.assert_array_equal(judged.probability > 0.5, plain.predict(part.X))
        assert judged.auc == pytest.approx(roc_auc_score(part.y, decision))
    assert result.train_judged.auc > 0.95
    assert "Platt scaling fails here" in model_notes(result)
    # What Platt's curve would say is the opposite.
    svc = plain[-1]
    folds = min(5, parts.train.y.sum(), (~parts.train.y).sum())
    platt = CalibratedClassifierCV(svc, cv=int(folds), ensemble=False)
    Z = plain[0].transform(parts.train.X)
    turned = platt.fit(Z, parts.train.y).predict_proba(Z)[:, 1]
    assert roc_auc_score(parts.train.y, turned) < 0.1
    assert verdict(result).kind not in ("under", "both")


def test_probabilities_never_fall_with_the_decision_value():
    rng, seen = np.random.default_rng(5), set()
    for _ in range(60):
        settings = START.replace(
            kind="svm",
            samples=int(rng.integers(20, 60)),
            noise=float(rng.choice([0.5, 1.0, 2.0])),
            kernel=str(rng.choice(["linear", "rbf"])),
            strength=10.0 ** rng.uniform(-1, 3),
            seed=int(rng.integers(1000)),
        )
        result = ClassificationResult(settings)
        if result.fit.only_shares:
            continue
        plain = machine(result)
        own = plain.predict(result.parts.train.X)
        decision = plain.decision_function(result.parts.train.X)
        order = np.argsort(decision)
        assert np.all(np.diff(result.fit.train[order]) >= 0)
        differ = int(np.sum((result.fit.train >= 0.5) != own)) + int(
            np.sum((result.fit.test >= 0.5) != plain.predict(result.parts.test.X))
        )
        said = "decides at" in model_notes(result)
        assert said == (differ > 0)
        if said:
            points = f"at 0.5, {differ} point{'s differ' if differ > 1 else ' differs'}."
            assert points in model_notes(result)
            train, test = (plain.score(p.X, p.y) for p in (result.parts.train, result.parts.test))
            at = result.fit.machine.boundary
            assert result.train_judged.at_threshold(at).accuracy == pytest.approx(train)
            assert result.test_judged.at_threshold(at).accuracy == pytest.approx(test)
        seen.add((result.fit.machine.reversed, said))
    assert seen == {(False, False), (False, True), (True, False)}


def test_early_stops_in_the_folds_count_too(monkeypatch):
    monkeypatch.setattr("lively.pages.classification.support_vectors.MAX_ITER", 20)
    result = ClassificationResult(START.replace(kind="svm", samples=60, seed=99))
    fits_converged = result.fit.machine.svc.fits_converged
    assert len(fits_converged) == 6
    assert not all(fits_converged)
    assert not result.fit.converged
    assert "The solver stopped before it converged." in model_notes(result)
    usual = ClassificationResult(START.replace(kind="svm", samples=62, seed=99))
    monkeypatch.undo()
    assert usual.settings.model.kernel == "rbf"
    assert machine_notes(result)
