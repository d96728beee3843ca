"""What keepers are told of Discord, by an alert for as long as it is so: where the bot can't read
what was said while it was away, and that the machine's clock is wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby

from django.conf import settings

from audit.operation.alerts import Trouble
from conversations.discord import clocks
from conversations.models import Channel

NAMED = 5  # channels in one alert


def unread_channels(now: dt.datetime) -> Iterator[Trouble]:
    """Servers in which channels that are listened to can't be read."""
    found = (
        Channel.objects.exclude(read_trouble="")
        .exclude(mode=Channel.Mode.MUTED)
        .filter(removed_at__isnull=True, discord_id__isnull=False, community__is_active=True)
        .select_related("community")
        .order_by("community__name", "community", "name")
    )
    for community, channels in groupby(found, key=lambda one: one.community):
        unread = list(channels)
        names = ", ".join(f"#{one.name}" for one in unread[:NAMED])
        more = f" and {len(unread) - NAMED} more" if len(unread) > NAMED else ""
        told = f"{names}{more} of {community.name}: {unread[0].read_trouble}"
        yield Trouble(told, community.name)


def wrong_clock(now: dt.datetime) -> Iterator[Trouble]:
    """That this machine's clock isn't Discord's, by what the bot told last."""
    if not settings.FISHBOWL.discord_token:
        return
    from fishbowl.health import bot_standing

    if ahead := bot_standing().get("clock_ahead_s"):
        yield Trouble(clocks.said(float(ahead)))
