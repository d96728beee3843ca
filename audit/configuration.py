"""Settings of behaviour, as versions in the database: read them, add a version."""

from __future__ import annotations

import threading
import time
from typing import Any

from django.db import transaction
from django.db.models import Max

from audit.models import SystemConfiguration

FRESH_FOR_S = 1.0

_cache: dict[str, tuple[float, dict[str, Any]]] = {}
_lock = threading.Lock()


def section(name: str) -> dict[str, Any]:
    """The active values of a section by key, at most a second old."""
    now = time.monotonic()
    with _lock:
        known = _cache.get(name)
        if known and now - known[0] < FRESH_FOR_S:
            return known[1]
    values = dict(
        SystemConfiguration.objects.filter(config_section=name, is_active=True).values_list(
            "config_key", "config_value"
        )
    )
    with _lock:
        _cache[name] = (now, values)
    return values


def forget_cached() -> None:
    """Read everything anew at the next call."""
    with _lock:
        _cache.clear()


@transaction.atomic
def set_value(
    section_name: str, key: str, value: Any, *, user: Any = None, note: str = ""
) -> SystemConfiguration:
    """Add a version of a setting and make it the active one."""
    versions = SystemConfiguration.objects.select_for_update().filter(
        config_section=section_name, config_key=key
    )
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
    return row


def is_society_paused() -> bool:
    """Whether the keeper has stopped everything. Read from the database, never from a cache."""
    return SystemConfiguration.objects.filter(
        config_section="society", config_key="paused", is_active=True, config_value=True
    ).exists()


def pause_society(paused: bool, *, user: Any = None) -> None:
    """Stop everything, or let it go on."""
    set_value("society", "paused", paused, user=user)
