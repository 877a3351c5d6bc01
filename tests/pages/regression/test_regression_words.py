"""The regression page's sentences: each is reached, and none contradicts the page's numbers."""

import re
from dataclasses import replace

import numpy as np
import pytest
from notebooks import read_steps
from plain import plain_folds, plain_pipeline
from scipy import stats
from sklearn.model_selection import cross_val_score

from lively.engine.formatting import format_fixed, format_number
from lively.learning.target_functions import TARGET_FUNCTIONS
from lively.pages.regression.result import RegressionResult
from lively.pages.regression.settings import RegressionSettings
from lively.pages.regression.text import (
    SCALING,
    alpha_text,
    fit_text,
    panel_text,
    scaling_text,
    unconverged_text,
)
from lively.pages.regression.validation_curve import DEGREES
from lively.pages.regression.verdict import verdict

START = RegressionSettings()
NUMBER = r"−?[\d.\u2009]+(?:·10[⁻⁰¹²³⁴-⁹]+)?"
RATIO = rf"The test error {NUMBER} is {NUMBER} times the training error {NUMBER}; "
CHANCE = rf"chance alone explains up to {NUMBER} times\."
ABOVE = (
    rf"The training error {NUMBER} is {NUMBER} times the noise level {NUMBER}; noise explains "
    rf"up to {NUMBER}\. The curve misses the shape\."
)
EXACT = (
    rf"The curve passes through every training point, noise included\. The test error {NUMBER} is "
    rf"{NUMBER} times the noise level {NUMBER}\."
)
CAUSE = r"There is no noise, so all of the error is misfit \(approximation error\)"

#: Every sentence of the verdict: its form, the kinds of verdict in which it may stand, and settings
#: that reach it.
SENTENCES = {
    "ratio": (RATIO + CHANCE, {"neither", "over", "both"}, {}),
    "any ratio": (
        RATIO + r"with so few training points, any ratio can be chance\.",
        {"neither"},
        {"function": "quartic", "degree": 4, "samples": 10, "penalty": "ridge"},
    ),
    "above the noise": (ABOVE, {"under", "both"}, {"degree": 1}),
    "does not carry over": (
        r"The fit does not carry over to new points\.",
        {"both"},
        {"function": "step", "degree": 11, "samples": 60, "seed": 3},
    ),
    "noise level": (rf"The noise level is {NUMBER}\.", {"neither"}, {}),
    "passes through": (EXACT, {"over", "neither"}, {"samples": 20, "degree": 15}),
    "too few": (
        rf"\d+ training points determine the \d+ coefficients exactly, noise included, so the "
        rf"training error says nothing\. The test error is {NUMBER}\.",
        {"few"},
        {"function": "quartic", "degree": 4, "samples": 10},
    ),
    "no noise": (
        rf"{CAUSE}: {NUMBER} in training, {NUMBER} in the test\.",
        {"under"},
        {"noise": 0.0},
    ),
    "no noise, few points": (
        rf"The curve passes through all \d+ training points, but not through the test points: the "
        rf"test RMSE is {NUMBER}\. {CAUSE}\.",
        {"few"},
        {"noise": 0.0, "samples": 14, "degree": 15, "function": "runge"},
    ),
    "every point": (
        r"Both errors are zero up to rounding: the curve passes through every point\.",
        {"neither"},
        {"function": "line", "noise": 0.0},
    ),
    "degree": (
        r"Cross-validation on the training points prefers degree \d+\.",
        {"under", "over"},
        {"degree": 15},
    ),
    "lower alpha": (
        r"The penalty is too strong: lower α\.",
        {"under"},
        {"penalty": "lasso", "alpha": 10.0},
    ),
    "larger alpha": (
        r"A larger α would help\.",
        {"over"},
        {"penalty": "lasso", "alpha": 1e-4, "degree": 15},
    ),
    "chosen alpha": (
        r"The penalty causes it: cross-validation chose this α\.",
        {"under"},
        {"penalty": "elastic", "degree": 15, "choose_alpha": True},
    ),
}


