"""What comes to a character's mind when something is asked or said, before those who listen.

A recall is two journeys to the database: what the question means (`asking`) and the opening of the
view, then, under it, one statement (`recall_sql`), and a third between them where the question
names somebody. What it found is kept for a moment as ids and scores (`caches`); the words are read
anew under the view each time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from fishbowl.macros import with_names
from memories.embedding.embedding import Space, Vector, active, embed_or_wait
from memories.lore import lore
from memories.recall import caches
from memories.recall.asked import Asked
from memories.recall.asking import NOBODY, Asker, Understood, understood, with_entities
from memories.recall.indexes import index_prefix
from memories.recall.recall_sql import COLUMNS, exact, narrowed
from memories.recall.weights import Weights
from memories.rules import MemoryRules, in_force
from memories.view import Audience, View, directly_seen_by

_KNOWN = COLUMNS.index("known")
PARTS = COLUMNS[4 : _KNOWN + 1]
# Compared with nothing: without the question's own vector, its words must do.
NO_VECTOR = Vector([0.0], 0).sent()
_IN_USE = Weights()


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


@dataclass(slots=True)
class Recalling:
    """A question put to a character's memory, ready to be looked up under a view: one that
    `opened` opens, so that what is to be known before comes with it."""

    speaker_id: int
    audience: Audience
    understood: Understood
    asked: Callable[..., Asked]  # once its vector and what its words mean are known
    kinds: Collection[str]
    texts: Sequence[str]
    now: dt.datetime
    rules: MemoryRules
    floor: bool
    key: Sequence[object]  # what else an answer depends on than the view
    space: Space
    vector: Vector | None
    _kept: caches.Look | None = None

    def opened(self) -> AbstractContextManager[View]:
        """The view under which it is looked up."""
        heard = [
            sorted(self.audience.characters), sorted(self.audience.people),
            self.audience.community, self.audience.conversation,
        ]  # fmt: skip
        kept = caches.looking(self.speaker_id, [heard, *self.key])
        return directly_seen_by(
            self.speaker_id,
            self.audience,
            first=[self.understood.lookup],
            meanwhile=lambda: self._prepare(kept),
        )

    def _prepare(self, kept: Callable[[], caches.Look]) -> None:
        if self.space.is_at_hand:
            (self.vector,) = embed_or_wait([self.understood.embedded], "query", self.space)
        self._kept = kept()

    def under(self, view: View, *, is_all: bool = False) -> list[Recalled]:
        """What comes to mind, best first, and behind it what lore its words trigger. `is_all`:
        nothing else is read under the view, which may be closed with it."""
        if self._kept is None:
            raise LookupError("A question is looked up under the view that it has opened.")
        meaning = self.understood.meaning(view.first[0])
        has_lore = meaning.has_lore and (not self.kinds or "lore" in self.kinds)
        is_last = is_all and not has_lore
        computed: list[Recalled] = []

        def compute() -> caches.Result:
            if self.floor and meaning.question.is_idle:
                return ()
            known = with_entities(meaning, view, self.now)
            asked = self.asked(
                words=known.words,
                characters=known.named.characters,
                people=known.named.people,
                entities=known.entities,
                damped=known.damped,
                indexed=known.indexed,
                vector=self.vector.sent() if self.vector else NO_VECTOR,
                model=self.space.id if self.vector else 0,
            )
            statement = (narrowed if known.indexed else exact)(asked)
            rows = view.planned(statement.sql, is_last=is_last, **statement.values)
            if self.floor and (not rows or rows[0][_KNOWN] < self.rules.recall_floor):
                rows = []
            computed.extend(map(_recalled, rows))
            return tuple((one.id, one.score, *one.parts.values()) for one in computed)

        result = caches.recalled(self._kept, view.key, compute)
        found = computed or _reread(view, result, self.now, is_last=is_last)
        if has_lore:
            found += self._triggered(view, found, meaning.speaker)
        return [_addressed(one, meaning.speaker) for one in found]

    def _triggered(self, view: View, found: Sequence[Recalled], speaker: str) -> list[Recalled]:
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
                char=speaker,
            )
            if entry.id not in known
        }
        rows = _reread(view, tuple((pk, 0.0) for pk in entries), self.now)
        return [replace(one, content=entries[one.id], parts={"lore": 1.0}) for one in rows]


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
        now: in the speaker's time zone, in which its 'yesterday' begins.
        kinds: only memories of these kinds; all when empty.
        about_person_id: only what is about this person.
        leave_out: ids of messages that stand before its eyes anyway.
        context: the lines before the question, oldest first, for whom 'she' means.
        asked_by: who asks, for whom 'I' means.
        floor: nothing where even the best has too little to do with the question.
        weights: other than those in use, to measure what they are good for.
    """
    rules = in_force(community=audience.community, character=speaker_id)
    space = active()
    asking = understood(
        question,
        speaker=speaker_id,
        community=audience.community,
        now=now,
        context=context,
        index=index_prefix(speaker_id, space.id),
        synonym=(weights or _IN_USE).synonym,
        asked_by=asked_by,
    )
    window, vector = asking.question.window, None
    if not space.is_at_hand:
        (vector,) = embed_or_wait([asking.embedded], "query", space)
    return Recalling(
        speaker_id=speaker_id,
        audience=audience,
        understood=asking,
        asked=partial(
            Asked,
            owner=speaker_id,
            now=now,
            limit=limit,
            weights=weights or _IN_USE,
            since=window.since if window else None,
            until=window.until if window else None,
            asks_when=asking.question.asks_when,
            phrases=asking.question.phrases,
            kinds=kinds,
            about_person=about_person_id,
            leave_out=leave_out,
        ),
        kinds=kinds,
        texts=[*context, question],
        now=now,
        rules=rules,
        floor=floor,
        key=[
            question, list(context) if asking.question.pronouns else [], now.date(), limit,
            list(kinds), about_person_id, sorted(leave_out), rules.recall_floor if floor else 0,
            space.id, space.is_at_hand or vector is not None,
            [asked_by.character, asked_by.person] if asking.question.of_asker else [],
            window.since.isoformat() if window else "",
            list(weights.items()) if weights else 0,
        ],
        space=space,
        vector=vector,
    )  # fmt: skip


