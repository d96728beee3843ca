"""What is done from hour to hour is done once, though the clock was started anew meanwhile."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from conversations import tasks
from conversations.initiative import proactive
from conversations.models import ScheduledEvent
from tests.builders import (
    make_channel,
    make_character,
    make_conversation,
    make_message,
    make_person,
    make_relationship,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_workers_do_not_plan_a_word_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock that is started again asks for the upkeep at once, while another worker is at it."""
    ann = make_person("Ann", consent_level="full")
    make_relationship(make_character("Mara"), ann, trust=0.8, affection=0.8, attunement=0.8)
    talk = make_conversation(make_channel("harbour"))
    for days in range(20, 12, -1):
        make_message(talk, ann, "Morning.", at=timezone.now() - dt.timedelta(days=days))
    plan_word, asked = proactive.plan_word, []

    def meanwhile() -> None:
        try:
            tasks.hourly_upkeep()
        finally:
            connection.close()

    def planned(*args: Any, **kwargs: Any) -> ScheduledEvent:
        asked.append(args)
        if len(asked) == 1:
            other = threading.Thread(target=meanwhile)
            other.start()
            other.join(60)
        return plan_word(*args, **kwargs)

    monkeypatch.setattr(proactive, "plan_word", planned)
    tasks.hourly_upkeep()
    assert ScheduledEvent.objects.count() == 1
    tasks.hourly_upkeep()  # who was at it has let go of it
    assert ScheduledEvent.objects.count() == 1


def test_what_fails_of_it_keeps_nothing_else_from_being_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object) -> None:
        raise ValueError("the disk is full")

    monkeypatch.setattr(tasks.metrics, "roll_up_rest", fails)
    gone = make_person("Ann", consent_level="full")
    make_relationship(make_character("Mara"), gone, trust=0.8, affection=0.8, attunement=0.8)
    talk = make_conversation(make_channel("harbour"))
    for days in range(20, 12, -1):
        make_message(talk, gone, "Morning.", at=timezone.now() - dt.timedelta(days=days))
    with pytest.raises(ExceptionGroup, match="ValueError: the disk is full"):
        tasks.hourly_upkeep()
    assert ScheduledEvent.objects.filter(person=gone).count() == 1
