"""What is asked often reads no more the longer a society has talked: of the rows that there are in
the end, those that it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from audit.models import LLMCall, MetricRollup
from audit.operation import keeping, metrics
from characters.models import Character
from conversations.afterwards import observe
from conversations.care import care_daily
from conversations.models import (
    Channel,
    Conversation,
    ConversationContext,
    Message,
    Participant,
    Reliance,
)
from conversations.people import erasure
from conversations.tank import tank
from tests.builders import (
    NOON,
    make_call,
    make_channel,
    make_character,
    make_conversation,
    make_message,
    make_person,
)

pytestmark = pytest.mark.django_db
LONG_AGO = NOON - dt.timedelta(days=300)
_READ = """
    SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables
    WHERE relname = ANY(%s)
"""


def read_of(do: Callable[[], object], *tables: str) -> int:
    """How many rows of these tables something reads."""
    with connection.cursor() as cursor:
        found = []
        for step in (lambda: None, do):
            step()
            cursor.execute(_READ, [list(tables)])
            found.append(int(cursor.fetchone()[0]))
    return found[1] - found[0]


def talked(room: Channel, talks: int, messages: int) -> None:
    """Talks in a room that were over long ago, each of so many messages, and observed."""
    bram = make_character()
    made = Conversation.objects.bulk_create(
        Conversation(
            channel=room,
            status="closed",
            message_count=messages,
            **dict.fromkeys(("started_at", "last_message_at", "closed_at"), LONG_AGO),
        )
        for _ in range(talks)
    )
    ConversationContext.objects.bulk_create(
        ConversationContext(conversation=one, observed_to=messages) for one in made
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _SAID,
            {
                "talks": [one.pk for one in made],
                "who": bram.pk,
                "many": messages,
                "at": LONG_AGO,
            },
        )
        cursor.execute("ANALYZE")


_SAID = """
    INSERT INTO conversations_message (conversation_id, number, character_id, role, content,
      created_at, client_nonce, is_call, is_request, is_off_record, has_images, image_urls,
      token_count, sentiment, emotion)
    SELECT talk, n, %(who)s, 'assistant', 'The tide is out.', %(at)s, '', false, false, false,
      false, '[]', 0, 0, ''
    FROM unnest(%(talks)s::bigint[]) AS talk, generate_series(1, %(many)s) AS n ORDER BY talk, n
