"""What people asked for in plain words while the bot was away is done when it is read, unless it
was for that moment alone."""

from __future__ import annotations

import datetime as dt

import pytest
import redis
from django.utils import timezone

from characters.models import Person
from conversations.discord import inbound
from conversations.models import Channel, Message, ScheduledEvent
from tests.builders import make_character
from tests.discord.happenings import US, picked, said

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def harbour(redis_client: redis.Redis) -> Channel:
    make_character("Mara")
    return picked()


def missed(text: str, minutes: float) -> Message | None:
    """Somebody said it so long ago, and it is read from the channel's history now."""
    at = timezone.now() - dt.timedelta(minutes=minutes)
    return inbound.receive(said(text, at=at), US)


def told() -> list[str]:
    notices = Message.objects.filter(role=Message.Role.SYSTEM).order_by("pk")
    return list(notices.values_list("content", flat=True))


def test_who_wants_to_be_left_out_is(harbour: Channel) -> None:
    missed("I owe the bank a fortune.", 50)
    missed("Mara, don't remember that.", 49)
    missed("Privacy none", 48)
    assert missed("And my brother too.", 47) is None
    person = Person.objects.get()
    assert person.consent_level == Person.Consent.NONE
    assert Message.objects.get(content__startswith="I owe").is_off_record
    assert len(told()) == 2


def test_who_was_sure_is_forgotten() -> None:
    missed("I owe the bank a fortune.", 50)
    missed("Mara, yes, forget me", 49)
    assert Person.objects.get().erased_at is not None
    assert not Message.objects.filter(content__contains="bank").exists()


def test_a_reminder_counts_from_when_it_was_asked_for() -> None:
    before = timezone.now()
    missed("Mara, remind me in 2 hours to feed the gull", 50)
    missed("Mara, remind me in 10 minutes to buy rope", 50)
    ahead, late = ScheduledEvent.objects.order_by("pk")
    assert abs((ahead.trigger_at - before).total_seconds() - 70 * 60) < 30
    assert 0 < (late.trigger_at - before).total_seconds() < 30


def test_what_was_for_the_moment_is_talk(harbour: Channel) -> None:
    for text in ("Mara, be quiet", "Mara, what do you know about me?"):
        message = missed(text, 50)
        assert message is not None
        assert not Message.objects.get(pk=message.pk).is_request
    harbour.refresh_from_db()
    assert harbour.hushed_until is None
    assert told() == []
