""" "On my birthday" is a time: in what one asks to be reminded of, and in a question."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from characters.models import Person
from conversations.initiative import moments, reminders
from conversations.models import Channel, ScheduledEvent
from conversations.text import Refused
from conversations.wishes import granting
from memories.recall.asking import Asker
from memories.recall.times import window
from tests.builders import NOON, make_channel, make_character, make_memory, make_person
from tests.memories.recalling import ask, make_wren

UTC = ZoneInfo("UTC")
BORN = dt.date(1990, 5, 1)  # it is 4 March 2026


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("on my birthday", "2026-05-01 09:00"),
        ("on my next birthday at 18:30", "2026-05-01 18:30"),
        ("the day before my birthday", "2026-04-30 09:00"),
        ("a week before my birthday at noon", "2026-04-24 12:00"),
        ("2 days after my birthday", "2026-05-03 09:00"),
        ("on the evening of my birthday", "2026-05-01 19:00"),
    ],
)
def test_it_is_read_as_a_moment(text: str, at: str) -> None:
    assert moments.read(text, NOON, UTC, BORN) == dt.datetime.fromisoformat(f"{at}+00:00")
    assert moments.read(text, NOON, UTC) is None


@pytest.mark.parametrize(
    ("now", "text", "at"),
    [
        ("2026-05-01 08:00", "on my birthday", "2026-05-01 09:00"),
        ("2026-05-01 10:00", "on my birthday", "2027-05-01 09:00"),
        ("2026-05-01 10:00", "on my birthday at 20:00", "2026-05-01 20:00"),
        ("2026-05-01 10:00", "the day after my birthday", "2026-05-02 09:00"),
    ],
)
def test_on_the_day_itself_it_is_that_day_while_there_is_time(now: str, text: str, at: str) -> None:
    found = moments.read(text, dt.datetime.fromisoformat(f"{now}+00:00"), UTC, BORN)
    assert found == dt.datetime.fromisoformat(f"{at}+00:00")


@pytest.mark.parametrize("text", ["my birthday", "for my birthday", "on my birthdays", "birthday"])
def test_what_is_of_a_birthday_is_no_moment(text: str) -> None:
    assert moments.read(text, NOON, UTC, BORN) is None


def test_who_was_born_in_february_has_one_each_year() -> None:
    leap = dt.date(1992, 2, 29)
    assert moments.read("on my birthday", NOON, UTC, leap) == dt.datetime(
        2027, 3, 1, 9, tzinfo=dt.UTC
    )


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("What did we do on my birthday?", "2025-05-01"),
        ("What did I say on my last birthday?", "2025-05-01"),
        ("Who came on my birthday in 2024?", "2024-05-01"),
        ("Who danced on my birthday last year?", "2025-05-01"),
        ("What are we doing on my birthday?", "2026-05-01"),
        ("Who will come on my next birthday?", "2026-05-01"),
    ],
)
def test_a_question_means_the_day(text: str, day: str) -> None:
    found = window(text, NOON, BORN)
    assert found is not None
    assert (found.since.date().isoformat(), found.until - found.since) == (day, dt.timedelta(1))


@pytest.mark.parametrize("text", ["When is my birthday?", "What did I get for my birthday?"])
def test_a_question_for_the_day_itself_means_no_time(text: str) -> None:
    assert window(text, NOON, BORN) is None


@pytest.fixture
def ann(db: None) -> Person:
    return make_person("Ann", birthday=BORN, timezone="UTC")


def test_recall_finds_what_was_on_that_day(ann: Person) -> None:
    wren = make_wren()
    for month in range(1, 13):
        at = dt.datetime(2025, month, 1, 20, tzinfo=dt.UTC)
        make_memory(wren, f"The choir sang {month + 3} songs.", occurred_at=at)

    def first() -> int:
        asked = Asker(person=ann.pk)
        return ask(wren, "What did the choir sing on my birthday?", asked_by=asked)[
            0
        ].occurred_at.month

    assert first() == 5
    Person.objects.filter(pk=ann.pk).update(birthday=dt.date(1990, 9, 1))
    assert first() == 9


@pytest.mark.parametrize(
    ("when", "at", "again"),
    [
        ("on my birthday at 18:00", "2026-05-01 18:00", ""),
        ("my birthday", "2026-05-01 09:00", ""),
        ("every year on my birthday at 8:00", "2026-05-01 08:00", "FREQ=YEARLY"),
    ],
)
def test_one_is_reminded_on_it(ann: Person, when: str, at: str, again: str) -> None:
    event = reminders.remind(ann, make_channel(), when, "call mum", NOON)
    assert event.trigger_at == dt.datetime.fromisoformat(f"{at}+00:00")
    assert event.recurrence_rule == again


def test_who_has_told_none_is_asked_for_it(db: None) -> None:
    with pytest.raises(Refused) as refused:
        reminders.remind(make_person("Bob"), make_channel(), "on my birthday", "rope", NOON)
    assert "/birthday" in refused.value.remedy


def test_plain_words_do_as_well(ann: Person, redis_client: object) -> None:
    make_character("Mara")
    room: Channel = make_channel("harbour")
    said = "Mara, remind me the day before my birthday to bake a cake for my birthday."
    granting.hear_out(room, ann, NOON, content=said)
    event = ScheduledEvent.objects.get(event_type="reminder")
    assert event.trigger_at == dt.datetime(2026, 4, 30, 9, tzinfo=dt.UTC)
    assert event.context["what"].startswith("bake a cake for my birthday")
