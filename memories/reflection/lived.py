"""What a character lived through, read from the rows that its life left.

What was said in age-restricted channels is no part of it: what a character makes of its life, its
diary, dreams and insights, is said anywhere and stands on public pages. Of a character for adults
it is all: what that one makes of it rests on nothing else, and so comes to mind nowhere else. What
it makes of one community is of that one alone, so it is thought over community by community.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict

from django.db.models import Count, Prefetch, Q, Sum
from django.db.models.functions import Coalesce

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
from memories.reflection.life import Aim, Bond, Clash, Known, Life, Spoken, Sway, Who

MOST_LINES = 700
TALK = (Memory.Kind.CONVERSATION, Memory.Kind.GOSSIP)


def load(
    character: Character, since: dt.datetime, now: dt.datetime, community: int | None = None
) -> Life:
    """A character's life since `since`: all of it, or what it lived through in one community."""
    me = Who("c", character.pk)
    among_adults = character.is_adult
    lines = _lines(character.pk, since, now, community, is_adult=among_adults)
    bonds = _bonds(character.pk, since, now, community)
    sways = _sways(character.pk, since, now, community, is_adult=among_adults)
    facts = _facts(character.pk, community, is_adult=among_adults)
    clashes = _clashes(character.pk, since, now, community, is_adult=among_adults)
    seen = {line.who for line in lines} | set(bonds) | {fact.who for fact in facts} | {me}
    seen |= {clash.about for clash in clashes if clash.about}
    aims = _aims(character.pk, community, now)
    seen |= {aim.seeks for aim in aims if aim.seeks}
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
        aims=[aim for aim in aims if aim.status == Goal.Status.ACTIVE],
        blocked=[aim for aim in aims if aim.status == Goal.Status.BLOCKED],
        facts=facts,
        clashes=clashes,
        traits=persona.traits() if persona else {},
        interests=tuple(character.interests.values_list("topic", flat=True)),
        others=frozenset(name.lower() for name in _everybody()),
        community=community,
    )


def by_community(character: Character, whole: Life, since: dt.datetime) -> list[Life]:
    """The parts of a life since `since`, one for each community that it heard anything in, the
    fullest first."""
    places = Counter(line.community for line in whole.lines if line.community is not None)
    return [load(character, since, whole.now, pk) for pk, _ in places.most_common()]


def _of(community: int | None, field: str = "community") -> Q:
    """What is of a community, or of none; of no matter which, where none is named."""
    if community is None:
        return Q()
    return Q(**{field: community}) | Q(**{f"{field}__isnull": True})


def _everybody() -> list[str]:
    return list(Character.objects.values_list("name", flat=True))


def _lines(
    owner: int, since: dt.datetime, now: dt.datetime, community: int | None, *, is_adult: bool
) -> list[Spoken]:
    """What it heard and said, without what nobody may build on: private lines, and words of people
    who don't want to be remembered."""
    rows = (
        Memory.objects.recallable()
        .filter(
            owner=owner,
            kind__in=TALK,
            is_adult=is_adult,
            occurred_at__gt=since,
            occurred_at__lte=now,
            source_message__isnull=False,
            source_message__deleted_at__isnull=True,
        )
        .exclude(visibility=Memory.Visibility.PRIVATE)
        .exclude(source_message__person__consent_level=Person.Consent.NONE)
        .annotate(place=Coalesce("community_id", "source_conversation__channel__community_id"))
        .filter(Q() if community is None else Q(place=community))
        .order_by("-occurred_at", "-pk")
        .values_list(
            "pk", "content", "occurred_at", "importance", "visibility",
            "source_message_id", "source_message__character_id", "source_message__person_id",
            "source_message__sentiment", "source_conversation_id", "source_conversation__topic",
            "place",
        )[:MOST_LINES]
    )  # fmt: skip
    titles = _titles()
    found = []
    for pk, content, at, weight, level, message, character, person, tone, talk, *of in rows:
        topic, place = of
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
                community=place,
            )
        )
    return found[::-1]


