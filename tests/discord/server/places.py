"""Servers, their roles and channels, threads, and direct messages."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.discord.server import deeds, permissions, places_deeds
from tests.discord.server.kinds import THREADS, Kind
from tests.discord.server.loop import in_loop
from tests.discord.server.snowflakes import shard_of

if TYPE_CHECKING:
    from tests.discord.server.messages import Message
    from tests.discord.server.people import Member, Person
    from tests.discord.server.standin import DiscordServer
    from tests.discord.server.webhooks import Webhook


@dataclass(eq=False)
class Role:
    id: int
    guild: Guild = field(repr=False)
    name: str
    permissions: int
    position: int = 1
    is_mentionable: bool = False
    is_managed: bool = False

    @property
    def server(self) -> DiscordServer:
        return self.guild.server

    @property
    def mention(self) -> str:
        return f"<@&{self.id}>"

    @in_loop
    def allow(self, *names: str) -> None:
        places_deeds.change_role(self.server, self, self.permissions | permissions.named(*names))

    @in_loop
    def deny(self, *names: str) -> None:
        places_deeds.change_role(self.server, self, self.permissions & ~permissions.named(*names))


@dataclass
class Overwrite:
    """What a channel allows and denies one role or person."""

    is_for_role: bool
    allow: int = 0
    deny: int = 0


@dataclass(eq=False)
class Guild:
    """A server, in the words of the API a guild."""

    server: DiscordServer = field(repr=False)
    id: int
    name: str
    owner: Person
    everyone: Role = field(init=False, repr=False)
    bot_role: Role = field(init=False, repr=False)
    roles: dict[int, Role] = field(default_factory=dict, repr=False)
    channels: list[Channel] = field(default_factory=list, repr=False)
    threads: list[Channel] = field(default_factory=list, repr=False)
    members: dict[int, Member] = field(default_factory=dict, repr=False)
    bans: set[int] = field(default_factory=set, repr=False)
    system_channel: Channel | None = None  # where arrivals are announced
    has_bot: bool = False
    is_available: bool = True
    features: list[str] = field(default_factory=list)
    blocked_words: list[str] = field(default_factory=list)  # AutoMod lets nobody say them

    def channel(self, name: str) -> Channel:
        return next(c for c in [*self.channels, *self.threads] if c.name == name)

    def person(self, name: str) -> Person:
        return next(
            m.person
            for m in self.members.values()
            if name in (m.person.display_name, m.person.username, m.nick)
        )

    def shard(self, shards: int) -> int:
        return shard_of(self.id, shards)

    @in_loop
    def add_channel(
        self,
        name: str,
        *,
        kind: Kind = Kind.TEXT,
        topic: str | None = None,
        is_nsfw: bool = False,
        parent: Channel | None = None,
    ) -> Channel:
        return places_deeds.add_channel(
            self.server, self, name, kind=kind, topic=topic, is_nsfw=is_nsfw, parent=parent
        )

    @in_loop
    def add_member(self, person: Person | str, *, nick: str | None = None) -> Person:
        """Somebody joins: a person that exists, or a new one of that name."""
        known = self.server.add_person(person) if isinstance(person, str) else person
        places_deeds.join(self.server, self, known, nick=nick)
        return known

    @in_loop
    def add_role(self, name: str, *allowed: str, is_mentionable: bool = False) -> Role:
        return places_deeds.add_role(
            self.server, self, name, permissions.named(*allowed), is_mentionable
        )

    @in_loop
    def rename(self, name: str) -> None:
        places_deeds.rename_guild(self.server, self, name)

    @in_loop
    def kick(self, person: Person) -> None:
        """Remove somebody; the bot itself too, as a keeper may."""
        places_deeds.leave(self.server, self, person)

    @in_loop
    def ban(self, person: Person) -> None:
        places_deeds.ban(self.server, self, person)

    @in_loop
    def unban(self, person: Person) -> None:
        places_deeds.unban(self.server, self, person)

    @in_loop
    def invite_bot(self) -> None:
        """The bot (again) becomes a member."""
        places_deeds.invite_bot(self.server, self)

    @in_loop
    def set_available(self, is_available: bool) -> None:
        """A server that Discord itself cannot reach for a while."""
        places_deeds.set_available(self.server, self, is_available)

    @in_loop
    def delete(self) -> None:
        places_deeds.delete_guild(self.server, self)


@dataclass(eq=False)
class Channel:
    server: DiscordServer = field(repr=False)
    id: int
    kind: Kind
    name: str = ""
    guild: Guild | None = field(default=None, repr=False)
    parent: Channel | None = field(default=None, repr=False)
    topic: str | None = None
    is_nsfw: bool = False
    slow_mode_s: int = 0
    position: int = 0
    overwrites: dict[int, Overwrite] = field(default_factory=dict, repr=False)
    recipients: dict[int, Person] = field(default_factory=dict, repr=False)  # of a DM
    owner: Person | None = field(default=None, repr=False)  # of a thread
    thread_members: set[int] = field(default_factory=set, repr=False)
    is_archived: bool = False
    is_locked: bool = False
    auto_archive_minutes: int = 1440
    is_deleted: bool = False
    log: list[Message] = field(default_factory=list, repr=False)
    webhooks: list[Webhook] = field(default_factory=list, repr=False)

    @property
    def is_thread(self) -> bool:
        return self.kind in THREADS

    @property
    def mention(self) -> str:
        return f"<#{self.id}>"

    @property
    def last_message_id(self) -> int | None:
        return self.log[-1].id if self.log else None

    def message(self, message_id: int) -> Message | None:
        at = bisect_left(self.log, message_id, key=lambda m: m.id)
        return self.log[at] if at < len(self.log) and self.log[at].id == message_id else None

    def place_of(self, message_id: int) -> int:
        """Where in the log an id stands or would stand, after its equals."""
        return bisect_right(self.log, message_id, key=lambda m: m.id)

    @in_loop
    def rename(self, name: str) -> None:
        places_deeds.change_channel(self.server, self, name=name)

    @in_loop
    def change(self, **fields: Any) -> None:
        """topic, is_nsfw, slow_mode_s, is_archived, is_locked, name, parent."""
        places_deeds.change_channel(self.server, self, **fields)

    @in_loop
    def deny(self, whom: Person | Role, *names: str) -> None:
        """Take permissions away here, from one person (the bot, for one) or a role."""
        places_deeds.overwrite(self.server, self, whom, deny=permissions.named(*names))

    @in_loop
    def allow(self, whom: Person | Role, *names: str) -> None:
        places_deeds.overwrite(self.server, self, whom, allow=permissions.named(*names))

    @in_loop
    def restore(self, whom: Person | Role) -> None:
        """Forget what was allowed and denied here."""
        places_deeds.drop_overwrite(self.server, self, whom)

    @in_loop
    def delete(self) -> None:
        places_deeds.delete_channel(self.server, self)

    @in_loop
    def add_webhook(self, name: str, by: Person) -> Webhook:
        """Somebody else's webhook, such as another bot's or a feed's."""
        return deeds.add_webhook(self.server, self, name, creator=by)

    @in_loop
    def messages(self) -> Sequence[Message]:
        """What stands here now, oldest first."""
        return list(self.log)
