"""What a server lets nobody see, and what Discord shuts out, as its answers tell it."""

from __future__ import annotations

import asyncio

import pytest

from conversations.corrections import edit_message
from conversations.discord import outbox
from conversations.discord.carrying import Carrier
from conversations.discord.crossing import step
from conversations.discord.facts import WITHOUT
from conversations.discord.rest import Rest
from conversations.models import Channel, Delivery
from tests.builders import (
    make_channel,
    make_character,
    make_conversation,
    make_event,
    make_turn,
)
from tests.discord.sending import WEBHOOK_POST, Stage

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_the_servers_own_moderation_blocks_was_not_said(stage: Stage) -> None:
    stage.guild.blocked_words.append("herring")
    blocked, after = stage.say(make_character(), "Herring."), stage.say(make_character(), "Good.")
    for _ in range(3):
        stage.send()
        stage.wait(seconds=30)
    assert stage.texts() == ["Good."]
    assert stage.asked(WEBHOOK_POST) == 2  # each attempt is told to the server's moderators
    assert (stage.delivery(blocked).status, stage.delivery(after).status) == ("abandoned", "sent")
    assert "blocked it" in stage.delivery(blocked).error
    blocked.refresh_from_db()
    after.refresh_from_db()
    assert blocked.deleted_at is not None
    assert after.deleted_at is None


def test_of_a_long_line_whose_end_is_blocked_nothing_stays(stage: Stage) -> None:
    long = stage.say(make_character(), "A line of some words. " * 180 + "Herring.")
    stage.guild.blocked_words.append("herring")
    stage.send()
    stage.wait(seconds=5)
    stage.send()
    assert stage.texts() == []
    long.refresh_from_db()
    assert long.deleted_at is not None


def test_an_edit_that_is_blocked_leaves_what_stands(stage: Stage) -> None:
    said = stage.say(make_character(), "Good.")
    stage.send()
    stage.guild.blocked_words.append("herring")
    edit_message(said.pk, "Herring.")
    stage.send()
    assert stage.texts() == ["Good."]
    said.refresh_from_db()
    assert said.deleted_at is None
    assert "AutoMod" in stage.delivery(said).error


def test_where_no_webhook_can_be_the_characters_fall_silent(stage: Stage) -> None:
    stage.server.faults.refuse(
        "POST /channels/*/webhooks",
        None,
        status=400,
        code=50024,
        message="Cannot execute action on this channel type",
    )
    stage.say(make_character(), "Hello?")
    stage.send()
    stage.channel.refresh_from_db()
    assert "of this kind" in stage.channel.send_trouble


def test_while_discord_takes_nothing_for_long_the_characters_fall_silent(stage: Stage) -> None:
    said = stage.say(make_character(), "Now.")
    stage.server.faults.rate_limit(WEBHOOK_POST, retry_after=1)
    stage.send()
    stage.channel.refresh_from_db()
    assert stage.channel.send_trouble == ""  # that is over before anybody notices
    stage.server.faults.rate_limit(WEBHOOK_POST, retry_after=600)
    edit_message(said.pk, "Later.")
    stage.send()
    stage.channel.refresh_from_db()
    assert "for a while" in stage.channel.send_trouble
    edit_message(said.pk, "At last.")
    stage.send()
    stage.channel.refresh_from_db()
    assert (stage.texts(), stage.channel.send_trouble) == (["At last."], "")


def test_a_person_who_takes_no_direct_messages_is_written_to_ever_more_rarely_and_no_more(
    stage: Stage,
) -> None:
    ann = stage.guild.person("Ann")
    ann.takes_messages = False
    channel = stage.take_in(ann.open_dm(), is_direct=True, is_private=True)
    talk = make_conversation(channel)
    turn = make_turn(talk, make_character())
    make_event(channel, turn=turn)
    owed = stage.say(turn.chosen, "The ferry leaves.", talk, turn=turn)
    for tried, minutes in ((0, 2), (5, 64)):
        Delivery.objects.update(attempts=tried, next_attempt_at=stage.now())
        stage.send()
        left = stage.delivery(owed).next_attempt_at - stage.now()
        assert left.total_seconds() / 60 == pytest.approx(minutes, rel=0.15)
    Delivery.objects.update(attempts=9, next_attempt_at=stage.now())
    stage.send()
    assert stage.delivery(owed).status == "abandoned"
    assert "no direct messages" in stage.delivery(owed).error
    ann.takes_messages = True
    stage.say(make_character("Mara"), "Here you are.", talk)
    stage.send()
    assert stage.texts(ann.open_dm()) == ["**Mara:** Here you are."]


def test_what_the_bot_may_not_do_is_told_and_taken_back_by_the_gateway_alone(stage: Stage) -> None:
    lacking = next(iter(WITHOUT.values()))
    Channel.objects.update(send_trouble=lacking)
    outbox.set_trouble(stage.channel.pk, "Discord does not answer.")
    outbox.clear_trouble(stage.channel.pk)
    stage.channel.refresh_from_db()
    assert stage.channel.send_trouble == lacking


def test_a_trouble_is_its_own_channel_s(stage: Stage) -> None:
    other = make_channel("elsewhere")
    outbox.set_trouble(stage.channel.pk, "Discord does not answer.")
    outbox.set_trouble(other.pk, "Nobody knows why.")
    outbox.clear_trouble(other.pk)
    troubles = dict(Channel.objects.values_list("pk", "send_trouble"))
    assert troubles == {stage.channel.pk: "Discord does not answer.", other.pk: ""}


def look_again(stage: Stage) -> str:
    """Look at the channels in trouble for which nothing waits. Returns what is said of the
    stage's own then."""

    async def look() -> None:
        async with Rest(str(stage.server.token)) as rest:
            carrier = Carrier(rest, stage.us, stage.now)
            for room in await step(outbox.troubled):
                await carrier.check(room)

    asyncio.run(look())
    stage.channel.refresh_from_db()
    return stage.channel.send_trouble


def test_a_trouble_is_over_once_the_channel_can_be_written_to(stage: Stage) -> None:
    outbox.set_trouble(stage.channel.pk, "Discord does not answer.")
    stage.place.deny(stage.server.bot, "MANAGE_WEBHOOKS")
    assert "Manage Webhooks" in look_again(stage)
    stage.place.restore(stage.server.bot)
    assert look_again(stage) == ""


def test_a_limit_tells_nothing_of_a_trouble(stage: Stage) -> None:
    outbox.set_trouble(stage.channel.pk, "Nobody knows why.")
    stage.server.faults.rate_limit("GET /channels/*/webhooks", retry_after=600)
    assert look_again(stage) == "Nobody knows why."


def test_a_channel_in_trouble_that_is_gone_meanwhile_is_closed(stage: Stage) -> None:
    outbox.set_trouble(stage.channel.pk, "Discord does not answer.")
    stage.place.delete()
    look_again(stage)
    assert stage.channel.removed_at is not None


def test_in_direct_messages_no_webhook_is_looked_for(stage: Stage) -> None:
    direct = stage.take_in(stage.guild.person("Ann").open_dm(), is_direct=True, is_private=True)
    outbox.set_trouble(direct.pk, "They take no direct messages.")
    look_again(stage)
    direct.refresh_from_db()
    assert (direct.send_trouble, stage.asked("GET /channels/*/webhooks")) == ("", 0)
