"""Characters come to people of their own accord: about what was foretold, when somebody stays away,
on the day of a first meeting; only to who agreed, and after a long night without a flood."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import redis
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.configuration import configuration
from characters.models import Character, Person, Relationship
from conversations.floor import director
from conversations.initiative import foretold, lateness, proactive, reminders
from conversations.initiative.proactive_rules import ProactiveRules
from conversations.models import Channel, Message, ScheduledEvent, Turn
from conversations.services import hear
from conversations.turns import turns
from conversations.wishes import granting, hushing, plaintalk, summoning
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_event,
    make_message,
    make_person,
    make_proposal,
    make_relationship,
)

OSLO = ZoneInfo("Europe/Oslo")


def later(**lengths: float) -> dt.datetime:
    return NOON + dt.timedelta(**lengths)


@pytest.mark.parametrize(
    ("text", "ask", "at"),
    [
        ("My exam is on Friday.", "How did your exam go?", "06T17:30"),
        ("Well, my driving test is tomorrow at 9!", "How did your driving test go?", "05T11:00"),
        ("I have a job interview on Monday", "How did your job interview go?", "09T17:30"),
        ("I've got my first gig next saturday.", "How did your first gig go?", "07T17:30"),
        (
            "I'm moving to Bergen tomorrow",
            "You said you would be moving to Bergen. How was it?",
            "05T17:30",
        ),
    ],
)
def test_it_hears_what_is_foretold(text: str, ask: str, at: str) -> None:
    found = foretold.find(text, NOON, OSLO)
    assert found is not None
    assert (found.kind, found.ask, f"{found.at:%dT%H:%M}") == ("event", ask, at)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("I'm away until Monday.", "2026-03-09"),
        ("By the way, I won't be around until 24 March", "2026-03-24"),
        ("I'll be back on Friday", "2026-03-06"),
    ],
)
def test_it_hears_who_will_be_away(text: str, until: str) -> None:
    found = foretold.find(text, NOON, OSLO)
    assert found is not None
    assert (found.kind, f"{found.at:%Y-%m-%d}") == ("away", until)


@pytest.mark.parametrize(
    "text",
    ["Is my exam on Friday?", "If my exam is on Friday I'm lost.", "My exam was on Friday.",
     "My favourite colour is blue.", "Maybe I'm away until Monday.", "Her exam is on Friday.",
     "My brother said \"my exam is on Friday\".", "My cat is 7."],
)  # fmt: skip
def test_what_foretells_nothing_of_theirs_is_left(text: str) -> None:
    assert foretold.find(text, NOON, OSLO) is None


def days(*numbers: int) -> list[dt.date]:
    return [NOON.date() - dt.timedelta(days=n) for n in numbers]


@pytest.mark.parametrize(
    ("seen", "missed"),
    [
        (days(12, 11, 10, 9, 8), True),
        (days(6, 5, 4, 3, 2), False),  # was here just now
        (days(12, 11, 10), False),  # never came regularly
        (days(38, 28, 18, 8), False),  # comes every ten days
        ([], False),
    ],
)
def test_who_used_to_come_is_missed(seen: list[dt.date], missed: bool) -> None:
    assert proactive.is_missed(seen, NOON.date(), ProactiveRules()) is missed


# --- in a room ------------------------------------------------------------------------------------


@pytest.fixture
def room(db: None, redis_client: redis.Redis) -> Channel:
    configuration.set_value("director", "time_scale", 0)
    configuration.forget_cached()
    return make_channel("harbour")


@pytest.fixture
def mara(room: Channel) -> Character:
    return make_character("Mara")


@pytest.fixture
def ann(mara: Character) -> Person:
    person = make_person("Ann", consent_level="full")
    make_relationship(mara, person, trust=0.8, affection=0.8, attunement=0.8)
    return person


def live_on(room: Channel, at: dt.datetime) -> None:
    turn = director.look(room.pk, at)
    if turn is not None and turn.status == Turn.Status.PLANNED:
        turns.take(turn.pk, at + dt.timedelta(seconds=3))


def said() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("content", flat=True))


def test_an_exam_is_asked_after_once(room: Channel, mara: Character, ann: Person) -> None:
    talk = make_conversation(room)
    make_message(talk, ann, "My exam is on Friday, Mara.", at=NOON)
    make_message(talk, mara, "Good luck.", at=later(seconds=9))
    assert proactive.notice(talk.pk, later(minutes=5)) == 1
    assert proactive.notice(talk.pk, later(minutes=6)) == 0
    event = ScheduledEvent.objects.get()
    assert (event.event_type, event.character, event.found_in) == (
        "follow_up", mara, Message.objects.get(number=1),
    )  # fmt: skip
    live_on(room, event.trigger_at + dt.timedelta(seconds=1))
    assert "Ann" in said()[-1]
    assert "How did your exam go?" in said()[-1]
    assert Turn.objects.get(move="ask_after").chosen == mara
    event.refresh_from_db()
    assert event.status == "triggered"


@pytest.mark.parametrize(
    "lines",
    [
        ("Nobody must know, but my hearing is on Friday.",),
        ("My hearing is on Friday.", "Please don't tell anyone."),
        ("My chemo is on Friday.",),
    ],
)
@pytest.mark.parametrize("is_direct", [True, False])
def test_what_is_confided_is_asked_after_between_the_two_alone(
    room: Channel, mara: Character, ann: Person, lines: tuple[str, ...], is_direct: bool
) -> None:
    Channel.objects.filter(pk=room.pk).update(is_direct=is_direct)
    talk = make_conversation(Channel.objects.get(pk=room.pk))
    for text in ("My exam is on Monday.", *lines):
        make_message(talk, ann, text, at=NOON)
        make_message(talk, mara, "I see.", at=NOON)
    assert proactive.notice(talk.pk, later(minutes=5)) == 1 + is_direct
    asked = {event.context["about"] for event in ScheduledEvent.objects.all()}
    assert asked - {"hearing", "chemo"} == {"exam"}


@pytest.mark.parametrize("change", ["consent", "asked", "quiet_room", "paused"])
def test_who_does_not_agree_is_left_be(
    room: Channel, mara: Character, ann: Person, change: str
) -> None:
    talk = make_conversation(room)
    make_message(talk, ann, "My exam is on Friday.", at=NOON)
    make_message(talk, mara, "Good luck.", at=later(seconds=9))
    proactive.notice(talk.pk, later(minutes=5))
    at = ScheduledEvent.objects.get().trigger_at + dt.timedelta(seconds=1)
    if change == "consent":
        Person.objects.update(consent_level="minimal")
    elif change == "asked":
        message = hear(room, ann, later(minutes=1), content="Mara, please don't check on me.")
        wish = plaintalk.asked(
            message.content, ["Mara"], is_called=False, now=NOON, zone=ZoneInfo("UTC")
        )
        assert wish == plaintalk.Asked("leave_be")
        granting.carry_out(wish, room, ann, message, later(minutes=1))
    elif change == "quiet_room":
        Channel.objects.update(mode=Channel.Mode.QUIET)
    else:
        Character.objects.update(status="paused")
    live_on(room, at)
    assert not Turn.objects.filter(move="ask_after").exists()
    if change != "paused":
        assert ScheduledEvent.objects.get().status == "cancelled"


@pytest.mark.parametrize("kind", ["follow_up", "birthday", "tradition", "reminder", "asked_for"])
def test_what_nobody_asked_for_waits_while_quiet_is_wanted(
    room: Channel, mara: Character, ann: Person, kind: str
) -> None:
    talk = make_conversation(room)
    make_message(talk, ann, "Hello, Mara.", at=NOON)
    make_message(talk, mara, "Hello.", at=later(seconds=9))
    hushing.hush(room, later(hours=1), later(minutes=1))
    due(kind, room, mara, ann)
    live_on(room, later(minutes=10))
    is_asked_for = kind in ("reminder", "asked_for")
    assert count_in(room) == (3 if is_asked_for else 2)
    event = ScheduledEvent.objects.get(status="triggered" if is_asked_for else "pending")
    live_on(room, later(hours=1, seconds=1))
    assert count_in(room) == 3
    event.refresh_from_db()
    assert event.status == "triggered"


def count_in(room: Channel) -> int:
    return Message.objects.filter(conversation__channel=room).count()


def due(kind: str, room: Channel, mara: Character, ann: Person) -> None:
    """Plan something of a kind for five past noon."""
    at = later(minutes=5)
    if kind == "follow_up":
        proactive.plan_word(ann, room, mara.pk, kind, "An exam", at, "How did your exam go?")
    elif kind == "birthday":
        make_event(room, person=ann, event_type="birthday", trigger_at=at)
    elif kind == "tradition":
        proposed = make_message(make_conversation(make_channel()), mara, "Let's sing on Fridays.")
        make_event(room, proposal=make_proposal(proposed), trigger_at=at, context={"what": "sing"})
    elif kind == "reminder":
        reminders.remind_at(ann, room, at, "rope", NOON)
    else:
        summoning.summon(mara, room, ann, at)


@pytest.mark.parametrize("kind", ["follow_up", "birthday", "tradition", "reminder"])
def test_a_room_in_which_somebody_may_be_in_danger_is_theirs(
    room: Channel, mara: Character, ann: Person, kind: str
) -> None:
    heard = hear(room, make_person("Bo"), NOON, content="I want to die, honestly")
    live_on(room, NOON)
    assert Message.objects.latest("pk").reply_to_id == heard.pk
    due(kind, room, mara, ann)
    live_on(room, later(minutes=6))
    assert count_in(room) == (3 if kind == "reminder" else 2)
    live_on(room, later(minutes=16))
    assert count_in(room) == 3


def test_nothing_is_noted_of_who_has_not_agreed(room: Channel, mara: Character) -> None:
    bob = make_person("Bob")
    talk = make_conversation(room)
    make_message(talk, bob, "My exam is on Friday.", at=NOON)
    assert proactive.notice(talk.pk, NOON) == 0


def test_one_who_stays_away_is_missed_once_and_not_while_away(
    room: Channel, mara: Character, ann: Person
) -> None:
    talk = make_conversation(room)
    for day in range(6):
        make_message(talk, ann, "Morning.", at=later(days=day))
    assert proactive.plan(later(days=8)) == 0
    assert proactive.plan(later(days=13)) == 1
    assert proactive.plan(later(days=14)) == 0
    event = ScheduledEvent.objects.get()
    assert (event.event_type, event.channel) == ("absence", room)
    live_on(room, later(days=13, seconds=1))
    assert "8 days" in said()[-1]
    talk.refresh_from_db()
    make_message(talk, ann, "I'm back, and away until 1 May.", at=later(days=14))
    proactive.notice(talk.pk, later(days=14))
    assert proactive.plan(later(days=40)) == 0


def test_the_day_of_a_first_meeting_is_known(room: Channel, mara: Character, ann: Person) -> None:
    ann.regarded_by.update(first_interaction_at=later(days=-365))
    make_message(make_conversation(room), ann, "Morning.", at=later(days=-1))
    assert proactive.plan(later(hours=-30)) == 0
    assert proactive.plan(later(hours=-20)) == 1
    event = ScheduledEvent.objects.get()
    assert f"{event.trigger_at:%m-%d %H}" == "03-04 09"
    live_on(room, event.trigger_at + dt.timedelta(seconds=1))
    assert "a year today since we first talked" in said()[-1]
    assert proactive.plan(later(hours=1)) == 0


@pytest.mark.parametrize("what", ["absence", "anniversary"])
def test_whoever_came_after_many_others_has_their_turn_too(
    room: Channel, mara: Character, what: str
) -> None:
    others = Person.objects.bulk_create(
        Person(username=f"visitor {n}", consent_level="full") for n in range(250)
    )
    Relationship.objects.bulk_create(
        Relationship(from_character=mara, to_person=one) for one in others
    )
    ann = make_person("Ann", consent_level="full")
    make_relationship(mara, ann, trust=0.8, affection=0.8, attunement=0.8)
    talk = make_conversation(room)
    for day in range(6):
        make_message(talk, ann, "Morning.", at=later(days=day))
    if what == "anniversary":
        ann.regarded_by.update(first_interaction_at=later(days=-358))
        Message.objects.filter(person=ann).update(created_at=later(days=6))
    with CaptureQueriesContext(connection) as asked:
        assert proactive.plan(later(days=6 if what == "anniversary" else 13)) == 1
    assert ScheduledEvent.objects.get().event_type == what
    assert len(asked) < 40  # however many there are


def test_who_sleeps_says_it_in_the_morning(room: Channel, mara: Character, ann: Person) -> None:
    Character.objects.update(active_hours_start=dt.time(8), active_hours_end=dt.time(16))
    talk = make_conversation(room)
    make_message(talk, ann, "My exam is tomorrow at 14:00.", at=NOON)
    make_message(talk, mara, "Good luck.", at=later(seconds=9))
    proactive.notice(talk.pk, later(minutes=1))
    live_on(room, later(days=1, hours=5, seconds=1))  # it has 17 o'clock
    event = ScheduledEvent.objects.get()
    assert (event.status, f"{event.trigger_at:%d %H}") == ("pending", "06 08")


# --- what comes again, and what is late -----------------------------------------------------------


def test_what_comes_again_is_a_row_each_time(room: Channel, mara: Character, ann: Person) -> None:
    event = reminders.remind(ann, room, "every day at 13:00", "water the fern", NOON)
    assert (event.is_recurring, event.recurs_since) == (True, later(hours=1))
    live_on(room, later(hours=1, seconds=1))
    assert "water the fern" in said()[-1]
    following = reminders.pending(ann).get()
    assert following.trigger_at == later(days=1, hours=1)
    assert reminders.cancel(ann, following.pk)
    live_on(room, later(days=1, hours=2))
    assert not reminders.pending(ann).exists()


def test_after_a_long_night_there_is_one_word_and_the_rest_is_missed(
    room: Channel, mara: Character, ann: Person
) -> None:
    reminders.remind(ann, room, "every day at 13:00", "water the fern", NOON)
    for what in ("call Jo", "buy rope"):
        reminders.remind(ann, room, "in 2 hours", what, NOON)
    bob = make_person("Bob")
    reminders.remind(bob, room, "in 3 hours", "mend the net", NOON)
    for minute in range(5):
        live_on(room, later(days=4, minutes=minute))
    spoken = [line for line in said() if "reminded" in line]
    assert len(spoken) == 2
    assert "water the fern" in spoken[0]
    assert "call Jo; buy rope" in spoken[0]
    assert "mend the net" in spoken[1]
    rows = ScheduledEvent.objects.filter(person=ann).order_by("trigger_at", "pk")
    assert [one.status for one in rows] == [
        "triggered", "missed", "missed", "missed", "missed", "missed", "pending",
    ]  # fmt: skip
    assert rows.last().trigger_at == later(days=4, hours=1)


def test_what_nobody_wants_to_hear_any_more_is_missed(room: Channel, ann: Person) -> None:
    ScheduledEvent.objects.create(
        person=ann, channel=room, event_type="follow_up", trigger_at=later(days=-9), title="Exam"
    )
    assert lateness.clear(room, NOON) == 1
    assert ScheduledEvent.objects.get().status == "missed"
