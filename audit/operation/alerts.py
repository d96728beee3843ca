"""What keepers should know of: rules that look for trouble, and the rows of what they found.

Whoever has something to watch registers a rule. All are asked every half minute, by the clock's own
process (a worker that is gone can't tell that it is), or by the web when the clock is gone too. An
alert is opened once, told of once, and closed when its rule finds the trouble no more.
"""

from __future__ import annotations

import datetime as dt
import http.client
import json
import logging
import threading
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from audit.models import Alert, HealthCheck
from audit.operation import health

log = logging.getLogger(__name__)

LOOK_EVERY_S = 30.0
STALE_AFTER = dt.timedelta(minutes=2)
TELL_WITHIN_S = 5.0
WATCH = "watch"  # the component by which the watch itself gives a sign
LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "critical": logging.ERROR}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a rule has found: `subject` parts several of one rule, `detail` says what is the matter
    and what to do, in a sentence."""

    detail: str
    subject: str = ""
    severity: str = ""  # where it isn't the rule's own


Look = Callable[[dt.datetime], Iterable[Trouble]]
_rules: dict[str, tuple[str, Look]] = {}


def register(rule: str, severity: str, look: Look) -> None:
    """Have `look` asked every half minute; what it yields is an alert for as long as it does.

    `severity` is info, warning or critical.
    """
    _rules[rule] = (severity, look)


def watch(now: dt.datetime | None = None) -> tuple[int, int]:
    """Ask every rule; open, close and tell. Returns how many alerts were opened and closed.

    One process does it at a time; another that comes meanwhile does nothing.
    """
    now = now or timezone.now()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('alerts'))")
            if not cursor.fetchone()[0]:
                return 0, 0
        found = {
            (rule, trouble.subject): (trouble.severity or severity, trouble.detail)
            for rule, (severity, look) in _rules.items()
            for trouble in look(now)
        }
        opened, closed = _settle(found, now)
        health.note(WATCH, HealthCheck.Status.OK, now)
    tell()
    return opened, closed


def _settle(found: dict[tuple[str, str], tuple[str, str]], now: dt.datetime) -> tuple[int, int]:
    known = {(one.rule, one.subject): one for one in Alert.objects.filter(closed_at=None)}
    for key in known.keys() - found.keys():
        Alert.objects.filter(pk=known[key].pk).update(closed_at=max(now, known[key].opened_at))
        log.info("Over: %s", known[key])
    fresh = found.keys() - known.keys()
    for key in sorted(fresh):
        severity, detail = found[key]
        alert = Alert.objects.create(
            rule=key[0],
            subject=key[1][:200],
            severity=severity,
            detail=detail[:500],
            opened_at=now,
        )
        log.log(LEVELS[severity], "Alert: %s", alert)
    for key in found.keys() & known.keys():
        severity, detail = found[key]
        Alert.objects.filter(pk=known[key].pk).update(severity=severity, detail=detail[:500])
    return len(fresh), len(known.keys() - found.keys())


def watch_if_stale(now: dt.datetime | None = None) -> bool:
    """Watch where nobody has for two minutes: the clock is gone. Returns whether it did."""
    now = now or timezone.now()
    last = health.last_sign(WATCH)
    if last is not None and now - last < STALE_AFTER:
        return False
    watch(now)
    return True


def acknowledge(alert: Alert, user: object) -> bool:
    """Note that a keeper knows of an alert. Returns whether nobody had before."""
    return bool(
        Alert.objects.filter(pk=alert.pk, acknowledged_at=None).update(
            acknowledged_at=timezone.now(), acknowledged_by=user
        )
    )


def tell() -> int:
    """Send what is open and not told yet to the configured webhook, each once. Returns how many.

    Whoever sends holds the row meanwhile. Where the webhook refuses it, or the process dies, it is
    sent at the next look: rather twice than never.
    """
    address = settings.FISHBOWL.alert_webhook
    if not address:
        return 0
    told = 0
    waiting = Alert.objects.filter(closed_at=None, told_at=None)
    for pk in waiting.order_by("opened_at").values_list("pk", flat=True):
        with transaction.atomic():
            alert = waiting.select_for_update(skip_locked=True, no_key=True).filter(pk=pk).first()
            if alert is not None and _send(address, alert):
                told += Alert.objects.filter(pk=pk).update(told_at=timezone.now())
    return told


def _send(address: str, alert: Alert) -> bool:
    """Discord reads `content`; the other fields are for whoever else listens."""
    text = f"Fishbowl, {alert.severity}: {alert.detail}"
    told = {
        "content": text[:1900],
        "allowed_mentions": {"parse": []},
        "rule": alert.rule,
        "subject": alert.subject,
        "severity": alert.severity,
        "opened_at": alert.opened_at.isoformat(),
    }
    request = urllib.request.Request(  # noqa: S310 - the settings let only http and https in
        address,
        json.dumps(told).encode(),
        {"Content-Type": "application/json", "User-Agent": "fishbowl"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TELL_WITHIN_S):  # noqa: S310
            return True
    except (http.client.HTTPException, OSError) as error:
        log.warning("The alert %s did not reach the webhook: %s", alert.rule, error)
        return False


def watch_in_background() -> threading.Thread:
    """Watch for as long as this process lives, in a thread of its own."""
    thread = threading.Thread(target=_watch_on, name="alerts", daemon=True)
    thread.start()
    return thread


def _watch_on(pause: Callable[[float], object] | None = None) -> None:
    from django.db import DatabaseError, close_old_connections

    pause = pause or threading.Event().wait
    while True:
        pause(LOOK_EVERY_S)
        try:
            close_old_connections()
            watch()
        except DatabaseError as error:
            log.warning("The watch could not look: %s", error)
        finally:
            connection.close()
