"""Looks at whole conversations: figures when one is over, and of long ones on the way, as rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from django.db import connection, transaction

from conversations.afterwards import analysis
from conversations.afterwards.analysis import Spoken, Vectors
from conversations.models import (
    Conversation,
    ConversationAnalytics,
    ConversationContext,
    TopicTransition,
)
from fishbowl.statements import Row, together
from memories.embedding.embedding import active_model_id
from memories.embedding.matrices import matrix
from memories.formation import topics
from memories.formation.outlook_rules import OutlookRules, in_force
from memories.formation.stretch import Heard

LIMIT = 50  # conversations that one pass looks at
FEWEST = 4  # messages of a conversation that is worth a look
MOST = 400  # messages that are looked at, the latest
EARLIER = 300  # messages of the same channel that a talk is compared with
NOTHING = "this and that"

_LINES = """
    SELECT m.id, m.number, coalesce(k.name, nullif(p.custom_name, ''),
             nullif(p.display_name, ''), p.username) AS speaker,
      m.content, extract(epoch FROM m.created_at)::float, m.sentiment, m.character_id, m.person_id,
      m.created_at, CASE WHEN m.embedding_model_id = %(model)s THEN halfvec_send(m.embedding) END
    FROM conversations_message m
    LEFT JOIN characters_character k ON k.id = m.character_id
    LEFT JOIN characters_person p ON p.id = m.person_id
    WHERE m.conversation_id = %(talk)s AND m.deleted_at IS NULL AND m.role <> 'system'
      AND NOT m.is_off_record AND (p.id IS NULL OR p.consent_level <> 'none')
    ORDER BY m.number DESC LIMIT %(most)s
"""
_EARLIER = """
    SELECT halfvec_send(m.embedding) FROM conversations_message m
    JOIN conversations_conversation c ON c.id = m.conversation_id
    WHERE c.channel_id = %(channel)s AND m.conversation_id <> %(talk)s
      AND m.created_at < %(since)s AND m.embedding_model_id = %(model)s AND m.deleted_at IS NULL
    ORDER BY m.created_at DESC, m.id DESC LIMIT %(most)s
"""


def due(now: dt.datetime, *, within: dt.timedelta = dt.timedelta(days=1)) -> list[int]:
    """Conversations to look at: over since not long, or grown by so many messages."""
    every = round(in_force().analytics_every)
    over, grown = together((_OVER, (now - within, FEWEST, LIMIT)), (_GROWN, (every, every)))
    return [pk for (pk,) in (*over, *grown)]


_OVER = """
    SELECT c.id FROM conversations_conversation c
    WHERE c.status = 'closed' AND c.closed_at > %s AND c.message_count >= %s
      AND NOT EXISTS (SELECT FROM conversations_conversationanalytics a
                      WHERE a.conversation_id = c.id AND a.is_final)
    ORDER BY c.closed_at, c.id LIMIT %s
"""
_GROWN = """
    SELECT c.id FROM conversations_conversation c
    WHERE c.status = 'open' AND c.message_count >= %s AND c.message_count - coalesce(
      (SELECT max(a.message_count) FROM conversations_conversationanalytics a
       WHERE a.conversation_id = c.id), 0) >= %s
    ORDER BY c.started_at DESC, c.id
