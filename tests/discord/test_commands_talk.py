"""Reminders, reasons, scenes and setting up, over real sockets."""

from __future__ import annotations

from random import Random

import pytest
import redis
from django.utils import timezone

from audit.configuration import configuration
from characters.models import Character, Community, Person
from conversations.floor import director
from conversations.models import CareNotice, Channel, Conversation, Message, ScheduledEvent
from memories.models import Memory, PersonFact
from tests.builders import make_character, make_memory, make_relationship, make_rule, make_scenario
from tests.discord.commanding import Desk
from tests.discord.server import Message as Shown
from tests.discord.server.kinds import THREADS, Kind
from tests.faults.conftest import Worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def worker(redis_client: redis.Redis) -> Worker:
    return Worker(redis_client)


def shown_in_general(desk: Desk, text: str) -> Shown:
    """What the bot's webhook, or the bot, has said there with these words in it."""

    def found() -> list[Shown]:
        every = desk.server.messages(desk.general)
        return [one for one in every if text in one.content and one.author != desk.ann]

    return desk.server.wait_for(found, 15, f"{text!r} in #general")[-1]


def test_a_reminder_comes_at_its_time_in_its_channel(desk: Desk, worker: Worker) -> None:
    desk.open()
    said = desk.asks("remind", {"when": "in 10 minutes", "what": "buy rope", "character": "Mara"})
    assert "Mara will say it <t:" in said.content
    assert said.content.endswith("in #general.")
    assert "is no time" in desk.asks("remind", {"when": "soonish", "what": "rope"}).content
    listed = desk.asks("reminders")
    assert "buy rope" in listed.content
    desk.asks("remind", {"when": "in 20 minutes", "what": "sell rope"})
    listed = desk.asks("reminders")
    desk.presses(listed, "Cancel 2")
    assert "sell rope" not in listed.content
    ScheduledEvent.objects.filter(status="pending").update(trigger_at=timezone.now())
    worker.goes_on(Message.objects.filter(character__isnull=False).exists)
    told = shown_in_general(desk, "buy rope")
    assert told.author_name == "Mara"
    assert "Ann" in told.content
    assert desk.asks("reminders").content == "You have no reminders."


def test_plain_words_do_as_well(desk: Desk) -> None:
    desk.open()
    desk.ann.say(desk.general, "Mara, remind me in 20 minutes to feed the gull")
    notice = shown_in_general(desk, "A reminder for Ann")
    assert notice.author == desk.server.bot
    event = ScheduledEvent.objects.get()
    assert event.context == {"what": "feed the gull"}
    desk.ann.say(desk.general, "Mara, what do you know about me?")
    shown_in_general(desk, "use /what-do-you-know-about-me")
    desk.ann.say(desk.general, f"{desk.server.bot.mention} forget me")
    shown_in_general(desk, "say: “yes, forget me”")
    assert Person.objects.get().erased_at is None
    desk.ann.say(desk.general, f"{desk.server.bot.mention} yes, forget me")
    shown_in_general(desk, "You are forgotten")
    assert Person.objects.get().erased_at is not None
    assert not ScheduledEvent.objects.exists()


def test_people_ask_why_and_read_what_is_theirs(desk: Desk, worker: Worker) -> None:
    desk.open()
    desk.ann.say(desk.general, "Hello all, I am Ann.")
    desk.bot.wait_until(Person.objects.exists)
    ann, mara = Person.objects.get(), Character.objects.get(name="Mara")
    make_relationship(mara, ann, trust=0.6, community=None)
    make_memory(mara, "Ann said: “My dinghy Petrel leaks.”", told_by_person_id=ann.pk)
    make_memory(mara, "Bob said: “The dinghy Petrel was never paid for.”", visibility="personal")
    desk.ann.say(desk.general, "Mara, what do you remember of the dinghy Petrel?")
    desk.bot.wait_until(lambda: Message.objects.filter(content__contains="dinghy").exists())
    worker.goes_on(Message.objects.filter(character=mara).exists)
    line = Message.objects.get(character=mara)
    desk.bot.wait_until(lambda: Message.objects.get(pk=line.pk).discord_message_id)
    shown = desk.server.webhook_messages(desk.general)[-1]
    told = desk.server.use_on_message("Why?", shown, by=desk.ann).answer()
    assert told.is_ephemeral
    assert "**Mara** said:" in told.content
    assert "My dinghy Petrel leaks" in told.content
    assert "- Bob said" not in told.content
    assert "not yours to read" in told.content
    assert "It felt" in told.content
    whole = desk.asks("why", {"message": str(shown.id)}, by=desk.keeper)
    assert "- Bob said: “The dinghy Petrel was never paid for.”" in whole.content
    link = f"https://discord.com/channels/{desk.guild.id}/{desk.general.id}/{shown.id}"
    assert "**Mara** said:" in desk.asks("why", {"message": link}, at=desk.boats).content
    desk.general.change(is_nsfw=True)
    desk.bot.wait_until(Channel.objects.filter(is_nsfw=True).exists)
    assert "age-restricted" in desk.asks("why", {"message": link}, at=desk.boats).content
    assert "**Mara** said:" in desk.asks("why", {"message": link}, at=desk.general).content
    desk.general.change(is_nsfw=False)
    desk.bot.wait_until(lambda: not Channel.objects.filter(is_nsfw=True).exists())
    desk.general.deny(desk.bob, "VIEW_CHANNEL")
    refused = desk.asks("why", {"message": link}, by=desk.bob, at=desk.boats)
    assert refused.content.startswith("I can only tell of lines in channels")
    own = desk.server.messages(desk.general)[0]
    assert "isn't a character's line" in desk.asks("why", {"message": str(own.id)}).content
    assert "neither a link" in desk.asks("why", {"message": "that one"}).content


