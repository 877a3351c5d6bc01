"""Words of the classification page: every sentence is reached, and none contradicts the numbers."""

import random
import re

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, roc_auc_score
from thorough import examples

from lively.engine.fields import Choices, Grid, bounds, find_metadata
from lively.engine.formatting import format_fixed
from lively.pages.classification import fitting
from lively.pages.classification.names import accuracy_text, difference_text
from lively.pages.classification.page import metrics_markup
from lively.pages.classification.result import ClassificationResult
from lively.pages.classification.settings import ClassificationSettings
from lively.pages.classification.text import fit_warning, panel_text, surface_text
from lively.pages.classification.verdict import HEADINGS, verdict

START = ClassificationSettings()
STATES = 300
NUMBER = r"[\d.−·⁻⁰¹²³⁴⁵⁶⁷⁸⁹\u2009]+"
#: All sentences of the page, as patterns, with settings that reach each; None where the search
#: must find some.
TEMPLATES = {
    # The verdict.
    r"Too few points of one class\. There is (no|one) point of class [01] among \d+ training "
    r"points, so no model is fitted: the probability of class 1 is its share, # , "
    r"everywhere\.": None,
    r"Underfitting\. ": None,
    r"Overfitting\. ": None,
    r"Underfitting and overfitting\. ": {
        "shape": "straight", "noise": 0.0, "samples": 400, "kind": "tree", "depth": 3, "seed": 3,
    },
    r"Threshold off-centre\.": None,
    r"At # training and test accuracy would be # and # instead of # and #\.": None,
    r"At # , where the machine itself decides, training and test accuracy would be # and # instead "
    r"of # and #\.": {
        "kind": "svm", "kernel": "linear", "shape": "straight", "noise": 0.5, "balance": 0.1,
        "strength": 0.01, "threshold": 0.6, "samples": 400, "test_share": 0.8, "seed": 6,
    },
    r"In return, # finds # % of the training points of class 1 instead of # %\.": None,
    r"There the model overfits\.": None,
    r"A threshold of # would give #\.": None,
    r"Below the Bayes accuracy\. The test accuracy # is # below the Bayes accuracy # ; chance "
    r"alone explains (up to #|nothing)\. ": None,
    r"With a training accuracy of # , \d+ training points are too few to tell underfitting from "
    r"overfitting\.": None,
    r"\d+ training points are too few: from a training accuracy of # a right model could lose as "
    r"much\.": None,
    r"Neither underfitting nor overfitting\. ": None,
    r"Training and test accuracy are # and #\. The Bayes accuracy is #\.": None,
    r"Training and test accuracy are # and # ; a test accuracy up to # lower would be no "
    r"surprise\. The Bayes accuracy is #\.": None,
    r"Training and test accuracy are # and # : by chance, the test points are easier\.": {
        "shape": "straight", "noise": 1.0, "polynomial": 1, "samples": 500, "test_share": 0.3,
        "seed": 82,
    },
    r"The training accuracy # is # below the Bayes accuracy # ; chance alone explains up to "
    r"#\.": None,
    r"The training accuracy # is # below the Bayes accuracy # ; chance alone explains "
    r"nothing\.": {"shape": "spiral", "noise": 0.0},
    r"The test accuracy # is # below the training accuracy # ; (up to #|nothing) would be no "
    r"surprise\.": None,
    r"The model \(.+?\) has learned noise: its training accuracy exceeds the Bayes accuracy "
    r"#\.": None,
    r"Even so, the test accuracy is within chance of it\.": None,
    r"Even so, the test accuracy is within chance of the Bayes accuracy #\.": {
        "shape": "rings", "samples": 400, "noise": 0.5, "balance": 0.1, "seed": 8174,
        "test_share": 0.3, "split_seed": 6694, "polynomial": 5, "penalty": "none", "threshold": 0.2,
    },
    r"\d+ training points are too few for this model \(.+?\)\.": None,
    r"The fit did not converge\.": None,
    r"These coefficients have no finite best values\.": None,
    # What is at fault.
    r"All \d+ training points vote everywhere, since k is as large as that\.": {
        "samples": 20, "kind": "neighbours", "neighbours": 50,
    },
    r"\d+ neighbours of \d+ training points are too many here\.": None,
    r"A depth of \d+ is too small for this shape\.": {"kind": "tree", "depth": 1},
    r"The penalty is too strong\.": {"strength": 1000.0, "penalty": "l1"},
    r"A degree of [1-5] is too low for this shape\.": {"polynomial": 1},
    r"The penalty is too strong and (a degree of [1-5] is too low|a linear kernel is too simple|a "
    r"kernel γ of # is too small|\d+ hidden units are too few) for this shape\.": {
        "polynomial": 1, "strength": 100.0, "noise": 0.3,
    },
    r"A linear kernel is too simple for this shape\.": {
        "kind": "svm", "kernel": "linear", "shape": "rings", "noise": 0.4,
    },
    r"A kernel γ of # is too small for this shape\.": {
        "kind": "svm", "gamma": 0.02, "noise": 0.1, "strength": 0.01, "samples": 400,
    },
    r"2 hidden units are too few for this shape\.": {
        "kind": "network", "units": 2, "shape": "xor", "strength": 0.001, "noise": 0.3, "seed": 31,
    },
    r"Neither a weaker penalty nor a higher degree would be enough for this shape\.": {
        "shape": "spiral", "samples": 2000, "noise": 0.0, "polynomial": 3,
    },
    r"A (higher degree|weaker penalty) would not be enough for this shape\.": {
        "shape": "spiral", "samples": 2000, "noise": 0.0, "polynomial": 6,
    },
    r"Even its most flexible settings are too simple for this shape\.": {
        "shape": "spiral", "samples": 2000, "noise": 0.0, "polynomial": 6, "strength": 1e-3,
    },
    r"Its training stopped before it converged, which may be why\.": None,
    # Notes under the model's controls.
    r"C = #\.": None,
    r"α = #\.": {"kind": "network", "units": 2, "seed": 31},
    r"Only \d+ training points, so all of them vote\.": None,
    r"Without a penalty the coefficients then have no limit: these are where the solver "
    r"stopped\.": None,
    r"A line separates the training classes\.": {
        "shape": "blobs", "noise": 0.2, "polynomial": 1, "penalty": "none",
    },
    r"A curve of degree [2-6] separates the training classes\.": None,
    r"The solver stopped before it converged\.": {
        "kind": "svm", "kernel": "poly", "polynomial": 6, "strength": 1e-3, "samples": 100,
        "noise": 2.0,
    },
    r"Training stopped while the loss was still falling\.": {
        "kind": "network", "units": 2, "shape": "spiral", "strength": 0.001, "samples": 50,
        "noise": 0.3, "seed": 31,
    },
    r"Probabilities by Platt scaling\.": None,
    r"Platt scaling fails here \(its curve falls\), so the probabilities are a standard logistic "
    r"curve of the decision value, uncalibrated\.": {
        "kind": "svm", "strength": 1000.0, "samples": 50,
    },
    r"The machine itself decides at # \(accuracies # and #\); at 0\.5, (\d+ points differ|1 point "
    r"differs)\.": None,
    # Descriptions of the pictures.
    r"Confusion\. Training: of class 0, \d+ predicted as class 0 and \d+ as class 1; of class 1, "
    r"\d+ predicted as class 0 and \d+ as class 1\. Test: ": None,
    r"Calibration\. Training: the predicted probability and the share of class 1 differ by # on "
    r"average\.": None,
    r"Feature importance: (coefficient of each standardized power of the inputs|test accuracy lost "
    r"of each shuffled input), \d+ in all\.": None,
    r"All are exactly zero\.": {"penalty": "l1", "strength": 1000.0, "panel": "importance"},
    r"The largest in absolute value is # , that of x[12].*?\. None is exactly zero\.": None,
    r"One is exactly zero\.": {
        "penalty": "l1", "polynomial": 2, "strength": 1.0, "seed": 1, "panel": "importance",
    },
    r"\d+ are exactly zero\.": None,
    r"Precision and recall\. Training, at the threshold: recall # , precision #\. Test": None,
    r"precision not defined\.": None,
    r"ROC\. Training: area # ; at the threshold, false positive rate # , true positive rate "
    r"#\.": None,
    r"area not defined; at the threshold": None,
}  # fmt: skip
#: Words that the page does not use.
UNWANTED = re.compile(
    r"\bcalled\b|\bparts?\b|parted|\btold\b|comes to|what counts|best line|any rule|misses the|"
    r"the line\b|nan|\binf\b|\b1 points\b|0\.00 (below|lower)|up to 0\.00|\bone of them are\b",
    re.IGNORECASE,
)


