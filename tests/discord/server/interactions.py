"""A person uses a command, a button, a menu or a form; and what the bot makes of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.discord.server import messages as m
from tests.discord.server import shapes
from tests.patience import PATIENCE_S

if TYPE_CHECKING:
    from tests.discord.server.people import Person
    from tests.discord.server.places import Channel
    from tests.discord.server.standin import DiscordServer

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5


@dataclass(eq=False)
class Interaction:
    """Made by `server.invoke` and its like."""

    server: DiscordServer = field(repr=False)
    id: int
    token: str = field(repr=False)
    kind: int
    person: Person
    channel: Channel
    data: dict[str, Any]
    message: m.Message | None = None  # on which the button stands
    began: float = field(default_factory=time.monotonic)
    answer_type: int | None = None  # of the callback: 4 message, 5 deferred, 9 modal …
    response: m.Message | None = None
    follow_ups: list[m.Message] = field(default_factory=list)
    choices: list[dict[str, Any]] | None = None
    modal: dict[str, Any] | None = None
    is_failed: bool = False  # the bot's first answer came too late
    is_expired: bool = False  # set it to have the token refused, as after 15 minutes

    def answer(self, timeout: float = PATIENCE_S) -> m.Message:
        """Wait for the bot's answer, the deferred one too. Raises if it is not in time."""

        def answered() -> m.Message | None:
            found = self.response
            return found if found is not None and not found.flags & m.LOADING else None

        return self._wait(answered, timeout, "an answer")

    def acknowledged(self, timeout: float = PATIENCE_S) -> int:
        """Wait for the first answer of whatever kind, and return its type."""
        return self._wait(lambda: self.answer_type, timeout, "an acknowledgement")

    def form(self, timeout: float = PATIENCE_S) -> dict[str, Any]:
        """Wait for a modal."""
        return self._wait(lambda: self.modal, timeout, "a modal")

    def suggestions(self, timeout: float = PATIENCE_S) -> list[dict[str, Any]]:
        """Wait for the choices of an autocompletion."""

        def suggested() -> list[list[dict[str, Any]]]:
            return [] if self.choices is None else [self.choices]

        return self._wait(suggested, timeout, "suggestions")[0]

    def _wait(self, predicate: Any, timeout: float, what: str) -> Any:
        name = self.data.get("name") or self.data.get("custom_id")
        return self.server.wait_for(predicate, timeout, f"{what} to {name!r}")

    def metadata(self) -> dict[str, Any]:
        return {
            "id": str(self.id),
            "type": self.kind,
            "user": shapes.user(self.person),
            "authorizing_integration_owners": self.owners(),
        }

    def owners(self) -> dict[str, str]:
        guild = self.channel.guild
        return {"0": str(guild.id if guild else 0)}

    def payload(self) -> dict[str, Any]:
        """The event that tells the bot of it."""
        guild, channel = self.channel.guild, self.channel
        shown = shapes.channel(channel)
        shown["permissions"] = shapes.permissions_of(self.person, channel)
        found: dict[str, Any] = {
            "id": str(self.id),
            "application_id": str(self.server.application_id),
            "type": self.kind,
            "data": self.data,
            "channel": shown,
            "channel_id": str(channel.id),
            "token": self.token,
            "version": 1,
            "app_permissions": shapes.permissions_of(self.server.bot, channel),
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": self.owners(),
            "context": 0 if guild else 1,
            "attachment_size_limit": 10 << 20,
        }
        if self.message is not None:
            found["message"] = shapes.message(self.message)
        if guild is None:
            return found | {"user": shapes.user(self.person)}
        member = shapes.member(guild.members[self.person.id])
        member["permissions"] = shown["permissions"]
        return found | {
            "guild_id": str(guild.id),
            "guild_locale": "en-US",
            "guild": {"id": str(guild.id), "locale": "en-US", "features": guild.features},
            "member": member,
        }
