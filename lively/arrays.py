"""The type of arrays of numbers, and read-only arrays."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Values = TypeVar("Values", bound=NDArray[Any])


def read_only(values: Values) -> Values:
    """Return `values` made read-only, since cached results are shared."""
    values.flags.writeable = False
    return values
