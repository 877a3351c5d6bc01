"""Sentences on the curve-fitting page."""

from itertools import combinations

import numpy as np

from lively.engine.formatting import format_fixed, format_number, format_percent
from lively.pages.curve_fit.coverage import DATA_SETS, LEVEL
from lively.pages.curve_fit.interval_text import (
    bias_reasons,
    coverage_doubts,
    has_doubts,
    join_words,
    parameter_names,
    plural,
    remarks,
    select_words,
)
from lively.pages.curve_fit.model import CONFIDENCE
from lively.pages.curve_fit.parametric_curves import X_RANGE
from lively.pages.curve_fit.result import CurveFitResult
from lively.pages.curve_fit.settings import RANGES
from lively.ui.verdict import Verdict

#: A fit that ends at so many times the loss of the best one found has ended elsewhere.
ELSEWHERE = 1.05
#: Decimals past which a number of the table is rounding noise: steps of parameters are 0.05.
DECIMALS = 6


def rounding_loss(result: CurveFitResult) -> float:
    """Return the loss below which a fit passes through all points, but for rounding."""
    return 1e-9 * float(np.sum(result.points.y**2)) + 1e-12


def verdict(result: CurveFitResult) -> Verdict:
    """Say whether the fit converged, where, and whether the intervals contain the truth."""
    fit, more = result.fit, remarks(result)

    def found(kind: str, heading: str, *text: str) -> Verdict:
        return Verdict(kind, heading, " ".join(filter(None, [*text, *more])))

    if not fit.ended:
        return found("over", "The fit did not converge.", _stopped(result))
    if elsewhere := _elsewhere(result):
        return found("over", "A local minimum.", elsewhere)
    if not fit.determined:
        return found(
            "over",
            "Not determined.",
            "Other values of the parameters fit the points as well as these, so that there are no "
            "standard errors.",
        )
    said = parameter_names(result)
    spans = np.array([RANGES[name][1] - RANGES[name][0] for name in result.curve.parameters])
    if vague := select_words(said, 2 * fit.reach > spans):
        one = len(vague) == 1
        return found(
            "over",
            "Poorly determined.",
            f"The 95 % {'interval' if one else 'intervals'} of {join_words(vague)} "
            f"{'is' if one else 'are'} longer than the whole range of "
            f"{'its slider' if one else 'their sliders'}: the points contain almost no "
            f"information about "
            f"{'it' if one else 'them'}.",
        )
    data = result.settings.data
    if data.noise == 0 and fit.cost <= rounding_loss(result):
        if np.allclose(fit.values, result.truth, rtol=1e-3, atol=1e-3):
            return found(
                "neither",
                "Essentially exact.",
                "There is no noise, and the fit finds the true values.",
            )
        return found(
            "over",
            "Another curve.",
            "There is no noise, and this curve passes through all points, but it is not the true "
            "one.",
        )
    missed = select_words(said, ~fit.holds(result.truth))
    does = plural(len(missed), "interval of {} does not contain its true value.",
                     "intervals of {} do not contain their true values.")  # fmt: skip
    every = "both" if len(said) == 2 else f"all {len(said)}"
    if has_doubts(result):
        return found(
            "over",
            "Intervals not to be trusted.",
            "They may cover the true values in less than 95 % of data sets.",
            *coverage_doubts(result),
            f"Here {plural(len(missed), 'that', 'those')} of {join_words(missed)} "
            f"{plural(len(missed), 'misses its true value', 'miss their true values')}."
            if missed
            else f"Here {every} true values lie within them.",
        )
    if missed:
        # Bonferroni's bound: the intervals of one fit are not independent.
        chance = format_percent(len(said) * (1 - CONFIDENCE))
        return found(
            "over",
            "Some true values are missed." if len(missed) > 1 else "One true value is missed.",
            f"The 95 % {does.format(join_words(missed))}",
            f"Even where every interval covers as stated, at least one misses in up to {chance} of "
            "data sets.",
        )
    return found(
        "neither",
        "The intervals contain the true values.",
        f"{every.capitalize()} true values lie within their 95 % intervals.",
    )


def _stopped(result: CurveFitResult) -> str:
    """Say what is shown of a fit that did not converge, and what may help."""
    fit = result.settings.fit
    help = "other starting values" if fit.start == "own" else "starting values of your own"
    bounds = " or positive bounds" if fit.bounds == "none" else ""
    return f"The curve that is shown is its start. Try {help}{bounds}."


def _elsewhere(result: CurveFitResult) -> str:
    """Say that a lower loss is known than the fit's, and where it is from; nothing if not."""
    fit, best, floor = result.fit, result.best, rounding_loss(result)
    if not best.ended or fit.cost <= ELSEWHERE * best.cost + floor:
        return ""
    lower = (
        f"the loss is {format_number(fit.cost / best.cost)} times that of the best fit found"
        if best.cost > floor
        else f"the loss is {format_number(fit.cost)}, "
        "and the best fit found passes through all points"
    )
    why = (
        "No small step from here lowers the loss"
        if fit.determined
        else "The loss is almost flat here (tiny gradient)"
    )
    others = (
        "Only one other start was tried, the true values"
        if result.settings.fit.start == "automatic"
        else "Only two other starts were tried, the true values and the automatic ones"
    )
    return (
        f"From this start the optimizer ends where {lower}. {why}, so it stops. {others}: this is "
        "no global search."
    )


