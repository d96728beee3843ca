"""What was said while nobody listened: a channel's history from the last message taken in.

Read newest first, bounded by count and age, taken in oldest first, so that whoever dies over it
begins again where it was. Old messages are context: at the end there is one look at the room.
What was edited or removed meanwhile is found by comparing the last page with what is known.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
from django.db import transaction
from django.utils import timezone

from conversations import nudges
from conversations.discord import clocks, places, rules
from conversations.discord.facts import Sent, snowflake
from conversations.models import Channel, Conversation, DeliveryPart, Message

log = logging.getLogger(__name__)

PAGE = 100
FIRST_PAUSE_S, LONGEST_PAUSE_S = 2.0, 60.0
AWAY = (aiohttp.ClientError, OSError, TimeoutError, discord.DiscordServerError, discord.RateLimited)

BEFORE_ALL = dt.datetime.min.replace(tzinfo=dt.UTC)
AFTER_ALL = dt.datetime.max.replace(tzinfo=dt.UTC)

Read = Callable[[int, int, int | None, int | None], Awaitable[list[Any]]]


@dataclass(frozen=True, slots=True)
class Gap:
    """What may have been missed in a channel: all after message `after`, `most` of it at most."""

    channel_id: int
    after: int
    most: int


def gap_of(discord_id: int, now: dt.datetime | None = None) -> Gap | None:
    """What may have been missed in a channel; None where nobody listens."""
    channel = places.listened(discord_id)
    if channel is None:
        return None
    settings = rules.in_force()
    oldest = (now or timezone.now()) - dt.timedelta(hours=settings.catch_up_hours)
    after = max(places.mark_of(channel), snowflake(oldest))
    return Gap(discord_id, after, int(settings.catch_up_messages))


async def missed(gap: Gap, read: Read) -> list[Any]:
    """The payloads of the messages that were missed, oldest first. A server that doesn't answer
    is asked again until it does.

    `read` asks for a page: channel, how many, before, after; newest first.

    Raises:
        discord.HTTPException: the server refused.
    """
    if gap.most < 1:
        return []
    size = min(PAGE, gap.most)
    first = await _ask(read, gap.channel_id, size, None, gap.after)
    if len(first) < size:
        return _in_order(first)
    found: list[Any] = []
    before: int | None = None
    while len(found) < gap.most:  # what is newest matters most
        page = await _ask(read, gap.channel_id, min(PAGE, gap.most - len(found)), before, None)
        later = [one for one in page if _id_of(one) > gap.after]
        found += later
        if not page or len(later) < len(page):
            break
        before = min(_id_of(one) for one in page)
    return _in_order(found)


async def _ask(
    read: Read, channel_id: int, limit: int, before: int | None, after: int | None
) -> list[Any]:
    pause = FIRST_PAUSE_S
    while True:
        try:
            page = await read(channel_id, limit, before, after)
        except AWAY as error:
            log.warning("The history of channel %s can't be read yet: %s", channel_id, error)
        except discord.HTTPException as error:
            if error.status != 429:
                raise
            log.warning("The history of channel %s can't be read yet: %s", channel_id, error)
        else:
            return [one for one in page if isinstance(one, dict) and _id_of(one)]
        await asyncio.sleep(pause)
        pause = min(LONGEST_PAUSE_S, pause * 2)


def _id_of(payload: Any) -> int:
    found = str(payload.get("id", ""))
    return int(found) if found.isdecimal() else 0


def _in_order(payloads: list[Any]) -> list[Any]:
    return [by_id for _, by_id in sorted({_id_of(one): one for one in payloads}.items())]


# --- what became of the last messages -------------------------------------------------------------


def known_lately(discord_id: int, now: dt.datetime | None = None) -> dict[int, dt.datetime | None]:
    """The last messages of a channel that are known, by Discord's ids, and when each was edited:
    what became of them in a pause is asked for. The further parts of a character's long ones are
    edited by nobody else."""
    settings = rules.in_force()
    if places.listened(discord_id) is None:
        return {}
    found = Message.objects.filter(
        conversation__channel__discord_id=discord_id,
        discord_message_id__isnull=False,
        deleted_at__isnull=True,
        created_at__gt=(now or timezone.now()) - dt.timedelta(hours=settings.catch_up_hours),
    ).order_by("-discord_message_id")[: int(settings.catch_up_changes)]
    told = {pk: at for pk, at in found.values_list("discord_message_id", "edited_at") if pk}
    further = DeliveryPart.objects.filter(
        delivery__message__discord_message_id__in=told, number__gt=0, discord_id__isnull=False
    )
    return {pk: AFTER_ALL for pk in further.values_list("discord_id", flat=True) if pk} | told


async def latest(channel_id: int, read: Read) -> list[Any]:
    """The last page of a channel's history, oldest first.

    Raises:
        discord.HTTPException: the server refused.
    """
    return _in_order(await _ask(read, channel_id, PAGE, None, None))


def removed(known: Mapping[int, dt.datetime | None], page: Sequence[Any]) -> list[int]:
    """Which of the known messages are gone. An empty page tells nothing: it is also what a bot gets
    that may not read the history; and what is older than the page may be there."""
    there = {_id_of(one) for one in page}
    return sorted(pk for pk in known if there and pk >= min(there) and pk not in there)


def edited(known: Mapping[int, dt.datetime | None], page: Sequence[Any]) -> list[Any]:
    """The payloads of the known messages that were edited since they were last heard of, or, for
    all that the clocks tell, may have been."""
    return [
        one
        for one in page
        if _id_of(one) in known
        and (at := _moment(one.get("edited_timestamp"))) is not None
        and at + clocks.doubt() > (known[_id_of(one)] or BEFORE_ALL)
    ]


def _moment(text: object) -> dt.datetime | None:
    """A time that Discord tells, by this machine's clock."""
    try:
        at = dt.datetime.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
    return clocks.ours(at) if at and at.tzinfo else None


def look_once(discord_id: int, missed_to: Sent, now: dt.datetime | None = None) -> bool:
    """After a channel was caught up with to a message: have the director look once, unless that is
    too long ago to be answered, or woke it already. Returns whether it was woken."""
    now = now or timezone.now()
    settings = rules.in_force()
    age = now - missed_to.at
    if age > dt.timedelta(minutes=settings.answer_within_min):
        return False
    if age <= dt.timedelta(minutes=settings.fresh_min):
        return False
    with transaction.atomic():
        channel = (
            Channel.objects.select_for_update(no_key=True).filter(discord_id=discord_id).first()
        )
        heard = Message.objects.filter(
            discord_message_id=missed_to.id, person__isnull=False
        ).first()
        if channel is None or heard is None:
            return False
        woken = (
            Conversation.objects.open().filter(pk=heard.conversation_id).update(next_turn_at=now)
        )
        if woken:
            nudges.look(channel.pk)
    return bool(woken)
