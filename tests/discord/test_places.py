"""Guilds and channels as communities and rooms."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.utils import timezone

from audit.configuration import configuration
from characters.models import Community
from conversations import pausing
from conversations.discord import places
from conversations.discord.inbound import receive
from conversations.discord.people import belong, know
from conversations.floor import director
from conversations.models import Channel, Conversation, Turn
from conversations.services import local_community
from conversations.tank import live
from tests.builders import make_character, make_turn
from tests.discord.happenings import (
    GUILD,
    US,
    direct,
    guild,
    picked,
    said,
    somebody,
    somewhere,
)

pytestmark = pytest.mark.django_db


def test_a_guilds_channels_are_known_and_muted() -> None:
    places.take_in_guild(guild(somewhere(711, topic="boats", is_nsfw=True), somewhere(712)))
    community = Community.objects.get(discord_id=GUILD)
    assert (community.name, community.is_active) == ("The Harbour", True)
    channel = Channel.objects.get(discord_id=711)
    assert (channel.community, channel.mode, channel.topic) == (community, "muted", "boats")
    assert channel.is_nsfw
    assert Channel.objects.filter(community=community).count() == 2


def test_taking_in_a_guild_twice_changes_nothing() -> None:
    facts = guild(somewhere(711), somewhere(712))
    places.take_in_guild(facts)
    before = list(Channel.objects.order_by("pk").values())
    places.take_in_guild(facts)
    assert list(Channel.objects.order_by("pk").values()) == before


def test_the_keeper_may_have_new_channels_listened_to() -> None:
    configuration.set_value("discord_inbound", "new_channel_mode", "watched")
    configuration.forget_cached()
    places.take_in_guild(guild(somewhere(711)))
    assert Channel.objects.get(discord_id=711).mode == Channel.Mode.WATCHED


def test_a_renamed_channel_keeps_its_mode() -> None:
    picked(somewhere(711))
    places.take_in_channel(somewhere(711, name="quay", topic="nets"))
    channel = Channel.objects.get(discord_id=711)
    assert (channel.name, channel.topic, channel.mode) == ("quay", "nets", Channel.Mode.LIVE)


def test_a_thread_is_listened_to_as_its_channel_is() -> None:
    mara = make_character("Mara")
    parent = picked(somewhere(711), Channel.Mode.WATCHED)
    parent.residents.add(mara)
    thread = places.take_in_channel(somewhere(811, name="plans", parent=somewhere(711)))
    assert (thread.parent, thread.mode) == (parent, Channel.Mode.WATCHED)
    assert list(thread.residents.all()) == [mara]


THREAD = somewhere(811, name="plans", parent=somewhere(711))


def test_the_threads_of_a_channel_that_becomes_private_are_private() -> None:
    picked(somewhere(711))
    thread = places.take_in_channel(THREAD)
    places.take_in_channel(somewhere(711, is_private=True))
    thread.refresh_from_db()
    assert thread.is_private
    places.take_in_channel(somewhere(711))
    thread.refresh_from_db()
    assert thread.is_private  # it may be so by itself, until Discord says that it isn't
    assert not places.take_in_channel(THREAD).is_private


def test_who_may_no_longer_look_at_a_channel_or_its_threads_is_shown_the_door(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[tuple[int, str]] = []
    monkeypatch.setattr(live, "publish", lambda key, event, **facts: told.append((key, event)))
    channel = picked(somewhere(711))
    thread = places.take_in_channel(THREAD)
    places.take_in_channel(somewhere(711))
    assert not told
    places.take_in_channel(somewhere(711, is_nsfw=True))
    assert sorted(told) == [(channel.pk, "room.restricted"), (thread.pk, "room.restricted")]


def test_muting_a_channel_mutes_all_its_threads() -> None:
    channel = picked(somewhere(711))
    thread = places.take_in_channel(THREAD)
    private = places.take_in_channel(somewhere(812, is_private=True, parent=somewhere(711)))
    places.set_mode(private, Channel.Mode.LIVE)
    places.set_mode(channel, Channel.Mode.MUTED)
    for one in (thread, private):
        one.refresh_from_db()
        assert one.mode == Channel.Mode.MUTED


@pytest.mark.parametrize("which", ["channel", "server"])
@pytest.mark.parametrize("is_known", [True, False])
def test_a_pause_holds_in_threads(which: str, is_known: bool) -> None:
    make_character("Odile")
    channel = picked(somewhere(711))
    if is_known:
        places.take_in_channel(THREAD)
    if which == "channel":
        pausing.set_channel(channel, True)
    else:
        pausing.set_community(channel.community, True)
    receive(said("Odile, what is the tide like?", place=THREAD), US)
    thread = Channel.objects.get(discord_id=811)
    assert director.look(thread.pk) is None
    channel.refresh_from_db()
    pausing.set_channel(channel, False)
    assert director.look(thread.pk).status == Turn.Status.PLANNED


def test_a_channel_that_is_made_in_a_paused_server_rests_until_that_goes_on() -> None:
    make_character("Odile")
    channel = picked(somewhere(711))
    pausing.set_community(channel.community, True)
    new = picked(somewhere(712, name="quay"))
    receive(said("Odile, what is the tide like?", place=somewhere(712)), US)
    assert director.look(new.pk) is None
    pausing.set_community(channel.community, False)
    assert director.look(new.pk).status == Turn.Status.PLANNED
    assert not places.take_in_channel(somewhere(713)).is_paused


def test_a_thread_in_a_paused_server_goes_by_its_channel() -> None:
    channel = picked(somewhere(711))
    pausing.set_community(channel.community, True)
    channel.refresh_from_db()
    pausing.set_channel(channel, False)
    assert not places.take_in_channel(THREAD).is_paused


def test_of_a_thread_whose_channel_is_not_told_of_what_was_known_holds() -> None:
    untold = somewhere(711, name="", is_nsfw=None)
    thread = somewhere(811, name="plans", parent=untold, is_nsfw=None)
    assert places.take_in_channel(thread) is None
    assert receive(said("Is anybody here?", place=thread), US) is None
    assert not Channel.objects.exists()
    parent = picked(somewhere(711, is_nsfw=True, is_private=True))
    known = places.take_in_channel(thread)
    assert (known.is_nsfw, known.is_private, known.mode) == (True, True, parent.mode)
    places.take_in_channel(replace(thread, name="whispers"))
    known.refresh_from_db()
    assert (known.name, known.is_nsfw, known.is_private) == ("whispers", True, True)


def test_picking_a_channel_picks_its_open_threads() -> None:
    channel = places.room_for(somewhere(711))
    thread = places.take_in_channel(somewhere(811, parent=somewhere(711)))
    private = places.take_in_channel(somewhere(812, is_private=True, parent=somewhere(711)))
    places.set_mode(channel, Channel.Mode.QUIET)
    modes = Channel.objects.in_bulk([thread.pk, private.pk])
    assert modes[thread.pk].mode == Channel.Mode.QUIET
    assert modes[private.pk].mode == Channel.Mode.MUTED


def test_a_private_thread_of_an_open_channel_is_muted() -> None:
    picked(somewhere(711))
    place = somewhere(811, is_private=True, parent=somewhere(711))
    assert places.take_in_channel(place).mode == Channel.Mode.MUTED


def test_a_deleted_channel_falls_silent_and_keeps_what_was_said() -> None:
    channel = picked(somewhere(711))
    message = receive(said("Is anybody here?", place=somewhere(711)), US)
    turn = make_turn(message.conversation, make_character())
    assert places.remove_channel(711)
    channel.refresh_from_db()
    assert channel.removed_at is not None
    assert channel.mode == Channel.Mode.MUTED
    assert Conversation.objects.get().status == Conversation.Status.CLOSED
    assert Turn.objects.get(pk=turn.pk).status == Turn.Status.ABANDONED
    assert not places.remove_channel(711)


def test_threads_go_with_their_channel() -> None:
    picked(somewhere(711))
    thread = places.take_in_channel(somewhere(811, parent=somewhere(711)))
    places.remove_channel(711)
    thread.refresh_from_db()
    assert thread.removed_at is not None


def test_a_channel_that_is_gone_when_the_bot_returns_is_closed() -> None:
    picked(somewhere(711))
    places.take_in_guild(guild(somewhere(712)))
    assert Channel.objects.get(discord_id=711).removed_at is not None


def test_whoever_sends_the_bot_away_is_left_alone_when_it_comes_back() -> None:
    picked(somewhere(711))
    assert places.leave_guild(GUILD)
    assert not Community.objects.get(discord_id=GUILD).is_active
    places.take_in_guild(guild(somewhere(711)))
    assert Community.objects.get(discord_id=GUILD).is_active
    channel = Channel.objects.get(discord_id=711)
    assert (channel.mode, channel.removed_at) == (Channel.Mode.MUTED, None)


def test_guilds_left_while_nobody_looked_are_left() -> None:
    picked(somewhere(711))
    assert places.leave_all_but([]) == [GUILD]
    assert places.leave_all_but([]) == []
    assert local_community().is_active


def test_direct_messages_belong_where_the_person_was_met_first() -> None:
    ada = somebody()
    places.take_in_guild(guild())
    community = Community.objects.get(discord_id=GUILD)
    belong(know(ada), community, ada)
    channel = places.room_for(direct(ada))
    assert channel.community == community
    assert (channel.is_direct, channel.is_private, channel.mode) == (True, True, "quiet")


def test_direct_messages_of_a_stranger_belong_here() -> None:
    assert places.room_for(direct(somebody())).community == local_community()


def test_what_was_said_before_a_channel_was_picked_is_never_read() -> None:
    channel = places.room_for(somewhere(711))
    now = timezone.now()
    places.set_mode(channel, Channel.Mode.LIVE, now)
    assert places.snowflake(now) == places.mark_of(channel)
    places.set_mode(channel, Channel.Mode.MUTED, now)
    assert Channel.objects.get(pk=channel.pk).seen_to is None
    later = now + dt.timedelta(hours=1)
    places.set_mode(channel, Channel.Mode.LIVE, later)
    assert places.mark_of(Channel.objects.get(pk=channel.pk)) == places.snowflake(later)
