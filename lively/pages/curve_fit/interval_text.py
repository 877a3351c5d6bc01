"""Why estimates and intervals of the curve-fitting page may be wrong, in sentences."""

from itertools import compress

import numpy as np

from lively.engine.formatting import format_number, format_percent
from lively.pages.curve_fit.data import LEAST_OFF
from lively.pages.curve_fit.interval_checks import BEND
from lively.pages.curve_fit.parametric_curves import LEAST_WIDTH, X_RANGE
from lively.pages.curve_fit.result import CurveFitResult
from lively.pages.curve_fit.settings import RANGES


def parameter_names(result: CurveFitResult) -> list[str]:
    """Return the names of the curve's parameters."""
    return [RANGES[name][3] for name in result.curve.parameters]


def join_words(words: list[str]) -> str:
    """Write words as a list: a, b and c."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]])).lower()


def plural(count: int, one: str, more: str) -> str:
    """Return the form of a word that goes with so many things."""
    return one if count == 1 else more


def centres_outside(result: CurveFitResult) -> list[str]:
    """Return the true centres outside the data that the points do not determine, as words."""
    data, trust = result.settings.data, result.trust
    return [
        f"{RANGES[name][3].lower()} ({format_number(getattr(data, name))})"
        for name, bend in zip(result.curve.parameters, trust.bend, strict=True)
        if name.startswith("centre")
        and not X_RANGE[0] <= getattr(data, name) <= X_RANGE[1]
        and not bend <= BEND
    ]


def lower_frequency(result: CurveFitResult) -> float | None:
    """Return the lower frequency that gives the same points as the true one, if there is one.

    A cosine at even distances is also that of its alias, beyond half the sampling rate.
    """
    data = result.settings.data
    rate = (data.samples - 1) / (X_RANGE[1] - X_RANGE[0])
    if data.curve == "damped" and data.frequency > rate / 2:
        return float(abs(rate - data.frequency))
    return None


def bias_reasons(result: CurveFitResult) -> list[str]:
    """Say why estimates may be far from the truth in every data set of this kind."""
    data, fit, said = result.settings.data, result.settings.fit, []
    if away := centres_outside(result):
        lies, them = plural(len(away), "lies", "lie"), plural(len(away), "it", "them")
        said.append(
            f"The true {' and '.join(away)} {lies} outside the data, from "
            f"{format_number(X_RANGE[0])} to "
            f"{format_number(X_RANGE[1])}: the points contain little information about {them}."
        )
    if data.noise_mean:
        moved = "up" if data.noise_mean > 0 else "down"
        said.append(f"The noise mean shifts all points {moved}, which biases the estimates.")
    if share := float(np.mean(result.points.outlier)):
        some = f"the outliers ({format_percent(share)} of the points)"
        if fit.loss == "linear":
            said.append(f"Squares give {some} much weight; a robust loss gives them less.")
        elif fit.f_scale >= LEAST_OFF:
            said.append(
                f"With a loss scale of {format_number(fit.f_scale)}, even this loss gives "
                f"{some} much "
                "weight."
            )
    if (other := lower_frequency(result)) is not None:
        said.append(
            f"With so few points, a frequency of {format_number(data.frequency)} cannot be told "
            "from one "
            f"of {format_number(other)} (aliasing)."
        )
    return said


def has_doubts(result: CurveFitResult) -> bool:
    """Say whether the intervals may cover less often than stated."""
    return bool(
        result.trust.biased
        or result.trust.bent
        or result.trust.exposed
        or result.trust.near.any()
        or result.fit.bound
        or lower_frequency(result) is not None
    )


def coverage_doubts(result: CurveFitResult) -> list[str]:
    """Say why the intervals may cover less often than stated, as far as `bias_reasons` does not."""
    trust, said = result.trust, []
    if trust.bent and not centres_outside(result):
        said.append("Over their length the curve is far from linear in its parameters.")
    if trust.exposed:
        said.append("Outliers may fall on the few points that determine the curve.")
    if result.fit.bound or trust.near.any():
        said.append("They take no account of the bounds.")
    return said


def remarks(result: CurveFitResult) -> list[str]:
    """Say what else should be known of the fit."""
    fit, said = result.fit, bias_reasons(result)
    if not fit.ended:
        return said
    impossible = [
        RANGES[name][3]
        for name, value in zip(result.curve.parameters, fit.values, strict=True)
        if value < 0 and not name.startswith("centre")
    ]
    if impossible:
        said.append(
            f"The {join_words(impossible)} came out negative; positive bounds prevent that."
        )
    if fit.flipped:
        flipped = join_words([RANGES[name][3] for name in fit.flipped])
        said.append(f"The {flipped} came out negative; its sign changes nothing.")
    if fit.bound:
        kept = join_words([RANGES[name][3] for name in fit.bound])
        said.append(f"The {kept} ended at the bound, {LEAST_WIDTH}.")
    if fit.exchanged:
        said.append("The two peaks came out in the other order, which changes nothing.")
    return said


def select_words(words: list[str], which: object) -> list[str]:
    """Return the words that are chosen by a row of true and false."""
    return list(compress(words, np.asarray(which, dtype=bool)))
