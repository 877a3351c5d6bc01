"""All pages, the states in which their controls have an effect, and a move of each control."""

from itertools import combinations

from lively.engine.fields import Choices, Grid, Interval, bounds, find_metadata
from lively.pages import all_pages

#: The kinds of pages by the names of their classes.
PAGES = {kind.__name__: kind for kind in all_pages()}
#: How many data sets are drawn anew, and how long a network learns: fewer will do in tests.
FEWER = {
    "lively.pages.model_selection.selection_frequency.DATA_SETS": 4,
    "lively.pages.curve_fit.coverage.DATA_SETS": 4,
    "lively.pages.classification.fitting.EPOCHS": 10,
}


def folder(kind):
    """Return the name of a page's folder, which is its notebook's name as well."""
    return kind.__module__.split(".")[2]


def fields_of(settings):
    """Return every setting's field by the setting's name; a value or a class of settings."""
    return {
        name: field
        for group in settings.groups().values()
        for name, field in group.model_fields.items()
    }


def allowed_choices(field):
    """Return the values that a field with few of them may take."""
    if choices := find_metadata(field, Choices):
        return [value for value, _ in choices.labels]
    return [False, True] if field.annotation is bool else []


def panels(settings):
    """Return the changes that lead from a page's start to each of its panels."""
    field = fields_of(settings).get("panel")
    return [{"panel": value} for value in allowed_choices(field)] if field else [{}]


def states(start):
    """Find states of a page, one choice or two from its start, in which its settings have effects.

    Parameters
    ----------
    start : PageSettings

    Yields
    ------
    changes : dict
        What leads to the state from the start.
    names : list of str
        The settings that have an effect there, and had none in the states before; at last, from
        the start, those that the page shows nowhere.
    """
    left = list(start.flat())
    single = [
        {name: value}
        for name, field in fields_of(start).items()
        for value in allowed_choices(field)
    ]
    pairs = [{**one, **two} for one, two in combinations(single, 2) if one.keys() != two.keys()]
    for changes in ({}, *single, *pairs):
        there = start.replace(**changes)
        without_effect = {*there.inactive(), *there.absent()}
        # To move a choice that brought the page here might take the others' effect away.
        names = [name for name in left if name not in without_effect and name not in changes]
        if names:
            yield changes, names
            left = [name for name in left if name not in names]
    if left:
        yield {}, left


def next_value(field, value):
    """Return the value one step above `value`, or below it where there is none above."""
    if choices := allowed_choices(field):
        place = choices.index(value)
        return choices[place + 1 if place + 1 < len(choices) else place - 1]
    if interval := find_metadata(field, Interval):
        low, high = value
        return interval.steps.snap(low + interval.steps.step), high
    grid, (low, high) = find_metadata(field, Grid), bounds(field)
    if grid.log and field.annotation is int:
        stops = sorted({*grid.whole_stops(low, high), value})
        place = stops.index(value)
        return stops[place + 1 if place + 1 < len(stops) else place - 1]
    if grid.log:
        above, below = (10 ** (grid.exponent(value) + sign * grid.step) for sign in (1, -1))
    else:
        above, below = value + grid.step, value - grid.step
    return field.annotation(grid.snap(above if above <= high * (1 + 1e-9) else below))
