"""Characters from cards and cards from characters: the reads and writes.

A card's book is learnt further up, where lore is (`conversations/cards.py`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.text import slugify

from characters.avatars import kind_of
from characters.cards import reading, shapes
from characters.cards.becoming import Becoming, become
from characters.cards.errors import CardRefused
from characters.cards.reading import CardFile
from characters.cards.writing import KEPT, Exported, overlaid, write
from characters.models import (
    CardSource,
    Character,
    FormativeMemory,
    Goal,
    Interest,
    KnowledgeArea,
    Persona,
    SpeechStyle,
    Trigger,
)
from characters.services import complete_character, create_character

STORY = (
    "nickname", "identity", "background", "personality", "scenario", "example_dialogue",
    "system_prompt", "post_history_note", "greetings", "group_greetings", "depth_note",
)  # fmt: skip
OWN_CHARACTER = (
    "tagline", "timezone", "active_hours_start", "active_hours_end", "system_note", "is_adult",
)  # fmt: skip
OWN_PERSONA = (
    "appearance", "values", *Persona.TRAITS, "drives", "constitution", "disclosure",
)  # fmt: skip
OWN_STYLE = (
    "formality", "verbosity", "humour", "emoji_use", "signature_phrases", "avoided_phrases",
    "preferred_words", "response_language", "improv",
)  # fmt: skip
GOAL = ("description", "success_criteria", "strategy", "priority")


@transaction.atomic
def store_card(
    file: CardFile,
    now: dt.datetime,
    *,
    name: str = "",
    replace: Character | None = None,
    status: str = Character.Status.ACTIVE,
) -> Character:
    """Make a character of a card, or bring `replace` to what the card says; what it has lived
    (state, bonds, memories) stays. `name` is what to call it instead.

    Raises:
        CardRefused: somebody else has that name, or the card can't be understood.
    """
    try:
        becoming = become(file.card)
    except CardRefused as refused:
        raise refused.of(file.label) from None
    called = " ".join(name.split()) or becoming.name
    _check_name(file.label, called, replace)
    character = _put(becoming, called, replace, status)
    character.card = file.card
    if file.picture:
        _put_picture(character, file.picture)
    character.save()
    CardSource.objects.update_or_create(
        character=character,
        defaults={
            "label": file.label[-300:],
            "format": file.format,
            "content": file.original,
            "sha256": hashlib.sha256(file.original).hexdigest(),
            "imported_at": now,
        },
    )
    return character


def _check_name(label: str, name: str, replace: Character | None) -> None:
    if len(name) > shapes.LONGEST_NAME or not name.isprintable():
        raise CardRefused(
            f"{label}: the name must have at most {shapes.LONGEST_NAME} letters and no line breaks."
        )
    other = Character.objects.filter(name__iexact=name).first()
    if other is not None and (replace is None or replace.pk != other.pk):
        raise CardRefused(
            f"{label}: data.name is '{name}', and somebody of that name lives here already "
            f"(slug {other.slug}): give another name, or say that the card replaces them."
        )


def _put(becoming: Becoming, name: str, replace: Character | None, status: str) -> Character:
    own = becoming.own
    columns = {"talkativeness": becoming.talkativeness, **own.get("character", {})}
    persona = {**becoming.story, **own.get("persona", {})}
    style = own.get("style", {})
    if replace is None:
        character = create_character(
            name=name, slug=_free_slug(name), status=status, persona=persona, style=style, **columns
        )
    else:
        character = Character.objects.select_for_update(no_key=True).get(pk=replace.pk)
        columns["is_adult"] = columns["is_adult"] or character.is_adult  # a keeper's mark stays
        for column, value in {"name": name, **columns}.items():
            setattr(character, column, value)
        character.save()
        Persona.objects.update_or_create(character=character, defaults=persona)
        SpeechStyle.objects.update_or_create(character=character, defaults=style)
        complete_character(character)
    _put_belongings(character, own)
    return character


def _free_slug(name: str) -> str:
    slug = slugify(name)[:70] or f"character-{uuid.uuid4().hex[:8]}"
    taken = set(Character.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    numbered = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
    return slug if slug not in taken else next(one for one in numbered if one not in taken)


def _put_belongings(character: Character, own: dict[str, Any]) -> None:
    """Those that the card names: made, or brought to what it says; others are left alone."""
    for one in own.get("interests", ()):
        Interest.objects.update_or_create(
            character=character, topic=one["topic"], defaults={"weight": one["weight"]}
        )
    for one in own.get("knowledge", ()):
        KnowledgeArea.objects.get_or_create(
            character=character,
            topic=one["topic"],
            defaults={"expertise_level": one["expertise"], "passion": one["passion"]},
        )
    for one in own.get("formative_memories", ()):
        FormativeMemory.objects.update_or_create(
            character=character,
            title=one["title"],
            defaults={key: value for key, value in one.items() if key != "title"},
        )
    for one in own.get("triggers", ()):
        felt = {name: one[name] for name in ("reaction", "intensity", "valence")}
        Trigger.objects.update_or_create(
            character=character, kind=one["kind"], pattern=one["pattern"], defaults=felt
        )
    for one in own.get("goals", ()):
        Goal.objects.update_or_create(
            character=character,
            description=one["description"],
            defaults={key: value for key, value in one.items() if key != "description"},
            create_defaults={**one, "goal_id": f"{character.slug}-{uuid.uuid4().hex[:8]}"},
        )


def _put_picture(character: Character, picture: bytes) -> None:
    ext = kind_of(picture[:16]).removeprefix("image/")
    name = f"{character.slug}-{hashlib.sha256(picture).hexdigest()[:8]}.{ext}"
    if not (character.avatar.name or "").endswith(name):
        character.avatar.save(name, ContentFile(picture), save=False)


def as_it_is(character: Character) -> Becoming:
    """What a character is now, in a card's terms. What it grew by talking is not in it."""
    persona, style = character.persona, character.style
    own = {
        "character": {name: getattr(character, name) for name in OWN_CHARACTER},
        "persona": {name: getattr(persona, name) for name in OWN_PERSONA},
        "style": {name: getattr(style, name) for name in OWN_STYLE},
        "interests": list(
            character.interests.order_by("-weight", "topic").values("topic", "weight")
        ),
        "knowledge": [
            {"topic": one.topic, "expertise": one.expertise_level, "passion": one.passion}
            for one in character.knowledge_areas.order_by("topic")
            if not one.evidence_count
        ],
        "goals": list(character.goals.order_by("pk").values(*GOAL)),
        "formative_memories": list(
            character.formative_memories.order_by("pk").values(
                "title", "content", "age_or_date", "emotional_valence", "triggers"
            )
        ),
        "triggers": list(
            character.triggers.order_by("pk").values(
                "kind", "pattern", "reaction", "intensity", "valence"
            )
        ),
    }
    story = {name: getattr(persona, name) for name in STORY}
    return Becoming(character.name, character.talkativeness, story, own)


def source_of(character: Character) -> CardFile | None:
    """The file that a character came from, if its card is still the one that it has."""
    kept = CardSource.objects.filter(character=character).first()
    if kept is None:
        return None
    try:
        file = reading.read(bytes(kept.content), kept.label)
    except CardRefused:  # limits may have become narrower since
        return None
    return file if file.card == character.card else None


def export_card(
    character: Character, now: dt.datetime, *, form: str = "png", spec: int = 0, book: Any = KEPT
) -> Exported:
    """A character as a card's file. `book` is its character book, where that is known better.

    Raises:
        CardRefused: there is no such format or version.
    """
    source = source_of(character)
    card = source.card if source is not None else character.card  # in the order it came in
    made, changed = overlaid(card, as_it_is(character), book=book, at=int(now.timestamp()))
    avatar = b""
    if character.avatar:
        try:
            with character.avatar.open("rb") as file:
                avatar = file.read()
        except FileNotFoundError:
            avatar = b""
    return write(
        made,
        form=form,
        spec=spec,
        stem=character.slug,
        avatar=avatar,
        source=source,
        is_unchanged=not changed,
    )