def pattern(template):
    """Return a template as an expression: # stands for a number."""
    return template.replace(" # ", f" {NUMBER} ?").replace("#", NUMBER)


def random_state(rng):
    """Return random settings of the page, with few points and no slow training."""
    changes = {}
    for group in ClassificationSettings.groups().values():
        for name, field in group.model_fields.items():
            if choices := find_metadata(field, Choices):
                changes[name] = rng.choice([value for value, _ in choices.labels])
                continue
            low, high = bounds(field)
            steps = find_metadata(field, Grid)
            if field.annotation is int:
                changes[name] = rng.randint(low, high)
            elif steps.log:
                changes[name] = 10.0 ** rng.uniform(steps.exponent(low), steps.exponent(high))
            else:
                changes[name] = rng.uniform(low, high)
    changes["samples"] = int(20 * 15 ** rng.random())
    changes["kind"] = rng.choice(["logistic", "neighbours", "neighbours", "svm", "tree", "tree"])
    if changes["kind"] == "logistic":
        changes["polynomial"] = rng.choice([1, 2, 3, 6])
    return changes


@pytest.fixture(scope="module")
def states():
    """Return results of random settings, with all that the page says of each."""
    rng, found = random.Random(13), []
    for _ in range(examples(STATES)):
        result = ClassificationResult(START.replace(**random_state(rng)))
        found.append((result, words(result)))
    return found