"""


def test_a_room_that_is_silent_is_shown_without_what_was_said_elsewhere_since() -> None:
    quiet = make_channel("attic")
    talked(quiet, talks=100, messages=30)
    said = list(Message.objects.order_by("pk").values_list("pk", flat=True))
    talked(make_channel("bar"), talks=1000, messages=40)
    seen: dict[str, object] = {}

    def look() -> None:
        seen["latest"] = [one.pk for one in tank.latest_messages(quiet.pk)]
        seen["before"] = [one.pk for one in tank.latest_messages(quiet.pk, said[-7])]
        seen["after"] = [one.pk for one in tank.messages_after(quiet.pk, said[-7])[0]]
        seen["missed"] = tank.catch_up([(quiet.pk, said[-1])])[0]["messages"]

    assert read_of(look, "conversations_message") < 15_000
    assert seen == {
        "latest": said[-50:], "before": said[-57:-7], "after": said[-6:], "missed": []
    }  # fmt: skip


def test_of_who_talks_on_discord_alone_no_line_is_looked_for_among_all() -> None:
    talked(make_channel("far", discord_id=7), talks=400, messages=50)
    bram, found = Character.objects.get(), []
    Participant.objects.bulk_create(
        Participant(conversation=one, character=bram, joined_at=LONG_AGO)
        for one in Conversation.objects.all()
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE conversations_participant")
    read = read_of(lambda: found.extend(tank.latest_of(bram, 12)), "conversations_message")
    assert found == [] and read < 8 * tank.LOOKED_AT


def test_the_lines_of_a_character_are_its_latest_that_may_be_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tank, "LOOKED_AT", 4)
    bram, here, far = make_character(), make_channel("attic"), make_channel("far", discord_id=7)
    others = (make_channel("secret", is_private=True), make_channel("bar", is_nsfw=True))
    talks = [
        make_conversation(room, status="closed")
        for room in (here, far, here, *others)
        for _ in "ab"
    ]
    told = [
        make_message(talks[n % len(talks)], bram, at=NOON + dt.timedelta(minutes=n % 17, hours=n))
        for n in range(60)
    ]
    told.append(make_message(talks[0], bram, at=NOON, deleted_at=NOON))
    make_message(talks[0], make_character(), at=NOON)
    late = make_conversation(far, status="closed")
    for elsewhere in (0, 6):  # nothing since, and more than is looked at
        for n in range(elsewhere):
            make_message(late, bram, at=NOON + dt.timedelta(days=9, minutes=n))
        for most in (1, 3, 12, 100):
            shown = [one for one in told if one.conversation.channel == here and not one.deleted_at]
            shown.sort(key=lambda one: one.created_at, reverse=True)
            assert tank.latest_of(bram, most) == shown[:most]
    Conversation.objects.filter(pk=talks[0].pk).update(is_adult=True)
    assert {one.conversation_id for one in tank.latest_of(bram, 100)} == {
        talk.pk for talk in (talks[1], *talks[4:6])
    }


def test_what_was_said_since_a_line_that_is_gone_is_found() -> None:
    """Somebody was forgotten while a page that had shown them was closed."""
    room, ada = make_channel("attic"), make_person("Ada")
    talk, later = make_conversation(room, status="closed"), make_conversation(room)
    said = [make_message(one, ada).pk for one in (talk, talk, later, later)]
    Message.objects.filter(pk=said[1]).delete()
    after, before = tank.messages_after(room.pk, said[1]), tank.latest_messages(room.pk, said[1])
    assert [one.pk for one in after[0]] == said[2:]
    assert [one.pk for one in before] == said[:1]


def test_each_room_shows_how_its_own_talks_ended() -> None:
    quiet, bar = make_channel("attic"), make_channel("bar")
    make_message(make_conversation(quiet, status="closed", close_reason="farewell"), make_person())
    talked(bar, talks=200, messages=1)
    states: dict[int, Any] = {}
    read = read_of(
        lambda: states.update(tank.states([quiet.pk, bar.pk])), "conversations_conversation"
    )
    assert read < 100
    assert list(states[quiet.pk]["closed"].values()) == ["farewell"]
    assert len(states[bar.pk]["closed"]) == tank.CONVERSATIONS


def test_what_is_to_be_observed_is_found_among_what_is_not_long_over() -> None:
    talked(make_channel("bar"), talks=2000, messages=1)
    talk = make_conversation(make_channel("attic"))
    make_message(talk, make_person("Ada"), at=NOON - dt.timedelta(hours=1))
    due: list[int] = []
    tables = ("conversations_conversation", "conversations_conversationcontext")
    assert read_of(lambda: due.extend(observe.due(NOON)), *tables) < 100
    assert due == [talk.pk]


def test_answers_that_came_late_are_looked_for_among_the_latest_calls() -> None:
    """A call that was under way while somebody was forgotten may be answered after it."""
    LLMCall.objects.bulk_create(
        LLMCall(purpose="speak", provider="test", model="a", status="done", started_at=LONG_AGO)
        for _ in range(2000)
    )
    late = make_call(started_at=NOON, request={"erased": True}, response="Ada said so.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relname LIKE 'audit_llmcall%%'")
        parts = [name for (name,) in cursor.fetchall()]
        cursor.execute("ANALYZE audit_llmcall")
    assert read_of(lambda: erasure.sweep(NOON + dt.timedelta(hours=1)), *parts) < 200
    late.refresh_from_db()
    assert late.response == ""


def test_a_fresh_process_finds_until_when_hours_were_summed_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    MetricRollup.objects.bulk_create(
        MetricRollup(
            metric_name="m",
            hour=NOON - dt.timedelta(hours=n),
            count=1,
            **dict.fromkeys(("total", "least", "most", "median", "p95"), 1.0),
        )
        for n in range(1, 3001)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE audit_metricrollup")
    monkeypatch.setattr(metrics, "_rolled_to", None)

    def keep() -> None:
        metrics.roll_up_rest(NOON)
        keeping.let_go(NOON)

    assert read_of(keep, "audit_metricrollup") < 100
    assert MetricRollup.objects.count() == 3000


@pytest.mark.parametrize("people", [3, 30])
def test_a_day_of_everybody_is_counted_at_once(people: int) -> None:
    talk = make_conversation(started_at=NOON - dt.timedelta(days=1))
    for n in range(people):
        ada = make_person(f"Ada {n}", consent_level="full")
        Reliance.objects.create(person=ada, day=NOON.date() - dt.timedelta(days=2), streak=n)
        make_message(talk, ada, "Morning.", at=NOON - dt.timedelta(days=1))
    asked: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        assert care_daily.count_days(NOON) == people
    assert len(asked) <= 12
    yesterday = Reliance.objects.filter(day=NOON.date() - dt.timedelta(days=1)).order_by(
        "person_id"
    )
    assert [one.streak for one in yesterday] == list(range(1, people + 1))
