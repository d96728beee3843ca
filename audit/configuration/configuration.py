"""Settings of behaviour, as versions in the database: read them where one is, add a version.

What is set nearer holds: of a character before its channel, of that before the community, of that
before the deployment, and where nothing is set, the default in the code. Reading costs one small
query a second for a whole process, so it may be done within a turn.

Whoever reads a section declares it (`declare`), so that no keeper can store values which would stop
it; a listener hears of a change within the transaction that makes it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Max, QuerySet

from audit.configuration import sections
from audit.configuration.places import EVERYWHERE, Place
from audit.configuration.sections import SCOPES, Check, Section, declare
from audit.models import SystemConfiguration
from audit.trail.actions import record_action
from fishbowl.overrides import check_storable, setting
from fishbowl.statements import planned

log = logging.getLogger(__name__)
R = TypeVar("R")

FRESH_FOR_S = 1.0
MOST_BUILT = 5000  # combinations of section and places kept built

Tell = Callable[[Mapping[str, Any]], object]
_checks: dict[str, Check] = {}
_listeners: dict[str, Callable[[Place, Mapping[str, Any]], object]] = {}


def register_check(section_name: str, check: Check) -> None:
    """Have `check` see all values of a section before a version of it is stored. It raises
    ValueError, with a sentence, when they won't do."""
    _checks[section_name] = check
    sections.declare_from_check(section_name, check)


def register_listener(section_name: str, tell: Tell) -> None:
    """Have `tell` hear of the deployment's values of a section when a version of it is stored,
    within the same transaction."""
    _listeners[section_name] = lambda place, values: tell(values)


def register_placed_listener(
    section_name: str, tell: Callable[[Place, Mapping[str, Any]], object]
) -> None:
    """Have `tell` hear of the values that a place sets itself, wherever it is."""
    _listeners[section_name] = tell


def check_value(section_name: str, key: str, value: Any, place: Place = EVERYWHERE) -> None:
    """See that a section would still do with `value` in it.

    Raises:
        ValueError: it is no value, or whoever reads the section can't use it, or not there.
    """
    check_storable(f"{section_name}.{key}", value)
    if value is None:
        raise ValueError(f"{section_name}.{key} must have a value.")
    section, check = sections.find(section_name), _checks.get(section_name)
    if section is None and check is None:
        known = ", ".join(one.name for one in sections.every())
        raise ValueError(f"{section_name} is no section of the configuration; there are: {known}.")
    if section and place.scope not in section.scopes:
        raise ValueError(
            f"{section_name}.{key} can't be set for a {place.scope}, only for: "
            f"{', '.join(section.scopes)}."
        )
    values = {**_stored(section_name, EVERYWHERE), **_stored(section_name, place), key: value}
    if section:
        section.build(values)
    if check:
        check(values)


# --- reading --------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Known:
    """All values in force at one moment, by section and place, and what was built from them."""

    edition: int = -1  # the greatest key; 0 where there are none, -1 before the first look
    looked_at: float = float("-inf")
    values: dict[str, dict[Place, dict[str, Any]]] = field(default_factory=dict)
    merged: dict[tuple[str, tuple[Place, ...]], dict[str, Any]] = field(default_factory=dict)
    built: dict[tuple[str, tuple[Place, ...]], Any] = field(default_factory=dict)


_known = _Known()
_lock = threading.Lock()


def section(
    name: str,
    *,
    community: int | None = None,
    channel: int | None = None,
    character: int | None = None,
) -> dict[str, Any]:
    """The values of a section that are set, by key, at most a second old: the deployment's with
    those of the given places laid over them, the nearest last."""
    known = _now()
    return _merged(known, name, _places(known, name, community, channel, character))


