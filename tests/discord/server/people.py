"""Whoever has an account, and what they do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.discord.server import deeds, places_deeds
from tests.discord.server.loop import in_loop

if TYPE_CHECKING:
    from tests.discord.server.messages import Message
    from tests.discord.server.places import Channel, Guild, Role
    from tests.discord.server.standin import DiscordServer

File = tuple[str, bytes]


@dataclass(eq=False)
class Person:
    """An account: a person's, or a bot's. What it does here the bot under test hears of."""

    server: DiscordServer = field(repr=False)
    id: int
    username: str
    display_name: str
    is_bot: bool = False
    avatar: str | None = None
    status: str = "offline"
    takes_messages: bool = True  # False: direct messages are answered 50007

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    @in_loop
    def say(
        self,
        channel: Channel,
        content: str = "",
        *,
        reply_to: Message | None = None,
        attachments: Sequence[File] = (),
        embeds: Sequence[dict[str, Any]] = (),
        at: dt.datetime | None = None,
        **fields: Any,
    ) -> Message:
        """Post a message. `at` puts it into the past, where nobody is told of it."""
        return deeds.post(
            self.server,
            channel,
            author=self,
            content=content,
            reply_to=reply_to,
            files=attachments,
            embeds=list(embeds),
            at=at,
            **fields,
        )

    @in_loop
    def edit(self, message: Message, content: str) -> None:
        deeds.edit(self.server, message, content=content)

    @in_loop
    def delete(self, *messages: Message) -> None:
        """Delete one message, or several at once as a moderator's bulk deletion does."""
        deeds.remove(self.server, list(messages))

    @in_loop
    def react(self, message: Message, emoji: str) -> None:
        deeds.react(self.server, message, self, emoji)

    @in_loop
    def unreact(self, message: Message, emoji: str) -> None:
        deeds.unreact(self.server, message, self, emoji)

    @in_loop
    def type_in(self, channel: Channel) -> None:
        deeds.begin_typing(self.server, channel, self)

    @in_loop
    def join(self, guild: Guild, *, nick: str | None = None, roles: Sequence[Role] = ()) -> Member:
        return places_deeds.join(self.server, guild, self, nick=nick, roles=roles)

    @in_loop
    def leave(self, guild: Guild) -> None:
        places_deeds.leave(self.server, guild, self)

    @in_loop
    def rename(self, display_name: str) -> None:
        """Change the name that all servers show where there is no nickname."""
        places_deeds.rename_person(self.server, self, display_name)

    @in_loop
    def call_self(self, guild: Guild, nick: str | None) -> None:
        """Take a nickname in one server, or drop it."""
        places_deeds.change_member(self.server, guild.members[self.id], nick=nick)

    @in_loop
    def set_roles(self, guild: Guild, *roles: Role) -> None:
        places_deeds.change_member(self.server, guild.members[self.id], roles=set(roles))

    @in_loop
    def be_timed_out(self, guild: Guild, until: dt.datetime | None) -> None:
        """A moderator has this person write nothing until then. Of its end nobody is told."""
        places_deeds.change_member(self.server, guild.members[self.id], timed_out_until=until)

    @in_loop
    def set_status(self, status: str) -> None:
        """online, idle, dnd or offline."""
        places_deeds.change_status(self.server, self, status)

    @in_loop
    def start_thread(
        self, channel: Channel, name: str, *, on: Message | None = None, private: bool = False
    ) -> Channel:
        return places_deeds.start_thread(
            self.server, channel, name, owner=self, on=on, private=private
        )

    @in_loop
    def open_dm(self) -> Channel:
        """The direct messages between this person and the bot."""
        return places_deeds.open_dm(self.server, self)

    def name_in(self, guild: Guild | None) -> str:
        member = guild.members.get(self.id) if guild else None
        return (member.nick if member else None) or self.display_name


@dataclass(eq=False)
class Member:
    """An account in one server."""

    person: Person
    guild: Guild = field(repr=False)
    joined_at: dt.datetime
    nick: str | None = None
    roles: set[Role] = field(default_factory=set)
    timed_out_until: dt.datetime | None = None
