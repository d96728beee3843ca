"""Who and what is spoken of: found again under every name they have, and how they stand to each
other, in time."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q

from memories.embedding.embedding import Vector
from memories.formation.echo import content_words
from memories.formation.findings import Named
from memories.formation.namesakes import is_of
from memories.formation.stretch import Heard
from memories.models import Entity, EntityAlias, EntityMention, EntityRelation, Memory
from memories.models.entity import EntityGender, EntityKind

# Of these, one at a time: a new one ends the one before.
SINGLE = frozenset({"lives in", "works at", "studies at", "works as", "married to", "engaged to"})
_ARTICLE = re.compile(r"^(?:the|an?) (?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Speakers:
    """Names of those who spoke, and who they are."""

    characters: Mapping[str, int]
    people: Mapping[str, int]


def tidy(name: str) -> str:
    """A name as it is kept: one line, without the article of a common noun."""
    flat = " ".join(name.split())[:120].strip(" .,;:!?\"'“”‘’")
    return flat if flat[:1].isupper() else _ARTICLE.sub("", flat)


def resolve(
    named: Sequence[Named],
    community_id: int | None,
    *,
    vectors: Mapping[str, Vector] | None = None,
    speakers: Speakers | None = None,
    tellers: Collection[str] = (),
    same_entity: float = 0.85,
) -> dict[str, int]:
    """The entities that these names mean, made where there are none, by name. Within the caller's
    transaction. They are found by name, by another name they have, and by meaning: a name whose
    vector (by tidied name) is as near as `same_entity`, and has no word that tells it apart,
    becomes another name of what is known. Of several of one name it is the one that `apart` tells,
    or one of the `tellers` has told of (as `who_is` has them); else it is one of its own."""
    found: dict[str, int] = {}
    for one in named:
        name = tidy(one.name)
        if not name:
            continue
        kind = one.kind if one.kind in EntityKind.values else EntityKind.THING
        who = {} if one.apart else _who(name, speakers)
        kind = {"character": "character", "person": "person"}.get(next(iter(who), ""), kind)
        vector = (vectors or {}).get(name)
        key = _by_name(name, kind, community_id, who, one.apart, tellers)
        if key is None and vector is not None and not who and not one.apart:
            key = _by_meaning(name, kind, community_id, vector, same_entity)
        if key is None:
            key = _made(name, kind, community_id, one, who, vector)
        _note(key, one, name)
        found[one.name] = key
    return found


def _who(name: str, speakers: Speakers | None) -> dict[str, int]:
    if speakers is None:
        return {}
    if name in speakers.characters:
        return {"character": speakers.characters[name]}
    return {"person": speakers.people[name]} if name in speakers.people else {}


def who_is(line: Heard) -> str:
    """Who says a line, as `Entity.apart` has it."""
    if line.person_id:
        return f"person {line.person_id}"
    return f"character {line.character_id}" if line.character_id else ""


def _by_name(
    name: str,
    kind: str,
    community_id: int | None,
    who: Mapping[str, int],
    apart: str,
    tellers: Collection[str],
) -> int | None:
    here = Entity.objects.filter(Q(community=community_id) | Q(community__isnull=True))
    if who:
        same = here.filter(**{f"{role}_id": key for role, key in who.items()}).order_by("pk")
        return same.values_list("pk", flat=True).first()
    kinds = [kind, EntityKind.THING] if kind != EntityKind.THING else EntityKind.values
    alike = here.filter(kind__in=kinds).order_by("pk")
    called = list(alike.filter(name__iexact=name)) or list(
        alike.filter(aliases__alias__iexact=name).distinct()
    )
    if apart:
        return _told_by(apart, called)
    if len(called) > 1 and kind in {EntityKind.PERSON, EntityKind.ANIMAL}:
        theirs = [one for one in called if any(is_of(one.apart, teller) for teller in tellers)]
        plain = [one for one in called if not (one.apart or one.person_id or one.character_id)]
        called = theirs if len(theirs) == 1 else plain
    return called[0].pk if called else None


def _told_by(apart: str, called: Sequence[Entity]) -> int | None:
    """The one of whom this is known, or of whom, being the only one, nothing is known yet."""
    for one in called:
        if one.apart == apart:
            return one.pk
    if len(called) != 1 or called[0].apart or called[0].person_id or called[0].character_id:
        return None
    Entity.objects.filter(pk=called[0].pk).update(apart=apart)
    return called[0].pk


def _by_meaning(
    name: str, kind: str, community_id: int | None, vector: Vector, same_entity: float
) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, name FROM (
              SELECT id, name, 1 - (embedding <=> %(vector)s::halfvec) AS likeness
              FROM memories_entity
              WHERE embedding_model_id = %(model)s AND kind = %(kind)s
                AND lower(name) <> lower(%(name)s)
                AND (community_id IS NULL OR community_id = %(community)s)
            ) near WHERE likeness >= %(least)s ORDER BY likeness DESC, id LIMIT 5
            """,
            {
                "vector": vector.to_text(),
                "model": vector.model_id,
                "kind": kind,
                "name": name,
                "community": community_id,
                "least": same_entity,
            },
        )
        near = cursor.fetchall()
    return next((key for key, other in near if not _told_apart(name, other)), None)


