"""The stand-in's interactions, answered by discord.py's own command tree."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import discord
import httpx2 as httpx
import pytest
from discord import app_commands

from tests.discord.realclient import RealClient
from tests.discord.server import DiscordServer, Guild, Interaction, NotOffered


@pytest.fixture
def guild(discord_server: DiscordServer) -> Guild:
    return discord_server.add_guild("Harbour", channels=["general"], members=["Ann", "Bob"])


@pytest.fixture
def real(guild: Guild, real_client: RealClient) -> Iterator[RealClient]:
    """A client with some commands, registered."""
    teach(real_client.tree)
    with real_client as started:
        started.do(started.tree.sync())
        yield started


class Forgetting(discord.ui.View):
    @discord.ui.button(label="Forget this", custom_id="forget:1")
    async def forget(self, interaction: discord.Interaction, _: discord.ui.Button) -> None:
        await interaction.response.edit_message(content="Forgotten.", view=None)

    @discord.ui.select(
        placeholder="Which?", options=[discord.SelectOption(label=one) for one in ("a", "b")]
    )
    async def which(self, interaction: discord.Interaction, menu: discord.ui.Select) -> None:
        await interaction.response.send_message(f"chosen {menu.values}", ephemeral=True)

    @discord.ui.button(label="Correct", custom_id="correct:1")
    async def correct(self, interaction: discord.Interaction, _: discord.ui.Button) -> None:
        await interaction.response.send_modal(Correction())


class Correction(discord.ui.Modal, title="Correct it"):
    text: discord.ui.TextInput = discord.ui.TextInput(label="What is true?", max_length=200)

    async def on_submit(self, interaction: discord.Interaction) -> None:
        await interaction.response.send_message(f"now: {self.text.value}", ephemeral=True)


def teach(tree: app_commands.CommandTree) -> None:
    @tree.command(description="How a character feels")
    @app_commands.describe(character="Which one", times="How often")
    async def mood(
        interaction: discord.Interaction, character: str, times: app_commands.Range[int, 1, 3] = 1
    ) -> None:
        await interaction.response.send_message(f"{character} is well. " * times)

    @mood.autocomplete("character")
    async def named(_: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        names = [name for name in ("Mara", "Marek", "Ada") if name.lower().startswith(typed)]
        return [app_commands.Choice(name=name, value=name) for name in names]

    @tree.command(description="What is known of you")
    async def known(interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.followup.send("You like tea.", view=Forgetting(), ephemeral=True)
        await interaction.followup.send("And boats.", ephemeral=True)

    @tree.command(description="Too slow")
    async def slow(interaction: discord.Interaction) -> None:
        await interaction.response.defer()

    @tree.command(description="For keepers")
    @app_commands.default_permissions(manage_guild=True)
    @app_commands.guild_only()
    async def pause(interaction: discord.Interaction, who: discord.Member) -> None:
        await interaction.response.send_message(f"{who.display_name} in {interaction.guild.name}")

    opinions = app_commands.Group(name="opinions", description="What they think")

    @opinions.command(name="list", description="All of them")
    async def listed(interaction: discord.Interaction, about: str) -> None:
        await interaction.response.send_message(f"nothing on {about}")

    tree.add_command(opinions)

    @tree.context_menu(name="Why?")
    async def why(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"because: {message.content}", ephemeral=True)


def test_a_command_is_registered_and_used(guild, real):
    server, general, ann = guild.server, guild.channel("general"), guild.person("Ann")
    names = {command["name"] for command in server.commands()}
    assert names == {"mood", "known", "slow", "pause", "opinions", "Why?"}
    answer = server.invoke(
        "mood", {"character": "Mara", "times": 2}, by=ann, channel=general
    ).answer()
    assert answer.content == "Mara is well. Mara is well."
    assert server.messages(general) == [answer]
    (heard,) = real.wait_for("message")
    assert heard.interaction_metadata.user.id == ann.id
    listed = server.invoke("opinions list", {"about": "tea"}, by=ann, channel=general)
    assert listed.answer().content == "nothing on tea"
    private = server.invoke("mood", {"character": "Ada"}, by=ann, channel=ann.open_dm())
    assert private.answer().content == "Ada is well."


def test_what_is_typed_is_completed(guild, real):
    server, general, ann = guild.server, guild.channel("general"), guild.person("Ann")
    found = server.autocomplete("mood", "character", "mar", by=ann, channel=general)
    assert [choice["value"] for choice in found] == ["Mara", "Marek"]
    assert server.autocomplete("mood", "character", "zz", by=ann, channel=general) == []


def test_an_answer_may_come_later_and_for_one_person(guild, real):
    server, general, ann = guild.server, guild.channel("general"), guild.person("Ann")
    asked = server.invoke("known", by=ann, channel=general)
    assert asked.acknowledged() == 5
    answer = asked.answer()
    assert (answer.content, answer.is_ephemeral) == ("You like tea.", True)
    server.wait_for(lambda: asked.follow_ups, what="the second")
    assert [message.content for message in asked.follow_ups] == ["And boats."]
    assert server.messages(general) == []


def test_buttons_menus_and_forms(guild, real):
    server, general, ann = guild.server, guild.channel("general"), guild.person("Ann")
    answer = server.invoke("known", by=ann, channel=general).answer()
    chosen = server.select(answer, "Which?", "b", by=ann)
    assert chosen.answer().content == "chosen ['b']"
    with pytest.raises(ValueError, match="not among"):
        server.select(answer, "Which?", "c", by=ann)
    opened = server.click(answer, "Correct", by=ann)
    assert opened.form()["title"] == "Correct it"
    with pytest.raises(ValueError, match="required"):
        server.submit(opened, {})
    assert server.submit(opened, {"What is true?": "coffee"}).answer().content == "now: coffee"
    assert server.click(answer, "Forget this", by=ann).answer() is answer
    assert (answer.content, answer.components) == ("Forgotten.", [])
    with pytest.raises(LookupError):
        server.click(answer, "Forget this", by=ann)


def test_a_command_of_a_messages_menu(guild, real):
    server, general, ann = guild.server, guild.channel("general"), guild.person("Ann")
    said = guild.person("Bob").say(general, "tea is over")
    answer = server.use_on_message("Why?", said, by=ann).answer()
    assert (answer.content, answer.is_ephemeral) == ("because: tea is over", True)


def test_only_who_may_is_offered_it(guild, real):
    server, general, ann = guild.server, guild.channel("general"), guild.person("Ann")
    with pytest.raises(NotOffered):
        server.invoke("pause", {"who": ann}, by=ann, channel=general)
    keeper = guild.add_role("Keeper", "MANAGE_GUILD")
    ann.set_roles(guild, keeper)
    answer = server.invoke("pause", {"who": ann}, by=ann, channel=general).answer()
    assert answer.content == "Ann in Harbour"
    with pytest.raises(NotOffered):
        server.invoke("pause", {"who": ann}, by=guild.owner, channel=ann.open_dm())
    with pytest.raises(NotOffered):
        server.invoke("opinions", by=ann, channel=general)
    for wrong in ({}, {"character": "Mara", "times": 9}, {"character": 5}, {"who": "Mara"}):
        with pytest.raises(ValueError, match=r"needs|between|take|option"):
            server.invoke("mood", wrong, by=ann, channel=general)


def test_an_answer_must_come_in_time_and_once(guild, real):
    server, general, ann = guild.server, guild.channel("general"), guild.person("Ann")
    path = "/interactions/{0.id}/{0.token}/callback"
    body = {"type": 4, "data": {"content": "x", "allowed_mentions": {"parse": []}}}
    with httpx.Client(base_url=f"{server.api_url}/v10") as api:
        asked = server.invoke("mood", {"character": "Mara"}, by=ann, channel=general)
        asked.answer()
        again = api.post(path.format(asked), json=body)
        assert (again.status_code, again.json()["code"]) == (400, 40060)
        server.interaction_deadline_s = -1.0
        late = server.invoke("slow", by=ann, channel=general)
        server.wait_for(lambda: late.is_failed, what="the late answer")
        assert late.answer_type is None
        server.interaction_deadline_s = 3.0
        assert api.post("/interactions/1/x/callback", json=body).json()["code"] == 10062
        unanswered = _unanswered(server, ann, general)
        follow_up = f"/webhooks/{server.application_id}/{unanswered.token}"
        assert api.post(follow_up, json=body["data"]).json()["code"] == 10015
        wrong = api.post(path.format(unanswered), json={"type": 8, "data": {"choices": []}})
        assert wrong.json()["code"] == 50035
        assert server.violations.pop()
        asked.is_expired = True
        follow_up = f"/webhooks/{server.application_id}/{asked.token}"
        assert api.post(follow_up, json=body["data"]).json()["code"] == 50027


def _unanswered(server: DiscordServer, by: Any, channel: Any) -> Interaction:
    """An interaction of which the client under test is not told."""
    server.faults.drop_events("INTERACTION_CREATE")
    return server.invoke("slow", by=by, channel=channel)


OPTION = {"type": 3, "name": "who", "description": "Who"}
COMMAND = {"name": "mood", "description": "How they feel"}
CHOICES = [{"name": str(number), "value": str(number)} for number in range(26)]


@pytest.mark.parametrize(
    "commands",
    [
        [{**COMMAND, "name": "Mood"}],
        [{**COMMAND, "name": "how are you"}],
        [{**COMMAND, "name": "m" * 33}],
        [{**COMMAND, "description": ""}],
        [{**COMMAND, "description": "x" * 101}],
        [{**COMMAND, "colour": 1}],
        [COMMAND, COMMAND],
        [{**COMMAND, "options": [{**OPTION, "name": f"o{n}"} for n in range(26)]}],
        [{**COMMAND, "options": [OPTION, {**OPTION, "name": "b", "required": True}]}],
        [{**COMMAND, "options": [OPTION, OPTION]}],
        [{**COMMAND, "options": [{**OPTION, "choices": CHOICES}]}],
        [{**COMMAND, "options": [{**OPTION, "choices": [{"name": "x", "value": 5}]}]}],
        [{**COMMAND, "options": [{**OPTION, "choices": CHOICES[:1], "autocomplete": True}]}],
        [{"type": 3, "name": "Why?", "description": "not here"}],
    ],
)
def test_commands_that_are_wrong_are_refused(guild, commands):
    server = guild.server
    headers = {"Authorization": f"Bot {server.token}"}
    url = f"{server.api_url}/v10/applications/{server.application_id}/commands"
    refused = httpx.put(url, json=commands, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (400, 50035)
    assert server.commands() == []
    assert server.violations.pop()


def test_a_hundred_commands_are_all_there_may_be(guild):
    server = guild.server
    headers = {"Authorization": f"Bot {server.token}"}
    url = f"{server.api_url}/v10/applications/{server.application_id}/guilds/{guild.id}/commands"
    commands = [{**COMMAND, "name": f"c{n}"} for n in range(101)]
    assert httpx.put(url, json=commands, headers=headers).json()["code"] == 30032
    first = httpx.put(url, json=commands[:100], headers=headers).json()
    again = httpx.put(url, json=commands[:2], headers=headers).json()
    assert [one["id"] for one in again] == [one["id"] for one in first[:2]]
    assert len(server.commands(guild)) == 2
    assert server.commands() == []


def test_too_many_suggestions_are_refused(guild, real):
    server, general, ann = guild.server, guild.channel("general"), guild.person("Ann")
    server.faults.drop_events("INTERACTION_CREATE")
    with pytest.raises(AssertionError, match="suggestions"):
        server.autocomplete("mood", "character", "m", by=ann, channel=general, timeout=0.1)
    (asked,) = server.world.interactions.values()
    url = f"{server.api_url}/v10/interactions/{asked.id}/{asked.token}/callback"
    refused = httpx.post(url, json={"type": 8, "data": {"choices": CHOICES}})
    assert refused.json()["code"] == 50035
    assert server.violations.pop()
    assert time.monotonic() > asked.began
