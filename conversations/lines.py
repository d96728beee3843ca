"""What was said and decided lately in a room, in few columns: read for every decision."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from conversations.models import Conversation, Message, Turn

UNDER_WAY = (Turn.Status.PLANNED, Turn.Status.SPEAKING)


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a room, by whom and in answer to whom."""

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

    @property
    def speaker(self) -> tuple[int | None, int | None]:
        return self.character_id, self.person_id


def room_lines(channel_id: int, limit: int, conversation_id: int | None = None) -> list[Said]:
    """The latest lines of a channel, or of one conversation in it, oldest first.

    What the system says is left out: no notice is ever answered.
    """
    messages = Message.objects.filter(deleted_at__isnull=True).exclude(role=Message.Role.SYSTEM)
    if conversation_id is None:
        messages = messages.filter(conversation__channel_id=channel_id)
    else:
        messages = messages.filter(conversation_id=conversation_id)
    rows = messages.order_by("-pk").values_list(
        "pk",
        "conversation_id",
        "number",
        "content",
        "created_at",
        "character_id",
        "character__name",
        "person_id",
        "person__custom_name",
        "person__display_name",
        "person__username",
        "turn__move",
        "reply_to__character_id",
        "reply_to__person_id",
    )[:limit]
    return [
        Said(
            id=pk,
            conversation_id=conversation,
            number=number,
            text=text,
            at=at,
            character_id=character,
            person_id=person,
            author=name or custom or display or username or "",
            move=move or "",
            answers_character_id=answered_character,
            answers_person_id=answered_person,
        )
        for (
            pk,
            conversation,
            number,
            text,
            at,
            character,
            name,
            person,
            custom,
            display,
            username,
            move,
            answered_character,
            answered_person,
        ) in reversed(rows)
    ]


@dataclass(frozen=True, slots=True)
class Decided:
    """What matters of an earlier turn of the conversation."""

    status: str
    action: str
    trigger: str
    chosen_id: int | None
    answers_id: int | None
    decided_at: dt.datetime

    @classmethod
    def latest(cls, conversation: Conversation, limit: int = 12) -> list[Decided]:
        """The latest turns, newest first."""
        rows = (
            Turn.objects.filter(conversation=conversation)
            .order_by("-number")
            .values_list("status", "action", "trigger", "chosen_id", "answers_id", "decided_at")
        )
        return [cls(*row) for row in rows[:limit]]

    @property
    def is_under_way(self) -> bool:
        return self.status in UNDER_WAY
