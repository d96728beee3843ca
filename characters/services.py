"""Every write to who exists: made, completed, paused and resumed; moods moved by other things than
talk; and keepers' edits of moods and bonds."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from characters import emotion, mood, relationship
from characters.models import (
    Character,
    CharacterState,
    EmotionBaseline,
    FormativeMemory,
    Interest,
    KnowledgeArea,
    MoodChange,
    Persona,
    Relationship,
    RelationshipEvent,
    SpeechStyle,
    Trigger,
)

EPSILON = 1e-6


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
def clone_character(original: Character, name: str) -> Character:
    """Make another who is as the original was written: persona, style, interests, knowledge,
    triggers and what formed it, but with nothing it lived through. It rests until resumed, so that
    two of a kind don't talk unawares.

    Raises:
        IntegrityError: somebody has that name already.
    """
    twin = create_character(
        name=name,
        persona=_columns(original.persona),
        style=_columns(original.style),
        status=Character.Status.PAUSED,
        **{field: getattr(original, field) for field in _CLONED},
    )
    for model in (Interest, KnowledgeArea, Trigger, FormativeMemory):
        rows: Any = model._default_manager
        rows.bulk_create(
            model(character=twin, **_columns(row)) for row in rows.filter(character=original)
        )
    return twin


# The picture stays the original's: two files would be one, and go with either.
_CLONED = (
    "tagline", "avatar_url", "timezone", "active_hours_start", "active_hours_end", "talkativeness",
    "system_note", "llm_model", "llm_temperature", "is_template", "is_adult", "card",
)  # fmt: skip


def _columns(row: Any) -> dict[str, Any]:
    """What a row says, without whose it is and when it came to be."""
    apart = {"id", "character", "created_at", "updated_at"}
    return {f.name: getattr(row, f.name) for f in row._meta.concrete_fields if f.name not in apart}


@transaction.atomic
def complete_character(character: Character, now: dt.datetime | None = None) -> CharacterState:
    """Give a character what it can't live without and hasn't yet: persona, style, a state whose
    mood rests at the baseline of its traits, and where each of its emotions rests by them."""
    persona, _ = Persona.objects.get_or_create(character=character)
    SpeechStyle.objects.get_or_create(character=character)
    rest_emotions(character.pk, persona.traits())
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


def rest_emotions(character_id: int, traits: Mapping[str, float]) -> int:
    """Have a character's emotions rest where its traits put them; those that a keeper has fixed
    stay. To be called whenever its traits change. Returns how many rest elsewhere now."""
    resting = {b.emotion: b for b in EmotionBaseline.objects.filter(character=character_id)}
    wanted = emotion.baselines(traits)
    missing = [
        EmotionBaseline(character_id=character_id, emotion=name, value=value)
        for name, value in wanted.items()
        if name not in resting
    ]
    EmotionBaseline.objects.bulk_create(missing, ignore_conflicts=True)
    changed = [
        row
        for row in resting.values()
        if not row.is_locked and abs(row.value - wanted[row.emotion]) > EPSILON
    ]
    for row in changed:
        row.value = wanted[row.emotion]
        row.save(update_fields=["value", "updated_at"])
    return len(missing) + len(changed)


def unrested(traits: Mapping[int, Mapping[str, float]]) -> list[int]:
    """Those of these characters, each with its traits, whose emotions don't rest where those put
    them: asked for all at once."""
    resting: dict[int, dict[str, tuple[float, bool]]] = {pk: {} for pk in traits}
    for pk, name, value, is_locked in EmotionBaseline.objects.filter(
        character__in=traits
    ).values_list("character_id", "emotion", "value", "is_locked"):
        resting[pk][name] = (value, is_locked)
    return [
        pk
        for pk, known in resting.items()
        if any(
            name not in known or (not known[name][1] and abs(known[name][0] - value) > EPSILON)
            for name, value in emotion.baselines(traits[pk]).items()
        )
    ]


@transaction.atomic
def move_mood(
    character_id: int,
    valence: float,
    arousal: float,
    *,
    cause: str,
    kind: str = MoodChange.TriggerType.EVENT,
    now: dt.datetime | None = None,
) -> MoodChange | None:
    """Move a character's mood by that much, at most .2 each, for a cause other than talk. Returns
    what was written down; None where the mood is fixed or doesn't move."""
    state = CharacterState.objects.select_for_update(no_key=True).get(character=character_id)
    if state.is_mood_locked:
        return None
    now = now or timezone.now()
    state.rest(mood.baseline(Persona.objects.get(character=character_id).traits()), now)
    state.mood_valence, by_valence = mood.move(state.mood_valence, valence)
    state.mood_arousal, by_arousal = mood.move(state.mood_arousal, arousal)
    if not by_valence and not by_arousal:
        return None
    return _write_mood(state, by_valence, by_arousal, kind, cause, now)


