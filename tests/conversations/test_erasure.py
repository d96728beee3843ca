"""A person is forgotten, row by row, and everybody else's rows stay as they are."""

from __future__ import annotations

import datetime as dt
import io
import json
import threading
import uuid
from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from audit.models import LLMCall
from characters.models import (
    Character,
    CommunicationStyle,
    MaterialUse,
    Membership,
    MoodChange,
    Person,
    PersonPreference,
    Relationship,
)
from conversations import services
from conversations.afterwards.observe import stretch_of
from conversations.models import (
    Channel,
    Conversation,
    ConversationContext,
    Delivery,
    Message,
    MessageEdit,
    TopicTransition,
    Turn,
    TurnMemory,
)
from conversations.people import erasure
from conversations.people.erasure import forget_person, preview, sweep
from conversations.tank import guests, live
from conversations.text import Refused
from memories import sharing
from memories.formation import traces
from memories.models import (
    Entity,
    EntityAlias,
    EntityMention,
    EntityRelation,
    ErasureReceipt,
    FactAssociation,
    HygieneFinding,
    HygieneRun,
    Memory,
    MemoryLink,
    MemoryRevision,
    MemoryShare,
    PersonFact,
    ScratchpadEntry,
    WaitingVector,
)
from memories.models.memory import Visibility
from memories.nights import nightly
from tests.builders import (
    NOON,
    make_agreement,
    make_call,
    make_care_notice,
    make_case,
    make_channel,
    make_character,
    make_conversation,
    make_event,
    make_keeper,
    make_memory,
    make_message,
    make_mood_change,
    make_person,
    make_proposal,
    make_reaction,
    make_relationship,
    make_relationship_event,
    make_reliance,
    make_tool_use,
    make_turn,
)

pytestmark = pytest.mark.django_db

Rows = dict[tuple[str, Any], dict[str, Any]]
# What an erasure leaves of itself: a receipt, and that it was done, by the number of a row.
RECORDED = {"memories.ErasureReceipt", "audit.AdminAction"}
OURS = ("characters", "audit", "memories", "conversations", "admin")


def dump() -> Rows:
    """Every row of every table of ours, in plain values."""
    rows: Rows = {}
    for label in OURS:
        for model in apps.get_app_config(label).get_models():
            for row in json.loads(serializers.serialize("json", model._default_manager.all())):
                rows[model._meta.label, row["pk"]] = row["fields"]
    return rows


# Of a message: where and when, by whom, and how it came; nothing of what was said.
PLACE = {
    "id", "conversation", "number", "character", "person", "role", "reply_to", "turn", "search",
    "created_at", "deleted_at", "is_call", "is_request", "is_off_record", "awaits_revision",
}  # fmt: skip


def what_it_tells(message: Message) -> set[str]:
    """The columns that hold more of a message than its place."""
    columns = [one for one in Message._meta.concrete_fields if one.name not in PLACE]
    values = ((one, getattr(message, one.name)) for one in columns)
    return {one.name for one, value in values if value is not None and value != one.get_default()}


