"""What a character feels at a moment, from rows, and how that is stored: eleven levels, each as it
was when something last moved it, and returning since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from characters import emotion
from characters.models import CharacterState, Persona
from fishbowl.statements import Row, Statement, together

_FELT = """
    SELECT b.emotion, b.value, l.value, l.felt_at FROM characters_emotionbaseline b
    LEFT JOIN characters_emotionlevel l USING (character_id, emotion) WHERE b.character_id = %s
"""
_STORE = """
    INSERT INTO characters_emotionlevel (character_id, emotion, value, felt_at)
    SELECT %s, v.emotion, v.value, %s FROM unnest(%s::text[], %s::float8[]) AS v (emotion, value)
    ON CONFLICT (character_id, emotion)
    DO UPDATE SET value = excluded.value, felt_at = excluded.felt_at
"""


@dataclass(frozen=True, slots=True)
class Feelings:
    """The eleven emotions of a character: how strong each is now, and where it rests."""

    levels: Mapping[str, float]
    rests: Mapping[str, float]

    @classmethod
    def of(
        cls,
        rows: Iterable[Row],
        traits: Mapping[str, float],
        now: dt.datetime,
        *,
        per_hour: float = emotion.RETURN_PER_HOUR,
    ) -> Feelings:
        """From what `asking` finds. An emotion without a row rests where the traits put it."""
        rests = emotion.baselines(traits)
        levels = dict(rests)
        for name, rest, level, felt_at in rows:
            rests[name] = levels[name] = rest
            if level is not None:
                hours = (now - felt_at).total_seconds() / 3600
                levels[name] = emotion.return_to(level, rest, hours, per_hour=per_hour)
        return cls(levels, rests)

    def standing_out(self) -> tuple[tuple[str, float], ...]:
        """What is felt over its own rest, most first."""
        return emotion.above_rest(self.levels, self.rests)


def asking(character_id: int | None) -> Statement:
    """The statement for what a character feels."""
    return _FELT, (character_id,)


def storing(character_id: int, levels: Mapping[str, float], now: dt.datetime) -> list[Statement]:
    """The statement that stores levels which have moved; none where nothing has. The caller holds
    the character's state, so that no two write at once."""
    if not levels:
        return []
    return [(_STORE, (character_id, now, list(levels), list(levels.values())))]


def feelings_of(character_id: int, now: dt.datetime) -> Feelings:
    """What a character feels."""
    traits = Persona.objects.filter(character=character_id).first()
    (rows,) = together(asking(character_id))
    return Feelings.of(rows, traits.traits() if traits else {}, now)


@transaction.atomic
def feel(
    character_id: int,
    stirred: Mapping[str, float],
    now: dt.datetime,
    *,
    confidence: float = 1.0,
    seen: Mapping[str, float] | None = None,
    rate: float = emotion.RATE,
    empathy: float = emotion.EMPATHY,
) -> dict[str, float]:
    """Have a character feel emotions by their intensities (0.0–1.0): of a dream, of something it
    thought over, of what a model heard in talk; and feel with others what is `seen` in them.
    Returns the levels that have moved. Unknown names are left out."""
    CharacterState.objects.select_for_update(no_key=True).get(character=character_id)
    known = {name: value for name, value in stirred.items() if name in emotion.EMOTIONS}
    levels = feelings_of(character_id, now).levels
    with_others = {name: value for name, value in (seen or {}).items() if name in levels}
    moved = emotion.moved(
        levels, known, with_others, confidence=confidence, rate=rate, empathy=empathy
    )
    if moved:
        together(*storing(character_id, moved, now))
    return moved
