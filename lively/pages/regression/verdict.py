"""Whether the fit under- or overfits, what is to blame, and what would help."""

import numpy as np

from lively.engine.fields import bounds
from lively.engine.formatting import format_fixed, format_number
from lively.learning.polynomial_settings import LOWEST, PolynomialSettings
from lively.learning.scores import ROUNDING
from lively.pages.regression.error_limits import SMALL
from lively.pages.regression.model import fit_model
from lively.pages.regression.result import RegressionResult
from lively.ui.verdict import Verdict

#: Another alpha is recommended if one of so many, each so many times the other, lowers the true
#: error by this share.
STEPS, STEP, GAIN = 4, 10.0, 0.02
LEAST, MOST = bounds(PolynomialSettings.model_fields["alpha"])

HEADINGS: dict[str, str] = {
    "under": "Underfitting.",
    "over": "Overfitting.",
    "both": "Under- and overfitting.",
    "few": "Too few training points.",
    "neither": "Neither under- nor overfitting shows.",
}
NO_NOISE = "Approximation error only."


def ratio_number(ratio: float) -> str:
    """Write a ratio: with as many digits as it takes to compare it with its neighbours."""
    return f"{format_fixed(ratio) if ratio < 10 else format_number(ratio, 2)} times"


def rounding_error(result: RegressionResult) -> float:
    """Return the error up to which predictions are right but for rounding.

    A test input far beyond the training inputs makes a rounding error there a million times larger.
    """
    y = np.concatenate([result.parts.train.y, result.parts.test.y])
    return 1e4 * ROUNDING * float(np.abs(y).max())


def passes_through(result: RegressionResult) -> bool:
    """Whether the curve passes through every training point."""
    largest = float(np.abs(result.parts.train.y).max())
    return result.fit.train.rmse <= max(10 * ROUNDING * largest, 1e-300)


def underfits(result: RegressionResult) -> bool:
    """Whether the training error is larger than noise explains, and the model cannot do better.

    The second is known from the same fit to outputs without noise.
    """
    chance, noise = result.chance, result.settings.data.noise
    return result.fit.train.rmse > chance.training and chance.train_misfit > SMALL * noise


def overfits(result: RegressionResult) -> bool:
    """Whether the test error is larger than chance explains, and following the noise is the cause.

    Where the curve passes through every training point, the test error is compared with the noise.
    """
    chance, fit = result.chance, result.fit
    if passes_through(result):
        larger = fit.test.rmse > chance.test
    else:
        larger = fit.test.rmse > chance.ratio * fit.train.rmse
    return larger and chance.noise_followed > chance.test_misfit


def too_few(result: RegressionResult) -> bool:
    """Whether the curve meets all points although it is no more flexible than the truth takes."""
    return passes_through(result) and result.settings.model.degree <= result.chance.enough


def verdict(result: RegressionResult) -> Verdict:
    """Judge the fit by its two errors and the noise, which is known for simulated data."""
    if result.settings.data.noise == 0:
        return without_noise(result)
    under, over = underfits(result), overfits(result)
    if too_few(result):
        return Verdict("few", HEADINGS["few"], few_points_text(result))
    if under and over:
        text = (
            f"{above_noise_text(result)} {ratio_text(result)} The fit does not carry over to new "
            "points."
        )
        return Verdict("both", HEADINGS["both"], text)
    if under:
        text = f"{above_noise_text(result)}{remedy_text(result, +1)}"
        return Verdict("under", HEADINGS["under"], text)
    if over:
        compared = exact_fit_text(result) if passes_through(result) else ratio_text(result)
        text = f"{compared}{remedy_text(result, -1)}"
        return Verdict("over", HEADINGS["over"], text)
    text = exact_fit_text(result) if passes_through(result) else ratio_text(result)
    level = f"The noise level is {format_number(result.settings.data.noise)}."
    return Verdict("neither", HEADINGS["neither"], f"{text} {level}")


