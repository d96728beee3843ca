"""What goes out is decided on where it is said: deliveries are made with what they carry."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from conversations.discord import outbox
from conversations.floor import director
from conversations.models import Channel, Delivery, Message, Turn
from conversations.people.erasure import forget_person
from conversations.services import hear
from conversations.turns import turns
from conversations.upkeep import sweep
from tests.builders import (
    make_channel,
    make_character,
    make_community,
    make_conversation,
    make_message,
    make_person,
    make_turn,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def channel() -> Channel:
    return make_channel("bar", community=make_community(discord_id=7), discord_id=8)


def test_a_turn_in_a_channel_on_discord_goes_there(channel: Channel) -> None:
    make_character("Odile")
    person = make_person("Ann", discord_id=5)
    now = timezone.now()
    with_text = Channel.objects.get(pk=channel.pk)
    hear(with_text, person, now, content="Odile, are you there?")
    at = now
    for _ in range(30):
        turn = director.look(channel.pk, at)
        under_way = turn or Turn.objects.filter(status__in=["planned", "speaking"]).first()
        if under_way is not None:
            turns.take(under_way.pk, at)
        if Message.objects.filter(role="assistant").exists():
            break
        at += dt.timedelta(seconds=5)
    said = Message.objects.get(role="assistant")
    assert sorted(said.deliveries.values_list("surface", flat=True)) == ["discord", "web"]
    heard = Message.objects.get(role="user")
    assert list(heard.deliveries.values_list("surface", flat=True)) == ["web"]
    assert len(set(Delivery.objects.values_list("nonce", flat=True))) == Delivery.objects.count()


def test_a_characters_reaction_goes_there(channel: Channel) -> None:
    conversation = make_conversation(channel)
    heard = make_message(conversation, make_person(discord_id=5), "We won!", discord_message_id=9)
    turn = make_turn(conversation, make_character(), action="react", answers=heard)
    assert turns.take(turn.pk) is not None
    delivery = Delivery.objects.get(surface="discord")
    assert (delivery.message, delivery.status) == (heard, "pending")
    assert delivery.reaction is not None
    assert delivery.reaction.turn == turn


def test_nobody_speaks_where_it_would_not_be_seen(channel: Channel) -> None:
    conversation = make_conversation(channel, next_turn_at=timezone.now())
    make_message(conversation, make_person("Ann", discord_id=5), "Anybody?")
    turn = make_turn(conversation, make_character("Odile"))
    outbox.set_trouble(channel.pk, "The bot lacks a permission.")
    assert director.look(channel.pk) is None
    assert turns.take(turn.pk) is None
    later = timezone.now() + dt.timedelta(seconds=10)
    assert (sweep(later).get("turns"), sweep(later).get("looks")) == (0, 0)
    outbox.clear_trouble(channel.pk)
    assert sweep(later)["turns"] == 1
    assert turns.take(turn.pk) is not None


def test_who_is_erased_is_quoted_no_more(channel: Channel) -> None:
    person = make_person("Ann", discord_id=5)
    conversation = make_conversation(channel)
    heard = make_message(
        conversation, person, "I live in Ashby Road near the mill.", discord_message_id=9
    )
    answer = make_message(conversation, make_character(), "Noted.", reply_to=heard)
    other = make_message(conversation, make_character(), "Tea?")
    Delivery.objects.update(status="sent", sent_at=timezone.now())
    forget_person(person, "person", timezone.now())
    states = dict(Delivery.objects.filter(surface="discord").values_list("message", "status"))
    assert states == {answer.pk: "pending", other.pk: "sent"}
    cargo = outbox.claim(channel.pk, timezone.now())
    assert cargo is not None
    assert cargo.texts == ["Noted."]
    forget_person(person, "person", timezone.now())
    outbox.finish(cargo, timezone.now())
    assert set(Delivery.objects.values_list("status", flat=True)) == {"sent"}