class World:
    """Two characters in one house, where people come and go."""

    def __init__(self) -> None:
        self.ada, self.bram = make_character("Ada"), make_character("Bram")
        make_relationship(self.ada, self.bram, trust=0.95, community=None)
        make_relationship(self.bram, self.ada, trust=0.9, community=None)
        self.keeper = make_keeper("warden")
        self.run = HygieneRun.objects.create(started_at=timezone.now())

    def life_of(self, name: str, word: str) -> Person:
        """A person who came, said things in a room of their own, and is remembered for them. Each
        thing they say holds `word`, which nobody else says."""
        now = timezone.now()
        person = make_person(name, display_name=f"{name} the {word}", birthday=dt.date(1990, 5, 1))
        channel = make_channel(f"room of {word}")
        conversation = make_conversation(
            channel,
            status=Conversation.Status.CLOSED,
            summary=f"{name} told of the {word}.",
            topic="the weather",
        )
        said = [
            f"I lost the silver {word} of my grandmother near the mill.",
            f"My cousin Ottoline {word} never forgave me for that silver thing.",
        ]
        ConversationContext.objects.filter(conversation=conversation).update(
            open_questions=[said[0][:200], "Shall we have tea?"]
        )
        for text in said:
            first = make_message(conversation, person, text, client_nonce=uuid.uuid4().hex)
        opening = Message.objects.get(conversation=conversation, number=1)
        Message.objects.filter(pk=opening.pk).update(
            image_urls=[f"/media/{word}.png"], has_images=True
        )
        call = make_call(
            conversation=conversation,
            character=self.ada,
            request={"messages": [{"role": "user", "content": f"{name}: {said[0]}"}]},
            response="Oh dear.",
        )
        turn = make_turn(
            conversation,
            self.ada,
            answers=opening,
            status=Turn.Status.DONE,
            draft="Oh dear.",
            llm_call=call,
            guard_edits=[f"It repeated what {name} said."],
        )
        reply = make_message(conversation, self.ada, "Oh dear, how sad.", turn=turn)
        make_message(conversation, self.bram, "Good evening to you both.")
        retelling_turn = make_turn(conversation, self.bram, status=Turn.Status.DONE)
        make_reaction(reply, person)
        make_reaction(opening, self.bram)
        traces.trace(stretch_of(conversation, list(conversation.messages.select_related("person"))))
        own = Memory.objects.filter(told_by_person=person)
        assert own.count() == 4  # two lines, two who heard them
        distilled = make_memory(
            self.ada,
            f"{name} lost a silver {word}.",
            kind=Memory.Kind.FACT,
            visibility=Visibility.INTIMATE,
            about_person_id=person.pk,
            provenance="derived",
            from_messages=(opening.pk,),
            from_memories=(own.filter(owner=self.ada).order_by("pk")[0].pk,),
        )
        told = sharing.offer(self.ada.pk, self.bram.pk, distilled.pk, now)
        assert told.copy is not None
        thought = make_memory(
            self.bram,
            f"Silver is soon lost, like that {word}.",
            kind=Memory.Kind.REFLECTION,
            from_memories=(told.copy.pk,),
        )
        TurnMemory.objects.create(turn=retelling_turn, memory=told.copy, rank=1, score=1.0)
        retelling = make_message(
            conversation, self.bram, f"They say {name} lost a silver {word}.", turn=retelling_turn
        )
        make_memory(self.ada, f"Bram said: “{retelling.content}”", source_message_id=retelling.pk)
        MemoryLink.objects.create(from_memory=distilled, to_memory=own[0])
        MemoryRevision.objects.create(
            memory=distilled, content_before=f"{word}?", reason="admin", revised_at=now
        )
        fact = PersonFact.objects.create(
            person=person, character=self.ada, fact_content=f"Lost a {word}.", learned_at=now,
            extracted_from_message=opening, extraction_context=said[0],
        )  # fmt: skip
        other = PersonFact.objects.create(
            person=person, character=self.bram, fact_content=f"Misses a {word}.", learned_at=now,
            superseded_by=fact, is_active=False,
        )  # fmt: skip
        FactAssociation.objects.create(
            fact_1=fact, fact_2=other, association_type="same", discovered_at=now
        )
        ScratchpadEntry.objects.create(
            conversation=conversation, character=self.ada, part="observation", message=opening,
            content=f"{name} misses the {word}.", created_at=now, expires_at=now,
        )  # fmt: skip
        themselves = Entity.objects.create(name=name, kind="person", person=person)
        EntityAlias.objects.create(entity=themselves, alias=f"{name} {word}")
        cousin = Entity.objects.create(name=f"Ottoline {word}", kind="person")
        EntityMention.objects.create(entity=themselves, memory=distilled)
        EntityMention.objects.create(entity=cousin, message=first)
        EntityMention.objects.create(entity=cousin, memory=thought)
        EntityRelation.objects.create(
            subject=cousin, relation="cousin of", object=themselves, valid_from=now,
            evidence=distilled,
        )  # fmt: skip
        WaitingVector.objects.create(
            embedding_model=distilled.embedding_model, table="memories_memory",
            row=distilled.pk, text_hash="x", embedding=distilled.embedding,
        )  # fmt: skip
        bond = make_relationship(self.ada, person, trust=0.8, note=f"{name} of the {word}")
        make_relationship_event(bond, message=opening)
        make_mood_change(
            self.ada, trigger_person=person, trigger_message=opening,
            description=f"talk of {word}",
        )  # fmt: skip
        make_event(channel, person=person, title=f"{name} wanted to hear of the {word}")
        LogEntry.objects.create(
            user=self.keeper, content_type=ContentType.objects.get_for_model(Person),
            object_id=str(person.pk), object_repr=name, action_flag=CHANGE,
            change_message=f"renamed {name}",
        )  # fmt: skip
        self.beside(person, first, word)
        return person

    def beside(self, person: Person, said: Message, word: str) -> None:
        """What is kept of somebody besides what they said and what is remembered."""
        talk = said.conversation
        MessageEdit.objects.create(message=said, content_before=f"My {word}?", edited_at=NOON)
        TopicTransition.objects.create(
            conversation=talk, from_topic="silver", to_topic=word, message=said, similarity=0.1,
            occurred_at=NOON,
        )  # fmt: skip
        Delivery.objects.create(
            message=said, surface="discord", status="abandoned", nonce=uuid.uuid4(),
            next_attempt_at=NOON, error=f"Discord refused it: {word}",
        )  # fmt: skip
        PersonPreference.objects.create(person=person, key="name", value=word)
        CommunicationStyle.objects.create(person=person, character=self.ada)
        make_care_notice(said)
        make_case(person, channel=talk.channel, text=f"Damn that {word}.")
        make_reliance(person)
        make_agreement(self.ada, person)
        make_proposal(said, content=f"look for the {word}")
        make_tool_use(
            Turn.objects.get(conversation=talk, answers__isnull=False), arguments={"of": word}
        )


