"""Which messages of a channel's history are read after a pause."""

from __future__ import annotations

import datetime as dt
from typing import Any

import aiohttp
import pytest
import redis
from django.utils import timezone

from audit.configuration import configuration
from conversations.discord import catchup, inbound, places
from conversations.discord.catchup import Gap, gap_of, missed
from conversations.discord.facts import snowflake
from conversations.models import Channel, Conversation, Delivery, DeliveryPart, Message
from tests.builders import make_character, make_conversation, make_message
from tests.discord.happenings import US, picked, said, somewhere


class History:
    """A channel with messages 1 to `last`, read as Discord has it read."""

    def __init__(self, last: int, *errors: Exception) -> None:
        self.ids = list(range(1, last + 1))
        self.errors = list(errors)
        self.asked: list[tuple[int, int | None, int | None]] = []

    async def read(
        self, channel_id: int, limit: int, before: int | None, after: int | None
    ) -> list[Any]:
        self.asked.append((limit, before, after))
        if self.errors:
            raise self.errors.pop(0)
        if after is not None:
            found = [key for key in self.ids if key > after][:limit]
        else:
            found = [key for key in self.ids if before is None or key < before][-limit:]
        return [{"id": str(key)} for key in reversed(found)]


async def read_ids(history: History, after: int, most: int = 500) -> list[int]:
    return [int(one["id"]) for one in await missed(Gap(7, after, most), history.read)]


@pytest.mark.parametrize("after", [0, 1, 99, 150, 249, 250])
async def test_all_after_the_last_known_is_read_in_order(after: int) -> None:
    assert await read_ids(History(250), after) == list(range(after + 1, 251))


async def test_a_short_gap_is_one_request() -> None:
    history = History(250)
    await read_ids(history, 240)
    assert history.asked == [(100, None, 240)]


async def test_of_a_long_gap_the_newest_is_read() -> None:
    assert await read_ids(History(5000), 10, most=230) == list(range(4771, 5001))


async def test_exactly_a_page_is_no_less() -> None:
    assert await read_ids(History(200), 100) == list(range(101, 201))


async def test_where_nothing_may_be_read_nothing_is_asked() -> None:
    history = History(10)
    assert await read_ids(history, 0, most=0) == []
    assert history.asked == []


async def test_a_server_that_is_away_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catchup, "FIRST_PAUSE_S", 0.001)
    history = History(5, aiohttp.ClientError("away"), OSError("away"), TimeoutError())
    assert await read_ids(history, 2) == [3, 4, 5]


async def test_what_is_no_message_is_left_out() -> None:
    async def read(*_: object) -> list[Any]:
        return [None, {"id": None}, {"id": "12"}, {"content": "?"}, {"id": "11"}, {"id": "11"}]

    assert [one["id"] for one in await missed(Gap(7, 0, 50), read)] == ["11", "12"]


@pytest.mark.django_db
def test_the_gap_begins_at_the_last_message_and_not_too_long_ago() -> None:
    channel = picked()
    Channel.objects.filter(pk=channel.pk).update(seen_to=snowflake(timezone.now()) + 5)
    channel.refresh_from_db()
    assert gap_of(710).after == channel.seen_to
    Channel.objects.filter(pk=channel.pk).update(seen_to=5)
    now = timezone.now()
    assert gap_of(710, now).after == snowflake(now - dt.timedelta(hours=48))
    configuration.set_value("discord_inbound", "catch_up_hours", 1)
    configuration.forget_cached()
    assert gap_of(710, now).after == snowflake(now - dt.timedelta(hours=1))


@pytest.mark.django_db
def test_where_nobody_listens_there_is_no_gap() -> None:
    places.room_for(somewhere())
    assert gap_of(710) is None
    assert gap_of(99) is None


EDITED = "2026-03-04T12:00:05+00:00"


def test_what_became_of_the_last_messages_is_told_by_a_page() -> None:
    at = dt.datetime.fromisoformat(EDITED)
    known = {10: None, 11: None, 12: at, 13: at - dt.timedelta(seconds=1), 14: None, 5: None}
    page = [
        {"id": "10", "edited_timestamp": None},
        {"id": "12", "edited_timestamp": EDITED},
        {"id": "13", "edited_timestamp": EDITED},
        {"id": "14", "edited_timestamp": "soon"},
        {"id": "15", "edited_timestamp": EDITED},
    ]
    assert catchup.removed(known, page) == [11]
    assert [one["id"] for one in catchup.edited(known, page)] == ["13"]
    assert catchup.removed(known, []) == []  # the bot may not read the history


@pytest.mark.django_db
def test_of_what_is_compared_all_is_recent_and_listened_to() -> None:
    picked()
    old, new = (said("Ahoy.", at=timezone.now() - dt.timedelta(days=days)) for days in (3, 0))
    inbound.receive(old, US)
    inbound.receive(new, US)
    assert Message.objects.count() == 2
    assert catchup.known_lately(710) == {new.id: None}
    Channel.objects.update(mode=Channel.Mode.MUTED)
    assert catchup.known_lately(710) == {}


@pytest.mark.django_db
def test_of_a_long_line_every_part_is_compared_and_of_no_other_channels() -> None:
    for place, first in ((710, 1000), (711, 2000)):
        line = make_message(
            make_conversation(picked(somewhere(place))), make_character(), "Long.",
            discord_message_id=first,
        )  # fmt: skip
        sent = Delivery.objects.get(message=line, surface="discord")
        for number in range(3):
            DeliveryPart.objects.create(
                delivery=sent, number=number, digest="x", discord_id=first + number
            )
    known = catchup.known_lately(710)
    assert known == {1000: None, 1001: catchup.AFTER_ALL, 1002: catchup.AFTER_ALL}
    shown = [{"id": str(key), "edited_timestamp": EDITED} for key in (1000, 1001)]
    assert catchup.removed(known, shown) == [1002]
    assert [one["id"] for one in catchup.edited(known, shown)] == ["1000"]


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "is_woken"), [(1, False), (10, True), (45, False)])
def test_the_room_is_looked_at_once_if_there_is_still_use_in_it(
    redis_client: redis.Redis, minutes: int, is_woken: bool
) -> None:
    picked()
    picked(somewhere(711))
    inbound.receive(said("Nobody missed this.", place=somewhere(711)), US)
    sent = said("Anybody?", at=timezone.now() - dt.timedelta(minutes=minutes))
    inbound.receive(sent, US)
    Conversation.objects.update(next_turn_at=None)
    assert catchup.look_once(710, sent) == is_woken
    woken = Conversation.objects.filter(next_turn_at__isnull=False)
    assert list(woken.values_list("channel__discord_id", flat=True)) == [710] * is_woken
