"""What a guest is answered who talks as people do, from the line as it is taken in to the answer:
who is about, what they have just told, two questions at once, and what moves whom they ask."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
from django.utils import timezone

from audit.configuration import configuration
from characters.models import Character
from conversations.floor import director
from conversations.models import Channel, Message
from conversations.services import record_incoming
from conversations.turns import turns
from conversations.turns.briefing import load_brief
from conversations.turns.prompts import build
from fishbowl.llm.offline.intents import intent_of
from memories.models import PersonFact
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_message,
    make_person,
    make_turn,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def odile() -> Character:
    return make_character(
        "Odile",
        persona={"identity": "Odile is fifty and keeps the bar.", "drives": {"belonging": 0.9}},
        goals=("Keep the bar open through February.",),
        interests=("soup",),
    )


@pytest.fixture
def room(odile: Character) -> Channel:
    return make_channel("bar", residents=(odile,))


@pytest.fixture(autouse=True)
def at_once(db: Any) -> None:
    configuration.set_value("director", "time_scale", 0)
    configuration.forget_cached()


_begun = itertools.count(1)


def answers(room: Channel, *said: str) -> list[str]:
    """What Odile answers to each line of a guest, in lower case."""
    ada = make_person(f"Ada{next(_begun)}")
    found = []
    for line in said:
        asked = record_incoming(room.pk, ada, f"Odile, {line}")
        turn = director.look(room.pk)
        assert turn is not None
        turns.take(turn.pk)
        answer = Message.objects.filter(reply_to=asked, character__isnull=False).get()
        found.append(answer.content.lower())
    return found


def test_who_is_awake_is_told_by_their_hours(room: Channel) -> None:
    hour = timezone.now().hour
    asleep = {
        "active_hours_start": dt.time((hour + 2) % 24),
        "active_hours_end": dt.time((hour + 3) % 24),
    }
    room.residents.add(
        make_character("Bram"),
        make_character("Nneka", **asleep),
        make_character("Pilar", status="paused"),
    )
    make_character("Tamsin")  # she frequents no room
    for question in ("who's awake?", "who is here", "is anybody up?"):
        (said,) = answers(room, question)
        assert "bram" in said
        assert f"nneka sleeps until {(hour + 2) % 24:02}:00" in said
        assert not {"pilar", "tamsin"} & set(said.replace(",", " ").split())
    (said,) = answers(room, "is Nneka awake?")
    assert "asleep" in said or "sleeps" in said
    (said,) = answers(room, "I was awake all night.")
    assert "nneka" not in said


def test_a_model_is_told_who_is_awake_where_that_is_asked(room: Channel, odile: Character) -> None:
    room.residents.add(
        make_character("Nneka", active_hours_start=dt.time(17), active_hours_end=dt.time(18)),
        make_character("Vera", is_adult=True),
    )
    talk = make_conversation(room, kind="with_people")
    for text, is_told in (("Who is awake?", True), ("I woke early.", False)):
        asked = make_message(talk, make_person(), text)
        turn = make_turn(talk, odile, answers=asked, status="done")
        brief, _ = load_brief(turn, room, NOON)
        prompt = build(brief).messages[0].content
        assert ("Asleep: Nneka (until 17:00)." in prompt) == is_told
        assert "Vera" not in prompt


@pytest.mark.parametrize(
    ("told", "asked", "answer"),
    [
        ("I'm a nurse.", "what do I do for work?", "you're a nurse"),
        ("I work as a nurse", "what's my job", "you work as a nurse"),
        ("im a teacher in york and my dog is called Rufus", "what do i do", "you're a teacher"),
        ("im a teacher in york and my dog is called Rufus", "whats my dogs name", "rufus"),
        ("I live in Leeds with my sister Ines.", "where do I live?", "leeds"),
        ("I live in Leeds with my sister Ines.", "do you remember my sister's name?", "ines"),
        ("I love old trams.", "what do I like?", "you love old trams"),
        ("I'm thirty-four years old.", "how old am I?", "thirty-four"),
        ("I have two cats.", "do I have pets?", "two cats"),
        ("I'm at the dentist's on Monday.", "do you remember what is on Monday?", "dentist"),
        ("I'm at the dentist's on Monday.", "what's on monday", "dentist"),
    ],
)  # fmt: skip
def test_what_was_just_told_answers_a_question_in_other_words(
    room: Channel, told: str, asked: str, answer: str
) -> None:
    assert answer in answers(room, told, "nice place this", asked)[-1]


def test_another_thing_that_was_told_is_no_answer(room: Channel) -> None:
    told = "I live in Leeds with my sister Ines. I have a party on Friday."
    for asked in ("what do I do for work?", "what is on Monday?", "what's my brother's name?"):
        said = answers(room, told, asked)[-1]
        assert not any(word in said for word in ("leeds", "ines", "party")), said


def test_two_questions_get_two_answers(room: Channel) -> None:
    ada = answers(room, "I'm a nurse.", "what's my name, and what do I do?")[-1]
    assert "ada" in ada
    assert "you're a nurse" in ada
    said = answers(room, "who are you? and who is awake?")[-1]
    assert "fifty" in said
    assert said.count("odile") == 1


@pytest.mark.parametrize(
    ("said", "of"),
    [
        ("My wife is not happy about it.", "your wife"),
        ("my boss is angry with me", "your boss"),
        ("my sister won't talk to me", "your sister"),
        ("I had a fight with my brother", "your brother"),
    ],
)
def test_of_somebody_near_to_a_guest_it_asks_on(room: Channel, said: str, of: str) -> None:
    answer = answers(room, "We're moving to Norway in spring.", said)[-1]
    assert of in answer or any(w in answer for w in ("since when", "said", "silence", "both of")), (
        answer
    )


def test_asked_of_its_own_wishes_it_tells_of_them(room: Channel) -> None:
    said = answers(room, "do you ever want to leave the island?")[-1]
    assert "bar open through february" in said
    for asked in ("what are you afraid of?", "do you regret anything?", "are you lonely?"):
        said = answers(room, asked)[-1]
        assert "soup" not in said
        assert "?" not in said


def test_what_is_asked_after_stands_first_among_what_is_known(
    room: Channel, odile: Character
) -> None:
    """Of many facts four are said; the one that answers is of those."""
    ada = make_person("Ada")
    for n, fact in enumerate(
        ["works as a midwife in Porto", "hates mornings", "loves trams", "has two cats",
         "moved to Porto in May", "is allergic to shellfish"],
    ):  # fmt: skip
        PersonFact.objects.create(
            person=ada,
            character=odile,
            community=room.community,
            fact_content=f"Ada {fact}.",
            learned_at=timezone.now(),
            confidence=0.8,
            importance=0.1 + 0.1 * n,
            visibility="public",
        )
    asked = record_incoming(room.pk, ada, "Odile, what do I do for a living?")
    turn = director.look(room.pk)
    assert turn is not None
    turns.take(turn.pk)
    answer = Message.objects.filter(reply_to=asked, character__isnull=False).get()
    assert "you work as a midwife in porto" in answer.content.lower()


@pytest.mark.parametrize(
    ("told", "asked", "answer"),
    [
        ("I'm seeing my sister on Monday.", "will I see my sister on Monday?", "sister on monday"),
        ("I'm moving to Porto in May.", "am I moving to Porto?", "porto in may"),
        ("I'm afraid of spiders.", "am I afraid of spiders?", "spiders"),
        ("I'm from Leeds.", "am I from Leeds?", "from leeds"),
        ("I have a dog called Rufus.", "do you think I have a dog?", "rufus"),
        ("I have a dog called Rufus.", "do you know my dog?", "rufus"),
        ("I have a dog called Rufus.", "tell me about my dog", "rufus"),
        ("I'm married to Tom.", "do you know if I'm married?", "tom"),
        ("I'm a nurse.", "do you know my job?", "nurse"),
        ("I'm visiting my aunt.", "who am I visiting?", "you're visiting your aunt"),
        ("I'm a nurse.", "do you know what I do?", "nurse"),
        ("I play the fiddle.", "do I play the fiddle?", "you play the fiddle"),
        ("I'm allergic to peanuts.", "what can't I eat?", "peanuts"),
        ("I'm a vegetarian.", "do I eat meat?", "vegetarian"),
        ("I'm allergic to peanuts.", "should I eat peanuts?", "allergic"),
        ("My sister Ines is a baker.", "what do you know about my sister?", "ines"),
        ("My sister used to be a baker.", "what did she use to do?", "used to be a baker"),
        ("My sister works as a baker.", "what does she do?", "works as a baker"),
        ("My sister is called Ines.", "what's her name?", "ines"),
        ("My brother lives in Leeds.", "where does he live?", "leeds"),
    ],
)  # fmt: skip
def test_a_question_on_what_they_told_is_no_guess(
    room: Channel, told: str, asked: str, answer: str
) -> None:
    assert answer in answers(room, told, "nice place this", asked)[-1]


@pytest.mark.parametrize(
    ("told", "asked", "not_said"),
    [
        ("I'm worried about my exam.", "will I pass my exam?", "worried"),
        ("My sister lives in Leeds.", "am I wrong about my sister?", "leeds"),
        ("My sister likes trams.", "do you think she likes me?", "trams"),
        ("My brother lives in Leeds.", "where does she live?", "brother"),
        ("My sister likes trams.", "do you know my brother?", "trams"),
    ],
)
def test_what_they_told_of_another_thing_is_no_answer(
    room: Channel, told: str, asked: str, not_said: str
) -> None:
    assert not_said not in answers(room, told, asked)[-1]


@pytest.mark.parametrize(
    "asked", ["can I eat here?", "do you know what I mean?", "do you know what time it is?"]
)
def test_what_nobody_told_it_is_not_said_to_be_forgotten(room: Channel, asked: str) -> None:
    said = answers(room, "I have a dog called Rufus.", asked)[-1]
    assert not any(
        word in said for word in ("told me", "tell me", "never said", "remember", "rufus")
    )


def test_whether_they_should_is_not_asking_leave(room: Channel) -> None:
    said = answers(room, "should I leave him?")[-1]
    assert not any(word in said for word in ("surprised if anybody", "stopped you", "do, ada"))
    assert intent_of("should I leave him?").kind == intent_of("do you think I should go?").kind
    assert intent_of("shall I bring soup?").kind == "may_come"