@pytest.fixture
def world() -> World:
    return World()


def changes(before: Rows, after: Rows) -> tuple[set[Any], set[Any], set[Any]]:
    """Which rows are gone, changed and new."""
    gone, new = before.keys() - after.keys(), after.keys() - before.keys()
    return gone, {key for key in before.keys() & after.keys() if before[key] != after[key]}, new


# --- the whole of it ------------------------------------------------------------------------------


def test_nothing_of_theirs_is_left_and_nothing_of_anybody_else_s_is_touched(world: World) -> None:
    empty = dump()
    world.life_of("Lena", "locket")
    lena_only = dump()
    sam = world.life_of("Samuel", "thimble")
    before = dump()
    others = {key for key in lena_only if before[key] == lena_only[key]}
    assert len(others - empty.keys()) > 50  # Lena's life is as rich
    receipt = forget_person(sam, "the person", timezone.now())
    after = dump()

    for key in others:
        assert after[key] == before[key], key
    text = json.dumps([(key, row) for key, row in after.items()], ensure_ascii=False).casefold()
    assert "samuel" not in text
    assert "thimble" not in text.replace("room of thimble", "")  # the room is the house's
    assert "lena" in text and "locket" in text

    gone, changed, new = changes(before, after)
    assert {label for label, _ in new} == RECORDED
    assert ("memories.ErasureReceipt", receipt.pk) in new
    assert not (gone | changed) & lena_only.keys()
    # Checked row by row: what the receipt says went is what went.
    by_kind = Counter(label for label, _ in gone)
    assert by_kind == {kind: number for kind, number in receipt.counts.items() if " " not in kind}
    assert by_kind["memories.Memory"] == 8
    mended = Counter(label for label, _ in changed)
    assert mended == {
        "conversations.Message": receipt.counts["conversations.Message (blanked)"],
        "conversations.Turn": receipt.counts["conversations.Turn (blanked)"],
        "conversations.Conversation": receipt.counts[
            "conversations.Conversation (summary blanked)"
        ],
        "conversations.ConversationContext": 1,
        "conversations.Delivery": 1,
        "characters.Person": 1,
        "characters.MoodChange": receipt.counts["characters.MoodChange (blanked)"],
        "audit.LLMCall": receipt.counts["audit.LLMCall (blanked)"],
        "admin.LogEntry": 1,
    }


def test_the_receipt_names_nobody(world: World) -> None:
    sam = world.life_of("Samuel", "thimble")
    receipt = forget_person(sam, "the person", timezone.now())
    kept = ErasureReceipt.objects.get(pk=receipt.pk)
    assert kept.requested_by == "the person"
    assert kept.counts["conversations.Message (blanked)"] == 3
    told = json.dumps(kept.counts) + str(kept.reference)
    assert "Samuel" not in told and all(isinstance(n, int) and n > 0 for n in kept.counts.values())


def test_messages_leave_their_place_and_nothing_else(world: World) -> None:
    sam = world.life_of("Samuel", "thimble")
    numbers = list(Message.objects.order_by("pk").values_list("conversation", "number"))
    replied = Message.objects.get(content="Oh dear, how sad.")
    opening = Message.objects.get(person=sam, number=1)
    remembered = make_memory(world.ada)
    Message.objects.filter(pk=opening.pk).update(
        discord_message_id=77, sentiment=0.8, emotion="joy", token_count=12, edited_at=NOON,
        embedding=remembered.embedding, embedding_model=remembered.embedding_model,
    )  # fmt: skip
    opening.refresh_from_db()
    told = {f.name for f in Message._meta.concrete_fields} - PLACE
    assert what_it_tells(opening) == told  # a new column is one of the place, or goes
    forget_person(sam, "a keeper", timezone.now())
    assert list(Message.objects.order_by("pk").values_list("conversation", "number")) == numbers
    for message in Message.objects.filter(person=sam):
        assert message.deleted_at is not None
        assert what_it_tells(message) == set()
    assert Message.objects.get(pk=replied.pk).content == "Oh dear, how sad."  # Ada's own words
    retold = Message.objects.filter(character=world.bram).latest("number")
    assert (retold.content, retold.deleted_at is None) == ("", False)


