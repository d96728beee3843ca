"""What keepers, and Discord, change of a room: whether it is for adults, whom it may be shown to,
and whether anybody speaks there. Its threads go by it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from conversations.models import Channel, Conversation
from conversations.services import close_conversation
from conversations.tank import live


def _with_threads(channel: Channel) -> QuerySet[Channel]:
    return Channel.objects.filter(Q(pk=channel.pk) | Q(parent=channel))


@transaction.atomic
def set_restricted(channel: Channel, is_nsfw: bool, now: dt.datetime) -> None:
    """A channel, and its threads with it, become age-restricted or are so no longer. What is being
    talked of there ends, so that nothing goes on where another age listens."""
    here = _with_threads(channel)
    here.update(is_nsfw=is_nsfw)
    for talk in Conversation.objects.open().filter(channel__in=here, is_adult=not is_nsfw):
        close_conversation(talk, "age restriction changed", now)


def look_who_watches(channel: Channel) -> None:
    """Whom a channel, and its threads, may be shown to has changed: those who may no longer, see
    nothing more."""
    for pk in _with_threads(channel).values_list("pk", flat=True):
        live.publish(pk, "room.restricted")


def set_channel_paused(channel: Channel, paused: bool) -> None:
    """Let nobody speak in a channel and its threads, or let them go on."""
    rooms = _with_threads(channel)
    rooms.update(is_paused=paused, next_look_at=timezone.now())
    for pk in rooms.values_list("pk", flat=True):
        live.publish(pk, "channel.paused" if paused else "channel.resumed")