@transaction.atomic
def set_mood(
    character_id: int,
    valence: float,
    arousal: float,
    *,
    is_locked: bool,
    by: str,
    now: dt.datetime | None = None,
) -> MoodChange | None:
    """Put a character into a mood, as a keeper wishes, and fix it there or let it live again."""
    state = CharacterState.objects.select_for_update(no_key=True).get(character=character_id)
    by_valence, by_arousal = valence - state.mood_valence, arousal - state.mood_arousal
    state.mood_valence, state.mood_arousal = valence, arousal
    state.is_mood_locked = is_locked
    if not by_valence and not by_arousal:
        state.save(update_fields=["is_mood_locked", "updated_at"])
        return None
    return _write_mood(
        state, by_valence, by_arousal, MoodChange.TriggerType.ADMIN, f"set by {by}",
        now or timezone.now(),
    )  # fmt: skip


def _write_mood(
    state: CharacterState,
    by_valence: float,
    by_arousal: float,
    kind: str,
    cause: str,
    now: dt.datetime,
) -> MoodChange:
    state.mood_label = mood.label(state.mood_valence, state.mood_arousal)
    state.mood_at = now
    state.version += 1
    state.save(
        update_fields=[
            "mood_valence", "mood_arousal", "mood_label", "mood_at", "is_mood_locked", "version",
            "updated_at",
        ]
    )  # fmt: skip
    return MoodChange.objects.create(
        character_id=state.character_id,
        valence=state.mood_valence,
        arousal=state.mood_arousal,
        delta_valence=by_valence,
        delta_arousal=by_arousal,
        trigger_type=kind,
        description=cause[:300],
        recorded_at=now,
    )


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
        Relationship.objects.select_for_update(no_key=True).filter(pk=bond.pk).first()
        if bond.pk
        else None
    )
    after = relationship.Bond(bond.trust, bond.affection, bond.attunement)
    bond.score = relationship.score(after)
    bond.level = relationship.level(bond.score)
    if before is None:
        bond.save()
        return
    if bond.trust != before.trust:  # no quarrel of theirs: they are used to it from now on
        bond.usual_trust = bond.repair_since = bond.repair_from = bond.repair_low = None
    bond.save(
        update_fields=[
            "trust", "affection", "attunement", "score", "level", "note", "is_locked",
            "usual_trust", "repair_since", "repair_from", "repair_low", "updated_at",
        ]
    )  # fmt: skip
    parts = ("trust", "affection", "attunement")
    deltas = {f"delta_{name}": getattr(bond, name) - getattr(before, name) for name in parts}
    if any(deltas.values()):
        RelationshipEvent.objects.create(
            relationship=bond,
            kind=RelationshipEvent.Kind.ADMIN,
            **deltas,
            before={name: getattr(before, name) for name in parts},
            after={name: getattr(bond, name) for name in parts},
            cause=f"set by {by}"[:300],
            occurred_at=now or timezone.now(),
        )


def lock_bonds(bonds: Iterable[int], is_locked: bool) -> int:
    """Let nothing that is lived move these relationships, or let it again. Returns how many
    changed."""
    return Relationship.objects.filter(pk__in=list(bonds), is_locked=not is_locked).update(
        is_locked=is_locked, updated_at=timezone.now()
    )