def in_force(
    section: Section[R],
    *,
    community: int | None = None,
    channel: int | None = None,
    character: int | None = None,
) -> R:
    """The rules that a section declares, as they stand at a place, at most a second old. Built
    once for each change of the configuration.

    What an older version of this code had stored under a name or with a value that this one doesn't
    know is passed over: it must not stop the society.
    """
    known = _now()
    places = _places(known, section.name, community, channel, character)
    key = (section.name, places)
    if key not in known.built:
        if len(known.built) > MOST_BUILT:
            known.built.clear()
        known.built[key] = _build(section, _merged(known, section.name, places))
    built: R = known.built[key]
    return built


def _build(section: Section[R], values: Mapping[str, Any]) -> R:
    try:
        return section.build(values)
    except ValueError:
        usable = {}
        for name, value in values.items():
            try:
                section.build({name: value})
            except ValueError as error:
                log.warning("A stored setting is passed over: %s", error)
            else:
                usable[name] = value
        return section.build(usable)


def _places(
    known: _Known, name: str, community: int | None, channel: int | None, character: int | None
) -> tuple[Place, ...]:
    """Those of the given places where something of the section is set, the nearest last."""
    there = known.values.get(name, {})
    if len(there) <= (EVERYWHERE in there):
        return ()
    given = zip(SCOPES[1:], (community, channel, character), strict=True)
    return tuple(
        place
        for place in (Place(scope, key) for scope, key in given if key is not None)
        if place in there
    )


def _merged(known: _Known, name: str, places: tuple[Place, ...]) -> dict[str, Any]:
    there = known.values.get(name, {})
    if not places:
        return there.get(EVERYWHERE, {})
    key = (name, places)
    if key not in known.merged:
        if len(known.merged) > MOST_BUILT:
            known.merged.clear()
        laid: dict[str, Any] = {}
        for place in (EVERYWHERE, *places):
            laid |= there.get(place, {})
        known.merged[key] = laid
    return known.merged[key]


def _now() -> _Known:
    """What is in force. Every version gets a greater key than those before it, and one writer
    stores at a time: so the greatest key tells whether anything has changed."""
    global _known
    now = time.monotonic()
    with _lock:
        if now - _known.looked_at < FRESH_FOR_S:
            return _known
        before = _known
    if before.edition == _latest():
        with _lock:
            before.looked_at = now
        return before
    read = _read(now)
    with _lock:
        _known = read
    return read


def _latest() -> int:
    ((latest,),) = planned("SELECT coalesce(max(id), 0) FROM audit_systemconfiguration")
    return int(latest)


_COLUMNS = ("config_section", "config_key", "config_value", "scope", *(
    f"{one}_id" for one in SCOPES[1:]
))  # fmt: skip


def _read(now: float) -> _Known:
    known = _Known(edition=_latest(), looked_at=now)
    rows = SystemConfiguration.objects.filter(is_active=True).order_by()
    for name, key, value, scope, *targets in rows.values_list(*_COLUMNS):
        if value is not None:
            place = Place(scope, next((one for one in targets if one is not None), None))
            known.values.setdefault(name, {}).setdefault(place, {})[key] = value
    return known


def forget_cached() -> None:
    """Read everything anew at the next call."""
    global _known
    with _lock:
        _known = _Known()


def look_again() -> None:
    """Ask at the next call whether anything has changed, however fresh what is known."""
    with _lock:
        _known.looked_at = float("-inf")


def _stored(name: str, place: Place) -> dict[str, Any]:
    """What a place itself sets, past every cache."""
    rows = SystemConfiguration.objects.filter(
        config_section=name, is_active=True, config_value__isnull=False, **_where(place)
    )
    return dict(rows.values_list("config_key", "config_value"))


def _where(place: Place) -> dict[str, Any]:
    return {"scope": place.scope} | ({} if place.key is None else {f"{place.scope}_id": place.key})


# --- writing --------------------------------------------------------------------------------------


