"""Every sentence of the verdicts on the page on choosing a model, and when each holds.

The table names all templates. Each is reached, by a state that is written down or by a search; no
verdict of a random state holds a sentence that is not in the table; and what sentences claim is
computed anew from the data, by NumPy and scikit-learn alone.
"""

import re

import numpy as np
import pytest
from selection import START, columns, plain
from sklearn.linear_model import Lasso, Ridge
from thorough import examples

from lively.learning.cross_validation import shuffled_folds
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.model_selection.candidates import WEIGHTS
from lively.pages.model_selection.names import criterion_text
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.settings import CRITERIA
from lively.pages.model_selection.verdicts import verdict

N = r"([−\d\u2009.·⁰¹²³⁴-⁹⁻]+)"
P = r"(?:([−\d\u2009.]+) %|less than 0\.1 %)"
MODEL = rf"((?:(?:ridge|LASSO|elastic net) of )?degree \d+(?: at α = {N})?)"
CANDIDATE = rf"((?:degree|α =) {N})"
KNOWN = "known only because the data are simulated"
CV = "((?:5-fold|10-fold|Leave-one-out|10 × 5-fold) cross-validation|AIC|AICc|BIC)"
SHORT = r"(?:5-fold|10-fold|LOO|10×5-fold|AIC|AICc|BIC)(?:, 1 SE)?"
ENDS = rf"(?:{P} \({SHORT}\) to {P} \({SHORT}\)|{P} \(all criteria\))"
#: By panel: the templates of sentences, each with a state in which it stands: what differs from
#: the start, and what was evaluated before; or the seed of a search for one.
LINE = {"function": "line", "noise": 0.0}
FLAT = {"penalty": "lasso", "degree": 5, "noise": 10.0, "function": "line", "x_range": (0.0, 0.5)}
WEAK = {"penalty": "lasso", "degree": 15, "samples": 40}
CHOOSE = r"Choose ridge, LASSO or elastic net instead of None to see coefficients shrink\."
TEMPLATES = {
    "curves": {
        rf"{CV} chooses {CANDIDATE}\.": {},
        rf"{CV} chooses {CANDIDATE}, the end of the grid\.": LINE,
        rf"Its true RMSE is the lowest as well \({KNOWN}\)\.": LINE,
        rf"The true RMSE is lowest at {CANDIDATE} \({KNOWN}\); at {N} it is {P} higher\.": {},
        rf"The one-standard-error rule chooses {N} \({P} higher\)\.": {},
        rf"The one-standard-error rule chooses {N}\.": {"search": 0},
        r"The one-standard-error rule chooses the same\.": LINE,
        r"(\d+) other candidates have the same value: the simplest is chosen\.": LINE,
        r"(1) other candidate has the same value: the simplest is chosen\.": {
            "function": "sine",
            "noise": 0.0,
            "x_range": (-5.0, -0.9),
            "criterion": "one",
        },
        r"No (larger α|smaller α|higher degree) was tried\.": {"search": 2},
    },
    "picks": {
        rf"(?P<how>{SHORT}) chooses {CANDIDATE} most often: (\d+) of (\d+)\.": {},
        rf"After (\d+) of 200 data sets: {SHORT} chooses {CANDIDATE} most often: (\d+) of "
        r"(\d+)\.": {},
        rf"The true error is most often lowest at {N}\.": {},
        rf"Choices exceed the lowest true RMSE by a median of {ENDS} and a mean of {ENDS}\.": {
            "samples": 500
        },
        rf"Choices exceed the lowest true RMSE by a median of {ENDS} and a mean of {ENDS}, "
        r"dominated by a few bad choices\.": {},
    },
    "splits": {
        rf"Test R² of 90 % of random splits lies between {N} and {N}\.": {},
        rf"Test R² of 90 % of random splits is {N}\.": LINE,
        rf"400 splits of the same \d+ points, test points included; {MODEL} is fitted anew in "
        r"each\.": {},
        r"That of the present split is hidden\.": {},
        rf"That of the present split is {N}, higher than in (\d+) of the 400\.": {"seen": [{}]},
    },
    "learning": {
        r"More points would help\.": {},
        r"More points would help, but slowly\.": {"penalty": "ridge", "degree": 7, "alpha": 10.0},
        r"More points would help only in part\.": {"search": 3},
        r"More points would hardly help\.": {"degree": 3},
        r"More points would change little\.": {"samples": 500},
        r"Nothing is left to improve\.": LINE,
        rf"The true RMSE of {MODEL} is zero up to rounding\.": LINE,
        rf"With 4 times as many training points \((\d+)\), the true RMSE (falls|rises) from {N} to "
        rf"{N} \(medians of simulated data sets\); noise level {N}\.": {},
        rf"With 4 times as many training points \((\d+)\), the true RMSE (stays) at {N} \(medians "
        rf"of simulated data sets\); noise level {N}\.": {"penalty": "lasso", "alpha": 1000.0},
        r"The main cause: too few points for degree (\d+) \(high variance\)\.": {},
        r"The main cause: degree (\d+) is too low \(high bias\)\.": {"degree": 3},
        rf"With unlimited points the RMSE would still be {N}\.": {"degree": 3},
        r"The main cause: α is too large \(high bias\)\.": {"penalty": "ridge", "alpha": 10.0},
        r"At a fixed α, the ridge penalty loses weight only as points are added\.": {
            "penalty": "ridge",
            "alpha": 10.0,
        },
        rf"At this α, unlimited points would leave an RMSE of {N}\.": {
            "penalty": "lasso",
            "alpha": 10.0,
        },
        r"No model gets below the noise level\.": {"samples": 500},
    },
    "path": {
        r"No penalty, so no path\.": {},
        CHOOSE: {},
        r"(All) (\d+) coefficients are zero at this α\.": {"penalty": "lasso", "alpha": 1000.0},
        r"(Both) coefficients are zero at this α\.": {
            "penalty": "lasso",
            "alpha": 1000.0,
            "degree": 2,
        },
        r"The only coefficient is (not )?zero at this α\.": {"penalty": "lasso", "degree": 1},
        r"(None) of the (\d+) coefficients is zero at this α\.": {"penalty": "ridge"},
        r"(Neither) coefficient is zero at this α\.": {"penalty": "ridge", "degree": 2},
        r"(\d+) of (\d+) coefficients are zero at this α\.": {"penalty": "lasso", "degree": 15},
        r"(1) of (\d+) coefficients is zero at this α\.": {"search": 5},
        r"Ridge shrinks coefficients towards zero, but sets none to zero\.": {"penalty": "ridge"},
        r"The absolute values in the penalty set coefficients exactly to zero\.": {
            "penalty": "lasso"
        },
        rf"At α = {N}, the coefficient norm is {P} of that at α = {N}\.": {"penalty": "ridge"},
    },
    "geometry": {
        r"No penalty, so no geometry\.": {},
        CHOOSE: {},
        r"At this α, L1 sets both coefficients to zero\.": {"penalty": "lasso", "alpha": 1000.0},
        r"At this α, L1 sets the coefficient of (x|x³) to zero\.": {
            "penalty": "lasso",
            "alpha": 3.16228,
        },
        r"At this α, neither penalty sets a coefficient to zero\.": {
            "penalty": "ridge",
            "alpha": 0.1,
        },
        rf"Coefficients without a penalty: \({N}, {N}\); with L1: \({N}, {N}\); with L2: "
        rf"\({N}, {N}\)\.": {"penalty": "ridge"},
        r"L1 allows a diamond, with corners on the axes; L2 allows a disc, without corners\.": {
            "penalty": "ridge"
        },
    },
    "looks": {
        r"The test set has not been used yet\.": {},
        r"Its \d+ points are hidden\.": {},
        r"Choose a model first, then evaluate it once: the squared test error is then an unbiased "
        r"estimate of the true one\.": {},
        r"The test set is no longer unseen\.": {"seen": [{"noise": 1.0}]},
        r"Points of this sample were used (once|twice|\d+ times) under other settings\.": {
            "seen": [{"noise": 1.0}]
        },
        r"1 evaluation on the test set\.": {"seen": [{}]},
        r"This is not the first evaluation\.": {"seen": [{"noise": 1.0}, {}]},
        rf"(?:Degree|Ridge|LASSO|Elastic)[^:]*: test RMSE {N} \(95 % interval {N} to {N}\), true "
        rf"RMSE {N}\.": {"seen": [{}]},
        rf"(?:Degree|Ridge|LASSO|Elastic)[^:]*: test RMSE {N} \(no interval\), true RMSE {N}\.": {
            "seen": [{"samples": 20}],
            "samples": 20,
        },
        r"No interval: much of the true error may lie where there are hardly any test points\.": {
            "seen": [{"samples": 20}],
            "samples": 20,
        },
        r"This interval misses the true RMSE, as 1 in 20 does\.": {"search": 6},
        r"The squared test error of a first evaluation is unbiased\.": {"seen": [{}]},
        r"(\d+) evaluations on the test set\.": {"seen": [{}, {"degree": 5}]},
        rf"The (better|best) of (\d+) models looks {N} \({P}\) (better|worse) on the test set than "
        rf"it really is( \(optimistic bias\))?; the first alone, {N} \({P}\) (better|worse) "
        rf"\(medians of {N} simulated test sets of \d+ points\)\.": {"seen": [{}, {"degree": 5}]},
    },
}
#: Sentences for fits that did not converge. The solver has met its conditions in all settings that
#: were tried, so that one that does not is put in its place.
UNCONVERGED = {
    "curves": r"At the crossed points, fits did not converge\.",
    "splits": r"Some fits did not converge\.",
    "learning": r"Some fits did not converge\.",
    "picks": r"On (\d+) data sets?, a chosen fit did not converge\.",
    "geometry": r"The fit did not converge\.",
    "path": r"The fit at this α did not converge\.",
    "looks": r"LASSO of degree 2 at α = 0\.1: .* \(the fit did not converge\)\.",
}
OTHERS = [r"At the marked α, fits did not converge\."]


