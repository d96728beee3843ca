"""What comes to a character's mind when something is asked or said, before those who listen.

A recall is a few journeys to the database: what the question means (`asking`), then, under the
view, one statement (`recall_sql`). What it found is kept for a moment as ids and scores (`caches`);
the words are read anew under the view each time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from fishbowl.macros import with_names
from memories.embedding.embedding import active_model_id
from memories.lore import lore
from memories.recall import caches
from memories.recall.asked import Asked
from memories.recall.asking import NOBODY, Asker, Meaning, mean, with_entities
from memories.recall.indexes import index_prefix
from memories.recall.recall_sql import COLUMNS, exact, narrowed
from memories.recall.weights import Weights
from memories.rules import MemoryRules, in_force
from memories.view import Audience, View, seen_by

_KNOWN = COLUMNS.index("known")
PARTS = COLUMNS[4 : _KNOWN + 1]
NO_VECTOR = "[0]"  # compared with nothing: without the question's own, its words must do


@dataclass(frozen=True, slots=True)
class Recalled:
    """One memory that came to mind, and why. `parts` (docs/recall.md says how to read them): what
    each kind of evidence added to its score, what that was multiplied with, and three absolute
    measures: its cosine (near), the share of the question's words that it holds (matched), and, the
    same for all, how well the owner knows what was asked, which the floor is about (known)."""

    id: int
    kind: str
    content: str
    score: float
    parts: dict[str, float]
    occurred_at: dt.datetime
    provenance: str
    told_by_character_id: int | None
    told_by_person_id: int | None
    about_person_id: int | None
    about_character_id: int | None
    confidence: float
    importance: float
    visibility: str
    source_message_id: int | None
    session_key: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Recalling:
    """A question put to a character's memory, ready to be looked up under a view."""

    speaker_id: int
    meaning: Meaning
    asked: Asked
    texts: Sequence[str]
    now: dt.datetime
    rules: MemoryRules
    floor: bool
    key: Sequence[object]  # what else an answer depends on than the view

    def under(self, view: View) -> list[Recalled]:
        """What comes to mind, best first, and behind it what lore its words trigger."""
        computed: list[Recalled] = []

        def compute() -> caches.Result:
            if self.floor and self.meaning.question.is_idle:
                return []
            known = with_entities(self.meaning, view, self.now)
            asked = replace(
                self.asked,
                words=known.words,
                characters=known.named.characters,
                people=known.named.people,
                entities=known.entities,
                indexed=known.indexed,
            )
            statement = (narrowed if known.indexed else exact)(asked)
            rows = view.planned(statement.sql, asked=statement.value)
            if self.floor and (not rows or rows[0][_KNOWN] < self.rules.recall_floor):
                rows = []
            computed.extend(map(_recalled, rows))
            return [[one.id, one.score, one.parts] for one in computed]

        result = caches.recalled(self.speaker_id, [view.key, *self.key], compute)
        found = computed or _reread(view, result, self.now)
        if self.meaning.has_lore and (not self.asked.kinds or "lore" in self.asked.kinds):
            found += self._triggered(view, found)
        return [_addressed(one, self.meaning.speaker) for one in found]

    def _triggered(self, view: View, found: Sequence[Recalled]) -> list[Recalled]:
        """Entries of lorebooks whose keys stand in the last lines, but for those that were
        found."""
        known = {one.id for one in found}
        entries = {
            entry.id: entry.content
            for entry in lore.triggered(
                view,
                self.texts,
                limit=int(self.rules.lore_entries),
                tokens=int(self.rules.lore_tokens),
                char=self.meaning.speaker,
            )
            if entry.id not in known
        }
        rows = _reread(view, [[pk, 0.0, {"lore": 1.0}] for pk in entries], self.now)
        return [replace(one, content=entries[one.id]) for one in rows]


