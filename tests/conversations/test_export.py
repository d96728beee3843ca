"""A person's export tells every row that is theirs: none of their tables is left out unsaid."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Model
from django.utils import timezone

from characters.models import Character, Goal, LearningEvent, Person, RelationshipEvent
from conversations.people import export, leftovers
from memories.models import (
    Derivation,
    Entity,
    EntityRelation,
    MemoryRevision,
    MemoryShare,
    ScratchpadEntry,
)
from tests.builders import (
    NOON,
    make_character,
    make_conversation,
    make_insight,
    make_memory,
    make_message,
    make_person,
    make_relationship,
    make_relationship_event,
)

LINK = "a link alone, between rows that are told themselves or aren't theirs"
WHOLE = "of a whole talk or room, not of one who is there"
MACHINE = "how a program went about it: what was said stands among the messages"
OTHERS = "it is of several people's words at once; what it says of them alone is told by its name"
OWN = "the character's own: what of it was theirs are their messages and memories"
# Tables that refer to what is a person's own, and aren't told to them.
UNTOLD = {
    "audit.LLMCall": MACHINE,
    "characters.Contribution": OWN,
    "characters.Contribution_from_messages": LINK,
    "characters.Goal_evidence_memories": LINK,
    "characters.Insight_evidence_memories": LINK,
    "characters.InsightLink": LINK,
    "characters.LearningEvent_evidence_memories": LINK,
    "characters.Reflection": OTHERS,
    "characters.Reflection_input_memories": LINK,
    "characters.SelfModification": "why a character changed itself is for the keeper alone",
    "characters.WorkspaceFileVersion": OWN,
    "characters.WorkspaceFileVersion_from_memories": LINK,
    "characters.WorkspaceFileVersion_from_messages": LINK,
    "conversations.Delivery": MACHINE,
    "conversations.TopicTransition": WHOLE,
    "conversations.Turn": MACHINE,
    "conversations.TurnMemory": LINK,
    "memories.Derivation": LINK,
    "memories.EntityMention": LINK,
    "memories.FactAssociation": "it ties a fact of theirs, which is told, to somebody else's",
    "memories.HygieneFinding": "what an audit found of the wording of a memory, which is told",
    "memories.LoreChunk": "of a text of the keeper's",
    "memories.MemoryLink": LINK,
}


def referring(to: set[type[Model]]) -> set[type[Model]]:
    return {
        model
        for model in apps.get_models(include_auto_created=True)
        if not model._meta.proxy
        and any(
            one.remote_field is not None and one.remote_field.model in to
            for one in [*model._meta.concrete_fields, *model._meta.many_to_many]
        )
    }


def test_every_table_that_refers_to_a_person_is_told_or_it_is_said_why_not() -> None:
    """Of those that refer to the person, `elsewhere` tells the ones that have no part of their
    own. Of those that refer to such rows, each has a part or a reason."""
    direct = referring({Person})
    by_way = referring(direct) - direct
    told = {model._meta.label for model in [*export.TOLD, *direct]}
    assert {model._meta.label for model in by_way} - told == set(UNTOLD) - {"audit.LLMCall"}
    assert not set(UNTOLD) & told


def test_a_table_that_refers_to_a_person_is_told_without_anybody_naming_it() -> None:
    assert {model for model in apps.get_models() if list(leftovers.references(model, Person))} == (
        referring({Person})
    )


@pytest.fixture
def mara() -> Character:
    return make_character("Mara")


def exported(person: Person, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    call_command("export_person", str(person.pk))
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.django_db
def test_what_moved_a_bond_and_what_was_learned_by_it_is_told(
    mara: Character, capsys: pytest.CaptureFixture[str]
) -> None:
    ann, bob = make_person("Ann"), make_person("Bob")
    said = make_message(make_conversation(), ann, "I row.")
    for person in (ann, bob):
        bond = make_relationship(mara, person)
        make_relationship_event(bond, cause=f"a talk with {person.name}", message=None)
        LearningEvent.objects.create(
            character=mara, relationship=bond, learning_type="relationship",
            learning_event=f"With {person.name}: friends.", learning_date=NOON,
        )  # fmt: skip
    insight = make_insight(mara, "Ann rows when she is sad.", about_person=ann)
    LearningEvent.objects.create(
        character=mara, insight=insight, learning_type="insight",
        learning_event="Ann rows when she is sad.", learning_date=NOON + dt.timedelta(hours=1),
    )  # fmt: skip
    LearningEvent.objects.create(
        character=mara, trigger_message=said, learning_type="goal",
        learning_event="Row, too.", learning_date=NOON + dt.timedelta(hours=2),
    )  # fmt: skip
    told = exported(ann, capsys)
    assert [one["learning_event"] for one in told["steps"]] == [
        "With Ann: friends.", "Ann rows when she is sad.", "Row, too.",
    ]  # fmt: skip
    assert [one["cause"] for one in told["bonds_moved"]] == ["a talk with Ann"]
    assert RelationshipEvent.objects.count() == 2


@pytest.mark.django_db
def test_what_became_of_memories_of_them_is_told(
    mara: Character, capsys: pytest.CaptureFixture[str]
) -> None:
    ann, bram = make_person("Ann"), make_character("Bram")
    talk = make_conversation()
    said = make_message(talk, ann, "I row with my sister Eve.")
    memory = make_memory(mara, "Ann rows.", about_person_id=ann.pk, told_by_person_id=ann.pk)
    MemoryRevision.objects.create(
        memory=memory, content_before="Ann swims.", content_after="Ann rows.",
        reason="contradiction", revised_at=NOON,
    )  # fmt: skip
    MemoryShare.objects.create(
        source_character=mara, target_character=bram, memory=memory, permission_level="basic",
        trust_level_at_sharing=0.2, trust_required=0.3, status="refused", reason="r",
        shared_at=NOON,
    )  # fmt: skip
    EntityRelation.objects.create(
        subject=Entity.objects.create(name="Eve", kind="person"), relation="sister of",
        object=Entity.objects.create(name="Ann", kind="person", person=ann), valid_from=NOON,
        evidence=memory,
    )  # fmt: skip
    for other in ((), (make_message(talk, make_person("Bob"), "She sinks.").pk,)):
        ScratchpadEntry.objects.create(
            conversation=talk, character=mara, part="observation", message=said,
            content="Ann rows." if not other else "Bob says that Ann sinks.",
            messages=[said.pk, *other], created_at=NOON, expires_at=timezone.now(),
        )  # fmt: skip
    told = exported(ann, capsys)
    assert told["earlier_memories"][0]["content_before"] == "Ann swims."
    assert told["told_on"][0]["target_character"] == "Bram"
    assert (told["related"][0]["subject"], told["related"][0]["object"]) == ("Eve", "Ann")
    assert [one["content"] for one in told["notes"]] == ["Ann rows."]


@pytest.mark.django_db
def test_what_rests_on_what_others_told_is_in_no_part_of_it(
    mara: Character, capsys: pytest.CaptureFixture[str]
) -> None:
    ann, bob = make_person("Ann"), make_person("Bob")
    theirs = make_memory(mara, "Ann owes Bob.", about_person_id=ann.pk, told_by_person_id=bob.pk)
    words = "Ann hides from her debts."
    thought = make_memory(mara, words, kind="insight", about_person_id=ann.pk)
    Derivation.objects.create(memory=thought, from_memory=theirs)
    insight = make_insight(mara, words, about_person=ann, memory=thought)
    goal = Goal.objects.create(
        character=mara, goal_id="g", description="Ask whether she hides from her debts.",
        seeks_person=ann,
    )  # fmt: skip
    goal.evidence_memories.add(theirs)
    event = LearningEvent.objects.create(
        character=mara, insight=insight, goal=goal, learning_type="insight",
        learning_event=words, learning_date=NOON,
    )  # fmt: skip
    event.evidence_memories.add(theirs)
    assert "debts" not in json.dumps(exported(ann, capsys))