def test_the_row_that_stays_is_nobody_s(world: World) -> None:
    sam = world.life_of("Samuel", "thimble")
    now = timezone.now()
    Person.objects.filter(pk=sam.pk).update(
        discord_id=77, custom_name="Sammy", timezone="Europe/Oslo", quiet_hours={"from": "22:00"},
        consent_level="full", heard_from=NOON, blocked_until=NOON, last_seen_at=NOON,
    )  # fmt: skip
    sam.refresh_from_db()
    before = {field.name: getattr(sam, field.name) for field in Person._meta.concrete_fields}
    forget_person(sam, "a keeper", now)
    row = Person.objects.get(pk=sam.pk)
    kept = {
        field.name: getattr(row, field.name)
        for field in Person._meta.concrete_fields
        if field.name not in {"id", "created_at", "updated_at"}
    }
    assert kept == {
        "discord_id": None,
        "web_key": None,
        "username": "somebody",
        "display_name": "",
        "custom_name": "",
        "is_bot": False,
        "first_seen_at": now,
        "last_seen_at": None,
        "is_active": False,
        "timezone": "",
        "quiet_hours": {},
        "birthday": None,
        "consent_level": "none",
        "heard_from": None,
        "blocked_until": None,
        "erased_at": now,
    }
    assert {name for name, value in kept.items() if value == before[name]} == {"is_bot"}


def test_two_may_be_erased_and_a_third_take_the_name(world: World) -> None:
    for word in ("thimble", "needle"):
        forget_person(world.life_of("Samuel", word), "a keeper", timezone.now())
    again = guests.join_as_guest("Samuel", "k" * 43)
    assert again.name == "Samuel"
    assert Person.objects.filter(username="somebody").count() == 2


def test_doing_it_again_finds_nothing(world: World) -> None:
    sam = world.life_of("Samuel", "thimble")
    forget_person(sam, "a keeper", timezone.now())
    before = dump()
    assert forget_person(sam, "a keeper", timezone.now()).counts == {}
    _, changed, new = changes(before, dump())
    assert not changed
    assert {label for label, _ in new} == RECORDED


