"""The history of settings: what changed between versions, back to one, all of them in a file."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Model, QuerySet

from audit.configuration import sections
from audit.configuration.configuration import (
    EVERYWHERE,
    check_value,
    forget_cached,
    section,
    set_value,
    unset,
)
from audit.configuration.places import Place
from audit.models import SystemConfiguration
from fishbowl.overrides import is_storable

FORMAT = "fishbowl-configuration-1"


class ImportRefused(ValueError):
    """What is to be imported won't do. `complaints` name each setting and the remedy."""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = complaints


def history(
    section_name: str, key: str, place: Place = EVERYWHERE
) -> QuerySet[SystemConfiguration]:
    """The versions of a setting at a place, the latest first."""
    at = {} if place.key is None else {f"{place.scope}_id": place.key}
    return (
        SystemConfiguration.objects.filter(
            config_section=section_name, config_key=key, scope=place.scope, **at
        )
        .select_related("created_by")
        .order_by("-version")
    )


def difference(before: Any, after: Any) -> list[str]:
    """What differs between two values, line by line, as `diff -u` says it."""
    lines = difflib.unified_diff(
        _as_text(before).splitlines(), _as_text(after).splitlines(), "before", "after", lineterm=""
    )
    return list(lines)


def _as_text(value: Any) -> str:
    if value is None:
        return "(not set: what is set further away, or the default, holds)"
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)


def diff(
    section_name: str, key: str, first: int, second: int, place: Place = EVERYWHERE
) -> list[str]:
    """What differs between two versions of a setting.

    Raises:
        ValueError: there is no such version.
    """
    values = dict(history(section_name, key, place).values_list("version", "config_value"))
    for number in (first, second):
        if number not in values:
            there = ", ".join(map(str, sorted(values))) or "none"
            raise ValueError(f"{section_name}.{key} has no version {number}. There are: {there}.")
    return difference(values[first], values[second])


