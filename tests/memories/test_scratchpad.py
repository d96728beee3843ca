from __future__ import annotations

import datetime as dt

import pytest

from conversations.services import local_community
from memories.formation.findings import Note
from memories.formation.formation import form
from memories.formation.notes import notes
from memories.models import Derivation, Memory, ScratchpadEntry
from memories.rules import MemoryRules
from memories.scratchpad import blackboard, close, forget_expired, quality, write
from memories.view import Audience, seen_by
from tests.builders import (
    NOON,
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
)
from tests.memories.talking import line, stretch

pytestmark = pytest.mark.django_db
RULES = MemoryRules()
SOON = NOON + dt.timedelta(minutes=5)


@pytest.fixture
def room():
    conversation = make_conversation()
    conversation.bram, conversation.tamsin = make_character("Bram"), make_character("Tamsin")
    ada = make_person("Ada")
    said = ["Could we have some quiet music, please?", "It is quiet music that I like best."]
    rows = [make_message(conversation, ada, text) for text in said]
    conversation.stretch = stretch(
        *(line(ada, row.content, row.number, message_id=row.pk) for row in rows),
        to=(conversation.bram, conversation.tamsin),
        conversation_id=conversation.pk,
    )
    return conversation


def read(room, who):
    audience = Audience(community=local_community().pk, conversation=room.pk)
    with seen_by(who.pk, audience) as view:
        return blackboard(view, room.pk, SOON)


ASKED = Note("observation", "Ada asked for quiet music.", (1, 2), 0.9, is_public=True)
GUESS = Note("reasoning", "Ada may be tired.", (1,), 0.4)
GUESS_AT_TEA = Note("reasoning", "Ada may be thirsty.", (1,), 0.4)


def test_quality_is_evidence_reasoning_and_coverage():
    heard = {n: line("Ada", "Could we have quiet music?", n) for n in (1, 2)}
    assert quality(Note("observation", "Ada quiet music", (1, 2), 1.0), heard) == 1.0
    assert quality(Note("observation", "Ada quiet music", (1,), 1.0), heard) == 0.8
    assert quality(Note("observation", "Ada quiet music", (1, 2), 0.5), heard) == 0.8
    assert quality(Note("observation", "boats sank", (1, 2), 1.0), heard) == 0.8


def test_all_present_read_the_blackboard_and_nobody_anothers_notes(room):
    write([ASKED, GUESS], room.stretch, RULES)
    ScratchpadEntry.objects.filter(part="reasoning", character=room.bram).delete()
    assert read(room, room.bram) == ["Ada asked for quiet music."]
    assert sorted(read(room, room.tamsin)) == ["Ada asked for quiet music.", "Ada may be tired."]


def test_another_conversation_reads_nothing_of_it(room):
    write([ASKED], room.stretch, RULES)
    audience = Audience(community=local_community().pk, conversation=make_conversation().pk)
    with seen_by(make_character().pk, audience) as view:
        assert blackboard(view, room.pk, SOON) == []


def test_who_did_not_hear_it_has_no_note(room):
    room.stretch.witnesses[1] = frozenset({room.bram.pk})
    write([GUESS], room.stretch, RULES)
    assert ScratchpadEntry.objects.get().character == room.bram


def test_the_newest_trajectory_takes_the_place_of_the_one_before(room):
    write([Note("trajectory", "The talk turns on ferries.", (1,), 0.6, True)], room.stretch, RULES)
    write([Note("trajectory", "The talk turns on music.", (2,), 0.6, True)], room.stretch, RULES)
    assert read(room, room.bram) == ["The talk turns on music."]


def test_noting_it_again_is_one_note(room):
    for _ in range(2):
        write([ASKED], room.stretch, RULES)
    assert ScratchpadEntry.objects.count() == 1


def test_at_the_end_the_best_become_memories_and_the_others_expire(room):
    write([ASKED, GUESS], room.stretch, RULES)
    closed = close(room.pk, local_community().pk, SOON)
    assert (closed.promoted, closed.expired) == (1, 2)
    memory = Memory.objects.get()
    assert (memory.content, memory.owner) == ("Ada asked for quiet music.", room.bram)
    assert (memory.provenance, memory.visibility) == ("derived", "public")
    assert ScratchpadEntry.objects.get(part="observation").promoted_to == memory
    assert Derivation.objects.filter(memory=memory, from_message__isnull=False).exists()
    assert read(room, room.bram) == []
    again = close(room.pk, local_community().pk, SOON)
    assert (again.promoted, again.expired) == (0, 0)
    assert Memory.objects.count() == 1


def test_expired_notes_are_gone_a_day_later(room):
    write([GUESS], room.stretch, RULES)
    assert forget_expired(NOON + dt.timedelta(hours=30)) == 0
    assert forget_expired(NOON + dt.timedelta(hours=50)) == 2


def test_a_question_noted_is_quoted_once_and_a_vote_is_none():
    asked = line("Bram", 'Did she say "mind the step", or "mind the stoup"?', 1)
    (noted,) = notes([asked], {1: "public"})
    assert noted.content.count("“") == noted.content.count("”") == 1
    assert '"' not in noted.content
    voted = line("Odile", "“Meet here every Tuesday evening for stories”? I'm in, Fenwick.", 2)
    assert not notes([voted], {2: "public"})


def test_what_is_asked_for_twice_in_a_stretch_is_one_note_that_rests_on_both(room):
    ada = make_person("Ada Holm")
    rows = [make_message(room, ada, "Can I have some tea, please?") for _ in range(2)]
    said = [line(ada, row.content, n, message_id=row.pk) for n, row in enumerate(rows, 1)]
    heard = stretch(*said, to=(room.bram, room.tamsin), conversation_id=room.pk)
    found = notes(said, {1: "public", 2: "public"})
    written = write([*found, GUESS_AT_TEA, GUESS_AT_TEA], heard, RULES)
    assert written == ScratchpadEntry.objects.count()
    asked = ScratchpadEntry.objects.get(part="observation")
    assert asked.messages == [row.pk for row in rows]
    assert ScratchpadEntry.objects.filter(part="reasoning").count() == 2


@pytest.mark.parametrize(
    ("asked", "level"),
    [
        ("Can I have some advice about my cancer diagnosis, please?", "intimate"),
        ("Keep this between us and tell nobody. Can I have the key of the old mill?", "full"),
        ("Can I have some tea with honey?", "public"),
    ],
)
def test_a_note_that_outlives_the_talk_is_as_close_as_what_was_said(room, asked, level):
    ada = make_person("Ada Holm")
    row = make_message(room, ada, asked)
    heard = stretch(
        line(ada, asked, 1, message_id=row.pk), to=(room.bram,), conversation_id=room.pk
    )
    form(heard)
    close(room.pk, local_community().pk, SOON)
    kept = Memory.objects.filter(promoted_from__isnull=False)
    assert [one.visibility for one in kept] == [level]


def test_what_was_said_again_of_a_secret_is_noted_as_close_as_the_secret(room):
    make_memory(room.bram, "Ada hid the key under the sundial.", visibility="intimate",
                source_message_id=room.stretch.lines[1].message_id)  # fmt: skip
    write([ASKED], room.stretch, RULES)
    close(room.pk, local_community().pk, SOON)
    assert Memory.objects.get(promoted_from__isnull=False).visibility == "intimate"
