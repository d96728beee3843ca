"""The rows behind whoever asks: the channel, the community and the person, as far as they are
known. Called in the steps that commands take."""

from __future__ import annotations

from characters.models import Community, Person
from conversations.discord import people, places
from conversations.discord.commands.callers import Caller
from conversations.models import Channel
from conversations.text import Refused

NOT_PICKED = (
    "Nothing is said or heard in this channel: no keeper has picked it (/setup). Ask in another "
    "channel, or write to me directly."
)
NO_CONSENT = (
    "You have asked not to be spoken with or remembered. Change that with /privacy first, then "
    "use this again."
)


def channel_of(caller: Caller) -> Channel | None:
    """The channel where somebody asks, if it is known."""
    found = Channel.objects.filter(discord_id=caller.place.channel_id, removed_at__isnull=True)
    return found.select_related("community", "scenario").first()


def open_channel(caller: Caller) -> Channel:
    """The channel where somebody asks, in which characters may speak.

    Raises:
        Refused: they may not.
    """
    channel = places.room_for(caller.place)
    if channel.mode == Channel.Mode.MUTED:
        raise Refused("channel", NOT_PICKED)
    return channel


def community_of(caller: Caller) -> Community | None:
    """The community of the guild where somebody asks; in direct messages, of their own channel."""
    if caller.place.guild_id is not None:
        return Community.objects.filter(discord_id=caller.place.guild_id).first()
    channel = channel_of(caller)
    return channel.community if channel else None


def person_of(caller: Caller) -> Person | None:
    """The person who asks, if anything is kept of them."""
    return Person.objects.filter(discord_id=caller.author.id).first()


def known_person(caller: Caller) -> Person:
    """The person who asks, known from now on: what they ask for can't be kept otherwise."""
    person = people.know(caller.author)
    community = community_of(caller)
    if caller.place.guild_id is not None and community is not None:
        people.belong(person, community, caller.author)
    return person


def willing_person(caller: Caller) -> Person:
    """The same for what takes talking with them.

    Raises:
        Refused: they have asked not to be spoken with.
    """
    person = known_person(caller)
    if person.consent_level == Person.Consent.NONE:
        raise Refused("privacy", NO_CONSENT)
    return person
