"""Finds again what a lost nudge, a flushed queue or a killed process left lying."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from audit.configuration.configuration import SOCIETY_RUNS, in_force
from conversations import nudges
from conversations.floor.lines import IS_UNDER_WAY
from conversations.floor.rules import DIRECTOR
from conversations.initiative import occasions
from conversations.models import Channel, Conversation, Delivery
from conversations.services import close_conversation
from conversations.tank import live
from conversations.turns.claims import asking_abandoned, release_abandoned
from fishbowl.breaker import redis_breaker
from fishbowl.statements import planned, together

LEAST_IDLE = dt.timedelta(minutes=1)  # what the idle time may be set to at least
CLOSED_AT_ONCE = 200


def sweep(now: dt.datetime | None = None) -> dict[str, int]:
    """Find every row that is due and nudge it again: what a lost nudge or a killed process left.

    Returns how many turns were released, turns and channels nudged, and conversations closed.
    """
    now = now or timezone.now()
    overdue = now - dt.timedelta(seconds=1)
    ((runs,),), claimed, turns, rooms, unsaid = together(
        (_RUNS, ()),
        asking_abandoned(),
        (_TURNS, (overdue, overdue)),
        (_ROOMS, (overdue, overdue, now)),
        occasions.asking_unsaid(now),
    )
    if not runs:
        return {}
    released = release_abandoned(now) if claimed else 0
    for (pk,) in turns:
        nudges.take_turn(pk)
    for (pk,) in rooms:
        nudges.look(pk)
    closed = close_idle(now)
    if unsaid:
        occasions.settle(now)
    return {"released": released, "turns": len(turns), "looks": len(rooms), "closed": closed}


_RUNS = f"""
    SELECT {SOCIETY_RUNS} AND EXISTS (
      SELECT FROM characters_character WHERE status = 'active' AND NOT is_template)
"""  # noqa: S608 - a constant
_TURNS = f"""
    SELECT t.id FROM conversations_turn t
    JOIN conversations_conversation c ON c.id = t.conversation_id
    JOIN conversations_channel h ON h.id = c.channel_id
    WHERE t.{IS_UNDER_WAY} AND t.due_at < %s AND NOT coalesce(t.say_at > %s, false)
      AND NOT (t.status = 'speaking' AND t.say_at IS NULL)
      AND NOT h.is_paused AND h.send_trouble = ''
    ORDER BY t.due_at, t.id LIMIT 200
"""  # noqa: S608 - a constant
# Where a conversation waits to go on, where one might begin, and where an event has fallen due.
_ROOMS = """
    SELECT c.channel_id FROM conversations_conversation c
    JOIN conversations_channel h ON h.id = c.channel_id
    WHERE c.status = 'open' AND c.next_turn_at < %s AND h.send_trouble = ''
    UNION
    SELECT h.id FROM conversations_channel h
    WHERE (h.next_look_at < %s OR h.next_look_at IS NULL)
      AND NOT h.is_paused AND h.send_trouble = '' AND h.mode <> 'muted'
      AND NOT EXISTS (SELECT FROM conversations_conversation c
                      WHERE c.channel_id = h.id AND c.status = 'open' AND c.message_count > 0)
    UNION
    SELECT channel_id FROM conversations_scheduledevent
    WHERE status = 'pending' AND trigger_at <= %s AND channel_id IS NOT NULL
    ORDER BY 1
"""
_SILENT = """
    SELECT c.id, c.last_message_at, h.id, h.community_id FROM conversations_conversation c
    JOIN conversations_channel h ON h.id = c.channel_id
    WHERE c.status = 'open' AND c.last_message_at < %(since)s ORDER BY c.last_message_at, c.id
"""


def close_idle(now: dt.datetime) -> int:
    """Close the conversations in which nobody has spoken for the idle time of their channel (60
    minutes)."""
    closed = 0
    for pk, last_at, channel, community in planned(_SILENT, since=now - LEAST_IDLE):
        minutes = in_force(DIRECTOR, community=community, channel=channel).idle_close_min
        since = now - dt.timedelta(minutes=minutes)
        if last_at >= since:
            continue
        with transaction.atomic():
            Channel.objects.select_for_update(no_key=True).get(pk=channel)
            conversation = Conversation.objects.open().filter(pk=pk).first()
            if conversation and conversation.last_message_at:
                if conversation.last_message_at < since:
                    closed += close_conversation(conversation, "idle", now)
                if closed == CLOSED_AT_ONCE:
                    break
    return closed


_UNHEARD = """
    SELECT 1 FROM conversations_delivery
    WHERE status = 'pending' AND surface = 'web' AND next_attempt_at < %(late)s LIMIT 1
"""


def republish_pending(now: dt.datetime | None = None) -> int:
    """Send the messages whose live event never went out. Returns how many were found."""
    now = now or timezone.now()
    late = now - dt.timedelta(seconds=2)
    if not planned(_UNHEARD, late=late):
        return 0
    pending = list(
        Delivery.objects.filter(
            status=Delivery.Status.PENDING,
            surface=Delivery.Surface.WEB,
            next_attempt_at__lt=late,
        )
        .select_related("message__character", "message__person", "message__conversation")
        .order_by("message_id")[:200]
    )
    for delivery in pending:
        if redis_breaker.is_open:  # none of the others would go out, and they wait longer each time
            break
        Delivery.objects.filter(pk=delivery.pk).update(
            attempts=delivery.attempts + 1,
            next_attempt_at=now + dt.timedelta(seconds=min(60, 2**delivery.attempts)),
        )
        live.publish_message(delivery.message, delivery.message.conversation.channel_id)
    return len(pending)
