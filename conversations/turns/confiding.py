"""What a character might tell unasked: something that moved it lately, which one who listens, and
whom it trusts, doesn't know yet.

Whether it then tells it is the voice's to decide. If the line does, what comes of it for each who
hears it is recorded with the line's traces (`memories.formation.traces`, `memories.sharing`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from characters import relationship
from characters.models import Character
from conversations.models import Conversation, Message
from conversations.turns.phrasing import when
from fishbowl.llm.types import Recollection
from fishbowl.statements import together
from memories import sharing
from memories.embedding.embedding import Vector
from memories.formation.echo import ECHO, coverage
from memories.formation.traces import knows_already, quoted
from memories.models import Memory
from memories.rules import MemoryRules, in_force
from memories.view import Audience, seen_by

CANDIDATES = 12
MOST_CONFIDED = 200  # lines to one listener that are compared
SALT = 0xC0F1DE
EASED = 0.05  # by so much less trust one confides in friends, and again at each level above
CLOSE = 3  # the rank of good friends


@dataclass(frozen=True, slots=True)
class Confidence:
    """A memory that a character might confide, and to whom: one character or one person."""

    memory_id: int
    recollection: Recollection
    listener: str
    character_id: int | None = None
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class _Listener:
    name: str
    trust: float
    character_id: int | None
    person_id: int | None
    level: str = "Stranger"
    is_at_odds: bool = False

    def may_hear(self, memory: Memory) -> bool:
        """Whether they are close enough for a memory of this kind: what is deepest is for good
        friends."""
        return memory.visibility != Memory.Visibility.FULL or relationship.rank(self.level) >= CLOSE

    def is_trusted(self, rules: MemoryRules) -> bool:
        """Whether one confides in them unasked: in friends sooner, in whom one is at odds with
        never."""
        eased = EASED * max(0, relationship.rank(self.level) - 1)
        return not self.is_at_odds and self.trust >= rules.confide_trust - eased


def something_to_tell(
    speaker_id: int, audience: Audience, seed: int, now: dt.datetime
) -> Confidence | None:
    """Something the speaker might confide before this audience, or None, as is mostly so. The
    same seed decides the same. Not in a transaction that holds locks: it opens a view."""
    rules = in_force(community=audience.community, character=speaker_id)
    if Random(seed ^ SALT).random() >= rules.confide_chance:
        return None
    trusted = [x for x in _listeners(speaker_id, audience) if x.is_trusted(rules)]
    if not trusted:
        return None
    with seen_by(speaker_id, audience):
        candidates = list(_moving(speaker_id, audience, rules, now))
    confided = {x: _confided_to(x, now - dt.timedelta(days=rules.confide_days)) for x in trusted}
    name = Character.objects.values_list("name", flat=True).get(pk=speaker_id)
    for memory in candidates:
        line = quoted(memory.content)
        if line is not None and line[0] == name:
            continue  # its own words: whoever was there has heard them, and it is no secret
        for listener in trusted:
            if any(coverage(memory.content, text) >= ECHO for text in confided[listener]):
                continue  # by another, who heard the same
            if listener.may_hear(memory) and not _is_known(memory, listener, audience.community):
                return Confidence(
                    memory.pk,
                    _recollection(memory, now),
                    listener.name,
                    listener.character_id,
                    listener.person_id,
                )
    return None


# How far the speaker trusts those who listen: as it does here, else in general. Most first.
_TRUST = """
    SELECT DISTINCT ON (r.to_character_id, r.to_person_id)
      coalesce(c.name, nullif(p.custom_name, ''), nullif(p.display_name, ''), p.username),
      r.trust, r.to_character_id, r.to_person_id, r.level, r.repair_since IS NOT NULL
    FROM characters_relationship r
    LEFT JOIN characters_character c ON c.id = r.to_character_id
    LEFT JOIN characters_person p ON p.id = r.to_person_id
    WHERE r.from_character_id = %s
      AND (r.to_character_id = ANY(%s::bigint[]) OR r.to_person_id = ANY(%s::bigint[]))
      AND (r.community_id = %s OR r.community_id IS NULL)
    ORDER BY r.to_character_id, r.to_person_id, r.community_id NULLS LAST
"""


def _listeners(speaker_id: int, audience: Audience) -> list[_Listener]:
    values = (
        speaker_id,
        sorted(audience.characters),
        sorted(audience.people),
        audience.community,
    )
    (found,) = together((_TRUST, values))
    return sorted((_Listener(*row) for row in found), key=lambda one: (-one.trust, one.name))


def _moving(
    speaker_id: int, audience: Audience, rules: MemoryRules, now: dt.datetime
) -> Iterator[Memory]:
    """What moved it lately and may be said, under the view that stands open; nothing about who
    stands by."""
    yield from (
        Memory.objects.recallable()
        .filter(
            owner=speaker_id,
            importance__gte=rules.confide_importance,
            occurred_at__gt=now - dt.timedelta(days=rules.confide_days),
            occurred_at__lte=now,
        )
        .exclude(expires_at__lte=now)
        .exclude(provenance=Memory.Provenance.READ)
        .exclude(visibility=Memory.Visibility.PRIVATE)
        .exclude(kind=Memory.Kind.CREATIVE)  # of a work one tells openly
        .exclude(about_person__in=audience.people)
        .exclude(about_character__in=audience.characters - {speaker_id})
        .defer("search")
        .order_by("-importance", "-occurred_at", "pk")[:CANDIDATES]
    )


def _confided_to(listener: _Listener, since: dt.datetime) -> list[str]:
    """What was said to somebody lately by whoever had something to confide, newest first: it is
    known to them from then on, though what they remember of it is written down later."""
    theirs = (
        Conversation.objects.filter(participants__character=listener.character_id)
        if listener.character_id is not None
        else Conversation.objects.filter(participants__person=listener.person_id)
    )
    return list(
        Message.objects.filter(
            conversation__in=theirs,
            created_at__gt=since,
            turn__recollections__parts__has_key="to_tell",
        )
        .order_by("-created_at", "-pk")
        .values_list("content", flat=True)[:MOST_CONFIDED]
    )


def _is_known(memory: Memory, listener: _Listener, community_id: int | None) -> bool:
    """Whether the listener needs no telling: it was there, told it, or has been told."""
    if listener.character_id is not None:
        if memory.shares.filter(target_character=listener.character_id).exists():
            return True  # offered before, whatever came of it
        if sharing.known_to(memory, listener.character_id, community_id):
            return True
        line = quoted(memory.content)
        vector = (
            Vector(memory.embedding, memory.embedding_model_id)
            if memory.embedding is not None and memory.embedding_model_id is not None
            else None
        )
        text = line[1] if line else memory.content
        return knows_already(
            listener.character_id, text, vector, community_id, is_adult=memory.is_adult
        )
    person = listener.person_id
    if person == memory.told_by_person_id:
        return True
    with_them = Conversation.objects.filter(participants__person=person)
    if with_them.filter(memories=memory).exists():
        return True
    # That it came to mind in their company isn't yet that it was said.
    said = Message.objects.filter(
        turn__recollections__memory=memory, conversation__in=with_them
    ).values_list("content", flat=True)
    return any(coverage(memory.content, text) >= ECHO for text in said)


def _recollection(memory: Memory, now: dt.datetime) -> Recollection:
    line = quoted(memory.content)
    at = when(memory.occurred_at, now)
    return Recollection(
        text=memory.content,
        provenance=f"they don't know it yet, {at}" if at else "they don't know it yet",
        said_by=line[0] if line else "",
        words=line[1] if line else "",
        when=at,
    )
