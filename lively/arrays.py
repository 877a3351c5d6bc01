"""The type of arrays of numbers, and arrays that are locked."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Values = TypeVar("Values", bound=NDArray[Any])


def read_only(values: Values) -> Values:
    """Return `values` locked, since cached results are shared."""
    values.flags.writeable = False
    return values
