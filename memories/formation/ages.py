"""What was said in age-restricted channels: what is remembered of it comes to mind only in one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from fishbowl.statements import together


class _Sourced(Protocol):
    @property
    def source_conversation_id(self) -> int | None: ...
    @property
    def source_message_id(self) -> int | None: ...
    @property
    def from_messages(self) -> tuple[int, ...]: ...


@dataclass(frozen=True, slots=True)
class Restricted:
    """Of some conversations and messages, those of age-restricted channels."""

    conversations: frozenset[int] = frozenset()
    messages: frozenset[int] = frozenset()

    def hold(self, one: _Sourced) -> bool:
        """Whether something was learned in one of these."""
        return one.source_conversation_id in self.conversations or not self.messages.isdisjoint(
            {*one.from_messages, one.source_message_id}
        )


_RESTRICTED = """
    SELECT c.id, NULL FROM conversations_conversation c
    WHERE c.id = ANY(%s)
      AND (c.is_adult OR c.channel_id IN (SELECT id FROM conversations_channel WHERE is_nsfw))
    UNION ALL
    SELECT NULL, m.id FROM conversations_message m
    JOIN conversations_conversation c ON c.id = m.conversation_id
    WHERE m.id = ANY(%s)
      AND (c.is_adult OR c.channel_id IN (SELECT id FROM conversations_channel WHERE is_nsfw))
"""


def restricted(
    conversations: Collection[int | None], messages: Collection[int | None]
) -> Restricted:
    """Which of these are of channels that are age-restricted, or were when the talk began."""
    asked = [sorted({pk for pk in one if pk is not None}) for one in (conversations, messages)]
    if not any(asked):
        return Restricted()
    (found,) = together((_RESTRICTED, tuple(asked)))
    return Restricted(
        frozenset(pk for pk, _ in found if pk is not None),
        frozenset(pk for _, pk in found if pk is not None),
    )
