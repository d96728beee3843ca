"""Quiet for a while: in a room, for whoever may ask for it. A person who addresses a character is
answered all the same; nothing else is said."""

from __future__ import annotations

import datetime as dt

from conversations import nudges
from conversations.models import Channel, Conversation
from conversations.services import yield_floor_to_person

A_WHILE = dt.timedelta(minutes=30)
LONGEST = dt.timedelta(hours=24)
ARCHIVED = dt.timedelta(days=36500)  # until somebody takes it out again
NOT_YOURS = (
    "only whoever keeps this room may quiet it. Nobody will come to you unasked any more; “you may "
    "come to me again” takes that back."
)


def hush(channel: Channel, until: dt.datetime | None, now: dt.datetime) -> str:
    """Have nobody speak unasked in a channel, whose lock the caller holds, until then or for a
    while. Returns what that means, in words."""
    until = min(until or now + A_WHILE, now + LONGEST)
    Channel.objects.filter(pk=channel.pk).update(hushed_until=until, next_look_at=until)
    talk = Conversation.objects.open().filter(channel=channel).first()
    if talk is not None:
        yield_floor_to_person(talk, now)
    minutes = max(1, round((until - now).total_seconds() / 60))
    span = f"{minutes} minutes" if minutes < 120 else f"{round(minutes / 60)} hours"
    if minutes == 1:
        span = "a minute"
    return f"nobody speaks unasked here for {span}. “You can talk again” ends it."


def is_hushed(channel: Channel, now: dt.datetime) -> bool:
    """Whether quiet was asked for, and stands."""
    return channel.hushed_until is not None and channel.hushed_until > now


def unhush(channel: Channel, now: dt.datetime) -> str:
    """Let them talk again. Returns what that means, in words."""
    ended = Channel.objects.filter(pk=channel.pk, hushed_until__gt=now).update(
        hushed_until=None, next_look_at=now
    )
    if not ended:
        return "nobody was asked to be quiet here."
    nudges.look(channel.pk)
    return "they may talk again."


def archive(channel: Channel, now: dt.datetime) -> None:
    """A thread was put into the archive: what is said unasked would take it out again. Who asks to
    be reminded there is, and whoever writes there takes it out. The caller holds its lock."""
    if is_archived(channel, now):
        return
    until = now + ARCHIVED
    Channel.objects.filter(pk=channel.pk).update(hushed_until=until, next_look_at=until)
    talk = Conversation.objects.open().filter(channel=channel).first()
    if talk is not None:
        yield_floor_to_person(talk, now)


def take_out(channel: Channel, now: dt.datetime) -> None:
    """A thread isn't in the archive any more, if it was."""
    if is_archived(channel, now):
        Channel.objects.filter(pk=channel.pk).update(hushed_until=None, next_look_at=now)
        channel.hushed_until, channel.next_look_at = None, now


def is_archived(channel: Channel, now: dt.datetime) -> bool:
    """Whether it is quiet here because the thread is in the archive: nobody can ask for so long."""
    return channel.hushed_until is not None and channel.hushed_until > now + LONGEST