def shown(panel, seen=(), **changes):
    """Return a result for one panel, with what its verdict needs computed."""
    settings = START.replace(panel=panel, **changes)
    looks = tuple(SelectionResult(START.replace(**change)).look for change in seen)
    result = SelectionResult(settings, looks)
    match panel:
        case "splits":
            work = [result.splits]
        case "learning":
            work = [result.outlook]
        case "path":
            work = [result.path] if result.path else []
        case "picks":
            work = [result.picks]
        case _:
            work = []
    for part in work:
        for _ in part.steps():
            pass
    return result


def sentences(result):
    """Return the sentences of a verdict."""
    return re.split(r"(?<=\.) (?=[A-Z0-9])", str(verdict(result)))


def random_state(random, panel):
    """Return random settings for a panel, of a size that is quick, and what was evaluated."""
    penalty = str(random.choice(["none", "none", "ridge", "lasso", "elastic"]))
    if panel == "curves":
        penalty = str(random.choice(["none", "none", "none", "none", "ridge"]))
    if panel in ("splits", "learning"):
        penalty = str(random.choice(["none", "none", "ridge"]))
    if panel in ("path", "geometry"):
        penalty = str(random.choice(["ridge", "lasso", "elastic"]))
    low = round(random.uniform(-5, 3), 1)
    changes = {
        "function": str(random.choice(list(TARGET_FUNCTIONS))),
        "samples": int(random.integers(40, 61)),
        "x_range": (-5.0, 5.0) if random.random() < 0.6 else (low, low + 2.0),
        "noise": float(random.choice([0.0, 0.5, 2.0, 5.0, 10.0])),
        "seed": int(random.integers(10_000)),
        "test_share": float(random.choice([0.2, 0.3, 0.4])),
        "degree": int(random.integers(1, 16)),
        "penalty": penalty,
        "alpha": float(10 ** random.uniform(-2, 3)),
        "criterion": str(random.choice([name for name, _ in CRITERIA])),
        "fold_seed": int(random.integers(10_000)),
    }
    seen = []
    if panel in ("looks", "splits"):
        seen = [
            changes | {"degree": int(d)} for d in random.permutation(15)[: random.integers(4)] + 1
        ]
        if seen:
            changes = seen[0]
    return seen, changes


