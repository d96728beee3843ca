"""Versions of who a character is: its persona and style, kept whole at every change of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from characters.models import CharacterVersion, Persona, SpeechStyle
from characters.services import rest_emotions

KEPT: tuple[tuple[str, type[Model]], ...] = (("persona", Persona), ("style", SpeechStyle))
_APART = frozenset({"id", "character", "created_at", "updated_at"})
Snapshot = dict[str, dict[str, Any]]


def columns(model: type[Model]) -> list[str]:
    """The columns of a persona or a style that make a character what it is."""
    return [f.name for f in model._meta.concrete_fields if f.name not in _APART]


def snapshot(character_id: int) -> Snapshot:
    """A character's persona and style as they stand; an empty part where it has none."""
    return {
        part: next(
            iter(model._default_manager.filter(character=character_id).values(*columns(model))), {}
        )
        for part, model in KEPT
    }


@transaction.atomic
def ensure(character_id: int, now: dt.datetime | None = None) -> None:
    """Keep a character as it stands, where that was never done: before its first change."""
    is_somebody = _hold(character_id)
    if is_somebody and not CharacterVersion.objects.filter(character=character_id).exists():
        _add(character_id, "as it was found", CharacterVersion.Maker.FIRST, None, now)


@transaction.atomic
def record(
    character_id: int,
    reason: str,
    *,
    maker: str = CharacterVersion.Maker.KEEPER,
    by: Any = None,
    now: dt.datetime | None = None,
) -> CharacterVersion | None:
    """Keep a character as it stands after a change. None where nothing has changed since the last
    version."""
    _hold(character_id)
    last = CharacterVersion.objects.filter(character=character_id).order_by("-number").first()
    if last is not None and last.snapshot == snapshot(character_id):
        return None
    return _add(character_id, reason, maker, by, now)


@transaction.atomic
def restore(
    version: CharacterVersion, *, by: Any = None, now: dt.datetime | None = None
) -> CharacterVersion:
    """Bring a character back to exactly what it was in a version. That makes another version; what
    differed before and was in none is kept as one first."""
    character_id = version.character_id
    _hold(character_id)
    if CharacterVersion.objects.filter(character=character_id).exists():
        record(character_id, "as it was before a restoration", by=by, now=now)
    for part, model in KEPT:
        kept = {k: v for k, v in version.snapshot[part].items() if k in columns(model)}
        if kept:
            model._default_manager.filter(character=character_id).update(
                **kept, updated_at=now or timezone.now()
            )
    persona = Persona.objects.filter(character=character_id).first()
    if persona is not None:
        rest_emotions(character_id, persona.traits())
    return _add(
        character_id, f"version {version.number} restored", CharacterVersion.Maker.KEEPER, by, now
    )


def originals(character_id: int) -> dict[str, float]:
    """Each trait where its keeper last set it: as found at first, and as any version of a keeper's
    that moved it has it. Drift is measured from there."""
    found: dict[str, float] = {}
    before: dict[str, float | None] = {}
    versions = CharacterVersion.objects.filter(character=character_id).order_by("number")
    for maker, persona in versions.values_list("maker", "snapshot__persona"):
        traits = {trait: (persona or {}).get(trait) for trait in Persona.TRAITS}
        for trait, value in traits.items():
            is_set = maker != CharacterVersion.Maker.ITSELF and before.get(trait) != value
            if value is not None and (is_set or trait not in found):
                found[trait] = value
        before = traits
    return found


def _hold(character_id: int) -> bool:
    """One writer of a character's versions at a time. Whether it has a persona yet."""
    held = Persona.objects.select_for_update(no_key=True).filter(character=character_id)
    return bool(held.values_list("pk"))


def _add(
    character_id: int, reason: str, maker: str, by: Any, now: dt.datetime | None
) -> CharacterVersion:
    last = (
        CharacterVersion.objects.filter(character=character_id)
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    return CharacterVersion.objects.create(
        character_id=character_id,
        number=(last or 0) + 1,
        snapshot=snapshot(character_id),
        reason=reason[:300],
        maker=maker,
        created_by=by if by is not None and by.is_authenticated else None,
        created_at=now or timezone.now(),
    )
