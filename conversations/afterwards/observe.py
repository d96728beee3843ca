"""When talk pauses, what was said becomes memory: each stretch of it once, whoever dies meanwhile.

`ConversationContext.observed_to` says up to which message that is done. It moves in the transaction
that stores the memories, so that a range is formed once or not at all.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.db.models import F
from django.utils import timezone

from characters.models import Community, Person
from conversations.afterwards import analytics
from conversations.community import decisions
from conversations.feelings import readings
from conversations.models import (
    Conversation,
    ConversationContext,
    Message,
    Participant,
)
from fishbowl.alone import alone
from fishbowl.statements import planned, together
from memories import scratchpad
from memories.formation import formation
from memories.formation.findings import Findings
from memories.formation.stretch import Heard, Stretch
from memories.rules import in_force

log = logging.getLogger(__name__)

LONGEST = 40  # messages of one stretch: what a small model reads at once
READ_BACK = 50  # how far back a newcomer reads

# Talk over which formation failed rests, longer each time: a poisoned one mustn't eat a worker.
_failures: dict[int, tuple[int, float]] = {}
FIRST_REST_S, LONGEST_REST_S = 15.0, 3600.0

# By room, since most talks there ever were are over for long: those that are not, and the latest.
_DUE = """
    SELECT c.id FROM conversations_channel h CROSS JOIN LATERAL (
      SELECT id, status, message_count, last_message_at FROM conversations_conversation
      WHERE channel_id = h.id AND closed_at IS NULL
      UNION ALL
      SELECT id, status, message_count, last_message_at FROM conversations_conversation
      WHERE channel_id = h.id AND closed_at > %(since)s
    ) c
    JOIN conversations_conversationcontext k ON k.conversation_id = c.id
    LEFT JOIN unnest(%(communities)s::bigint[], %(pauses)s::timestamptz[], %(stretches)s::int[])
      AS own (community, paused, many) ON own.community = h.community_id
    WHERE k.observed_to < c.message_count AND (
      c.status = 'closed' OR c.last_message_at < coalesce(own.paused, %(paused)s)
      OR c.message_count - k.observed_to >= coalesce(own.many, %(many)s)
    ) ORDER BY c.last_message_at, c.id LIMIT %(limit)s
"""


def due(now: dt.datetime, *, within: dt.timedelta = dt.timedelta(days=1)) -> list[int]:
    """Conversations with a stretch of talk to remember: it has paused, ended lately, or grown
    long."""
    rules = in_force()
    communities = Community.objects.values_list("pk", flat=True)
    own = [(pk, there) for pk in communities if (there := in_force(community=pk)) != rules]
    found = planned(
        _DUE,
        communities=[pk for pk, _ in own],
        pauses=[now - dt.timedelta(seconds=there.pause_s) for _, there in own],
        stretches=[round(there.stretch_messages) for _, there in own],
        paused=now - dt.timedelta(seconds=rules.pause_s),
        many=round(rules.stretch_messages),
        since=now - within,
        limit=200,
    )
    return [pk for (pk,) in found if not _rests(pk)]


def observe(conversation_id: int, now: dt.datetime | None = None) -> int:
    """Make memories of what was said in a conversation since it was last observed, if it is time.
    Returns how many messages were observed."""
    now = now or timezone.now()
    if _rests(conversation_id):
        return 0
    with alone("conversations.observe", conversation_id) as is_mine:
        if not is_mine:
            return 0
        try:
            observed = 0
            while count := _observe_stretch(conversation_id, now):
                observed += count
        except Exception:
            times, _ = _failures.get(conversation_id, (0, 0.0))
            rest = min(LONGEST_REST_S, FIRST_REST_S * 2**times)
            _failures[conversation_id] = (times + 1, time.monotonic() + rest)
            raise
        _failures.pop(conversation_id, None)
        _close(conversation_id, now)
        return observed


def _close(conversation_id: int, now: dt.datetime) -> None:
    """When a conversation is over and all of it observed, its notes are settled."""
    for (community,) in planned(_OVER, talk=conversation_id):
        scratchpad.close(conversation_id, community, now)


_OVER = """
    SELECT h.community_id FROM conversations_conversation c
    JOIN conversations_channel h ON h.id = c.channel_id
    JOIN conversations_conversationcontext k ON k.conversation_id = c.id
    WHERE c.id = %(talk)s AND c.status = 'closed' AND k.observed_to >= c.message_count
