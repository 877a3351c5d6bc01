"""Random settings for hypothesis, read off the fields' own declarations."""

from hypothesis import strategies as st

from lively.engine.fields import Choices, Grid, Interval, bounds, find_metadata
from lively.pages.regression.settings import RegressionSettings


def values(field):
    """Return a strategy for the values of one field."""
    if choices := find_metadata(field, Choices):
        return st.sampled_from([value for value, _ in choices.labels])
    if interval := find_metadata(field, Interval):
        ends = st.floats(interval.low, interval.high - interval.gap)
        return ends.flatmap(
            lambda low: st.floats(low + interval.gap, interval.high).map(
                lambda high: (interval.steps.snap(low), interval.steps.snap(high))
            )
        ).filter(lambda pair: pair[1] - pair[0] >= interval.gap)
    steps = find_metadata(field, Grid)
    if steps is None:
        return st.booleans()
    low, high = bounds(field)
    if field.annotation is int:
        return st.integers(low, high)
    if steps.log:
        return st.floats(steps.exponent(low), steps.exponent(high)).map(lambda e: 10.0**e)
    return st.floats(low, high)


def page_settings(kind):
    """Return a strategy for all settings of a page: a subclass of PageSettings."""
    fields = {
        name: field
        for group in kind.groups().values()
        for name, field in group.model_fields.items()
    }
    return st.fixed_dictionaries({name: values(field) for name, field in fields.items()}).map(
        lambda changes: kind().replace(**changes)
    )


def regression_settings():
    """Return a strategy for all settings of the regression page."""
    return page_settings(RegressionSettings)


def drawn(kind, rng):
    """Return random settings of a page; a limit now and then.

    How much is computed (whole numbers over a wide range, but for seeds, which are typed) is at
    most half as much again as the least.

    Parameters
    ----------
    kind : subclass of PageSettings
    rng : random.Random
    """
    fields = [f for group in kind.groups().values() for f in group.model_fields.items()]
    return kind().replace(**{name: _drawn(field, rng) for name, field in fields})


def _drawn(field, rng):
    if choices := find_metadata(field, Choices):
        return rng.choice([value for value, _ in choices.labels])
    if interval := find_metadata(field, Interval):
        low = rng.uniform(interval.low, interval.high - interval.gap)
        high = rng.uniform(low + interval.gap, interval.high)
        low, high = interval.steps.snap(low), interval.steps.snap(high)
        return low, max(high, interval.steps.snap(low + interval.gap))
    steps = find_metadata(field, Grid)
    if steps is None:
        return rng.random() < 0.5
    low, high = bounds(field)
    if steps.slider and field.annotation is int and high - low > 100:
        high = low + low // 2
    if rng.random() < 0.2:
        return rng.choice([low, high])
    if field.annotation is int:
        return rng.randint(low, high)
    if steps.log:
        return min(high, 10 ** rng.uniform(steps.exponent(low), steps.exponent(high)))
    return rng.uniform(low, high)
