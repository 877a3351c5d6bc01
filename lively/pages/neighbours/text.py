"""What the page on nearest neighbours says of its result."""

from lively import Verdict, sample_text, scores_text
from lively.engine.formatting import format_fixed, format_number
from lively.pages.neighbours.result import NeighboursResult
from lively.ui.verdict import GOOD


def verdict(result: NeighboursResult) -> Verdict:
    """Say whether k is too small or too large, by leave-one-out cross-validation."""
    k, fits, noise = result.k, result.fits, result.settings.data.noise
    lowest, better = fits.validated.best + 1, fits.better_than(k)
    here, best = (format_fixed(fits.validated.root[each - 1]) for each in (k, lowest))
    compared = ", the lowest" if k == lowest else f" and lowest at k = {lowest}, {best}"
    text = f"The cross-validated RMSE is {here} at k = {k}{compared}"
    level = f"The noise level is {format_number(noise)}."
    if better is None:
        text += "." if k == lowest else ": no clear difference."
        return Verdict(GOOD, "Neither under- nor overfitting shows.", text, level)
    if noise == 0:
        return Verdict("under", "Approximation error only.", f"{text}. There is no noise.")
    if better > k:
        text += ": the mean of so few follows the noise."
        return Verdict("over", "Overfitting.", text, level)
    text += ": the mean of so many misses the shape."
    return Verdict("under", "Underfitting.", text, level)


def count_note(result: NeighboursResult) -> str:
    """Say that there are fewer training points than the control asks for."""
    count = len(result.parts.train.x)
    missing = result.settings.model.k > count
    return f"Only {count} training points, so all are averaged." if missing else ""


def fit_text(result: NeighboursResult) -> str:
    """Describe the figure of the fit."""
    weighted = ", weighted by distance" * (result.settings.model.weights == "distance")
    return (
        f"{sample_text(result.settings.data, result.parts)}, and the mean of the {result.k} "
        f"nearest training points{weighted}. {scores_text(result.train, result.test)} "
        f"{verdict(result)}"
    )