"""


def unsettled(now: dt.datetime) -> list[int]:
    """Conversations that are over, with notes that nobody settled: a process died before it did."""
    return list(
        Conversation.objects.filter(
            status=Conversation.Status.CLOSED,
            context__observed_to__gte=F("message_count"),
            scratchpad__promoted_to__isnull=True,
            scratchpad__expires_at__gt=now,
        )
        .distinct()
        .order_by("pk")
        .values_list("pk", flat=True)[:200]
    )


# What of a conversation tells whether it is time, and where it was.
_STANDING = (
    "observed_to", "conversation__kind", "conversation__status", "conversation__message_count",
    "conversation__last_message_at", "conversation__channel__community",
    "conversation__channel__is_private", "conversation__channel__is_nsfw",
    "conversation__channel__name", "conversation__is_adult",
)  # fmt: skip
# What of messages and of who said them makes a stretch.
_HEARD = (
    "conversation", "number", "role", "content", "created_at", "deleted_at", "sentiment",
    "is_off_record", "turn", "character__name", "character__timezone", "person__consent_level",
    "person__custom_name", "person__display_name", "person__username", "person__timezone",
)  # fmt: skip


def _observe_stretch(conversation_id: int, now: dt.datetime) -> int:
    context = (
        ConversationContext.objects.filter(conversation=conversation_id)
        .select_related("conversation__channel")
        .only(*_STANDING)
        .first()
    )
    if context is None or not _is_time(context, now):
        return 0
    start, conversation = context.observed_to, context.conversation
    messages = list(
        Message.objects.filter(conversation=conversation_id, number__gt=start)
        .select_related("person", "character")
        .only(*_HEARD)
        .order_by("number")[:LONGEST]
    )
    if not messages:
        return 0
    end = messages[-1].number
    stretch = stretch_of(conversation, messages)
    before, newcomers = _read_by_newcomers(conversation, start)
    earlier = None
    if newcomers:
        whole = stretch_of(conversation, before)
        earlier = replace(whole, witnesses=dict.fromkeys(whole.witnesses, newcomers))

    def claim() -> bool:
        # What was edited or taken back while the memories were made is made anew.
        read = [*before, *messages]
        held = planned(_HOLD, talk=conversation_id, start=read[0].number - 1, end=end)
        now_said = {pk: rest for pk, *rest in held}
        said = {m.pk: [m.content, m.is_off_record] for m in read if m.deleted_at is None}
        return now_said == said and bool(planned(_MOVE, context=context.pk, start=start, end=end))

    def also(findings: Findings) -> None:
        for feeling in findings.feelings:
            Message.objects.filter(conversation=conversation_id, number=feeling.line).update(
                emotion=feeling.emotion
            )
        decisions.take_in(findings.proposals, stretch, conversation.channel_id)
        analytics.take_stock(conversation_id)
        if findings.feelings:
            readings.take_in(findings.feelings, stretch, now)

    formed = formation.form(stretch, earlier=earlier, claim=claim, also=also)
    return end - start if formed.is_stored else 0


def observe_again(message: Message) -> None:
    """Have a message remembered that was observed, and left no trace before it was edited."""
    context = (
        ConversationContext.objects.filter(
            conversation=message.conversation_id, observed_to__gte=message.number
        )
        .select_related("conversation__channel")
        .only(*_STANDING)
        .first()
    )
    if context is not None:
        formation.form(stretch_of(context.conversation, [message]))


_HOLD = """
    SELECT id, content, is_off_record FROM conversations_message
    WHERE conversation_id = %(talk)s AND number > %(start)s AND number <= %(end)s
      AND deleted_at IS NULL
    ORDER BY number FOR NO KEY UPDATE
