"""What has a vector, and which text of it the vector is made from: one rule each for writing a row,
filling in a vector that is missing, and embedding everything anew."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from memories.models import Memory

# A line as somebody said it, which is found by its bare words: who said it is found by name.
_SAID = re.compile(r"[^\n]{1,200}? said: “(.*)”", re.DOTALL)
_LINES = frozenset({Memory.Kind.CONVERSATION.value, Memory.Kind.GOSSIP.value})


def of_memory(kind: str, content: str, own: str = "") -> str:
    """The text that a memory's vector is made from. `own` is what its writer had embedded instead,
    kept with the memory as metadata `embedded_text`."""
    if own:
        return own
    said = _SAID.fullmatch(content) if kind in _LINES else None
    return said[1] if said else content


def _itself(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Embedded:
    """A table whose rows have vectors. `columns` are SQL, over the row as `t`; `text` makes of
    them what is embedded. `only` says which rows are worth a vector. `noting` notes in a row that
    it has its first vector only now: a column and its value."""

    table: str
    columns: tuple[str, ...]
    text: Callable[..., str] = _itself
    only: str = "true"
    noting: tuple[str, str] | None = None

    @property
    def placing(self) -> str:
        """SQL that notes, beside the storing of a vector, whether it is the row's first."""
        if self.noting is None:
            return ""
        column, value = self.noting
        return f", {column} = CASE WHEN t.embedding IS NULL THEN {value} ELSE t.{column} END"

    @property
    def digest(self) -> str:
        """SQL of a hash over what the text is made from: the same as long as the vector fits."""
        source = " || chr(31) || ".join(f"coalesce({column}, '')" for column in self.columns)
        return f"encode(sha256(convert_to({source}, 'UTF8')), 'hex')"


MEMORIES = Embedded(
    "memories_memory",
    ("t.kind", "t.content", "t.metadata ->> 'embedded_text'"),
    of_memory,
    # A night and an audit compare what is new to them by its vector.
    noting=("metadata", "t.metadata || jsonb_build_object('embedded_at', now())"),
)
FACTS = Embedded("memories_personfact", ("t.fact_content",))
ENTITIES = Embedded("memories_entity", ("t.name",))
INTERESTS = Embedded("characters_interest", ("t.topic",))
# A message's vector serves the talk while it is under way: how near it comes to what was said just
# before, and whose interest it is. What was said is found again as a memory, by that one's vector.
MESSAGES = Embedded(
    "conversations_message",
    ("t.content",),
    only="""t.role <> 'system' AND t.deleted_at IS NULL AND (
        t.created_at > now() - interval '7 days'
        OR t.conversation_id IN (SELECT id FROM conversations_conversation WHERE status = 'open'))
    """,
)

ALL = (MEMORIES, FACTS, ENTITIES, INTERESTS, MESSAGES)
