"""What was said and decided lately in a room, in few columns: read for every decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from conversations.models import Turn
from fishbowl.statements import Row, Statement, together

UNDER_WAY = (Turn.Status.PLANNED, Turn.Status.SPEAKING)
# As a condition of a statement: written out, since a plan that is made for any values can't go by
# the index of those few turns alone.
IS_UNDER_WAY = "status IN ('planned', 'speaking')"


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a room, by whom and in answer to whom. `has_vector` is whether it has one that
    it can be compared by now, `is_call` whether it speaks to whoever is here, `pictures` the list
    of addresses of those posted with it, as JSON; `is_off_record` whether nobody remembers it."""

    id: int
    conversation_id: int
    number: int
    text: str
    at: dt.datetime
    character_id: int | None
    person_id: int | None
    author: str
    move: str
    answers_character_id: int | None
    answers_person_id: int | None
    has_vector: bool
    is_call: bool = False
    pictures: str | None = None
    is_off_record: bool = False

    @property
    def speaker(self) -> tuple[int | None, int | None]:
        return self.character_id, self.person_id

    @classmethod
    def of(cls, rows: Iterable[Row]) -> list[Said]:
        """The lines that one of the statements below found, oldest first."""
        lines = [cls(*row) for row in rows]
        lines.reverse()
        return lines


# What the system says is left out, and what was asked of it: characters answer neither.
# One small question for each name, since the time to plan a statement grows fast with the tables it
# joins, and this one is planned anew each time.
_LINES = """
    SELECT m.id, m.conversation_id, m.number, m.content, m.created_at, m.character_id, m.person_id,
      coalesce(
        (SELECT name FROM characters_character WHERE id = m.character_id),
        (SELECT coalesce(nullif(custom_name, ''), nullif(display_name, ''), username)
         FROM characters_person WHERE id = m.person_id), ''),
      coalesce((SELECT move FROM conversations_turn WHERE id = m.turn_id), ''),
      (SELECT character_id FROM conversations_message WHERE id = m.reply_to_id),
      (SELECT person_id FROM conversations_message WHERE id = m.reply_to_id),
      m.embedding_model_id IS NOT DISTINCT FROM
        (SELECT id FROM memories_embeddingmodel WHERE is_active),
      m.is_call, CASE WHEN m.has_images THEN m.image_urls::text END, m.is_off_record
    FROM conversations_message m
"""
_LATEST_OF_CONVERSATION = """
    WHERE m.conversation_id = {conversation} AND m.deleted_at IS NULL AND m.role <> 'system'
      AND NOT m.is_request
    ORDER BY m.number DESC LIMIT %s
"""
_NAMED = _LINES + _LATEST_OF_CONVERSATION.format(conversation="%s")
_OPEN = _LINES + _LATEST_OF_CONVERSATION.format(
    conversation="(SELECT id FROM conversations_conversation"
    " WHERE channel_id = %s AND status = 'open')"
)
# Conversations of a channel follow each other, so its latest lines are in the latest of them: those
# after which less was said than is wanted, or twice that, since some of it may have been deleted.
_OF_CHANNEL = f"""{_LINES}
    WHERE m.id IN (
      SELECT said.id FROM (
        SELECT id,
          sum(message_count) OVER (ORDER BY closed_at DESC, id DESC) - message_count AS later
        FROM (
          SELECT id, message_count, closed_at FROM conversations_conversation
          WHERE channel_id = %s AND message_count > 0 AND (
            NOT is_adult OR (SELECT is_nsfw FROM conversations_channel WHERE id = channel_id)
          )
          ORDER BY closed_at DESC, id DESC LIMIT %s
        ) latest
      ) talk CROSS JOIN LATERAL (
        SELECT id FROM conversations_message WHERE conversation_id = talk.id
          AND deleted_at IS NULL AND role <> 'system' AND NOT is_request
        ORDER BY number DESC LIMIT %s
      ) said WHERE talk.later < 2 * %s ORDER BY said.id DESC LIMIT %s
    ) ORDER BY m.id DESC
"""  # noqa: S608 - the statement above


def asking_open_lines(channel_id: int, limit: int) -> Statement:
    """The statement for the latest lines of a channel's open conversation."""
    return _OPEN, (channel_id, limit)


def asking_room_lines(channel_id: int, limit: int) -> Statement:
    """The statement for the latest lines of a channel, whichever conversation they are of: where it
    isn't for adults, of none that was."""
    return _OF_CHANNEL, (channel_id, limit, limit, limit, limit)


def conversation_lines(conversation_id: int, limit: int) -> list[Said]:
    """The latest lines of a conversation, oldest first."""
    (rows,) = together((_NAMED, (conversation_id, limit)))
    return Said.of(rows)


OWN_FOR, OTHERS_FOR = dt.timedelta(hours=3), dt.timedelta(minutes=10)
MOST_ELSEWHERE = 40
# What the speaker has said in other rooms, and for a while what others have. The latest lines of
# all come by their time, and a community has few rooms.
_ELSEWHERE = """
    SELECT m.character_id, k.name, m.content, m.created_at
    FROM conversations_message m
    JOIN conversations_conversation v ON v.id = m.conversation_id
    JOIN conversations_channel c ON c.id = v.channel_id
    JOIN characters_character k ON k.id = m.character_id
    WHERE m.created_at > %s AND (m.character_id = %s OR m.created_at > %s)
      AND m.deleted_at IS NULL AND NOT m.is_off_record AND c.id <> %s
      AND c.community_id = (SELECT community_id FROM conversations_channel WHERE id = %s)
    ORDER BY m.created_at DESC, m.id DESC LIMIT %s
"""


def asking_elsewhere(character_id: int, channel_id: int, now: dt.datetime) -> Statement:
    """The statement for what characters said lately in the community's other rooms, and this one
    for longer, newest first: who, its name, the text and when."""
    return _ELSEWHERE, (
        now - OWN_FOR,
        character_id,
        now - OTHERS_FOR,
        channel_id,
        channel_id,
        MOST_ELSEWHERE,
    )


@dataclass(frozen=True, slots=True)
class Decided:
    """What matters of an earlier turn of the conversation."""

    status: str
    action: str
    trigger: str
    chosen_id: int | None
    answers_id: int | None
    decided_at: dt.datetime

    @property
    def is_under_way(self) -> bool:
        return self.status in UNDER_WAY


_DECIDED = """
    SELECT status, action, trigger, chosen_id, answers_id, decided_at FROM conversations_turn
    WHERE conversation_id = (
      SELECT id FROM conversations_conversation WHERE channel_id = %s AND status = 'open'
    ) ORDER BY number DESC LIMIT %s
"""


DECIDED = 12  # turns that are looked back on


def asking_decided(channel_id: int, limit: int = DECIDED) -> Statement:
    """The statement for the latest turns of a channel's open conversation, newest first; each row
    is a `Decided`."""
    return _DECIDED, (channel_id, limit)