"""
_MOVE = """
    UPDATE conversations_conversationcontext SET observed_to = %(end)s
    WHERE id = %(context)s AND observed_to = %(start)s RETURNING id
"""


def _is_time(context: ConversationContext, now: dt.datetime) -> bool:
    conversation = context.conversation
    rules = in_force(community=conversation.channel.community_id)
    unobserved = conversation.message_count - context.observed_to
    if unobserved <= 0 or conversation.last_message_at is None:
        return False
    return (
        conversation.status == Conversation.Status.CLOSED
        or unobserved >= rules.stretch_messages
        or now - conversation.last_message_at >= dt.timedelta(seconds=rules.pause_s)
    )


_CAME_UP = """
    SELECT turn_id, memory_id FROM conversations_turnmemory
    WHERE turn_id = ANY(%(turns)s::bigint[]) ORDER BY turn_id, rank
"""
_PRESENT = """
    SELECT character_id, left_at FROM conversations_participant
    WHERE conversation_id = %(talk)s AND character_id IS NOT NULL
"""


def stretch_of(conversation: Conversation, messages: list[Message]) -> Stretch:
    """These messages as those who have a part in the conversation heard them.

    Who came in later has read them in the transcript; who had left before a line has not heard it.
    """
    came_up, present = together(
        (_CAME_UP, {"turns": [m.turn_id for m in messages if m.turn_id]}),
        (_PRESENT, {"talk": conversation.pk}),
    )
    recalled: dict[int, list[int]] = {}
    for turn, memory in came_up:
        recalled.setdefault(turn, []).append(memory)
    lines = tuple(
        _heard(message, tuple(recalled.get(message.turn_id or 0, ())))
        for message in messages
        if message.deleted_at is None and message.role != Message.Role.SYSTEM
    )
    return Stretch(
        conversation_id=conversation.pk,
        community_id=conversation.channel.community_id,
        session_key=f"conversation:{conversation.pk}",
        lines=lines,
        witnesses={
            line.number: frozenset(
                key for key, left_at in present if key and (left_at is None or left_at > line.at)
            )
            for line in lines
        },
        is_private=conversation.channel.is_private or conversation.kind == Conversation.Kind.DIRECT,
        is_adult=conversation.is_adult or conversation.channel.is_nsfw,
        room=conversation.channel.name,
        channel_id=conversation.channel_id,
    )


def _read_by_newcomers(
    conversation: Conversation, observed_to: int
) -> tuple[list[Message], frozenset[int]]:
    """What was observed before, oldest first, and the characters that took part only since: they
    have read the transcript, as far back as it goes. Without such, nothing."""
    if observed_to == 0:
        return [], frozenset()
    last = Message.objects.filter(conversation=conversation, number__lte=observed_to)
    messages = list(
        last.select_related("person", "character").only(*_HEARD).order_by("-number")[:READ_BACK]
    )[::-1]
    newcomers = frozenset(
        Participant.objects.filter(
            conversation=conversation,
            character__isnull=False,
            joined_at__gt=messages[-1].created_at,
            left_at__isnull=True,
        ).values_list("character_id", flat=True)
    )
    return (messages, newcomers) if newcomers else ([], newcomers)


def _heard(message: Message, recalled: tuple[int, ...]) -> Heard:
    person, character = message.person, message.character
    name = character.name if character else person.name if person else ""
    # 'Tomorrow' is the day after the speaker's today.
    zone = character.timezone if character else person.timezone if person else ""
    return Heard(
        message_id=message.pk,
        number=message.number,
        speaker=name,
        text=message.content,
        at=message.created_at.astimezone(ZoneInfo(zone or "UTC")),
        character_id=message.character_id,
        person_id=message.person_id,
        recalled=recalled,
        tone=message.sentiment,
        is_off_record=message.is_off_record
        or bool(person and person.consent_level == Person.Consent.NONE),
    )


def _rests(conversation_id: int) -> bool:
    _, until = _failures.get(conversation_id, (0, 0.0))
    return time.monotonic() < until


def forget_failures() -> None:
    """Try again at once what failed before."""
    _failures.clear()
