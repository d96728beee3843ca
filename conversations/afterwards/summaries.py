"""What remains of a conversation when it is over: a sentence or two, which those who meet in the
channel next have before their minds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from audit.calls import ledger
from audit.calls.budgets import BudgetExhausted
from audit.configuration.wording import wording
from conversations.afterwards import openness
from conversations.floor.lines import Said, conversation_lines
from conversations.models import Channel, Conversation, Message
from conversations.turns.injection import attempts
from fishbowl.llm.fence import flat
from fishbowl.llm.types import Brief, ChatMessage, ChatRequest, Line
from fishbowl.llm.unfit import is_unfit
from fishbowl.statements import Statement

FEWEST_MESSAGES = 6
LINES = 40


def missing(now: dt.datetime) -> list[int]:
    """Conversations closed within a day that are worth a summary and have none."""
    return list(
        Conversation.objects.filter(
            status=Conversation.Status.CLOSED,
            closed_at__gt=now - dt.timedelta(days=1),
            message_count__gte=FEWEST_MESSAGES,
            summary="",
        ).values_list("pk", flat=True)[:100]
    )


def summarise(conversation_id: int) -> str:
    """Sum up a closed conversation and keep it. Returns the summary, empty when there is none to
    make, or no voice or budget to make it now; the hourly upkeep tries again."""
    conversation = (
        Conversation.objects.filter(
            pk=conversation_id,
            status=Conversation.Status.CLOSED,
            message_count__gte=FEWEST_MESSAGES,
            summary="",
        )
        .select_related("channel")
        .first()
    )
    if conversation is None or conversation.closed_at is None:
        return ""
    channel, closed_at = conversation.channel, conversation.closed_at
    heard = _heard(conversation)
    lines = tuple(
        Line(
            number=said.number,
            speaker=said.author,
            text=said.text,
            seconds_ago=max(0.0, (closed_at - said.at).total_seconds()),
            kind="person" if said.person_id else "character",
        )
        for said in heard
    )
    if not lines:
        return ""
    talk = "\n".join(f"{flat(line.speaker)}: {flat(line.text)}" for line in lines)
    request = ChatRequest(
        messages=(
            ChatMessage(
                "system",
                wording(community=channel.community_id, channel=channel.pk).fill(
                    "summarise", {"room": channel.name}
                ),
            ),
            ChatMessage("user", f"<<talk\n{talk}\ntalk>>"),
        ),
        purpose="summarise",
        tier="small",
        max_tokens=160,
        brief=Brief(speaker="", lines=lines, room=channel.name, seed=conversation.pk),
    )
    try:
        answer = ledger.ask_within_budgets(
            request,
            community_id=channel.community_id,
            conversation_id=conversation.pk,
            now=closed_at,
        )
    except (BudgetExhausted, ledger.NoVoice):
        return ""
    summary = " ".join(answer.result.text.split())[:1000]
    if is_unfit(summary) or attempts(summary):  # nothing that the next talk should begin with
        return ""
    with transaction.atomic():
        # What was erased, edited or kept off the record meanwhile stands in no summary.
        Channel.objects.select_for_update(no_key=True).get(pk=channel.pk)
        if [(one.id, one.text) for one in _heard(conversation)] != [
            (one.id, one.text) for one in heard
        ]:
            return ""
        Conversation.objects.filter(pk=conversation.pk, summary="").update(summary=summary)
    return summary


def _heard(conversation: Conversation) -> list[Said]:
    """The lines of a talk that its summary may tell of, oldest first."""
    kept_apart = Message.objects.filter(conversation=conversation, is_off_record=True)
    apart = set(kept_apart.values_list("pk", flat=True))
    heard = [said for said in conversation_lines(conversation.pk, LINES) if said.id not in apart]
    return heard if conversation.kind == Conversation.Kind.DIRECT else _for_all(heard)


def _for_all(lines: Sequence[Said]) -> list[Said]:
    """The lines that anybody may hear of: whoever comes next has not heard what was confided."""
    open_lines = openness.for_all([openness.of_said(one) for one in lines])
    return [one for one in lines if one.number in open_lines]


_LATEST = """
    SELECT summary FROM conversations_conversation
    WHERE channel_id = %s AND status = 'closed' AND closed_at > %s AND summary <> '' AND (
      NOT is_adult OR (SELECT is_nsfw FROM conversations_channel WHERE id = channel_id)
    ) ORDER BY closed_at DESC, id DESC LIMIT 1
"""


def asking_latest(channel_id: int, now: dt.datetime) -> Statement:
    """The statement for the summary of a channel's last conversation, if it ended in a day: where
    the channel isn't for adults, of the last that wasn't."""
    return _LATEST, (channel_id, now - dt.timedelta(days=1))