def without_noise(result: RegressionResult) -> Verdict:
    """Judge a fit to data without noise, where there is nothing but the function to learn."""
    fit, tiny = result.fit, rounding_error(result)
    if max(fit.train.rmse, fit.test.rmse) <= tiny:
        text = "Both errors are zero up to rounding: the curve passes through every point."
        return Verdict("neither", HEADINGS["neither"], text)
    cause = "There is no noise, so all of the error is misfit (approximation error)"
    if passes_through(result):
        count = len(result.parts.train.x)
        text = (
            f"The curve passes through all {count} training points, but not through the test "
            f"points: the test RMSE is {format_fixed(fit.test.rmse)}. {cause}."
        )
        return Verdict("few", HEADINGS["few"], text)
    text = (
        f"{cause}: {format_number(fit.train.rmse)} in training, {format_number(fit.test.rmse)} in "
        "the test."
    )
    return Verdict("under", NO_NOISE, f"{text}{remedy_text(result, +1)}")


def above_noise_text(result: RegressionResult) -> str:
    """Say how far the training error lies above the noise."""
    train, noise = result.fit.train.rmse, result.settings.data.noise
    return (
        f"The training error {format_fixed(train)} is {ratio_number(train / noise)} the noise "
        "level "
        f"{format_number(noise)}; noise explains up to {format_fixed(result.chance.training)}. "
        f"The curve misses the shape."
    )


def ratio_text(result: RegressionResult) -> str:
    """Say how the test error compares with the training error, and with what chance explains."""
    train, test, limit = result.fit.train.rmse, result.fit.test.rmse, result.chance.ratio
    apart = (
        f"The test error {format_fixed(test)} is {ratio_number(test / train)} the training error "
        f"{format_fixed(train)}"
    )
    if not np.isfinite(limit):
        return f"{apart}; with so few training points, any ratio can be chance."
    return f"{apart}; chance alone explains up to {ratio_number(limit)}."


def exact_fit_text(result: RegressionResult) -> str:
    """Say that the training error is zero, and how large the test error is."""
    noise = result.settings.data.noise
    return (
        f"The curve passes through every training point, noise included. The test error "
        f"{format_fixed(result.fit.test.rmse)} is {ratio_number(result.fit.test.rmse / noise)} "
        "the noise level "
        f"{format_number(noise)}."
    )


def few_points_text(result: RegressionResult) -> str:
    """Say that there are as many coefficients as training points."""
    count = len(result.parts.train.x)
    return (
        f"{count} training points determine the {result.settings.model.degree + 1} coefficients "
        f"exactly, noise included, so the training error says nothing. The test error is "
        f"{format_fixed(result.fit.test.rmse)}."
    )


def remedy_text(result: RegressionResult, towards: int) -> str:
    """Say what would help, if something does: another penalty, or another degree.

    Parameters
    ----------
    result : RegressionResult
    towards : int
        +1 for a more flexible model, −1 for a less flexible one.
    """
    return penalty_remedy_text(result, towards) or degree_remedy_text(result, towards)


def penalty_remedy_text(result: RegressionResult, towards: int) -> str:
    """Blame the penalty if it is the cause."""
    model, chance = result.settings.model, result.chance
    if model.penalty == "none":
        return ""
    if towards > 0 and chance.unpenalized_misfit > chance.train_misfit / 2:
        return ""
    if result.chooses:
        return " The penalty causes it: cross-validation chose this α." if towards > 0 else ""
    if not would_help(result, towards):
        return ""
    return " The penalty is too strong: lower α." if towards > 0 else " A larger α would help."


def would_help(result: RegressionResult, towards: int) -> bool:
    """Whether the true error is lower at a weaker (+1) or a stronger (−1) penalty."""
    settings, model = result.settings, result.settings.model
    for steps in range(1, STEPS + 1):
        alpha = model.alpha / STEP ** (steps * towards)
        if not LEAST <= alpha <= MOST:
            return False
        curve = fit_model(settings.data, settings.split, model, alpha).curve
        if result.true_error(curve) < (1 - GAIN) * result.true_error(result.fit.curve):
            return True
    return False


def degree_remedy_text(result: RegressionResult, towards: int) -> str:
    """Say which degree cross-validation prefers, if it is clear, and of use.

    Clear is more than one standard error; of use is a lower true error, which is known here.
    """
    curve, degree = result.curve, result.settings.model.degree
    best = curve.best
    if (best - degree) * towards <= 0 or not curve.clearly_worse(degree):
        return ""
    if curve.true[best - LOWEST] >= (1 - GAIN) * curve.true[degree - LOWEST]:
        return ""
    return f" Cross-validation on the training points prefers degree {best}."
