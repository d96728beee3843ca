"""Decides, under a channel's lock, who takes the floor, and plans the turn.

One choice is made once, whoever races for it: the channel's row is locked, and the database holds
that a conversation has at most one turn under way.
"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import configuration
from characters.models import Character
from conversations import live, nudges
from conversations.models import (
    Channel,
    Conversation,
    Message,
    ScheduledEvent,
    Turn,
)
from conversations.scene import load_floor, newcomer
from conversations.services import close_conversation, current_conversation
from conversations.turntaking import PACES, Decision, Floor, Rules, Trigger, decide
from memories.embedding import active_model_id, embed

UNDER_WAY = (Turn.Status.PLANNED, Turn.Status.SPEAKING)


def look(channel_id: int, now: dt.datetime | None = None, seed: int | None = None) -> Turn | None:
    """Look at a channel once: decide, and write the decision down as a turn.

    Returns the turn, or None when there was nothing to decide: somebody else holds the floor, a
    turn is under way, it is not time yet, or everything rests. `seed` fixes the choice in tests.
    """
    now = now or timezone.now()
    if not Character.objects.active().exists():
        return None
    embed_waiting(channel_id)
    with transaction.atomic():
        channel = (
            Channel.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(pk=channel_id)
            .first()
        )
        if channel is None or channel.is_paused or configuration.is_society_paused():
            return None
        conversation = (
            Conversation.objects.open().filter(channel=channel).select_related("context").first()
        )
        if (
            conversation
            and Turn.objects.filter(conversation=conversation, status__in=UNDER_WAY).exists()
        ):
            return None
        found = _trigger(channel, conversation, now)
        if found is None:
            return None
        trigger, event = found
        floor = load_floor(
            channel, conversation, trigger, now, event_for=event.character_id if event else None
        )
        if not floor.candidates:
            _look_later(channel, conversation, now, PACES[floor.pace].lull_min * 60)
            return None
        seed = seed if seed is not None else secrets.randbits(62)
        settings = configuration.section("director")
        rules = Rules.from_configuration(settings)
        decision = decide(floor, rules, seed)
        decision = replace(decision, delay_s=decision.delay_s * rules.time_scale)
        if event is not None:
            ScheduledEvent.objects.filter(pk=event.pk).update(
                status=ScheduledEvent.Status.TRIGGERED, triggered_at=now
            )
        return _carry_out(channel, conversation, floor, decision, settings, seed, now, event)


def _trigger(
    channel: Channel, conversation: Conversation | None, now: dt.datetime
) -> tuple[Trigger, ScheduledEvent | None] | None:
    """What there is to decide about, if anything."""
    event = (
        ScheduledEvent.objects.filter(
            channel=channel, status=ScheduledEvent.Status.PENDING, trigger_at__lte=now
        )
        .order_by("trigger_at")
        .first()
    )
    if event is not None:
        return "event", event
    if conversation is None or conversation.message_count == 0:
        if newcomer(conversation, now) is not None:
            return "newcomer", None
        if channel.next_look_at is not None and channel.next_look_at > now:
            return None
        return "lull", None
    if conversation.next_turn_at is None or conversation.next_turn_at > now:
        return None
    last = _last(conversation)
    answered = (
        last is not None
        and Turn.objects.filter(conversation=conversation, answers=last)
        .exclude(status=Turn.Status.ABANDONED)
        .exclude(action=Turn.Action.REACT)
        .exists()
    )
    if last is not None and last.person_id and not answered:
        return "person", None
    if newcomer(conversation, now) is not None:
        return "newcomer", None
    if last is None or answered:
        return "lull", None
    return "character", None


def _last(conversation: Conversation) -> Message | None:
    return (
        Message.objects.filter(conversation=conversation, deleted_at__isnull=True)
        .exclude(role=Message.Role.SYSTEM)
        .defer("embedding", "search")
        .order_by("-number")
        .first()
    )


def _carry_out(
    channel: Channel,
    conversation: Conversation | None,
    floor: Floor,
    decision: Decision,
    settings: dict[str, Any],
    seed: int,
    now: dt.datetime,
    event: ScheduledEvent | None,
) -> Turn | None:
    later = decision.look_in_s
    if conversation is None:
        if decision.action in ("silence", "close"):
            _look_later(channel, None, now, later or PACES[floor.pace].lull_min * 60)
            return None
        conversation = current_conversation(channel, now, kind=Conversation.Kind.AMBIENT)
    last = _last(conversation)
    takes_floor = decision.action in ("speak", "react")
    due_at = now + dt.timedelta(seconds=decision.delay_s)
    conversation.turn_number += 1
    turn = Turn.objects.create(
        conversation=conversation,
        number=conversation.turn_number,
        status=Turn.Status.PLANNED if takes_floor else Turn.Status.SILENT,
        action=decision.action,
        move=decision.move,
        trigger=floor.trigger,
        chosen_id=decision.chosen,
        answers=last,
        reason=(f"{event.title}: " if event else "") + decision.reason,
        scores=decision.scores,
        floor=floor.to_json(),
        rules=settings,
        random_seed=seed,
        due_at=due_at,
        decided_at=now,
        finished_at=None if takes_floor else now,
    )
    conversation.next_turn_at = (
        None if takes_floor or later is None else now + dt.timedelta(seconds=later)
    )
    conversation.save(update_fields=["turn_number", "next_turn_at"])
    if decision.action == "close":
        close_conversation(conversation, decision.reason, now)
        _look_later(channel, None, now, PACES[floor.pace].lull_min * 60)
    elif takes_floor:
        nudges.take_turn(turn.pk, decision.delay_s)
        if decision.action == "speak":
            live.publish(
                channel.pk,
                "turn.planned",
                turn=turn.pk,
                character=decision.chosen,
                in_s=round(decision.delay_s, 1),
            )
    return turn


def _look_later(
    channel: Channel, conversation: Conversation | None, now: dt.datetime, in_s: float
) -> None:
    at = now + dt.timedelta(seconds=in_s)
    if conversation is None:
        Channel.objects.filter(pk=channel.pk).update(next_look_at=at)
    else:
        Conversation.objects.filter(pk=conversation.pk).update(next_turn_at=at)


def embed_waiting(channel_id: int) -> int:
    """Embed the messages of a channel that have no vector yet; people's arrive without one, so
    that nothing stands before their being stored. Returns how many were filled."""
    waiting = list(
        Message.objects.filter(
            conversation__channel_id=channel_id,
            conversation__status=Conversation.Status.OPEN,
            embedding__isnull=True,
        ).only("pk", "content")[:50]
    )
    if not waiting:
        return 0
    model_id = active_model_id()
    for message, vector in zip(waiting, embed([m.content for m in waiting]), strict=True):
        Message.objects.filter(pk=message.pk).update(embedding=vector, embedding_model_id=model_id)
    return len(waiting)
