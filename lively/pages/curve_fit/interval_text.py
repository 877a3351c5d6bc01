"""Why estimates and intervals of the curve-fitting page may be wrong, in sentences."""

from itertools import compress

import numpy as np

from lively.engine.formatting import number, percent
from lively.pages.curve_fit.data import LEAST_OFF
from lively.pages.curve_fit.interval_checks import BEND
from lively.pages.curve_fit.parametric_curves import LEAST, SPAN
from lively.pages.curve_fit.result import CurveFitResult
from lively.pages.curve_fit.settings import RANGES


def names(result: CurveFitResult) -> list[str]:
    """Return the names of the curve's parameters."""
    return [RANGES[name][3] for name in result.curve.parameters]


def listed(words: list[str]) -> str:
    """Write words as a list: a, b and c."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]])).lower()


def by_number(count: int, one: str, more: str) -> str:
    """Return the form of a word that goes with so many things."""
    return one if count == 1 else more


def outside(result: CurveFitResult) -> list[str]:
    """Return the true centres outside the data that the points do not determine, as words."""
    data, trust = result.settings.data, result.trust
    return [
        f"{RANGES[name][3].lower()} ({number(getattr(data, name))})"
        for name, bend in zip(result.curve.parameters, trust.bend, strict=True)
        if name.startswith("centre")
        and not SPAN[0] <= getattr(data, name) <= SPAN[1]
        and not bend <= BEND
    ]


def alias(result: CurveFitResult) -> float | None:
    """Return the lower frequency that gives the same points as the true one, if there is one.

    A cosine at even distances is also that of its alias, beyond half the sampling rate.
    """
    data = result.settings.data
    rate = (data.samples - 1) / (SPAN[1] - SPAN[0])
    if data.curve == "damped" and data.frequency > rate / 2:
        return float(abs(rate - data.frequency))
    return None


def reasons(result: CurveFitResult) -> list[str]:
    """Say why estimates may be far from the truth in every data set of this kind."""
    data, fit, said = result.settings.data, result.settings.fit, []
    if away := outside(result):
        lies, them = by_number(len(away), "lies", "lie"), by_number(len(away), "it", "them")
        said.append(
            f"The true {' and '.join(away)} {lies} outside the data, from {number(SPAN[0])} to "
            f"{number(SPAN[1])}: the points contain little information about {them}."
        )
    if data.noise_mean:
        moved = "up" if data.noise_mean > 0 else "down"
        said.append(f"The noise mean shifts all points {moved}, which biases the estimates.")
    if share := float(np.mean(result.points.outlier)):
        some = f"the outliers ({percent(share)} of the points)"
        if fit.loss == "linear":
            said.append(f"Squares give {some} much weight; a robust loss gives them less.")
        elif fit.f_scale >= LEAST_OFF:
            said.append(
                f"With a loss scale of {number(fit.f_scale)}, even this loss gives {some} much "
                "weight."
            )
    if (other := alias(result)) is not None:
        said.append(
            f"With so few points, a frequency of {number(data.frequency)} cannot be told from one "
            f"of {number(other)} (aliasing)."
        )
    return said


def doubtful(result: CurveFitResult) -> bool:
    """Say whether the intervals may cover less often than stated."""
    return bool(
        result.trust.biased
        or result.trust.bent
        or result.trust.exposed
        or result.trust.near.any()
        or result.fit.bound
        or alias(result) is not None
    )


def doubts(result: CurveFitResult) -> list[str]:
    """Say why the intervals may cover less often than stated, as far as `reasons` does not."""
    trust, said = result.trust, []
    if trust.bent and not outside(result):
        said.append("Over their length the curve is far from linear in its parameters.")
    if trust.exposed:
        said.append("Outliers may fall on the few points that determine the curve.")
    if result.fit.bound or trust.near.any():
        said.append("They take no account of the bounds.")
    return said


def remarks(result: CurveFitResult) -> list[str]:
    """Say what else should be known of the fit."""
    fit, said = result.fit, reasons(result)
    if not fit.ended:
        return said
    impossible = [
        RANGES[name][3]
        for name, value in zip(result.curve.parameters, fit.values, strict=True)
        if value < 0 and not name.startswith("centre")
    ]
    if impossible:
        said.append(f"The {listed(impossible)} came out negative; positive bounds prevent that.")
    if fit.flipped:
        flipped = listed([RANGES[name][3] for name in fit.flipped])
        said.append(f"The {flipped} came out negative; its sign changes nothing.")
    if fit.bound:
        kept = listed([RANGES[name][3] for name in fit.bound])
        said.append(f"The {kept} ended at the bound, {LEAST}.")
    if fit.exchanged:
        said.append("The two peaks came out in the other order, which changes nothing.")
    return said


def chosen(words: list[str], which: object) -> list[str]:
    """Return the words that are chosen by a row of true and false."""
    return list(compress(words, np.asarray(which, dtype=bool)))
