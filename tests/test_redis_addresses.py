"""Where Redis is: what its address may say, and what two societies on one server have of each
other."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from celery import Celery
from channels.layers import channel_layers
from django.conf import settings
from django.test import override_settings

from fishbowl.settings import broker_url, live_events, redis_number


def layer_at(number: int) -> Any:
    """The channel layer of a society whose Redis is this database of the tests' server."""
    url = f"unix://{urlsplit(settings.REDIS_URL).path}?db={number}"
    with override_settings(CHANNEL_LAYERS={"default": live_events(url)}):
        return channel_layers.make_backend("default")


async def heard_by(listener: Any, teller: Any) -> list[str]:
    """What one hears when the other, then itself, tells the watchers of channel 1."""
    seat = await listener.new_channel()
    await listener.group_add("channel.1", seat)
    await teller.group_send("channel.1", {"type": "live.event", "said": "theirs"})
    await listener.group_send("channel.1", {"type": "live.event", "said": "ours"})
    found = [(await listener.receive(seat))["said"]]
    while found[-1] != "ours":
        found.append((await listener.receive(seat))["said"])
    await listener.flush()
    await teller.flush()
    return found


def test_societies_in_two_databases_of_one_redis_do_not_hear_each_other(
    redis_client: redis.Redis,
) -> None:
    assert asyncio.run(heard_by(layer_at(61), layer_at(62))) == ["ours"]
    assert asyncio.run(heard_by(layer_at(61), layer_at(61))) == ["theirs", "ours"]


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("redis://localhost:6379", "0"),
        ("redis://localhost:6379/", "0"),
        ("rediss://:secret@redis.example:6380/7", "7"),
        ("redis://localhost:6379/7?db=3", "3"),
        ("unix:///run/redis.sock", "0"),
        ("unix:///run/redis.sock?password=secret&db=5", "5"),
    ],
)
def test_it_reads_which_database_is_meant(url: str, number: str) -> None:
    assert redis_number(url) == number


@pytest.fixture
def keeper(redis_client: redis.Redis) -> Iterator[str]:
    """A user of Redis with a password that has to be quoted."""
    redis_client.acl_setuser(
        "keeper", enabled=True, passwords=["+p@ss/word?"], keys=["*"], channels=["*"],
        categories=["+@all"],
    )  # fmt: skip
    yield "keeper"
    redis_client.acl_deluser("keeper")


def test_celery_comes_to_a_socket_under_the_name_and_number_of_the_address(keeper: str) -> None:
    path = urlsplit(settings.REDIS_URL).path
    url = broker_url(f"unix://{keeper}:p%40ss%2Fword%3F@{path}?db=63")
    with Celery("there", broker=url, set_as_current=False).connection() as there:
        client = there.default_channel.client
        assert client.acl_whoami() == keeper
        assert client.connection_pool.connection_kwargs["db"] == 63


def test_a_password_after_the_question_mark_counts_too() -> None:
    url = broker_url("unix:///run/redis.sock?password=p%40ss&db=5")
    assert url == "redis+socket://:p%40ss@/run/redis.sock?virtual_host=5"
