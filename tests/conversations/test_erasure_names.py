"""Whose a name is when somebody is forgotten: words, namesakes, characters, earlier names."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from audit.models import LLMCall
from characters.models import Character, Goal, Membership, Opinion, WorkspaceFile
from conversations.models import Conversation, ScheduledEvent, Turn
from conversations.people.erasure import forget_person
from conversations.people.redaction import Traits
from memories.models import Entity, EntityAlias
from memories.models.entity import EntityKind
from tests.builders import (
    make_call,
    make_channel,
    make_character,
    make_community,
    make_conversation,
    make_event,
    make_file,
    make_message,
    make_person,
    make_turn,
)

CLOSED = Conversation.Status.CLOSED


def write(ada: Character, room: Any, word: str) -> None:
    """A word in whatever an erasure reads."""
    make_file(ada, "notes/1.md", f"Tomorrow the {word} again.")
    Goal.objects.create(
        character=ada, goal_id="one", origin=Goal.Origin.TALK, description=f"Learn of {word}"
    )
    now = timezone.now()
    Opinion.objects.create(
        character=ada,
        topic=f"{word} at night".lower(),
        discussion_count=3,
        reasoning=f"The {word}.",
        formed_at=now,
        last_reinforced_at=now,
    )
    talk = make_conversation(
        room, summary=f"They spoke of {word}.", topic=f"of {word}", status=CLOSED
    )
    make_call(
        conversation=talk,
        request={"messages": [{"role": "user", "content": f"The {word}, said Kim."}]},
        response=f"Ah, {word}.",
    )
    make_turn(talk, draft=f"I like {word}.", status=Turn.Status.DONE)


def standing(word: str) -> list[bool]:
    """Whether each of these is as it was."""
    return [
        WorkspaceFile.objects.filter(content=f"Tomorrow the {word} again.").exists(),
        Goal.objects.filter(description=f"Learn of {word}").exists(),
        Opinion.objects.filter(topic=f"{word} at night".lower(), reasoning=f"The {word}.").exists(),
        Conversation.objects.filter(summary=f"They spoke of {word}.", topic=f"of {word}").exists(),
        LLMCall.objects.filter(response=f"Ah, {word}.").exists(),
        Turn.objects.filter(draft=f"I like {word}.").exists(),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Will", "nice", "Hope", "Samphire"])
def test_who_is_called_as_a_common_word_takes_no_more_along_than_what_names_them(name: str) -> None:
    """A word of the language, or one that authors wrote of the place (samphire)."""
    ada = make_character("Ada", persona={"identity": "She picks samphire at low tide."})
    room = make_channel()
    person = make_person(name)
    make_message(make_conversation(room), person, "Good evening to all of you.")
    write(ada, room, name.lower())
    shouted = name.upper()
    make_file(ada, "notes/2.md", f"Nobody but {shouted} came.")
    named = make_conversation(room, topic=f"{shouted}'s boat", status=CLOSED)
    speaks = make_call(
        conversation=named,
        request={"messages": [{"role": "user", "content": f"{name.lower()}: Hi."}]},
    )
    forget_person(person, "a keeper", timezone.now())
    assert standing(name.lower()) == [True] * 6
    assert WorkspaceFile.objects.count() == 1
    named.refresh_from_db()
    speaks.refresh_from_db()
    assert (named.topic, speaks.request) == ("", {"erased": True})


@pytest.mark.django_db
def test_a_name_without_which_no_sentence_stands_names_nobody() -> None:
    """Who takes it for a name, and asks to be forgotten, would take everything along."""
    ada, room = make_character("Ada"), make_channel()
    person = make_person("the")
    make_message(make_conversation(room), person, "Good evening to all of you.")
    write(ada, room, "tide")
    forget_person(person, "the person", timezone.now())
    assert standing("tide") == [True] * 6


@pytest.mark.django_db
def test_what_tells_of_another_of_that_name_stays_theirs() -> None:
    ada, room = make_character("Ada"), make_channel()
    gone, stays = make_person("Sam", discord_id=1), make_person("Sam", discord_id=2)
    make_message(make_conversation(room), gone, "The silver thimble of my aunt is lost.")
    quoting = "Sam: the silver thimble of my aunt is lost"
    titles = ("Sam's birthday", quoting)
    theirs = [make_event(room, person=stays, title=title) for title in titles]
    nobodys = make_event(room, title="Sam's party")
    goals = {
        who: Goal.objects.create(
            character=ada,
            goal_id=f"ask {who and who.pk}",
            origin=Goal.Origin.TALK,
            description="Ask Sam of the boat",
            seeks_person=who,
        )
        for who in (gone, stays, None)
    }
    forget_person(gone, "a keeper", timezone.now())
    kept = dict(ScheduledEvent.objects.values_list("pk", "title"))
    assert kept == {
        theirs[0].pk: "Sam's birthday", theirs[1].pk: "(erased)", nobodys.pk: "somebody's party",
    }  # fmt: skip
    assert list(Goal.objects.all()) == [goals[stays]]


@pytest.mark.django_db
def test_the_name_of_a_character_is_the_character_s() -> None:
    """On a server anybody may take it for a nickname, and ask to be forgotten."""
    ada, room = make_character("Ada"), make_channel()
    person = make_person("Wilhelmina", discord_id=1)
    Membership.objects.create(
        community=make_community(discord_id=77), person=person, nickname="ada"
    )
    make_message(make_conversation(room), person, "Good evening to all of you.")
    write(ada, room, "Ada")
    make_file(ada, "notes/2.md", "Wilhelmina came.")
    forget_person(person, "the person", timezone.now())
    assert standing("Ada") == [True] * 6
    assert WorkspaceFile.objects.count() == 1


@pytest.mark.django_db
def test_who_has_another_name_now_is_forgotten_under_the_earlier_one_too() -> None:
    ada, room = make_character("Ada"), make_channel()
    person = make_person("Quirinius")
    make_message(make_conversation(room), person, "Good evening to all of you.")
    entity = Entity.objects.create(name="Zubrowka", kind=EntityKind.PERSON, person=person)
    for alias in ("Sladkowski", "my neighbour", "Quirinius"):
        EntityAlias.objects.create(entity=entity, alias=alias)
    write(ada, room, "Zubrowka")
    make_file(ada, "notes/2.md", "Sladkowski came.")
    neighbour = make_file(ada, "notes/3.md", "To my neighbour, with thanks.")
    forget_person(person, "a keeper", timezone.now())
    assert standing("Zubrowka") == [False] * 6
    assert list(WorkspaceFile.objects.all()) == [neighbour]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "text", "is_theirs"),
    [
        ("Will", "Will came.", True), ("Will", "WILL!", True), ("Will", "So he will", False),
        ("Will", "will: Hi.", True), ("Will", "he will\nsee", False), ("Will", "Goodwill", False),
        ("will", "So he will.", False), ("will", "Of Will, mostly", True),
        ("Sam", "of sam.", True), ("Sam", "samovar", False), ("Will Ó Dé", "will ó dé", True),
        ("Ägir", "of ÄGIR", True), ("a.b*(c", "an A.B*(C!", True), ("a.b*(c", "aab((c", False),
        ("小明", "小明!", True), ("x^-]", "a X^-] b", True), ("\\d+", "12", False),
    ],
)  # fmt: skip
def test_python_and_the_database_read_names_alike(name: str, text: str, is_theirs: bool) -> None:
    traits = Traits((name,), ())
    assert traits.names_them(text) is is_theirs
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s ~* %s, %s ~ %s", [text, traits.pattern] * 2)
        assert cursor.fetchone() == (is_theirs, is_theirs)
    assert bool(re.search(traits.spelt, f"{name}:"))
