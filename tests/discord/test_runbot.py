"""The real bot process against the stand-in for Discord, over real sockets."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
import redis
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from audit.models import Alert, SecurityEvent
from audit.operation import alerts
from characters.models import Community, Membership, Person
from conversations.discord import places, status_line
from conversations.models import Channel, Conversation, Message, MessageEdit, Reaction
from fishbowl.health import bot_standing
from tests.discord.bots import SUPERVISED, Bots, database_away
from tests.discord.server import JSON_WITH_CHARSET, DiscordServer, Guild
from tests.faults.conftest import QUEUE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def harbour(discord_server: DiscordServer) -> Guild:
    return discord_server.add_guild(
        "Harbour", channels=["general", "boats"], members=["Ann", "Bob", "Cy"]
    )


def heard() -> list[str]:
    """What stands in the rows, in the order in which it was taken in."""
    return list(
        Message.objects.filter(deleted_at__isnull=True)
        .order_by("conversation__started_at", "conversation", "number")
        .values_list("content", flat=True)
    )


def test_what_happens_on_discord_happens_in_the_rows(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    general, ann, bob = harbour.channel("general"), harbour.person("Ann"), harbour.person("Bob")
    bot = bots.ready()
    asked = ann.say(general, f"{bob.mention}, is the ferry in {general.mention}?")
    answer = bob.say(general, "Not yte.", reply_to=asked, attachments=[("ferry.png", b"\x89PNG")])
    bot.wait_until(lambda: len(heard()) == 2)
    assert heard() == ["@Bob, is the ferry in #general?", "Not yte.\n[image: ferry.png]"]
    first, second = Message.objects.order_by("number")
    assert second.reply_to == first
    assert second.image_urls == [answer.attachments[0].url]
    assert {m.discord_message_id for m in (first, second)} == {asked.id, answer.id}

    bob.edit(answer, "Not yet.")
    bot.wait_until(lambda: "Not yet.\n[image: ferry.png]" in heard())
    assert MessageEdit.objects.get().content_before.startswith("Not yte.")
    ann.react(answer, "⚓")
    bot.wait_until(lambda: Reaction.objects.filter(emoji="⚓", person__username="ann").exists())
    ann.unreact(answer, "⚓")
    bot.wait_until(lambda: not Reaction.objects.filter(removed_at__isnull=True).exists())
    ann.delete(asked)
    bot.wait_until(lambda: len(heard()) == 1)

    thread = bob.start_thread(general, "plans")
    bob.say(thread, "Who brings the rope?")
    bot.wait_until(lambda: "Who brings the rope?" in heard())
    assert Channel.objects.get(discord_id=thread.id).parent.discord_id == general.id
    dm = ann.open_dm()
    ann.say(dm, "Just you and me.")
    bot.wait_until(lambda: "Just you and me." in heard())
    direct = Channel.objects.get(discord_id=dm.id)
    assert (direct.is_direct, direct.is_private) == (True, True)
    assert direct.community.discord_id == harbour.id
    assert bot.stop() == 0
    assert "skipped" not in bot.said


def test_who_comes_goes_and_is_renamed(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    bot = bots.ready()
    dora = harbour.add_member("Dora")
    bot.wait_until(lambda: Membership.objects.filter(person__discord_id=dora.id).exists())
    dora.call_self(harbour, "Dory")
    bot.wait_until(lambda: Membership.objects.filter(nickname="Dory").exists())
    dora.rename("Dorothea")
    bot.wait_until(lambda: Person.objects.filter(display_name="Dorothea").exists())
    dora.leave(harbour)
    bot.wait_until(lambda: Person.objects.filter(discord_id=dora.id, is_active=False).exists())

    harbour.rename("Old Harbour")
    bot.wait_until(lambda: Community.objects.filter(name="Old Harbour").exists())
    quay = harbour.add_channel("quay", topic="nets")
    bot.wait_until(lambda: Channel.objects.filter(discord_id=quay.id, topic="nets").exists())
    quay.change(name="pier", is_nsfw=True)
    bot.wait_until(lambda: Channel.objects.filter(name="pier", is_nsfw=True).exists())
    quay.delete()
    gone = Channel.objects.filter(discord_id=quay.id, removed_at__isnull=False)
    bot.wait_until(gone.exists)
    mill = discord_server.add_guild("Mill", channels=["general"])
    bot.wait_until(lambda: Community.objects.filter(discord_id=mill.id).exists())
    mill.kick(discord_server.bot)
    left = Community.objects.filter(discord_id=mill.id, is_active=False)
    bot.wait_until(left.exists)
    assert "skipped" not in bot.said


def test_threads_are_hidden_and_shown_with_their_channel(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    general = harbour.channel("general")
    bot = bots.ready()
    thread = harbour.person("Bob").start_thread(general, "plans")
    found = Channel.objects.filter(discord_id=thread.id)
    bot.wait_until(found.filter(is_private=False).exists)
    general.allow(discord_server.bot, "view_channel")
    general.deny(harbour.everyone, "view_channel")
    bot.wait_until(found.filter(is_private=True).exists)
    general.restore(harbour.everyone)
    bot.wait_until(found.filter(is_private=False).exists)


def test_what_was_missed_is_caught_up_with_once_and_in_order(harbour: Guild, bots: Bots) -> None:
    general, boats = harbour.channel("general"), harbour.channel("boats")
    ann, bob, cy = (harbour.person(name) for name in ("Ann", "Bob", "Cy"))
    bot = bots.ready()
    ann.say(general, "Before.")
    mended, taken = bob.say(general, "Midle."), bob.say(general, "Regretted.")
    bot.wait_until(lambda: heard() == ["Before.", "Midle.", "Regretted."])
    bot.kill()
    bob.edit(mended, "Middle.")
    bob.delete(taken)
    for number in range(40):
        cy.say(general, f"Meanwhile {number}.")
    bot = bots.ready()
    bot.wait_until(lambda: heard()[:3] == ["Before.", "Middle.", "Meanwhile 0."])
    bot.wait_until(lambda: heard()[-1] == "Meanwhile 39.")
    assert MessageEdit.objects.get().content_before == "Midle."
    bot.kill()
    for number in range(230):
        (ann, bob, cy)[number % 3].say(general, f"Missed {number}.")
    bob.say(boats, "Elsewhere.")
    bot = bots.ready()
    ann.say(general, "After.")
    bot.wait_until(lambda: "After." in heard())
    bot.wait_until(lambda: "Elsewhere." in heard())
    here = Message.objects.filter(conversation__channel__discord_id=general.id)
    said = list(here.order_by("number").values_list("content", flat=True))[43:]
    assert said == [*(f"Missed {number}." for number in range(230)), "After."]
    assert MessageEdit.objects.count() == 1
    bot.kill()
    bot = bots.ready()
    ann.say(boats, "And again.")
    bot.wait_until(lambda: "And again." in heard())
    assert here.count() == 43 + len(said)


def test_the_same_twice_and_out_of_order_is_the_same_once(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    general = harbour.channel("general")
    people = [harbour.person(name) for name in ("Ann", "Bob", "Cy")]
    bot = bots.ready()
    discord_server.faults.duplicate_events = True
    discord_server.faults.reorder_within_s = 0.3
    sent = [people[number % 3].say(general, f"Line {number}.") for number in range(60)]
    for message in sent[:10]:
        message.author.edit(message, f"{message.content} Edited.")
    for message in sent[10:20]:
        message.author.delete(message)
    expected = {message.id: message.content for message in discord_server.messages(general)}

    def stand() -> dict[int, str]:
        rows = Message.objects.filter(deleted_at__isnull=True)
        return dict(rows.values_list("discord_message_id", "content"))

    bot.wait_until(lambda: not discord_server.gateway.delivery._waiting)
    discord_server.faults.clear()
    last = people[0].say(general, "The end.")
    bot.wait_until(lambda: "The end." in heard())
    expected[last.id] = last.content
    assert stand() == expected
    numbers = Message.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, len(numbers) + 1))
    assert Person.objects.count() == 3
    assert bot.stop() == 0
    assert "skipped" not in bot.said


def test_a_poisoned_event_is_skipped_and_the_bot_lives_on(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    general, ann = harbour.channel("general"), harbour.person("Ann")
    bot = bots.ready()
    for event in ("MESSAGE_CREATE", "MESSAGE_UPDATE", "GUILD_MEMBER_UPDATE", "CHANNEL_UPDATE"):
        discord_server.faults.poison(event)
    poisoned = ann.say(general, "A secret that no log may hold.")
    ann.edit(poisoned, "Another secret.")
    ann.call_self(harbour, "Annie")
    general.change(topic="poison")
    bot.wait_until(lambda: bot.said.count("An event of Discord was skipped") == 4)
    ann.say(general, "And on we go.")
    bot.wait_until(lambda: "And on we go." in heard())
    assert bot.lives()
    assert "secret" not in bot.said
    assert discord_server.gateway.identified == 1


def test_in_a_channel_that_nothing_is_known_of_nobody_is_heard(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    general, ann = harbour.channel("general"), harbour.person("Ann")
    bot = bots.ready()
    discord_server.faults.poison("CHANNEL_CREATE")
    night = harbour.add_channel("night", is_nsfw=True)
    thread = ann.start_thread(night, "whispers")
    ann.say(night, "Among adults.")
    ann.say(thread, "Among few of them.")
    ann.say(general, "Among all.")
    bot.wait_until(lambda: "Among all." in heard())
    discord_server.invalidate_sessions()  # the next one tells of it
    bot.wait_until(Channel.objects.filter(discord_id=night.id, is_nsfw=True).exists)
    ann.say(night, "Still among adults.")
    ann.say(thread, "Still among few.")
    bot.wait_until(lambda: len(heard()) > 2)
    assert sorted(heard()) == ["Among all.", "Still among adults.", "Still among few."]
    assert Channel.objects.get(discord_id=thread.id).is_nsfw


def test_what_no_row_can_hold_is_left_out_of_names_and_loses_no_message(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    general, ann = harbour.channel("general"), harbour.person("Ann")
    odd = "\0\ud800\u202e"
    sailors = harbour.add_role(f"Sail{odd}ors")
    ann.set_roles(harbour, sailors)
    harbour.name = f"Har{odd}bour"
    general.name, general.topic = f"gen{odd}eral", f"bo{odd}ats"
    bot = bots.ready()
    ann.say(general, f"The tide{odd} is out.")
    bot.wait_until(lambda: heard() == ["The tide is out."])
    ann.say(general, "It is.")
    bot.wait_until(lambda: heard() == ["The tide is out.", "It is."])
    channel = Channel.objects.get(discord_id=general.id)
    assert (channel.name, channel.topic, channel.community.name) == ("general", "boats", "Harbour")
    assert Membership.objects.get().roles == ["Sailors"]
    discord_server.invalidate_sessions()
    ann.say(general, "So it is.")  # read from the history, which tells no roles
    bot.wait_until(lambda: len(heard()) == 3)
    assert Membership.objects.get().roles == ["Sailors"]
    assert "skipped" not in bot.said


def test_a_compatible_server_may_differ_a_little(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    general, ann = harbour.channel("general"), harbour.person("Ann")
    discord_server.faults.content_type = JSON_WITH_CHARSET
    bot = bots.ready()
    ann.say(general, "One.")
    bot.wait_until(lambda: "One." in heard())
    bot.kill()
    discord_server.faults.nulls_in_history = True
    ann.say(general, "Two.")
    discord_server.faults.roles_as_objects = True
    bot = bots.ready()
    ann.say(general, "Three.")
    discord_server.faults.roles_as_objects = False
    bot.wait_until(lambda: "was skipped" in bot.said or "Three." in heard())
    ann.say(general, "Four.")
    bot.wait_until(lambda: "Four." in heard())
    assert bot.lives()


def test_a_broken_line_is_taken_up_again(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    general, ann = harbour.channel("general"), harbour.person("Ann")
    bot = bots.ready()
    ann.say(general, "One.")
    bot.wait_until(lambda: heard() == ["One."])
    discord_server.disconnect()
    ann.say(general, "Two.")
    discord_server.wait_connected()
    bot.wait_until(lambda: heard() == ["One.", "Two."])
    assert discord_server.gateway.identified == 1  # resumed

    discord_server.ask_to_reconnect()
    ann.say(general, "Three.")
    bot.wait_until(lambda: heard()[-1] == "Three.")
    discord_server.disconnect(4000)
    ann.say(general, "Four.")
    bot.wait_until(lambda: heard()[-1] == "Four.")
    discord_server.invalidate_sessions()
    ann.say(general, "Five.")
    bot.wait_until(lambda: heard()[-1] == "Five.")
    assert heard() == ["One.", "Two.", "Three.", "Four.", "Five."]
    assert discord_server.gateway.identified == 2
    assert bot.lives()


def test_what_was_edited_while_a_channel_was_muted_is_not_read_when_it_is_picked_again(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    general, ann = harbour.channel("general"), harbour.person("Ann")
    bot = bots.ready()
    one, other = ann.say(general, "One."), ann.say(general, "Another.")
    bot.wait_until(lambda: heard() == ["One.", "Another."])
    places.set_mode(Channel.objects.get(discord_id=general.id), Channel.Mode.MUTED)
    ann.edit(one, "One, among ourselves.")
    ann.delete(other)
    bot.wait_until(lambda: heard() == ["One."])  # what is gone is gone
    places.set_mode(Channel.objects.get(discord_id=general.id), Channel.Mode.LIVE)
    discord_server.invalidate_sessions()  # the next one compares what is known
    ann.say(general, "Two.")
    bot.wait_until(lambda: "Two." in heard())
    ann.say(general, "Three.")  # comes after all that was to be compared
    bot.wait_until(lambda: "Three." in heard())
    assert heard() == ["One.", "Two.", "Three."]
    ann.edit(one, "One, for all.")
    bot.wait_until(lambda: heard() == ["One, for all.", "Two.", "Three."])


def test_after_an_outage_nothing_is_missing_and_nothing_floods(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    general, ann = harbour.channel("general"), harbour.person("Ann")
    bot = bots.ready()
    hour_ago = timezone.now() - dt.timedelta(minutes=55)
    Channel.objects.update(updated_at=hour_ago)  # picked then, and nothing was said since
    with discord_server.outage():
        for number in range(20):
            at = hour_ago + dt.timedelta(minutes=number + 1)
            ann.say(general, f"Long ago {number}.", at=at)
        bot.wait_said("Attempting a reconnect")
    bot.wait_until(lambda: "Long ago 19." in heard())
    assert heard() == [f"Long ago {number}." for number in range(20)]
    assert Conversation.objects.get().next_turn_at is None  # too long ago to be answered
    ann.say(general, "And now?")
    bot.wait_until(lambda: "And now?" in heard())
    assert Conversation.objects.get().next_turn_at is not None
    assert discord_server.gateway.identified == 2
    assert bot.lives()


def test_after_a_pause_the_room_is_looked_at_once(
    harbour: Guild, bots: Bots, redis_client: redis.Redis
) -> None:
    general, ann = harbour.channel("general"), harbour.person("Ann")
    bots.ready().kill()
    now = timezone.now()
    Channel.objects.update(updated_at=now - dt.timedelta(minutes=25))
    for minutes in range(20, 10, -1):
        ann.say(general, f"{minutes} minutes ago.", at=now - dt.timedelta(minutes=minutes))
    redis_client.flushdb()
    bot = bots.ready()
    bot.wait_said("Caught up with 10 messages")
    assert len(heard()) == 10
    assert Conversation.objects.get().next_turn_at is not None
    assert redis_client.llen(QUEUE) == 1


def test_the_database_may_restart_under_a_live_bot(harbour: Guild, bots: Bots) -> None:
    general, ann = harbour.channel("general"), harbour.person("Ann")
    bot = bots.ready()
    ann.say(general, "One.")
    bot.wait_until(lambda: heard() == ["One."])
    with database_away():
        two = ann.say(general, "Two.")
        ann.say(general, "Three.")
        ann.edit(two, "Two!")
        bot.wait_said("The database doesn't answer")
    bot.wait_until(lambda: heard() == ["One.", "Two!", "Three."])
    ann.say(general, "Four.")
    bot.wait_until(lambda: heard()[-1] == "Four.")
    assert "skipped" not in bot.said
    assert bot.lives()


def test_a_wrong_token_is_one_sentence(discord_server: DiscordServer, bots: Bots) -> None:
    bot = bots.start(DISCORD_TOKEN="never.heard.of")
    assert bot.ends() == 3
    assert "DISCORD_TOKEN" in bot.said
    assert "Reset Token" in bot.said
    assert "Traceback" not in bot.said
    assert "never.heard.of" not in bot.said


def test_no_token_is_one_sentence(bots: Bots) -> None:
    bot = bots.start(DISCORD_TOKEN="")
    assert bot.ends() == 2
    assert "DISCORD_TOKEN isn't set" in bot.said


def test_a_token_that_is_revoked_ends_the_bot(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    bot = bots.ready()
    discord_server.revoke_token()
    assert bot.ends() == 3
    assert "Reset Token" in bot.said
    assert "Traceback" not in bot.said
    event = SecurityEvent.objects.get(event_type="token_error")
    assert event.event_data["why"] == "The token was revoked."


def test_under_the_supervisor_a_refused_bot_rests(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    bot = bots.start(*SUPERVISED, DISCORD_TOKEN="never.heard.of")
    bot.wait_said("The bot rests")
    asked = len(discord_server.requests)
    assert bot.lives()
    assert asked == 1
    assert bot.stop() == 143
    assert len(discord_server.requests) == asked


@pytest.mark.parametrize(
    ("granted", "named", "not_named"),
    [
        (["guild_members"], "Message Content Intent", "Server Members Intent"),
        (["message_content"], "Server Members Intent", "Message Content Intent"),
    ],
)
def test_an_intent_that_is_not_granted_is_named(
    discord_server: DiscordServer,
    harbour: Guild,
    bots: Bots,
    granted: list[str],
    named: str,
    not_named: str,
) -> None:
    discord_server.grant_intents(*granted)
    bot = bots.start()
    assert bot.ends() == 4
    assert named in bot.said
    assert not_named not in bot.said
    assert "Privileged Gateway Intents" in bot.said or "developer portal" in bot.said
    assert "Traceback" not in bot.said
    event = SecurityEvent.objects.get(event_type="token_error")
    assert event.event_data["why"] == "An intent is not granted."


def test_without_privileged_intents_the_bot_hears_what_mentions_it(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    discord_server.grant_intents()
    general, ann = harbour.channel("general"), harbour.person("Ann")
    bot = bots.ready(DISCORD_MESSAGE_CONTENT="false", DISCORD_MEMBERS="false")
    ann.say(general, "Among ourselves.")
    ann.say(general, f"{discord_server.bot.mention} good morning!")
    bot.wait_until(lambda: heard() == ["good morning!"])
    ann.say(ann.open_dm(), "A word in private.")
    bot.wait_until(lambda: len(heard()) == 2)


def test_many_servers_are_spread_over_shards(discord_server: DiscordServer, bots: Bots) -> None:
    first = discord_server.ids.next() >> 22
    guilds = [
        discord_server.add_guild(f"Guild {n}", members=[f"P{n}"], guild_id=(first - n) << 22)
        for n in range(6)
    ]
    discord_server.least_shards = 2
    bot = bots.ready()
    discord_server.wait_connected(2)
    for n, guild in enumerate(guilds):
        guild.person(f"P{n}").say(guild.channel("general"), f"Hello from {n}.")
    bot.wait_until(lambda: len(heard()) == 6)
    assert {guild.shard(2) for guild in guilds} == {0, 1}
    communities = Message.objects.values_list("conversation__channel__community", flat=True)
    assert len(set(communities)) == 6


def test_other_bots_and_webhooks_are_not_heard(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    general, ann = harbour.channel("general"), harbour.person("Ann")
    beeper = discord_server.add_person("Beeper", is_bot=True)
    beeper.join(harbour)
    bot = bots.ready()
    beeper.say(general, "Beep.")
    ann.say(general, "What was that?")
    bot.wait_until(lambda: heard() == ["What was that?"])
    assert not Person.objects.filter(username="beeper").exists()


def test_the_bot_tells_how_it_stands(
    discord_server: DiscordServer, harbour: Guild, bots: Bots, client: Client
) -> None:
    def standing() -> dict[str, object]:
        return client.get("/readyz").json()["discord"]

    with override_settings(FISHBOWL=replace(settings.FISHBOWL, discord_token="a.token.set")):
        assert standing() == {"connected": False}
        bot = bots.ready()
        bot.wait_until(lambda: standing()["connected"])
        found = standing()
        bot.wait_until(lambda: discord_server.presence)
    shown = discord_server.presence
    assert shown
    assert shown["activities"][0]["state"] == status_line.told(timezone.now()).text
    assert (found["servers"], found["shards"], found["skipped"]) == (1, 1, 0)
    assert "discord" not in client.get("/readyz").json()


@pytest.mark.parametrize("minutes", [-15, 15])
def test_a_clock_that_is_wrong_makes_nobody_late_and_keepers_are_told(
    discord_server: DiscordServer, harbour: Guild, bots: Bots, minutes: int
) -> None:
    discord_server.ids.clock_off_s = minutes * 60.0
    bot = bots.ready()
    harbour.person("Ann").say(harbour.channel("general"), "Is anybody here?")
    bot.wait_until(lambda: heard() == ["Is anybody here?"])
    assert Conversation.objects.get().next_turn_at is not None
    told = Message.objects.get().created_at
    assert abs((timezone.now() - told).total_seconds()) < 30
    bot.wait_until(lambda: "clock_ahead_s" in bot_standing())
    with override_settings(FISHBOWL=replace(settings.FISHBOWL, discord_token="a.token.set")):
        alerts.watch()
        alerts.watch()
    alert = Alert.objects.get(rule="clock")
    assert f"15 minutes {'behind' if minutes > 0 else 'ahead'}" in alert.detail
    assert bot.said.count("clock is") == 1


def test_a_bot_that_starts_in_an_outage_waits_for_its_end(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    with discord_server.outage():
        bot = bots.start()
        bot.wait_said("Discord can't be reached")
    bot.wait_said("Connected to Discord")
    assert bot.stop() == 0


def test_a_bot_is_stopped_while_it_waits(
    discord_server: DiscordServer, harbour: Guild, bots: Bots
) -> None:
    with discord_server.outage():
        bot = bots.start()
        bot.wait_said("Discord can't be reached")
        assert bot.stop() == 0
    assert "Traceback" not in bot.said