def result_of(**changes):
    return RegressionResult(START.replace(**changes))


def judged(**changes):
    return verdict(result_of(**changes))


@pytest.mark.parametrize("name", SENTENCES)
def test_every_sentence_is_reached(name):
    form, kinds, changes = SENTENCES[name]
    found = judged(**changes)
    assert re.search(form, found.text), found.text
    assert found.kind in kinds


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"degree": 1}, "under"),
        ({"degree": 3}, "under"),
        ({"degree": 5}, "neither"),
        ({"degree": 11}, "over"),
        ({"degree": 15}, "over"),
        ({"degree": 15, "samples": 500}, "neither"),
        ({"degree": 15, "penalty": "ridge", "alpha": 1000.0}, "under"),
        ({"function": "line", "degree": 1, "noise": 0.0}, "neither"),
        ({"function": "line", "degree": 1}, "neither"),
        ({"samples": 20, "degree": 15}, "over"),
        ({"function": "quartic", "degree": 4}, "neither"),
        ({"function": "runge", "degree": 15}, "over"),
        # The test points lie beyond the training points, where the curve misses the step.
        ({"function": "step", "noise": 0.5, "degree": 7, "samples": 60}, "under"),
    ],
)
def test_verdict(changes, kind):
    found = judged(**changes)
    assert found.kind == kind
    heading = {
        "under": "Underfitting.",
        "over": "Overfitting.",
        "neither": "Neither under- nor overfitting shows.",
    }[kind]
    assert found.heading == heading


def test_without_noise_nothing_follows_it():
    for seed in range(10):
        text = str(judged(noise=0.0, seed=seed))
        assert "follows" not in text
        assert "noise level" not in text
        assert text.startswith("Approximation error only. There is no noise, so all of the error")


@pytest.mark.parametrize("alpha", [10.0, 100.0, 1000.0])
@pytest.mark.parametrize("penalty", ["ridge", "lasso", "elastic"])
def test_a_strong_penalty_is_to_blame(penalty, alpha):
    text = judged(penalty=penalty, alpha=alpha).text
    assert "lower α" in text
    assert "degree" not in text


@pytest.mark.parametrize("noise_mean", [-0.2, 0.1, 0.2, 0.3, 0.7])
def test_a_constant_has_no_fault(noise_mean):
    constant = {"function": "step", "x_range": (0.0, 5.0), "noise": 0.0, "noise_mean": noise_mean}
    result = result_of(**constant)
    assert result.fit.train.r2 == result.fit.test.r2 == 1
    assert str(verdict(result)) == (
        "Neither under- nor overfitting shows. "
        "Both errors are zero up to rounding: the curve passes through every point."
    )


def test_r2_of_constant_test_points_is_not_defined():
    """The three test points lie on one side of the step."""
    changes = {"function": "step", "noise": 0.0, "samples": 30, "test_share": 0.1, "degree": 3}
    found = [
        result_of(split_seed=seed, panel=panel, **changes)
        for seed in range(20)
        for panel in ("degree", "predicted")
    ]
    constant = [result for result in found if np.ptp(result.parts.test.y) == 0]
    assert constant
    for result in constant:
        assert np.isnan(result.fit.test.r2)
        assert "test R² not defined" in fit_text(result)
        if result.settings.view.panel == "predicted":
            assert "and not defined" in panel_text(result)