def test_a_preview_changes_nothing(world: World) -> None:
    sam = world.life_of("Samuel", "thimble")
    before = dump()
    told = preview(sam, timezone.now())
    assert dump() == before
    assert forget_person(sam, "a keeper", timezone.now()).counts == told


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "step", ["_blank_messages", "blank_calls", "forget", "_part_ways", "_make_nobody"]
)
def test_who_is_killed_on_the_way_has_erased_nothing(
    world: World, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    sam = world.life_of("Samuel", "thimble")
    before = dump()
    real = getattr(erasure, step)

    def die(*args: Any, **named: Any) -> None:
        real(*args, **named)
        raise Killed

    monkeypatch.setattr(erasure, step, die)
    with pytest.raises(Killed):
        forget_person(sam, "a keeper", timezone.now())
    assert dump() == before
    monkeypatch.undo()
    assert forget_person(sam, "a keeper", timezone.now()).counts
    assert "thimble" not in json.dumps(list(dump().values()), ensure_ascii=False).replace(
        "room of thimble", ""
    )


# --- what is mixed --------------------------------------------------------------------------------


def test_a_summary_of_several_goes_and_its_other_sources_come_back(world: World) -> None:
    sam, lena = make_person("Samuel"), make_person("Lena")
    sams = make_memory(world.ada, "Samuel likes rain.", about_person_id=sam.pk)
    lenas = make_memory(world.ada, "Lena likes snow.", about_person_id=lena.pk, tier="long")
    summary = make_memory(
        world.ada,
        "Samuel and Lena like weather.",
        kind=Memory.Kind.SUMMARY,
        provenance="derived",
        from_memories=(sams.pk, lenas.pk),
        metadata={"merged": {"sources": {str(m.pk): [m.tier, 0.7] for m in (sams, lenas)}}},
    )
    MemoryRevision.objects.create(
        memory=lenas, content_before=lenas.content, content_after=summary.content,
        reason="consolidation", replaced_by=summary, revised_at=timezone.now(),
    )  # fmt: skip
    Memory.objects.filter(pk__in=[sams.pk, lenas.pk]).update(merged_into=summary, tier="archived")
    receipt = forget_person(sam, "a keeper", timezone.now())
    (left,) = Memory.objects.all()
    assert (left.pk, left.merged_into, left.tier, left.strength) == (lenas.pk, None, "long", 0.7)
    assert not MemoryRevision.objects.exists()
    assert receipt.counts["memories.Memory (restored)"] == 1


def test_what_a_night_merged_comes_apart(world: World) -> None:
    """By the nightly job itself: of two that say the same, one spoke for both."""
    sam = make_person("Samuel")
    now = timezone.now()
    message = make_message(make_conversation(), sam, "The ferry to Oban leaves at nine sharp.")
    own = make_memory(
        world.ada, "The ferry to Oban leaves at nine sharp now.", importance=9.0, confidence=0.9
    )
    before = Memory.objects.filter(pk=own.pk).values().get()
    make_memory(
        world.ada, "The ferry to Oban leaves at nine sharp.", confidence=0.4,
        from_messages=(message.pk,),
    )  # fmt: skip
    assert nightly.consolidate(world.ada.pk, now=now).merged == 1
    own.refresh_from_db()
    assert own.confidence == pytest.approx(0.4)
    forget_person(sam, "a keeper", now)
    (left,) = Memory.objects.values()
    for row in (left, before):
        for moving in ("updated_at", "decayed_on", "strength", "tier", "embedding"):
            row.pop(moving)
    assert left == before


def test_what_was_set_aside_for_repeating_theirs_comes_back(world: World) -> None:
    sam = make_person("Samuel")
    sams = make_memory(world.ada, "The bell is cracked.", told_by_person_id=sam.pk)
    own = make_memory(world.ada, "The bell has a crack.", tier="archived")
    HygieneFinding.objects.create(
        run=world.run,
        kind="duplicate",
        memory=own,
        beside=sams,
        tier_before="long",
        detail="Repeats: The bell is cracked.",
        found_at=timezone.now(),
    )
    forget_person(sam, "a keeper", timezone.now())
    assert list(Memory.objects.values_list("pk", "tier")) == [(own.pk, "long")]
    assert not HygieneFinding.objects.exists()


def test_a_fact_that_theirs_had_replaced_stands_again(world: World) -> None:
    sam, lena = make_person("Samuel"), make_person("Lena")
    conversation = make_conversation()
    claim = make_message(conversation, sam, "Lena has moved to Trondheim.")
    now = timezone.now()
    newer = PersonFact.objects.create(
        person=lena, character=world.ada, fact_content="Lives in Trondheim.", learned_at=now,
        extracted_from_message=claim,
    )  # fmt: skip
    older = PersonFact.objects.create(
        person=lena, character=world.ada, fact_content="Lives in Bergen.", learned_at=now,
        is_active=False, superseded_by=newer,
    )  # fmt: skip
    forget_person(sam, "a keeper", timezone.now())
    (left,) = PersonFact.objects.all()
    assert (left.pk, left.is_active, left.superseded_by) == (older.pk, True, None)


def test_the_history_of_another_memory_no_longer_quotes_them(world: World) -> None:
    sam = make_person("Samuel")
    sams = make_memory(world.ada, "The mill is open.", told_by_person_id=sam.pk)
    own = make_memory(world.ada, "The mill is shut.")
    revision = MemoryRevision.objects.create(
        memory=own, content_before=own.content, content_after=own.content, replaced_by=sams,
        reason="contradiction", revised_at=timezone.now(),
    )  # fmt: skip
    MemoryRevision.objects.create(
        memory=own, content_before=sams.content, content_after=own.content,
        reason="admin", revised_at=timezone.now(),
    )  # fmt: skip
    forget_person(sam, "a keeper", timezone.now())
    revision.refresh_from_db()
    assert (revision.content_after, revision.replaced_by) == ("The mill is shut.", None)
    assert MemoryRevision.objects.get() == revision  # and the one that quoted it is gone


def test_a_chain_is_followed_to_its_end(world: World) -> None:
    sam = make_person("Samuel")
    memory = make_memory(world.ada, "Samuel keeps bees.", about_person_id=sam.pk)
    for n in range(30):
        memory = make_memory(world.bram, f"Thought {n} from it.", from_memories=(memory.pk,))
    beside = make_memory(world.bram, "Bees dance.")
    MemoryLink.objects.create(from_memory=memory, to_memory=beside)  # a link is no derivation
    forget_person(sam, "a keeper", timezone.now())
    assert list(Memory.objects.values_list("pk", flat=True)) == [beside.pk]


def test_other_people_s_words_stay_though_they_name_them(world: World) -> None:
    sam, lena = make_person("Samuel"), make_person("Lena")
    conversation = make_conversation()
    make_message(conversation, sam, "I lost the silver thimble of my grandmother.")
    message = make_message(conversation, lena, "Samuel lost the silver thimble of a grandmother!")
    hers = make_memory(
        world.ada, f"Lena said: “{message.content}”",
        told_by_person_id=lena.pk, source_message_id=message.pk,
    )  # fmt: skip
    forget_person(sam, "a keeper", timezone.now())
    message.refresh_from_db()
    assert message.content.startswith("Samuel lost")
    assert list(Memory.objects.values_list("pk", flat=True)) == [hers.pk]


def test_a_name_inside_another_is_not_theirs(world: World) -> None:
    sam = make_person("Sam")
    conversation = make_conversation(summary="A sample of samovars was shown.")
    make_message(conversation, world.ada, "Look at this samovar.")
    other = make_conversation(
        summary="Of Sam, mostly.", channel=make_channel(), status=Conversation.Status.CLOSED
    )
    make_message(other, sam, "Hello all of you in here.")
    make_message(other, sam, "Yes.")
    after = make_conversation(summary="Everybody missed sam.", channel=other.channel)
    said = {
        "A sample, please.": conversation, "Yes. A sample, please.": other,  # so may anybody say
        "Is sam there?": None, "Sam was there.": conversation,
    }  # fmt: skip
    calls = {
        text: make_call(
            conversation=talk, request={"messages": [{"role": "user", "content": text}]}
        ).pk
        for text, talk in said.items()
    }
    forget_person(sam, "a keeper", timezone.now())
    summaries = dict(Conversation.objects.values_list("pk", "summary"))
    assert summaries == {
        conversation.pk: "A sample of samovars was shown.", other.pk: "", after.pk: "",
    }  # fmt: skip
    blanked = LLMCall.objects.filter(request={"erased": True}).values_list("pk", flat=True)
    assert set(blanked) == {calls["Is sam there?"], calls["Sam was there."]}


def test_an_answer_that_says_it_again_goes_and_any_other_stays(world: World) -> None:
    sam = make_person("Samuel")
    conversation = make_conversation()
    asked = make_message(conversation, sam, "I lost the silver thimble of my grandmother.")
    for text in ("The silver thimble of your grandmother, lost!", "How sad, and in the rain."):
        turn = make_turn(conversation, world.ada, answers=asked, status=Turn.Status.DONE)
        make_message(conversation, world.ada, text, turn=turn)
    forget_person(sam, "a keeper", timezone.now())
    left = conversation.messages.order_by("number").values_list("content", flat=True)
    assert list(left) == ["", "", "How sad, and in the rain."]


def test_what_was_told_of_them_is_not_kept_in_what_was_spent(world: World) -> None:
    """The key of a memory began with its words; those of stock and of others stay."""
    sam = make_person("Samuel")
    conversation = make_conversation()
    asked = make_message(conversation, sam, "I lost the silver thimble of my grandmother.")
    theirs = ["memory/i-lost-the-silver-thimble-1f", "stock/memory_lead/3"]
    named, other = "memory/samuel's-brother-keeps-bees-2a", "memory/the-ferry-is-late-3b"
    for keys, text, answers in (
        (theirs, "The silver thimble of your grandmother, lost!", asked),
        ([named], "Bees, and plenty.", None),
        ([other], "It is late.", None),
    ):
        turn = make_turn(conversation, world.ada, answers=answers, status=Turn.Status.DONE)
        Turn.objects.filter(pk=turn.pk).update(draft_spent=keys)
        make_message(conversation, world.ada, text, turn=turn)
    for one, key in [(world.ada, key) for key in (*theirs, other)] + [(world.bram, named)]:
        MaterialUse.objects.create(character=one, key=key, used_count=1, last_used_at=NOON)
    receipt = forget_person(sam, "a keeper", timezone.now())
    spent = Turn.objects.filter(conversation=conversation).order_by("pk")
    assert list(spent.values_list("draft_spent", flat=True)) == [[], [], [other]]
    kept = MaterialUse.objects.order_by("key").values_list("key", flat=True)
    assert list(kept) == [other, "stock/memory_lead/3"]
    assert receipt.counts["characters.MaterialUse"] == 2
    assert receipt.counts["conversations.Turn (blanked)"] == 2


@pytest.mark.parametrize("name", ["a.b*(c", "Zoë", "[x]", 'D\'Arcy "Q"', "\\d+", "小明", "%_"])
def test_a_name_of_any_letters_is_found_and_nothing_else_is(world: World, name: str) -> None:
    sam = make_person(name)
    conversation = make_conversation()
    make_message(conversation, sam, "Hello all of you in here.")
    summary = f"It was {name} who came."
    Conversation.objects.filter(pk=conversation.pk).update(summary=summary)
    beside = make_conversation(channel=conversation.channel, status="closed", summary="Rain 12 aab")
    forget_person(sam, "a keeper", timezone.now())
    assert Conversation.objects.get(pk=conversation.pk).summary == ""
    assert Conversation.objects.get(pk=beside.pk).summary == "Rain 12 aab"


def test_a_request_with_an_earlier_name_is_found_by_what_they_said(world: World) -> None:
    sam = make_person("Samuel")
    conversation = make_conversation()
    said = make_message(conversation, sam, "I lost the\nsilver thimble.")
    call = make_call(
        conversation=conversation,
        request={
            "messages": [{"role": "user", "content": f"Sammy1: {' '.join(said.content.split())}"}]
        },
        cost_usd="0.25",
    )
    forget_person(sam, "a keeper", timezone.now())
    kept = LLMCall.objects.get(pk=call.pk)
    assert kept.request == {"erased": True}
    assert (kept.prompt_tokens, float(kept.cost_usd)) == (100, 0.25)  # what it cost stays


def test_a_mood_keeps_how_it_moved(world: World) -> None:
    sam = make_person("Samuel")
    change = make_mood_change(world.ada, trigger_person=sam, description="talk of Samuel")
    forget_person(sam, "a keeper", timezone.now())
    kept = MoodChange.objects.get(pk=change.pk)
    assert (kept.trigger_person, kept.description, kept.valence) == (None, "", change.valence)


def test_shares_of_their_memories_go_with_copies_of_copies(world: World) -> None:
    odile, sam = make_character("Odile"), make_person("Samuel")
    make_relationship(world.bram, odile, trust=0.95)
    make_relationship(odile, world.bram, trust=0.95)
    memory = make_memory(world.ada, "Samuel keeps bees.", about_person_id=sam.pk)
    now = timezone.now()
    place = Membership.objects.get(person=sam).community_id
    one = sharing.offer(world.ada.pk, world.bram.pk, memory.pk, now, community_id=place)
    assert one.copy is not None
    two = sharing.offer(world.bram.pk, odile.pk, one.copy.pk, now, community_id=place)
    assert two.copy is not None
    receipt = forget_person(sam, "a keeper", now)
    assert not MemoryShare.objects.exists()
    assert not Memory.objects.exists()
    assert receipt.counts["memories.MemoryShare"] == 2


# --- while others are at it -----------------------------------------------------------------------


def test_what_was_about_to_be_said_to_them_is_dropped(world: World) -> None:
    sam = make_person("Samuel")
    conversation = make_conversation()
    asked = make_message(conversation, sam, "Where is the thimble?")
    turn = make_turn(
        conversation, world.ada, answers=asked, status=Turn.Status.SPEAKING, draft="In the drawer."
    )
    forget_person(sam, "a keeper", timezone.now())
    turn.refresh_from_db()
    assert (turn.status, turn.draft) == ("abandoned", "")


def test_open_pages_are_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, str, Any]] = []
    monkeypatch.setattr(
        live, "send_now", lambda channel, event, facts: told.append((channel, event, facts))
    )
    sam = make_person("Samuel")
    conversation = make_conversation()
    message = make_message(conversation, sam, "Where is the thimble?")
    adas = make_message(conversation, world.ada, "It is raining again.")
    make_reaction(adas, sam)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(transaction, "on_commit", lambda run, **_: run())
        forget_person(sam, "a keeper", timezone.now())
    removed = [facts for _, event, facts in told if event == "message.removed"]
    assert [(one["message"], one["text"]) for one in removed] == [(message.pk, "")]
    assert [facts["message"] for _, event, facts in told if event == "reaction.removed"] == [
        adas.pk
    ]
    assert {channel for channel, _, _ in told} == {conversation.channel_id}


