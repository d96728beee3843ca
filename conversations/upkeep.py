"""Finds again what a lost nudge, a flushed queue or a killed process left lying."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from audit.configuration import configuration
from characters.models import Character
from conversations import nudges
from conversations.floor.lines import UNDER_WAY
from conversations.floor.rules import director_rules
from conversations.initiative import occasions
from conversations.models import Channel, Conversation, Delivery, ScheduledEvent, Turn
from conversations.services import close_conversation
from conversations.tank import live
from conversations.turns.claims import release_abandoned

LEAST_IDLE = dt.timedelta(minutes=1)  # what the idle time may be set to at least
CLOSED_AT_ONCE = 200


def sweep(now: dt.datetime | None = None) -> dict[str, int]:
    """Find every row that is due and nudge it again: what a lost nudge or a killed process left.

    Returns how many turns were released, turns and channels nudged, and conversations closed.
    """
    now = now or timezone.now()
    overdue = now - dt.timedelta(seconds=1)
    if configuration.is_society_paused() or not Character.objects.active().exists():
        return {}
    released = release_abandoned(now)
    turns = list(
        Turn.objects.filter(
            status__in=UNDER_WAY,
            due_at__lt=overdue,
            conversation__channel__is_paused=False,
            conversation__channel__send_trouble="",
        )
        .exclude(say_at__gt=overdue)
        .exclude(status=Turn.Status.SPEAKING, say_at__isnull=True)
        .values_list("pk", flat=True)[:200]
    )
    for pk in turns:
        nudges.take_turn(pk)
    open_due = Conversation.objects.open().filter(
        next_turn_at__lt=overdue, channel__send_trouble=""
    )
    idle = Channel.objects.filter(
        Q(next_look_at__lt=overdue) | Q(next_look_at__isnull=True)
    ).exclude(conversations__status=Conversation.Status.OPEN, conversations__message_count__gt=0)
    events = ScheduledEvent.objects.filter(
        status=ScheduledEvent.Status.PENDING, trigger_at__lte=now
    )
    channels = (
        set(open_due.values_list("channel_id", flat=True))
        | set(
            idle.filter(is_paused=False, send_trouble="")
            .exclude(mode=Channel.Mode.MUTED)
            .values_list("pk", flat=True)
        )
        | set(events.values_list("channel_id", flat=True))
    )
    for pk in channels:
        nudges.look(pk)
    closed = close_idle(now)
    occasions.settle(now)
    return {"released": released, "turns": len(turns), "looks": len(channels), "closed": closed}


def close_idle(now: dt.datetime) -> int:
    """Close the conversations in which nobody has spoken for the idle time of their channel (60
    minutes)."""
    closed = 0
    silent = Conversation.objects.open().filter(last_message_at__lt=now - LEAST_IDLE)
    for found in silent.select_related("channel").order_by("last_message_at"):
        minutes = director_rules(found.channel).idle_close_min
        since = now - dt.timedelta(minutes=minutes)
        if found.last_message_at is None or found.last_message_at >= since:
            continue
        with transaction.atomic():
            conversation = Conversation.objects.open().filter(pk=found.pk).first()
            if conversation is None:
                continue
            Channel.objects.select_for_update().get(pk=conversation.channel_id)
            conversation.refresh_from_db()
            if conversation.last_message_at and conversation.last_message_at < since:
                closed += close_conversation(conversation, "idle", now)
                if closed == CLOSED_AT_ONCE:
                    break
    return closed


def republish_pending(now: dt.datetime | None = None) -> int:
    """Send the messages whose live event never went out. Returns how many were found."""
    now = now or timezone.now()
    pending = list(
        Delivery.objects.filter(
            status=Delivery.Status.PENDING,
            surface=Delivery.Surface.WEB,
            next_attempt_at__lt=now - dt.timedelta(seconds=2),
        )
        .select_related("message__character", "message__person", "message__conversation")
        .order_by("message_id")[:200]
    )
    for delivery in pending:
        Delivery.objects.filter(pk=delivery.pk).update(
            attempts=delivery.attempts + 1,
            next_attempt_at=now + dt.timedelta(seconds=min(60, 2**delivery.attempts)),
        )
        live.publish_message(delivery.message, delivery.message.conversation.channel_id)
    return len(pending)
