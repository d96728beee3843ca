"""A character in a bar, asked by people on different days, with a restart between."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from characters.models import Person
from conversations.afterwards import observe
from conversations.floor import director
from conversations.floor.lines import UNDER_WAY
from conversations.models import Channel, Conversation, Message, Turn, TurnMemory
from conversations.services import close_conversation, record_incoming
from conversations.turns import portraits, turns
from memories.nights import contagion
from memories.recall import caches
from tests.builders import NOON


def restart() -> None:
    """What is kept in this process is gone, as when it was killed."""
    portraits.forget_portraits()
    contagion.forget_damped()
    caches.forget_in_process()
    connection.close()


def ask(channel: Channel, person: Person, text: str, day: float) -> Message:
    """What is answered to a person's line."""
    now = NOON + dt.timedelta(days=day)
    asked = record_incoming(channel.pk, person, text, now=now)
    for _ in range(6):
        director.look(channel.pk, now)
        now += dt.timedelta(seconds=10)
        for turn in Turn.objects.filter(status__in=UNDER_WAY):
            turns.take(turn.pk, now)
        answer = Message.objects.filter(turn__answers=asked).first()
        if answer is not None:
            return answer
    raise AssertionError(f"Nobody answered {text!r}.")


def part(channel: Channel, day: float) -> None:
    """The talk in a channel comes to an end, and is remembered."""
    now = NOON + dt.timedelta(days=day, hours=1)
    with transaction.atomic():
        Channel.objects.select_for_update().get(pk=channel.pk)
        talk = Conversation.objects.exclude(status="closed").get(channel=channel)
        close_conversation(talk, "over", now)
    observe.observe(talk.pk, now)


def thoughts(answer: Message) -> list[str]:
    rows = TurnMemory.objects.filter(turn=answer.turn).order_by("rank")
    return list(rows.values_list("memory__content", flat=True))
