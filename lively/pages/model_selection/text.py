"""The table and the text alternatives of the page on choosing a model."""

import numpy as np

from lively.engine.formatting import fixed, number, share
from lively.pages.model_selection.names import (
    at_end,
    candidate,
    criterion_name,
    model_name,
    short_value,
    times,
    value,
)
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.reuse_text import evaluation
from lively.pages.model_selection.selection_frequency import WAYS, way_name
from lively.pages.model_selection.settings import CRITERIA, INFORMATION, SHORT
from lively.pages.model_selection.verdicts import verdict

#: Marks a choice at an end of the grid, and says so under the table.
END, END_NOTE = "*", "* end of the grid"
#: The same for a choice that rests on a fit that did not converge.
UNSURE, UNSURE_NOTE = "†", "† a fit did not converge"


def rows(result: SelectionResult) -> list[tuple[str, ...]]:
    """Return the table's rows: what each criterion chooses, by its lowest value and by the rule."""
    choices, family = result.criteria.choices, result.family
    names = [*dict(CRITERIA), "truth"]

    def cell(name: str, mark: str) -> str:
        place = choices.get(name + mark)
        if place is None:
            return ""
        # The true error rests on the fits to all training points, as AIC does.
        converged = result.criteria.converged("aic" if name == "truth" else name)[place]
        return short_value(family, place) + END * at_end(family, place) + UNSURE * (not converged)

    def row(mark: str) -> list[str]:
        return [cell(name, mark) for name in names]

    what = "α" if family.weights else "Degree"
    return [
        (what, *(SHORT[name] for name in names[:-1]), "True"),
        ("lowest", *row("")),
        ("1 SE", *row("+")),
    ]


def note(result: SelectionResult) -> str:
    """Return what stands under the table: what its mark means, if there is one."""
    cells = "".join(cell for row in rows(result) for cell in row)
    marks = ((END, END_NOTE), (UNSURE, UNSURE_NOTE))
    return "; ".join(meaning for mark, meaning in marks if mark in cells)


def seal_text(result: SelectionResult) -> str:
    """Say how often the sample's test points have been used."""
    seen = result.seen_before
    used = f"test set used {times(seen)}" if seen else "test set not used yet"
    if result.opened and not result.fit.converged:
        return f"{used}; a fit did not converge"
    return used


def fit_text(result: SelectionResult) -> str:
    """Describe the picture of the fit."""
    data = result.settings.data
    low, high = data.x_range
    count = len(result.parts.test.x)
    test = (
        f"The {count} test points are shown: test R² {fixed(result.test.r2)}, not to be used for "
        f"choosing a model."
        if result.opened
        else f"The {count} test points are hidden."
    )
    unsure = "" if result.fit.converged else " Some of these fits did not converge."
    return (
        f"{len(result.parts.train.x)} training points for x from {number(low)} to {number(high)}, "
        f"the true function {result.truth.formula}, the fit, {model_name(result.settings.model)}, "
        f"and five fits, each without one fifth of the training points.{unsure} {test}"
    )


def curve_words(result: SelectionResult) -> str:
    """Describe the curves in figures: the present candidate's errors, and all choices."""
    found, place, family = result.criteria, result.place, result.family
    criterion = result.settings.rule.criterion
    rmse = np.sqrt([found.training[place], found.curve(criterion)[place], found.truth[place]])
    choices = ", ".join(
        f"{way_name(way)} {value(family, found.choices[way])}" for way in WAYS if way != "truth"
    )
    if criterion in INFORMATION:
        value_ = number(getattr(found, criterion)[place], 4)
        remark = f" {criterion_name(criterion)} itself is {value_}."
    else:
        remark = (
            f" The bars are ± 1 standard error over the folds, as if these were independent. The "
            f"lowest of {len(family.values)} cross-validation errors is an optimistic estimate."
        )
    return (
        f"RMSE against {family.name}, {value(family, 0)} to "
        f"{value(family, len(family.values) - 1)}. At {candidate(family, place)}: training "
        f"{number(rmse[0])}, {criterion_name(criterion)} {number(rmse[1])}, true {number(rmse[2])}."
        f"{remark} Noise level {number(result.settings.data.noise)}. Choices: {choices}; "
        f"lowest true error {value(family, found.choices['truth'])}."
    )


def picks_words(result: SelectionResult) -> str:
    """Describe in figures how often each way picks what."""
    picks, family = result.picks, result.family
    described = []
    costs = zip(picks.median_cost, picks.mean_cost, strict=True)
    for way, counts, cost in zip(WAYS, picks.counts, costs, strict=True):
        order = [int(place) for place in np.argsort(-counts, kind="stable")[:3] if counts[place]]
        described.append(
            f"{way_name(way)}: "
            + ", ".join(f"{value(family, place)} {times(int(counts[place]))}" for place in order)
            + (f", +{share(cost[0])} and +{share(cost[1])}" if way != "truth" else "")
        )
    return (
        f"How often each criterion chooses which {family.name} on {picks.sets} simulated data "
        f"sets; the three most frequent, and the median and mean by which the true RMSE of a "
        f"choice is above the lowest. {'; '.join(described)}."
    )


def learning_words(result: SelectionResult) -> str:
    """Describe the learning curve in figures."""
    sizes = result.learning.sizes
    train, held_out, true = np.sqrt(result.learning.medians(result.own_place)[:, -1])
    return (
        f"Median RMSE against the number of points fitted, {sizes[0]} to {sizes[-1]}. At "
        f"{sizes[-1]}: training {fixed(train)}, validation {fixed(held_out)}, true {fixed(true)}."
    )


def panel_text(result: SelectionResult) -> str:
    """Describe the second picture, whichever is chosen."""
    found = verdict(result)
    match result.settings.view.panel:
        case "curves":
            return f"{curve_words(result)} {found}"
        case "picks":
            return f"{picks_words(result)} {found}"
        case "splits":
            return f"Distribution of the test R² over random splits. {found}"
        case "learning":
            return learning_words(result) + f" {found}"
        case "path":
            return f"Coefficients of the standardized powers of x against α. {found}"
        case "geometry":
            return f"Two coefficients, with lines of equal squared error. {found}"
    listed = "".join(f" {evaluation(look)}." for look in result.rivals)
    return f"RMSE of every model evaluated on the test set, in their order.{listed} {found}"
