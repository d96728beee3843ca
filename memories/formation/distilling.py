"""From what was found in a stretch to what each who heard it knows: memories, facts about people,
and who is who, without what was known already, and with what it speaks against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fishbowl.statements import planned
from memories.embedding.embedding import Vector
from memories.formation import commonground, dedupe, entities, facts, importance, links
from memories.formation.contradictions import replaces, speaks_against
from memories.formation.discretion import strictest
from memories.formation.echo import coverage
from memories.formation.facts import NewFact
from memories.formation.findings import Findings, Named, Statement
from memories.formation.namesakes import told_apart
from memories.formation.renamed import as_called_now
from memories.formation.stretch import Heard, Stretch
from memories.formation.telling import day
from memories.models import Memory, MemoryLink, MemoryRevision
from memories.models.entity import EntityKind
from memories.models.lineage import RevisionReason
from memories.rules import MemoryRules
from memories.writing import NewMemory, Stored, store_embedded

LEANS_ON = 0.3  # share of a recalled memory's words from which a line rests on it
TOLD = ":told"  # of a session's key: what was learned, apart from the lines themselves


@dataclass(frozen=True, slots=True)
class Learned:
    """A statement as one of those who heard it will remember it."""

    statement: Statement
    line: Heard
    memory: NewMemory


@dataclass(frozen=True, slots=True)
class Distilled:
    """What came of it: the ids of new memories, and how many known ones were confirmed."""

    memories: tuple[int, ...] = ()
    strengthened: int = 0
    facts: int = 0


_RECALLED = "SELECT id, content, visibility FROM memories_memory WHERE id = ANY(%(memories)s)"


def distil(findings: Findings, stretch: Stretch, rules: MemoryRules) -> list[list[Learned]]:
    """For each statement that says something new in this stretch, the memories of those who heard
    all that it rests on."""
    lines = {line.number: line for line in stretch.lines}
    came_up = sorted({pk for line in stretch.lines for pk in line.recalled})
    found = planned(_RECALLED, memories=came_up) if came_up else []
    recalled = {pk: (content, visibility) for pk, content, visibility in found}
    kept: list[tuple[Statement, object]] = []
    plan = []
    for statement in findings.statements:
        cited = [lines[n] for n in statement.lines if n in lines]
        who = _speaker(statement, cited)
        if not cited or any(
            (one.subject, other) == (statement.subject, who)
            and dedupe.say_the_same(
                one.content, statement.content, subject=statement.subject,
                same_meaning=rules.same_meaning,
            )
            for one, other in kept
        ):  # fmt: skip
            continue
        kept.append((statement, who))
        owners = frozenset.intersection(*(stretch.witnesses[line.number] for line in cited))
        leans_on = {
            pk: recalled[pk][1]
            for line in cited
            for pk in line.recalled
            if pk in recalled
            and (line.instead is not None or coverage(recalled[pk][0], line.text) >= LEANS_ON)
        }
        weight = _weight(statement, cited, stretch)
        plan.append(
            [
                Learned(
                    statement,
                    cited[-1],
                    _memory(statement, cited, stretch, owner, weight, leans_on),
                )
                for owner in sorted(owners)
            ]
        )
    return [each for each in plan if each]


def _speaker(statement: Statement, cited: Sequence[Heard]) -> tuple[int | None, int | None] | None:
    """Which of those who spoke it is about: two may go by one name."""
    subject = next((line for line in cited if line.speaker == statement.subject), None)
    return (subject.person_id, subject.character_id) if subject else None


def _weight(statement: Statement, cited: Sequence[Heard], stretch: Stretch) -> float:
    """How much it matters: what the line that says it does, and the finder's opinion."""
    at = stretch.lines.index(cited[-1])
    factors = importance.of_line(at, stretch.lines, tells_of_self=True)
    weight = importance.weigh(replace(factors, emotion=max(factors.emotion, abs(statement.tone))))
    if statement.fact_type:
        weight += 1.0
    if statement.visibility in {"intimate", "full"}:
        weight += 1.5
    return weight if statement.importance is None else (weight + statement.importance) / 2


