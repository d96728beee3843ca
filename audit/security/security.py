"""Security events: recorded by whoever meets one, resolved by whoever keeps this place safe."""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.models import SecurityEvent, SecurityEventType, Severity
from audit.trail.acting import Acting, acting, as_address
from audit.trail.actions import LONGEST_NAME, record_action
from fishbowl.overrides import storable

log = logging.getLogger(__name__)

Type = SecurityEventType
SEVERITY: dict[str, Severity] = {
    Type.LOGIN: Severity.INFO,
    Type.LOGOUT: Severity.INFO,
    Type.LOGIN_FAILED: Severity.LOW,
    Type.LOCKOUT: Severity.HIGH,
    Type.SECOND_FACTOR_FAILED: Severity.MEDIUM,
    Type.SECOND_FACTOR_CHANGED: Severity.MEDIUM,
    Type.ROLES_CHANGED: Severity.MEDIUM,
    Type.PERMISSION_DENIED: Severity.MEDIUM,
    Type.FORM_REFUSED: Severity.MEDIUM,
    Type.BAD_ORIGIN: Severity.MEDIUM,
    Type.FLOODED: Severity.LOW,
    Type.INJECTION_ATTEMPT: Severity.LOW,
    Type.FILE_DENIED: Severity.HIGH,
    Type.FILE_REFUSED: Severity.MEDIUM,
    Type.ROW_DENIED: Severity.HIGH,
    Type.TOKEN_ERROR: Severity.HIGH,
    Type.MODERATION_DOWN: Severity.MEDIUM,
    Type.CHAIN_BROKEN: Severity.CRITICAL,
}
# Those that keepers are alerted to for as long as nobody has resolved them
# (`audit.operation.troubles`).
ALARMING = frozenset({Severity.HIGH, Severity.CRITICAL})
# One source can't fill the log: of what a process sees of one type from one source within ten
# minutes, the first twenty are written. What staff do is always.
MOST, WITHIN_S, SOURCES = 20, 600.0, 1000
UNLIMITED = frozenset({Type.LOGIN, Type.LOGOUT, Type.LOCKOUT, Type.ROLES_CHANGED})

_seen: OrderedDict[tuple[str, str], tuple[float, int]] = OrderedDict()
_lock = Lock()


def record_event(
    event_type: SecurityEventType | str,
    *,
    severity: Severity | None = None,
    data: Mapping[str, Any] | None = None,
    source: str | None = None,
    who: Acting | None = None,
    now: dt.datetime | None = None,
) -> SecurityEvent | None:
    """Write down a security event. Returns None where the same source has filled its share.

    `source` is the IP address it came from, and `who` is behind it; left out, both are those of
    the request or the command under way. `data` holds JSON; people of the talk appear in it by the
    number of their row, never by name or words, so that forgetting them leaves nothing here.
    """
    who = who or acting()
    kind = SecurityEventType(event_type)
    address = as_address(source or "") or who.ip
    if not _has_room(kind, address or who.name or _culprit(data or {})):
        log.warning("Security event not written, there are many: %s from %s", kind, address)
        return None
    event = SecurityEvent.objects.create(
        event_type=kind,
        severity=severity or SEVERITY[kind],
        source_ip=address,
        actor=who.user,
        actor_name=who.name[:LONGEST_NAME],
        event_data=storable(data or {}),
        occurred_at=now or timezone.now(),
    )
    if event.severity in ALARMING:
        log.warning("Security: %s from %s", event, address or "here")
    return event


def resolve(event: SecurityEvent, note: str, *, user: Any, now: dt.datetime | None = None) -> bool:
    """Close an event with a note. Returns whether it was open; the first note stays.

    Raises:
        ValueError: the note is empty.
    """
    note = note.strip()[:500]
    if not note:
        raise ValueError("resolution: say in a note what it was, or what was done about it.")
    with transaction.atomic():
        was_open = SecurityEvent.objects.filter(pk=event.pk, resolved=False).update(
            resolved=True, resolved_by=user, resolved_at=now or timezone.now(), resolution=note
        )
        if was_open:
            record_action("security.resolve", event, changes={"note": note}, user=user)
    return bool(was_open)


def forget_seen() -> None:
    """Begin the count of each source anew."""
    with _lock:
        _seen.clear()


def _has_room(kind: str, source: str) -> bool:
    if kind in UNLIMITED:
        return True
    key, now = (kind, source), time.monotonic()
    with _lock:
        since, count = _seen.pop(key, (now, 0))
        if now - since > WITHIN_S:
            since, count = now, 0
        _seen[key] = (since, count + 1)
        if len(_seen) > SOURCES:
            _seen.popitem(last=False)
    return count < MOST


def _culprit(data: Mapping[str, Any]) -> str:
    """Whom an event that comes from no address comes from."""
    return str(data.get("person") or data.get("character") or data.get("server") or "")
