"""What the bot needs in a guild, and what of it is missing: permissions by channel, intents by
setting. Reads what the gateway has told; asks nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import discord

from fishbowl.environment import Environment

# Permissions by discord.py's names: as Discord calls them, and what for.
NEEDED: Mapping[str, tuple[str, str]] = {
    "view_channel": ("View Channel", "to hear what is said"),
    "send_messages": ("Send Messages", "to answer"),
    "manage_webhooks": ("Manage Webhooks", "so that each character has its own name and face"),
    "read_message_history": (
        "Read Message History",
        "to catch up, and to send nothing twice after a crash",
    ),
    "add_reactions": ("Add Reactions", "so that a look can say enough"),
    "send_messages_in_threads": ("Send Messages in Threads", "to answer in threads"),
}
Room = discord.abc.GuildChannel | discord.Thread

PICK = (
    "Hello. I bring AI characters to this server: they talk with you and with each other, "
    "remember, and take to people or not.\n"
    "Nobody is heard or spoken to until somebody who manages this server picks channels with "
    "`/setup`. There I need these permissions: {permissions}.\n"
    "What is remembered of you is yours to say: `/privacy`, `/what-do-you-know-about-me`, "
    "`/forget-me`."
)


def missing_in(room: Room, me: discord.Member) -> list[str]:
    """The names of the permissions that the bot lacks in a channel."""
    granted = room.permissions_for(me)
    return [name for name in NEEDED if not getattr(granted, name)]


def lacking_in(room: Room, guild: discord.Guild) -> tuple[str, ...]:
    """What the bot lacks to live in a channel, by the names of `WITHOUT`. Empty where the gateway
    hasn't told who the bot is there, what everybody may, or on which channel a thread hangs."""
    is_thread = isinstance(room, discord.Thread)
    hangs_on = room.parent if isinstance(room, discord.Thread) else room
    if guild.me is None or guild.default_role is None or hangs_on is None:
        return ()
    if isinstance(room, discord.ForumChannel):
        return ("place_for_talk",)
    if isinstance(room, discord.Thread) and room.locked:  # whoever may write there all the same
        return ("open_thread",)
    granted = hangs_on.permissions_for(guild.me)
    needed = ("view_channel", "send_messages_in_threads" if is_thread else "send_messages")
    return tuple(name for name in needed if not getattr(granted, name))


def lacks_history(room: Room, guild: discord.Guild) -> bool:
    """Whether the bot may not read what was said in a channel before: Discord then shows it an
    empty one. False where the gateway hasn't told."""
    hangs_on = room.parent if isinstance(room, discord.Thread) else room
    if guild.me is None or guild.default_role is None or hangs_on is None:
        return False
    return not hangs_on.permissions_for(guild.me).read_message_history


def timed_out_for_s(guild: discord.Guild) -> float:
    """For how many seconds more the bot may not write anywhere in a guild: a moderator of it has
    timed it out. 0 where nobody has."""
    until = guild.me.timed_out_until if guild.me is not None else None
    return max(0.0, (until - discord.utils.utcnow()).total_seconds()) if until else 0.0


def in_words(missing: Iterable[str]) -> str:
    """Permissions as Discord calls them, each with what it is for."""
    return "; ".join(f"**{NEEDED[name][0]}** ({NEEDED[name][1]})" for name in missing)


def intents_missing(settings: Environment) -> list[str]:
    """What goes unheard by setting, and what would change that."""
    found = []
    if not settings.discord_message_content:
        found.append(
            "**Message Content Intent** is off: the characters hear only direct messages and what "
            "mentions the bot. Switch it on in the developer portal, and leave "
            "DISCORD_MESSAGE_CONTENT out."
        )
    if not settings.discord_members:
        found.append(
            "**Server Members Intent** is off: who joins, leaves or is renamed goes unnoticed. "
            "Switch it on in the developer portal, and leave DISCORD_MEMBERS out."
        )
    return found


def welcome() -> str:
    """What the bot says when it is invited."""
    return PICK.format(permissions=", ".join(name for name, _ in NEEDED.values()))


def where_to_speak(guild: discord.Guild) -> discord.TextChannel | None:
    """The channel of a guild in which the bot may say something: where arrivals are announced, or
    the first."""
    rooms = [guild.system_channel, *sorted(guild.text_channels, key=lambda room: room.position)]
    for room in rooms:
        if room is not None:
            granted = room.permissions_for(guild.me)
            if granted.view_channel and granted.send_messages:
                return room
    return None