def _memory(
    statement: Statement,
    cited: Sequence[Heard],
    stretch: Stretch,
    owner: int,
    weight: float,
    leans_on: Mapping[int, str],
) -> NewMemory:
    last = cited[-1]
    subject = next((line for line in cited if line.speaker == statement.subject), None)
    is_own = owner == (subject.character_id if subject else None)
    level = strictest(statement.visibility, *leans_on.values())
    if is_own and level == Memory.Visibility.FULL:
        level = Memory.Visibility.PRIVATE  # its own secret: it was confided once
    if stretch.is_private and level in {Memory.Visibility.PUBLIC, Memory.Visibility.BASIC}:
        level = Memory.Visibility.PERSONAL
    teller = last.character_id if last.character_id != owner else None
    names = [alias for named in statement.named for alias in named.aliases]
    return NewMemory(
        owner_id=owner,
        kind=_kind(statement, bool(subject)),
        content=statement.content,
        found_by=" ".join([f"{last.at:%A}", day(last.at), *names]),
        occurred_at=last.at,
        provenance=Memory.Provenance.OWN if is_own else Memory.Provenance.WITNESSED,
        visibility=level,
        importance=weight,
        emotional_valence=max(-1.0, min(1.0, statement.tone)),
        confidence=statement.confidence,
        about_person_id=subject.person_id if subject else None,
        about_character_id=subject.character_id if subject else None,
        community_id=stretch.community_id,
        source_conversation_id=stretch.conversation_id,
        source_message_id=last.message_id,
        told_by_character_id=teller,
        told_by_person_id=last.person_id,
        is_adult=stretch.is_adult,
        session_key=f"{stretch.session_key}{TOLD}"[:64],
        sequence=last.number,
        from_memories=tuple(leans_on),
        from_messages=tuple(line.message_id for line in cited if line.message_id is not None),
    )


def _kind(statement: Statement, has_subject: bool) -> str:
    if statement.fact_type == "relationship":
        return Memory.Kind.RELATIONSHIP.value
    if statement.fact_type or not has_subject:
        return Memory.Kind.FACT.value
    return Memory.Kind.EXPERIENCE.value


# --- storing --------------------------------------------------------------------------------------


def store_distilled(
    plan: Sequence[Sequence[Learned]],
    stretch: Stretch,
    vectors: Mapping[str, Vector],
    traced: Sequence[Stored],
    rules: MemoryRules,
) -> Distilled:
    """Store what was learned, within the caller's transaction: what says something known confirms
    it, what speaks against it stands beside it, and the rest is new. `traced` are the lines as they
    were stored just now, which may name the same people and places."""
    new: list[int] = []
    again: list[int] = []
    held: list[int] = []  # in the very words in which it was known
    against: dict[tuple[int, int], str] = {}
    breath = _breaths(stretch)
    events: dict[tuple[int | None, int], list[int]] = {}
    evidence: dict[tuple[str, int], list[tuple[Learned, int]]] = {}
    for each in plan:
        fresh, rivals, repeated = _unknown(each, vectors, rules)
        again += repeated
        stored = store_embedded(
            [one.memory for one in fresh], [vectors.get(one.statement.content) for one in fresh]
        )
        for one, row in zip(fresh, stored, strict=True):
            key = (one.statement.content, one.line.number)
            evidence.setdefault(key, []).append((one, row.id))
            if not row.is_new:
                held.append(row.id)
                continue
            new.append(row.id)
            told_in = (one.memory.owner_id, breath[one.line.number])
            events.setdefault(told_in, []).append(row.id)
            against |= _stand_against(one, row.id, rivals.get(one.memory.owner_id, ()))
    links.hold_again([*again, *held])
    dedupe.strengthen(again)
    _name(evidence, stretch, vectors, traced, rules)
    links.link(new, link_from=rules.link_from, events=events.values(), against=against)
    made = _learn_facts(plan, vectors, rules)
    return Distilled(tuple(new), len(again), made)


def _breaths(stretch: Stretch) -> dict[int, int]:
    """Which lines somebody said before another spoke: what is told in them hangs together. By the
    line's number, the number of the first."""
    first: dict[int, int] = {}
    last: Heard | None = None
    for line in stretch.lines:
        goes_on = last is not None and (line.person_id, line.character_id, line.speaker) == (
            last.person_id, last.character_id, last.speaker
        )  # fmt: skip
        first[line.number] = first[last.number] if goes_on and last else line.number
        last = line
    return first


def _unknown(
    each: Sequence[Learned], vectors: Mapping[str, Vector], rules: MemoryRules
) -> tuple[list[Learned], dict[int | None, list[dedupe.Known]], list[int]]:
    """Those of a statement's hearers to whom it is new, what speaks against it in each one's mind,
    and the memories in which it is known already."""
    fresh: list[Learned] = []
    rivals: dict[int | None, list[dedupe.Known]] = {}
    repeated = []
    known = dedupe.subjects(
        [one.memory for one in each], [vectors.get(one.statement.content) for one in each]
    )
    for at, one in enumerate(each):
        content, subject = one.statement.content, one.statement.subject
        same = next(
            (
                k
                for k in known[at]
                if k.content != content  # the very same words: `store_embedded` sees to them
                and dedupe.say_the_same(
                    k.content,
                    content,
                    subject=subject,
                    likeness=k.likeness,
                    same_meaning=rules.same_meaning,
                )
            ),
            None,
        )
        if same is not None:
            repeated.append(same.id)
            continue
        fresh.append(one)
        said = as_called_now([k.content for k in known[at]], subject, one.memory.about_person_id)
        rivals[one.memory.owner_id] = [
            k
            for k, was in zip(known[at], said, strict=True)
            if speaks_against(content, was, subject, one.statement.instead)
        ]
    return fresh, rivals, repeated


