"""A room held: its row locked, and then what stands on it read, in one journey to the database.

The order of locks is the same everywhere: the channel, then the turn, then the conversation.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from audit.configuration.configuration import SOCIETY_RUNS
from characters.models import Character, Person
from conversations.floor.lines import Decided, Said, asking_decided, asking_open_lines
from conversations.floor.rules import is_refused
from conversations.models import (
    Channel,
    Conversation,
    ConversationContext,
    Message,
    Scenario,
    Turn,
)
from conversations.tank import live
from fishbowl.statements import Row, loaded, together

CHANNEL = (
    "id", "community_id", "discord_id", "name", "topic", "mode", "pace", "scenario_id",
    "is_paused", "is_nsfw", "hushed_until", "slow_mode_s", "next_look_at", "watched_until",
)  # fmt: skip
CONVERSATION = (
    "id", "channel_id", "kind", "topic", "status", "started_at", "last_message_at", "closed_at",
    "message_count", "turn_number", "next_turn_at", "chain_length", "premise",
    "is_adult",
)  # fmt: skip
CONTEXT = ("id", "conversation_id", "energy_level", "open_questions")
# But for what no step of a turn reads: the decision's facts, and the parts of the prompt.
TURN = (
    "id", "conversation_id", "number", "status", "action", "move", "trigger", "chosen_id",
    "answers_id", "random_seed", "claimed_by", "claimed_at", "attempts", "emoji", "draft",
    "due_at", "say_at", "decided_at", "draft_spent", "reservation",
)  # fmt: skip
SPEAKER = (
    "id", "name", "slug", "status", "is_template", "is_adult", "llm_model", "llm_temperature",
)  # fmt: skip
SCENARIO = ("id", "premise", "is_adult")
HEARD = (
    "id", "conversation_id", "number", "role", "content", "sentiment", "created_at", "deleted_at",
    "character_id", "person_id",
)  # fmt: skip
PERSON = ("id", "custom_name", "display_name", "username")


def _columns(table: str, names: Sequence[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in names)


_HOLD_CHANNEL = f"""
    SELECT {_columns("h", CHANNEL)}, EXISTS (
      SELECT 1 FROM conversations_scheduledevent
      WHERE channel_id = h.id AND status = 'pending' AND trigger_at <= %s
    ) FROM conversations_channel h
    WHERE h.id = %s AND NOT h.is_paused AND h.send_trouble = '' AND {SOCIETY_RUNS}
    FOR NO KEY UPDATE OF h SKIP LOCKED
"""  # noqa: S608 - names of columns
_OPEN_CONVERSATION = f"""
    SELECT {_columns("c", CONVERSATION)}, {_columns("x", CONTEXT)}
    FROM conversations_conversation c
    LEFT JOIN conversations_conversationcontext x ON x.conversation_id = c.id
    WHERE c.channel_id = %s AND c.status = 'open'
"""  # noqa: S608 - names of columns
_HOLD_CHANNEL_OF_TURN = f"""
    SELECT {_columns("h", CHANNEL)}, {_columns("s", SCENARIO)}
    FROM conversations_channel h LEFT JOIN conversations_scenario s ON s.id = h.scenario_id
    WHERE NOT h.is_paused AND h.send_trouble = '' AND {SOCIETY_RUNS} AND h.id = (
      SELECT c.channel_id FROM conversations_turn t
      JOIN conversations_conversation c ON c.id = t.conversation_id
      WHERE t.id = %s AND t.status = %s
    ) FOR NO KEY UPDATE OF h
"""  # noqa: S608 - names of columns
_HOLD_TURN = f"""
    SELECT {_columns("t", TURN)}, {_columns("c", CONVERSATION)}, {_columns("x", CONTEXT)},
      {_columns("k", SPEAKER)}
    FROM conversations_turn t
    JOIN conversations_conversation c ON c.id = t.conversation_id
    LEFT JOIN conversations_conversationcontext x ON x.conversation_id = c.id
    LEFT JOIN characters_character k ON k.id = t.chosen_id
    WHERE t.id = %s AND t.status = %s FOR NO KEY UPDATE OF t
"""  # noqa: S608 - names of columns
# Apart from the turn, since the time to plan a statement grows fast with the tables it joins.
_HEARD = f"""
    SELECT {_columns("m", HEARD)}, k.name, {_columns("p", PERSON)}
    FROM conversations_message m
    LEFT JOIN characters_character k ON k.id = m.character_id
    LEFT JOIN characters_person p ON p.id = m.person_id
    WHERE m.id = (SELECT answers_id FROM conversations_turn WHERE id = %s)
