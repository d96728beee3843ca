"""What a guest is answered over several days, with a restart between: what they put right, what
they ask of the talk itself, of others and of whom they ask, and what they may have."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
import time_machine

from characters.models import Character, Person
from conversations import corrections
from conversations.afterwards import revision
from conversations.models import Channel, Message
from conversations.turns.briefing import load_brief
from conversations.turns.prompts import build
from memories.models import Memory, MemoryLink, MemoryRevision, PersonFact
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_message,
    make_person,
    make_relationship,
    make_turn,
)
from tests.conversations.lantern import ask, part, restart

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]


@pytest.fixture(autouse=True)
def _then() -> Iterator[None]:
    """What is known is read as of the days that are lived through."""
    with time_machine.travel(NOON, tick=True):
        yield


def said(room: Channel, who: Person, day: float, *lines: str) -> list[str]:
    """What Mara answers to each line of a day, at the end of which everything is restarted."""
    answers = [
        ask(room, who, f"Mara, {line}", day + n / 1000).content for n, line in enumerate(lines)
    ]
    part(room, day)
    restart()
    return answers


@pytest.mark.parametrize(
    ("told", "corrected", "asked", "new", "old"),
    [
        ("my exam is on Monday.", "no, I said Tuesday", "when is my exam?", "tuesday", "monday"),
        ("my sister lives in Leeds.", "actually my sister lives in Milan",
         "where does my sister live?", "milan", "leeds"),
        ("my sister lives in Leeds.", "not Leeds, Milan", "where does my sister live?", "milan",
         "leeds"),
        ("I have a dog called Rufus.", "actually my dog is called Max", "what's my dog called?",
         "max", "rufus"),
        ("I'm a nurse.", "I'm not a nurse, I'm a doctor", "what do I do for work?", "doctor",
         "nurse"),
        ("I'm seeing the dentist on Monday.", "sorry, I meant Tuesday",
         "do you remember when I see the dentist?", "tuesday", "monday"),
    ],
)  # fmt: skip
def test_what_is_put_right_on_another_day_takes_the_place_of_what_was_told(
    lantern: Channel, ada: Person, told: str, corrected: str, asked: str, new: str, old: str
) -> None:
    said(lantern, ada, 0, told)
    _, at_once, later = [*said(lantern, ada, 1, corrected, asked), said(lantern, ada, 3, asked)[0]]
    for answer in (at_once, later):
        assert new in answer.lower()
        assert old not in answer.lower()
    was = PersonFact.objects.get(fact_content__icontains=old)
    assert not was.is_active
    assert was.superseded_by is not None
    assert new in was.superseded_by.fact_content.lower()
    # Both sides stay, and the older has it on record.
    first = Memory.objects.get(kind="fact", content__icontains=old)
    second = Memory.objects.get(kind="fact", content__icontains=new)
    assert MemoryRevision.objects.filter(memory=first, replaced_by=second).exists()
    assert MemoryLink.objects.filter(from_memory=second, to_memory=first).exists()


@pytest.mark.parametrize(
    ("told", "asked", "answer"),
    [
        ("I'm allergic to nuts, is that a problem?", "can I have nuts?", "allergic to nuts"),
        ("my sister lives in Milan, have you been there?", "where does my sister live?", "milan"),
    ],
)
def test_what_is_told_in_a_question_is_known(
    lantern: Channel, ada: Person, told: str, asked: str, answer: str
) -> None:
    assert answer in said(lantern, ada, 0, told, asked)[1].lower()
    assert answer in said(lantern, ada, 1, asked)[0].lower()


def test_what_is_put_right_is_taken_up(lantern: Channel, ada: Person) -> None:
    answer = said(lantern, ada, 0, "my exam is on Monday.", "no, I said Tuesday")[1]
    assert "tuesday" in answer.lower()


@pytest.mark.parametrize(
    "line", ["You're not listening to me.", "no i don't want to talk about it", "not now, thanks"]
)
def test_what_puts_nothing_right_is_not_taken_for_it(
    lantern: Channel, ada: Person, line: str
) -> None:
    answer = said(lantern, ada, 0, "my exam is on Monday.", line)[1].lower()
    assert not any(
        word in answer for word in ("keep it", "struck", "corrected", "putting it right")
    )
    kept = PersonFact.objects.get()
    assert kept.is_active
    assert "Monday" in kept.fact_content


@pytest.mark.parametrize(
    ("told", "corrected", "asked", "new"),
    [
        ("I work as a waiter.", "actually I'm a cook now", "what's my job", "cook"),
        ("Lin lives in Oslo.", "actually Lin moved to Bergen", "where does Lin live?", "bergen"),
        ("I teach history in Graz.", "I meant geography, not history", "what do I teach?",
         "geography"),
    ],
)  # fmt: skip
def test_what_was_just_put_right_goes_before_what_comes_to_mind(
    lantern: Channel, ada: Person, told: str, corrected: str, asked: str, new: str
) -> None:
    said(lantern, ada, 0, told)
    assert new in said(lantern, ada, 1, corrected, asked)[1].lower()


def test_who_asks_the_same_again_is_answered_again(lantern: Channel, ada: Person) -> None:
    said(lantern, ada, 0, "my mum is in hospital.")
    asked = ["is my mum still in hospital?", "how is my mum?", "how is my mum today?"] * 4
    answers = said(lantern, ada, 1, *asked)
    assert all("hospital" in answer for answer in answers)
    # There are more ways to say that it was said before than a person has the patience to ask.
    assert all(before != after for before, after in itertools.pairwise(answers))


def test_who_never_heard_what_is_put_right_learns_nothing_of_it(
    mara: Character, lantern: Channel, ada: Person
) -> None:
    said(lantern, ada, 0, "between you and me, my operation is on Monday. Tell nobody.")
    bram = make_character("Bram")
    quay = make_channel("the-quay", residents=(mara, bram))
    ask(quay, ada, "Bram, what a wind.", 1)
    said(quay, ada, 1.1, "sorry, I meant Tuesday")
    assert Memory.objects.filter(owner=mara, content__contains="operation is on Tuesday").exists()
    assert not Memory.objects.filter(owner=bram, content__contains="operation").exists()
    levels = Memory.objects.filter(owner=mara, content__contains="operation is on")
    assert len(set(levels.values_list("visibility", flat=True))) == 1


def test_what_was_confided_is_put_right_in_confidence(
    mara: Character, lantern: Channel, ada: Person
) -> None:
    said(lantern, ada, 0, "between you and me, I'm a nurse. Tell nobody.")
    said(lantern, ada, 1, "I meant a doctor, not a nurse")
    levels = Memory.objects.filter(owner=mara, kind="fact").values_list("content", "visibility")
    known = dict(levels)
    assert known["Ada is a doctor."] == known["Ada is a nurse."] != "personal"


def test_a_correction_is_edited_and_taken_away_like_any_line(
    mara: Character, lantern: Channel, ada: Person
) -> None:
    said(lantern, ada, 0, "my exam is on Monday.")
    said(lantern, ada, 1, "no, I said Tuesday")
    line = Message.objects.get(content__contains="Tuesday", person=ada)
    corrections.edit_message(line.pk, "Mara, no, I said Thursday")
    revision.revise(line.pk, NOON)
    exams = Memory.objects.filter(owner=mara, kind="fact").values_list("content", flat=True)
    days = {word for one in exams for word in one.split() if word.endswith("day")}
    assert days == {"Monday", "Thursday"}, list(exams)
    corrections.remove_message(line.pk)
    revision.revise(line.pk, NOON)
    kept = Memory.objects.filter(owner=mara, kind="fact", content__contains="exam")
    assert "Monday" in kept.get().content


def test_two_things_told_in_a_line_are_replaced_apart(lantern: Channel, ada: Person) -> None:
    said(lantern, ada, 0, "I'm a nurse and my sister lives in Leeds.")
    said(lantern, ada, 1, "actually my sister lives in Milan", "I'm not a nurse, I'm a doctor")
    home, work = said(lantern, ada, 3, "where does my sister live?", "what do I do for work?")
    assert "Milan" in home
    assert "doctor" in work


def test_she_is_whom_they_told_of_on_another_day(lantern: Channel, ada: Person) -> None:
    said(lantern, ada, 0, "my sister is ill.", "my brother lives in Leeds.")
    assert "your sister is ill" in said(lantern, ada, 1, "is she still ill?")[0]
    said(lantern, ada, 2, "my sister is well again.")
    answer = said(lantern, ada, 3, "how is my sister?")[0]
    assert "well again" in answer


@pytest.mark.parametrize(
    ("told", "asked", "answer"),
    [
        ("I'm allergic to nuts.", "can I have nuts?", "allergic to nuts"),
        ("I'm allergic to walnuts.", "may I try a nut?", "allergic to walnuts"),
        ("I hate coffee.", "should I drink coffee?", "hate coffee"),
        ("I'm a vegetarian.", "should I order the ham?", "vegetarian"),
        ("I don't drink alcohol.", "can I have a beer?", "drink alcohol"),
    ],
)
def test_what_they_may_have_is_answered_by_what_they_told(
    lantern: Channel, ada: Person, told: str, asked: str, answer: str
) -> None:
    assert answer in said(lantern, ada, 0, told, asked)[1]
    assert answer in said(lantern, ada, 1, "what a wind today", asked)[1]


def test_what_may_be_had_is_given_leave_for_where_nothing_was_told(
    lantern: Channel, ada: Person
) -> None:
    answer = said(lantern, ada, 0, "I'm allergic to nuts.", "can I have a soup?")[1]
    assert "allergic" not in answer


def test_the_talk_itself_is_answered_from_the_transcript(lantern: Channel, ada: Person) -> None:
    found = said(
        lantern, ada, 0,
        "I came for the trams.", "what did I just say?", "what was my first question?",
        "who said that?", "what were we talking about?",
    )  # fmt: skip
    assert "I came for the trams" in found[1]
    assert "what did i just say" in found[2].lower()
    assert found[3].lower().rstrip(".!").startswith(("that was me", "me", "those words were mine"))
    assert "I came for the trams" in found[4]
    own = said(lantern, ada, 0.2, "my brother works at the mill.", "what did you just say?")
    assert own[0].rstrip(".!?") in own[1]
    last = said(lantern, ada, 0.4, "what did I tell you last time?")[0]
    assert "your brother works at the mill" in last


def test_what_was_said_before_they_came_is_told_nobody(lantern: Channel, ada: Person) -> None:
    theo = make_person("Theo")
    ask(lantern, theo, "Mara, I sold the boat.", 0)
    assert "boat" not in ask(lantern, ada, "Mara, what did Theo just say?", 0.001).content
    ask(lantern, theo, "Mara, I sold the oars, too.", 0.002)
    assert "oars" in ask(lantern, ada, "Mara, what did Theo just say?", 0.003).content


@pytest.fixture
def bram(mara: Character) -> Character:
    bram = make_character(
        "Bram",
        persona={
            "identity": "Bram is forty-five, a boatbuilder. He says little and means it.",
            "background": "Bram was born in Oslo. He was married to a diver for a year.",
            "appearance": "Tall, with a red beard.",
        },
    )
    make_relationship(mara, bram, community=None)
    return bram


@pytest.mark.usefixtures("bram")
@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("what does Bram do?", "boatbuilder"),
        ("how old is bram", "forty-five"),
        ("is Bram married?", "Bram was married"),
        ("where is Bram from?", "Oslo"),
        ("what is Bram like?", "Bram says little"),
        ("what does Bram look like?", "red beard"),
        ("does Bram have children?", ""),
        ("when was Bram married?", "to a diver"),
        ("does Bram own a piano?", ""),
    ],
)
def test_of_others_it_tells_what_their_pages_show(
    lantern: Channel, ada: Person, asked: str, answer: str
) -> None:
    found = said(lantern, ada, 0, asked)[0]
    assert answer in found
    if not answer:
        assert "Bram" in found
        assert not {"boat", "Oslo", "diver"} & set(found.split())


@pytest.mark.usefixtures("bram")
def test_who_stands_in_for_one_who_is_away_answers_what_they_know(
    mara: Character, lantern: Channel, ada: Person
) -> None:
    nneka = make_character("Nneka", persona={"identity": "Nneka keeps the radio."})
    make_relationship(mara, nneka, community=None)
    for asked, answer in (
        ("Nneka, what does Bram do?", "boatbuilder"),
        ("Nneka, where is Bram from?", "Oslo"),
    ):
        found = ask(lantern, ada, asked, 0).content
        assert "Nneka" in found
        assert answer in found


@pytest.mark.usefixtures("bram")
def test_he_is_whom_they_asked_about_before(lantern: Channel, ada: Person) -> None:
    assert "Oslo" in said(lantern, ada, 0, "what does Bram do?", "where is he from?")[1]
    own = said(lantern, ada, 1, "who is Bram?", "my brother is a diver.", "how old is he?")[2]
    assert "forty-five" not in own


def test_of_whom_it_doesn_t_know_nothing_is_told(lantern: Channel, ada: Person) -> None:
    make_character("Vera", persona={"identity": "Vera is sixty, a spy."})
    assert "spy" not in said(lantern, ada, 0, "what does Vera do?")[0]
    vera = Character.objects.get(name="Vera")
    make_relationship(Character.objects.get(name="Mara"), vera, community=None)
    Character.objects.filter(pk=vera.pk).update(is_adult=True)
    assert "spy" not in said(lantern, ada, 1, "what does Vera do?")[0]


@pytest.mark.usefixtures("bram")
def test_a_model_is_told_of_whom_it_is_asked(mara: Character, lantern: Channel) -> None:
    talk = make_conversation(lantern, kind="with_people")
    for text, is_told in (("Mara, what does Bram do?", True), ("Mara, what a wind.", False)):
        asked = make_message(talk, make_person(), text)
        turn = make_turn(talk, mara, answers=asked, status="done")
        brief, _ = load_brief(turn, lantern, NOON)
        assert ("a boatbuilder" in build(brief).messages[0].content) is is_told


def test_of_itself_it_tells_what_is_written_and_says_what_is_not(ada: Person) -> None:
    room = make_channel(
        "the-quay",
        residents=(
            make_character(
                "Mara",
                persona={
                    "identity": "Mara is fifty and keeps the bar.",
                    "background": "Mara was born in Oslo, daughter of a baker. She smokes a pipe.",
                    "appearance": "Tall, with grey eyes.",
                },
            ),
        ),
    )
    found = said(
        room, ada, 0, "do you smoke?", "how tall are you?", "what colour are your eyes?",
        "do you have children?", "are you vegetarian?", "when is your birthday?",
    )  # fmt: skip
    assert "smoke a pipe" in found[0]
    assert "tall" in found[1].lower()
    assert "grey eyes" in found[2]
    for answer in found[3:]:
        assert any(word in answer.lower() for word in ("writ", "wrote", "author"))
