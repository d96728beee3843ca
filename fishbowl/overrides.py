"""Constants of behaviour that a keeper may change: declared once, as the fields of a dataclass,
with what the versioned configuration says laid over them. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, TypeVar

R = TypeVar("R")

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
ANY_NUMBER = (-1e6, 1e6)
LONGEST_TEXT = 20_000

Kind = Literal["number", "whole", "flag", "choice", "text", "words", "numbers"]
# What a field's annotation says of its values. Others are numbers.
KINDS: Mapping[str, Kind] = {
    "bool": "flag",
    "int": "whole",
    "str": "text",
    "tuple[str, ...]": "words",
    "Mapping[str, float]": "numbers",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What one constant may be, and what it is for. A value may be missing where the default is
    None."""

    name: str
    kind: Kind
    default: Any
    help: str = ""
    limits: tuple[float, float] = ANY_NUMBER
    choices: tuple[str, ...] = ()
    unit: str = ""

    def checked(self, section: str, value: Any) -> Any:
        """The value as the code wants it.

        Raises:
            ValueError: it is no possible value; the text names the setting and says what is.
        """
        name = f"{section}.{self.name}"
        if value is None and self.default is None:
            return None
        if self.kind == "flag":
            if not isinstance(value, bool):
                raise ValueError(f"{name} must be true or false.")
            return value
        if self.kind == "choice":
            if value not in self.choices:
                raise ValueError(f"{name} must be one of {', '.join(self.choices)}.")
            return value
        if self.kind == "text":
            return _text(name, value)
        if self.kind == "words":
            return self._words(name, value)
        if self.kind == "numbers":
            return self._numbers(name, value)
        _check_number(name, value, self.limits, self.kind == "whole")
        return value

    def _words(self, name: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
            raise ValueError(f'{name} must be a list of words, such as ["one", "two"].')
        if self.choices and (unknown := [one for one in value if one not in self.choices]):
            raise ValueError(
                f"{name} can't hold {unknown[0]!r}: choose among {', '.join(self.choices)}."
            )
        return tuple(value)

    def _numbers(self, name: str, value: Any) -> dict[str, float]:
        if not isinstance(value, Mapping):
            raise ValueError(f'{name} must name numbers, such as {{"one": 1}}.')
        for key, number in value.items():
            if self.choices and key not in self.choices:
                raise ValueError(
                    f"{name} can't hold {key!r}: choose among {', '.join(self.choices)}."
                )
            _check_number(f"{name}.{key}", number, self.limits, False)
        return dict(value)

    @property
    def possible(self) -> str:
        """What values there may be, in words."""
        low, high = self.limits
        between = "" if self.limits == ANY_NUMBER else f" from {_told(low)} to {_told(high)}"
        among = ", ".join(self.choices)
        words = {
            "number": f"a number{between}",
            "whole": f"a whole number{between}",
            "flag": "true or false",
            "choice": f"one of {among}",
            "text": "text",
            "words": f"words among {', '.join(self.choices)}"
            if self.choices
            else "a list of words",
            "numbers": f"numbers{between} by name",
        }[self.kind]
        return f"{words}, or nothing" if self.default is None else words


def setting(
    default: Any,
    help: str,
    *,
    least: float | None = None,
    most: float | None = None,
    choices: Sequence[str] = (),
    unit: str = "",
) -> Any:
    """A field of a dataclass of rules: its default, what it is for, and what it may be.

    Everything that keepers see of it comes from here: there is no second list.
    """
    low, high = ANY_NUMBER
    facts = {
        "help": help,
        "limits": (low if least is None else least, high if most is None else most),
        "choices": tuple(choices),
        "unit": unit,
    }
    if isinstance(default, dict):
        return field(default_factory=lambda: dict(default), metadata=facts)
    return field(default=default, metadata=facts)


def declared(
    defaults: Any,
    *,
    limits: Mapping[str, tuple[float, float]] | None = None,
    choices: Mapping[str, Sequence[str]] | None = None,
    whole: Collection[str] = (),
) -> dict[str, Setting]:
    """The settings that a dataclass declares, by name. `defaults` is the class, or one of it whose
    values are the defaults; the others are for classes whose fields don't say it themselves."""
    given = defaults() if isinstance(defaults, type) else defaults
    found = {}
    for one in fields(given):
        default = getattr(given, one.name)
        words = tuple((choices or {}).get(one.name, one.metadata.get("choices", ())))
        written = getattr(one.type, "__name__", str(one.type))
        kind = KINDS.get(written.removesuffix(" | None"), "number")
        if words and kind == "text":
            kind = "choice"
        elif one.name in whole:
            kind = "whole"
        found[one.name] = Setting(
            one.name,
            kind,
            default,
            one.metadata.get("help", ""),
            (limits or {}).get(one.name, one.metadata.get("limits", ANY_NUMBER)),
            words,
            one.metadata.get("unit", ""),
        )
    return found


def laid_over(
    defaults: type[R],
    section: str,
    overrides: Mapping[str, Any],
    *,
    of: str,
    limits: Mapping[str, tuple[float, float]] | None = None,
    choices: Mapping[str, Sequence[str]] | None = None,
    whole: Collection[str] = (),
) -> R:
    """The constants of a dataclass, all of whose fields have defaults, with `overrides` laid over
    them.

    Args:
        section: of the configuration, and `of` whose constants these are, for what is said when
            something is wrong.
        limits: least and greatest value, where a field doesn't say so itself and not any number
            will do. `choices` and `whole` likewise.

    Raises:
        ValueError: a name is unknown, or a value isn't a possible one.
    """
    known = declared(defaults, limits=limits, choices=choices, whole=whole)
    return changed(defaults(), known, section, overrides, of=of)


def changed(
    defaults: R,
    known: Mapping[str, Setting],
    section: str,
    overrides: Mapping[str, Any],
    *,
    of: str,
) -> R:
    """Constants with `overrides` laid over them, each checked by what is known of it.

    Raises:
        ValueError: a name is unknown, or a value isn't a possible one.
    """
    values = {}
    for name, value in overrides.items():
        if name not in known:
            there = ", ".join(sorted(known))
            raise ValueError(f"{section}.{name} is no setting of {of}. There are: {there}.")
        values[name] = known[name].checked(section, value)
    laid: R = replace(defaults, **values)  # type: ignore[type-var]
    return laid


def is_storable(text: str) -> bool:
    """Whether a text can stand in the database: NUL and half a character can't."""
    return not _UNSTORABLE.search(text)


def storable(value: Any) -> Any:
    """A value of JSON as the database can hold it: without NUL and halves of characters."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, Mapping):
        return {storable(key): storable(one) for key, one in value.items()}
    return [storable(one) for one in value] if isinstance(value, list | tuple) else value


def check_storable(name: str, value: Any) -> None:
    """See that a value can be kept as JSON.

    Raises:
        ValueError: it can't.
    """
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise ValueError(f"{name} must be a JSON value, not {value!r}.") from None
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple):
            waiting += one
        elif isinstance(one, str) and not is_storable(one):
            raise ValueError(
                f"{name} must not hold the character NUL, nor half a character "
                "(\\ud800 to \\udfff)."
            )


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} must be text, not {value!r}.")
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"{name} must have at most {LONGEST_TEXT} characters, not {len(value)}.")
    check_storable(name, value)
    return value


def _told(number: float) -> str:
    """A limit as a keeper would write it: never in powers of ten."""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:g}"


def _check_number(name: str, value: Any, limits: tuple[float, float], is_whole: bool) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"{name} must be a number, not {value!r}.")
    low, high = limits
    if not low <= value <= high:
        raise ValueError(f"{name} must lie between {_told(low)} and {_told(high)}.")
    if is_whole and not isinstance(value, int):
        raise ValueError(f"{name} must be a whole number.")
