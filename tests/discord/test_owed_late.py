"""What somebody asked to be reminded of reaches Discord, however long that was away."""

from __future__ import annotations

import datetime as dt

import pytest
import redis
from django.utils import timezone

from audit.configuration import configuration
from conversations.floor import director
from conversations.initiative import reminders
from conversations.models import Message, Turn
from conversations.turns import turns
from tests.builders import make_character, make_person
from tests.discord.sending import Stage

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reminder_is_not_left_unsaid(stage: Stage, redis_client: redis.Redis) -> None:
    configuration.set_value("director", "time_scale", 0)
    configuration.forget_cached()
    stage.say(make_character("Mara"), "The tide is out.")
    at = timezone.now()
    reminders.remind(make_person("Ann"), stage.channel, "in 1 minute", "rope", at)
    turn = director.look(stage.channel.pk, at + dt.timedelta(seconds=61))
    assert turn is not None
    assert turn.status == Turn.Status.PLANNED
    turns.take(turn.pk, at + dt.timedelta(seconds=62))
    assert "rope" in Message.objects.latest("pk").content
    stage.wait(hours=5)  # the bot was down
    stage.send()
    (text,) = stage.texts()
    assert "rope" in text
