"""A guild whose people use commands, and the real bot that answers them."""

from __future__ import annotations

from typing import Any

from tests.discord.bots import BotProcess, Bots
from tests.discord.server import Channel, DiscordServer, Guild, Message, Person


class Desk:
    """Ann, Bob and the guild's owner, its keeper, with a bot that knows its commands."""

    def __init__(self, server: DiscordServer, bots: Bots) -> None:
        self.server, self.bots = server, bots
        self.guild: Guild = server.add_guild(
            "Harbour", channels=["general", "boats"], members=["Ann", "Bob"]
        )
        self.general: Channel = self.guild.channel("general")
        self.boats: Channel = self.guild.channel("boats")
        self.ann, self.bob = self.guild.person("Ann"), self.guild.person("Bob")
        self.keeper: Person = self.guild.owner
        self.bot: BotProcess

    def open(self, **settings: str) -> Desk:
        """Start the bot, or start it again, and wait until its commands are known."""
        self.bot = self.bots.ready(**settings)
        self.server.wait_for(self.server.commands, 20, "the commands")
        return self

    def asks(
        self,
        name: str,
        options: dict[str, Any] | None = None,
        *,
        by: Person | None = None,
        at: Channel | None = None,
    ) -> Message:
        """Use a command and wait for its answer."""
        asked = self.server.invoke(
            name, options or {}, by=by or self.ann, channel=at or self.general
        )
        return asked.answer()

    def suggested(self, name: str, option: str, typed: str, **options: Any) -> list[str]:
        """What is suggested while Ann types."""
        found = self.server.autocomplete(
            name, option, typed, options, by=self.ann, channel=self.general
        )
        return [one["name"] for one in found]

    def presses(self, message: Message, label: str, *, by: Person | None = None) -> Message:
        """Press a button and wait until what it stands under is rewritten."""
        before = message.content, message.components
        self.server.click(message, label, by=by or self.ann)
        self.server.wait_for(
            lambda: (message.content, message.components) != before, 10, f"an answer to {label}"
        )
        return message