def test_who_is_erased_says_no_more(world: World) -> None:
    sam, channel = make_person("Samuel"), make_channel()
    forget_person(sam, "a keeper", timezone.now())
    with pytest.raises(Refused):
        services.record_incoming(channel.pk, sam, "Am I still here?")  # as a stale page has them
    assert not Message.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_is_said_at_that_moment_is_erased_or_refused(world: World) -> None:
    channels = [make_channel() for _ in range(3)]
    for n in range(4):
        sam = make_person(f"Samuel{n}")
        services.record_incoming(channels[0].pk, sam, "I am here.")
        gate = threading.Barrier(len(channels) + 1)

        def speak(channel: Channel, sam: Person = sam, gate: Any = gate) -> None:
            gate.wait()
            try:
                services.record_incoming(channel.pk, sam, "One more thing.")
            except Refused:
                pass
            finally:
                connection.close()

        def erase(sam: Person = sam, gate: Any = gate) -> None:
            gate.wait()
            try:
                forget_person(sam, "a keeper", timezone.now())
            finally:
                connection.close()

        racing = [threading.Thread(target=speak, args=(c,)) for c in channels]
        racing.append(threading.Thread(target=erase))
        for thread in racing:
            thread.start()
        for thread in racing:
            thread.join()
        assert Person.objects.get(pk=sam.pk).erased_at is not None
        assert not Message.objects.filter(person=sam).exclude(content="").exists()


