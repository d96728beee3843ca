"""Checks of values, that say what is wrong as Discord's error trees do."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

Check = Callable[[Any], Any]


class Invalid(Exception):
    """What is wrong with a value, as a tree."""

    def __init__(self, tree: dict[str, Any]) -> None:
        super().__init__(tree)
        self.tree = tree


def fault(code: str, message: str) -> Invalid:
    return Invalid({"_errors": [{"code": code, "message": message}]})


REQUIRED = "This field is required"


def length(text: str) -> int:
    """A text's length as Discord counts it: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def text(most: int, least: int = 0, *, matching: str | None = None, trimmed: bool = True) -> Check:
    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise fault("STRING_TYPE_CONVERT", "Could not interpret value as string.")
        found = value.strip() if trimmed else value
        if least and not found:
            raise fault("BASE_TYPE_REQUIRED", REQUIRED)
        if least and not least <= length(found) <= most:
            raise fault("BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
        if length(found) > most:
            raise fault("BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")
        if matching and not re.fullmatch(matching, found):
            raise fault("STRING_TYPE_REGEX", "String value did not match validation regex.")
        return found

    return check


def integer(least: int | None = None, most: int | None = None) -> Check:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise fault("NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')
        if least is not None and value < least:
            raise fault("NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}.")
        if most is not None and value > most:
            raise fault("NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}.")
        return value

    return check


def number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise fault("NUMBER_TYPE_COERCE", f'Value "{value}" is not float.')
    return value


def boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise fault("BOOLEAN_TYPE_CONVERT", "Must be either true or false.")
    return value


def snowflake(value: Any) -> int:
    if isinstance(value, bool) or not str(value).isdigit() or int(value) >= 1 << 63:
        raise fault("NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')
    return int(value)


def url(most: int = 2048, schemes: Collection[str] = ("http", "https")) -> Check:
    plain = text(most, 1)

    def check(value: Any) -> str:
        found: str = plain(value)
        scheme, separator, rest = found.partition("://")
        if not separator or not re.match(r"[^\s/]", rest):
            raise fault("URL_TYPE_INVALID_URL", "Not a well formed URL.")
        if scheme.lower() not in schemes:
            raise fault("URL_TYPE_INVALID_SCHEME", f'Scheme "{scheme}" is not supported.')
        return found

    return check


def one_of(*values: Any) -> Check:
    def check(value: Any) -> Any:
        if value not in values or isinstance(value, bool):
            raise fault("BASE_TYPE_CHOICES", f"Value must be one of {values}.")
        return value

    return check


def nullable(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def listing(check: Check, most: int, least: int = 0) -> Check:
    def checked(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise fault("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType.")
        if len(value) > most or len(value) < least:
            message = f"Must be between {least} and {most} in length."
            raise fault("BASE_TYPE_BAD_LENGTH", message)
        return list(_each(enumerate(value), check).values())

    return checked


def fields(known: Mapping[str, Check], required: Collection[str] = ()) -> Check:
    """An object. What it may not hold is refused, which Discord itself would ignore."""

    def check(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            message = "Only dictionaries may be used in a DictType"
            raise fault("MODEL_TYPE_CONVERT", message)
        wrong: dict[str, Any] = {}
        for name in required:
            if value.get(name) is None:
                wrong[name] = fault("BASE_TYPE_REQUIRED", REQUIRED).tree
        for name in value:
            if name not in known:
                wrong[name] = fault("UNKNOWN_FIELD", "No such field.").tree
        found = {}
        for name, one in value.items():
            if name in known and name not in wrong:
                try:
                    found[name] = known[name](one)
                except Invalid as invalid:
                    wrong[name] = invalid.tree
        if wrong:
            raise Invalid(wrong)
        return found

    return check


def _each(values: Any, check: Check) -> dict[Any, Any]:
    found, wrong = {}, {}
    for key, value in values:
        try:
            found[key] = check(value)
        except Invalid as invalid:
            wrong[str(key)] = invalid.tree
    if wrong:
        raise Invalid(wrong)
    return found
