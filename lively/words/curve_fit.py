"""Sentences on the curve-fitting page."""

from dataclasses import dataclass
from itertools import combinations, compress
from typing import Literal

import numpy as np

from lively.curves import LEAST, SPAN
from lively.models.curve_fit import CONFIDENCE, DATA_SETS
from lively.numbers import fixed, number, percent
from lively.results.curve_fit import CurveFitResult
from lively.settings.curve_fit import RANGES

#: A search that ends at so many times the loss of the best known one has ended elsewhere.
ELSEWHERE = 1.05
#: Standard errors by which a counted share must differ from the promise before the words say so.
SURE = 3
#: Decimals past which a number of the table is rounding noise: steps of parameters are 0.05.
DECIMALS = 6

Kind = Literal["over", "neither"]


@dataclass(frozen=True)
class Verdict:
    """What became of the fit, and the figures that say so."""

    kind: Kind
    heading: str
    text: str

    def __str__(self) -> str:
        return f"{self.heading} {self.text}"


def names(result: CurveFitResult) -> list[str]:
    """Return the names of the curve's parameters."""
    return [RANGES[name][3] for name in result.curve.parameters]


def listed(words: list[str]) -> str:
    """Write words as a list: a, b and c."""
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]])).lower()


def outside(result: CurveFitResult) -> list[str]:
    """Return the true centres that lie outside the data, as words."""
    data = result.settings.data
    return [
        f"{RANGES[name][3].lower()} ({number(getattr(data, name))})"
        for name in result.curve.parameters
        if name.startswith("centre") and not SPAN[0] <= getattr(data, name) <= SPAN[1]
    ]


def reasons(result: CurveFitResult) -> list[str]:
    """Say why estimates may be far from the truth in every data set of this kind."""
    data, loss, said = result.settings.data, result.settings.fit.loss, []
    if away := outside(result):
        said.append(
            f"The true {' and '.join(away)} lies outside the data, from {number(SPAN[0])} to "
            f"{number(SPAN[1])}: the points say little of it."
        )
    if data.noise_mean:
        moved = "lifts" if data.noise_mean > 0 else "lowers"
        said.append(f"The noise mean {moved} all points, and no parameter stands for it.")
    if (share := np.mean(result.points.outlier)) and loss == "linear":
        said.append(
            f"Squares give the {percent(float(share))} outliers much weight; another loss spares "
            "them."
        )
    rate = (data.samples - 1) / (SPAN[1] - SPAN[0])
    if data.curve == "damped" and data.frequency > rate / 2:
        # A cosine at even distances is also that of its alias, beyond half the rate.
        said.append(
            f"So few points cannot tell a frequency of {number(data.frequency)} from one of "
            f"{number(rate - data.frequency)}."
        )
    return said


def remarks(result: CurveFitResult) -> str:
    """Say what else should be known of the fit."""
    fit, said = result.fit, reasons(result)
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
        said.append(f"The {kept} ended at the bound, {LEAST}: standard errors do not know of it.")
    if fit.exchanged:
        said.append("The peaks came out in the other order, which means nothing.")
    return "".join(f" {sentence}" for sentence in said)


def verdict(result: CurveFitResult) -> Verdict:
    """Say whether the search ended, where, and whether the intervals hold the truth."""
    fit, best, more = result.fit, result.best, remarks(result)
    if not fit.ended:
        return Verdict(
            "over",
            "The search came to no end.",
            f"The curve that is shown is its start. Try other starting values, or bounds.{more}",
        )
    floor = 1e-9 * float(np.sum(result.points.y**2))
    if best.ended and fit.cost > ELSEWHERE * best.cost + floor:
        ratio = fit.cost / max(best.cost, floor or 1e-12)
        why = (
            "Nothing around is better, so it stops."
            if fit.determined
            else "There the points hardly feel the parameters, and nothing leads it on."
        )
        return Verdict(
            "over",
            "A wrong optimum.",
            f"From this start the search ends where the loss is {number(ratio)} times that of a "
            f"search that starts at the truth. {why}{more}",
        )
    if not fit.determined:
        return Verdict(
            "over",
            "Not determined.",
            f"Many values of the parameters meet the points as well as these, so that standard "
            f"errors cannot be given.{more}",
        )
    said = names(result)
    spans = np.array([RANGES[name][1] - RANGES[name][0] for name in result.curve.parameters])
    if vague := list(compress(said, 2 * fit.reach > spans)):
        return Verdict(
            "over",
            "Hardly determined.",
            f"The 95 % interval of {listed(vague)} is longer than its slider: the "
            f"points say next to nothing of it.{more}",
        )
    if result.settings.data.noise == 0 and fit.cost <= floor + 1e-12:
        return Verdict(
            "neither",
            "All but exact.",
            f"There is no noise, and the search finds the truth.{more}",
        )
    if missed := list(compress(said, ~fit.holds(result.truth))):
        # Bonferroni's bound: the intervals of one fit are not independent.
        chance = percent(len(said) * (1 - CONFIDENCE))
        luck = f" If all keep their promise, one fails by chance in up to {chance} of data sets."
        return Verdict(
            "over",
            "Some of the truth is missed.",
            f"The 95 % interval does not hold the true {listed(missed)}."
            f"{'' if reasons(result) else luck}{more}",
        )
    return Verdict(
        "neither",
        "The intervals hold the truth.",
        f"All {len(said)} parameters lie within their 95 % intervals.{more}",
    )


