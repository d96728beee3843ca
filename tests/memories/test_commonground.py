"""What two people have in common: found by what a character knows of both, told to either where
both consent and both facts may be said, and once."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from audit.configuration import configuration
from characters.models import Character, MaterialUse, Person
from conversations.afterwards import observe
from conversations.models import Message
from conversations.services import local_community
from conversations.turns import turns
from conversations.turns.briefing import load_brief
from conversations.turns.prompts import build
from memories.formation import commonground
from memories.formation.commonground import Pair, Told, among
from memories.models import FactAssociation, PersonFact
from memories.view import Audience, seen_by
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

WHOLE = Person.Consent.FULL


def told(key: int, person: str, content: str, kind: str = "general", sure: float = 0.8) -> Told:
    return Told(key, hash(person), person, content, kind, sure)


@pytest.mark.parametrize(
    ("one", "other", "kind", "strength"),
    [
        (told(2, "Ada", "Ada loves chess."), told(1, "Ben", "Ben likes chess."),
         "shared_interest", 0.8),
        (told(1, "Ada", "Ada loves chess."), told(2, "Ben", "Ben plays chess.", "hobby", 0.6),
         "shared_interest", 0.6),
        (told(1, "Ada", "Ada lives in Bergen."), told(2, "Ben", "Ben moved to Bergen."),
         "same_location", 0.8),
        (told(1, "Ada", "Ada works as a nurse."), told(2, "Ben", "Ben works as a nurse."),
         "same_work", 0.8),
        (told(1, "Ada", "Ada is a nurse."), told(2, "Ben", "Ben works as a nurse."),
         "same_work", 0.8),
        (told(1, "Ada", "Ada is from Oban."), told(2, "Ben", "Ben was born in Oban."),
         "same_origin", 0.8),
    ],
)  # fmt: skip
def test_likings_places_and_callings_are_had_in_common(
    one: Told, other: Told, kind: str, strength: float
) -> None:
    found = among([one, other])
    assert found == [Pair(1, 2, kind, pytest.approx(strength))]
    assert among([other, one]) == found
    assert 0 <= found[0].strength <= min(one.confidence, other.confidence)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (told(1, "Ada", "Ada loves chess."), told(2, "Ben", "Ben hates chess.")),
        (told(1, "Ada", "Ada loves chess."), told(2, "Ben", "Ben loves rowing.")),
        (told(1, "Ada", "Ada loves chess."), told(2, "Ada", "Ada plays chess.", "hobby")),
        (told(1, "Ada", "Ada loves Bergen."), told(2, "Ben", "Ben lives in Bergen.")),
        (told(1, "Ada", "Ada is tired of rain."), told(2, "Ben", "Ben is tired of rain.")),
        (told(1, "Ada", "Her name is Ada."), told(2, "Ben", "Ben loves chess.")),
    ],
)
def test_what_differs_or_is_no_matter_of_that_kind_is_not(one: Told, other: Told) -> None:
    assert among([one, other]) == []


# --- among rows -----------------------------------------------------------------------------------


@pytest.fixture
def mara() -> Character:
    return make_character("Mara")


def guest(mara: Character, name: str, trust: float = 0.6, **fields: Any) -> Person:
    person = make_person(name, consent_level=WHOLE, **fields)
    make_relationship(mara, person, trust=trust)
    return person


def fact(person: Person, content: str, mara: Character, **fields: Any) -> PersonFact:
    return PersonFact.objects.create(
        person=person, character=mara, community=local_community(), fact_content=content,
        learned_at=NOON, **{"confidence": 0.8, **fields},
    )  # fmt: skip


def known(mara: Character, person: Person) -> list[str]:
    audience = Audience(people=frozenset([person.pk]), community=local_community().pk)
    with seen_by(mara.pk, audience) as view:
        found = commonground.known(view, mara.pk, person.pk, timezone.now())
    return [f"{one.own} {one.other}" for one in found]


@pytest.mark.django_db
def test_it_is_found_once_and_read_from_either_side(mara: Character) -> None:
    ada, ben = guest(mara, "Ada"), guest(mara, "Ben")
    fact(ada, "Ada loves chess.", mara)
    fact(ben, "Ben likes chess.", mara)
    assert [commonground.find([mara.pk], NOON) for _ in range(2)] == [1, 0]
    assert FactAssociation.objects.get().strength == pytest.approx(0.8)
    assert known(mara, ada) == ["Ada loves chess. Ben likes chess."]
    assert known(mara, ben) == ["Ben likes chess. Ada loves chess."]


@pytest.mark.django_db
def test_it_is_what_one_and_the_same_knows_of_both(mara: Character) -> None:
    odile = make_character("Odile")
    fact(guest(mara, "Ada"), "Ada loves chess.", mara)
    fact(guest(odile, "Ben"), "Ben likes chess.", odile)
    assert commonground.find([mara.pk, odile.pk], NOON) == 0


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"visibility": "private"}, {"is_active": False}])
def test_what_is_private_or_over_is_not_compared(mara: Character, fields: dict[str, Any]) -> None:
    fact(guest(mara, "Ada"), "Ada loves chess.", mara)
    fact(guest(mara, "Ben"), "Ben likes chess.", mara, **fields)
    assert commonground.find([mara.pk], NOON) == 0


@pytest.mark.django_db
def test_without_both_peoples_consent_it_is_neither_found_nor_seen(mara: Character) -> None:
    ada, ben = guest(mara, "Ada"), guest(mara, "Ben")
    fact(ada, "Ada loves chess.", mara)
    fact(ben, "Ben likes chess.", mara)
    Person.objects.filter(pk=ben.pk).update(consent_level="minimal")
    assert commonground.find([mara.pk], NOON) == 0
    Person.objects.filter(pk=ben.pk).update(consent_level="full")
    assert commonground.find([mara.pk], NOON) == 1
    Person.objects.filter(pk=ben.pk).update(consent_level="minimal")
    assert known(mara, ada) == known(mara, ben) == []
    here = Audience(community=local_community().pk)
    with seen_by(mara.pk, here), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM memories_factassociation")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_nobody_learns_by_it_what_another_knows(mara: Character) -> None:
    odile = make_character("Odile")
    one = fact(guest(mara, "Ada"), "Ada loves chess.", mara)
    other = fact(guest(mara, "Ben"), "Ben likes chess.", mara)
    commonground.find([mara.pk], NOON)
    here = Audience(community=local_community().pk)
    for who, seen in ((mara, (True, 1)), (odile, (False, 0))):
        with seen_by(who.pk, here), connection.cursor() as cursor:
            cursor.execute("SELECT memories_consented(%s, %s)", [one.pk, other.pk])
            (consented,) = cursor.fetchone()
            cursor.execute("SELECT count(*) FROM memories_factassociation")
            assert (consented, *cursor.fetchone()) == seen


@pytest.mark.django_db
def test_what_another_confided_is_not_told(mara: Character) -> None:
    ada, ben = guest(mara, "Ada"), guest(mara, "Ben", trust=0.95)
    fact(ada, "Ada loves chess.", mara)
    fact(ben, "Ben likes chess.", mara, visibility="intimate")
    commonground.find([mara.pk], NOON)
    assert known(mara, ada) == []


# --- in talk --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_who_tells_what_another_has_told_hears_of_it_and_once(mara: Character) -> None:
    configuration.set_value("director", "time_scale", 0)
    ada, ben = guest(mara, "Ada"), guest(mara, "Ben")
    earlier = make_conversation(room := make_channel(), kind="with_people")
    make_message(earlier, mara, "Good evening.", at=NOON)
    make_message(earlier, ben, "I love chess. It is quiet work.", at=NOON)
    observe.observe(earlier.pk)
    earlier.status, earlier.closed_at = "closed", NOON
    earlier.save()
    room.residents.add(mara)
    talk = make_conversation(room, kind="with_people")
    start = timezone.now() - dt.timedelta(minutes=2)
    make_message(talk, mara, "Come in, it is dry here.", at=start)
    make_message(talk, ada, "I love chess. I brought a board.", at=start)
    observe.observe(talk.pk)
    assert FactAssociation.objects.count() == 1

    line = make_message(talk, ada, "So here I am, with my board and the rest.", at=start)
    turn = make_turn(talk, mara, answers=line, move="reply", trigger="person")
    brief, _ = load_brief(turn, room, timezone.now())
    assert brief.common is not None
    assert "Ben loves chess" in brief.common.other
    assert f"{brief.common.own} {brief.common.other}" in build(brief).messages[1].content
    turn.delete()

    said = [answer(line, mara, seed) for seed in range(12)]
    assert sum("Ben loves chess" in one for one in said) == 1
    assert MaterialUse.objects.filter(character=mara, key=brief.common.key).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("earlier", "later", "kind"),
    [
        ("I love painting boats.", "I love painting boats too.", "shared_interest"),
        ("I play the fiddle in a band.", "Oh, I play the fiddle as well!", "shared_interest"),
        ("I'm a nurse at the hospital.", "I work as a nurse too, at night.", "same_work"),
    ],
)
def test_it_is_found_as_people_say_it(mara: Character, earlier: str, later: str, kind: str) -> None:
    ada, ben = guest(mara, "Ada"), guest(mara, "Ben")
    talk = make_conversation(make_channel(), kind="with_people")
    make_message(talk, mara, "Good evening.", at=NOON)
    make_message(talk, ben, earlier, at=NOON)
    make_message(talk, mara, "Fancy that.", at=NOON)
    make_message(talk, ada, later, at=NOON)
    observe.observe(talk.pk)
    assert FactAssociation.objects.get().association_type == kind


def answer(line: Message, mara: Character, seed: int) -> str:
    """What Mara says to a line, by another seed."""
    asked = {"answers": line, "move": "reply", "trigger": "person", "random_seed": seed}
    turn = make_turn(line.conversation, mara, **asked)
    turns.take(turn.pk)
    said: str = Message.objects.get(turn=turn).content
    return said
