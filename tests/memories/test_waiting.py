"""What waits for a change of space goes with the rows and the words that it was made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
import redis
from django.utils import timezone

from characters.models import Character, Person
from conversations.people.erasure import forget_person
from memories import revising
from memories.embedding import reembedding
from memories.embedding.reembedding import Reembedding
from memories.models import Entity, Memory, PersonFact, WaitingVector
from tests.builders import (
    NOON,
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
)
from tests.memories.racing import meanwhile
from tests.memories.spaces import Spaces, reef

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server(settings: Any, redis_client: redis.Redis) -> Iterator[Spaces]:
    with reef(settings) as one:
        yield one


@pytest.fixture
def change(server: Spaces) -> Iterator[Reembedding]:
    with reembedding.begin("reef") as one:
        yield one


@pytest.fixture
def owner() -> Character:
    return make_character()


def known(owner: Character) -> Person:
    """Sam, of whom a row of each kind tells, beside rows of nobody."""
    sam = make_person("Sam")
    make_memory(owner, "Sam sails.", about_person_id=sam.pk)
    make_memory(owner, "It rained.")
    PersonFact.objects.create(
        person=sam, character=owner, fact_type="hobby", fact_content="sails", learned_at=NOON
    )
    Entity.objects.create(name="Sam", kind="person", person=sam)
    Entity.objects.create(name="The Anchor", kind="place")
    make_message(make_conversation(), sam, content="I sail.")
    return sam


def forget(person: Person) -> None:
    forget_person(person, "a keeper", timezone.now())


def of_nobody() -> set[tuple[str, int]]:
    return {
        ("memories_memory", Memory.objects.get(content="It rained.").pk),
        ("memories_entity", Entity.objects.get(name="The Anchor").pk),
    }


def waiting() -> set[tuple[str, int]]:
    return set(WaitingVector.objects.values_list("table", "row"))


def test_what_waits_of_somebody_who_is_forgotten_goes(
    change: Reembedding, owner: Character
) -> None:
    sam = known(owner)
    assert change.catch_up() == 6
    forget(sam)
    assert waiting() == of_nobody()


def test_so_does_what_is_being_embedded_at_this_moment(
    change: Reembedding, server: Spaces, owner: Character
) -> None:
    sam = known(owner)

    def once(_: Sequence[str]) -> None:
        if Person.objects.filter(pk=sam.pk, erased_at__isnull=True).exists():
            forget(sam)

    server.meanwhile = once
    change.catch_up()
    assert waiting() == of_nobody()


@pytest.mark.parametrize("first", ["the forgetting", "the vectors"])
def test_whichever_of_the_two_comes_first(
    change: Reembedding, owner: Character, first: str
) -> None:
    sam = known(owner)
    steps: list[Callable[[], object]] = [lambda: forget(sam), change.catch_up]
    if first == "the vectors":
        steps.reverse()
    meanwhile(*steps)
    assert waiting() <= of_nobody()
    change.catch_up()
    assert waiting() == of_nobody()


def test_so_does_what_waits_of_words_that_are_taken_back_or_mended(
    change: Reembedding, owner: Character
) -> None:
    talk, sam = make_conversation(), make_person("Sam")
    back, mended = (make_message(talk, sam, content=text) for text in ("I sail.", "I row."))
    for message in (back, mended):
        make_memory(
            owner,
            f"Sam said: “{message.content}”",
            kind="conversation",
            told_by_person_id=sam.pk,
            source_message_id=message.pk,
        )
    PersonFact.objects.create(
        person=sam, character=owner, fact_type="hobby", fact_content="sails", learned_at=NOON,
        extracted_from_message=back,
    )  # fmt: skip
    assert change.catch_up() == 5
    revising.change(back.pk, None)
    revising.change(mended.pk, "I swim.")
    assert waiting() == set()