def recalling(
    speaker_id: int,
    audience: Audience,
    question: str,
    *,
    now: dt.datetime,
    limit: int = 8,
    kinds: Sequence[str] = (),
    about_person_id: int | None = None,
    leave_out: Collection[int] = (),
    context: Sequence[str] = (),
    asked_by: Asker = NOBODY,
    floor: bool = True,
    weights: Weights | None = None,
) -> Recalling:
    """Make a question ready. May call an embedding server: not in a transaction that holds locks,
    nor under a view.

    Args:
        kinds: only memories of these kinds; all when empty.
        about_person_id: only what is about this person.
        leave_out: ids of messages that stand before its eyes anyway.
        context: the lines before the question, oldest first, for whom 'she' means.
        asked_by: who asks, for whom 'I' means.
        floor: nothing where even the best has too little to do with the question.
        weights: other than those in use, to measure what they are good for.
    """
    rules = in_force(community=audience.community, character=speaker_id)
    is_measuring = weights is not None
    weights = weights or Weights()
    meaning = mean(
        question,
        speaker=speaker_id,
        community=audience.community,
        now=now,
        context=context,
        index=index_prefix(speaker_id, active_model_id()),
        synonym=weights.synonym,
        asked_by=asked_by,
    )
    window, vector = meaning.question.window, meaning.vector
    return Recalling(
        speaker_id=speaker_id,
        meaning=meaning,
        asked=Asked(
            owner=speaker_id,
            now=now,
            words=meaning.words,
            vector=vector.to_text() if vector else NO_VECTOR,
            model=vector.model_id if vector else 0,
            limit=limit,
            weights=weights,
            since=window.since if window else None,
            until=window.until if window else None,
            asks_when=meaning.question.asks_when,
            phrases=meaning.question.phrases,
            damped=meaning.damped,
            kinds=kinds,
            about_person=about_person_id,
            leave_out=leave_out,
        ),
        texts=[*context, question],
        now=now,
        rules=rules,
        floor=floor,
        key=[
            question, list(context) if meaning.question.pronouns else [], now.date(), limit,
            list(kinds), about_person_id, sorted(leave_out), rules.recall_floor if floor else 0,
            vector.model_id if vector else 0,
            [asked_by.character, asked_by.person] if meaning.question.of_asker else [],
            list(weights.items()) if is_measuring else 0,
        ],
    )  # fmt: skip


def recall(speaker_id: int, audience: Audience, question: str, **asked: Any) -> list[Recalled]:
    """What `speaker_id` may say that has to do with `question`, best first; empty when nothing
    does. Entries of lorebooks that its words trigger stand behind it, beyond the limit. May call
    an embedding server: not in a transaction that holds locks. `asked`: see `recalling`."""
    ready = recalling(speaker_id, audience, question, **asked)
    with seen_by(speaker_id, audience) as view:
        return ready.under(view)


def _recalled(row: tuple[Any, ...]) -> Recalled:
    parts = dict(zip(PARTS, map(float, row[4 : 4 + len(PARTS)]), strict=True))
    score = float(row[3])
    return _with(row[:3], row[_KNOWN + 1 :], score, parts)


def _with(
    start: tuple[Any, ...], rest: tuple[Any, ...], score: float, parts: dict[str, float]
) -> Recalled:
    values = (*start, score, parts, *rest)
    return Recalled(*values)


_REREAD = """
SELECT id, kind, content, occurred_at, provenance, told_by_character_id, told_by_person_id,
    about_person_id, about_character_id, confidence, importance, visibility, source_message_id,
    session_key, sequence
FROM memories_memory m
WHERE id = ANY (%s) AND tier <> 'archived' AND (expires_at IS NULL OR expires_at > %s)
"""


def _reread(view: View, result: caches.Result, now: dt.datetime) -> list[Recalled]:
    """The memories of a kept result as they are now, as far as the view shows them."""
    if not result:
        return []
    view.cursor.execute(_REREAD, [[pk for pk, _, _ in result], now])
    rows = {row[0]: row for row in view.cursor.fetchall()}
    return [
        _with(rows[pk][:3], rows[pk][3:], score, parts) for pk, score, parts in result if pk in rows
    ]


def _addressed(one: Recalled, speaker: str) -> Recalled:
    """Lore with the speaker's name where its author left it open."""
    if one.kind != "lore" or not ("{{" in one.content or "<" in one.content):
        return one
    return replace(one, content=with_names(one.content, speaker))
