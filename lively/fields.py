"""What a setting is: range, step, label and help, each declared once.

A page's settings are frozen pydantic models. The classes here are written into the annotation of
a field and say what pydantic has no word for: the grid on which a number moves, the names of a
choice, the gap of an interval. Widgets, checks and error texts are all read from these
declarations.
"""

import math
import reprlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict, GetCoreSchemaHandler, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Steps:
    """The grid on which a number moves, and how it is written.

    Parameters
    ----------
    step : float
        Distance between neighbouring values; on a logarithmic grid, of their exponents.
    format : str
        How the browser writes it, in d3's words.
    log : bool
        Whether the grid is even in the logarithm to base 10.
    slider : bool
        Whether it is moved by a slider, or typed.
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
        """Return the value of the grid that is nearest to `value`, free of rounding noise.

        Whole numbers are all allowed; the grid is only where a slider stops.
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
    """The values that a field may take, each with the text that is shown for it.

    Parameters
    ----------
    labels : tuple of (value, text)
    tabs : bool
        Whether they are shown side by side, however many they are.
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
    steps: Steps

    def check(self, value: tuple[float, float]) -> tuple[float, float]:
        """Return `value` on its grid, or raise ValueError."""
        start, end = (self.steps.snap(float(v)) for v in value)
        # The small allowance is for grids like 0.1, which binary numbers only come near to.
        if not (self.low <= start and end <= self.high and end - start >= self.gap - 1e-9):
            raise ValueError("not an interval within the limits")
        return start, end

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))


def declared(field: FieldInfo, kind: type[Kind]) -> Kind | None:
    """Return what a field's annotation says by an object of `kind`, or None."""
    return next((item for item in field.metadata if isinstance(item, kind)), None)


def limits(field: FieldInfo) -> tuple[Any, Any]:
    """Return the smallest and the largest value of a number's field."""
    low, high = declared(field, Ge), declared(field, Le)
    assert low is not None, "a number is declared with ge="
    assert high is not None, "a number is declared with le="
    return low.ge, high.le


def _name(field: FieldInfo) -> str:
    return str(getattr(field.annotation, "__name__", field.annotation))


def requirement(field: FieldInfo) -> str:
    """Say in words what must hold for a field's value."""
    if choices := declared(field, Choices):
        return "one of " + ", ".join(repr(value) for value, _ in choices.labels)
    if interval := declared(field, Interval):
        return (
            f"two numbers between {interval.low:g} and {interval.high:g}, "
            f"the second at least {interval.gap:g} above the first"
        )
    if declared(field, Steps):
        low, high = limits(field)
        kind = "an integer" if field.annotation is int else "a number"
        return f"{kind} between {low:g} and {high:g}"
    return "True or False" if field.annotation is bool else f"a {_name(field)}"


class SettingsError(ValueError):
    """A setting's name or value is not allowed; the text says what is."""


def unknown(name: str, names: Iterable[str]) -> str:
    """Say that a setting's name is none of `names`."""
    return f"{reprlib.repr(name)} is not a setting. The settings are: {', '.join(names)}."


class Settings(BaseModel):
    """A frozen, checked group of settings.

    Raises
    ------
    SettingsError
        If a value is of the wrong type or out of its range, or if a name is unknown. The text says
        what must hold and what came instead.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            name = str(error.errors()[0]["loc"][0])
            field = type(self).model_fields.get(name)
            if field is None:
                raise SettingsError(unknown(name, type(self).model_fields)) from None
            got = reprlib.repr(values[name])
            raise SettingsError(
                f"{name} must be {requirement(field)}. Got {got} instead."
            ) from None

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some values changed.

        Raises
        ------
        SettingsError
            As the class does.
        """
        return type(self)(**{**dict(self), **changes})


class PageSettings(Settings):
    """All that a page shows, as one value: a model whose fields are groups of settings.

    The names of the settings are unique over the groups, so that a setting can be changed without
    naming its group.
    """

    @classmethod
    def groups(cls) -> dict[str, type[Settings]]:
        """Return the groups by name, in the order in which the page shows them."""
        found = {}
        for name, field in cls.model_fields.items():
            assert isinstance(field.annotation, type)
            assert issubclass(field.annotation, Settings)
            found[name] = field.annotation
        return found

    def flat(self) -> dict[str, Any]:
        """Return every setting's value by the setting's name."""
        return {name: value for _, group in self for name, value in group}

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some settings, of whichever groups, changed.

        Raises
        ------
        SettingsError
            If a name is unknown or a value is not allowed.
        """
        home = {name: group for group, kind in self.groups().items() for name in kind.model_fields}
        parts: dict[str, dict[str, Any]] = {}
        for name, value in changes.items():
            if name not in home:
                raise SettingsError(unknown(name, home))
            parts.setdefault(home[name], {})[name] = value
        return type(self)(
            **{**dict(self), **{g: getattr(self, g).replace(**part) for g, part in parts.items()}}
        )

    def inactive(self) -> dict[str, str]:
        """Return the settings that have no effect at present, each with the reason."""
        return {}

    def absent(self) -> frozenset[str]:
        """Return the names of the settings that mean nothing at present, and are not shown."""
        return frozenset()