def roll_back(row: SystemConfiguration, *, user: Any = None, note: str = "") -> None:
    """Put the value of an old version in force again, as a version of its own.

    Raises:
        ValueError: whoever reads the section can't use it any more.
    """
    place = Place.of(row)
    note = note or f"back to version {row.version}"
    if row.config_value is None:
        unset(row.config_section, row.config_key, place=place, user=user, note=note)
    else:
        set_value(
            row.config_section, row.config_key, row.config_value, place=place, user=user, note=note
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """A setting as it stands at a place: its value, and whether it is set there."""

    name: str
    help: str
    possible: str
    default: Any
    value: Any
    own: bool
    kind: str
    choices: tuple[str, ...]
    unit: str

    @property
    def value_json(self) -> str:
        """The value as a field shows it."""
        return json.dumps(self.value, ensure_ascii=False)

    @property
    def default_json(self) -> str:
        """The default as a field would show it."""
        return json.dumps(self.default, ensure_ascii=False)


def standing(found: sections.Section[Any], place: Place = EVERYWHERE) -> list[Standing]:
    """Every setting of a section as it stands at a place, in the order of its declaration."""
    at = {} if place.key is None else {place.scope: place.key}
    own = {
        row.config_key: row.config_value
        for row in SystemConfiguration.objects.filter(
            config_section=found.name,
            is_active=True,
            config_value__isnull=False,
            scope=place.scope,
            **{f"{scope}_id": key for scope, key in at.items()},
        )
    }
    values = own if found.is_own else section(found.name, **at)
    return [
        Standing(
            name=one.name,
            help=one.help,
            possible=one.possible,
            default=_plain(one.default),
            value=values.get(one.name, _plain(one.default)),
            own=one.name in own,
            kind=one.kind,
            choices=one.choices,
            unit=one.unit,
        )
        for one in found.settings.values()
    ]


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


# --- files ----------------------------------------------------------------------------------------

# What a place is called in a file, which may be read where it has another key.
_MODELS = {
    "community": ("characters.Community", "name"),
    "channel": ("conversations.Channel", "name"),
    "character": ("characters.Character", "slug"),
}


def place_named(scope: str, name: str) -> Place:
    """The place of that name: a community's or channel's name, a character's slug, or any one's
    key.

    Raises:
        ValueError: there is none, or several.
    """
    if scope == sections.DEPLOYMENT:
        return EVERYWHERE
    if scope not in _MODELS:
        raise ValueError(f"{scope} is no scope: choose among {', '.join(sections.SCOPES)}.")
    label, column = _MODELS[scope]
    model: type[Model] = apps.get_model(label)
    found: list[Any] = []
    if is_storable(name):
        by_name = model._default_manager.filter(**{column: name})
        found = list(by_name.values_list("pk", flat=True)[:2])
    if not found and name.isdecimal():
        found = list(model._default_manager.filter(pk=int(name)).values_list("pk", flat=True))
    if len(found) != 1:
        what = "several" if found else "no"
        raise ValueError(f"There is {what} {scope} {name!r}: give its {column} or its number.")
    return Place(scope, found[0])


def name_of(row: SystemConfiguration) -> str:
    """What a version's place is called."""
    if row.scope == sections.DEPLOYMENT:
        return ""
    target = getattr(row, row.scope)
    return str(getattr(target, _MODELS[row.scope][1]))


def exported() -> dict[str, Any]:
    """All that is set, as a file holds it."""
    rows = (
        SystemConfiguration.objects.filter(is_active=True, config_value__isnull=False)
        .exclude(config_section="society")
        .select_related("community", "channel", "character")
        .order_by("config_section", "config_key", "scope", "pk")
    )
    return {
        "format": FORMAT,
        "settings": [
            {
                "section": row.config_section,
                "key": row.config_key,
                **({} if row.scope == sections.DEPLOYMENT else {"scope": row.scope}),
                **({} if row.scope == sections.DEPLOYMENT else {"of": name_of(row)}),
                "value": row.config_value,
            }
            for row in rows
            if _may_be_set(row)
        ],
    }


def _may_be_set(row: SystemConfiguration) -> bool:
    """Whether its section may still be set where it is: older versions of the code knew others."""
    section = sections.find(row.config_section)
    return section is None or row.scope in section.scopes


@transaction.atomic
def import_all(data: Any, *, user: Any = None, note: str = "imported") -> int:
    """Set all that a file holds, or nothing: every value is checked before the first is stored.
    What is so already gets no new version. Returns how many were set.

    Raises:
        ImportRefused: something in it won't do.
    """
    wanted = _checked(data)
    count = 0
    for section_name, key, place, value in wanted:
        last = history(section_name, key, place).filter(is_active=True).first()
        if last is None or last.config_value != value:
            set_value(section_name, key, value, place=place, user=user, note=note)
            count += 1
    forget_cached()
    return count


def _checked(data: Any) -> list[tuple[str, str, Place, Any]]:
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise ImportRefused(
            [f'This is no configuration of Fishbowl: its "format" must be "{FORMAT}".']
        )
    settings = data.get("settings")
    if not isinstance(settings, list):
        raise ImportRefused(['"settings" must be a list.'])
    found, complaints = [], []
    for number, one in enumerate(settings, start=1):
        try:
            found.append(_one(one))
        except ValueError as error:
            complaints.append(f"Setting {number}: {error}")
    if complaints:
        raise ImportRefused(complaints)
    return found


def _one(one: Any) -> tuple[str, str, Place, Any]:
    if not isinstance(one, Mapping):
        raise ValueError("it must be an object with section, key and value.")
    get: Callable[[str], Any] = one.get
    section_name, key = get("section"), get("key")
    if not isinstance(section_name, str) or not isinstance(key, str) or "value" not in one:
        raise ValueError("it must have a section, a key and a value.")
    place = place_named(str(get("scope") or sections.DEPLOYMENT), str(get("of") or ""))
    check_value(section_name, key, one["value"], place)
    return section_name, key, place, one["value"]