def test_a_keeper_sets_the_server_up_and_hears_what_is_missing(desk: Desk) -> None:
    configuration.set_value("discord_inbound", "new_channel_mode", "muted")
    configuration.forget_cached()
    desk.boats.deny(desk.server.bot, "MANAGE_WEBHOOKS", "ADD_REACTIONS")
    desk.open(DISCORD_MEMBERS="false")
    welcome = shown_in_general(desk, "/setup")
    assert "Manage Webhooks" in welcome.content
    assert Community.objects.get(discord_id=desk.guild.id).welcomed_at is not None
    stands = desk.asks("setup", by=desk.keeper)
    assert "No channel is picked" in stands.content
    assert "Server Members Intent" in stands.content
    server = desk.server
    server.select(stands, "setup:channels", desk.general, desk.boats, by=desk.keeper)
    server.wait_for(lambda: "live in" in stands.content, 10, "the channels")
    assert set(Channel.objects.filter(mode="live").values_list("discord_id", flat=True)) == {
        desk.general.id,
        desk.boats.id,
    }
    assert f"In <#{desk.boats.id}> I lack **Manage Webhooks**" in stands.content
    assert f"In <#{desk.general.id}>" not in stands.content
    mara = Character.objects.get(name="Mara")
    server.select(stands, "setup:characters", str(mara.pk), by=desk.keeper)
    server.wait_for(lambda: "Who comes there: Mara." in stands.content, 10, "the characters")
    server.select(stands, "setup:channels", desk.general, by=desk.keeper)
    server.wait_for(lambda: f"<#{desk.boats.id}>" not in stands.content, 10, "one channel")
    general = Channel.objects.get(discord_id=desk.general.id)
    assert list(general.residents.all()) == [mara]
    assert Channel.objects.get(discord_id=desk.boats.id).mode == "muted"
    assert "all the permissions" in stands.content
    desk.bot.stop()
    desk.bots.ready()
    assert len([m for m in server.messages(desk.general) if m.author == server.bot]) == 1


def test_however_much_is_missing_the_menus_go_on_working(desk: Desk) -> None:
    server, rooms = desk.server, [desk.guild.add_channel(f"room-{n}") for n in range(22)]
    kinds = ("MANAGE_WEBHOOKS", "READ_MESSAGE_HISTORY", "ADD_REACTIONS", "SEND_MESSAGES")
    for number, room in enumerate(rooms):  # each lacks something else, as far as there are kinds
        room.deny(server.bot, *(kind for n, kind in enumerate(kinds) if (number + 1) >> n & 1))
    for number in range(22):
        make_character(f"Somebody with rather a long name of their own {number:02d}")
    desk.open(DISCORD_MEMBERS="false")
    desk.bot.wait_until(lambda: Channel.objects.count() == 2 + len(rooms))
    asked = server.invoke("setup", by=desk.keeper, channel=desk.general)
    stands = asked.answer()
    assert "more channels" in stands.content
    assert "Server Members Intent" in stands.content
    assert f"In <#{rooms[0].id}>, <#{rooms[16].id}> I lack **Manage Webhooks**" in stands.content
    some = Character.objects.order_by("pk").values_list("pk", flat=True)[:20]
    server.select(stands, "setup:characters", *map(str, some), by=desk.keeper)
    server.wait_for(lambda: "Somebody with" in stands.content, 10, "the characters")
    server.select(stands, "setup:channels", *rooms[:2], by=desk.keeper)
    server.wait_for(lambda: "more channels" not in stands.content, 10, "the channels")
    assert f"In <#{rooms[1].id}> I lack" in stands.content
    assert asked.follow_ups == []


