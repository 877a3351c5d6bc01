"""What the numbers say, in sentences: computed from the result, never more than it shows."""

import numpy as np

from lively.engine.formatting import format_number, format_polynomial
from lively.learning.polynomial_settings import DEGREES
from lively.pages.regression.result import RegressionResult
from lively.pages.regression.verdict import verdict
from lively.ui.sentences import r2_text, sample_text, scores_text

#: What the penalty acts on.
SCALING = "x mapped to −1..1, powers standardized."


def fit_text(result: RegressionResult) -> str:
    """Describe the picture of the fit."""
    settings, fit = result.settings, result.fit
    return (
        f"{sample_text(settings.data, result.parts)}, and the fitted polynomial of degree "
        f"{settings.model.degree}. {scores_text(fit.train, fit.test)} {verdict(result)}"
    )


def panel_text(result: RegressionResult) -> str:
    """Describe the second picture."""
    fit = result.fit
    match result.settings.view.panel:
        case "residuals":
            return (
                "Residuals over x. Largest in absolute value: "
                "training "
                f"{format_number(np.abs(result.parts.train.y - fit.train_predicted).max())}, "
                f"test {format_number(np.abs(result.parts.test.y - fit.test_predicted).max())}."
            )
        case "coefficients":
            values = fit.coefficients
            zeros = int(np.sum(values == 0))
            return (
                f"Coefficients of the {len(values)} standardized powers of x. Largest in absolute "
                f"value: {format_number(values[np.argmax(np.abs(values))])}. Exactly zero: {zeros}."
            )
        case "predicted":
            return (
                "Predicted against actual values, training and test side by side. "
                f"R² {r2_text(fit.train.r2)} and {r2_text(fit.test.r2)}."
            )
    curve = result.curve
    lowest = int(DEGREES[np.argmin(curve.test)])
    return (
        f"RMSE against degree 1 to {DEGREES[-1]}. At degree {result.settings.model.degree}: "
        f"training {format_number(fit.train.rmse)}, test {format_number(fit.test.rmse)}. "
        "Cross-validation on "
        f"the training points is lowest at degree {curve.best}: "
        f"{format_number(float(curve.validated.root.min()))}. The test error is lowest at degree "
        f"{lowest}; choosing that degree would be choosing on test data. "
        f"Noise level {format_number(result.settings.data.noise)}."
        f"{unconverged_text(result)}"
    )


def degrees_text(found: np.ndarray) -> str:
    """Write the degrees at which something holds: "degree 7", "degrees 7, 9 and 10"."""
    named = [str(degree) for degree in DEGREES[found]]
    if len(named) == 1:
        return f"degree {named[0]}"
    return f"degrees {', '.join(named[:-1])} and {named[-1]}"


def unconverged_text(result: RegressionResult) -> str:
    """Say which points of the curve rest on fits that did not converge."""
    curve = result.curve
    said = ""
    for name, found in (
        ("training and test errors", ~curve.converged),
        ("cross-validation error", ~curve.folds_converged),
    ):
        if found.any():
            verb = "are" if name.endswith("s") else "is"
            said += (
                f" The {name} at {degrees_text(found)} {verb} not to be trusted: "
                f"the fit did not converge there."
            )
    return said


def alpha_text(result: RegressionResult) -> str:
    """Say which alpha cross-validation chose, where in its range, and whether the fit converged."""
    fit, choice, said = result.fit, result.choice, []
    if choice is not None:
        where = ""
        if choice.at_end:
            where = ", at the end of the range tried; the best may lie beyond"
        said.append(f"Cross-validation chose α = {format_number(choice.alpha)}{where}.")
        if not choice.converged.all():
            count = int(np.sum(~choice.converged))
            said.append(f"{count} of {len(choice.converged)} α did not converge.")
    if not fit.converged:
        said.append("The fit did not converge.")
    return " ".join(said)


def scaling_text(result: RegressionResult) -> str:
    """Say on which scale of x the penalty acts."""
    return "" if result.settings.model.penalty == "none" else SCALING


def equation_text(result: RegressionResult) -> str:
    """Write the fitted polynomial in the user's own x."""
    return format_polynomial(result.fit.polynomial(), result.fit.grid)
