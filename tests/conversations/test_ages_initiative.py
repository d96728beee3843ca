"""Characters come to people among adults, too, and with nothing of it elsewhere."""

from __future__ import annotations

import datetime as dt

import pytest

from audit.configuration import configuration
from characters.models import Character, Person
from conversations.floor import director
from conversations.initiative import proactive, reminders
from conversations.models import Channel, Message, ScheduledEvent, Turn
from conversations.rooms import set_restricted
from conversations.turns import turns
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_message,
    make_person,
    make_relationship,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def late_bar(redis_client: object) -> tuple[Channel, Character, Person]:
    """An age-restricted room, a character for adults, and somebody who is close to it."""
    configuration.set_value("director", "time_scale", 0)
    configuration.forget_cached()
    mara, ann = make_character("Mara", is_adult=True), make_person("Ann", consent_level="full")
    make_relationship(mara, ann, trust=0.8, affection=0.8, attunement=0.8)
    ann.regarded_by.update(first_interaction_at=NOON - dt.timedelta(days=358))
    return make_channel("bar", is_nsfw=True), mara, ann


def said_by(room: Channel, at: dt.datetime) -> str:
    """What is said in a room when it is looked at."""
    turn = director.look(room.pk, at)
    if turn is not None and turn.status == Turn.Status.PLANNED:
        turns.take(turn.pk, at + dt.timedelta(seconds=3))
    return " ".join(
        Message.objects.filter(character__isnull=False).values_list("content", flat=True)
    )


@pytest.mark.parametrize("kind", ["follow_up", "absence", "anniversary"])
def test_a_character_for_adults_comes_to_people_among_them(
    late_bar: tuple[Channel, Character, Person], kind: str
) -> None:
    bar, mara, ann = late_bar
    make_character("Bram")
    talk = make_conversation(bar)
    if kind == "follow_up":
        make_message(talk, ann, "My exam is on Friday, Mara.", at=NOON)
        make_message(talk, mara, "Good luck.", at=NOON + dt.timedelta(seconds=9))
        assert proactive.notice(talk.pk, NOON + dt.timedelta(minutes=5)) == 1
        expected = "How did your exam go?"
    else:
        seen = range(6) if kind == "absence" else range(5, 7)
        for day in seen:
            make_message(talk, ann, "Morning.", at=NOON + dt.timedelta(days=day))
        late = 13 if kind == "absence" else 6.2
        if kind == "absence":
            ann.regarded_by.update(first_interaction_at=NOON)
        assert proactive.plan(NOON + dt.timedelta(days=late)) == 1
        expected = "you are missed" if kind == "absence" else "since we first talked"
    event = ScheduledEvent.objects.get()
    assert (event.event_type, event.channel, event.character) == (kind, bar, mara)
    assert expected in said_by(bar, event.trigger_at + dt.timedelta(seconds=1))


def test_what_was_foretold_among_adults_is_asked_after_nowhere_else(
    late_bar: tuple[Channel, Character, Person],
) -> None:
    bar, _, ann = late_bar
    bram = make_character("Bram")
    make_relationship(bram, ann, trust=0.9, affection=0.9, attunement=0.9)
    talk = make_conversation(bar)
    make_message(talk, ann, "My burlesque show is on Friday.", at=NOON)
    make_message(talk, bram, "Good luck.", at=NOON + dt.timedelta(seconds=9))
    assert proactive.notice(talk.pk, NOON + dt.timedelta(minutes=5)) == 1
    event = ScheduledEvent.objects.get()
    assert event.character == bram
    set_restricted(bar, False, NOON + dt.timedelta(hours=1))
    assert "burlesque" not in said_by(bar, event.trigger_at + dt.timedelta(seconds=1)).replace(
        "Good luck.", ""
    )
    event.refresh_from_db()
    assert event.status == "cancelled"


def test_who_wrote_elsewhere_last_is_come_to_where_the_one_who_misses_them_may_speak(
    late_bar: tuple[Channel, Character, Person],
) -> None:
    bar, mara, ann = late_bar
    ann.regarded_by.update(first_interaction_at=NOON)
    talk = make_conversation(bar)
    for day in range(6):
        make_message(talk, ann, "Morning.", at=NOON + dt.timedelta(days=day))
    direct = make_conversation(make_channel("direct", is_direct=True, is_private=True))
    make_message(direct, ann, "Hello?", at=NOON + dt.timedelta(days=6))
    assert proactive.plan(NOON + dt.timedelta(days=14)) == 1
    event = ScheduledEvent.objects.get()
    assert (event.channel, event.character) == (bar, mara)


def reminded(room: Channel, person: Person, *what: str) -> ScheduledEvent:
    """The first of what somebody asks to be reminded of there."""
    asked = [
        reminders.remind(person, room, f"in {10 + n} minutes", one, NOON)
        for n, one in enumerate(what)
    ]
    return asked[0]


def test_of_what_a_reminder_was_asked_for_among_adults_is_said_to_nobody_else(
    late_bar: tuple[Channel, Character, Person],
) -> None:
    """It comes all the same: somebody waits for it."""
    bar, _, ann = late_bar
    make_character("Bram")
    event = reminded(bar, ann, "the burlesque show")
    at = event.trigger_at + dt.timedelta(seconds=1)
    set_restricted(bar, False, NOON + dt.timedelta(minutes=5))
    told = said_by(bar, at)
    assert "Ann" in told and "age-restricted" in told
    assert "burlesque" not in told


def test_it_is_said_where_it_was_asked_for(late_bar: tuple[Channel, Character, Person]) -> None:
    bar, _, ann = late_bar
    event = reminded(bar, ann, "the burlesque show")
    assert "burlesque show" in said_by(bar, event.trigger_at + dt.timedelta(seconds=1))


def test_what_comes_late_together_withholds_what_was_asked_for_among_adults(
    late_bar: tuple[Channel, Character, Person],
) -> None:
    bar, _, ann = late_bar
    make_character("Bram")
    reminded(bar, ann, "the burlesque show")
    set_restricted(bar, False, NOON + dt.timedelta(minutes=5))
    reminded(Channel.objects.get(pk=bar.pk), ann, "the rope", "the tea")
    told = said_by(bar, NOON + dt.timedelta(days=2))
    assert "the rope" in told and "the tea" in told
    assert "something else" in told and "burlesque" not in told


def test_what_comes_again_stays_among_adults(late_bar: tuple[Channel, Character, Person]) -> None:
    bar, _, ann = late_bar
    make_character("Bram")
    event = reminders.remind(ann, bar, "every day at 18:00", "the burlesque show", NOON)
    assert "burlesque" in said_by(bar, event.trigger_at + dt.timedelta(seconds=1))
    Message.objects.update(deleted_at=NOON)
    following = ScheduledEvent.objects.get(status="pending")
    set_restricted(bar, False, event.trigger_at + dt.timedelta(hours=1))
    said_by(bar, following.trigger_at + dt.timedelta(seconds=1))
    last = Message.objects.filter(character__isnull=False).latest("pk").content
    assert "age-restricted" in last and "burlesque" not in last