def words(result):
    """Return all that the page says of a result."""
    return f"{surface_text(result)}\n{panel_text(result)}"


#: Templates; those without settings of their own are looked for among the random states.
EVERY = [
    pytest.param(template, marks=() if settings is not None else pytest.mark.thorough)
    for template, settings in TEMPLATES.items()
]


@pytest.mark.parametrize("template", EVERY, ids=range(len(TEMPLATES)))
def test_every_sentence_is_reached(template, states, monkeypatch):
    settings = TEMPLATES[template]
    if settings and settings.get("kind") == "network":
        # A quarter of the training says the same; no other test has these settings.
        monkeypatch.setattr(fitting, "EPOCHS", 100)
    if settings is None:
        assert any(re.search(pattern(template), text) for _, text in states)
    else:
        text = words(ClassificationResult(START.replace(**settings)))
        assert re.search(pattern(template), text), text


def test_every_sentence_is_in_the_table(states):
    written = [re.compile(pattern(template)) for template in TEMPLATES]
    unknown = set()
    for _, text in states:
        *_, judged = text.split("\n")[0].partition("Bayes accuracy, the best: ")
        rest = judged.split(" ", 1)[1] if " " in judged else ""
        for template in written:
            rest = template.sub("", rest)
        if re.search(r"\w", rest):
            unknown.add(rest.strip())
    assert not unknown


