"""The table and the text alternatives of the page on choosing a model."""

import numpy as np

from lively.engine.formatting import format_fixed, format_number, format_share
from lively.pages.model_selection.names import (
    candidate_text,
    count_text,
    criterion_text,
    is_at_end,
    model_text,
    short_value_text,
    value_text,
)
from lively.pages.model_selection.result import SelectionResult
from lively.pages.model_selection.reuse_text import evaluation_text
from lively.pages.model_selection.selection_frequency import METHODS, method_name
from lively.pages.model_selection.settings import CRITERIA, INFORMATION, SHORT
from lively.pages.model_selection.verdicts import verdict

#: Marks a choice at an end of the grid, and says so under the table.
END, END_NOTE = "*", "* end of the grid"
#: The same for a choice that rests on a fit that did not converge.
UNSURE, UNSURE_NOTE = "†", "† a fit did not converge"


def table_rows(result: SelectionResult) -> list[tuple[str, ...]]:
    """Return the table's rows: what each criterion chooses, by its lowest value and by the rule."""
    choices, family = result.criteria.choices, result.family
    names = [*dict(CRITERIA), "truth"]

    def cell(name: str, mark: str) -> str:
        place = choices.get(name + mark)
        if place is None:
            return ""
        # The true error rests on the fits to all training points, as AIC does.
        converged = result.criteria.converged("aic" if name == "truth" else name)[place]
        return (
            short_value_text(family, place)
            + END * is_at_end(family, place)
            + UNSURE * (not converged)
        )

    def row(mark: str) -> list[str]:
        return [cell(name, mark) for name in names]

    what = "α" if family.weights else "Degree"
    return [
        (what, *(SHORT[name] for name in names[:-1]), "True"),
        ("lowest", *row("")),
        ("1 SE", *row("+")),
    ]


def table_note(result: SelectionResult) -> str:
    """Return what stands under the table: what its mark means, if there is one."""
    cells = "".join(cell for row in table_rows(result) for cell in row)
    marks = ((END, END_NOTE), (UNSURE, UNSURE_NOTE))
    return "; ".join(meaning for mark, meaning in marks if mark in cells)


def use_count_text(result: SelectionResult) -> str:
    """Say how often the sample's test points have been used."""
    seen = result.seen_before
    used = f"test set used {count_text(seen)}" if seen else "test set not used yet"
    if result.opened and not result.fit.converged:
        return f"{used}; a fit did not converge"
    return used


def fit_text(result: SelectionResult) -> str:
    """Describe the picture of the fit."""
    data = result.settings.data
    low, high = data.x_range
    count = len(result.parts.test.x)
    test = (
        f"The {count} test points are shown: test R² {format_fixed(result.test.r2)}, not to be "
        "used for "
        f"choosing a model."
        if result.opened
        else f"The {count} test points are hidden."
    )
    unsure = "" if result.fit.converged else " Some of these fits did not converge."
    return (
        f"{len(result.parts.train.x)} training points for x from {format_number(low)} to "
        f"{format_number(high)}, "
        f"the true function {result.truth.formula}, the fit, {model_text(result.settings.model)}, "
        f"and five fits, each without one fifth of the training points.{unsure} {test}"
    )


def criteria_text(result: SelectionResult) -> str:
    """Describe the curves in figures: the present candidate's errors, and all choices."""
    found, place, family = result.criteria, result.place, result.family
    criterion = result.settings.rule.criterion
    rmse = np.sqrt([found.training[place], found.curve(criterion)[place], found.truth[place]])
    choices = ", ".join(
        f"{method_name(way)} {value_text(family, found.choices[way])}"
        for way in METHODS
        if way != "truth"
    )
    if criterion in INFORMATION:
        value_ = format_number(getattr(found, criterion)[place], 4)
        remark = f" {criterion_text(criterion)} itself is {value_}."
    else:
        remark = (
            f" The bars are ± 1 standard error over the folds, as if these were independent. The "
            f"lowest of {len(family.values)} cross-validation errors is an optimistic estimate."
        )
    return (
        f"RMSE against {family.name}, {value_text(family, 0)} to "
        f"{value_text(family, len(family.values) - 1)}. At {candidate_text(family, place)}: "
        "training "
        f"{format_number(rmse[0])}, {criterion_text(criterion)} {format_number(rmse[1])}, true "
        f"{format_number(rmse[2])}."
        f"{remark} Noise level {format_number(result.settings.data.noise)}. Choices: {choices}; "
        f"lowest true error {value_text(family, found.choices['truth'])}."
    )


def frequency_text(result: SelectionResult) -> str:
    """Describe in figures how often each way picks what."""
    picks, family = result.picks, result.family
    described = []
    costs = zip(picks.median_cost, picks.mean_cost, strict=True)
    for way, counts, cost in zip(METHODS, picks.counts, costs, strict=True):
        order = [int(place) for place in np.argsort(-counts, kind="stable")[:3] if counts[place]]
        described.append(
            f"{method_name(way)}: "
            + ", ".join(
                f"{value_text(family, place)} {count_text(int(counts[place]))}" for place in order
            )
            + (f", +{format_share(cost[0])} and +{format_share(cost[1])}" if way != "truth" else "")
        )
    return (
        f"How often each criterion chooses which {family.name} on {picks.sets} simulated data "
        f"sets; the three most frequent, and the median and mean by which the true RMSE of a "
        f"choice is above the lowest. {'; '.join(described)}."
    )


def learning_curve_text(result: SelectionResult) -> str:
    """Describe the learning curve in figures."""
    sizes = result.learning.sizes
    train, held_out, true = np.sqrt(result.learning.medians(result.own_place)[:, -1])
    return (
        f"Median RMSE against the number of points fitted, {sizes[0]} to {sizes[-1]}. At "
        f"{sizes[-1]}: training {format_fixed(train)}, validation {format_fixed(held_out)}, "
        f"true {format_fixed(true)}."
    )


def panel_text(result: SelectionResult) -> str:
    """Describe the second picture, whichever is chosen."""
    found = verdict(result)
    match result.settings.view.panel:
        case "curves":
            return f"{criteria_text(result)} {found}"
        case "picks":
            return f"{frequency_text(result)} {found}"
        case "splits":
            return f"Distribution of the test R² over random splits. {found}"
        case "learning":
            return learning_curve_text(result) + f" {found}"
        case "path":
            return f"Coefficients of the standardized powers of x against α. {found}"
        case "geometry":
            return f"Two coefficients, with lines of equal squared error. {found}"
    listed = "".join(f" {evaluation_text(look)}." for look in result.rivals)
    return f"RMSE of every model evaluated on the test set, in their order.{listed} {found}"
