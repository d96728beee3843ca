"""What a model read in talk of how its speakers felt, as it moves those who heard it: whoever said
it feels it, the others feel with them, and moods follow. Words alone tell a lexicon less; where it
had heard the same at the time, nothing is felt twice."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from characters import emotion
from characters.feelings import feel
from characters.models import Character, CharacterState, MoodChange
from characters.rules import LivingRules
from characters.services import move_mood
from conversations.feelings import living, overtones
from conversations.feelings.stirring import SOUNDS
from memories.formation.findings import Feeling
from memories.formation.stretch import Stretch

CONFIDENCE = 0.8  # a model reads feelings well, and not always
LEAST = 0.01  # of a move that is one


@dataclass(frozen=True, slots=True)
class Moved:
    """What a stretch of talk has one character feel: of itself, and seen in others."""

    stirred: Mapping[str, float]
    seen: Mapping[str, float]

    def sway(self, rules: LivingRules) -> tuple[float, float]:
        """How far that moves a mood: valence and arousal."""
        own, others = emotion.sway(self.stirred), emotion.sway(self.seen)
        with_them = rules.empathy / rules.emotion_rate
        return (
            rules.mood_by_feeling * CONFIDENCE * (own[0] + with_them * others[0]),
            rules.mood_by_feeling * CONFIDENCE * (own[1] + with_them * others[1]),
        )

    @property
    def foremost(self) -> str:
        """The emotion that moves it most."""
        return overtones.foremost({**self.seen, **self.stirred})


def moved(feelings: Iterable[Feeling], stretch: Stretch) -> dict[int, Moved]:
    """What each character that heard a stretch feels of it, each emotion as strongly as it showed
    at most. What the words had told by themselves was felt when they were said. Pure."""
    lines = {line.number: line for line in stretch.lines}
    own: dict[int, dict[str, float]] = defaultdict(dict)
    seen: dict[int, dict[str, float]] = defaultdict(dict)
    for one in feelings:
        line = lines.get(one.line)
        if line is None or line.is_off_record or one.emotion not in emotion.EMOTIONS:
            continue
        new = one.intensity - overtones.shown(line.text).get(one.emotion, 0.0)
        if new <= 0:
            continue
        for pk in stretch.witnesses.get(line.number, frozenset()) | {line.character_id}:
            if pk is not None:
                felt = own[pk] if pk == line.character_id else seen[pk]
                felt[one.emotion] = max(felt.get(one.emotion, 0.0), new)
    return {pk: Moved(own[pk], seen[pk]) for pk in sorted({*own, *seen})}


@transaction.atomic
def take_in(feelings: Iterable[Feeling], stretch: Stretch, now: dt.datetime) -> int:
    """Have everybody feel what was read. Returns how many moods that moved. Within the transaction
    that stores the stretch, lest it be read and not felt, and last in it: all states that it writes
    are held from here on, in one order.
    """
    everybody = {line.character_id for line in stretch.lines}.union(*stretch.witnesses.values())
    held = CharacterState.objects.select_for_update(no_key=True).filter(character__in=everybody)
    list(held.order_by("character_id").values_list("pk"))
    rules = living.in_force(stretch.community_id)
    found = moved(feelings, stretch)
    awake = set(
        Character.objects.active()
        .filter(pk__in=found, state__isnull=False)
        .values_list("pk", flat=True)
    )
    count = 0
    for pk, one in found.items():
        if pk not in awake:
            continue
        valence, arousal = one.sway(rules)
        feel(
            pk, one.stirred, now, confidence=CONFIDENCE, seen=one.seen,
            rate=rules.emotion_rate, empathy=rules.empathy,
        )  # fmt: skip
        if abs(valence) >= LEAST or abs(arousal) >= LEAST:
            own = one.foremost in one.stirred
            sounds = SOUNDS[one.foremost]
            change = move_mood(
                pk,
                valence,
                arousal,
                cause=f"it was {sounds} in talk" if own else f"somebody was {sounds} in talk",
                kind=MoodChange.TriggerType.CONVERSATION,
                now=now,
            )
            count += change is not None
    return count
