"""The database itself holds the invariants of what is remembered."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, models, transaction

from memories.models import (
    MAX_AUTOMATIC_LINKS,
    CacheStatistic,
    ConsolidationRun,
    Contagion,
    Derivation,
    EmbeddingModel,
    Entity,
    EntityAlias,
    EntityMention,
    EntityRelation,
    FactAssociation,
    HygieneFinding,
    HygieneRun,
    LoreChunk,
    LoreDocument,
    Memory,
    MemoryLink,
    MemoryRevision,
    MemoryShare,
    PersonFact,
    ScratchpadEntry,
    WaitingVector,
)
from tests.builders import (
    NOON,
    make_character,
    make_community,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    number,
)
from tests.constraints import attempts, breaks_itself, named, put, refused_by

pytestmark = pytest.mark.django_db
CONSTRAINTS = named("memories")
# No pronoun is a value too, which the pattern takes for none.
BY_PATTERN = [
    name
    for name, (_, c) in CONSTRAINTS.items()
    if breaks_itself(c) and name != "entity_pronoun_known"
]
VECTOR = [0.5] * 256


def make_space(**fields: Any) -> EmbeddingModel:
    return EmbeddingModel.objects.create(
        **{"name": f"space {number()}", "dimensions": 256, "provider": "p", **fields}
    )


def a_memory(**fields: Any) -> Memory:
    return make_memory(fields.pop("owner", None) or make_character(), **fields)


def an_entity(**fields: Any) -> Entity:
    return Entity.objects.create(**{"name": f"Entity {number()}", **fields})


def a_link(**fields: Any) -> MemoryLink:
    return MemoryLink.objects.create(
        **{"from_memory": a_memory(), "to_memory": a_memory(), **fields}
    )


def a_relation(**fields: Any) -> EntityRelation:
    return EntityRelation.objects.create(
        **{
            "subject": an_entity(),
            "relation": "keeps",
            "object": an_entity(),
            "valid_from": NOON,
            "evidence": a_memory(),
            **fields,
        }
    )


def a_fact(**fields: Any) -> PersonFact:
    return PersonFact.objects.create(
        **{
            "person": make_person(),
            "fact_content": f"Ada keeps {number()} bees.",
            "learned_at": NOON,
            **fields,
        }
    )


def an_association(**fields: Any) -> FactAssociation:
    return FactAssociation.objects.create(
        **{
            "fact_1": a_fact(),
            "fact_2": a_fact(),
            "association_type": "shared_interest",
            "discovered_at": NOON,
            **fields,
        }
    )


def a_share(**fields: Any) -> MemoryShare:
    return MemoryShare.objects.create(
        **{
            "source_character": make_character(),
            "target_character": make_character(),
            "memory": a_memory(),
            "permission_level": "basic",
            "trust_level_at_sharing": 0.5,
            "trust_required": 0.3,
            "reason": "trusted",
            "shared_at": NOON,
            **fields,
        }
    )


def a_note(**fields: Any) -> ScratchpadEntry:
    return ScratchpadEntry.objects.create(
        **{
            "conversation": fields.pop("conversation", None) or make_conversation(),
            "character": fields.pop("character", None) or make_character(),
            "part": "observation",
            "content": "They speak of bees.",
            "created_at": NOON,
            "expires_at": NOON + dt.timedelta(days=1),
            **fields,
        }
    )


def a_document(**fields: Any) -> LoreDocument:
    return LoreDocument.objects.create(
        **{
            "title": "Bees",
            "source": f"{number()}.md",
            "content": "Bees.",
            "content_hash": "x",
            **fields,
        }
    )


def a_chunk(**fields: Any) -> LoreChunk:
    return LoreChunk.objects.create(
        **{"document": a_document(), "number": 1, "memory": make_memory(None), **fields}
    )


def a_finding(**fields: Any) -> HygieneFinding:
    return HygieneFinding.objects.create(
        **{
            "run": HygieneRun.objects.create(started_at=NOON),
            "kind": "vague",
            "memory": a_memory(),
            "tier_before": "short",
            "detail": "says nothing",
            "found_at": NOON,
            **fields,
        }
    )


def a_contagion(**fields: Any) -> Contagion:
    return Contagion.objects.create(
        **{
            "community": make_community(),
            "kind": "phrase",
            "text": "as the gull flies",
            "first_seen_at": NOON,
            "last_seen_at": NOON,
            **fields,
        }
    )


def a_revision() -> MemoryRevision:
    return MemoryRevision.objects.create(
        memory=a_memory(), content_before="a", reason="admin", revised_at=NOON
    )


MAKERS: dict[type[models.Model], Any] = {
    Contagion: a_contagion,
    EmbeddingModel: make_space,
    Entity: an_entity,
    EntityRelation: a_relation,
    FactAssociation: an_association,
    HygieneFinding: a_finding,
    Memory: a_memory,
    MemoryLink: a_link,
    MemoryRevision: a_revision,
    MemoryShare: a_share,
    PersonFact: a_fact,
    ScratchpadEntry: a_note,
}


@pytest.mark.parametrize("name", BY_PATTERN)
def test_it_holds_ranges_and_known_values(name: str) -> None:
    model, constraint = CONSTRAINTS[name]
    row = MAKERS[model]()
    for attempt in attempts(constraint, row):
        with refused_by(name):
            attempt()


def twice(make: Any, **fields: Any) -> None:
    make(**fields)
    make(**fields)


def break_chunks() -> None:
    document = a_document()
    a_chunk(document=document)
    a_chunk(document=document)


def break_runs() -> None:
    twice(ConsolidationRun.objects.create, character=make_character(), started_at=NOON)


def break_derivation(**sources: Any) -> None:
    Derivation.objects.create(memory=a_memory(), **sources)


def break_mention(**fields: Any) -> None:
    EntityMention.objects.create(**{"entity": an_entity(), **fields})


def break_own_derivation() -> None:
    memory = a_memory()
    Derivation.objects.create(memory=memory, from_memory=memory)


def break_aliases() -> None:
    entity = an_entity()
    EntityAlias.objects.create(entity=entity, alias="Bea")
    EntityAlias.objects.create(entity=entity, alias="bea")


def break_merged() -> None:
    memory = a_memory()
    put(memory, merged_into_id=memory.pk)


def break_lore() -> None:
    put(a_memory(), owner_id=None)


def break_teller() -> None:
    put(a_memory(), told_by_character_id=make_character().pk, told_by_person_id=make_person().pk)


def break_content() -> None:
    owner = make_character()
    first, second = make_memory(owner, "Bees."), make_memory(owner, "Wasps.")
    put(second, content_hash=first.content_hash)


def break_one_active() -> None:
    make_space(is_active=True)
    make_space(is_active=True)


def break_waiting() -> None:
    twice(
        WaitingVector.objects.create,
        embedding_model=make_space(),
        table="memories_memory",
        row=1,
        text_hash="x",
        embedding=VECTOR,
    )


def break_link_to_itself() -> None:
    memory = a_memory()
    a_link(from_memory=memory, to_memory=memory)


def break_order() -> None:
    first, second = a_fact(), a_fact()
    an_association(fact_1=second, fact_2=first)


def break_relation_to_itself() -> None:
    entity = an_entity()
    a_relation(subject=entity, object=entity)


def break_share_to_self() -> None:
    character = make_character()
    a_share(source_character=character, target_character=character)


def break_statistics() -> None:
    row = {
        field.name: value
        for field, value in (
            (CacheStatistic._meta.get_field("hour"), NOON),
            (CacheStatistic._meta.get_field("cache"), "recall"),
        )
    }
    twice(CacheStatistic.objects.create, **row)


BY_HAND: list[tuple[str, Any]] = [
    ("cachestatistic_unique", break_statistics),
    ("consolidationrun_one_under_way", break_runs),
    ("contagion_allowed_is_not_damped", lambda: a_contagion(is_allowed=True, is_damped=True)),
    ("contagion_unique", lambda: twice(a_contagion)),
    ("derivation_not_from_itself", break_own_derivation),
    ("derivation_one_source", break_derivation),
    (
        "derivation_one_source",
        lambda: break_derivation(
            from_memory=a_memory(), from_message=make_message(make_conversation(), make_person())
        ),
    ),
    (
        "derivation_unique",
        lambda: twice(Derivation.objects.create, memory=a_memory(), from_memory=a_memory()),
    ),
    ("embeddingmodel_one_active", break_one_active),
    ("entity_embedding_names_model", lambda: put(an_entity(), embedding=str(VECTOR))),
    ("entity_has_name", lambda: an_entity(name="")),
    ("entity_pronoun_known", lambda: an_entity(pronoun="xx")),
    ("entity_unique_name", lambda: [an_entity(name="Bea"), an_entity(name="bea")]),
    ("entityalias_has_text", lambda: EntityAlias.objects.create(entity=an_entity(), alias="")),
    ("entityalias_unique", break_aliases),
    ("entitymention_one_place", break_mention),
    (
        "entitymention_one_place",
        lambda: break_mention(
            memory=a_memory(), message=make_message(make_conversation(), make_person())
        ),
    ),
    ("entitymention_span", lambda: break_mention(memory=a_memory(), start=3, end=2)),
    (
        "entitymention_unique",
        lambda: twice(EntityMention.objects.create, entity=an_entity(), memory=a_memory()),
    ),
    (
        "entityrelation_ends_after_start",
        lambda: a_relation(valid_to=NOON - dt.timedelta(days=1)),
    ),
    ("entityrelation_not_to_itself", break_relation_to_itself),
    (
        "entityrelation_unique",
        lambda: twice(a_relation, subject=an_entity(), object=an_entity(), evidence=a_memory()),
    ),
    ("factassociation_in_order", break_order),
    ("factassociation_unique", lambda: twice(an_association, fact_1=a_fact(), fact_2=a_fact())),
    (
        "hygienefinding_once_a_run",
        lambda: twice(a_finding, run=HygieneRun.objects.create(started_at=NOON), memory=a_memory()),
    ),
    ("lorechunk_unique_number", break_chunks),
    ("loredocument_unique_source", lambda: twice(a_document, source="bees.md")),
    ("memory_embedding_names_model", lambda: put(a_memory(), embedding_model_id=None)),
    ("memory_has_content", lambda: put(a_memory(), content="")),
    ("memory_not_merged_into_itself", break_merged),
    ("memory_one_teller", break_teller),
    ("memory_only_lore_has_no_owner", break_lore),
    ("memory_unique_content", break_content),
    ("memorylink_not_to_itself", break_link_to_itself),
    ("memorylink_unique", lambda: twice(a_link, from_memory=a_memory(), to_memory=a_memory())),
    (
        "memoryshare_accepted_is_trusted",
        lambda: a_share(status="accepted", trust_level_at_sharing=0.2),
    ),
    (
        "memoryshare_accepted_once",
        lambda: twice(
            a_share, memory=a_memory(), target_character=make_character(), status="accepted"
        ),
    ),
    ("memoryshare_not_to_self", break_share_to_self),
    ("memoryshare_only_accepted_has_copy", lambda: a_share(copy=a_memory())),
    ("personfact_embedding_names_model", lambda: put(a_fact(), embedding=str(VECTOR))),
    ("personfact_has_content", lambda: a_fact(fact_content="")),
    (
        "personfact_unique",
        lambda: twice(a_fact, person=make_person(), fact_content="Ada keeps bees."),
    ),
    ("scratchpadentry_has_content", lambda: a_note(content="")),
    (
        "scratchpadentry_unique",
        lambda: twice(a_note, conversation=make_conversation(), character=make_character()),
    ),
    ("waitingvector_unique", break_waiting),
]


@pytest.mark.parametrize(("name", "broken"), BY_HAND)
def test_it_refuses(name: str, broken: Any) -> None:
    with refused_by(name):
        broken()


def test_it_breaks_every_named_constraint() -> None:
    assert {*BY_PATTERN, *(name for name, _ in BY_HAND)} == set(CONSTRAINTS)


def test_it_lets_many_spaces_rest() -> None:
    make_space()
    make_space()


def test_it_holds_a_vector_to_the_length_of_its_model() -> None:
    row = a_memory()
    with pytest.raises((IntegrityError, DataError)), transaction.atomic():
        put(row, embedding="[1,2,3]")


def test_a_memory_has_ten_automatic_links_at_most() -> None:
    memory = a_memory()
    for _ in range(MAX_AUTOMATIC_LINKS):
        a_link(from_memory=memory)
    with pytest.raises(IntegrityError), transaction.atomic():
        a_link(from_memory=memory)
    a_link(from_memory=memory, origin="explicit")


def test_a_changed_vector_fits_its_model_too() -> None:
    space, memory = make_space(), a_memory()
    Memory.objects.filter(pk=memory.pk).update(embedding=VECTOR, embedding_model=space)
    with pytest.raises(IntegrityError, match="none of its model"), transaction.atomic():
        Memory.objects.filter(pk=memory.pk).update(embedding=[0.5] * 8)


def test_no_trigger_has_stored_columns_computed_anew_at_every_change() -> None:
    """PostgreSQL does so for a table that has any trigger before updates of a row."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT t.tgrelid::regclass::text, t.tgname FROM pg_trigger t
            WHERE NOT t.tgisinternal AND t.tgtype & 19 = 19 AND EXISTS (
              SELECT FROM pg_attribute a WHERE a.attrelid = t.tgrelid AND a.attgenerated = 's')
            """
        )
        assert cursor.fetchall() == []