"""


def calculate(conversation_id: int, now: dt.datetime) -> ConversationAnalytics | None:
    """Look at a conversation as it stands, and keep what is found: once for each length that it
    had, anew where it is over by now. None where there is too little to say."""
    rules = in_force()
    talk = Conversation.objects.filter(pk=conversation_id).select_related("channel").first()
    if talk is None or talk.message_count < FEWEST:
        return None
    rows = _rows(_LINES, talk=talk.pk, model=active_model_id(), most=MOST)[::-1]
    if len(rows) < 2:
        return None
    lines = [Spoken(r[0], r[2] or "", r[3], r[4], r[5]) for r in rows]
    vectors = matrix([r[9] for r in rows])
    earlier = _rows(
        _EARLIER,
        channel=talk.channel_id,
        talk=talk.pk,
        since=talk.started_at,
        model=active_model_id(),
        most=EARLIER,
    )
    marks = analysis.meta(lines)
    turned = _transitions(talk, rows, vectors, rules)
    with transaction.atomic():
        found, _ = ConversationAnalytics.objects.update_or_create(
            conversation=talk,
            message_count=talk.message_count,
            defaults={
                "is_final": talk.status == Conversation.Status.CLOSED,
                "sentiment_score": analysis.sentiment(lines),
                "engagement_level": analysis.engagement(lines),
                "creativity_score": analysis.creativity(lines, vectors),
                "coherence_score": analysis.coherence(vectors),
                "novelty_score": analysis.novelty(vectors, matrix([r[0] for r in earlier])),
                "is_meta": bool(marks),
                "meta_evidence": [{"message": key, "mark": mark} for key, mark in marks],
                "calculated_at": now,
            },
        )
        kept = [one.message_id for one in turned]
        TopicTransition.objects.filter(conversation=talk).exclude(message__in=kept).delete()
        TopicTransition.objects.bulk_create(
            turned,
            update_conflicts=True,
            unique_fields=["conversation", "message"],
            update_fields=["from_topic", "to_topic", "similarity"],
        )
    return found


def _transitions(
    talk: Conversation, rows: Sequence[Row], vectors: Vectors, rules: OutlookRules
) -> list[TopicTransition]:
    """Where the talk turned, and from what to what: by what is talked of on either side."""
    turns = analysis.gaps(vectors, rules.turn_depth)
    if not turns:
        return []
    heard = [
        Heard(r[0], r[1], r[2] or "", r[3], r[8], character_id=r[6], person_id=r[7]) for r in rows
    ]
    known = topics.vocabulary(
        sorted({x.character_id for x in heard if x.character_id}), talk.channel.community_id
    )
    borders = [0, *(turn.at for turn in turns), len(heard)]
    named = [topics.subject(heard[start:end], known) or NOTHING for start, end in pairwise(borders)]
    found: dict[int, TopicTransition] = {}
    for turn, before, after in zip(turns, named, named[1:], strict=False):
        line = _turning(heard, turn.at, known.keys.get(after, ()))
        key = line.message_id or 0
        if before != after and key not in found:
            found[key] = TopicTransition(
                conversation=talk,
                from_topic=before[:120],
                to_topic=after[:120],
                message_id=key,
                similarity=turn.similarity,
                occurred_at=line.at,
            )
    return list(found.values())


def _turning(lines: Sequence[Heard], at: int, forms: tuple[topics.Form, ...]) -> Heard:
    """The line that turned the talk: near the gap, the first that names what came after."""
    near = lines[max(0, at - 2) : at + analysis.BLOCK]
    return next((line for line in near if topics.speaks_of(line.text, forms)), lines[at])


# --- how a conversation stands --------------------------------------------------------------------


def take_stock(conversation_id: int) -> None:
    """Note in a conversation's context what kind of talk it is by now, how it sounds, who says how
    much, and what it is about. Within the caller's transaction."""
    rows = _rows(_LINES, talk=conversation_id, model=active_model_id(), most=24)[::-1]
    if not rows:
        return
    lines = [
        Spoken(r[0], f"character:{r[6]}" if r[6] else f"person:{r[7]}", r[3], r[4], r[5])
        for r in rows
    ]
    known = [text for r in rows if (text := r[9])]
    context = ConversationContext(
        conversation_type=analysis.kind_of(lines),
        emotional_state={
            "tone": analysis.sentiment(lines),
            "latest": analysis.sentiment(lines[-6:]),
            "swing": round(float(np.std([line.tone for line in lines])), 4),
        },
        speaker_patterns=analysis.patterns(lines),
    )
    ConversationContext.objects.filter(conversation=conversation_id).update(
        conversation_type=context.conversation_type,
        emotional_state=context.emotional_state,
        speaker_patterns=context.speaker_patterns,
        **({"topic_embedding": analysis.centre(matrix(known)).tolist()} if known else {}),
    )


def _rows(sql: str, **values: int | dt.datetime) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def forget_marks(message_ids: Sequence[int]) -> int:
    """Let go of what names messages that are erased. Returns in how many rows."""
    gone, found = set(message_ids), 0
    for row in ConversationAnalytics.objects.filter(
        conversation__messages__among=message_ids, is_meta=True
    ).distinct():
        left = [one for one in row.meta_evidence if one["message"] not in gone]
        if left != row.meta_evidence:
            row.meta_evidence, row.is_meta = left, bool(left)
            row.save(update_fields=["meta_evidence", "is_meta"])
            found += 1
    return found
