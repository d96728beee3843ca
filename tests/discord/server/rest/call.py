"""One request, read and checked as far as all requests are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.discord.server import permissions
from tests.discord.server.forms.checks import Check, Invalid
from tests.discord.server.permissions import Permission
from tests.discord.server.rest.errors import DiscordError

if TYPE_CHECKING:
    from tests.discord.server.messages import Message
    from tests.discord.server.people import File
    from tests.discord.server.places import Channel, Guild
    from tests.discord.server.standin import DiscordServer
    from tests.discord.server.webhooks import Webhook

Handler = Callable[["Call"], Any]


@dataclass
class Call:
    server: DiscordServer
    info: dict[str, str]
    query: dict[str, str]
    body: Any = None
    files: list[File] = field(default_factory=list)
    reason: str | None = None

    def id(self, name: str) -> int:
        """An id in the address."""
        if not self.info[name].isdigit():
            error = {
                "code": "NUMBER_TYPE_COERCE",
                "message": f'Value "{self.info[name]}" is not snowflake.',
            }
            raise DiscordError(50035, {name: {"_errors": [error]}})
        return int(self.info[name])

    def form(self, check: Check) -> dict[str, Any]:
        """The body, checked."""
        return self._checked(check, {} if self.body is None else self.body)

    def asked(self, check: Check) -> dict[str, Any]:
        """The query string, checked."""
        return self._checked(check, self.query)

    @staticmethod
    def _checked(check: Check, value: Any) -> dict[str, Any]:
        try:
            found: dict[str, Any] = check(value)
        except Invalid as invalid:
            raise DiscordError(50035, invalid.tree) from None
        return found

    # What the address names, as the bot may see it

    def guild(self) -> Guild:
        guild = self.server.world.guilds.get(self.id("guild_id"))
        if guild is None:
            raise DiscordError(10004)
        if self.server.bot.id not in guild.members:
            raise DiscordError(50001)
        return guild

    def channel(self, *needed: Permission) -> Channel:
        """A channel that the bot sees and where it may do what it is about to."""
        channel = self.server.world.channels.get(self.id("channel_id"))
        if channel is None:
            raise DiscordError(10003)
        bits = permissions.in_channel(self.server.bot, channel)
        if not bits & Permission.VIEW_CHANNEL:
            raise DiscordError(50001)
        for one in needed:
            if not bits & one:
                raise DiscordError(50013)
        return channel

    def message(self, channel: Channel, name: str = "message_id") -> Message:
        message = channel.message(self.id(name))
        if message is None:
            raise DiscordError(10008)
        return message

    def webhook(self) -> Webhook:
        """A webhook by id and, where the address has one, its token."""
        webhook = self.server.world.webhooks.get(self.id("webhook_id"))
        if webhook is None:
            raise DiscordError(10015)
        if self.info.get("webhook_token", webhook.token) != webhook.token:
            raise DiscordError(50027)
        return webhook

    def must_own_application(self) -> None:
        if self.id("application_id") != self.server.application_id:
            raise DiscordError(20012)