@pytest.fixture(autouse=True)
def few_data_sets(monkeypatch):
    """Let eight simulated data sets do where the page takes two hundred."""
    monkeypatch.setattr("lively.pages.model_selection.selection_frequency.DATA_SETS", 8)
    monkeypatch.setattr("lively.pages.model_selection.learning_outlook.SIMULATED_SETS", 12)


CASES = [(panel, template) for panel, templates in TEMPLATES.items() for template in templates]


@pytest.mark.parametrize(
    ("panel", "template"), CASES, ids=[f"{p}-{i}" for i, (p, _) in enumerate(CASES)]
)
def test_every_template_is_reached(panel, template, monkeypatch):
    state = dict(TEMPLATES[panel][template])
    if "search" in state:
        random = np.random.default_rng(state["search"])
        for _ in range(120):
            seen, changes = random_state(random, panel)
            if any(re.fullmatch(template, s) for s in sentences(shown(panel, seen, **changes))):
                return
        pytest.fail("No state was found.")
    if "After" not in template:
        monkeypatch.setattr("lively.pages.model_selection.verdicts.DATA_SETS", 8)
    result = shown(panel, **state)
    assert any(re.fullmatch(template, said) for said in sentences(result)), sentences(result)


def read(text):
    """Read a number as it is written on the page."""
    mantissa, _, power = text.replace("−", "-").replace("\u2009", "").rstrip(".").partition("·10")
    exponent = power.translate(str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-"))
    return float(mantissa) * 10.0 ** int(exponent or 0)


def near(text, value, rel=6e-3, atol=6e-3):
    """Say whether a written number is a value, but for its rounding."""
    return read(text) == pytest.approx(value, rel=rel, abs=atol)


def dense(data, count=4000):
    """Return evenly spaced inputs and the true function there."""
    low, high = data.x_range
    x = low + (high - low) * (np.arange(count) + 0.5) / count
    return x, TARGET_FUNCTIONS[data.function](x) + data.noise_mean


def fitted(model, train):
    """Return the plain pipeline of a model, fitted."""
    pipeline = plain(model.penalty, model.degree, model.alpha, model.l1_ratio, tight=True)
    return pipeline.fit(columns(train.x), train.y)


def true_rmse(data, pipeline):
    """Return the true RMSE of a fitted pipeline."""
    x, y = dense(data)
    return float(np.sqrt(np.mean((pipeline.predict(columns(x)) - y) ** 2) + data.noise**2))


def by_polynomials(result):
    """Return true RMSEs of all degrees, and cross-validated errors by 5 and 10 folds, by NumPy."""
    data, train = result.settings.data, result.parts.train
    x, y = dense(data)

    def errors(own, values, at, target, noise):
        made = [
            np.polynomial.Legendre.fit(own, values, degree, domain=[own.min(), own.max()])
            for degree in range(1, 16)
        ]
        return np.array([np.mean((p(at) - target) ** 2) + noise for p in made])

    truth = errors(train.x, train.y, x, y, data.noise**2)
    curves, count = {}, len(train.x)
    for name, parts in (("five", 5), ("ten", 10)):
        curves[name] = np.mean(
            [
                errors(np.delete(train.x, fold), np.delete(train.y, fold),
                       train.x[fold], train.y[fold], 0.0)
                for fold in shuffled_folds(count, parts, result.settings.rule.fold_seed)
            ], axis=0,
        )  # fmt: skip
    return np.sqrt(truth), curves


def check_curves(result, said):
    text, family = " ".join(said), result.family
    assert said[0].startswith(criterion_text(result.settings.rule.criterion))
    chosen = read(re.search(rf"chooses {CANDIDATE}", said[0])[2])
    ends = (read("15"), 1.0) if not family.weights else (WEIGHTS[0], WEIGHTS[-1])
    assert ("the end of the grid" in said[0]) == any(chosen == pytest.approx(e) for e in ends)
    if family.weights:
        return
    truth, curves = by_polynomials(result)
    least = 1e-10 * np.std(result.parts.train.y)
    truth = np.maximum(truth, least)
    if (criterion := result.settings.rule.criterion) in curves:
        curve = np.maximum(curves[criterion], least**2)
        assert curve[int(chosen) - 1] <= curve.min() * (1 + 1e-4)
    found = re.search(rf"lowest at degree {N} .* at {N} it is {P} higher", text)
    cost = truth[int(chosen) - 1] / truth.min() - 1
    if found:
        assert truth[int(read(found[1])) - 1] <= truth.min() * (1 + 1e-4)
        assert read(found[2]) == chosen
        assert near(found[3], 100 * cost, atol=0.06) if found[3] else cost < 6e-4
    else:
        assert cost < 1e-4
    if simpler := re.search(rf"rule chooses {N}( |\.)", text):
        assert read(simpler[1]) < chosen


def check_splits(result, said):
    scores = result.splits.r2[:, result.own_place]
    numbers = re.search(rf"(?:lies between|is) {N}(?: and {N})?\.", said[0])
    low, high = read(numbers[1]), read(numbers[2] or numbers[1])
    slack = 6e-3 * np.maximum(1, np.abs(scores))
    assert np.mean((scores >= low - slack) & (scores <= high + slack)) >= 0.9
    assert np.mean((scores > low + slack) & (scores < high - slack)) <= 0.905
    if place := re.search(rf"split is {N}, higher than in (\d+)", said[2]):
        assert result.opened
        pipeline, test = fitted(result.settings.model, result.parts.train), result.parts.test
        own = pipeline.score(columns(test.x), test.y)
        assert near(place[1], own, rel=2e-2)
        assert abs(int(place[2]) - np.sum(scores < own)) <= 2
    else:
        assert not result.opened
        assert "hidden" in said[2]


def check_learning(result, said):
    data, model, noise = result.settings.data, result.settings.model, result.settings.data.noise
    text, count = " ".join(said), len(result.parts.train.x)
    random, errors = np.random.default_rng(data.seed), []
    low, high = data.x_range
    for _ in range(9):
        x = random.uniform(low, high, 4 * count)
        y = TARGET_FUNCTIONS[data.function](x) + noise * random.standard_normal(4 * count)
        parts = [type(result.parts.train)(x[:n], y[:n]) for n in (count, 4 * count)]
        errors.append([true_rmse(data, fitted(model, part)) for part in parts])
    now, more = np.median(errors, axis=0)
    if now < 1e-6:
        assert "Nothing is left" in text
        return
    # Another few data sets than the page's: only gross contradictions count.
    if said[0] in ("More points would hardly help.", "More points would change little."):
        assert more > 0.85 * now
    else:
        assert more < 0.99 * now
    if "change little" in said[0]:
        assert now < 1.25 * noise
    x, y = dense(data)
    best = np.polynomial.Legendre.fit(x, y, model.degree, domain=[low, high])
    floor = np.sqrt(np.mean((best(x) - y) ** 2) + noise**2)
    if quoted := re.search(rf"With unlimited points the RMSE would still be {N}\.", text):
        assert near(quoted[1], floor, rel=2e-2)
        assert "is too low" in text
        # A higher degree has a lower floor, so that the degree is to blame.
        assert floor > 1.02 * noise
    if "α is too large" in text:
        assert model.penalty != "none"
        stronger = true_rmse(data, fitted(model, type(result.parts.train)(x, y)))
        assert model.penalty == "ridge" or stronger > floor
    if "too few points" in text:
        assert more < now
        assert floor < now


def check_path(result, said):
    model = result.settings.model
    coefficients = fitted(model, result.parts.train)[-1].coef_
    # A descent that ends at a tolerance leaves small numbers where the solution is zero.
    left = int(np.sum(np.abs(coefficients) > 1e-6 * max(np.abs(coefficients).max(), 1e-12)))
    if not coefficients.any():
        left = 0
    words = said[0]
    zeros = len(coefficients) - left
    if words.startswith(("All", "Both")):
        assert left == 0
    elif words.startswith(("None", "Neither")):
        assert zeros == 0
    elif words.startswith("The only"):
        assert zeros == (0 if "not" in words else 1)
    else:
        assert int(words.split()[0]) == zeros
    assert str(len(coefficients)) in words or len(coefficients) <= 2


def check_geometry(result, said):
    train, model = result.parts.train, result.settings.model
    Z = plain("none", 3)[:-1].fit_transform(columns(train.x))[:, [0, 2]]
    weight = model.alpha / len(train.x) if model.penalty == "ridge" else model.alpha
    lasso = Lasso(weight, tol=1e-12, max_iter=1_000_000).fit(Z, train.y).coef_
    ridge = Ridge(weight * len(train.x)).fit(Z, train.y).coef_
    zeros = [name for name, b in zip(("x", "x³"), lasso, strict=True) if abs(b) < 1e-9]
    if len(zeros) == 2:
        assert "both coefficients" in said[0]
    elif zeros:
        assert f"coefficient of {zeros[0]} to zero" in said[0]
    else:
        assert "neither penalty" in said[0]
    numbers = re.search(rf"with L1: \({N}, {N}\); with L2: \({N}, {N}\)", said[1])
    for written, value in zip(numbers.groups(), [*lasso, *ridge], strict=True):
        assert near(written, value, rel=6e-2, atol=1e-6)


def check_looks(result, said):
    text, rivals = " ".join(said), result.rivals
    if len(rivals) == 1:
        look = rivals[0]
        pipeline, test = fitted(look.model, result.parts.train), result.parts.test
        shown_, true = re.search(rf"test RMSE {N} .*true RMSE {N}\.", text).groups()
        error = np.sqrt(np.mean((pipeline.predict(columns(test.x)) - test.y) ** 2))
        assert near(shown_, error, rel=2e-2)
        assert near(true, true_rmse(look.data, pipeline), rel=2e-2)
        bounds = re.search(rf"interval {N} to {N}\)", text)
        assert bool(bounds) != ("No interval" in text)
        if bounds and "misses" in text:
            assert not read(bounds[1]) + 0.01 < read(true) < read(bounds[2]) - 0.01
        elif bounds:
            assert read(bounds[1]) - 0.01 <= read(true) <= read(bounds[2]) + 0.01
    elif rivals:
        assert said[0].startswith(f"{len(rivals)} evaluations")
        assert ("better of 2" in text) == (len(rivals) == 2)
        best = re.search(rf"looks {N} .*? (better|worse) on the test", text)
        assert ("optimistic bias" in text) == (best[2] == "better" and "really is (" in text)
    assert len(said) == 1 + (not rivals) or text.count("hidden") == (not rivals)


CHECKS = {
    "curves": (50, check_curves),
    "splits": (50, check_splits),
    "learning": (40, check_learning),
    "path": (50, check_path),
    "geometry": (60, check_geometry),
    "looks": (50, check_looks),
}


@pytest.mark.parametrize("panel", CHECKS)
def test_no_random_state_says_what_the_data_deny(panel):
    count, check = CHECKS[panel]
    random = np.random.default_rng(list(CHECKS).index(panel))
    known = [*TEMPLATES[panel], UNCONVERGED.get(panel, "$^")]
    for _ in range(examples(count)):
        seen, changes = random_state(random, panel)
        if panel in ("path", "looks") and changes["penalty"] != "none":
            # scikit-learn's descent, to which the page is held, would take minutes elsewhere.
            changes |= {"alpha": max(changes["alpha"], 0.1), "degree": min(changes["degree"], 5)}
            seen = seen and [changes | {"degree": d} for d in range(1, len(seen) + 1)]
        result = shown(panel, seen, **changes)
        said = sentences(result)
        for sentence in said:
            assert any(re.fullmatch(template, sentence) for template in known), sentence
        assert not re.search(r"nan|inf\b|not finite", " ".join(said))
        try:
            check(result, said)
        except AssertionError as error:
            raise AssertionError(f"{changes} {seen}: {' '.join(said)}") from error
