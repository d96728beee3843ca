"""Every write to who exists: made, completed, paused and resumed; and keepers' edits of bonds."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from characters import mood, relationship
from characters.models import (
    Character,
    CharacterState,
    Persona,
    Relationship,
    RelationshipEvent,
    SpeechStyle,
)


@transaction.atomic
def create_character(
    *,
    name: str,
    slug: str = "",
    persona: dict[str, Any] | None = None,
    style: dict[str, Any] | None = None,
    **fields: Any,
) -> Character:
    """Make a character with its persona, style and state. `persona` and `style` hold columns.

    A name without Latin letters gets a slug by chance, unless `slug` is given.
    """
    slug = slug or slugify(name) or f"character-{uuid.uuid4().hex[:8]}"
    character = Character.objects.create(name=name, slug=slug, **fields)
    character.persona = Persona.objects.create(character=character, **persona or {})
    character.style = SpeechStyle.objects.create(character=character, **style or {})
    complete_character(character)
    return character


@transaction.atomic
def complete_character(character: Character, now: dt.datetime | None = None) -> CharacterState:
    """Give a character what it can't live without and hasn't yet: persona, style, and a state
    whose mood rests at the baseline of its traits."""
    persona, _ = Persona.objects.get_or_create(character=character)
    SpeechStyle.objects.get_or_create(character=character)
    valence, arousal = mood.baseline(persona.traits())
    state, is_new = CharacterState.objects.get_or_create(
        character=character,
        defaults={
            "mood_valence": valence,
            "mood_arousal": arousal,
            "mood_label": mood.label(valence, arousal),
        },
    )
    if is_new:
        character.state = state
    return state


def pause_characters(characters: Iterable[Character | int]) -> int:
    """Keep characters from acting. Turns they had planned are given up when they come to be
    claimed or said. Returns how many were active."""
    return _move(characters, Character.Status.ACTIVE, Character.Status.PAUSED)


def resume_characters(characters: Iterable[Character | int]) -> int:
    """Let paused characters act again. Returns how many were paused; archived ones stay so."""
    return _move(characters, Character.Status.PAUSED, Character.Status.ACTIVE)


def pause_character(character: Character) -> bool:
    """Keep a character from acting. Returns whether it was active."""
    if changed := bool(pause_characters([character])):
        character.status = Character.Status.PAUSED
    return changed


def resume_character(character: Character) -> bool:
    """Let a paused character act again. Returns whether it was paused."""
    if changed := bool(resume_characters([character])):
        character.status = Character.Status.ACTIVE
    return changed


def _move(characters: Iterable[Character | int], before: str, after: str) -> int:
    keys = [c if isinstance(c, int) else c.pk for c in characters]
    return Character.objects.filter(pk__in=keys, status=before).update(
        status=after, updated_at=timezone.now()
    )


@transaction.atomic
def set_bond(bond: Relationship, *, by: str, now: dt.datetime | None = None) -> None:
    """Save a relationship that a keeper made or changed: score and level follow its values, and
    a change of them is an event. Locks the row, so that no exchange is lost beside it."""
    before = (
        Relationship.objects.select_for_update().filter(pk=bond.pk).first() if bond.pk else None
    )
    after = relationship.Bond(bond.trust, bond.affection, bond.attunement)
    bond.score = relationship.score(after)
    bond.level = relationship.level(bond.score)
    if before is None:
        bond.save()
        return
    bond.save(
        update_fields=[
            "trust", "affection", "attunement", "score", "level", "note", "is_locked", "updated_at",
        ]
    )  # fmt: skip
    deltas = {
        f"delta_{name}": getattr(bond, name) - getattr(before, name)
        for name in ("trust", "affection", "attunement")
    }
    if any(deltas.values()):
        RelationshipEvent.objects.create(
            relationship=bond,
            kind=RelationshipEvent.Kind.ADMIN,
            **deltas,
            before={"trust": before.trust, "affection": before.affection},
            after={"trust": bond.trust, "affection": bond.affection},
            cause=f"set by {by}"[:300],
            occurred_at=now or timezone.now(),
        )
