"""Once a day is over: how much of it each person spent here, and how readily characters agreed.
Counted from messages alone, so counting again changes nothing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from characters.models import Person
from conversations.care.care_rules import CareRules, in_force
from conversations.care.reliance import Day, agrees, counted, level, score
from conversations.models import Agreement, Message, Reliance
from fishbowl.llm.distress import is_clinging
from fishbowl.statements import planned

CATCH_UP = 7  # days that were missed are counted later
BACK = dt.timedelta(days=1)


def count_days(now: dt.datetime) -> int:
    """Count the days that are over, as far as nothing was counted since. Returns how many rows
    there are of them. The last one is counted again for people, for whom it may not have been over
    where they live."""
    yesterday = now.date() - BACK
    last = Agreement.objects.order_by("-day").values_list("day", flat=True).first()
    first = max(last or yesterday, now.date() - CATCH_UP * BACK)
    made = 0
    for ahead in range((yesterday - first).days + 1):
        day = first + ahead * BACK
        made += count_reliance(day) + (count_agreement(day) if day != last else 0)
    return made


# --- how far people lean on characters ------------------------------------------------------------


@transaction.atomic
def count_reliance(day: dt.date) -> int:
    """Count a day of everybody who agreed to be remembered and wrote on it."""
    rules = in_force()
    if not rules.reliance:
        return 0
    around = dt.datetime.combine(day, dt.time(), dt.UTC)
    people: dict[int, tuple[str, list[tuple[dt.datetime, bool]]]] = {}
    said = Message.objects.filter(
        created_at__gte=around - BACK,
        created_at__lt=around + 2 * BACK,
        person__erased_at=None,
        person__is_active=True,
        person__is_bot=False,
        deleted_at=None,
    ).exclude(person__consent_level=Person.Consent.NONE)
    for person, zone, at, content in said.values_list(
        "person_id", "person__timezone", "created_at", "content"
    ):
        there = at.astimezone(ZoneInfo(zone or "UTC"))
        if there.date() == day:
            people.setdefault(person, (zone, []))[1].append((there, is_clinging(content)))
    before = {pk: rest for pk, *rest in planned(_BEFORE, people=list(people), day=day)}
    Reliance.objects.bulk_create(
        [
            _counted(pk, day, lines, before.get(pk), rules, knows_clock=bool(zone))
            for pk, (zone, lines) in sorted(people.items())
        ],
        update_conflicts=True,
        unique_fields=["person", "day"],
        update_fields=[*Day.__dataclass_fields__, "score", "level"],
    )
    return len(people)


_BEFORE = """
    SELECT person_id, last.day, streak, level FROM unnest(%(people)s::bigint[]) AS who (id)
    CROSS JOIN LATERAL (
      SELECT person_id, day, streak, level FROM conversations_reliance
      WHERE person_id = who.id AND day < %(day)s::date ORDER BY day DESC LIMIT 1
    ) last
"""


def _counted(
    person: int,
    day: dt.date,
    lines: list[tuple[dt.datetime, bool]],
    before: Sequence[Any] | None,
    rules: CareRules,
    *,
    knows_clock: bool,
) -> Reliance:
    """A person's day, after what was counted `before`: of which day, the streak and the level."""
    last, streak, leaned = before or (day - BACK, 0, 0.0)
    away = (day - last).days
    found = counted(lines, streak + 1 if away == 1 else 1, knows_clock=knows_clock)
    today = score(found, rules)
    return Reliance(
        person_id=person,
        day=day,
        **{name: getattr(found, name) for name in Day.__dataclass_fields__},
        score=today,
        level=level(leaned, today, away, rules),
    )


# --- how readily characters agree -----------------------------------------------------------------

_ANSWERS = """
    SELECT said.character_id, heard.character_id, heard.person_id, said.content
    FROM conversations_message said
    JOIN conversations_turn t ON t.id = said.turn_id
    JOIN conversations_message heard ON heard.id = t.answers_id
    LEFT JOIN characters_person p ON p.id = heard.person_id
    WHERE said.character_id IS NOT NULL AND said.deleted_at IS NULL AND heard.deleted_at IS NULL
      AND said.created_at >= %s AND said.created_at < %s
      AND heard.role <> 'system' AND NOT heard.is_off_record
      AND right(rtrim(heard.content), 1) <> '?'
      AND (p.id IS NULL OR (p.consent_level <> 'none' AND p.erased_at IS NULL))
      AND heard.character_id IS DISTINCT FROM said.character_id
"""


@transaction.atomic
def count_agreement(day: dt.date) -> int:
    """Count how often each character agreed in a day with each to whom it answered."""
    since = dt.datetime.combine(day, dt.time(), dt.UTC)
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, [since, since + BACK])
        pairs = _by_pair(cursor.fetchall())
    Agreement.objects.bulk_create(
        [
            Agreement(
                character_id=who,
                with_character_id=character,
                with_person_id=person,
                day=day,
                answers=len(said),
                agreed=sum(said),
            )
            for (who, character, person), said in sorted(pairs.items(), key=str)
        ],
        update_conflicts=True,
        unique_fields=["character", "with_character", "with_person", "day"],
        update_fields=["answers", "agreed"],
    )
    return len(pairs)


Pair = tuple[int, int | None, int | None]


def _by_pair(rows: Iterable[tuple[int, int | None, int | None, str]]) -> dict[Pair, list[bool]]:
    pairs: dict[Pair, list[bool]] = defaultdict(list)
    for who, character, person, content in rows:
        pairs[who, character, person].append(agrees(content))
    return pairs
