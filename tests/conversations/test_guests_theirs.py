"""Of whom of theirs guests speak over several days: who stands to them how after they put it right,
and whom they mean by he or she."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine

from characters.models import Person
from conversations.models import Channel
from memories.models import PersonFact
from tests.builders import NOON
from tests.conversations.test_guests_days import said

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]


@pytest.fixture(autouse=True)
def _then() -> Iterator[None]:
    """What is known is read as of the days that are lived through."""
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.mark.parametrize(
    ("told", "corrected", "asked", "new", "old"),
    [
        ("my brother Joe lives in Oslo.", "No, he is my cousin, not my brother", "who is Joe?",
         "your cousin", "brother"),
        ("my mum is called Maria.", "no, she is my aunt, not my mum", "what's my mum called?",
         "", "mum is called"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("day", [0, 1])
def test_whom_they_put_right_stands_to_them_so(
    lantern: Channel,
    ada: Person,
    told: str,
    corrected: str,
    asked: str,
    new: str,
    old: str,
    day: int,
) -> None:
    """In the talk in which it was told or on another day, and afterwards."""
    if day:
        said(lantern, ada, 0, told)
        there = said(lantern, ada, day, corrected, asked)[-1]
    else:
        there = said(lantern, ada, day, told, corrected, asked)[-1]
    for answer in (there, said(lantern, ada, 2, asked)[0]):
        assert new in answer.lower(), answer
        assert old not in answer.lower(), answer


def test_of_several_the_one_is_put_right_whom_they_name(lantern: Channel, ada: Person) -> None:
    told = ("Joe is my brother.", "No, Joe is my cousin, not my brother")
    answer = said(lantern, ada, 0, *told, "what's my cousin called?")[2].lower()
    assert "joe" in answer
    assert "is your brother" not in answer


@pytest.mark.parametrize(
    ("told", "later", "asked", "new", "old"),
    [
        ("my mum is in hospital.", "she is home again now", "how is my mum?", "home again",
         "hospital"),
        ("my brother is ill.", "he's better now", "how is my brother?", "better", "ill"),
        ("my sister lives in Milan.", "she moved to Rome", "where does my sister live?", "rome",
         "milan"),
    ],
)  # fmt: skip
def test_what_they_go_on_to_tell_of_her_is_told_of_her(
    lantern: Channel, ada: Person, told: str, later: str, asked: str, new: str, old: str
) -> None:
    said(lantern, ada, 0, told)
    for answer in (said(lantern, ada, 1, later, asked)[1], said(lantern, ada, 2, asked)[0]):
        assert new in answer.lower(), answer
        assert old not in answer.lower().split(), answer
    assert not PersonFact.objects.get(fact_content__icontains=old).is_active


@pytest.mark.parametrize(
    "between", ["my friend Nina looks after her.", "I met Nina.", "how is Nneka?"]
)
def test_who_may_be_another_is_not_taken_for_her(
    lantern: Channel, ada: Person, between: str
) -> None:
    said(lantern, ada, 0, "my mum is in hospital.")
    said(lantern, ada, 1, between, "she is home again now")
    assert not PersonFact.objects.filter(fact_content__contains="mum is home").exists()


@pytest.mark.parametrize(
    ("told", "corrected", "asked", "none_such", "right"),
    [
        ("my brother Joe is a plumber.", "No, Joe's my cousin, not my brother",
         "what does my brother do?", "brother", "your cousin joe"),
        ("my aunt Vera lives in Graz.", "no, she is my boss, not my aunt",
         "where does my aunt live?", "aunt", "your boss vera"),
    ],
)  # fmt: skip
def test_whom_they_turn_out_not_to_have_is_nobody_they_have(
    lantern: Channel, ada: Person, told: str, corrected: str, asked: str, none_such: str, right: str
) -> None:
    answer = said(lantern, ada, 0, told, corrected, asked)[2].lower()
    assert f"{none_such} of yours" in answer, answer
    assert right in answer, answer
    later = said(lantern, ada, 1, asked, asked)
    assert all(f"{none_such} of yours" in answer.lower() for answer in later), later


@pytest.mark.parametrize(
    ("told", "asked", "whom"),
    [
        ("my mother lives in Leeds.", "where does my father live?", "father"),
        ("my sister is a nurse.", "what does my wife do?", "wife"),
        ("my wife's brother is a baker.", "what does my brother do?", "brother"),
        ("my daughter is seven.", "how old is my son?", "son"),
        ("I like it here.", "does my uncle live near here?", "uncle"),
    ],
)
def test_what_they_told_of_one_is_not_told_of_another(
    lantern: Channel, ada: Person, told: str, asked: str, whom: str
) -> None:
    for answer in (said(lantern, ada, 0, told, asked)[1], said(lantern, ada, 1, asked)[0]):
        assert f"{whom} of yours" in answer.lower(), answer


@pytest.mark.parametrize(
    ("told", "asked", "answer"),
    [
        ("my mum lives in Leeds.", "where does my mother live?", "leeds"),
        ("my son is seven.", "how old is my kid?", "seven"),
        ("my wife's brother is a baker.", "what does my wife's brother do?", "baker"),
    ],
)
def test_who_is_called_by_another_word_is_the_same(
    lantern: Channel, ada: Person, told: str, asked: str, answer: str
) -> None:
    for said_back in (said(lantern, ada, 0, told, asked)[1], said(lantern, ada, 1, asked)[0]):
        assert answer in said_back.lower(), said_back


def test_of_whom_something_else_was_told_it_is_not_said_that_there_is_nobody(
    lantern: Channel, ada: Person
) -> None:
    answers = said(lantern, ada, 0, "my wife's brother is a baker.", "what does my wife do?")
    assert "of yours" not in answers[1]
    assert "baker" not in answers[1]