def test_an_answer_that_came_late_is_swept(world: World) -> None:
    sam = world.life_of("Samuel", "thimble")
    now = timezone.now()
    forget_person(sam, "a keeper", now)
    assert sweep(now) == 0
    LLMCall.objects.filter(request={"erased": True}).update(response="Samuel? The thimble?")
    straggler = make_memory(world.ada, "Said by nobody.", told_by_person_id=sam.pk)
    assert sweep(now + dt.timedelta(hours=1)) == 2
    assert not Memory.objects.filter(pk=straggler.pk).exists()
    assert not LLMCall.objects.filter(response__contains="thimble").exists()


# --- the command ----------------------------------------------------------------------------------


def run(*args: str) -> str:
    out = io.StringIO()
    call_command("forget_person", *args, stdout=out)
    return out.getvalue()


def test_the_command_says_what_would_go(world: World) -> None:
    world.life_of("Samuel", "thimble")
    before = dump()
    told = run("samuel", "--dry-run")
    assert "memories.Memory " in told and "conversations.Message (blanked)" in told
    assert dump() == before


def test_the_command_erases_and_prints_the_receipt(world: World) -> None:
    sam = world.life_of("Samuel", "thimble")
    told = run(str(sam.pk), "--yes", "--requested-by", "the person")
    receipt = ErasureReceipt.objects.get()
    assert str(receipt.reference) in told
    assert "Samuel" not in told
    assert receipt.requested_by == "the person"