def table_rows(result: CurveFitResult) -> list[tuple[str, str, str, str, str]]:
    """Return the table's rows: name, truth, estimate, standard error, interval."""

    def written(value: float) -> str:
        return format_number(round(value, DECIMALS) + 0.0)

    fit = result.fit
    found = []
    for name, truth, value, error, reach in zip(
        parameter_names(result), result.truth, fit.values, fit.errors, fit.reach, strict=True
    ):
        if not fit.ended:
            found.append((name, format_number(truth), "none", "none", "none"))
            continue
        known = np.isfinite(error)
        interval = (
            f"{written(value - reach)} to {written(value + reach)}" if known else "not determined"
        )
        found.append(
            (name, format_number(truth), written(value), written(error) if known else "∞", interval)
        )
    return found


def error_name(result: CurveFitResult) -> str:
    """Return the name of the standard errors that are shown."""
    return "Std. error" if result.settings.fit.loss == "linear" else "Robust s.e."


def coverage_text(result: CurveFitResult) -> str:
    """Say whether the intervals contain the truth as often as stated, and if not, why."""
    data, counted = result.settings.data, result.coverage
    if data.noise == 0 and not result.points.outlier.any():
        return "Without noise all data sets are the same, and there is nothing to count."
    if counted.count < DATA_SETS:
        return f"{counted.count} of {DATA_SETS} data sets counted."
    less, more = (chance < counted.limit for chance in counted.chance)
    test = f"(exact binomial test at {format_number(100 * LEVEL)} %)"
    if not less.any():
        if more.any():
            said = join_words(select_words(parameter_names(result), more))
            return f"More than kept for {said}: longer intervals than needed {test}."
        return f"Kept: no share differs significantly from 95 % {test}."
    why = bias_reasons(result)[:1]
    if counted.lost:
        sets = plural(counted.lost, "data set", "data sets")
        why = [f"In {counted.lost} {sets} there is no interval.", *why]
    elif not why:
        why = coverage_doubts(result)[:1]
    return " ".join(
        [f"Not kept for {join_words(select_words(parameter_names(result), less))}.", *why]
    )


def curve_text(result: CurveFitResult) -> str:
    """Describe the picture of the points and the curves."""
    points, fit = result.points, result.fit
    fitted = (
        f"the fitted curve{' with its 95 % band' if fit.determined else ''}, and the curve at the "
        "starting values"
        if fit.ended
        else "and the curve at the starting values, which is all there is of the fit"
    )
    estimates = ", ".join(f"{name.lower()} {value} (true {truth})"
                          for name, truth, value, *_ in table_rows(result))  # fmt: skip
    errors = (
        "Standard errors as scipy's curve_fit gives them."
        if result.settings.fit.loss == "linear"
        else "Standard errors from a sandwich covariance, as the loss is not squares."
    )
    strays = int(points.outlier.sum())
    return (
        f"{len(points.x)} points for x from {format_number(X_RANGE[0])} to "
        f"{format_number(X_RANGE[1])}, "
        f"{strays or 'none'} of them {plural(strays, 'an outlier', 'outliers')}, the true "
        f"curve, {fitted}. {result.curve.label}: {estimates}. {errors} {verdict(result)}"
    )


def panel_text(result: CurveFitResult) -> str:
    """Describe the second picture, whichever is chosen."""
    fit, said, data = result.fit, parameter_names(result), result.settings.data
    match result.settings.view.panel:
        case "coverage":
            counted = result.coverage
            shares = ", ".join(
                f"{name.lower()} {format_percent(share)} ({format_percent(low)} to "
                f"{format_percent(high)})"
                for name, share, low, high in zip(said, counted.share, *counted.limits, strict=True)
            )
            return (
                f"How often the 95 % interval contains the true value, over {counted.count} of "
                f"{DATA_SETS} simulated data sets, each fitted from the true values: {shares}. In "
                f"brackets the 95 % interval of the share (Wilson's). {coverage_text(result)}"
            )
        case "correlation":
            if not fit.determined:
                return "Correlation of the estimates: not determined."
            pairs = ", ".join(
                f"{said[i].lower()} and {said[j].lower()} {format_fixed(fit.correlation[i, j])}"
                for i, j in combinations(range(len(said)), 2)
            )
            return f"Correlation of the {len(said)} estimates: {pairs}."
    left = result.points.y - fit(result.points.x)
    band = f", with a band of the noise level, ± {format_number(data.noise)}" if data.noise else ""
    shown = "Residuals" if fit.ended else "Distances from the starting curve"
    return (
        f"{shown} over x{band}. Root mean square: "
        f"{format_number(float(np.sqrt(np.mean(left**2))))}; largest in absolute value: "
        f"{format_number(float(np.abs(left).max()))}."
    )
