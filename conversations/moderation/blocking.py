"""People from whom nothing is taken in for a while, wherever they write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction

from audit.trail.actions import record_action
from characters.models import Person

FOR_GOOD = dt.timedelta(days=36_500)


@transaction.atomic
def block(
    people: Collection[int], length: dt.timedelta, now: dt.datetime, user: Any, note: str = ""
) -> int:
    """Take nothing in from people until so much later; what they said before stands. Returns how
    many they are: who was erased is nobody."""
    until = now + length
    held = list(Person.objects.select_for_update(no_key=True).filter(pk__in=people, erased_at=None))
    for person in held:
        Person.objects.filter(pk=person.pk).update(blocked_until=until)
        about = {"until": until.isoformat(), "note": note}
        record_action("person.block", person, changes=about, user=user)
    return len(held)


@transaction.atomic
def unblock(people: Collection[int], now: dt.datetime, user: Any) -> int:
    """Hear people again. Returns how many were blocked."""
    held = list(
        Person.objects.select_for_update(no_key=True).filter(pk__in=people, blocked_until__gt=now)
    )
    for person in held:
        Person.objects.filter(pk=person.pk).update(blocked_until=None)
        record_action("person.unblock", person, user=user)
    return len(held)
