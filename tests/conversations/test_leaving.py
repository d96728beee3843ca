"""Who has taken leave is gone for a while: nobody says good night and talks on."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from characters.models import Character
from conversations.floor import director
from conversations.models import Channel, Conversation, Turn
from conversations.services import record_incoming
from tests.builders import (
    make_channel,
    make_character,
    make_community,
    make_conversation,
    make_message,
    make_person,
    make_turn,
)

OTHERS = {"Bram", "Pilar", "Fenwick"}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room() -> Channel:
    return make_channel(
        "the-lantern",
        pace=Channel.Pace.LIVELY,
        watched_until=timezone.now() + dt.timedelta(hours=1),
    )


@pytest.fixture
def odile(room: Channel) -> Character:
    for name in sorted(OTHERS):
        make_character(name)
    return make_character("Odile")


def take_leave(room: Channel, who: Character, minutes_ago: float = 0.5) -> None:
    """A talk that ended with a farewell of `who`."""
    at = timezone.now() - dt.timedelta(minutes=minutes_ago)
    talk = make_conversation(room, status=Conversation.Status.CLOSED, closed_at=at)
    turn = make_turn(talk, who, status=Turn.Status.DONE, move="farewell", finished_at=at)
    make_message(talk, who, "Good night. Ledger's closed.", at=at, turn=turn)


def begun(room: Channel) -> set[str]:
    """Who would begin to talk now, by thirty seeds."""
    found = set()
    for seed in range(30):
        Conversation.objects.filter(status=Conversation.Status.OPEN).delete()
        Channel.objects.filter(pk=room.pk).update(next_look_at=None)
        turn = director.look(room.pk, seed=seed)
        if turn is not None and turn.chosen is not None:
            found.add(turn.chosen.name)
    return found


def test_who_took_leave_does_not_begin_again_here_or_next_door(
    room: Channel, odile: Character
) -> None:
    assert begun(room) == {"Odile", *OTHERS}
    take_leave(room, odile)
    assert begun(room) == OTHERS
    next_door = make_channel("breakwater", pace=room.pace, watched_until=room.watched_until)
    assert begun(next_door) == OTHERS


def test_who_took_leave_joins_no_talk_of_others(room: Channel, odile: Character) -> None:
    bram = Character.objects.get(name="Bram")
    take_leave(room, odile)
    talk = make_conversation(room, next_turn_at=timezone.now())
    make_message(talk, bram, "Odile, is the kettle on?")
    turn = director.look(room.pk, seed=1)
    assert turn is not None
    assert turn.chosen != odile
    Character.objects.filter(name__in={"Pilar", "Fenwick"}).update(status=Character.Status.PAUSED)
    Turn.objects.exclude(conversation__status=Conversation.Status.CLOSED).delete()
    Conversation.objects.filter(pk=talk.pk).update(next_turn_at=timezone.now())
    turn = director.look(room.pk, seed=1)
    assert turn is not None
    assert turn.chosen == odile  # else nobody could answer


def test_who_took_leave_comes_back_for_a_guest(room: Channel, odile: Character) -> None:
    take_leave(room, odile)
    record_incoming(room.pk, make_person("Ada"), "I came in by the late ferry.")
    turn = director.look(room.pk)
    assert turn is not None
    assert str(odile.pk) in turn.scores  # as everybody else


def test_after_a_while_they_are_back(room: Channel, odile: Character) -> None:
    take_leave(room, odile, minutes_ago=5)
    assert begun(room) == {"Odile", *OTHERS}


def test_a_leave_that_was_taken_in_another_community_counts_there(
    room: Channel, odile: Character
) -> None:
    elsewhere = make_channel("the-quay", community=make_community(discord_id=7))
    take_leave(elsewhere, odile)
    assert begun(room) == {"Odile", *OTHERS}
