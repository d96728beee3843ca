"""What of reflection is kept, and how: insights once each, with their evidence, their memory, their
links, and a step of the timeline. Within the caller's transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from characters.models import Insight, InsightLink, LearningEvent, Reflection
from fishbowl.statements import planned
from memories.embedding.embedding import Vector
from memories.formation.dedupe import say_the_same
from memories.models import Memory
from memories.reflection.found import Found
from memories.reflection.life import Life
from memories.reflection.resting import rest
from memories.reflection.rules import ReflectionRules
from memories.writing import NewMemory, store_embedded

A_KIND = 2  # insights of one kind in a reflection
MOST_LINKS = 3
DOUBTED = 0.7  # what is left of the confidence of an insight that a new one speaks against
NO_LONGER_HELD = 0.4
LED = 0.7  # how strongly what somebody's words do leads to how one stands to them


@dataclass(frozen=True, slots=True)
class Standing:
    """An insight that a character has, with how its words lie to a new one's."""

    row: Insight
    stance: int
    about: tuple[int | None, int | None]


def choose(found: Sequence[Found], rules: ReflectionRules) -> list[Found]:
    """The best of what was found: sure and important enough, and not all of one kind."""
    taken: list[Found] = []
    kinds: Counter[str] = Counter()
    about: Counter[object] = Counter()
    for one in sorted(found, key=lambda x: (-x.importance * x.confidence, x.subject)):
        if one.confidence < rules.confident_from or one.importance < rules.important_from:
            continue
        if kinds[one.kind] >= A_KIND or about[one.about] >= A_KIND or not one.evidence:
            continue
        if len(taken) >= rules.most_insights:
            break
        kinds[one.kind] += 1
        about[one.about] += one.about is not None
        taken.append(one)
    return taken


def keep(
    found: Sequence[Found],
    vectors: Sequence[Vector | None],
    life: Life,
    reflection: Reflection,
    rules: ReflectionRules,
) -> list[Insight]:
    """Store insights. One that the character has already grows surer instead. Returns the new."""
    made = []
    for one, vector in zip(found, vectors, strict=True):
        twin, turned = _known(one, vector, life, rules)
        if twin is not None:
            _reinforce(twin, one)
            continue
        insight = _store(one, vector, life, reflection)
        if insight is not None:
            _link(insight, one, turned)
            _learn(insight, one, turned, life)
            made.append(insight)
    return made


def _held(life: Life, community: int | None) -> list[Insight]:
    """What it has understood of a community, or of none."""
    held = Insight.objects.filter(
        Q(memory__community=community) | Q(memory__community__isnull=True), character=life.me.id
    )
    return list(held.order_by("-discovery_date", "pk"))


def _key(subject: str, stance: int) -> str:
    return f"{subject}|{stance}"[:160]


def _known(
    one: Found, vector: Vector | None, life: Life, rules: ReflectionRules
) -> tuple[Insight | None, Insight | None]:
    """The insight that says this already, if any; and the one it speaks against: of the same
    thing the other way, or of the same place that somebody else had."""
    held = _held(life, one.community)
    likeness = _likeness([row.memory_id for row in held if row.memory_id], vector)
    turned: Insight | None = None
    about = (
        one.about.character_id if one.about else None,
        one.about.person_id if one.about else None,
    )
    for row in held:
        subject, _, stance = row.subject.rpartition("|")
        same_about = (row.about_character_id, row.about_person_id) == about
        if subject and subject == one.subject:
            if stance == str(one.stance) and same_about:
                return row, None
            if row.is_active:
                turned = row
            continue
        if row.insight_content == one.content or (
            same_about
            and row.insight_type == one.kind
            and say_the_same(
                row.insight_content,
                one.content,
                likeness=likeness.get(row.memory_id or 0, 0.0),
                same_meaning=rules.same_insight,
            )
        ):
            return row, None
    return None, turned


_LIKENESS = """
    SELECT id, 1 - (embedding <=> %(vector)s::halfvec) FROM memories_memory
    WHERE id = ANY(%(memories)s) AND embedding_model_id = %(model)s
"""


def _likeness(memories: list[int], vector: Vector | None) -> Mapping[int, float]:
    """How like each insight is to a new one, by its memory."""
    if vector is None or not memories:
        return {}
    found = planned(_LIKENESS, vector=vector.to_text(), memories=memories, model=vector.model_id)
    return {pk: float(likeness) for pk, likeness in found}


def _reinforce(row: Insight, one: Found) -> None:
    """What is found again is surer, and rests on more."""
    if row.is_locked:
        return
    row.confidence_score = round(1 - (1 - row.confidence_score) * (1 - 0.25 * one.confidence), 4)
    fresh = [said for said in one.said if said not in row.supporting_evidence]
    row.supporting_evidence = [*row.supporting_evidence, *(x[:400] for x in fresh)][-8:]
    row.save(update_fields=["confidence_score", "supporting_evidence", "updated_at"])
    rest(row, one.evidence)
    if row.memory_id:
        Memory.objects.filter(pk=row.memory_id).update(confidence=row.confidence_score)


