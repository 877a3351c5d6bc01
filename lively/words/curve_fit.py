"""Sentences on the curve-fitting page."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lively.curves import SPAN
from lively.models.curve_fit import DATA_SETS
from lively.numbers import fixed, number
from lively.results.curve_fit import CurveFitResult
from lively.settings.curve_fit import RANGES

#: A search that ends at so many times the loss of the best known one has ended elsewhere.
ELSEWHERE = 1.05

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


def outside(result: CurveFitResult) -> list[str]:
    """Return the true centres that lie outside the data, as words."""
    data = result.settings.data
    return [
        f"{RANGES[name][3].lower()} {number(getattr(data, name))}"
        for name in result.curve.parameters
        if name.startswith("centre") and not SPAN[0] <= getattr(data, name) <= SPAN[1]
    ]


def remarks(result: CurveFitResult) -> str:
    """Say what else should be known of the fit."""
    said = []
    if away := outside(result):
        said.append(
            f"The true {' and '.join(away)} lies outside the data, from {number(SPAN[0])} to "
            f"{number(SPAN[1])}: the points say little of it."
        )
    said += [
        f"The {RANGES[name][3].lower()} came out negative; its sign changes nothing."
        for name in result.fit.flipped
    ]
    if (share := np.mean(result.points.outlier)) and result.settings.fit.loss == "linear":
        said.append(f"Squares give the {share:.0%} outliers much weight; another loss spares them.")
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
        return Verdict(
            "over",
            "A wrong optimum.",
            f"From this start the search ends where the loss is {number(ratio)} times that of a "
            f"search that starts at the truth. Nothing around is better, so it stops.{more}",
        )
    if not fit.determined:
        return Verdict(
            "over",
            "Not determined.",
            f"Many values of the parameters meet the points as well as these, so that standard "
            f"errors cannot be given.{more}",
        )
    missed = [n for n, held in zip(names(result), fit.holds(result.truth), strict=True) if not held]
    if result.settings.data.noise == 0 and fit.cost <= floor + 1e-12:
        return Verdict(
            "neither",
            "All but exact.",
            f"There is no noise, and the search finds the truth.{more}",
        )
    if missed:
        return Verdict(
            "over",
            "Some of the truth is missed.",
            f"The 95 % interval does not hold the true {', '.join(missed).lower()}. Of many "
            f"intervals, one in twenty does so by chance.{more}",
        )
    return Verdict(
        "neither",
        "The intervals hold the truth.",
        f"All {len(names(result))} parameters lie within their 95 % intervals.{more}",
    )


def rows(result: CurveFitResult) -> list[tuple[str, str, str, str, str]]:
    """Return the table's rows: name, truth, estimate, standard error, interval."""
    fit = result.fit
    found = []
    for name, truth, value, error, reach in zip(
        names(result), result.truth, fit.values, fit.errors, fit.reach, strict=True
    ):
        known = np.isfinite(error)
        interval = (
            f"{number(value - reach)} to {number(value + reach)}" if known else "not determined"
        )
        found.append(
            (name, number(truth), number(value), number(error) if known else "∞", interval)
        )
    return found


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
    fit = result.fit
    match result.settings.view.panel:
        case "coverage":
            counted = result.coverage
            shares = ", ".join(
                f"{name.lower()} {share:.1%} ± {spread:.1%}"
                for name, share, spread in zip(
                    names(result), counted.share, counted.spread, strict=True
                )
            )
            return (
                f"How often the 95 % interval holds the truth, over {counted.count} of {DATA_SETS} "
                f"data sets drawn anew, each fitted from the truth: {shares}."
            )
        case "correlation":
            if not fit.determined:
                return "Correlation of the estimates: not determined."
            count = len(fit.values)
            apart = np.abs(fit.correlation - np.eye(count))
            row, column = divmod(int(np.argmax(apart)), count)
            said = names(result)
            return (
                f"Correlation of the {count} estimates. Largest in absolute value: "
                f"{fixed(fit.correlation[row, column])} between {said[row].lower()} and "
                f"{said[column].lower()}."
            )
    left = result.points.y - fit(result.points.x)
    return f"Residuals over x. Largest in absolute value: {number(float(np.abs(left).max()))}."
