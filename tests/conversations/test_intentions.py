"""A character that says 'I'll write that down' does, though its voice knows no tools."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from characters.models import Character, Goal, Person, WorkspaceFile
from conversations.afterwards import afterwards
from conversations.initiative import intentions
from conversations.initiative.intentions import Intent, read
from conversations.models import Message, ScheduledEvent, ToolUse
from conversations.people import erasure
from fishbowl.llm.offline.voice import speak
from fishbowl.llm.types import Brief, Line
from memories.models import Memory
from tests.builders import (
    NOON,
    make_character,
    make_conversation,
    make_message,
    make_person,
    make_turn,
)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("Ha. I'll write that down.", Intent("write_file")),
        ("I’ll make a note of it, Ann.", Intent("write_file")),
        ("I will put that in my notebook!", Intent("write_file")),
        ("I'll remember that.", Intent("remember")),
        ("I won't forget this, Bram.", Intent("remember")),
        ("I've made up my mind to learn the bell code.", Intent("set_goal", "learn the bell code")),
        ("I'll ask you how it went on Monday.", Intent("schedule", "on Monday")),
    ],
)
def test_it_reads_what_is_announced(text: str, intent: Intent) -> None:
    assert list(read(text)) == [intent]


@pytest.mark.parametrize(
    "text",
    ["Should I write that down?", "You'll write that down.", "He said “I'll remember that.”",
     "I wrote that down.", "I remember that.", "I'll write to Jo."],
)  # fmt: skip
def test_what_announces_nothing_is_talk(text: str) -> None:
    assert list(read(text)) == []


def test_the_offline_voice_says_so_now_and_then() -> None:
    told = "The old bell in the chapel has a crack from the frost of last year."
    said = Line(1, "Ann", told, 1.0, "person")
    brief = Brief(speaker="Mara", addressee="Ann", is_addressed=True, lines=(said,))
    lines = [speak(replace(brief, seed=seed))[0] for seed in range(150)]
    announced = [text for text in lines if any(True for _ in read(text))]
    assert 1 <= len(announced) <= 40


@pytest.fixture
def mara(db: None) -> Character:
    return make_character("Mara")


@pytest.fixture
def ann(db: None) -> Person:
    return make_person("Ann", consent_level="full")


def answered(mara: Character, ann: Person, heard: str, said: str) -> Message:
    talk = make_conversation()
    line = make_message(talk, ann, heard, at=NOON)
    turn = make_turn(talk, mara, answers=line, status="done")
    return make_message(talk, mara, said, at=NOON + dt.timedelta(seconds=9), turn=turn)


def after(message: Message) -> None:
    for minutes in (5, 6):
        afterwards.after_talk(message.conversation_id, NOON + dt.timedelta(minutes=minutes))


def test_it_is_written_down_once_and_goes_with_who_said_it(mara: Character, ann: Person) -> None:
    after(answered(mara, ann, "The bell has a crack.", "I'll write that down, Ann."))
    file = WorkspaceFile.objects.get(character=mara)
    assert file.path == "notes/heard.md"
    assert file.content == "4 March, in #" + file.content.partition("#")[2]
    assert file.content.endswith("Ann: “The bell has a crack.”")
    assert file.version == 1
    used = ToolUse.objects.get()
    assert (used.name, used.origin, used.outcome) == ("write_file", "observed", "done")
    erasure.forget_person(ann, "the person", NOON + dt.timedelta(hours=1))
    assert not WorkspaceFile.objects.exists()
    assert not ToolUse.objects.exists()


def test_it_is_kept_in_mind_meant_and_come_back_to(mara: Character, ann: Person) -> None:
    said = (
        "I'll remember that. I've made up my mind to mend the bell. "
        "I'll ask you how it went tomorrow."
    )
    after(answered(mara, ann, "My bell has a crack.", said))
    memory = Memory.objects.get(owner=mara, kind="agent")
    assert memory.content == "Mara means to remember what Ann said: “My bell has a crack.”"
    assert memory.about_person == ann
    goal = Goal.objects.get(character=mara)
    assert (goal.description, goal.origin) == ("Mend the bell.", "talk")
    event = ScheduledEvent.objects.get()
    assert (event.event_type, event.character, event.person) == ("follow_up", mara, ann)


def test_nothing_is_kept_of_who_does_not_want_it(mara: Character, ann: Person) -> None:
    message = answered(mara, ann, "The bell has a crack.", "I'll write that down, Ann.")
    Person.objects.update(consent_level="none")
    after(message)
    assert not WorkspaceFile.objects.exists()
    assert intentions.carry_out(message.conversation_id, NOON + dt.timedelta(days=9)) == 0
