"""What a character's page shows of how it feels and stands to others: figures and words, no causes
that anybody said where not everybody hears. Only reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from characters import emotion
from characters.feelings import Feelings, asking
from characters.milestones import MILESTONES
from characters.models import Character, MoodChange, Relationship
from conversations.feelings import living
from conversations.models import Channel
from conversations.tank.faces import face_of
from fishbowl.statements import together

POINTS = 120
WIDTH, HEIGHT = 600, 80
BONDS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class MoodLine:
    """How a mood went: the points of a line in a picture, and the same in words."""

    points: str
    words: str
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Felt:
    """An emotion, its level and its rest in percent, and whether it stands out."""

    name: str
    percent: int
    rest: int
    stands_out: bool


def moved_in(channels: QuerySet[Channel]) -> Q:
    """Of moves of a mood, those that came of nothing said, or of what was said in these
    channels, and not while they were for adults."""
    return Q(trigger_message__isnull=True) | Q(
        trigger_message__conversation__channel__in=channels,
        trigger_message__conversation__is_adult=False,
    )


def mood_line(character_id: int) -> MoodLine | None:
    """How the mood went over the latest changes; None before there are two."""
    rows = list(
        MoodChange.objects.filter(character=character_id)
        .order_by("-recorded_at", "-pk")
        .values_list("recorded_at", "valence")[:POINTS]
    )[::-1]
    return drawn(rows)


def drawn(rows: Sequence[tuple[dt.datetime, float]]) -> MoodLine | None:
    """The line of moments and valences, oldest first. Pure."""
    if len(rows) < 2:
        return None
    begin, end = rows[0][0], rows[-1][0]
    span = max(1.0, (end - begin).total_seconds())
    points = " ".join(
        f"{WIDTH * (at - begin).total_seconds() / span:.1f},{HEIGHT * (1 - value) / 2:.1f}"
        for at, value in rows
    )
    values = [value for _, value in rows]
    best, worst = max(values), min(values)
    words = (
        f"{len(rows)} changes, from {_height(worst)} to {_height(best)}; {_height(values[-1])} now."
    )
    return MoodLine(points, words, begin)


def _height(valence: float) -> str:
    """How high a mood stands, in a word."""
    if abs(valence) < 0.15:
        return "level"
    word = "high" if valence > 0 else "low"
    return word if abs(valence) >= 0.45 else f"a little {word}"


def felt_now(character: Character, now: dt.datetime) -> tuple[str, list[Felt]]:
    """What stands out in words, and all eleven emotions, as they go by in this deployment's own
    rooms."""
    persona = getattr(character, "persona", None)
    rows, own = together(asking(character.pk), (_OWN, ()))
    feelings = Feelings.of(
        rows,
        persona.traits() if persona else {},
        now,
        per_hour=living.in_force(*(pk for (pk,) in own)).emotion_return,
    )
    over = feelings.standing_out()
    names = {name for name, _ in over}
    return emotion.in_words(over), [
        Felt(name, round(100 * level), round(100 * feelings.rests[name]), name in names)
        for name, level in sorted(feelings.levels.items())
    ]


_OWN = "SELECT id FROM characters_community WHERE discord_id IS NULL"


def bonds_of(character: Character, *, for_adults: bool = False) -> list[dict[str, Any]]:
    """How it stands to the other characters in this deployment's own rooms, the closest first; to
    those for adults only `for_adults`."""
    bonds = (
        Relationship.objects.filter(from_character=character, to_character__isnull=False)
        .filter(Q(community__isnull=True) | Q(community__discord_id__isnull=True))
        .exclude(to_character__status=Character.Status.ARCHIVED)
        .filter(to_character__is_adult__in=[False, for_adults])
        .select_related("to_character")
        .order_by("-score", "to_character__name")[:BONDS_SHOWN]
    )
    return [
        {
            "bond": bond,
            "face": face_of(bond.to_character),
            "level": living.in_force(bond.community_id).called(bond.level),
            "milestones": [MILESTONES[one].cause for one in bond.milestones if one in MILESTONES],
        }
        for bond in bonds
    ]
