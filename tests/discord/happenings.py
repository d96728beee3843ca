"""Facts as the gateway's client hands them on, each with as little said as the test needs."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from django.utils import timezone

from conversations.discord.facts import Author, GuildFacts, Place, Sent, Us, snowflake
from conversations.discord.places import room_for, set_mode
from conversations.models import Channel

US = Us(user_id=900, application_id=901)
GUILD = 700
_numbers = itertools.count(1)


def id_at(at: dt.datetime) -> int:
    """An id that Discord could have given at that moment; never the same twice."""
    return snowflake(at) + next(_numbers)


def new_id() -> int:
    return id_at(timezone.now())


def somebody(name: str = "Ada", **fields: Any) -> Author:
    """Somebody by name; the same name is the same person."""
    key = 10_000 + sum(ord(c) << i for i, c in enumerate(name))
    return Author(**{"id": key, "username": name.lower(), "display_name": name, **fields})


def somewhere(channel_id: int = 710, **fields: Any) -> Place:
    """A channel of the guild."""
    return Place(
        **{
            "channel_id": channel_id,
            "name": "harbour",
            "guild_id": GUILD,
            "guild_name": "The Harbour",
            **fields,
        }
    )


def guild(*places: Place, **fields: Any) -> GuildFacts:
    return GuildFacts(**{"id": GUILD, "name": "The Harbour", "places": places, **fields})


def direct(author: Author, channel_id: int = 790) -> Place:
    return Place(channel_id, name="direct messages", is_private=True, recipient_id=author.id)


def said(text: str, *, by: Author | None = None, place: Place | None = None, **fields: Any) -> Sent:
    """A message, just now, unless `at` says otherwise."""
    at = fields.pop("at", None) or timezone.now()
    return Sent(
        **{
            "id": id_at(at),
            "place": place or somewhere(),
            "author": by or somebody(),
            "content": text,
            "at": at,
            **fields,
        }
    )


def picked(place: Place | None = None, mode: str = Channel.Mode.LIVE) -> Channel:
    """A channel that the keeper has picked a moment ago."""
    channel = room_for(place or somewhere())
    set_mode(channel, mode, timezone.now() - dt.timedelta(days=7))
    return channel