def _told_apart(one: str, other: str) -> bool:
    """Whether a word tells two names of like meaning apart: Porto Alegre is not Porto, nor the
    North Pier the South Pier."""
    first, second = content_words(one), content_words(other)
    if first == second:
        return False
    if first - second and second - first:
        return True
    more, words = (one, first - second) if first - second else (other, second - first)
    return any(
        word[:1].isupper() and content_words(word) & words for word in re.findall(r"[\w'-]+", more)
    )


def _made(
    name: str,
    kind: str,
    community_id: int | None,
    named: Named,
    who: Mapping[str, int],
    vector: Vector | None,
) -> int:
    row = Entity(
        community_id=community_id,
        name=name,
        kind=kind,
        pronoun=named.pronoun if named.pronoun in EntityGender.values else "",
        apart=named.apart[:60],
        person_id=who.get("person"),
        character_id=who.get("character"),
        embedding=vector,
        embedding_model_id=vector.model_id if vector is not None else None,
    )
    # Whoever made it at the same moment was first: theirs is the one.
    Entity.objects.bulk_create([row], ignore_conflicts=True)
    return int(
        Entity.objects.filter(
            community=community_id,
            name__iexact=name,
            kind=kind,
            person=who.get("person"),
            character=who.get("character"),
            apart=row.apart,
        )
        .values_list("pk", flat=True)
        .get()
    )


def _note(key: int, named: Named, name: str) -> None:
    """Note the pronoun, where none is known, and further names."""
    if named.pronoun in EntityGender.values and named.pronoun:
        Entity.objects.filter(pk=key, pronoun="").update(pronoun=named.pronoun)
    known = Entity.objects.values_list("name", flat=True).get(pk=key)
    others = {
        alias.lower(): alias
        for alias in (name, *map(tidy, named.aliases))
        if alias and alias.lower() != known.lower()
    }
    EntityAlias.objects.bulk_create(
        [EntityAlias(entity_id=key, alias=alias) for alias in others.values()],
        ignore_conflicts=True,
    )


def mention(memories: Mapping[int, str], entities: Mapping[str, int]) -> int:
    """Note where entities, by name, stand in memories (content by id). Returns how many places."""
    rows = [
        EntityMention(entity_id=key, memory_id=memory, start=match.start(), end=match.end())
        for memory, content in memories.items()
        for name, key in entities.items()
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", content)
    ]
    return len(EntityMention.objects.bulk_create(rows, ignore_conflicts=True))


def relate(
    subject: int, relation: str, obj: int, *, evidence: int, at: dt.datetime, confidence: float
) -> None:
    """Note that one is something to another since `at`, as a memory (`evidence`) has it. Where
    there is room for one alone, what the same owner knew before ends."""
    if subject == obj:
        return
    owner = Memory.objects.values_list("owner_id", flat=True).get(pk=evidence)
    standing = EntityRelation.objects.filter(
        subject=subject, relation=relation, evidence__owner=owner, valid_to__isnull=True
    )
    if standing.filter(object=obj).exclude(evidence=evidence).exists():
        return  # known
    if relation in SINGLE:
        standing.exclude(object=obj).filter(valid_from__lte=at).update(valid_to=at)
    EntityRelation.objects.bulk_create(
        [
            EntityRelation(
                subject_id=subject,
                relation=relation[:60],
                object_id=obj,
                evidence_id=evidence,
                valid_from=at,
                confidence=confidence,
            )
        ],
        ignore_conflicts=True,
    )
