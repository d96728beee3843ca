"""What a character lived through since it last thought about it, read from the rows that its life
left: what it heard and said, whom it met, what moved it, what it wants.

What was said in age-restricted channels is no part of it: what a character makes of its life, its
diary, dreams and insights, is said anywhere and stands on public pages.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, Sum

from characters.models import (
    Character,
    CreativeProject,
    Goal,
    MoodChange,
    Person,
    Relationship,
    RelationshipEvent,
)
from memories.formation.discretion import strictest
from memories.formation.mentions import matter
from memories.formation.traces import quoted
from memories.models import Memory, MemoryLink, PersonFact

MOST_LINES = 700
TALK = (Memory.Kind.CONVERSATION, Memory.Kind.GOSSIP)


@dataclass(frozen=True, slots=True, order=True)
class Who:
    """A character or a person, by kind ("c" or "p") and id."""

    kind: str
    id: int

    @property
    def character_id(self) -> int | None:
        return self.id if self.kind == "c" else None

    @property
    def person_id(self) -> int | None:
        return self.id if self.kind == "p" else None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line that it remembers: the memory of it, who said it, how it sounded, and in what talk.
    `matter` is what of its words speaks of a matter (memories/formation/mentions.py)."""

    memory: int
    who: Who
    text: str
    at: dt.datetime
    tone: float = 0.0
    importance: float = 3.0
    talk: int = 0
    topic: str = ""
    visibility: str = "public"
    message: int | None = None
    matter: str = ""


@dataclass(frozen=True, slots=True)
class Bond:
    """How it stands to somebody, and how that moved since."""

    level: str
    trust: float
    affection: float
    exchanges: int = 0
    before: int = 0  # exchanges in a stretch as long, before
    trust_moved: float = 0.0
    affection_moved: float = 0.0
    last_met: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Sway:
    """One move of its mood, and whose words made it."""

    who: Who | None
    delta: float
    cause: str
    message: int | None = None


@dataclass(frozen=True, slots=True)
class Aim:
    """A goal it has."""

    id: int
    description: str
    criteria: str
    progress: float
    origin: str
    seeks: Who | None
    question: str
    is_locked: bool
    created_at: dt.datetime
    last_progress_at: dt.datetime | None
    reviewed_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """A fact it knows of a person, and the memories that bear it."""

    who: Who
    content: str
    kind: str
    temporal: str
    learned_at: dt.datetime
    visibility: str


@dataclass(frozen=True, slots=True)
class Clash:
    """Two things it was told that can't both be."""

    memories: tuple[int, int]
    before: str
    now: str
    about: Who | None
    at: dt.datetime
    visibility: str


@dataclass(frozen=True, slots=True)
class Life:
    """Everything of a stretch of life that reflection looks at. `lines` run from the oldest to the
    newest."""

    me: Who
    name: str
    since: dt.datetime
    now: dt.datetime
    names: Mapping[Who, str] = field(default_factory=dict)
    lines: Sequence[Spoken] = ()
    bonds: Mapping[Who, Bond] = field(default_factory=dict)
    sways: Sequence[Sway] = ()
    aims: Sequence[Aim] = ()
    facts: Sequence[Known] = ()
    clashes: Sequence[Clash] = ()
    traits: Mapping[str, float] = field(default_factory=dict)
    interests: Sequence[str] = ()
    others: frozenset[str] = frozenset()  # lower-case names of all who live here

    def called(self, who: Who) -> str:
        """Somebody's name."""
        return self.names.get(who, "somebody")