def _stand_against(
    one: Learned, new: int, rivals: Sequence[dedupe.Known]
) -> dict[tuple[int, int], str]:
    """Both sides stay; the older one has it on record that it was spoken against, unless it is
    locked."""
    statement = one.statement
    over = replaces(statement.content, statement.subject, statement.instead)
    kind = MemoryLink.Type.SUPERSEDES if over else MemoryLink.Type.CONTRADICTS
    MemoryRevision.objects.bulk_create(
        [
            MemoryRevision(
                memory_id=known.id,
                content_before=known.content,
                content_after=known.content,
                reason=RevisionReason.CONTRADICTION,
                replaced_by_id=new,
                revised_at=one.line.at,
            )
            for known in rivals
            if not known.is_locked
        ]
    )
    return {(new, known.id): kind.value for known in rivals}


def _name(
    evidence: Mapping[tuple[str, int], Sequence[tuple[Learned, int]]],
    stretch: Stretch,
    vectors: Mapping[str, Vector],
    traced: Sequence[Stored],
    rules: MemoryRules,
) -> None:
    """Note who and what is named, where, and how they stand to each other."""
    traces = dict(
        Memory.objects.filter(pk__in=[one.id for one in traced if one.is_new]).values_list(
            "pk", "content"
        )
    )
    lines = {line.number: line for line in stretch.lines}
    for learned in evidence.values():
        statement = learned[0][0].statement
        if not statement.named and not statement.related:
            continue
        cited = [lines[n] for n in statement.lines if n in lines]
        # Of two who go by one name, who says it is meant by it.
        called = [*stretch.lines, *cited]
        speakers = entities.Speakers(
            {x.speaker: x.character_id for x in called if x.character_id},
            {x.speaker: x.person_id for x in called if x.person_id},
        )
        # What somebody is called is seen by whoever sees them mentioned: nothing confided.
        is_open = statement.visibility in {"public", "basic", "personal"}
        named = [
            replace(one, apart=_apart(one, statement, cited, speakers))
            if is_open
            else replace(one, aliases=())
            for one in statement.named
        ]
        ends = {name for one in statement.related for name in (one.subject, one.object)}
        named += [
            Named(name)
            for name in sorted(ends - {one.name for one in named})
            if name in speakers.characters or name in speakers.people
        ]
        found = entities.resolve(
            named,
            stretch.community_id,
            vectors=vectors,
            speakers=speakers,
            tellers=frozenset(x for line in cited if (x := entities.who_is(line))),
            same_entity=rules.same_entity,
        )
        entities.mention({key: one.statement.content for one, key in learned} | traces, found)
        for one, key in learned:
            for related in statement.related:
                if related.subject in found and related.object in found:
                    entities.relate(
                        found[related.subject],
                        related.relation,
                        found[related.object],
                        evidence=key,
                        at=one.line.at,
                        confidence=statement.confidence,
                    )


def _apart(
    one: Named, statement: Statement, cited: Sequence[Heard], speakers: entities.Speakers
) -> str:
    """What tells somebody of whom a statement speaks from others of the name."""
    if one.kind not in {EntityKind.PERSON, EntityKind.ANIMAL}:
        return ""
    said = [(line.speaker, line.text) for line in cited]
    said.append((statement.subject, statement.content))
    called = {name: f"person {key}" for name, key in speakers.people.items()}
    called |= {name: f"character {key}" for name, key in speakers.characters.items()}
    return told_apart(one.name, statement.related, said, called)


def _learn_facts(
    plan: Sequence[Sequence[Learned]], vectors: Mapping[str, Vector], rules: MemoryRules
) -> int:
    new = [
        NewFact(
            person_id=one.memory.about_person_id,
            character_id=one.memory.owner_id,
            community_id=one.memory.community_id,
            subject=one.statement.subject,
            content=one.statement.content,
            fact_type=one.statement.fact_type,
            learned_at=one.line.at,
            lasts=one.statement.lasts,
            temporal=one.statement.temporal,
            confidence=one.statement.confidence,
            importance=min(1.0, one.memory.importance / 10),
            visibility=one.memory.visibility,
            message_id=one.line.message_id,
            context=one.line.text,
            instead=one.statement.instead,
        )
        for each in plan
        for one in each
        if one.statement.fact_type
        and one.memory.about_person_id is not None
        and one.memory.owner_id is not None
    ]
    made = facts.learn(new, [vectors.get(fact.content) for fact in new], rules)
    if made:
        owners = {fact.character_id for fact in new}
        commonground.find(owners, max(fact.learned_at for fact in new))
    return len(made)
