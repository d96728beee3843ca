"""What the bot reads of the channels' history, when much is to be read and not all goes well."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from audit.configuration import configuration
from conversations.discord import places
from conversations.discord.lanes import Lanes
from conversations.discord.reading import Reader
from conversations.models import Channel, Message
from tests.discord.bots import Bots
from tests.discord.happenings import US, picked
from tests.discord.server import DiscordServer, Kind

pytestmark = pytest.mark.django_db(transaction=True)

POISON = "Poison."


def heard() -> set[str]:
    return set(Message.objects.values_list("content", flat=True))


@pytest.fixture
def poisoned() -> Iterator[None]:
    """The database takes anything but one message."""
    with connection.cursor() as cursor:
        cursor.execute(f"""
            CREATE FUNCTION refuse_poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                IF NEW.content = '{POISON}' THEN
                    RAISE EXCEPTION 'it is poisoned' USING ERRCODE = 'data_exception';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER refuse_poison BEFORE INSERT OR UPDATE ON conversations_message
                FOR EACH ROW EXECUTE FUNCTION refuse_poison()""")
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER refuse_poison ON conversations_message")
        cursor.execute("DROP FUNCTION refuse_poison()")


@pytest.mark.usefixtures("poisoned")
def test_a_poisoned_message_of_the_history_makes_no_channel_deaf(
    discord_server: DiscordServer, bots: Bots
) -> None:
    harbour = discord_server.add_guild("Harbour", members=["Ann"])
    ann, general = harbour.person("Ann"), harbour.channel("general")
    bot = bots.ready()
    one = ann.say(general, "One.")
    bot.wait_until(lambda: heard() == {"One."})
    bot.kill()
    ann.edit(one, POISON)
    for text in ("Two.", POISON, "Three."):
        ann.say(general, text)
    bot = bots.ready()
    ann.say(general, "Four.")
    bot.wait_until(lambda: heard() == {"One.", "Two.", "Three.", "Four."})
    bot.wait_until(lambda: bot.said.count("An event of Discord was skipped") == 2)
    assert bot.lives()


def test_what_was_said_while_discord_could_not_reach_a_server_is_read_up(
    discord_server: DiscordServer, bots: Bots
) -> None:
    harbour = discord_server.add_guild("Harbour", members=["Ann"])
    ann, general = harbour.person("Ann"), harbour.channel("general")
    bot = bots.ready()
    one = ann.say(general, "One.")
    bot.wait_until(lambda: heard() == {"One."})
    harbour.set_available(False)
    ann.say(general, "Two.")
    ann.edit(one, "One!")
    harbour.set_available(True)
    bot.wait_until(lambda: heard() == {"One!", "Two."})
    ann.say(general, "Three.")
    bot.wait_until(lambda: heard() == {"One!", "Two.", "Three."})
    assert Channel.objects.get(discord_id=general.id).mode == Channel.Mode.LIVE


def test_many_channels_are_read_up_without_storming_discord(
    discord_server: DiscordServer, bots: Bots
) -> None:
    rooms = [f"room-{number}" for number in range(120)]
    harbour = discord_server.add_guild(
        "Harbour", channels=rooms, members=[f"P{number}" for number in range(12)]
    )
    bot = bots.ready()
    bot.wait_until(lambda: Channel.objects.count() == len(rooms))
    bot.kill()
    for number, name in enumerate(rooms):
        harbour.person(f"P{number % 12}").say(harbour.channel(name), f"In {name}.")
    discord_server.rate_limited.clear()
    bot = bots.ready()
    bot.wait_until(lambda: len(heard()) == len(rooms))
    assert discord_server.rate_limited == []


class Pages:
    """A bot of whose server one page is under way, and comes when it is let."""

    user, us = None, US

    def __init__(self) -> None:
        self.http = SimpleNamespace(logs_from=self._page)
        self.asked = 0
        self.is_asked, self.may_come = asyncio.Event(), asyncio.Event()

    def get_channel(self, channel_id: int) -> None:
        return None

    get_partial_messageable = get_channel

    async def _page(self, channel_id: int, limit: int, **more: Any) -> list[Any]:
        self.asked += 1
        self.is_asked.set()
        await self.may_come.wait()
        return []


@pytest.mark.parametrize("what", ["something is left out", "a session begins"])
def test_what_is_lost_while_a_channel_is_read_is_read_up(what: str) -> None:
    channel = picked()

    async def read() -> int:
        pages = Pages()
        reader = Reader(pages, Lanes())  # type: ignore[arg-type]
        reading = asyncio.create_task(reader.be_current(channel.discord_id or 0))
        await pages.is_asked.wait()
        if what == "a session begins":
            reader.begin_anew()
        else:
            reader.lose(channel.discord_id or 0)
        pages.may_come.set()
        await reading
        for _ in range(2):
            await reader.be_current(channel.discord_id or 0)
        return pages.asked

    assert asyncio.run(read()) == 2


def test_a_thread_that_was_begun_while_the_bot_was_away_is_read_from_its_beginning(
    discord_server: DiscordServer, bots: Bots
) -> None:
    harbour = discord_server.add_guild("Harbour", members=["Ann"])
    ann, general = harbour.person("Ann"), harbour.channel("general")
    forum = harbour.add_channel("questions", kind=Kind.FORUM)
    bot = bots.ready()
    bot.wait_until(lambda: Channel.objects.count() == 2)
    ann.say(general, "One.")
    bot.wait_until(lambda: heard() == {"One."})
    bot.kill()
    for place, text in ((general, "In a thread."), (forum, "In a post.")):
        ann.say(ann.start_thread(place, "plans"), text)
    bot = bots.ready()
    bot.wait_until(lambda: heard() == {"One.", "In a thread.", "In a post."})


def test_of_a_thread_nothing_is_read_that_was_said_before_its_channel_was_picked(
    discord_server: DiscordServer, bots: Bots
) -> None:
    configuration.set_value("discord_inbound", "new_channel_mode", "muted")
    configuration.forget_cached()
    harbour = discord_server.add_guild("Harbour", members=["Ann"])
    ann, general = harbour.person("Ann"), harbour.channel("general")
    bot = bots.ready()
    bot.wait_until(Channel.objects.exists)
    bot.kill()
    thread = ann.start_thread(general, "plans")
    ann.say(thread, "Among ourselves.")
    places.set_mode(Channel.objects.get(), Channel.Mode.LIVE)
    ann.say(thread, "For all.")
    bot = bots.ready()
    bot.wait_until(lambda: heard() == {"For all."})