def random_states(count):
    """Return random settings of the page; few points, since many cost time and are all alike."""
    draws = np.random.default_rng(13)
    for _ in range(count):
        low = round(draws.uniform(-5, 4.4), 1)
        yield START.replace(
            function=str(draws.choice(list(TARGET_FUNCTIONS))),
            samples=int(np.exp(draws.uniform(np.log(10), np.log(400)))),
            x_range=(low, round(draws.uniform(low + 0.5, 5), 1)),
            noise=float(draws.choice([0.0, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0])),
            noise_mean=round(draws.uniform(-5, 5), 1),
            seed=int(draws.integers(10_000)),
            test_share=float(draws.choice([0.1, 0.3, 0.5, 0.7, 0.9])),
            split_seed=int(draws.integers(10_000)),
            fold_seed=int(draws.integers(10_000)),
            degree=int(draws.integers(1, 16)),
            penalty=str(draws.choice(["none", "none", "ridge", "lasso", "elastic"])),
            alpha=float(10 ** draws.uniform(-6, 3)),
            l1_ratio=0.5,
            choose_alpha=bool(draws.random() < 0.3),
            panel=str(draws.choice(["degree", "residuals", "coefficients", "predicted"])),
        )


STATES = [RegressionResult(settings) for settings in random_states(300)]


def grammatical(found):
    """Whether a text is nothing but sentences that may stand in this kind of verdict."""
    text = found.text
    for form, kinds, _ in SENTENCES.values():
        if found.kind in kinds:
            text = re.sub(form, "", text)
    return not text.strip()


def simulated_limit(result, degree, draws=4000):
    """Return the ratio of errors that least squares without misfit exceeds in 2.5 % of samples."""
    train, test = result.parts.train.x, result.parts.test.x
    centre, reach = train.mean(), np.ptp(train)
    A, B = (np.vander((x - centre) / reach * 2, degree + 1) for x in (train, test))
    H = np.linalg.pinv(A, rcond=1e-10)
    random = np.random.default_rng(5)
    e, other = (
        random.standard_normal((len(train), draws)),
        random.standard_normal((len(test), draws)),
    )
    left = np.mean((e - A @ (H @ e)) ** 2, axis=0)
    return np.sqrt(np.quantile(np.mean((other - B @ (H @ e)) ** 2, axis=0) / left, 0.975))


def clean_misfit(result, **changes):
    """Return the training RMSE of the plain pipeline on outputs without noise, or None."""
    settings = result.settings.replace(noise=0.0, **changes)
    model = settings.model.replace(alpha=result.fit.alpha or 0.1)
    if model.penalty in ("lasso", "elastic"):
        return None
    quiet = RegressionResult(settings.replace(choose_alpha=False)).parts.train
    pipeline = plain_pipeline(model).fit(quiet.x[:, None], quiet.y)
    return np.sqrt(np.mean((pipeline.predict(quiet.x[:, None]) - quiet.y) ** 2))


def test_all_kinds_are_among_the_random_states():
    kinds = {verdict(result).kind for result in STATES}
    assert kinds >= {"under", "over", "few", "neither"}


def test_verdicts_of_random_states_consist_of_these_sentences():
    for result in STATES:
        found = verdict(result)
        assert grammatical(found), (result.settings, found)


def test_underfitting_is_a_training_error_that_noise_does_not_explain():
    for result in STATES:
        found, noise = verdict(result), result.settings.data.noise
        if found.kind not in ("under", "both") or noise == 0:
            continue
        n, degree = len(result.parts.train.x), result.settings.model.degree
        free = n - degree - 1 if result.settings.model.penalty == "none" else n - 1
        limit = noise * np.sqrt(stats.chi2.ppf(0.975, free) / n)
        assert result.fit.train.rmse >= limit * (1 - 1e-9)
        assert format_fixed(result.fit.train.rmse) in found.text
        assert f"noise explains up to {format_fixed(limit)}. The curve misses" in found.text
        misfit = clean_misfit(result)
        assert misfit is None or misfit > 0.1 * noise * (1 - 1e-6)
        if "lower α" in found.text:
            bare = clean_misfit(result, penalty="none")
            assert misfit is None or bare < misfit
            assert not result.settings.model.choose_alpha