def recall(speaker_id: int, audience: Audience, question: str, **asked: Any) -> list[Recalled]:
    """What `speaker_id` may say that has to do with `question`, best first; empty when nothing
    does. Entries of lorebooks that its words trigger stand behind it, beyond the limit. May call
    an embedding server: not in a transaction that holds locks. `asked`: see `recalling`."""
    ready = recalling(speaker_id, audience, question, **asked)
    with ready.opened() as view:
        return ready.under(view, is_all=True)


def _recalled(row: tuple[Any, ...]) -> Recalled:
    parts = dict(zip(PARTS, map(float, row[4 : 4 + len(PARTS)]), strict=True))
    score = float(row[3])
    return recalled_as(row[:3], row[_KNOWN + 1 :], score, parts)


def recalled_as(
    start: Sequence[Any], rest: Sequence[Any], score: float, parts: dict[str, float]
) -> Recalled:
    """A memory of a row's columns: those before the score, and those behind its parts."""
    values = (*start, score, parts, *rest)
    return Recalled(*values)


_REREAD = """
SELECT id, kind, content, occurred_at, provenance, told_by_character_id, told_by_person_id,
    about_person_id, about_character_id, confidence, importance, visibility, source_message_id,
    session_key, sequence
FROM memories_memory m
WHERE id = ANY (%(ids)s::bigint[]) AND tier <> 'archived'
    AND (expires_at IS NULL OR expires_at > %(now)s::timestamptz)
"""


def _reread(
    view: View, result: caches.Result, now: dt.datetime, *, is_last: bool = False
) -> list[Recalled]:
    """The memories of a kept result as they are now, as far as the view shows them."""
    if not result:
        return []
    found = view.planned(_REREAD, is_last=is_last, ids=[pk for pk, *_ in result], now=now)
    rows = {row[0]: row for row in found}
    return [
        # What is triggered, and not found, has no parts here.
        recalled_as(rows[pk][:3], rows[pk][3:], score, dict(zip(PARTS, parts)))  # noqa: B905
        for pk, score, *parts in result
        if pk in rows
    ]


def _addressed(one: Recalled, speaker: str) -> Recalled:
    """Lore with the speaker's name where its author left it open."""
    if one.kind != "lore" or not ("{{" in one.content or "<" in one.content):
        return one
    return replace(one, content=with_names(one.content, speaker))
