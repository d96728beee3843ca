"""What characters know about people: learned, strengthened, replaced by what is newer, and read
again for a prompt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from fishbowl.llm.offline.kinds import as_said, asked_after, tells_of
from fishbowl.statements import planned
from memories.embedding.embedding import Vector
from memories.formation import ages
from memories.formation.contradictions import claim_of, speaks_against
from memories.formation.dedupe import say_the_same
from memories.formation.discretion import strictest
from memories.formation.echo import ECHO, coverage
from memories.formation.renamed import as_called_now
from memories.formation.stretch import Heard
from memories.models import PersonFact
from memories.rules import MemoryRules
from memories.view import View

SAYABLE = 0.6  # confidence from which a fact is said
BEST = 4  # facts about one person in a prompt
MANY = 60  # of those, where one of a kind is looked for
CERTAINTY = 0.2  # a newer fact wins though it is less sure by so much
LIFETIMES = {
    "home": "home_days",
    "job": "job_days",
    "relationship": "relationship_days",
    "plan": "plan_days",
    "feeling": "feeling_days",
}


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact to be learned by a character, in the third person. `subject` is the person's name as
    the content has it; `lasts` names what it fades with ('' lasts). `is_adult` is found out from
    the message, where there is one."""

    person_id: int
    character_id: int
    community_id: int | None
    subject: str
    content: str
    fact_type: str
    learned_at: dt.datetime
    lasts: str = ""
    temporal: str = "present"
    confidence: float = 0.8
    importance: float = 0.5
    visibility: str = "personal"
    message_id: int | None = None
    is_adult: bool = False
    context: str = ""
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact that may be said before this audience."""

    id: int
    person_id: int
    content: str
    fact_type: str
    confidence: float
    learned_at: dt.datetime


def learn(
    new: Sequence[NewFact],
    vectors: Sequence[Vector | None],
    rules: MemoryRules,
) -> list[int]:
    """Store facts, within the caller's transaction. What is known grows surer; what speaks against
    a known fact takes its place, or, being much less sure, stands down while that one is in date. A
    locked fact is left alone. Returns the ids of those that are new."""
    made = []
    adult = ages.restricted((), {fact.message_id for fact in new}).messages
    for fact, vector in zip(new, vectors, strict=True):
        is_adult = fact.is_adult or fact.message_id in adult
        known = list(
            PersonFact.objects.select_for_update(of=("self",), no_key=True)
            .filter(
                person=fact.person_id,
                character=fact.character_id,
                community=fact.community_id,
            )
            .defer("embedding")
            .order_by("pk")
        )
        same = next((k for k in known if _same(k, fact, is_adult=is_adult)), None)
        if same is not None:
            _confirm(same, fact, rules, is_adult=is_adult)
            continue
        against = _against(fact, [k for k in known if k.is_active])
        stronger = next((k for k in against if _outweighs(k, fact)), None)
        row = PersonFact.objects.create(
            person_id=fact.person_id,
            character_id=fact.character_id,
            community_id=fact.community_id,
            fact_type=fact.fact_type,
            fact_content=fact.content[:500],
            category=_category(fact),
            confidence=fact.confidence,
            importance=fact.importance,
            temporal_relevance=fact.temporal,
            expiry_date=expiry(fact.lasts, fact.learned_at, rules),
            visibility=fact.visibility,
            is_adult=is_adult,
            is_active=stronger is None or stronger.is_locked,
            superseded_by_id=stronger.pk if stronger and not stronger.is_locked else None,
            learned_at=fact.learned_at,
            extracted_from_message_id=fact.message_id,
            extraction_context=fact.context[:500],
            embedding=vector,
            embedding_model_id=vector.model_id if vector is not None else None,
        )
        if row.is_active:
            weaker = [k.pk for k in against if not k.is_locked]
            PersonFact.objects.filter(pk__in=weaker).update(is_active=False, superseded_by=row)
        made.append(row.pk)
    return made


_TOLD = """
    SELECT character_id, fact_content, visibility FROM memories_personfact
    WHERE character_id = ANY(%(speakers)s) AND is_active ORDER BY id
