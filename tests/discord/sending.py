"""A stage for what goes out: a place on the stand-in, the same place in rows, and somebody to send.

The sender's clock is the stage's own: waiting costs no time."""

from __future__ import annotations

import asyncio
import datetime as dt
from fnmatch import fnmatchcase
from typing import Any

from django.utils import timezone

from characters.models import Character
from conversations.discord.facts import Us
from conversations.discord.outbound import Outbound
from conversations.models import Channel, Conversation, Delivery, Message
from tests.builders import make_channel, make_community, make_conversation, make_message
from tests.discord.server import Channel as Place
from tests.discord.server import DiscordServer, Guild
from tests.discord.server import Message as Shown

WEBHOOK_POST = "POST /webhooks/*"


class Stage:
    """A guild with one channel to speak in."""

    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        self.guild: Guild = server.add_guild("Harbour", channels=["general"], members=["Ann"])
        self.place: Place = self.guild.channel("general")
        self.community = make_community(discord_id=self.guild.id)
        self.channel: Channel = self.take_in(self.place)
        self.talk: Conversation = make_conversation(self.channel)
        self.late = dt.timedelta()

    def take_in(self, place: Place, **fields: Any) -> Channel:
        return make_channel(place.name, community=self.community, discord_id=place.id, **fields)

    @property
    def us(self) -> Us:
        return Us(self.server.bot.id, self.server.application_id)

    def now(self) -> dt.datetime:
        return timezone.now() + self.late

    def wait(self, **span: float) -> None:
        """Let time pass for the sender."""
        self.late += dt.timedelta(**span)

    def say(
        self, author: Character | None, text: str, talk: Conversation | None = None, **fields: Any
    ) -> Message:
        return make_message(talk or self.talk, author, text, **fields)

    def send(self) -> None:
        """Send what waits and can be sent now."""
        asyncio.run(self._send())

    async def _send(self) -> None:
        await Outbound(str(self.server.token), self.us, self.now).send_waiting()

    def shown(self, place: Place | None = None) -> list[Shown]:
        return self.server.messages(place or self.place)

    def texts(self, place: Place | None = None) -> list[str]:
        return [one.content for one in self.shown(place)]

    def delivery(self, message: Message) -> Delivery:
        return Delivery.objects.get(message=message, surface="discord", reaction=None)

    def asked(self, route: str) -> int:
        """How often a route was asked."""
        return sum(fnmatchcase(f"{r.method} {r.path}", route) for r in self.server.requests)
