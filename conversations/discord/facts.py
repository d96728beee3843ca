"""What has happened on Discord, in plain values: what crosses from the gateway to the rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from conversations.discord import clocks

DISCORD_EPOCH_MS = 1_420_070_400_000


def snowflake(at: dt.datetime) -> int:
    """The least id that Discord could have given to something at that moment of our clock."""
    return max(0, int(clocks.theirs(at).timestamp() * 1000) - DISCORD_EPOCH_MS) << 22


# Where one of these (`needs.NEEDED`) is lacking nobody speaks in a channel: what a keeper reads
# beside it. A webhook goes on posting where the bot itself may neither see nor write: no refused
# request would tell.
WITHOUT: Mapping[str, str] = {
    "view_channel": "The bot may not see this channel: nobody hears here. Give it View Channel.",
    "send_messages": "The bot may not write in this channel. Give it Send Messages.",
    "open_thread": "This thread is locked: nobody speaks here until a moderator unlocks it.",
    "place_for_talk": "This is a forum: characters speak in its posts.",
    "send_messages_in_threads": "The bot may not write in this thread. Give it Send Messages in "
    "Threads.",
}
# What is said of a channel whose history the bot may not read.
UNREAD = (
    "The bot may not read back here: what is said, edited or removed while it is away stays "
    "unknown, and after a crash a line may be sent twice. Give it Read Message History."
)


@dataclass(frozen=True, slots=True)
class Us:
    """Who the bot is on Discord."""

    user_id: int
    application_id: int


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody as Discord describes them. What belongs to a guild is empty outside of one, and in a
    history, which doesn't tell it (then `is_told_whole` is false); `is_keeper` is whether they may
    manage it."""

    id: int
    username: str
    display_name: str = ""
    is_bot: bool = False
    nickname: str = ""
    roles: tuple[str, ...] = ()
    is_keeper: bool = False
    is_told_whole: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, a thread (then with its parent), or a person's direct messages (then with that
    person's id, and without a guild). `is_nsfw` is None where the gateway hasn't told of the
    channel, or of that on which a thread hangs: then nothing here is for all. `lacks` names
    what the bot may not do there of what it needs to live there, as in `WITHOUT`; `is_unreadable`
    is whether it may not read what was said before."""

    channel_id: int
    name: str = ""
    guild_id: int | None = None
    guild_name: str = ""
    topic: str = ""
    is_private: bool = False
    is_nsfw: bool | None = False
    is_archived: bool = False
    slow_mode_s: int = 0
    lacks: tuple[str, ...] = ()
    is_unreadable: bool = False
    parent: Place | None = None
    recipient_id: int | None = None

    @property
    def is_direct(self) -> bool:
        return self.guild_id is None


@dataclass(frozen=True, slots=True)
class GuildFacts:
    """A guild and the channels and threads in it that the bot can see."""

    id: int
    name: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """A message. `extras` say in words what it carries beside its text; `users` and `roles` name
    whom it mentions."""

    id: int
    place: Place
    author: Author
    content: str
    at: dt.datetime
    is_speech: bool = True
    edited_at: dt.datetime | None = None
    reply_to: int | None = None
    image_urls: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    users: Mapping[int, str] = field(default_factory=dict)
    roles: Mapping[int, str] = field(default_factory=dict)
    webhook_id: int | None = None
    application_id: int | None = None
    nonce: str = ""


@dataclass(frozen=True, slots=True)
class Reacted:
    """An emoji put under a message, or taken away. `author` is known when it is put there in a
    guild."""

    message_id: int
    user_id: int
    emoji: str
    stands: bool
    author: Author | None = None