def test_a_forum_is_picked_as_any_channel_is(desk: Desk) -> None:
    forum = desk.guild.add_channel("questions", kind=Kind.FORUM)
    configuration.set_value("discord_inbound", "new_channel_mode", "muted")
    configuration.forget_cached()
    desk.open()
    stands = desk.asks("setup", by=desk.keeper)
    assert set(Kind) - {Kind.DM, Kind.CATEGORY} - THREADS <= set(
        stands.control("setup:channels")["channel_types"]
    )
    desk.server.select(stands, "setup:channels", forum, by=desk.keeper)
    live = Channel.objects.filter(mode="live")
    desk.bot.wait_until(lambda: list(live.values_list("discord_id", flat=True)) == [forum.id])
    said = desk.asks("channel-mode", {"mode": "quiet", "channel": forum}, by=desk.keeper)
    assert said.content.startswith("#questions is now quiet")


def test_a_character_comes_when_it_is_asked(desk: Desk, worker: Worker) -> None:
    desk.open()
    assert desk.asks("talk", {"character": "Mara"}).content == "Mara comes to #general."
    worker.goes_on(Message.objects.filter(character__name="Mara").exists)
    desk.server.wait_for(lambda: desk.server.webhook_messages(desk.general), 15, "Mara")
    desk.asks("channel-mode", {"mode": "muted"}, by=desk.keeper)
    assert "no keeper has picked it" in desk.asks("talk", {"character": "Mara"}).content


def test_nobody_is_asked_to_come_where_nothing_can_be_said(desk: Desk) -> None:
    desk.boats.deny(desk.server.bot, "SEND_MESSAGES")
    desk.open()
    told = "Nothing can be said in #boats now. The bot may not write in this channel."
    played = {"characters": "Mara, Odile", "premise": "A storm comes."}
    for name, given in (("talk", {"character": "Mara"}), ("scene", played)):
        assert desk.asks(name, given, at=desk.boats).content.startswith(told)
    assert not ScheduledEvent.objects.exists()
    assert not Conversation.objects.exists()


def test_a_scene_is_played_by_those_who_were_chosen(
    desk: Desk, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(director.secrets, "randbits", Random(1).getrandbits)  # no chance silence
    make_scenario(name="Shipwreck", premise="A gale throws them on the skerry.")
    desk.open()
    assert desk.suggested("scene", "characters", "Mara, od") == ["Mara, Odile"]
    assert desk.suggested("scene", "scenario", "ship") == ["Shipwreck"]
    few = desk.asks("scene", {"characters": "Mara", "premise": "Alone."})
    assert few.content.startswith("A scene takes two")
    begun = desk.asks("scene", {"characters": "Mara, Odile", "scenario": "Shipwreck"})
    assert not begun.is_ephemeral
    assert "A gale throws them" in begun.content
    scene = Conversation.objects.get(kind="scene")
    spoken = Message.objects.filter(conversation=scene, character__isnull=False)
    worker.goes_on(spoken.exists)
    assert spoken.first().character.name == "Mara"
    again = desk.asks("scene", {"characters": "Mara, Odile", "premise": "Again."})
    assert again.content.startswith("A scene is being played here")
    worker.goes_on(lambda: spoken.count() >= 3, sweeps=30)
    assert {one.character.name for one in spoken.select_related("character")} == {"Mara", "Odile"}


def test_what_is_refused_or_means_danger_is_not_taken_by_a_command(desk: Desk) -> None:
    make_rule("herring", action="refuse")
    desk.open()
    players = {"characters": "Mara, Odile"}
    for words, told in (
        ("Ben is a hérring.", "isn't said here"),
        ("I want to die.", "crisis line"),
    ):
        for name, asked in (
            ("remember", {"character": "Odile", "what": words}),
            ("remind", {"when": "in 20 minutes", "what": words}),
            ("scene", {**players, "premise": words}),
        ):
            answered = desk.asks(name, asked)
            assert told in answered.content and answered.is_ephemeral
    assert not Memory.objects.exists()
    assert not ScheduledEvent.objects.exists()
    assert not Conversation.objects.filter(kind="scene").exists()
    notice = CareNotice.objects.get()  # once, until a keeper has seen to it
    assert (notice.person, notice.channel.name) == (Person.objects.get(), "general")
    assert notice.message is None


def test_that_somebody_new_asks_for_a_scene_in_danger_is_noticed(desk: Desk) -> None:
    desk.open()
    desk.asks("scene", {"characters": "Mara, Odile", "premise": "I want to die."})
    assert CareNotice.objects.get().person == Person.objects.get()


def test_a_character_is_told_something_to_remember(desk: Desk) -> None:
    desk.open()
    said = desk.asks("remember", {"character": "Odile", "what": "I am allergic to mussels."})
    assert said.is_ephemeral
    assert said.content.startswith("Odile will remember it")
    memory = Memory.objects.get(owner__name="Odile")
    assert memory.told_by_person == Person.objects.get()
    assert "mussels" in PersonFact.objects.get().fact_content
    shown = desk.asks("what-do-you-know-about-me")
    assert "mussels" in shown.content
