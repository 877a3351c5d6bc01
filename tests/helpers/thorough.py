"""How thorough a run is: all that there is, or a quick look at each thing."""

import pytest

#: How many times fewer random examples a quick run looks at.
FEWER_TIMES = 10
_quick = False


def be_quick(quick):
    """Say whether this run is a quick one, before any test module is imported."""
    global _quick
    _quick = quick


def examples(count):
    """Return how many of `count` random examples this run looks at: all, or a tenth."""
    return max(3, count // FEWER_TIMES) if _quick else count


def quick_are(quick, *thorough):
    """Return parameters of a test of which a quick run takes only the first few.

    Parameters
    ----------
    quick : list
        What every run takes: values, or tuples of them.
    *thorough
        What only a thorough run takes as well.
    """
    marked = [
        pytest.param(*(each if isinstance(each, tuple) else (each,)), marks=pytest.mark.thorough)
        for each in thorough
    ]
    return [*quick, *marked]
