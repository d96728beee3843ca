"""What each character is at while the day goes by: told from the hour where it lives, how rested it
is, what it makes, wants and cares for. It stands in its state, on its page, and before its mind."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from audit.configuration.configuration import is_society_paused
from characters.models import Character
from fishbowl.statements import Row, loaded, together

SLOT_HOURS = 2  # for so long one keeps at a thing
TIRED = 0.35  # energy under which one rests
NIGHT = (23, 6)  # hours at which even those who may be called at any time sleep
LONGEST = 110  # characters of what is named
AIMS = 3  # of the goals, the weightiest


@dataclass(frozen=True, slots=True)
class Doer:
    """A character as its day is told from. `minutes_up` is how long it has been up, `minutes_left`
    until it goes to bed; `works` are what it writes on, `aims` what its keeper has it want, the
    weightiest first, `interests` each with its weight."""

    key: str
    is_awake: bool
    energy: float = 0.8
    minutes_up: int = 600
    minutes_left: int = 600
    works: Sequence[str] = ()
    aims: Sequence[str] = ()
    interests: Sequence[tuple[str, float]] = ()


def doing(doer: Doer, local: dt.datetime) -> str:
    """What somebody is at, as one would say it after 'is': the same for two hours, and told by the
    hour alone, so that nothing has to be kept for it. Pure."""
    if not doer.is_awake:
        return "asleep"
    if doer.minutes_up < 45:
        return "having breakfast"
    if doer.minutes_left < 45:
        return "getting ready for bed"
    if doer.energy < TIRED:
        return "resting"
    if local.hour in (12, 19) and local.minute < 40:
        return "having something to eat"
    rng = Random(f"{doer.key}|{local.date()}|{local.hour // SLOT_HOURS}")
    by_day = 8 <= local.hour < 18
    ways: list[tuple[str, float]] = [
        *((f"working on {work}", 1.0 if by_day else 2.0) for work in doer.works),
        *(
            (f"trying to {_begun(aim)}", (2.0 if by_day else 0.7) / place)
            for place, aim in enumerate(doer.aims, 1)
        ),
        *((f"busy with {_cut(topic)}", weight) for topic, weight in doer.interests),
        ("out for a walk", 0.5),
        ("looking out of the window", 0.3),
    ]
    return rng.choices([what for what, _ in ways], [weight for _, weight in ways])[0]


def _begun(aim: str) -> str:
    """An aim as it goes on after 'to': its first clause."""
    first = _cut(aim.replace(";", ".").replace(":", ".").split(".")[0])
    return first[:1].lower() + first[1:]


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else f"{flat[:LONGEST].rsplit(' ', 1)[0]} …"


def doer_of(
    character: Character,
    energy: float,
    works: Sequence[str],
    aims: Sequence[str],
    interests: Sequence[tuple[str, float]],
    local: dt.datetime,
) -> Doer:
    """How a character stands, from its rows."""
    start, end = character.active_hours_start, character.active_hours_end
    is_awake = character.is_awake(local)
    begins, ends = NIGHT[1] * 60, NIGHT[0] * 60
    if start is not None and end is not None and start != end:
        begins, ends = start.hour * 60 + start.minute, end.hour * 60 + end.minute
    else:
        is_awake = NIGHT[1] <= local.hour < NIGHT[0]
    minute = local.hour * 60 + local.minute
    return Doer(
        key=character.slug,
        is_awake=is_awake,
        energy=energy,
        minutes_up=(minute - begins) % 1440,
        minutes_left=(ends - minute) % 1440,
        works=works,
        aims=aims[:AIMS],
        interests=interests,
    )


def tend(now: dt.datetime) -> int:
    """Let everybody go on with the day. Returns how many are at something else than before. Who is
    paused is at nothing."""
    if is_society_paused():
        return 0
    ((count,),), people, aims, interests, works = together(
        (_REST, ()), (_PEOPLE, ()), (_AIMS, ()), (_INTERESTS, ()), (_WORKS, ())
    )
    aimed, drawn, making = _by_character(aims), _by_character(interests), _by_character(works)
    changed: list[tuple[int, str]] = []
    for *columns, key, energy, before in people:
        character = loaded(Character, _CHARACTER, columns)
        local = now.astimezone(ZoneInfo(character.timezone))
        doer = doer_of(
            character,
            energy,
            [
                f"the {kind} “{_cut(title)}”" if title else f"a {kind}"
                for kind, title in making[character.pk]
            ],
            [aim for (aim,) in aimed[character.pk]],
            drawn[character.pk],
            local,
        )
        what = doing(doer, local)[:200]
        if what != before:
            changed.append((key, what))
    if changed:
        # Not through the row: a turn may be writing it, and has no part in this column.
        keys, acts = zip(*changed, strict=True)
        together((_CHANGE, (list(keys), list(acts))))
    return int(count) + len(changed)


_CHARACTER = (
    "id", "slug", "timezone", "status", "is_template", "active_hours_start", "active_hours_end",
)  # fmt: skip
_REST = """
    WITH rested AS (
      UPDATE characters_characterstate s SET current_activity = '' FROM characters_character k
      WHERE k.id = s.character_id AND k.status <> 'active' AND s.current_activity <> ''
      RETURNING s.id)
    SELECT count(*) FROM rested
"""
_PEOPLE = f"""
    SELECT {", ".join(f"k.{name}" for name in _CHARACTER)}, s.id, s.energy, s.current_activity
    FROM characters_character k JOIN characters_characterstate s ON s.character_id = k.id
    WHERE k.status = 'active' AND NOT k.is_template ORDER BY k.id
"""  # noqa: S608 - names of columns
_AIMS = """
    SELECT character_id, description FROM characters_goal
    WHERE status = 'active' AND origin = 'keeper' ORDER BY priority DESC, id
"""
_INTERESTS = """
    SELECT character_id, topic, weight FROM characters_interest ORDER BY weight DESC, topic
"""
# What it is at is seen everywhere, and a title is of the community where the work is made.
_WORKS = """
    SELECT m.character_id, p.kind, CASE WHEN p.community_id IS NULL OR NOT EXISTS (
        SELECT FROM characters_community c WHERE c.id <> p.community_id AND c.is_active
      ) THEN p.title ELSE '' END
    FROM characters_projectmember m
    JOIN characters_creativeproject p ON p.id = m.project_id
    WHERE m.status = 'accepted' AND p.status = 'open' ORDER BY m.project_id, m.id
"""
_CHANGE = """
    UPDATE characters_characterstate s SET current_activity = found.act
    FROM unnest(%s::bigint[], %s::text[]) AS found (id, act) WHERE s.id = found.id
"""


def _by_character(rows: Sequence[Row]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for key, *rest in rows:
        found[key].append(tuple(rest))
    return found