def test_overfitting_is_a_ratio_beyond_the_simulated_limit():
    seen = 0
    for result in STATES:
        found, noise = verdict(result), result.settings.data.noise
        if found.kind not in ("over", "both"):
            continue
        assert noise > 0
        fit, n, m = result.fit, len(result.parts.train.x), len(result.parts.test.x)
        degree = result.settings.model.degree
        if "passes through" in found.text:
            assert fit.train.rmse < 1e-6 * noise
            assert fit.test.rmse > noise
            continue
        seen += 1
        ratio = fit.test.rmse / fit.train.rmse
        reference = min(degree, result.chance.enough)
        assert ratio > 0.93 * simulated_limit(result, reference)
        if result.settings.model.penalty == "none":
            free = n - degree - 1
            assert ratio > np.sqrt(stats.f.ppf(0.975, m, free) * n / free) * (1 - 1e-6)
        # Without the noise of its training points it would do better.
        quiet = RegressionResult(result.settings.replace(noise=0.0, choose_alpha=False))
        assert fit.test.rmse > quiet.fit.test.rmse or result.settings.model.choose_alpha
    assert seen > 5


def test_without_noise_random_states_say_so():
    for result in STATES:
        found = verdict(result)
        if result.settings.data.noise == 0:
            assert found.kind in ("under", "few", "neither")
            assert "noise level" not in found.text
            assert "noise included" not in found.text
        else:
            assert "no noise" not in found.text


def test_a_recommended_degree_is_clearly_better_and_in_the_right_direction():
    seen = 0
    for result in STATES:
        found, model = verdict(result), result.settings.model
        match = re.search(r"prefers degree (\d+)", found.text)
        if not match:
            continue
        degree = int(match[1])
        assert (degree > model.degree) == (found.kind == "under")
        assert (degree < model.degree) == (found.kind == "over")
        assert "α" not in found.text
        curve = result.curve
        assert curve.true[degree - 1] < curve.true[model.degree - 1]
        if model.penalty in ("none", "ridge") and seen < 12:
            seen += 1
            train = result.parts.train
            cv = plain_folds(len(train.x), result.settings.folds.fold_seed)
            plain = {
                d: -cross_val_score(
                    plain_pipeline(model.replace(degree=d, alpha=result.fit.alpha or 0.1)),
                    train.x[:, None],
                    train.y,
                    scoring="neg_mean_squared_error",
                    cv=cv,
                )
                for d in (degree, model.degree)
            }
            error = plain[degree].std(ddof=1) / np.sqrt(len(plain[degree]))
            assert plain[model.degree].mean() > plain[degree].mean() + error * (1 - 1e-3)
    assert seen > 3


def test_advice_on_alpha_makes_it_better():
    for result in STATES:
        text, model = verdict(result).text, result.settings.model
        towards = 1 if "lower α" in text else -1 if "larger α" in text else 0
        if not towards:
            continue
        assert model.penalty != "none"
        assert not model.choose_alpha
        others = [model.alpha / 10.0 ** (towards * step) for step in range(1, 5)]
        errors = [
            other.true_error(other.fit.curve)
            for alpha in others
            if 1e-6 <= alpha <= 1e3
            for other in [RegressionResult(result.settings.replace(alpha=alpha))]
        ]
        assert min(errors) < result.true_error(result.fit.curve)


def test_text_alternatives_of_random_states_name_the_page_s_numbers():
    for result in STATES:
        words = fit_text(result), panel_text(result), alpha_text(result)
        for text in words:
            assert "nan" not in text
            assert not re.search(r"\binf\b|not finite", text)
        parts, fit = result.parts, result.fit
        assert words[0].startswith(f"{len(parts.train.x)} training and {len(parts.test.x)} test")
        assert result.truth.formula in words[0]
        assert ("test R² not defined" in words[0]) == bool(np.isnan(fit.test.r2))
        if result.settings.view.panel == "degree":
            curve = result.curve
            assert f"lowest at degree {curve.best}: " in words[1]
            lowest = int(DEGREES[np.argmin(curve.test)])
            assert f"The test error is lowest at degree {lowest}; choosing" in words[1]
        if result.chooses:
            assert f"Cross-validation chose α = {format_number(fit.alpha)}" in words[2]
            ends = np.isclose(fit.alpha, [1e-6, 1e3])
            assert ("end of the range" in words[2]) == bool(ends.any())
        else:
            assert words[2] == ""


