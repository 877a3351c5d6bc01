"""Settings as frozen, validated values, and error texts that name what is allowed."""

import reprlib
from collections.abc import Iterable
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from lively.engine.fields import requirement


class SettingsError(ValueError):
    """A setting's name or value is not allowed; the message names what is."""


def unknown_setting(name: str, names: Iterable[str]) -> str:
    """Return the message that a setting's name is none of `names`."""
    return f"{reprlib.repr(name)} is not a setting. The settings are: {', '.join(names)}."


class Settings(BaseModel):
    """A frozen, validated group of settings.

    Raises
    ------
    SettingsError
        If a value is of the wrong type or out of its range, or if a name is unknown. The message
        states what must hold and what was given.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            name = str(error.errors()[0]["loc"][0])
            field = type(self).model_fields.get(name)
            if field is None:
                raise SettingsError(unknown_setting(name, type(self).model_fields)) from None
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
    """All settings of a page as one value, whose fields are groups of settings.

    The names of the settings are unique over the groups, so that a setting can be changed without
    naming its group.
    """

    @classmethod
    def groups(cls) -> dict[str, type[Settings]]:
        """Return the groups by name, in the order in which the page shows them."""
        groups = {}
        for name, field in cls.model_fields.items():
            assert isinstance(field.annotation, type)
            assert issubclass(field.annotation, Settings)
            groups[name] = field.annotation
        return groups

    def flat(self) -> dict[str, Any]:
        """Return every setting's value by the setting's name."""
        return {name: value for _, group in self for name, value in group}

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some settings changed, in any of the groups.

        Raises
        ------
        SettingsError
            If a name is unknown or a value is not allowed.
        """
        home = {name: group for group, kind in self.groups().items() for name in kind.model_fields}
        parts: dict[str, dict[str, Any]] = {}
        for name, value in changes.items():
            if name not in home:
                raise SettingsError(unknown_setting(name, home))
            parts.setdefault(home[name], {})[name] = value
        return type(self)(
            **{**dict(self), **{g: getattr(self, g).replace(**part) for g, part in parts.items()}}
        )

    def inactive(self) -> dict[str, str]:
        """Return the settings that have no effect at present, each with the reason."""
        return {}

    def absent(self) -> frozenset[str]:
        """Return the names of the settings that do not apply at present, and are not shown."""
        return frozenset()
