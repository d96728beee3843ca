"""Brings the characters of a world's files into the database: what is missing, and no more.

A character who is here already has lived and may have been edited: it is left alone. `refresh`
brings who it is (persona, voice, interests, and so on) back to its file, never what it has become
(state, bonds, knowledge that grew) nor what a keeper has added beside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from characters import relationship, versions
from characters.models import (
    Character,
    Community,
    FormativeMemory,
    Goal,
    Interest,
    KnowledgeArea,
    Persona,
    Relationship,
    SpeechStyle,
    Trigger,
)
from characters.services import complete_character, create_character
from characters.worldfiles import WorldRefusedError
from characters.worldshapes import CharacterFile

DEFAULT_VALENCE = -0.2
_WARM = re.compile(
    r"soften|smil|laugh|happy|happi|glad|delight|bright|warm|fond|grin|beam|hum(s|ming)\b|"
    r"leans forward|lights up|eager|pleas(ed|ure)|proud|gentl|splendid|offers",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Loaded:
    """What loading did, by names, and what it passed over and why."""

    made: list[str] = field(default_factory=list)
    refreshed: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)
    relationships: int = 0
    passed_over: list[str] = field(default_factory=list)


@transaction.atomic
def load_characters(
    files: Sequence[CharacterFile], community: Community, *, refresh: bool = False
) -> Loaded:
    """Make the characters that are missing, with everything that belongs to them, and then the
    relationships among them.

    Raises:
        WorldRefusedError: a name or a goal belongs to somebody else already.
    """
    _check_names(files)
    loaded = Loaded()
    known = {c.slug: c for c in Character.objects.filter(slug__in=[f.slug for f in files])}
    for file in files:
        character = known.get(file.slug)
        if character is None:
            known[file.slug] = _make(file)
            loaded.made.append(file.name)
        elif refresh:
            _refresh(character, file)
            loaded.refreshed.append(file.name)
        else:
            complete_character(character)
            loaded.left_alone.append(file.name)
    _relate(files, community, refresh, loaded)
    return loaded


def valence_of(reaction: str) -> float:
    """Which way a trigger moves the mood when its file doesn't say: by the words of the reaction.
    What stirs somebody is more often sore than sweet, so the default is slightly low."""
    return 0.3 if _WARM.search(reaction) else DEFAULT_VALENCE


def _check_names(files: Sequence[CharacterFile]) -> None:
    problems = []
    slugs = {c.name.casefold(): c.slug for c in Character.objects.only("name", "slug")}
    owners = dict(Goal.objects.values_list("goal_id", "character__slug"))
    for file in files:
        other = slugs.get(file.name.casefold(), file.slug)
        if other != file.slug:
            problems.append(
                f"{file.slug}: a character named {file.name} lives here with the slug {other}; "
                "rename one of the two."
            )
        for goal in file.goals:
            owner = owners.get(goal.goal_id, file.slug)
            if owner != file.slug:
                problems.append(
                    f"{file.slug}: goals.goal_id '{goal.goal_id}' is {owner}'s; choose another."
                )
    if problems:
        raise WorldRefusedError(*problems)


def _make(file: CharacterFile) -> Character:
    character = create_character(
        **_own_columns(file), persona=_persona_columns(file), style=_style_columns(file)
    )
    _add_belongings(character, file, refresh=False)
    return character


def _refresh(character: Character, file: CharacterFile) -> None:
    versions.ensure(character.pk)
    for column, value in _own_columns(file).items():
        setattr(character, column, value)
    character.save()
    Persona.objects.update_or_create(character=character, defaults=_persona_columns(file))
    SpeechStyle.objects.update_or_create(character=character, defaults=_style_columns(file))
    complete_character(character)
    versions.record(character.pk, "brought back to its file")
    _add_belongings(character, file, refresh=True)


def _own_columns(file: CharacterFile) -> dict[str, Any]:
    hours = file.active_hours
    return {
        "name": file.name,
        "slug": file.slug,
        "tagline": file.tagline,
        "avatar_url": file.avatar_url,
        "timezone": file.timezone,
        "active_hours_start": hours.start if hours else None,
        "active_hours_end": hours.end if hours else None,
        "talkativeness": file.talkativeness,
        "system_note": file.system_note,
        "llm_model": file.llm_model,
        "llm_temperature": file.llm_temperature,
    }


def _persona_columns(file: CharacterFile) -> dict[str, Any]:
    columns = file.persona.model_dump(exclude={"traits"})
    return {**columns, **file.persona.traits.model_dump()}


def _style_columns(file: CharacterFile) -> dict[str, Any]:
    return {**file.style.model_dump(), "improv": file.improv.model_dump(exclude_defaults=True)}


def _add_belongings(character: Character, file: CharacterFile, *, refresh: bool) -> None:
    """Interests, knowledge, goals, memories and triggers: made if missing, or brought back."""

    def put(model: Any, key: dict[str, Any], **defaults: Any) -> None:
        manager = model.objects
        write = manager.update_or_create if refresh else manager.get_or_create
        write(character=character, **key, defaults=defaults)

    for interest in file.interests:
        put(Interest, {"topic": interest.topic}, weight=interest.weight)
    for area in file.knowledge:
        grown = KnowledgeArea.objects.filter(
            character=character, topic=area.topic, evidence_count__gt=0
        )
        if not grown.exists():
            put(
                KnowledgeArea,
                {"topic": area.topic},
                expertise_level=area.expertise,
                passion=area.passion,
            )
    for goal in file.goals:
        put(Goal, {"goal_id": goal.goal_id}, **goal.model_dump(exclude={"goal_id"}))
    for memory in file.formative_memories:
        put(FormativeMemory, {"title": memory.title}, **memory.model_dump(exclude={"title"}))
    for trigger in file.triggers:
        valence = trigger.valence
        put(
            Trigger,
            {"kind": trigger.kind, "pattern": trigger.pattern},
            reaction=trigger.reaction,
            intensity=trigger.intensity,
            valence=valence_of(trigger.reaction) if valence is None else valence,
        )


def _relate(
    files: Sequence[CharacterFile], community: Community, refresh: bool, loaded: Loaded
) -> None:
    """Relationships in the community, once everybody is there. A refresh renews only the notes:
    trust and affection have been lived."""
    keys = dict(Character.objects.values_list("slug", "pk"))
    for file in files:
        for one in file.relationships:
            if one.to not in keys:
                loaded.passed_over.append(f"{file.name}'s bond to {one.to}, who isn't here")
                continue
            points = relationship.score(relationship.Bond(one.trust, one.affection, one.attunement))
            row, is_new = Relationship.objects.get_or_create(
                from_character_id=keys[file.slug],
                to_character_id=keys[one.to],
                to_person=None,
                community=community,
                defaults={
                    "trust": one.trust,
                    "affection": one.affection,
                    "attunement": one.attunement,
                    "score": points,
                    "level": relationship.level(points),
                    "note": one.note,
                },
            )
            loaded.relationships += is_new
            if refresh and not is_new and row.note != one.note:
                row.note = one.note
                row.save(update_fields=["note", "updated_at"])
