"""Who doesn't meet for long grows apart: once a day each bond fades a little toward what strangers
feel. Every bond by itself: a run that was cut short is gone on with by the next."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q

from characters import relationship
from characters.models import Character, Community, Persona, Relationship
from characters.relationship import Bond
from characters.rules import LivingRules
from characters.services import rest_emotions, unrested
from conversations.feelings import bonding, living
from fishbowl.statements import inserting, saving, together

DAILY = dt.timedelta(hours=20)
MOST_DAYS = 14  # a longer stop of the whole system fades a bond like so many days
LEAST = 0.005  # less is not written: it is counted the next time
A_HAIR = dt.timedelta(seconds=0.001)  # the database may round another way than we do
PARTS = ("trust", "affection", "attunement")
READ = (
    "id", *PARTS, "community_id", "last_interaction_at", "faded_at",
    "repair_since",
)  # fmt: skip


def fade(now: dt.datetime) -> int:
    """Let bonds fade by the absence that wasn't counted yet; none of a character that is paused.
    Returns how many have moved."""
    return sum(_fade(pk, now) for pk in due(now))


def due(now: dt.datetime) -> list[int]:
    """The bonds that absence has moved far enough to be written, and the quarrels that may have
    grown old."""
    waiting = Relationship.objects.filter(
        is_locked=False,
        last_interaction_at__lt=now - DAILY,
        from_character__status=Character.Status.ACTIVE,
    ).filter(_may_be_due(now))
    return [
        bond.pk
        for bond in waiting.only(*READ).order_by("pk").iterator()
        if bond.repair_since is not None or _faded(bond, now) is not None
    ]


def _may_be_due(now: dt.datetime) -> Q:
    """Whatever `_faded` finds to have moved is among these, by the rules of each place. Most bonds
    are of those who left long ago and feel as strangers do: absence moves them no more."""
    places: dict[tuple[float, float], list[int | None]] = defaultdict(list)
    for pk in (None, *Community.objects.values_list("pk", flat=True)):
        rules = living.in_force(pk)
        places[rules.absence_days, rules.absence_per_day].append(pk)
    found = Q(repair_since__isnull=False)
    for (free, per_day), those in places.items():
        counted = now - dt.timedelta(days=1) + A_HAIR
        most = 1 - math.pow(1 - per_day, MOST_DAYS)  # of a distance, what one run takes away
        if most <= 0:
            continue
        least = LEAST / most - A_HAIR.total_seconds()
        here = Q(community__in=[pk for pk in those if pk is not None])
        far = [
            Q(**{f"{part}__gte": felt + least}) | Q(**{f"{part}__lte": felt - least})
            for part, felt in zip(PARTS, relationship.START, strict=True)
        ]
        found |= (
            (here | Q(community__isnull=True) if None in those else here)
            & Q(last_interaction_at__lte=counted - dt.timedelta(days=free))
            & (Q(faded_at__isnull=True) | Q(faded_at__lte=counted))
            & reduce(or_, far)
        )
    return found


def _faded(bond: Relationship, now: dt.datetime) -> Bond | None:
    """Where a bond stands after its absence; None while that is next to nothing more."""
    rules = living.in_force(bond.community_id)
    days, before = absent_days(bond, rules, now), bonding.felt(bond)
    after = relationship.after_absence(before, days, per_day=rules.absence_per_day)
    by = max(abs(a - b) for a, b in zip(after.parts(), before.parts(), strict=True))
    return after if days >= 1 and by >= LEAST else None


@transaction.atomic
def _fade(pk: int, now: dt.datetime) -> bool:
    """Fade one bond, unless somebody has it in hand. Returns whether it moved."""
    held = Relationship.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
    bond = held.filter(pk=pk, is_locked=False).first()
    if bond is None:
        return False
    rules = living.in_force(bond.community_id)
    after, days = _faded(bond, now), absent_days(bond, rules, now)
    events = []
    if after is not None:
        cause = f"{days:.0f} days more without a word" if days >= 1.5 else "a day without a word"
        events.append(bonding.move(bond, after, bonding.KIND.DECAY, cause, now))
        bond.faded_at = now
    if bond.repair_since is not None:  # a quarrel that nobody speaks of grows old as well
        events += bonding.quarrel(bond, rules, now)
    if events:
        together(saving(bond, *bonding.WRITTEN, "faded_at"), *(inserting(one) for one in events))
    return after is not None


def absent_days(bond: Relationship, rules: LivingRules, now: dt.datetime) -> float:
    """The days of absence to be counted now: those since the last count, but none of the first
    after an exchange."""
    if bond.last_interaction_at is None:
        return 0.0
    begins = bond.last_interaction_at + dt.timedelta(days=rules.absence_days)
    since = max(begins, bond.faded_at or begins)
    return min(MOST_DAYS, max(0.0, (now - since).total_seconds() / 86_400))


def rest_all() -> int:
    """Have everybody's emotions rest where their traits put them now. Returns how many moved."""
    personas = Persona.objects.only("character_id", *Persona.TRAITS).order_by("character_id")
    traits = {one.character_id: one.traits() for one in personas}
    return sum(rest_emotions(pk, traits[pk]) for pk in unrested(traits))