def _titles() -> frozenset[str]:
    """How the works are called that anybody here ever made, in lower case."""
    made = CreativeProject.objects.exclude(title="").values_list("title", flat=True)
    return frozenset(title.casefold() for title in made.distinct())


def _bonds(
    owner: int, since: dt.datetime, now: dt.datetime, community: int | None
) -> dict[Who, Bond]:
    span = now - since
    recent = Q(events__occurred_at__gt=since, events__occurred_at__lte=now)
    earlier = Q(events__occurred_at__gt=since - span, events__occurred_at__lte=since)
    met = Q(events__kind=RelationshipEvent.Kind.EXCHANGE)
    rows = (
        Relationship.objects.filter(_of(community), from_character=owner)
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


def _sways(
    owner: int, since: dt.datetime, now: dt.datetime, community: int | None, *, is_adult: bool
) -> list[Sway]:
    moves = MoodChange.objects.all()
    if not is_adult:
        moves = moves.exclude(trigger_message__conversation__channel__is_nsfw=True)
        moves = moves.exclude(trigger_message__conversation__is_adult=True)
    rows = (
        moves.filter(character=owner, recorded_at__gt=since, recorded_at__lte=now)
        .filter(_of(community), _of(community, "trigger_message__conversation__channel__community"))
        .exclude(trigger_type__in=["time_decay", "admin"])
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


def _aims(owner: int, community: int | None, now: dt.datetime) -> list[Aim]:
    """The goals it has, and those that a review found something in the way of."""
    open_ones = Q(status=Goal.Status.ACTIVE) | (Q(status=Goal.Status.BLOCKED) & ~Q(blocked_for=""))
    rows = Goal.objects.filter(_of(community), open_ones, character=owner)
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
            rests_on=tuple(memory.pk for memory in goal.evidence_memories.all()),
            is_withheld=goal.is_withheld,
            status=goal.status,
            due_at=goal.due_at,
            is_away=_is_away(goal, now),
        )
        for goal in rows.select_related("seeks_character", "seeks_person")
        .defer("seeks_character__card")
        .prefetch_related(Prefetch("evidence_memories", Memory.objects.only("pk")))
    ]


def _is_away(goal: Goal, now: dt.datetime) -> bool:
    """Whether it seeks somebody who can't be met."""
    character, person = goal.seeks_character, goal.seeks_person
    if character is not None:
        return not character.is_active
    return person is not None and (
        not person.is_active
        or person.consent_level == Person.Consent.NONE
        or (person.blocked_until is not None and person.blocked_until > now)
    )


def _facts(owner: int, community: int | None, *, is_adult: bool) -> list[Known]:
    rows = PersonFact.objects.filter(
        _of(community),
        character=owner,
        is_active=True,
        is_adult=is_adult,
        person__consent_level=Person.Consent.FULL,
    ).exclude(visibility=Memory.Visibility.PRIVATE)
    facts = list(rows.defer("embedding").order_by("-learned_at", "-pk")[:60])
    told: dict[int | None, list[int]] = defaultdict(list)
    messages = {fact.extracted_from_message_id for fact in facts} - {None}
    said = Memory.objects.filter(owner=owner, source_message__in=messages).order_by("pk")
    for message, memory in said.values_list("source_message", "pk"):
        told[message].append(memory)
    return [
        Known(
            who=Who("p", fact.person_id),
            content=fact.fact_content,
            kind=fact.fact_type,
            temporal=fact.temporal_relevance,
            learned_at=fact.learned_at,
            visibility=fact.visibility,
            memories=tuple(told[fact.extracted_from_message_id]),
        )
        for fact in facts
    ]


def _clashes(
    owner: int, since: dt.datetime, now: dt.datetime, community: int | None, *, is_adult: bool
) -> list[Clash]:
    rows = (
        MemoryLink.objects.filter(
            _of(community, "from_memory__community"),
            _of(community, "to_memory__community"),
            link_type=MemoryLink.Type.CONTRADICTS,
            from_memory__owner=owner,
            from_memory__is_adult=is_adult,
            to_memory__owner=owner,
            to_memory__is_adult=is_adult,
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