"""  # noqa: S608 - names of columns


@dataclass(frozen=True, slots=True)
class Room:
    """A channel whose lock is held, and how its open conversation stands: the latest turns newest
    first, the latest lines oldest first."""

    channel: Channel
    conversation: Conversation | None
    decided: Sequence[Decided]
    lines: Sequence[Said]
    has_event: bool


def hold_room(channel_id: int, recent: int, now: dt.datetime) -> Room | None:
    """Lock a channel and read what stands on it. Returns None when somebody else holds the lock,
    while the channel or the whole society is paused, and while nothing said there would be seen."""
    held, talks, decided, lines = together(
        (_HOLD_CHANNEL, (now, channel_id)),
        (_OPEN_CONVERSATION, (channel_id,)),
        asking_decided(channel_id),
        asking_open_lines(channel_id, recent),
    )
    if not held:
        return None
    *columns, has_event = held[0]
    channel = loaded(Channel, CHANNEL, columns)
    return Room(
        channel,
        _conversation(channel, talks[0]) if talks else None,
        [Decided(*row) for row in decided],
        Said.of(lines),
        has_event,
    )


def hold_turn(turn_id: int, status: str, now: dt.datetime) -> Turn | None:
    """Lock a turn in `status`, and its channel before it, with what each step reads: conversation
    and context, who speaks, and what it answers. Returns None while the channel or the whole
    society is paused, or nothing said there would be seen. A turn that may not go on is given up
    here."""
    channels, turns, heard = together(
        (_HOLD_CHANNEL_OF_TURN, (turn_id, status)),
        (_HOLD_TURN, (turn_id, status)),
        (_HEARD, (turn_id,)),
    )
    if not channels or not turns:
        return None
    columns, scenario = channels[0][: len(CHANNEL)], channels[0][len(CHANNEL) :]
    channel = loaded(Channel, CHANNEL, columns)
    channel.scenario = loaded(Scenario, SCENARIO, scenario) if scenario[0] else None
    turn = _turn(channel, turns[0])
    turn.answers = _heard(heard[0]) if heard else None
    if turn.chosen is None or not turn.chosen.is_active:
        give_up(turn, now, "The character may not act now.")
        return None
    if turn.chosen.is_adult and not channel.is_nsfw:
        give_up(turn, now, "The character speaks only where the channel is age-restricted.")
        return None
    if channel.mode == Channel.Mode.MUTED:
        give_up(turn, now, "The channel is muted.")
        return None
    if is_refused(channel):
        give_up(turn, now, "Age-restricted channels are refused here.")
        return None
    if turn.conversation.status != Conversation.Status.OPEN:
        give_up(turn, now, "The conversation ended.")
        return None
    return turn


def _conversation(channel: Channel, row: Row) -> Conversation:
    at = len(CONVERSATION)
    conversation = loaded(Conversation, CONVERSATION, row[:at])
    conversation.channel = channel
    key, of, energy, questions = row[at:]
    if key is not None:
        conversation.context = loaded(
            ConversationContext, CONTEXT, (key, of, energy, json.loads(questions))
        )
    return conversation


def _turn(channel: Channel, row: Row) -> Turn:
    own, rest = row[: len(TURN)], row[len(TURN) :]
    talk, speaker = rest[: -len(SPEAKER)], rest[-len(SPEAKER) :]
    turn = loaded(Turn, TURN, (*own[:-2], *map(json.loads, own[-2:])))
    turn.conversation = _conversation(channel, talk)
    turn.chosen = loaded(Character, SPEAKER, speaker) if speaker[0] is not None else None
    return turn


def _heard(row: Row) -> Message:
    message = loaded(Message, HEARD, row[: len(HEARD)])
    name, *person = row[len(HEARD) :]
    message.character = (
        loaded(Character, ("id", "name"), (message.character_id, name)) if name else None
    )
    message.person = loaded(Person, PERSON, person) if message.person_id else None
    return message


def give_up(turn: Turn, now: dt.datetime, why: str, rest_s: float = 15) -> None:
    """End a turn unspoken, and have the director look again after `rest_s` seconds."""
    Turn.objects.filter(pk=turn.pk).update(
        status=Turn.Status.ABANDONED, error=why[:500], finished_at=now
    )
    Conversation.objects.filter(pk=turn.conversation_id, status=Conversation.Status.OPEN).update(
        next_turn_at=now + dt.timedelta(seconds=rest_s)
    )
    live.publish(turn.conversation.channel_id, "turn.over", turn=turn.pk)
