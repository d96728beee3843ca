"""A channel's webhook: there is one, and where its keepers move it to, nothing is said by it."""

from __future__ import annotations

import asyncio

import pytest

from conversations.corrections import edit_message, remove_message
from conversations.discord import outbox
from conversations.discord.cargo import Hook, room_of
from conversations.discord.rest import Rest
from conversations.discord.webhooks import Webhooks
from conversations.models import Channel, Conversation
from tests.builders import make_character, make_conversation, make_message
from tests.discord.bots import Bots
from tests.discord.sending import Stage
from tests.discord.server import DiscordServer

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_it_said_elsewhere_is_taken_back_and_said_here(stage: Stage) -> None:
    elsewhere = stage.guild.add_channel("for-all")
    stage.say(make_character("Mara"), "First.")
    stage.send()
    (moved,) = stage.place.webhooks
    moved.move(elsewhere)
    stage.say(make_character("Tam"), "Second.")
    stage.send()
    assert (stage.texts(), stage.texts(elsewhere)) == (["First.", "Second."], [])
    stage.channel.refresh_from_db()
    assert stage.channel.webhook_id == stage.place.webhooks[0].id
    assert stage.channel.send_trouble == ""


def test_a_thread_of_the_channel_is_not_taken_for_gone(stage: Stage) -> None:
    elsewhere = stage.guild.add_channel("for-all")
    thread = stage.guild.person("Ann").start_thread(stage.place, "tea")
    room = stage.take_in(thread, parent=stage.channel)
    talk = make_conversation(room)
    stage.say(make_character(), "In here.", talk)
    stage.send()
    stage.place.webhooks[0].move(elsewhere)
    stage.say(make_character(), "Still in here.", talk)
    stage.send()
    assert stage.texts(thread)[-2:] == ["In here.", "Still in here."]
    assert stage.texts(elsewhere) == []
    room.refresh_from_db()
    assert room.removed_at is None


def test_what_it_had_said_here_is_still_taken_away(stage: Stage) -> None:
    stage.place.allow(stage.server.bot, "MANAGE_MESSAGES")
    elsewhere = stage.guild.add_channel("for-all")
    one, other = stage.say(make_character(), "Mended."), stage.say(make_character(), "Regretted.")
    stage.send()
    stage.place.webhooks[0].move(elsewhere)
    remove_message(other.pk)
    stage.send()
    stage.wait(seconds=5)
    stage.send()
    assert stage.texts() == ["Mended."]
    edit_message(one.pk, "Mended now.")
    stage.send()
    assert "no more" in stage.delivery(one).error


def test_who_was_second_to_make_one_takes_it_away_again(stage: Stage) -> None:
    first = outbox.keep_webhook(room_of(stage.channel), Hook(71, "of-another-process"))

    async def made_meanwhile() -> Hook:
        async with Rest(str(stage.server.token)) as rest:
            return await Webhooks(rest, stage.us).of(room_of(stage.channel))

    assert asyncio.run(made_meanwhile()) == first
    assert stage.asked("POST /channels/*/webhooks") == 1
    assert stage.place.webhooks == []


def test_the_bot_hears_of_it_and_says_nothing_elsewhere(
    discord_server: DiscordServer, bots: Bots
) -> None:
    guild = discord_server.add_guild("Harbour", channels=["general", "for-all"])
    general, elsewhere = guild.channel("general"), guild.channel("for-all")
    bot = bots.ready()
    found = Channel.objects.filter(discord_id=general.id)
    bot.wait_until(found.exists)
    talk: Conversation = make_conversation(found.get())
    make_message(talk, make_character("Mara"), "First.")
    bot.wait_until(lambda: [m.content for m in discord_server.messages(general)] == ["First."])
    bot.wait_until(found.filter(webhook_id__isnull=False).exists)
    (moved,) = general.webhooks
    moved.move(elsewhere)
    bot.wait_until(found.filter(webhook_id__isnull=True).exists)
    make_message(talk, make_character("Tam"), "Second.")
    bot.wait_until(lambda: len(discord_server.messages(general)) == 2)
    posts = [
        r.path for r in discord_server.requests if r.method == "POST" and "/webhooks/" in r.path
    ]
    assert sum(path.startswith(f"/webhooks/{moved.id}/") for path in posts) == 1
    assert discord_server.messages(elsewhere) == []
