"""How people like to talk, learned from what they write while characters talk with them: in
general, and with each character that they answer."""

from __future__ import annotations

from characters import communication
from characters.communication import Learned
from characters.models import CommunicationStyle, Person
from memories.formation.stretch import Heard, Stretch

NEAR = 2  # lines back that somebody may be answering


def store(stretch: Stretch) -> int:
    """Learn from each message that a person wrote in a stretch. Returns how many were read."""
    own = [line for line in stretch.lines if line.person_id is not None and line.text.strip()]
    people = sorted({line.person_id for line in own if line.person_id})
    if not people:
        return 0
    known_people = Person.objects.filter(pk__in=people).values_list("pk", flat=True)
    whom = {line.number: _answered(stretch, at) for at, line in enumerate(stretch.lines)}
    pairs = {
        (line.person_id, answered.character_id)
        for line in own
        if (answered := whom[line.number]) is not None and answered.character_id is not None
    }
    CommunicationStyle.objects.bulk_create(
        [
            CommunicationStyle(person_id=person, character_id=character)
            for person in sorted(known_people)
            for character in [None, *sorted(c for p, c in pairs if p == person)]
        ],
        ignore_conflicts=True,
    )
    rows = list(
        CommunicationStyle.objects.select_for_update(no_key=True)
        .filter(person__in=people, is_locked=False)
        .order_by("pk")
    )
    for row in rows:
        known = _known(row)
        for line in own:
            before = whom[line.number]
            is_to = before is not None and before.character_id == row.character_id
            if line.person_id != row.person_id or not (row.character_id is None or is_to):
                continue
            if before is not None:
                is_taken_up = communication.is_taken_up(line.text, line.tone)
                known = communication.answered(known, before.text, was_taken_up=is_taken_up)
            known = communication.after(known, communication.measured(line.text))
        _note(row, known)
    CommunicationStyle.objects.bulk_update(
        rows,
        [
            "preferred_length", "preferred_formality", "emoji_affinity", "humor_affinity",
            "detail_preference", "engagement_signals", "samples_collected", "confidence",
                ],
    )  # fmt: skip
    return len(own)


def _answered(stretch: Stretch, at: int) -> Heard | None:
    """The line of a character that somebody may be answering."""
    near = stretch.lines[max(0, at - NEAR) : at]
    return next((line for line in reversed(near) if line.character_id), None)


def _known(row: CommunicationStyle) -> Learned:
    signals = dict(row.engagement_signals)
    words = signals.pop("words", None)
    return Learned(
        words=float(words) if isinstance(words, int | float) else Learned().words,
        formality=row.preferred_formality,
        emoji=row.emoji_affinity,
        humour=row.humor_affinity,
        detail=row.detail_preference,
        samples=row.samples_collected,
        signals=signals,
    )


def _note(row: CommunicationStyle, known: Learned) -> None:
    row.preferred_length = communication.preferred_length(known)
    row.preferred_formality, row.emoji_affinity = known.formality, known.emoji
    row.humor_affinity, row.detail_preference = known.humour, known.detail
    row.engagement_signals = {"words": known.words, **known.signals}
    row.samples_collected, row.confidence = known.samples, known.confidence
