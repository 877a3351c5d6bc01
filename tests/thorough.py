"""How thorough a run is: all that there is, or a quick look at each thing."""

#: How many times fewer random examples a quick run looks at.
FEWER_TIMES = 5
_quick = False


def be_quick(quick):
    """Say whether this run is a quick one, before any test module is imported."""
    global _quick
    _quick = quick


def examples(count):
    """Return how many of `count` random examples this run looks at: all, or a fifth."""
    return max(3, count // FEWER_TIMES) if _quick else count
