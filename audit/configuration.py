"""Settings of behaviour, as versions in the database: read them, add a version.

Whoever reads a section may register a check of it here, so that no keeper can store values which
would stop it, and a listener, so that it hears of a change.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from audit.models import SystemConfiguration

FRESH_FOR_S = 1.0

_cache: dict[str, tuple[float, dict[str, Any]]] = {}
_lock = threading.Lock()
_checks: dict[str, Callable[[Mapping[str, Any]], object]] = {}
_listeners: dict[str, Callable[[Mapping[str, Any]], object]] = {}


def register_check(section_name: str, check: Callable[[Mapping[str, Any]], object]) -> None:
    """Have `check` see all values of a section before a version of it is stored. It raises
    ValueError, with a sentence, when they won't do."""
    _checks[section_name] = check


def register_listener(section_name: str, tell: Callable[[Mapping[str, Any]], object]) -> None:
    """Have `tell` hear of all values of a section when a version of it is stored, within the same
    transaction."""
    _listeners[section_name] = tell


def check_value(section_name: str, key: str, value: Any) -> None:
    """See that a section would still do with `value` in it.

    Raises:
        ValueError: it is no value, or whoever reads the section can't use it.
    """
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        raise ValueError(f"{section_name}.{key} must be a JSON value, not {value!r}.") from None
    if value is None:
        raise ValueError(f"{section_name}.{key} must have a value.")
    if check := _checks.get(section_name):
        check({**_active(section_name), key: value})


def section(name: str) -> dict[str, Any]:
    """The active values of a section by key, at most a second old."""
    now = time.monotonic()
    with _lock:
        known = _cache.get(name)
        if known and now - known[0] < FRESH_FOR_S:
            return known[1]
    values = _active(name)
    with _lock:
        _cache[name] = (now, values)
    return values


def _active(name: str) -> dict[str, Any]:
    return dict(
        SystemConfiguration.objects.filter(config_section=name, is_active=True).values_list(
            "config_key", "config_value"
        )
    )


def forget_cached() -> None:
    """Read everything anew at the next call."""
    with _lock:
        _cache.clear()


@transaction.atomic
def set_value(
    section_name: str, key: str, value: Any, *, user: Any = None, note: str = ""
) -> SystemConfiguration:
    """Add a version of a setting and make it the active one.

    Raises:
        ValueError: whoever reads the section can't use the value.
    """
    # One writer at a time: versions follow each other, and a check sees what will be in force.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('systemconfiguration'))")
    check_value(section_name, key, value)
    versions = SystemConfiguration.objects.filter(config_section=section_name, config_key=key)
    versions.filter(is_active=True).update(is_active=False)
    last = versions.aggregate(last=Max("version"))["last"] or 0
    row = SystemConfiguration.objects.create(
        config_section=section_name,
        config_key=key,
        config_value=value,
        version=last + 1,
        note=note,
        created_by=user if user is not None and user.is_authenticated else None,
    )
    transaction.on_commit(forget_cached)
    if tell := _listeners.get(section_name):
        tell(_active(section_name))
    return row


# That the keeper has not stopped everything, as a condition of a statement: the kill switch is read
# with the row that is about to act, never from a cache.
SOCIETY_RUNS = (
    "NOT EXISTS (SELECT 1 FROM audit_systemconfiguration WHERE config_section = 'society' "
    "AND config_key = 'paused' AND is_active AND config_value = 'true'::jsonb)"
)


def is_society_paused() -> bool:
    """Whether the keeper has stopped everything. Read from the database, never from a cache."""
    return SystemConfiguration.objects.filter(
        config_section="society", config_key="paused", is_active=True, config_value=True
    ).exists()


def pause_society(paused: bool, *, user: Any = None) -> None:
    """Stop everything, or let it go on."""
    set_value("society", "paused", paused, user=user)


def _check_society(values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if key != "paused" or not isinstance(value, bool):
            raise ValueError("society.paused is the only setting of the society: true or false.")


register_check("society", _check_society)
