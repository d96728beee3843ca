"""Threads that were put into the archive, or locked: nobody speaks there who wasn't asked to."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from conversations.discord import inbound, places
from conversations.discord.facts import Place
from conversations.floor import director
from conversations.initiative import reminders
from conversations.models import Channel, Message, Turn
from conversations.wishes.hushing import is_hushed
from tests.builders import make_character, make_conversation, make_message, make_turn
from tests.discord.bots import Bots
from tests.discord.happenings import US, guild, picked, said, somewhere
from tests.discord.server import DiscordServer

pytestmark = pytest.mark.django_db(transaction=True)

HARBOUR = somewhere()


def thread(**fields: Any) -> Place:
    return somewhere(711, parent=HARBOUR, **fields)


@pytest.fixture
def tea(db: None) -> Channel:
    """A thread of a channel in which characters begin talk, and somebody who would."""
    picked(HARBOUR)
    make_character("Mara")
    return picked(thread(name="tea"))


def is_quiet(channel: Channel) -> bool:
    channel.refresh_from_db()
    return is_hushed(channel, timezone.now())


def test_nobody_takes_a_thread_out_of_the_archive_by_beginning_talk(tea: Channel) -> None:
    places.take_in_channel(thread(is_archived=True))
    assert is_quiet(tea)
    assert director.look(tea.pk) is None
    places.take_in_channel(thread(is_archived=True))
    places.take_in_channel(thread())
    assert not is_quiet(tea)
    assert tea.next_look_at is not None
    assert tea.next_look_at <= timezone.now()


def test_what_was_about_to_be_said_to_nobody_is_dropped(tea: Channel) -> None:
    conversation = make_conversation(tea)
    make_message(conversation, make_character("Odile"), "The tide is out.")
    turn = make_turn(conversation, make_character("Tam"))
    places.take_in_channel(thread(is_archived=True))
    turn.refresh_from_db()
    assert turn.status == Turn.Status.ABANDONED


def test_who_writes_there_takes_it_out_and_is_answered(tea: Channel) -> None:
    places.take_in_channel(thread(is_archived=True))
    heard = inbound.receive(said("Mara, is there tea?", place=thread()), US)
    assert not is_quiet(tea)
    assert director.look(tea.pk).answers == heard


def test_who_asked_to_be_reminded_there_is(tea: Channel) -> None:
    asked = inbound.receive(said("Is there tea?", place=thread()), US)
    assert asked is not None
    assert asked.person is not None
    event = reminders.remind(asked.person, tea, "in 1 minute", "the kettle", timezone.now())
    places.take_in_channel(thread(is_archived=True))
    turn = director.look(tea.pk, event.trigger_at)
    assert turn.trigger == "event"


def test_what_was_archived_while_the_bot_was_away_is_noticed(tea: Channel) -> None:
    places.take_in_guild(guild(HARBOUR, thread()))
    assert not is_quiet(tea)
    places.take_in_guild(guild(HARBOUR))
    assert is_quiet(tea)
    tea.refresh_from_db()
    assert (tea.removed_at, tea.mode) == (None, Channel.Mode.LIVE)


def test_the_gateway_tells_of_the_archive_and_of_locks(
    discord_server: DiscordServer, bots: Bots
) -> None:
    harbour = discord_server.add_guild("Harbour", members=["Ann"])
    ann, general = harbour.person("Ann"), harbour.channel("general")
    bot = bots.ready()
    plans = ann.start_thread(general, "plans")
    room = Channel.objects.filter(discord_id=plans.id)
    quiet = room.filter(hushed_until__isnull=False)
    bot.wait_until(room.exists)
    plans.change(is_archived=True)
    bot.wait_until(quiet.exists)
    ann.say(plans, "One more thing.")
    bot.wait_until(lambda: Message.objects.filter(content="One more thing.").exists())
    bot.wait_until(lambda: not quiet.exists())
    harbour.bot_role.allow("manage_threads")  # it might, and doesn't
    plans.change(is_locked=True)
    bot.wait_until(room.filter(send_trouble__contains="locked").exists)
    plans.change(is_archived=True)
    bot.wait_until(quiet.exists)
    plans.change(is_archived=False, is_locked=False)
    bot.wait_until(room.filter(send_trouble="", hushed_until=None).exists)
    assert "skipped" not in bot.said
