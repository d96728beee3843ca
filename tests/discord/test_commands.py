"""Slash commands end to end: the real bot process, over real sockets."""

from __future__ import annotations

import pytest

from audit.configuration import configuration
from characters.models import Character, Community
from conversations.models import Channel, RegisteredCommands, Scenario
from tests.builders import make_community, make_opinion
from tests.discord.commanding import Desk
from tests.discord.server import NotOffered

pytestmark = pytest.mark.django_db(transaction=True)


def test_people_ask_who_lives_here(desk: Desk) -> None:
    desk.open()
    roster = desk.asks("characters")
    assert roster.is_ephemeral
    assert "**Mara** – keeps the lighthouse" in roster.content
    assert "Cares about: tides." in desk.asks("about", {"character": "mara"}).content
    assert desk.suggested("about", "character", "") == ["Mara", "Odile", "Tomas Brandt"]
    assert desk.suggested("about", "character", "bra") == ["Tomas Brandt"]
    assert desk.suggested("about", "character", "ODI") == ["Odile"]
    assert "**Tomas Brandt**" in desk.asks("about", {"character": "tomas"}).content
    refused = desk.asks("about", {"character": "Nobody"})
    assert refused.is_ephemeral
    assert refused.content == "Nobody here is called 'Nobody'. See /characters."
    direct = desk.ann.open_dm()
    assert "Mara" in desk.asks("characters", at=direct).content
    assert "Traceback" not in desk.bot.said


def test_what_is_for_adults_is_suggested_among_adults_alone(desk: Desk) -> None:
    odile = Character.objects.get(name="Odile")
    Character.objects.filter(pk=odile.pk).update(is_adult=True)
    Scenario.objects.create(name="Shipwreck", slug="wreck", premise="A rock.", is_adult=True)
    Scenario.objects.create(name="Shipyard", slug="yard", premise="A slip.")
    make_opinion(odile, "absinthe", community=None)
    desk.open()

    def suggestions() -> list[list[str]]:
        return [
            desk.suggested("about", "character", ""),
            desk.suggested("scene", "characters", "Mara, od"),
            desk.suggested("scene", "scenario", "ship"),
            desk.suggested("opinions", "topic", "abs", character="Odile"),
        ]

    assert suggestions() == [["Mara", "Tomas Brandt"], [], ["Shipyard"], []]
    for name, more in (("remember", {}), ("remind", {"when": "in 2 hours"})):
        refused = desk.asks(name, {"character": "Odile", "what": "The oven is on.", **more})
        assert refused.content == "Odile is for adults: ask in an age-restricted channel."
    desk.general.change(is_nsfw=True)
    desk.bot.wait_until(Channel.objects.filter(is_nsfw=True).exists)
    assert suggestions() == [
        ["Mara", "Odile", "Tomas Brandt"], ["Mara, Odile"], ["Shipwreck", "Shipyard"], ["absinthe"],
    ]  # fmt: skip


def test_people_ask_what_somebody_thinks(desk: Desk) -> None:
    desk.open()
    desk.ann.say(desk.general, "Hello all.")
    desk.bot.wait_until(Community.objects.filter(discord_id=desk.guild.id).exists)
    mara, here = Character.objects.get(name="Mara"), Community.objects.get(discord_id=desk.guild.id)
    asked = desk.asks("opinions", {"character": "Mara"})
    assert asked.content == "**Mara** has no opinions yet: they take three talks on a thing."
    make_opinion(mara, "the ice house", community=here, sentiment=-0.6,
                 reasoning="It says: “It leaks.”\nBut Odile: “It held fish.”")  # fmt: skip
    make_opinion(mara, "elsewhere", community=make_community(discord_id=99))
    told = desk.asks("opinions", {"character": "Mara"})
    assert told.content == "**Mara**\n- is against the ice house"
    why = desk.asks("opinions", {"character": "mara", "topic": "ice house"})
    assert why.content == (
        "**Mara** is against the ice house (3 talks).\nMara says: “It leaks.”\n"
        "But Odile: “It held fish.”"
    )
    assert desk.suggested("opinions", "topic", "ice", character="Mara") == ["the ice house"]
    assert desk.suggested("opinions", "topic", "", character="Nobody") == []
    refused = desk.asks("opinions", {"character": "Mara", "topic": "soup"})
    assert refused.content == ("Mara has no opinion on 'soup'. It has on: the ice house.")