"""


def said_again(lines: Sequence[Heard]) -> dict[int, list[str]]:
    """How openly the facts may be said that characters say again in these lines, by the line's
    number: who tells somebody what it knows of them says nothing that is to be learned anew, and
    nothing that others may hear from whoever listened."""
    known: dict[int | None, list[tuple[str, str]]] = {}
    speakers = sorted({line.character_id for line in lines if line.character_id is not None})
    for speaker, content, level in planned(_TOLD, speakers=speakers) if speakers else ():
        known.setdefault(speaker, []).append((content, level))
    return {
        line.number: levels
        for line in lines
        if line.character_id is not None
        and (
            levels := [
                level
                for content, level in known.get(line.character_id, ())
                if coverage(content, line.text) >= ECHO
            ]
        )
    }


def expiry(lasts: str, since: dt.datetime, rules: MemoryRules) -> dt.datetime | None:
    """When a fact of this kind is too old to be said; None: never."""
    if lasts not in LIFETIMES:
        return None
    return since + dt.timedelta(days=getattr(rules, LIFETIMES[lasts]))


def _same(known: PersonFact, fact: NewFact, *, is_adult: bool) -> bool:
    """Whether a fact is known already: in the same words, or in others that were heard in a place
    of the same rating, for those words are for nobody else."""
    return known.fact_content == fact.content[:500] or (
        known.is_active
        and known.is_adult == is_adult
        and known.fact_type == fact.fact_type
        and say_the_same(known.fact_content, fact.content, subject=fact.subject)
    )


def _against(fact: NewFact, known: Sequence[PersonFact]) -> list[PersonFact]:
    """Those of these facts that a newer one speaks against."""
    said = as_called_now([k.fact_content for k in known], fact.subject, fact.person_id)
    return [
        k
        for k, content in zip(known, said, strict=True)
        if speaks_against(fact.content, content, fact.subject, fact.instead)
    ]


def _outweighs(known: PersonFact, fact: NewFact) -> bool:
    """Whether a fact stands though a newer one speaks against it. What is too old to be said does
    not: nothing would be known in its place."""
    if known.is_locked:
        return True
    is_over = known.expiry_date is not None and known.expiry_date <= fact.learned_at
    return not is_over and known.confidence > fact.confidence + CERTAINTY


def _confirm(known: PersonFact, fact: NewFact, rules: MemoryRules, *, is_adult: bool) -> None:
    """It was said again: surer, younger, and no more open than either time it was said. What had
    been replaced is so again."""
    if known.is_locked:
        return
    PersonFact.objects.filter(pk=known.pk).update(
        confidence=Least(Greatest(F("confidence"), Value(fact.confidence)) + 0.05, Value(1.0)),
        learned_at=Greatest(F("learned_at"), Value(fact.learned_at)),
        expiry_date=expiry(fact.lasts, fact.learned_at, rules),
        visibility=strictest(known.visibility, fact.visibility),
        is_adult=known.is_adult and is_adult,
        is_active=True,
        superseded_by=None,
    )
    if not known.is_active:
        rivals = PersonFact.objects.filter(
            person=known.person_id,
            character=known.character_id,
            community=known.community_id,
            is_active=True,
            is_locked=False,
        ).exclude(pk=known.pk)
        over = [rival.pk for rival in _against(fact, list(rivals))]
        PersonFact.objects.filter(pk__in=over).update(is_active=False, superseded_by=known.pk)


def _category(fact: NewFact) -> str:
    claim = claim_of(fact.content, fact.subject)
    return claim.slot[:60] if claim and claim.slot != "being" else fact.lasts


_KNOWN = f"""
    SELECT id, person_id, fact_content, fact_type, confidence, learned_at FROM (
      SELECT *, row_number() OVER (
        PARTITION BY person_id ORDER BY importance * confidence DESC, learned_at DESC, id
      ) AS place
      FROM memories_personfact
      WHERE person_id = ANY(%(people)s) AND (character_id = %(speaker)s OR character_id IS NULL)
        AND is_active AND confidence >= {SAYABLE} AND (expiry_date IS NULL OR expiry_date > %(now)s)
    ) ranked WHERE place <= %(most)s ORDER BY person_id, place
"""  # noqa: S608 - constants


def known(view: View, speaker_id: int, people: Iterable[int], asked: str = "") -> list[KnownFact]:
    """What the speaker knows of these people and may say before this audience: the best four of
    each. Where they ask after something of their own life (`asked`), what tells it goes first."""
    if not (about := sorted(set(people))):
        return []
    kinds = asked_after(asked)
    rows = view.planned(
        _KNOWN, people=about, speaker=speaker_id, now=timezone.now(), most=MANY if kinds else BEST
    )
    facts = [KnownFact(*row) for row in rows]
    if not kinds:
        return facts
    told = [one for one in facts if tells_of(kinds, as_said(one.content), asked)]
    rest = [one for one in facts if one not in told]
    return [
        one
        for person in about
        for one in [x for x in (*told, *rest) if x.person_id == person][:BEST]
    ]


def note_used(ids: Sequence[int], now: dt.datetime) -> int:
    """Note that facts stood in a prompt. Not under a view: those only read."""
    return PersonFact.objects.filter(pk__in=ids).update(last_referenced_at=now)


class FactsDiffer(Exception):
    """Facts that can't be merged; the text says why."""


@transaction.atomic
def merge_facts(ids: Sequence[int], now: dt.datetime) -> PersonFact:
    """Let the surest of some facts stand for the others, since a keeper says that they are one: it
    is as young as the youngest, and no more open than the closest; for adults, if one is.

    Raises:
        FactsDiffer: they are not several believed ones, of one person, known to one.
    """
    rows = list(
        PersonFact.objects.select_for_update()
        .filter(pk__in=ids, is_active=True)
        .order_by("-is_locked", "-confidence", "-learned_at", "pk")
    )
    if len(rows) < 2:
        raise FactsDiffer("Choose two or more facts that are believed.")
    if len({(row.person_id, row.character_id, row.community_id) for row in rows}) > 1:
        raise FactsDiffer("Choose facts of one person, known to one character.")
    kept, *others = rows
    if any(row.is_locked for row in others):
        raise FactsDiffer("Two of them are locked: unlock all but one.")
    visibility = kept.visibility
    for row in others:
        visibility = strictest(visibility, row.visibility)
    kept.visibility, kept.is_adult = visibility, any(row.is_adult for row in rows)
    kept.learned_at = max(row.learned_at for row in rows)
    kept.save(update_fields=["visibility", "is_adult", "learned_at", "updated_at"])
    PersonFact.objects.filter(pk__in=[row.pk for row in others]).update(
        is_active=False, superseded_by=kept, updated_at=now
    )
    return kept
