"""Whoever doesn't want to be taken in stands in no table afterwards, whichever service looked at
what they said; whoever is at minimal is never come to; whoever is kept out is heard nowhere."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.db.models import Q

from characters.models import Membership, Person
from conversations.afterwards import afterwards, analytics, observe, summaries
from conversations.care import care, care_daily
from conversations.initiative import reminders
from conversations.models import Conversation, Message, Participant, ScheduledEvent
from conversations.people import leftovers
from conversations.services import (
    close_conversation,
    enter_room,
    record_incoming,
    toggle_reaction,
)
from conversations.text import Refused
from memories.models import Memory
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_message,
    make_person,
    make_turn,
)

pytestmark = pytest.mark.django_db

SAID = (
    "I work as a nurse at the harbour.",
    "My exam is on Friday.",
    "I love sailing, and I hate the cold.",
    "Only you understand me.",
    "You are wrong about the tides, because the moon pulls them twice a day.",
    "I want to die.",
)
# That somebody is here, and what they said where it was said.
PRESENCE = {Message, Participant, Membership}


def tables_of(person: Person) -> set[type]:
    """Every table that refers to somebody, those that will be added included."""
    found = set()
    for model in apps.get_models(include_auto_created=True):
        columns = [one.name for one in leftovers.references(model, Person)]
        where = Q(pk__in=[])
        for name in columns:
            where |= Q(**{name: person})
        if columns and not model._meta.proxy and model._default_manager.filter(where).exists():
            found.add(model)
    return found


def lived_through(level: str) -> Person:
    """Somebody who said all that at this level, and every service looked at it."""
    person = make_person(consent_level=level, birthday=dt.date(1990, 3, 5), timezone="Europe/Oslo")
    character = make_character()
    channel = make_channel(residents=(character,))
    talk = make_conversation(channel, started_at=NOON)
    for place, text in enumerate(SAID):
        at = NOON + dt.timedelta(seconds=20 * place)
        heard = make_message(talk, person, text, at=at)
        care.notice(heard, person, channel, at)
        turn = make_turn(
            talk, character, answers=heard, trigger="person", status="done", finished_at=at
        )
        make_message(talk, character, "Exactly, says Wren.", at=at, turn=turn)
    later = NOON + dt.timedelta(hours=2)
    observe.forget_failures()
    assert observe.observe(talk.pk, later)
    talk.refresh_from_db()
    close_conversation(talk, "idle", later)
    analytics.calculate(talk.pk, later)
    summaries.summarise(talk.pk)
    afterwards.after_talk(talk.pk, later)
    afterwards.hourly(later)
    reminders.plan_birthdays(later)
    care_daily.count_days(later + dt.timedelta(days=1))
    return person


def test_who_opts_out_stands_in_no_table_whichever_service_looked() -> None:
    remembered = tables_of(lived_through("full"))
    assert len(remembered - PRESENCE) >= 6  # what there is to respect
    assert {one.__name__ for one in tables_of(lived_through("none")) - PRESENCE} == set()


def test_at_minimal_nobody_comes_to_them() -> None:
    person = lived_through("minimal")
    assert not ScheduledEvent.objects.filter(person=person).exists()
    assert Memory.objects.filter(told_by_person=person).exists()


def test_what_was_said_in_danger_is_nobodys_to_tell() -> None:
    person = lived_through("full")
    assert not Memory.objects.filter(content__icontains="want to die").exists()
    assert not Conversation.objects.filter(summary__icontains="want to die").exists()
    assert person.care_notices.count() == 1


@pytest.mark.parametrize(
    "kept_out",
    [
        {"consent_level": "none"},
        {"blocked_until": NOON + dt.timedelta(days=1)},
        {"is_active": False},
    ],
)
def test_who_is_kept_out_leaves_no_trace_in_a_room(kept_out: dict[str, object]) -> None:
    channel = make_channel()
    line = make_message(make_conversation(channel), make_character("Wren"))
    person = make_person(**kept_out)  # type: ignore[arg-type]
    with pytest.raises(Refused):
        record_incoming(channel.pk, person, "I work as a nurse.", now=NOON)
    with pytest.raises(Refused):
        toggle_reaction(line.pk, person, "👍", NOON)
    enter_room(channel.pk, person, NOON)
    assert tables_of(person) == {Membership}