def rows(result: CurveFitResult) -> list[tuple[str, str, str, str, str]]:
    """Return the table's rows: name, truth, estimate, standard error, interval."""

    def written(value: float) -> str:
        return number(round(value, DECIMALS) + 0.0)

    fit = result.fit
    found = []
    for name, truth, value, error, reach in zip(
        names(result), result.truth, fit.values, fit.errors, fit.reach, strict=True
    ):
        known = np.isfinite(error)
        interval = (
            f"{written(value - reach)} to {written(value + reach)}" if known else "not determined"
        )
        found.append(
            (name, number(truth), written(value), written(error) if known else "∞", interval)
        )
    return found


def promise(result: CurveFitResult) -> str:
    """Say whether the intervals hold the truth as often as they should, and if not, why."""
    data, fit, counted = result.settings.data, result.settings.fit, result.coverage
    if data.noise == 0 and data.outliers == 0:
        return "Without noise all data sets are the same, and there is nothing to count."
    if counted.count < DATA_SETS:
        return f"{counted.count} of {DATA_SETS} data sets counted."
    allowed = SURE * np.sqrt(CONFIDENCE * (1 - CONFIDENCE) / DATA_SETS)
    low = counted.share < CONFIDENCE - allowed
    if not low.any():
        if np.any(counted.share > CONFIDENCE + allowed):
            return "More than kept: the intervals are longer than they need be."
        return (
            f"Kept: no share is further from 95 % than {percent(allowed)}, {SURE} standard errors "
            "of the count."
        )
    why = reasons(result)[:1]
    if counted.lost:
        why = [f"In {counted.lost} data sets the points determine no interval.", *why]
    elif not why and fit.loss != "linear":
        why = ["For a loss other than squares, standard errors are approximations."]
    elif not why:
        why = ["The intervals take the curve for straight in its parameters, and it is too bent."]
    return f"Not kept for {listed(list(compress(names(result), low)))}. {' '.join(why)}"


def curve_text(result: CurveFitResult) -> str:
    """Describe the picture of the points and the curves."""
    points = result.points
    estimates = ", ".join(f"{name.lower()} {value} (true {truth})"
                          for name, truth, value, *_ in rows(result))  # fmt: skip
    return (
        f"{len(points.x)} points for x from {number(SPAN[0])} to {number(SPAN[1])}, "
        f"{int(points.outlier.sum())} of them outliers, the true curve, the fitted curve with its "
        f"95 % band, and the curve that the search began with. {result.curve.label}: {estimates}. "
        f"{verdict(result)}"
    )


def panel_text(result: CurveFitResult) -> str:
    """Describe the second picture, whichever is chosen."""
    fit, said = result.fit, names(result)
    match result.settings.view.panel:
        case "coverage":
            counted = result.coverage
            shares = ", ".join(
                f"{name.lower()} {percent(share)} ± {percent(spread)}"
                for name, share, spread in zip(said, counted.share, counted.spread, strict=True)
            )
            return (
                f"How often the 95 % interval holds the truth, over {counted.count} of {DATA_SETS} "
                f"data sets drawn anew, each fitted from the truth: {shares}. {promise(result)}"
            )
        case "correlation":
            if not fit.determined:
                return "Correlation of the estimates: not determined."
            pairs = ", ".join(
                f"{said[i].lower()} and {said[j].lower()} {fixed(fit.correlation[i, j])}"
                for i, j in combinations(range(len(said)), 2)
            )
            return f"Correlation of the {len(said)} estimates: {pairs}."
    left = result.points.y - fit(result.points.x)
    return (
        f"Residuals over x, with a band as high as the noise level, ± "
        f"{number(result.settings.data.noise)}. Root of their mean square: "
        f"{number(float(np.sqrt(np.mean(left**2))))}; largest in absolute value: "
        f"{number(float(np.abs(left).max()))}."
    )