def load(character: Character, since: dt.datetime, now: dt.datetime) -> Life:
    """A character's life since `since`."""
    me = Who("c", character.pk)
    lines = _lines(character.pk, since, now)
    bonds = _bonds(character.pk, since, now)
    sways = _sways(character.pk, since, now)
    facts = _facts(character.pk)
    clashes = _clashes(character.pk, since, now)
    seen = {line.who for line in lines} | set(bonds) | {fact.who for fact in facts} | {me}
    seen |= {clash.about for clash in clashes if clash.about}
    persona = getattr(character, "persona", None)
    return Life(
        me=me,
        name=character.name,
        since=max(since, lines[0].at) if lines else since,
        now=now,
        names=_names(seen),
        lines=lines,
        bonds=bonds,
        sways=sways,
        aims=_aims(character.pk),
        facts=facts,
        clashes=clashes,
        traits=persona.traits() if persona else {},
        interests=tuple(character.interests.values_list("topic", flat=True)),
        others=frozenset(name.lower() for name in _everybody()),
    )


def _everybody() -> list[str]:
    return list(Character.objects.values_list("name", flat=True))


def _lines(owner: int, since: dt.datetime, now: dt.datetime) -> list[Spoken]:
    """What it heard and said, without what nobody may build on: private lines, and words of people
    who don't want to be remembered."""
    rows = (
        Memory.objects.recallable()
        .filter(
            owner=owner,
            kind__in=TALK,
            is_adult=False,
            occurred_at__gt=since,
            occurred_at__lte=now,
            source_message__isnull=False,
            source_message__deleted_at__isnull=True,
        )
        .exclude(visibility=Memory.Visibility.PRIVATE)
        .exclude(source_message__person__consent_level=Person.Consent.NONE)
        .order_by("-occurred_at", "-pk")
        .values_list(
            "pk", "content", "occurred_at", "importance", "visibility",
            "source_message_id", "source_message__character_id", "source_message__person_id",
            "source_message__sentiment", "source_conversation_id", "source_conversation__topic",
        )[:MOST_LINES]
    )  # fmt: skip
    titles = _titles()
    found = []
    for pk, content, at, weight, level, message, character, person, tone, talk, topic in rows:
        line = quoted(content)
        if line is None or not (character or person):
            continue
        found.append(
            Spoken(
                memory=pk,
                who=Who("c", character) if character else Who("p", person),
                text=line[1],
                at=at,
                tone=tone or 0.0,
                importance=weight,
                talk=talk or 0,
                topic=topic or "",
                visibility=level,
                message=message,
                matter=matter(line[1], titles),
            )
        )
    return found[::-1]


def _titles() -> frozenset[str]:
    """How the works are called that anybody here ever made, in lower case."""
    made = CreativeProject.objects.exclude(title="").values_list("title", flat=True)
    return frozenset(title.casefold() for title in made.distinct())


def _bonds(owner: int, since: dt.datetime, now: dt.datetime) -> dict[Who, Bond]:
    span = now - since
    recent = Q(events__occurred_at__gt=since, events__occurred_at__lte=now)
    earlier = Q(events__occurred_at__gt=since - span, events__occurred_at__lte=since)
    met = Q(events__kind=RelationshipEvent.Kind.EXCHANGE)
    rows = (
        Relationship.objects.filter(from_character=owner)
        .exclude(to_person__consent_level=Person.Consent.NONE)
        .filter(Q(to_person__isnull=True) | Q(to_person__erased_at__isnull=True))
        .annotate(
            lately=Count("events", filter=recent & met),
            before=Count("events", filter=earlier & met),
            trust_moved=Sum("events__delta_trust", filter=recent),
            affection_moved=Sum("events__delta_affection", filter=recent),
        )
        .order_by("-lately", "pk")
    )
    found: dict[Who, Bond] = {}
    for row in rows:
        who = (
            Who("c", row.to_character_id)
            if row.to_character_id
            else Who("p", row.to_person_id or 0)
        )
        found.setdefault(
            who,
            Bond(
                level=row.level,
                trust=row.trust,
                affection=row.affection,
                exchanges=row.lately,
                before=row.before,
                trust_moved=row.trust_moved or 0.0,
                affection_moved=row.affection_moved or 0.0,
                last_met=row.last_interaction_at,
            ),
        )
    return found