@pytest.mark.parametrize(
    ("answer", "is_erased"), [("Samuel", True), ("samuel ", True), ("y", False)]
)
def test_the_command_asks_for_the_name(
    world: World, answer: str, is_erased: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sam = make_person("Samuel")
    monkeypatch.setattr("builtins.input", lambda _: answer)
    if is_erased:
        run("Samuel")
    else:
        with pytest.raises(CommandError, match="Nothing was erased"):
            run("Samuel")
    assert (Person.objects.get(pk=sam.pk).erased_at is not None) == is_erased


def test_the_command_wants_one_person(world: World) -> None:
    with pytest.raises(CommandError, match="PERSON: no person is called Samuel"):
        run("Samuel", "--yes")
    make_person("Samuel")
    make_person("Samuel", discord_id=5)
    with pytest.raises(CommandError, match="name one by id"):
        run("Samuel", "--yes")
    assert not ErasureReceipt.objects.exists()
    assert Relationship.objects.count() == 2 and Character.objects.count() == 2


@pytest.mark.django_db
def test_of_direct_messages_both_sides_go_row_by_row() -> None:
    now, mara = timezone.now(), make_character("Mara")
    ann, bob = make_person("Ann"), make_person("Bob")
    texts = ("Hello there.", "The tide is high.", "Nothing more.")
    for person in (ann, bob):
        own = make_channel(f"dm {person}", is_direct=True, is_private=True, discord_id=person.pk)
        talk = make_conversation(own, kind=Conversation.Kind.DIRECT, summary="They talked.")
        make_message(talk, person, texts[0])
        make_message(talk, mara, texts[1])
        make_message(talk, None, texts[2], role=Message.Role.SYSTEM)
    receipt = forget_person(ann, "the person", now)
    left = Message.objects.exclude(content="")
    assert set(left.values_list("conversation__channel__name", flat=True)) == {"dm Bob"}
    assert [m.content for m in left.order_by("number")] == list(texts)
    assert receipt.counts["conversations.Message (blanked)"] == 3
    assert Conversation.objects.exclude(summary="").count() == 1
    gone = Channel.objects.exclude(name="dm Bob").get()
    assert (gone.discord_id, gone.name.startswith("erased-")) == (None, True)