def _store(one: Found, vector: Vector | None, life: Life, reflection: Reflection) -> Insight | None:
    evidence = list(
        Memory.objects.filter(pk__in=one.evidence, owner=life.me.id).values_list("pk", flat=True)
    )
    if not evidence:  # what it rests on was taken away meanwhile
        return None
    if Insight.objects.filter(character=life.me.id, insight_content=one.content).exists():
        return None  # understood in the same words elsewhere, where it stays
    (stored,) = store_embedded(
        [
            NewMemory(
                owner_id=life.me.id,
                kind=Memory.Kind.INSIGHT,
                content=one.content,
                occurred_at=life.now,
                provenance=Memory.Provenance.DERIVED,
                visibility=one.visibility,
                tier=Memory.Tier.LONG,
                importance=one.importance,
                emotional_valence=one.valence,
                confidence=one.confidence,
                about_person_id=one.about.person_id if one.about else None,
                about_character_id=one.about.character_id if one.about else None,
                community_id=one.community,
                keywords=one.triggers,
                from_memories=tuple(evidence),
            )
        ],
        [vector],
    )
    if Insight.objects.filter(memory=stored.id).exists():
        return None
    Memory.objects.filter(pk=stored.id).update(is_locked=True)  # it stays itself, night by night
    insight = Insight.objects.create(
        character_id=life.me.id,
        insight_type=one.kind,
        insight_content=one.content,
        subject=_key(one.subject, one.stance),
        confidence_score=min(1.0, one.confidence),
        importance_level=min(10.0, max(1.0, one.importance)),
        emotional_valence=one.valence,
        triggers=[word[:80] for word in one.triggers],
        supporting_evidence=[said[:400] for said in one.said],
        memory_id=stored.id,
        about_character_id=one.about.character_id if one.about else None,
        about_person_id=one.about.person_id if one.about else None,
        reflection=reflection,
        conversation_context=one.question[:300],
        discovery_date=life.now,
    )
    rest(insight, evidence)
    return insight


def _link(insight: Insight, one: Found, turned: Insight | None) -> None:
    """How a new insight bears on those that the character has. Whose words lifted it, and whom it
    has come to like since: the one led to the other."""
    links: list[tuple[Insight, str, float]] = []
    caused: list[Insight] = []
    if turned is not None:
        links.append((turned, InsightLink.Type.CONTRADICTS, 0.9))
        if not turned.is_locked:
            turned.confidence_score = round(turned.confidence_score * DOUBTED, 4)
            turned.is_active = turned.confidence_score >= NO_LONGER_HELD
            turned.save(update_fields=["confidence_score", "is_active", "updated_at"])
            tier = Memory.Tier.LONG if turned.is_active else Memory.Tier.ARCHIVED
            Memory.objects.filter(insight=turned).update(tier=tier)
    if one.about is not None:
        near = Insight.objects.filter(character=insight.character_id, is_active=True).filter(
            Q(about_character=insight.about_character_id, about_person=insight.about_person_id),
            memory__community=one.community,
        )
        for row in near.exclude(pk__in=[insight.pk, turned.pk if turned else 0])[:MOST_LINKS]:
            subject, _, stance = row.subject.rpartition("|")
            if _is_cause(subject, one.subject) and stance == str(one.stance):
                caused.append(row)
            elif one.stance and stance in ("1", "-1"):
                is_same = int(stance) == one.stance
                kind = InsightLink.Type.SUPPORTS if is_same else InsightLink.Type.CONTRADICTS
                links.append((row, kind, 0.6))
            else:
                links.append((row, InsightLink.Type.BUILDS_ON, 0.4))
    InsightLink.objects.bulk_create(
        [
            InsightLink(
                from_insight=insight, to_insight=row, relationship_type=kind, strength=strength
            )
            for row, kind, strength in links
        ]
        + [
            InsightLink(
                from_insight=row,
                to_insight=insight,
                relationship_type=InsightLink.Type.LEADS_TO,
                strength=LED,
            )
            for row in caused
        ],
        ignore_conflicts=True,
    )


def _is_cause(earlier: str, later: str) -> bool:
    """Whether what was understood before is what the later comes of: what somebody's words do, and
    how one has come to stand to them, or how much one still talks with them."""
    return earlier.startswith("mood:") and later.startswith(("grown:", "drawn:"))


def _learn(insight: Insight, one: Found, turned: Insight | None, life: Life) -> None:
    """A step of the timeline: what it understood, and what it thought before."""
    kind = LearningEvent.Type.CHANGED_MIND if turned else LearningEvent.Type.INSIGHT
    event = LearningEvent.objects.create(
        character_id=life.me.id,
        learning_event=one.content,
        learning_type=kind,
        before_state=turned.insight_content if turned else one.before,
        after_state=one.content,
        trigger_conversation_id=one.talk or None,
        trigger_message_id=one.message,
        insight=insight,
        significance_score=round(min(1.0, one.importance * one.confidence / 10), 3),
        learning_date=life.now,
    )
    rest(event, one.evidence[:12])
