"""Declarations of settings: the grid, choices or interval of a field, each in one place.

The classes here go into the annotation of a field, beside pydantic's own. Widgets, checks and error
texts are all derived from these declarations.
"""

import math
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from annotated_types import Ge, Le
from pydantic import Field, GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

Metadata = TypeVar("Metadata")


@dataclass(frozen=True)
class Grid:
    """The grid of values that a number may take, and its format.

    Parameters
    ----------
    step : float
        Distance between neighbouring values; on a logarithmic grid, of their exponents.
    format : str
        Format of the number in the browser, in d3's syntax.
    log : bool
        Whether the grid is even in the logarithm to base 10.
    slider : bool
        Whether its widget is a slider, or a box to type into.
    """

    step: float
    format: str
    log: bool = False
    slider: bool = True

    @staticmethod
    def exponent(value: float) -> float:
        """Return the logarithm of `value` to base 10, free of rounding noise."""
        return round(math.log10(value), 10)

    def snap(self, value: float) -> float:
        """Return the nearest value of the grid, free of rounding noise.

        All integers are allowed; for them the grid only gives the stops of a slider.
        """
        if isinstance(value, int):
            return value
        if self.log:
            return float(f"{10 ** (round(self.exponent(value) / self.step) * self.step):.6g}")
        return round(round(value / self.step) * self.step, 10)

    def whole_stops(self, low: int, high: int) -> list[int]:
        """Return the stops of a logarithmic slider of whole numbers, to two digits."""
        first, last = (round(math.log10(end) / self.step) for end in (low, high))
        stops = {int(float(f"{10 ** (k * self.step):.2g}")) for k in range(first, last + 1)}
        return sorted({low, high} | {stop for stop in stops if low <= stop <= high})

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.snap, handler(source))


@dataclass(frozen=True)
class Choices:
    """The values that a field may take, each with its label.

    Parameters
    ----------
    labels : tuple of (value, text)
    tabs : bool
        Whether they are always shown side by side.
    """

    labels: tuple[tuple[str, str], ...]
    tabs: bool = False

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.literal_schema([value for value, _ in self.labels])


@dataclass(frozen=True)
class Interval:
    """Two numbers within `low` and `high`, the second at least `gap` above the first."""

    low: float
    high: float
    gap: float
    steps: Grid

    def check(self, value: tuple[float, float]) -> tuple[float, float]:
        """Return `value` on its grid, or raise ValueError."""
        start, end = (self.steps.snap(float(v)) for v in value)
        # The tolerance is for steps like 0.1, which have no exact binary number.
        if not (self.low <= start and end <= self.high and end - start >= self.gap - 1e-9):
            raise ValueError("not an interval within the limits")
        return start, end

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))


def find_metadata(field: FieldInfo, kind: type[Metadata]) -> Metadata | None:
    """Return the object of `kind` in a field's annotation, or None."""
    return next((item for item in field.metadata if isinstance(item, kind)), None)


def bounds(field: FieldInfo) -> tuple[Any, Any]:
    """Return the smallest and the largest value of a number's field."""
    low, high = find_metadata(field, Ge), find_metadata(field, Le)
    assert low is not None, "a number is declared with ge="
    assert high is not None, "a number is declared with le="
    return low.ge, high.le


def _name(field: FieldInfo) -> str:
    return str(getattr(field.annotation, "__name__", field.annotation))


def requirement(field: FieldInfo) -> str:
    """Return the text of what a field's value must be."""
    if choices := find_metadata(field, Choices):
        return "one of " + ", ".join(repr(value) for value, _ in choices.labels)
    if interval := find_metadata(field, Interval):
        return (
            f"two numbers between {interval.low:g} and {interval.high:g}, "
            f"the second at least {interval.gap:g} above the first"
        )
    if find_metadata(field, Grid):
        low, high = bounds(field)
        kind = "an integer" if field.annotation is int else "a number"
        return f"{kind} between {low:g} and {high:g}"
    return "True or False" if field.annotation is bool else f"a {_name(field)}"


SEED_COUNT = 10_000
INTEGERS = Grid(1, "d")
TYPED_INTEGERS = Grid(1, "d", slider=False)
Seed = Annotated[
    int,
    Field(
        ge=0,
        le=SEED_COUNT - 1,
        title="Seed",
        description="Fixes the random draws: the same seed gives the same sample.",
    ),
    TYPED_INTEGERS,
]