def test_every_panel_has_its_own_words():
    texts = {
        panel: panel_text(result_of(panel=panel))
        for panel in ("degree", "residuals", "coefficients", "predicted")
    }
    assert len(set(texts.values())) == 4
    assert "choosing that degree would be choosing on test data" in texts["degree"]


def test_the_scale_on_which_a_penalty_acts_is_shown():
    assert scaling_text(result_of()) == ""
    for penalty in ("ridge", "lasso", "elastic"):
        assert scaling_text(result_of(penalty=penalty)) == SCALING
    assert "−1..1" in SCALING


@pytest.mark.parametrize(
    ("converged", "folds", "text"),
    [
        ([], [], ""),
        (
            [15],
            [],
            " The training and test errors at degree 15 are not to be trusted: "
            "the fit did not converge there.",
        ),
        (
            [],
            [7, 9, 10],
            " The cross-validation error at degrees 7, 9 and 10 is not to be trusted: "
            "the fit did not converge there.",
        ),
    ],
)
def test_unconverged_points_are_named(converged, folds, text):
    result = result_of(penalty="lasso")
    result.__dict__["curve"] = replace(
        result.curve,
        converged=~np.isin(DEGREES, converged),
        folds_converged=~np.isin(DEGREES, folds),
    )
    assert unconverged_text(result) == text
    assert panel_text(result).endswith(text)


def test_an_unconverged_fit_is_said():
    result = result_of(penalty="lasso")
    result.__dict__["fit"] = replace(result.fit, converged=False)
    assert alpha_text(result) == "The fit did not converge."


@pytest.fixture(scope="module")
def steps():
    """Return the texts of the notebook's steps, and the states that their buttons set."""
    return [(step.words, result_of(**step.changes)) for step in read_steps("regression")]


def test_steps_say_what_their_buttons_show(steps):
    (bias, line), (right, five), (variance, high), (more, many), (penalty, lasso), (level, last) = (
        steps[:6]
    )
    noise = 5.0

    def errors(result):
        return np.array([result.fit.train.rmse, result.fit.test.rmse])

    assert "well above the noise level" in bias
    assert min(errors(line)) > 1.9 * noise
    assert "more data would not help" in bias
    assert min(errors(result_of(degree=1, samples=5000))) > 1.9 * noise
    assert "comes close to the true function" in right
    assert five.true_error(five.fit.curve) < noise / 2
    assert "about the same, and both are close to the noise level" in right
    assert np.all(np.abs(errors(five) / noise - 1) < 0.15)
    assert "training error is lower than at degree 5" in variance
    assert errors(high)[0] < errors(five)[0]
    assert "more than three times as large" in variance
    assert 3 < errors(high)[1] / errors(five)[1] < 4
    assert "with 500 samples" in more
    assert many.settings == START.replace(degree=15, samples=500)
    assert "about the same again" in more
    assert abs(errors(many)[1] / errors(many)[0] - 1) < 0.1
    assert "less than half of what it is without" in penalty
    assert errors(lasso)[1] < errors(high)[1] / 2
    assert "some are exactly zero" in penalty
    assert np.any(lasso.fit.coefficients == 0)
    assert lasso.settings.model.choose_alpha
    assert "noise is twice as large" in level
    assert last.settings.data.noise == 2 * noise
    assert np.all(np.abs(errors(last) / 10 - 1) < 0.1)
    assert last.true_error(last.fit.curve) < 2.5


def test_the_last_step_is_the_demonstration_of_2017(steps):
    text, result = steps[6]
    data, split = result.settings.data, result.settings.split
    assert "50 samples between −3 and 2, little noise, a tenth of the data for testing" in text
    assert (data.samples, data.x_range, data.noise) == (50, (-3.0, 2.0), 1.0)
    assert (split.test_share, result.settings.model.degree) == (0.1, 1)
    assert len(result.parts.test.x) == 5
