"""Constants of behaviour that a keeper may change: defaults in the code, with what the versioned
configuration says laid over them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

R = TypeVar("R")

ANY_NUMBER = (-1e6, 1e6)


def laid_over(
    defaults: type[R],
    section: str,
    overrides: Mapping[str, Any],
    *,
    of: str,
    limits: Mapping[str, tuple[float, float]],
    choices: Mapping[str, Sequence[str]] | None = None,
    whole: Collection[str] = (),
) -> R:
    """The constants of a dataclass, all of whose fields have defaults, with `overrides` laid over
    them.

    Args:
        section: of the configuration, and `of` whose constants these are, for what is said when
            something is wrong.
        limits: least and greatest value, where not any number will do.
        choices: the words to choose among, for settings that are words.
        whole: the names of those that must be whole numbers.

    Raises:
        ValueError: a name is unknown, or a value isn't a possible one.
    """
    known = {f.name: f.default for f in fields(defaults)}  # type: ignore[arg-type]
    for name, value in overrides.items():
        if name not in known:
            raise ValueError(f"{section}.{name} is no setting of {of}.")
        if choices and name in choices:
            if value not in choices[name]:
                raise ValueError(f"{section}.{name} must be one of {', '.join(choices[name])}.")
        elif isinstance(known[name], bool):
            if not isinstance(value, bool):
                raise ValueError(f"{section}.{name} must be true or false.")
        else:
            _check_number(f"{section}.{name}", value, limits.get(name, ANY_NUMBER), name in whole)
    return defaults(**overrides)


def _check_number(name: str, value: Any, limits: tuple[float, float], is_whole: bool) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} must be a number, not {value!r}.")
    low, high = limits
    if not low <= value <= high:
        raise ValueError(f"{name} must lie between {low:g} and {high:g}.")
    if is_whole and not isinstance(value, int):
        raise ValueError(f"{name} must be a whole number.")
