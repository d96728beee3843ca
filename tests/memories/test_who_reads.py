"""What stands beside memories is read by whom it is for: facts, texts and their pieces, what two
facts have in common, and what has spread."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import Model

from characters.models import Character, Community, Person
from memories.models import FactAssociation, LoreChunk, LoreDocument, PersonFact
from memories.models.memory import Visibility
from memories.models.runs import Contagion
from memories.view import Audience, seen_by
from tests.builders import (
    NOON,
    make_character,
    make_community,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    make_relationship,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Character:
    return make_character("Ada")


@pytest.fixture
def here() -> Community:
    return make_community(discord_id=71)


def read(model: type[Model], field: str, ada: Character, here: Community, *who: Person) -> set[Any]:
    """What Ada may bring up in this community before these people."""
    before = Audience(people=frozenset(one.pk for one in who), community=here.pk)
    with seen_by(ada.pk, before):
        return set(model._default_manager.values_list(field, flat=True))


def fact(content: str, **fields: object) -> PersonFact:
    return PersonFact.objects.create(
        **{
            "person": make_person(consent_level=Person.Consent.FULL),
            "fact_content": content,
            "visibility": Visibility.PUBLIC,
            "learned_at": NOON,
            **fields,
        }
    )


def test_facts_are_known_to_one_or_to_all_here_or_anywhere(ada: Character, here: Community) -> None:
    there = make_community(discord_id=72)
    for character in (ada, make_character("Bram"), None):
        for place, where in ((here, "here"), (there, "there"), (None, "anywhere")):
            name = character.name if character else "all"
            fact(f"{name} {where}", character=character, community=place)
    known = {"Ada here", "Ada anywhere", "all here", "all anywhere"}
    assert read(PersonFact, "fact_content", ada, here, make_person()) == known


@pytest.mark.parametrize(("trust", "is_said"), [(0.6, False), (0.8, True)])
def test_what_one_told_of_oneself_is_said_before_who_is_trusted_with_it(
    ada: Character, here: Community, trust: float, is_said: bool
) -> None:
    sam, friend = make_person(), make_person()
    for one, how_far in ((sam, 0.1), (friend, trust)):
        make_relationship(ada, one, trust=how_far, community=None)
    own = make_message(make_conversation(), sam, "I play the cello.")
    fact(
        "plays the cello",
        person=sam,
        character=ada,
        visibility=Visibility.INTIMATE,
        extracted_from_message=own,
    )
    assert read(PersonFact, "fact_content", ada, here, sam) == {"plays the cello"}
    assert bool(read(PersonFact, "fact_content", ada, here, sam, friend)) is is_said


def test_a_text_is_read_where_it_belongs(ada: Character, here: Community) -> None:
    bram, there = make_character("Bram"), make_community(discord_id=72)
    for title, fields in {
        "everybody's": {},
        "of here": {"community": here},
        "of there": {"community": there},
        "Ada's own": {"character": ada},
        "Bram's own": {"character": bram},
        "put away": {"is_enabled": False},
    }.items():
        LoreDocument.objects.create(title=title, source=title, content="…", **fields)
    found = read(LoreDocument, "title", ada, here, make_person())
    assert found == {"everybody's", "of here", "Ada's own"}


def test_a_piece_of_a_text_is_read_where_both_are(ada: Character, here: Community) -> None:
    bram = make_character("Bram")
    both, the_text_alone, the_piece_alone = (None, True), (bram, True), (None, False)
    for n, (owner, is_enabled) in enumerate((both, the_text_alone, the_piece_alone), 1):
        piece = make_memory(owner, f"Piece {n}.", kind="lore", visibility=Visibility.PUBLIC)
        text = LoreDocument.objects.create(
            title=f"Text {n}", source=f"{n}.md", content="…", is_enabled=is_enabled
        )
        LoreChunk.objects.create(document=text, number=n, memory=piece)
    assert LoreChunk.objects.count() == 3
    assert read(LoreChunk, "number", ada, here, make_person()) == {1}


@pytest.mark.parametrize("hidden", [0, 1, None])
def test_what_two_have_in_common_shows_where_both_facts_do(
    ada: Character, here: Community, hidden: int | None
) -> None:
    sam = make_person()
    make_relationship(ada, sam, trust=0.4, community=None)
    levels = [Visibility.INTIMATE if at == hidden else Visibility.BASIC for at in range(2)]
    one, other = (fact("likes chess", character=ada, visibility=level) for level in levels)
    FactAssociation.objects.create(
        fact_1=one, fact_2=other, association_type="shared_interest", discovered_at=NOON
    )
    shown = read(FactAssociation, "association_type", ada, here, sam)
    assert shown == ({"shared_interest"} if hidden is None else set())


def test_what_has_spread_is_damped_where_it_did(ada: Character, here: Community) -> None:
    for place, text in ((here, "here"), (make_community(discord_id=72), "there")):
        Contagion.objects.create(
            community=place, kind="phrase", text=text, first_seen_at=NOON, last_seen_at=NOON
        )
    assert read(Contagion, "text", ada, here) == {"here"}
