"""What the numbers say, in sentences: computed from the result, never more than it shows."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import chdtri, fdtri

from lively.diagnostics import DEGREES
from lively.numbers import equation, fixed, number
from lively.results.regression import RegressionResult

#: How sure a difference must be before the words call it one.
CONFIDENCE = 0.975

Kind = Literal["under", "over", "both", "neither"]


@dataclass(frozen=True)
class Verdict:
    """Whether the model under- or overfits, and the figures that say so."""

    kind: Kind
    heading: str
    text: str

    def __str__(self) -> str:
        return f"{self.heading} {self.text}"


def times(ratio: float) -> str:
    """Write a ratio: with as many digits as it takes to compare it with its neighbours."""
    return f"{fixed(ratio) if ratio < 10 else number(ratio, 2)} times"


def exceeds_noise(rmse: float, noise: float, points: int, scale: float) -> bool:
    """Whether a training error is larger than noise explains.

    The mean of `points` squared normal errors exceeds ``noise² χ²(points) / points`` at its upper
    quantile only once in forty samples; fitting makes it smaller still.
    """
    if noise == 0:
        return rmse > 1e-6 * scale
    return bool(rmse**2 > noise**2 * chdtri(points, 1 - CONFIDENCE) / points)


def chance_ratio(train_points: int, test_points: int) -> float:
    """Return the ratio of test to training error that chance alone exceeds once in forty samples.

    For two mean squares of the same normal errors: the root of the F distribution's quantile.
    """
    return float(np.sqrt(fdtri(test_points, train_points, CONFIDENCE)))


def verdict(result: RegressionResult) -> Verdict:
    """Judge the fit by its two errors and the noise level, which is known since we made the data.

    Underfitting: the training error is larger than the noise explains. Overfitting: the test error
    is larger than the training error by more than chance explains. Degrees are recommended by
    cross-validation on the training points only.
    """
    fit, settings = result.fit, result.settings
    noise = settings.data.noise
    points = len(result.parts.train.x), len(result.parts.test.x)
    scale = float(np.std(result.parts.train.y)) or 1.0
    train, test = fit.train.rmse, fit.test.rmse
    exact = train <= 1e-9 * scale
    chance = chance_ratio(*points)
    under = exceeds_noise(train, noise, points[0], scale)
    over = test > 1e-6 * scale if exact else test > chance * train

    above_noise = f"The training error {fixed(train)} " + (
        f"is {times(train / noise)} the noise level {number(noise)}"
        if noise
        else "is not noise, for there is none"
    )
    if exact:
        apart = f"The curve meets every training point, but the test error is {fixed(test)}"
    else:
        apart = f"The test error {fixed(test)} is {times(test / train)} the training error"
        apart += "" if under else f" {fixed(train)}"
    if under and over:
        return Verdict(
            "both",
            "Under- and overfitting.",
            f"{above_noise}: the curve misses the shape. {apart}: it also follows its noise.",
        )
    if under:
        return Verdict(
            "under", "Underfitting.", f"{above_noise}: the curve misses the shape.{advice(result)}"
        )
    if over:
        limit = "" if exact else f"; chance alone explains up to {times(chance)}"
        return Verdict("over", "Overfitting.", f"{apart}{limit}.{advice(result)}")
    if exact:
        text = "Both errors are practically zero: the curve meets every point."
    else:
        text = (
            f"{apart}; chance alone explains up to {times(chance)}. "
            f"The noise level is {number(noise)}."
        )
    return Verdict("neither", "Neither under- nor overfitting shows.", text)


def advice(result: RegressionResult) -> str:
    """Say which degree cross-validation prefers, if it is another one."""
    best, degree = result.curve.best, result.settings.model.degree
    if best == degree:
        return ""
    return f" Cross-validation on the training points prefers degree {best}."


def fit_text(result: RegressionResult) -> str:
    """Describe the picture of the fit."""
    data, model = result.settings.data, result.settings.model
    low, high = data.x_range
    return (
        f"{len(result.parts.train.x)} training and {len(result.parts.test.x)} test points "
        f"for x from {number(low)} to {number(high)}, the true function {result.truth.formula}, "
        f"and the fitted polynomial of degree {model.degree}. "
        f"Training R² {fixed(result.fit.train.r2)}, test R² {fixed(result.fit.test.r2)}. "
        f"{verdict(result)}"
    )


def panel_text(result: RegressionResult) -> str:
    """Describe the second picture, whichever is chosen."""
    fit, curve = result.fit, result.curve
    match result.settings.view.panel:
        case "residuals":
            return (
                "Residuals over x. Largest in absolute value: "
                f"training {number(np.abs(result.parts.train.y - fit.train_predicted).max())}, "
                f"test {number(np.abs(result.parts.test.y - fit.test_predicted).max())}."
            )
        case "coefficients":
            values = fit.coefficients
            zeros = int(np.sum(values == 0))
            return (
                f"Coefficients of the {len(values)} scaled powers of x. Largest in absolute value: "
                f"{number(values[np.argmax(np.abs(values))])}. Exactly zero: {zeros}."
            )
        case "predicted":
            return (
                "Predicted against actual values, training and test side by side. "
                f"R² {fixed(fit.train.r2)} and {fixed(fit.test.r2)}."
            )
    lowest = int(DEGREES[np.argmin(curve.test)])
    return (
        f"RMSE against degree 1 to {DEGREES[-1]}. At degree {result.settings.model.degree}: "
        f"training {number(fit.train.rmse)}, test {number(fit.test.rmse)}. Cross-validation on "
        f"the training points is lowest at degree {curve.best}: "
        f"{number(curve.validation.min())}. The test error is lowest at degree {lowest}, "
        f"which is a choice made on test data. Noise level {number(result.settings.data.noise)}."
    )


def alpha_text(result: RegressionResult) -> str:
    """Say which alpha cross-validation chose, and whether the solver came to its end."""
    fit, model = result.fit, result.settings.model
    said = []
    if model.choose_alpha and fit.alpha is not None:
        said.append(f"Cross-validation chose α = {number(fit.alpha)}.")
    if not fit.converged:
        said.append("The solver stopped before it converged.")
    return " ".join(said)


def equation_text(result: RegressionResult) -> str:
    """Write the fitted polynomial in the user's own x."""
    return equation(result.fit.polynomial(), result.fit.grid)
