"""What the bot and everybody else may do in a channel, as the gateway tells of it at any time."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from audit.models import Alert
from audit.operation import alerts
from conversations.corrections import remove_message
from conversations.discord import inbound, outbox, places
from conversations.discord.facts import UNREAD
from conversations.discord.unread import unread_channels
from conversations.floor import director
from conversations.models import Channel, Message, Turn
from conversations.wishes import standing
from tests.builders import make_channel, make_character, make_community
from tests.discord.bots import Bots
from tests.discord.happenings import US, picked, said, somewhere
from tests.discord.sending import Stage
from tests.discord.server import DiscordServer, Guild
from tests.discord.server.kinds import Kind

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def harbour(discord_server: DiscordServer) -> Guild:
    return discord_server.add_guild("Harbour", channels=["general", "boats"], members=["Ann"])


def test_what_a_role_takes_from_everybody_makes_channels_private(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    general = harbour.channel("general")
    harbour.bot_role.allow("view_channel", "send_messages", "send_messages_in_threads")
    bot = bots.ready()
    thread = harbour.person("Ann").start_thread(general, "plans")
    rooms = Channel.objects.filter(discord_id__in=[general.id, thread.id])
    bot.wait_until(lambda: rooms.filter(is_private=False).count() == 2)
    harbour.everyone.deny("view_channel")
    bot.wait_until(lambda: rooms.filter(is_private=True).count() == 2)
    harbour.everyone.allow("view_channel")
    bot.wait_until(lambda: rooms.filter(is_private=False).count() == 2)
    assert not rooms.exclude(send_trouble="").exists()


def test_where_the_bot_may_not_see_or_write_its_characters_wait(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    general, us = harbour.channel("general"), discord_server.bot
    bot = bots.ready()
    room = Channel.objects.filter(discord_id=general.id)
    bot.wait_until(room.filter(send_trouble="").exists)
    general.deny(us, "view_channel")
    bot.wait_until(room.filter(send_trouble__contains="View Channel").exists)
    general.restore(us)
    bot.wait_until(room.filter(send_trouble="").exists)
    harbour.everyone.deny("send_messages")
    harbour.bot_role.deny("send_messages")
    bot.wait_until(room.filter(send_trouble__contains="Send Messages").exists)
    harbour.bot_role.allow("send_messages")
    bot.wait_until(room.filter(send_trouble="").exists)


def test_a_bot_that_is_timed_out_waits_for_its_end_which_nobody_tells(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    bot = bots.ready()
    room = Channel.objects.filter(discord_id=harbour.channel("general").id)
    bot.wait_until(room.exists)
    discord_server.bot.be_timed_out(harbour, timezone.now() + dt.timedelta(seconds=3))
    bot.wait_until(room.filter(send_trouble__contains="Send Messages").exists)
    bot.wait_until(room.filter(send_trouble="").exists)


def test_what_is_missing_when_the_bot_comes_is_told_and_in_threads_too(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    general, boats = harbour.channel("general"), harbour.channel("boats")
    thread = harbour.person("Ann").start_thread(boats, "plans")
    general.deny(discord_server.bot, "send_messages")
    boats.deny(discord_server.bot, "send_messages_in_threads")
    bot = bots.ready()
    trouble = Channel.objects.exclude(send_trouble="")
    bot.wait_until(lambda: trouble.count() == 2)
    told = dict(trouble.values_list("discord_id", "send_trouble"))
    assert told[general.id].endswith("Send Messages.")
    assert told[thread.id].endswith("Send Messages in Threads.")
    assert "skipped" not in bot.said


def told() -> list[str]:
    alerts.watch()
    return list(Alert.objects.filter(closed_at=None).values_list("detail", flat=True))


def test_keepers_are_told_of_no_channel_to_which_nobody_listens() -> None:
    here = make_community(name="Harbour", discord_id=711)
    other, left = make_community(discord_id=712), make_community(discord_id=713, is_active=False)

    def unread(name: str, discord_id: int | None, **fields: object) -> None:
        where = {"community": here, "read_trouble": "No history.", **fields}
        make_channel(name, discord_id=discord_id, **where)

    unread("muted", 1, mode=Channel.Mode.MUTED)
    unread("gone", 2, removed_at=timezone.now())
    unread("here", None)
    unread("read", 3, read_trouble="")
    unread("left", 4, community=left)
    assert list(unread_channels(timezone.now())) == []
    for number in range(7):
        unread(f"room-{number}", 10 + number)
        if number == 3:
            unread("aft", 20, community=other)
    first, second = sorted(unread_channels(timezone.now()), key=lambda one: len(one.detail))
    assert (first.detail, first.subject) == (f"#aft of {other.name}: No history.", other.name)
    names = ", ".join(f"#room-{number}" for number in range(5))
    assert second.detail == f"{names} and 2 more of Harbour: No history."


def test_where_the_bot_may_not_read_back_keepers_are_told_once_and_talk_goes_on(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    """Discord shows it an empty history, which looks like one in which nothing was said."""
    general, ann, us = harbour.channel("general"), harbour.person("Ann"), discord_server.bot
    bot = bots.ready()
    ann.say(general, "Good evening.")
    bot.wait_until(Message.objects.filter(content="Good evening.").exists)
    bot.stop()
    general.deny(us, "read_message_history")
    ann.say(general, "Anybody there?")
    bot = bots.ready()
    room = Channel.objects.filter(discord_id=general.id)
    bot.wait_until(
        room.filter(read_trouble__contains="Read Message History", send_trouble="").exists
    )
    ann.say(general, "I'll be off, then.")
    bot.wait_until(Message.objects.filter(content="I'll be off, then.").exists)
    assert [told(), told()] == 2 * [[f"#general of Harbour: {UNREAD}"]]
    assert Alert.objects.count() == 1
    assert f"#general: {UNREAD}" in standing.status(None, timezone.now())
    general.restore(us)
    bot.wait_until(room.filter(read_trouble="").exists)
    assert told() == []


def test_a_history_that_is_refused_is_told_until_it_is_read(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    """As of a voice channel that the bot may see, and not come into."""
    general, ann = harbour.channel("general"), harbour.person("Ann")
    bots.ready().stop()
    ann.say(general, "Anybody there?")
    discord_server.faults.refuse(
        "GET /channels/*/messages", times=None, code=50001, message="Missing Access"
    )
    bot = bots.ready()
    room = Channel.objects.filter(discord_id=general.id)
    bot.wait_until(room.filter(read_trouble__contains="Missing Access").exists)
    assert len(told()) == 1
    bot.stop()
    discord_server.faults.clear()
    bot = bots.ready()
    bot.wait_until(Message.objects.filter(content="Anybody there?").exists)
    assert told() == []


def test_in_a_forum_characters_live_in_the_posts_alone(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    make_character("Odile")
    forum, ann = harbour.add_channel("questions", kind=Kind.FORUM), harbour.person("Ann")
    bot = bots.ready()
    bot.wait_until(Channel.objects.filter(discord_id=forum.id).exists)
    post = ann.start_thread(forum, "tides")
    ann.say(post, "Odile, what is the tide like?")
    bot.wait_until(Message.objects.filter(conversation__channel__discord_id=post.id).exists)
    room, below = (Channel.objects.get(discord_id=one.id) for one in (forum, post))
    assert (room.mode, below.mode, below.parent) == ("live", "live", room)
    assert director.look(room.pk) is None
    assert "forum" in room.send_trouble
    assert director.look(below.pk).status == Turn.Status.PLANNED


@pytest.fixture
def lacking() -> Channel:
    """A channel in which the bot may not write."""
    channel = picked(somewhere(711))
    places.take_in_channel(somewhere(711, lacks=("send_messages",)))
    channel.refresh_from_db()
    return channel


def test_nobody_speaks_where_the_bot_may_not_until_it_may(lacking: Channel) -> None:
    make_character("Odile")
    inbound.receive(said("Odile, what is the tide like?", place=somewhere(711)), US)
    assert director.look(lacking.pk) is None
    places.take_in_channel(somewhere(711))
    assert director.look(lacking.pk).status == Turn.Status.PLANNED


def test_what_the_gateway_says_is_lacking_no_request_takes_back(lacking: Channel) -> None:
    assert outbox.troubled() == []
    outbox.clear_trouble(lacking.pk)
    outbox.set_trouble(lacking.pk, "Discord does not answer.")
    was = lacking.send_trouble
    lacking.refresh_from_db()
    assert lacking.send_trouble == was != ""


def test_another_trouble_is_not_over_because_nothing_is_lacking() -> None:
    channel = picked(somewhere(711))
    outbox.set_trouble(channel.pk, "Discord does not answer.")
    places.take_in_channel(somewhere(711, topic="nets"))
    channel.refresh_from_db()
    assert channel.send_trouble == "Discord does not answer."


def test_what_was_said_before_is_still_taken_away(stage: Stage) -> None:
    line = stage.say(make_character(), "The kettle is on.")
    stage.send()
    places.take_in_channel(
        somewhere(stage.place.id, guild_id=stage.guild.id, lacks=("send_messages",))
    )
    stage.place.deny(stage.server.bot, "send_messages")
    remove_message(line.pk)
    stage.send()
    assert stage.texts() == []
    stage.channel.refresh_from_db()
    assert stage.channel.send_trouble != ""
