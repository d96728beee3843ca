"""A character's night: what it remembers weakens, is tidied, settles and is forgotten.

A night is a row. One that was cut short, by a kill or an outage, is gone on with by whoever comes
next: every step finds what is left to do from the memories themselves. That one worker at a time
has a character's night is held by a lock of the database, which forgets it when its holder dies.
"""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from zoneinfo import ZoneInfo

from django.db.models import Max, Q
from django.utils import timezone

from audit.configuration.configuration import is_society_paused
from characters.models import Character
from fishbowl.alone import alone
from memories import scratchpad
from memories.models import ConsolidationRun, HygieneRun, Memory
from memories.nights import consolidation, forgetting, hygiene
from memories.nights.candidates import MOST
from memories.nights.contagion import notice_all
from memories.nights.ending import Ending
from memories.nights.forgetting import Night
from memories.rules import MemoryRules, in_force

RESTED = dt.timedelta(hours=20)  # the least from one night to the next
OVERDUE = dt.timedelta(hours=30)  # after so long any hour will do
DAY, OFF = dt.timedelta(days=1), dt.timedelta(days=2)  # so long without an audit, nothing ran
JITTER_MIN = 90


class NightRefused(Exception):
    """A sentence that says why there is no night, or no audit, now."""


# --- when -----------------------------------------------------------------------------------------


def due(now: dt.datetime) -> list[int]:
    """The characters whose night it is: where they live it is dark, and their last one is most of
    a day ago; or it is so long ago that any hour will do."""
    if is_society_paused():
        return []
    rules = in_force()
    rows = (
        Character.objects.active()
        .annotate(
            rested=Max(
                "consolidations__finished_at", filter=Q(consolidations__finished_at__isnull=False)
            )
        )
        .values_list("pk", "timezone", "rested", "created_at")
    )
    return [
        pk
        for pk, zone, rested, born in rows
        if is_due(pk, zone, rested or born, now, rules, is_first=rested is None)
    ]


def is_due(
    character_id: int,
    zone: str,
    last: dt.datetime,
    now: dt.datetime,
    rules: MemoryRules,
    *,
    is_first: bool = False,
) -> bool:
    """Whether a character that last rested at `last` (its first night: was born then) has its
    night at `now`. Pure. A few minutes, its own, part it from the others'."""
    if now - last >= OVERDUE:
        return True
    if now - last < RESTED and not is_first:
        return False
    local = now.astimezone(ZoneInfo(zone))
    minutes = local.hour * 60 + local.minute
    begins = rules.night_from * 60 + zlib.crc32(str(character_id).encode()) % JITTER_MIN
    return bool(begins <= minutes < max(rules.night_until * 60, begins + 60))


# --- one night ------------------------------------------------------------------------------------


def consolidate(character_id: int, now: dt.datetime | None = None) -> ConsolidationRun:
    """Give a character its night, or the rest of one that was cut short. What stops it is written
    into its row, and it stays under way for the next who comes.

    Raises:
        NightRefused: it is paused, or another worker has its night.
        DatabaseError, GatewayError: something is away; what was done holds.
    """
    now = now or timezone.now()
    character = Character.objects.filter(pk=character_id).first()
    if character is None or not _may_go_on(character_id):
        raise NightRefused("A paused character has no nights: nothing of it changes or costs.")
    with _alone(character_id):
        run, _ = ConsolidationRun.objects.get_or_create(
            character_id=character_id, finished_at=None, defaults={"started_at": now}
        )
        night = Night(
            run_id=run.pk,
            owner_id=character_id,
            date=now.astimezone(ZoneInfo(character.timezone)).date(),
            now=now,
            timezone=character.timezone,
            rules=in_force(character=character_id),
        )
        runs = ConsolidationRun.objects.filter(pk=run.pk)
        with Ending(runs, now) as ending:
            if _live_through(night):
                runs.update(finished_at=max(ending.at, run.started_at), error="")
        run.refresh_from_db()
        return run


def _live_through(night: Night) -> bool:
    """All that a night does; False where the character was paused meanwhile."""

    def may_go_on() -> bool:
        return _may_go_on(night.owner_id)

    forgetting.weaken(night)
    examined = Memory.objects.filter(owner=night.owner_id).recallable().count()
    ConsolidationRun.objects.filter(pk=night.run_id).update(examined=min(examined, MOST))
    consolidation.merge_duplicates(night)
    # Before the weak leave recall: together they may still be worth a summary.
    consolidation.summarise_clusters(night, may_go_on)
    if not may_go_on():
        return False
    forgetting.settle(night)
    forgetting.forget(night)
    return True


def _may_go_on(character_id: int) -> bool:
    return Character.objects.active().filter(pk=character_id).exists() and not is_society_paused()


@contextmanager
def _alone(character_id: int) -> Iterator[None]:
    """Have a character's night alone.

    Raises:
        NightRefused: another worker has it.
    """
    with alone("memories.night", character_id) as is_mine:
        if not is_mine:
            raise NightRefused("Another worker has this character's night.")
        yield


# --- what is everybody's --------------------------------------------------------------------------


def is_audit_due(now: dt.datetime) -> bool:
    """Whether the whole store is to be audited: daily, and never while the society is stopped."""
    if is_society_paused():
        return False
    last = HygieneRun.objects.filter(finished_at__isnull=False).order_by("-finished_at").first()
    return last is None or last.finished_at is None or now - last.finished_at >= RESTED


def days_off(since: dt.datetime, now: dt.datetime) -> float:
    """For how many days between two moments nothing ran, or everything was paused: those without an
    audit, of which each day has one. Before the first there is nothing to tell by."""
    audits = HygieneRun.objects.filter(finished_at__lt=now).order_by("finished_at")
    ends = audits.values_list("finished_at", flat=True)
    before = list(ends.filter(finished_at__lte=since).reverse()[:1])
    ran = [max(since, end) for end in [*before, *ends.filter(finished_at__gt=since)] if end]
    gaps = [later - earlier for earlier, later in pairwise([*ran, now])]
    return sum(gap / DAY for gap in gaps if gap >= OFF)


def audit(now: dt.datetime | None = None) -> HygieneRun:
    """What is done once a day for all: the audit, what spreads, and the notes that have expired.

    Raises:
        NightRefused: another worker does it at this moment.
        DatabaseError, GatewayError: something is away; what was done holds.
    """
    now = now or timezone.now()
    with alone("memories.audit") as is_mine:
        if not is_mine:
            raise NightRefused("Another worker audits at this moment.")
        scratchpad.forget_expired(now)
        notice_all(now)
        return hygiene.audit(now)