def test_commands_are_registered_only_when_they_have_changed(desk: Desk) -> None:
    desk.open()
    route = f"/applications/{desk.server.application_id}/commands"

    def registered() -> int:
        return sum(r.method == "PUT" and r.path.endswith(route) for r in desk.server.requests)

    desk.bot.wait_until(RegisteredCommands.objects.exists)
    assert registered() == 1
    desk.bot.stop()
    desk.open()
    desk.asks("characters")
    assert registered() == 1
    desk.bot.stop()
    RegisteredCommands.objects.update(digest="another")
    desk.open()
    desk.bot.wait_until(lambda: registered() == 2)


def test_keepers_pause_and_resume(desk: Desk) -> None:
    desk.open()
    with pytest.raises(NotOffered):
        desk.server.invoke("pause", by=desk.ann, channel=desk.general)
    said = desk.asks("pause", by=desk.keeper)
    assert said.content == "Nobody speaks in #general until /resume."
    assert Channel.objects.get(discord_id=desk.general.id).is_paused
    assert desk.asks("resume", by=desk.keeper).content == "#general goes on."
    desk.asks("pause", {"character": "Mara"}, by=desk.keeper)
    assert Character.objects.get(name="Mara").status == "paused"
    desk.asks("resume", {"character": "Mara"}, by=desk.keeper)
    assert Character.objects.get(name="Mara").is_active
    desk.asks("pause", {"what": "everything"}, by=desk.keeper)
    assert configuration.is_society_paused()
    assert "Everything rests" in desk.asks("status", by=desk.keeper).content
    desk.asks("resume", {"what": "everything"}, by=desk.keeper)
    assert not configuration.is_society_paused()
    both = desk.asks("pause", {"what": "channel", "character": "Mara"}, by=desk.keeper)
    assert both.content.startswith("Name either")
    said = desk.asks("channel-mode", {"mode": "muted"}, by=desk.keeper)
    assert Channel.objects.get(discord_id=desk.general.id).mode == "muted", said.content


def test_a_keeper_of_one_of_several_servers_keeps_only_that(desk: Desk) -> None:
    mill = desk.server.add_guild("Mill", channels=["wheel"], members=["Cy"])
    wheel, miller = mill.channel("wheel"), mill.owner
    desk.open()
    desk.bot.wait_until(lambda: Channel.objects.filter(discord_id=wheel.id).exists())
    for what in ({"what": "everything"}, {"character": "Mara"}):
        refused = desk.asks("pause", what, by=miller, at=wheel)
        assert refused.content.startswith("Characters live in other servers too")
    assert not configuration.is_society_paused()
    assert Character.objects.get(name="Mara").is_active
    desk.asks("pause", {"what": "server"}, by=miller, at=wheel)
    paused = Channel.objects.filter(is_paused=True).values_list("discord_id", flat=True)
    assert list(paused) == [wheel.id]
    assert "No calls" in desk.asks("cost", by=miller, at=wheel).content


def test_the_second_check_holds_where_discord_lets_somebody_by(desk: Desk) -> None:
    desk.open()
    for command in desk.server.world.commands[None]:  # as a server's own settings may
        command["default_member_permissions"] = None
    refused = desk.asks("pause", by=desk.ann)
    assert refused.is_ephemeral
    assert refused.content == "Only those who manage this server may use this."
    assert not Channel.objects.filter(is_paused=True).exists()
