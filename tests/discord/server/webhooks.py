"""A way to post into one channel under any name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.discord.server import deeds
from tests.discord.server.loop import in_loop

if TYPE_CHECKING:
    from tests.discord.server.messages import Message
    from tests.discord.server.people import File, Person
    from tests.discord.server.places import Channel
    from tests.discord.server.standin import DiscordServer


@dataclass(eq=False)
class Webhook:
    server: DiscordServer = field(repr=False)
    id: int
    token: str = field(repr=False)
    channel: Channel
    name: str
    creator: Person
    application_id: int | None = None
    avatar: str | None = None
    is_deleted: bool = False

    @in_loop
    def say(
        self,
        content: str,
        *,
        username: str | None = None,
        avatar_url: str | None = None,
        attachments: Sequence[File] = (),
        channel: Channel | None = None,
    ) -> Message:
        """What somebody else posts through it; `channel` may be a thread of its channel."""
        return deeds.post(
            self.server,
            channel or self.channel,
            webhook=self,
            author_name=username or self.name,
            avatar_url=avatar_url,
            content=content,
            files=attachments,
        )

    @in_loop
    def delete(self) -> None:
        """As a keeper does under Integrations."""
        deeds.delete_webhook(self.server, self)

    @in_loop
    def move(self, channel: Channel) -> None:
        """To another channel of its server, as a keeper may under Integrations."""
        deeds.move_webhook(self.server, self, channel)
