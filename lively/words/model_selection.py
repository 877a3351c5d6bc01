"""Words on the page on choosing a model: computed from the result, never more than it shows."""

import numpy as np

from lively.models.looks import judge
from lively.models.picks import WAYS, way_name
from lively.numbers import fixed, number
from lively.results.model_selection import SelectionResult
from lively.settings.model_selection import CRITERIA, SHORT
from lively.words.selection_names import (
    candidate,
    criterion_name,
    model_name,
    short_value,
    times,
    value,
)
from lively.words.selection_verdicts import verdict


def rows(result: SelectionResult) -> list[tuple[str, ...]]:
    """Return the table's rows: what each criterion chooses, by its lowest value and by the rule."""
    choices, family = result.criteria.choices, result.family
    names = [*dict(CRITERIA), "truth"]

    def row(mark: str) -> list[str]:
        found = (choices.get(name + mark) for name in names)
        return ["" if place is None else short_value(family, place) for place in found]

    what = "α" if family.weights else "Degree"
    return [
        (what, *(SHORT[name] for name in names)),
        ("lowest", *row("")),
        ("1 SE", *row("+")),
    ]


def seal_text(result: SelectionResult) -> str:
    """Say how often the sample's test points have been looked at."""
    seen = result.seen_before
    return f"looked at {times(seen)}" if seen else "not looked at yet"


def fit_text(result: SelectionResult) -> str:
    """Describe the picture of the fit."""
    data = result.settings.data
    low, high = data.x_range
    test = (
        f"The {len(result.parts.test.x)} test points are open: test R² {fixed(result.test.r2)}, "
        f"a score that must not choose."
        if result.opened
        else f"{len(result.parts.test.x)} test points are sealed."
    )
    return (
        f"{len(result.parts.train.x)} training points for x from {number(low)} to {number(high)}, "
        f"the true function {result.truth.formula}, the fit, {model_name(result.settings.model)}, "
        f"and five fits that each do without a fifth of the training points. {test}"
    )


def curve_words(result: SelectionResult) -> str:
    """Describe the curves in figures: the present candidate's errors, and all choices."""
    found, place, family = result.criteria, result.place, result.family
    criterion = result.settings.rule.criterion
    rmse = np.sqrt([found.training[place], found.curve(criterion)[place], found.truth[place]])
    choices = ", ".join(
        f"{way_name(way)} {value(family, found.choices[way])}" for way in WAYS if way != "truth"
    )
    information = ""
    if criterion in ("aic", "bic"):
        information = (
            f" {criterion.upper()} itself is {number(getattr(found, criterion)[place], 4)}."
        )
    return (
        f"Root mean squared error against {family.name}, {value(family, 0)} to "
        f"{value(family, len(family.values) - 1)}. At {candidate(family, place)}: training "
        f"{number(rmse[0])}, {criterion_name(criterion)} {number(rmse[1])}, true {number(rmse[2])}."
        f"{information} Noise level {number(result.settings.data.noise)}. Choices: {choices}; "
        f"lowest true error {value(family, found.choices['truth'])}."
    )


def picks_words(result: SelectionResult) -> str:
    """Describe in figures how often each way picks what."""
    picks, family = result.picks, result.family
    said = []
    for way, counts in zip(WAYS, picks.counts, strict=True):
        order = [int(place) for place in np.argsort(-counts, kind="stable")[:3] if counts[place]]
        said.append(
            f"{way_name(way)}: "
            + ", ".join(f"{value(family, place)} {times(int(counts[place]))}" for place in order)
        )
    return (
        f"How often each way of choosing picks which {family.name} on {picks.sets} data sets drawn "
        f"anew; the three most frequent of each. {'; '.join(said)}."
    )


def panel_text(result: SelectionResult) -> str:
    """Describe the second picture, whichever is chosen."""
    said = verdict(result)
    match result.settings.view.panel:
        case "curves":
            return f"{curve_words(result)} {said}"
        case "picks":
            return f"{picks_words(result)} {said}"
        case "splits":
            return f"Distribution of the test R² over splits. {said}"
        case "learning":
            sizes = result.learning.sizes
            return f"Errors against the number of points, {sizes[0]} to {sizes[-1]}. {said}"
        case "path":
            return f"Coefficients of the scaled powers against α. {said}"
        case "geometry":
            return f"Two coefficients, with the lines of equal squared error. {said}"
    looks = [
        f"{model_name(look.model)}: test {fixed(shown)} ± {fixed(error)}, true {fixed(true)}"
        for look in result.rivals
        for shown, true, error in (judge(look).roots,)
    ]
    listed = f" {'; '.join(looks)}." if looks else ""
    return f"RMSE of every model that was looked at, in their order.{listed} {said}"
