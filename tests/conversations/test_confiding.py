"""Now and then a character thinks of something to confide: rarely, to whom it trusts, and only
what they may hear and don't know."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from audit.configuration import configuration
from characters.models import Character, Person
from conversations.afterwards import observe
from conversations.models import Turn, TurnMemory
from conversations.turns.confiding import something_to_tell
from memories import sharing
from memories.models import Memory, MemoryShare
from memories.models.memory import Visibility
from memories.view import Audience, seen_by
from tests.builders import (
    make_channel,
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    make_relationship,
    make_turn,
)

pytestmark = pytest.mark.django_db
NEWS = "Ada found a sextant from the wreck under the chapel stairs."


@pytest.fixture
def ada() -> Character:
    return make_character("Ada")


@pytest.fixture
def bram(ada: Character) -> Character:
    """A character that Ada trusts, and that trusts her."""
    bram = make_character("Bram")
    make_relationship(ada, bram, trust=0.8, community=None)
    make_relationship(bram, ada, trust=0.8, community=None)
    return bram


@pytest.fixture(autouse=True)
def _always() -> None:
    configuration.set_value("memory", "confide_chance", 1.0)


def before(*listeners: Character | Person, **where: Any) -> Audience:
    return Audience(
        characters=frozenset(x.pk for x in listeners if isinstance(x, Character)),
        people=frozenset(x.pk for x in listeners if isinstance(x, Person)),
        **where,
    )


def moving(owner: Character, content: str = NEWS, **fields: Any) -> Memory:
    return make_memory(
        owner, content, **{"importance": 8.0, "visibility": Visibility.INTIMATE, **fields}
    )


def told(ada: Character, *listeners: Character | Person, seed: int = 1) -> int | None:
    found = something_to_tell(ada.pk, before(*listeners), seed, timezone.now())
    return found.memory_id if found else None


def test_it_thinks_of_what_moved_it(ada: Character, bram: Character) -> None:
    moving(ada, "Ada saw a heron.", importance=6.5)
    news = moving(ada)
    found = something_to_tell(ada.pk, before(bram), 1, timezone.now())
    assert found is not None
    assert (found.memory_id, found.listener, found.character_id) == (news.pk, "Bram", bram.pk)
    assert found.recollection.text == NEWS
    assert found.recollection.provenance.startswith("they don't know it yet")


def test_it_is_rare_and_goes_by_the_seed(ada: Character, bram: Character) -> None:
    configuration.set_value("memory", "confide_chance", 0.1)
    configuration.forget_cached()
    moving(ada)
    seeds = range(300)
    first = [told(ada, bram, seed=seed) is not None for seed in seeds]
    assert first == [told(ada, bram, seed=seed) is not None for seed in seeds]
    assert 0.04 < sum(first) / len(first) < 0.17
    configuration.set_value("memory", "confide_chance", 0.0)
    configuration.forget_cached()
    assert not any(told(ada, bram, seed=seed) for seed in seeds)


def test_without_the_mood_for_it_nothing_is_read(
    ada: Character, bram: Character, django_assert_num_queries: Any
) -> None:
    configuration.set_value("memory", "confide_chance", 0.0)
    told(ada, bram)  # reads the configuration
    with django_assert_num_queries(0):
        assert told(ada, bram) is None


@pytest.mark.parametrize("trust", [0.0, 0.5, 0.69])
def test_it_confides_in_nobody_it_hardly_trusts(ada: Character, trust: float) -> None:
    odile = make_character("Odile")
    make_relationship(ada, odile, trust=trust, community=None)
    moving(ada, visibility=Visibility.PUBLIC)
    assert told(ada, odile) is None
    assert told(ada, make_person()) is None
    assert told(ada) is None


def test_it_confides_in_people_too(ada: Character) -> None:
    friend = make_person("Fay")
    make_relationship(ada, friend, trust=0.8, community=None)
    news = moving(ada)
    found = something_to_tell(ada.pk, before(friend), 1, timezone.now())
    assert found is not None
    assert (found.memory_id, found.listener, found.person_id) == (news.pk, "Fay", friend.pk)


@pytest.mark.parametrize("is_person", [True, False])
def test_what_another_has_just_confided_is_not_confided_again(
    ada: Character, bram: Character, is_person: bool
) -> None:
    """Both heard the same; that the listener remembers it is written down only later."""
    odile = make_character("Odile")
    friend: Character | Person = make_person("Fay") if is_person else bram
    moving(ada, f"Nneka said: “{NEWS}”")
    theirs = moving(odile, f"Nneka said: “{NEWS}”")
    make_relationship(odile, friend, trust=0.8, community=None)
    assert told(odile, friend) == theirs.pk
    channel = make_channel()
    talk = make_conversation(channel)
    who = {"person": friend} if is_person else {"character": friend}
    talk.participants.create(joined_at=timezone.now(), **who)
    turn = make_turn(talk, ada, status=Turn.Status.DONE)
    TurnMemory.objects.create(
        turn=turn, memory=ada.memories.get(), rank=1, score=0.0, parts={"to_tell": 1.0}
    )
    make_message(talk, ada, content=f"Between us: Nneka says that {NEWS}", turn=turn)
    assert told(odile, friend) is None


def test_who_else_listens_is_minded(ada: Character, bram: Character) -> None:
    """A friend is there, and so is a stranger: only what the stranger may hear."""
    moving(ada)
    open_news = moving(ada, "Ada won the regatta.", visibility=Visibility.PUBLIC, importance=7.0)
    stranger = make_person()
    assert told(ada, bram, stranger) == open_news.pk


def test_nothing_is_told_of_who_stands_by(ada: Character, bram: Character) -> None:
    cleo, fay = make_character("Cleo"), make_person("Fay")
    for one in (cleo, fay):
        make_relationship(ada, one, trust=0.8, community=None)
    moving(ada, "Fay turns forty in May.", about_person_id=fay.pk)
    assert told(ada, bram, fay) is None
    of_fay = told(ada, bram)
    assert of_fay is not None
    moving(ada, "Cleo sold the boat.", about_character_id=cleo.pk, importance=9.0)
    assert told(ada, bram, cleo) == of_fay


@pytest.mark.parametrize(
    "fields",
    [
        {"visibility": Visibility.PRIVATE},
        {"visibility": Visibility.FULL},
        {"importance": 5.9},
        {"occurred_at": timezone.now() - dt.timedelta(days=15)},
        {"expires_at": timezone.now() - dt.timedelta(hours=1)},
        {"tier": "archived"},
        {"provenance": "read"},
    ],
)
def test_some_things_it_keeps(ada: Character, bram: Character, fields: dict[str, Any]) -> None:
    moving(ada, **fields)
    assert told(ada, bram) is None


def test_it_doesn_t_tell_another_s(ada: Character, bram: Character) -> None:
    moving(make_character(), visibility=Visibility.PUBLIC)
    assert told(ada, bram) is None


class TestWhatIsKnown:
    """Nobody is told what they know."""

    def test_by_the_same_words(self, ada: Character, bram: Character) -> None:
        moving(ada)
        make_memory(bram, NEWS)
        assert told(ada, bram) is None

    def test_by_its_meaning(self, ada: Character, bram: Character) -> None:
        moving(ada)
        make_memory(bram, "Ada found a sextant of the wreck under the stairs of the chapel.")
        assert told(ada, bram) is None

    def test_because_they_are_who_told_it(self, ada: Character, bram: Character) -> None:
        moving(ada, told_by_character_id=bram.pk)
        assert told(ada, bram) is None

    def test_because_they_were_there(self, ada: Character, bram: Character) -> None:
        line = make_message(make_conversation(), ada, "Look what I found.")
        moving(ada, source_message_id=line.pk)
        make_memory(bram, "Ada said: “Look what I found.”", source_message_id=line.pk)
        assert told(ada, bram) is None

    def test_because_it_was_offered_before(self, ada: Character, bram: Character) -> None:
        news = moving(ada)
        sharing.offer(ada.pk, bram.pk, news.pk, timezone.now())
        Memory.objects.filter(owner=bram).delete()  # told, and forgotten
        assert told(ada, bram) is None

    def test_because_it_is_about_them(self, ada: Character, bram: Character) -> None:
        moving(ada, about_character_id=bram.pk)
        assert told(ada, bram) is None

    def test_by_a_person(self, ada: Character) -> None:
        friend = make_person("Fay")
        make_relationship(ada, friend, trust=0.8, community=None)
        with_friend = make_conversation()
        make_message(with_friend, friend, "Hello to all of you.")
        moving(ada, "Fay moved house.", told_by_person_id=friend.pk)
        moving(ada, "Fay is afraid of geese.", about_person_id=friend.pk)
        moving(ada, "The lamp fell.", source_conversation_id=with_friend.pk)
        spoken = moving(ada, "The cellar flooded.")
        turn = make_turn(with_friend, ada, status=Turn.Status.DONE)
        TurnMemory.objects.create(turn=turn, memory=spoken, rank=1, score=1.0)
        make_message(with_friend, ada, "The cellar flooded, all of it.", turn=turn)
        assert told(ada, friend) is None
        fresh = moving(ada, importance=6.1)
        assert told(ada, friend) == fresh.pk

    @pytest.mark.parametrize("is_person", [True, False])
    def test_by_another_who_has_just_confided_it_to_them(
        self, ada: Character, is_person: bool
    ) -> None:
        listener = make_person("Fay") if is_person else make_character("Fay")
        odile = make_character("Odile")
        make_relationship(ada, listener, trust=0.8, community=None)
        news, known = moving(ada), make_memory(odile, NEWS)
        elsewhere, with_them = make_conversation(), make_conversation()
        make_message(elsewhere, make_person("Gil"), "Good evening.")
        make_message(with_them, listener, "Good evening.")
        for talk, told_since in ((elsewhere, news.pk), (with_them, None)):
            turn = make_turn(talk, odile, status=Turn.Status.DONE)
            TurnMemory.objects.create(
                turn=turn, memory=known, rank=1, score=1.0, parts={"to_tell": 1.0}
            )
            make_message(talk, odile, NEWS, turn=turn)
            assert told(ada, listener) == told_since

    def test_the_next_who_doesn_t_is_told(self, ada: Character, bram: Character) -> None:
        odile = make_character("Odile")
        make_relationship(ada, odile, trust=0.9, community=None)
        news = moving(ada)
        make_memory(odile, NEWS)
        found = something_to_tell(ada.pk, before(bram, odile), 1, timezone.now())
        assert found is not None
        assert (found.memory_id, found.listener) == (news.pk, "Bram")


@pytest.mark.django_db(transaction=True)
def test_from_thinking_of_it_to_the_other_s_memory(ada: Character, bram: Character) -> None:
    """The whole way: thought of, said, observed, shared, and kept from who isn't trusted."""
    news = moving(ada)
    conversation = make_conversation(make_channel())
    make_message(conversation, bram, "What a grey day it is today.")
    found = something_to_tell(ada.pk, before(bram, conversation=conversation.pk), 1, timezone.now())
    assert found is not None
    turn = make_turn(conversation, ada, status=Turn.Status.DONE)
    TurnMemory.objects.create(turn=turn, memory_id=found.memory_id, rank=1, score=0.0)
    message = make_message(
        conversation, ada, "I found a sextant from the wreck under the chapel stairs!", turn=turn
    )
    observe.forget_failures()
    assert observe.observe(conversation.pk, timezone.now() + dt.timedelta(minutes=5)) == 2
    share = MemoryShare.objects.get()
    assert (share.memory, share.message, share.target_character) == (news, message, bram)
    assert share.status == "accepted"
    assert share.copy is not None
    assert (share.copy.owner, share.copy.told_by_character) == (bram, ada)
    assert share.copy.visibility == Visibility.INTIMATE
    assert told(ada, bram) is None  # it is told
    odile = make_character("Odile")
    make_relationship(bram, odile, trust=0.6, community=None)
    here = conversation.channel.community_id
    with seen_by(bram.pk, before(odile, community=here)):
        assert not Memory.objects.filter(content__contains="sextant").exists()
    with seen_by(bram.pk, before(ada, community=here)):
        assert Memory.objects.filter(content__contains="sextant").exists()