@transaction.atomic
def set_value(
    section_name: str,
    key: str,
    value: Any,
    *,
    place: Place = EVERYWHERE,
    user: Any = None,
    note: str = "",
) -> SystemConfiguration:
    """Add a version of a setting and make it the active one.

    Raises:
        ValueError: whoever reads the section can't use the value.
    """
    _one_writer()
    check_value(section_name, key, value, place)
    return _add_version(section_name, key, value, place, user, note)


@transaction.atomic
def unset(
    section_name: str, key: str, *, place: Place = EVERYWHERE, user: Any = None, note: str = ""
) -> SystemConfiguration | None:
    """Let what is set further away, or the default, hold again. That is a version too; None where
    nothing was set."""
    _one_writer()
    if key not in _stored(section_name, place):
        return None
    return _add_version(section_name, key, None, place, user, note)


@transaction.atomic
def count_up(section_name: str, key: str, *, user: Any = None, note: str = "") -> int:
    """Set a number that it never had before, so that all processes see that something changed
    which isn't a setting itself. Returns it."""
    _one_writer()
    before = SystemConfiguration.objects.filter(
        config_section=section_name, config_key=key, **_where(EVERYWHERE)
    ).aggregate(last=Max("version"))
    count = int(before["last"] or 0) + 1
    _add_version(section_name, key, count, EVERYWHERE, user, note)
    return count


def _one_writer() -> None:
    """One writer at a time: versions follow each other, and a check sees what will be in force."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('systemconfiguration'))")


def _add_version(
    section_name: str, key: str, value: Any, place: Place, user: Any, note: str
) -> SystemConfiguration:
    versions = SystemConfiguration.objects.filter(
        config_section=section_name, config_key=key, **_where(place)
    )
    versions.filter(is_active=True).update(is_active=False)
    last = versions.aggregate(last=Max("version"))["last"] or 0
    row = SystemConfiguration.objects.create(
        config_section=section_name,
        config_key=key,
        config_value=value,
        version=last + 1,
        note=note[:300],
        created_by=user if user is not None and user.is_authenticated else None,
        **place.columns(),
    )
    transaction.on_commit(forget_cached)
    if tell := _listeners.get(section_name):
        tell(place, _stored(section_name, place))
    return row


# --- the kill switch ------------------------------------------------------------------------------

# That the keeper has not stopped everything, as a condition of a statement: the kill switch is read
# with the row that is about to act, never from a cache.
SOCIETY_RUNS = (
    "NOT EXISTS (SELECT 1 FROM audit_systemconfiguration WHERE config_section = 'society' "
    "AND config_key = 'paused' AND is_active AND config_value = 'true'::jsonb)"
)


@dataclass(frozen=True, slots=True)
class SocietyRules:
    """Whether the society runs at all."""

    paused: bool = setting(
        False, "The kill switch: while it is set nobody speaks, and nothing is spent."
    )


declare("society", SocietyRules(), title="the society")


def is_society_paused() -> bool:
    """Whether the keeper has stopped everything. Read from the database, never from a cache."""
    ((runs,),) = planned(f"SELECT {SOCIETY_RUNS}")
    return not runs


def what_pauses() -> QuerySet[SystemConfiguration]:
    """The row that stops everything, if there is one: for a statement to ask with its own rows."""
    return SystemConfiguration.objects.filter(
        config_section="society", config_key="paused", is_active=True, config_value=True
    )


def pause_society(paused: bool, *, user: Any = None) -> None:
    """Stop everything, or let it go on."""
    with transaction.atomic():
        set_value("society", "paused", paused, user=user)
        record_action("society.pause" if paused else "society.resume", user=user)


__all__ = [
    "EVERYWHERE",
    "SOCIETY_RUNS",
    "check_value",
    "declare",
    "forget_cached",
    "in_force",
    "is_society_paused",
    "look_again",
    "pause_society",
    "register_check",
    "register_listener",
    "register_placed_listener",
    "section",
    "set_value",
    "unset",
    "what_pauses",
]
