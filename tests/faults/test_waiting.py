"""A message that waits for the room while somebody decides there."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from conversations.floor import director
from conversations.models import Channel, Message, Turn
from conversations.services import record_incoming
from conversations.turns import turns
from tests.builders import make_person

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_person_whose_message_waited_for_the_decision_on_another_is_answered_too(
    room: Channel,
) -> None:
    ada, bela = make_person("Ada"), make_person("Bela")
    began = timezone.now() - dt.timedelta(seconds=10)

    def at(seconds: float) -> dt.datetime:
        return began + dt.timedelta(seconds=seconds)

    first = record_incoming(room.pk, ada, "Odile, how is the tide today?", now=at(0))
    turn = director.look(room.pk, now=at(2))
    assert turn is not None
    # Sent before that decision, stored after it.
    second = record_incoming(room.pk, bela, "Bram, is the boat out?", now=at(1))
    assert turns.take(turn.pk) is not None

    following = director.look(room.pk)
    assert following is not None
    assert (following.trigger, following.answers) == ("person", second)
    assert turns.take(following.pk) is not None
    answered = Message.objects.filter(character__isnull=False).order_by("number")
    assert [message.reply_to for message in answered] == [first, second]
    assert not Turn.objects.exclude(status=Turn.Status.DONE).exists()