def test_words_never_contradict_the_numbers(states):
    rng, kinds = np.random.default_rng(1), set()
    for result, text in states:
        found, best = verdict(result), result.knowable.accuracy
        kinds.add(found.kind)
        assert not UNWANTED.search(text), text
        threshold = result.settings.view.threshold
        right, n, m = {}, len(result.parts.train.y), len(result.parts.test.y)
        for name, part, probability in (
            ("train", result.parts.train, result.fit.train),
            ("test", result.parts.test, result.fit.test),
        ):
            accuracy = accuracy_score(part.y, probability >= threshold)
            right[name] = round(accuracy * len(part.y))
            assert (
                f"{ {'train': 'Training', 'test': 'test'}[name] } accuracy "
                + accuracy_text(accuracy)
                in text
            )
        accuracies = right["train"] / n, right["test"] / m
        every = [0, *np.unique(result.fit.train), 1.1]
        at_best = max(np.mean((result.fit.train >= t) == result.parts.train.y) for t in every)
        low = np.quantile(rng.binomial(n, best, 4000), 0.025) / n
        if found.kind in ("under", "both"):
            assert at_best <= low
            assert accuracies[0] < best
        elif found.kind != "shares":
            # Not called so though it is: by an exact test of another kind.
            assert binomtest(round(at_best * n), n, min(best, 1), "less").pvalue > 0.0249
        wrong = n + m - sum(right.values())
        on_test = rng.hypergeometric(wrong, n + m - wrong, m, 4000) if wrong else np.zeros(1)
        gap = np.quantile(on_test / m - (wrong - on_test) / n, 0.975)
        if found.kind in ("over", "both"):
            assert accuracies[0] - accuracies[1] > gap - 1e-9
        if found.kind == "neither" and accuracies[1] < accuracies[0]:
            assert "easier" not in text
        if "has learned noise" in text:
            assert accuracies[0] > best
        if "within chance of" in text:
            assert binomtest(right["test"], m, min(best, 1), "less").pvalue > 0.0249
        if found.kind == "below":
            assert accuracies[1] < best
        if found.kind == "threshold":
            then_train, then_test = map(
                float, re.findall(r"would be (\S+) and (\S+) instead", text)[0]
            )
            both = [
                round(then * len(part))
                for then, part in (
                    (then_train, result.parts.train.y),
                    (then_test, result.parts.test.y),
                )
            ]
            assert sum(both) > sum(right.values())
        model = result.settings.model
        if "penalty is too strong" in text:
            assert model.kind != "logistic" or model.penalty != "none"
            assert model.strength > 1e-3
        assert ("so all of them vote" in text) == (
            model.kind == "neighbours" and model.neighbours >= n and found.kind != "shares"
        )
        assert ("no limit" in text) == result.fit.separated
        if result.fit.separated:
            assert model.penalty == "none"
            assert accuracy_score(result.parts.train.y, result.fit.train >= 0.5) == 1
        warned = "not converged" in metrics_markup("", result.test_judged, fit_warning(result))
        assert warned == ("did not converge" in panel_text(result)) == (not result.fit.converged)
    assert kinds


@pytest.mark.thorough
def test_random_states_are_of_every_kind(states):
    kinds = {verdict(result).kind for result, _ in states}
    assert kinds >= {"neither", "below", "over", "under", "threshold", "shares"}
    assert set(HEADINGS) - kinds <= {"both"}


AUDITED = [
    ({"kind": "forest", "threshold": 0.9}, "threshold", "would be 0.99 and"),
    ({"kind": "forest", "threshold": 0.1}, "threshold", "would be 0.99 and"),
    ({"kind": "tree", "depth": 15, "threshold": 0.95, "noise": 0.8}, "over", "learned noise"),
    ({"samples": 20, "kind": "neighbours", "neighbours": 50}, "under", "All 10 training points"),
    ({"polynomial": 2, "threshold": 0.9}, "under", "A threshold of 0.50 would give"),
    ({"strength": 1000.0, "threshold": 0.6}, "under", "The penalty is too strong."),
    ({"shape": "spiral", "noise": 0.0}, "under", "degree"),
    ({"polynomial": 1, "shape": "blobs", "noise": 0.0}, "neither", "are 1.00 and 1.00."),
    ({"balance": 0.1, "threshold": 0.2}, "neither", "The Bayes accuracy"),
]


@pytest.mark.parametrize(("changes", "kind", "said"), AUDITED, ids=range(len(AUDITED)))
def test_the_right_culprit_is_named(changes, kind, said):
    found = verdict(ClassificationResult(START.replace(**changes)))
    assert found.kind == kind, str(found)
    assert said in found.text


def test_all_points_voting_is_the_constant_share():
    result = ClassificationResult(START.replace(samples=20, kind="neighbours", neighbours=50))
    np.testing.assert_allclose(result.fit.test, result.parts.train.y.mean())
    assert "10 nearest neighbours" in surface_text(result)
    assert "50 nearest" not in surface_text(result)
    assert roc_auc_score(result.parts.test.y, result.fit.test) == 0.5


def test_accuracies_as_text():
    assert [accuracy_text(v) for v in (0, 0.004, 0.5, 0.996, 0.9993, 1)] == [
        "0.00", "0.004", "0.50", "0.996", "0.999", "1.00",
    ]  # fmt: skip
    assert [difference_text(v) for v in (0.0007, 0.012, 0.4)] == ["0.0007", "0.01", "0.40"]
    assert format_fixed(0.5) == "0.50"