def _sways(owner: int, since: dt.datetime, now: dt.datetime) -> list[Sway]:
    rows = (
        MoodChange.objects.filter(character=owner, recorded_at__gt=since, recorded_at__lte=now)
        .exclude(trigger_type__in=["time_decay", "admin"])
        .exclude(trigger_message__conversation__channel__is_nsfw=True)
        .exclude(trigger_message__conversation__is_adult=True)
        .order_by("recorded_at", "pk")
        .values_list(
            "delta_valence", "description", "trigger_message_id", "trigger_message__character_id",
            "trigger_person_id",
        )
    )  # fmt: skip
    return [
        Sway(
            who=Who("c", character) if character else Who("p", person) if person else None,
            delta=delta,
            cause=cause,
            message=message,
        )
        for delta, cause, message, character, person in rows
    ]


def _aims(owner: int) -> list[Aim]:
    return [
        Aim(
            id=goal.pk,
            description=goal.description,
            criteria=goal.success_criteria,
            progress=goal.progress,
            origin=goal.origin,
            seeks=Who("c", goal.seeks_character_id)
            if goal.seeks_character_id
            else Who("p", goal.seeks_person_id)
            if goal.seeks_person_id
            else None,
            question=goal.question,
            is_locked=goal.is_locked,
            created_at=goal.created_at,
            last_progress_at=goal.last_progress_at,
            reviewed_at=goal.reviewed_at,
        )
        for goal in Goal.objects.filter(character=owner, status=Goal.Status.ACTIVE)
    ]


def _facts(owner: int) -> list[Known]:
    rows = PersonFact.objects.filter(
        character=owner,
        is_active=True,
        is_adult=False,
        person__consent_level=Person.Consent.FULL,
    ).exclude(visibility=Memory.Visibility.PRIVATE)
    return [
        Known(
            who=Who("p", fact.person_id),
            content=fact.fact_content,
            kind=fact.fact_type,
            temporal=fact.temporal_relevance,
            learned_at=fact.learned_at,
            visibility=fact.visibility,
        )
        for fact in rows.defer("embedding").order_by("-learned_at", "-pk")[:60]
    ]


def _clashes(owner: int, since: dt.datetime, now: dt.datetime) -> list[Clash]:
    rows = (
        MemoryLink.objects.filter(
            link_type=MemoryLink.Type.CONTRADICTS,
            from_memory__owner=owner,
            from_memory__is_adult=False,
            to_memory__owner=owner,
            to_memory__is_adult=False,
            from_memory__occurred_at__gt=since,
            from_memory__occurred_at__lte=now,
        )
        .exclude(from_memory__kind=Memory.Kind.INSIGHT)
        .exclude(to_memory__kind=Memory.Kind.INSIGHT)
        .select_related("from_memory", "to_memory")
        .defer("from_memory__embedding", "to_memory__embedding")[:10]
    )
    found = []
    for row in rows:
        first, then = sorted((row.from_memory, row.to_memory), key=lambda one: one.occurred_at)
        about: Who | None = None
        if then.about_character_id:
            about = Who("c", then.about_character_id)
        elif then.about_person_id:
            about = Who("p", then.about_person_id)
        found.append(
            Clash(
                memories=(first.pk, then.pk),
                before=first.content,
                now=then.content,
                about=about,
                at=then.occurred_at,
                visibility=strictest(first.visibility, then.visibility),
            )
        )
    return found


def _names(seen: set[Who]) -> dict[Who, str]:
    characters = Character.objects.filter(pk__in=[w.id for w in seen if w.kind == "c"])
    people = Person.objects.filter(pk__in=[w.id for w in seen if w.kind == "p"])
    return {
        **{Who("c", pk): name for pk, name in characters.values_list("pk", "name")},
        **{Who("p", one.pk): one.name for one in people},
    }
