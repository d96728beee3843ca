"""Whether a character may speak in a room: asked of what is said there past the director, who asks
the same of turns (`conversations.floor.holds`)."""

from __future__ import annotations

from audit.configuration.configuration import is_society_paused
from characters.models import Character
from conversations.floor.rules import is_refused
from conversations.models import Channel
from conversations.text import Refused


def check_room(channel: Channel) -> None:
    """See that anything is said in a room now.

    Raises:
        Refused: all is paused or the room is, it is gone, or its kind is refused.
    """
    if is_society_paused():
        raise Refused("channel", "Everything is paused: nothing is said until it is resumed.")
    if channel.is_paused:
        raise Refused("channel", f"#{channel.name} is paused. Resume it first.")
    if channel.removed_at is not None:
        raise Refused("channel", f"#{channel.name} is gone from Discord.")
    if is_refused(channel):
        raise Refused(
            "channel",
            f"#{channel.name} is age-restricted, and nothing is said in such channels here. Allow "
            "them in Settings › age restriction first.",
        )


def check_speaker(character: Character, channel: Channel) -> None:
    """See that a character may speak in a room now.

    Raises:
        Refused: nothing is said there, it is muted, or this one rests or speaks elsewhere alone.
    """
    check_room(channel)
    if channel.mode == Channel.Mode.MUTED:
        raise Refused("channel", f"#{channel.name} is muted. Set it to another mode first.")
    if not character.is_active:
        raise Refused("character", f"{character.name} rests, and says nothing until resumed.")
    if character.is_adult and not channel.is_nsfw:
        raise Refused(
            "character",
            f"{character.name} speaks only in age-restricted channels, and #{channel.name} is "
            "none. Choose somebody else, or mark the channel.",
        )
