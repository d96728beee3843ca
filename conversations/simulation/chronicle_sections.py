"""What came about in a span of time, in tables. Only reads."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Min, Q
from django.db.models.functions import TruncDate

from audit.calls import costs
from characters.models import (
    Goal,
    Insight,
    LearningEvent,
    Opinion,
    Relationship,
    RelationshipEvent,
    SelfModification,
)
from conversations.models import CommunityHealth, Conversation, Proposal, ScheduledEvent
from memories.models import Memory

Kind = RelationshipEvent.Kind
MOST = 40  # rows of a table
TOPICS = 12  # of a day


@dataclass(slots=True)
class Section:
    """A table of what came about, the most telling rows first."""

    title: str
    columns: list[str]
    rows: list[list[Any]]
    empty: str


def sections(since: dt.datetime, until: dt.datetime) -> list[Section]:
    """All of them, in the order in which they are read."""
    span = (since, until)
    return [
        _ties(),
        _turns_of_ties(span),
        _topics(span),
        _opinions(),
        _insights(span),
        _goals(),
        _changes(span),
        _pages(span),
        _occasions(span),
        _decisions(span),
        _health(),
        _costs(since),
    ]


Span = tuple[dt.datetime, dt.datetime]


def _ties() -> Section:
    rows = Relationship.objects.filter(total_interactions__gt=0).order_by("-score", "-trust", "pk")
    values = rows.values_list(
        "from_character__name", F("to_character__name"), F("to_person__display_name"), "level",
        "score", "trust", "affection", "total_interactions",
    )  # fmt: skip
    return Section(
        "How they stand to each other",
        ["who", "to whom", "level", "score", "trust", "affection", "exchanges"],
        [
            [who, to or person, level, round(score, 1), round(trust, 2), round(love, 2), count]
            for who, to, person, level, score, trust, love, count in values
        ],
        "Nobody has met anybody.",
    )


def _turns_of_ties(span: Span) -> Section:
    """What happened between two beyond everyday exchanges: every falling-out and what became of it,
    then how far each has come with whom, the furthest first."""
    events = (
        RelationshipEvent.objects.filter(occurred_at__range=span)
        .exclude(kind__in=(Kind.EXCHANGE, Kind.DECAY, Kind.REACTION))
        .order_by("occurred_at", "pk")
        .values_list(
            "occurred_at", "relationship__from_character__name",
            "relationship__to_character__name", "relationship__to_person__display_name",
            "kind", "cause",
        )
    )  # fmt: skip
    rows = [(kind, [f"{at:%d %b}", who, to or person, kind, cause])
            for at, who, to, person, kind, cause in events]  # fmt: skip
    quarrels = [row for kind, row in rows if kind == Kind.REPAIR]
    others = {(row[1], row[2]): row for kind, row in rows if kind != Kind.REPAIR}
    return Section(
        f"What happened between them ({len(quarrels)} fallings-out and reconciliations)",
        ["day", "who", "to whom", "what", "why"],
        [*quarrels[:MOST], *list(others.values())[-MOST:]],
        "Nothing beyond everyday exchanges.",
    )


def _topics(span: Span) -> Section:
    found: dict[str, list[str]] = defaultdict(list)
    for day, topic, count in (
        Conversation.objects.filter(started_at__range=span)
        .exclude(topic="")
        .annotate(day=TruncDate("started_at"))
        .values_list("day", "topic")
        .annotate(count=Count("pk"))
        .order_by("day", "-count", "topic")
    ):
        found[str(day)].append(f"{topic} ×{count}" if count > 1 else topic)
    rows: list[list[Any]] = [[day, "; ".join(all_[:TOPICS])] for day, all_ in found.items()]
    return Section("What they talked of", ["day", "topics"], rows, "Of nothing yet.")


def _opinions() -> Section:
    formed = Opinion.objects.formed().select_related("character")
    return Section(
        "What they think",
        ["who", "of what", "for or against", "discussions", "why"],
        [
            [one.character.name, one.topic, f"{one.sentiment:+.2f}", one.discussion_count,
             one.reasoning]
            for one in formed.order_by("topic", "character__name")[: 2 * MOST]
        ],
        "Nobody has formed an opinion.",
    )  # fmt: skip


def _insights(span: Span) -> Section:
    found = (
        Insight.objects.filter(discovery_date__range=span)
        .select_related("character")
        .annotate(memories=Count("evidence_memories"))
        .order_by("-importance_level", "-confidence_score", "pk")
    )
    return Section(
        "What they have understood",
        ["who", "what", "kind", "weight", "rests on"],
        [
            [one.character.name, one.insight_content, one.insight_type,
             f"{one.importance_level:.1f}",
             f"{one.memories} memories: " + "; ".join(one.supporting_evidence[:2])]
            for one in found[:MOST]
        ],
        "Nobody has thought anything over.",
    )  # fmt: skip


def _goals() -> Section:
    return Section(
        "What they want",
        ["who", "what", "status", "progress", "from"],
        [
            [goal.character.name, goal.description, goal.status, f"{100 * goal.progress:.0f} %",
             goal.origin]
            for goal in Goal.objects.select_related("character")
            .order_by("character__name", "-progress", "pk")[: 2 * MOST]
        ],
        "Nobody wants anything.",
    )  # fmt: skip


def _changes(span: Span) -> Section:
    """How characters changed: traits that drifted over the whole span, and what was learned."""
    drifted = (
        SelfModification.objects.filter(created_at__range=span)
        .values("character__name", "field", "status")
        .annotate(count=Count("pk"), first=Min("pk"), last=Max("pk"))
        .order_by("character__name", "field")
    )
    ends = {
        pk: (old, new)
        for pk, old, new in SelfModification.objects.filter(created_at__range=span).values_list(
            "pk", "old_value", "new_value"
        )
    }
    rows: list[list[Any]] = [
        [one["character__name"], one["field"], ends[one["first"]][0], ends[one["last"]][1],
         f"{one['count']} × {one['status']}"]
        for one in drifted
    ]  # fmt: skip
    rows += [
        [event.character.name, event.learning_event, "", "", event.learning_type]
        for event in LearningEvent.objects.filter(learning_date__range=span)
        .select_related("character")
        .order_by("-significance_score", "learning_date", "pk")[:MOST]
    ]
    return Section(
        "How they changed", ["who", "what", "from", "to", "how"], rows, "Nobody has changed."
    )


def _pages(span: Span) -> Section:
    kinds = (Memory.Kind.DIARY, Memory.Kind.DREAM)
    found = (
        Memory.objects.filter(kind__in=kinds, occurred_at__range=span)
        .select_related("owner")
        .order_by("occurred_at", "pk")
    )
    return Section(
        "What they wrote down and dreamt",
        ["day", "who", "what", ""],
        [[f"{one.occurred_at:%d %b}", one.owner.name if one.owner else "", one.kind, one.content]
         for one in found[:MOST]],
        "No page was written.",
    )  # fmt: skip


def _occasions(span: Span) -> Section:
    found = ScheduledEvent.objects.filter(trigger_at__range=span).order_by("trigger_at", "pk")
    return Section(
        "What fell due",
        ["when", "what", "status"],
        [[f"{one.trigger_at:%d %b %H:%M}", one.title, one.status] for one in found[:MOST]],
        "Nothing.",
    )


def _decisions(span: Span) -> Section:
    """What they proposed to one another, and what became of it."""
    found = (
        Proposal.objects.filter(proposed_at__range=span)
        .select_related("character", "person")
        .defer("character__card", "character__system_note")
        .annotate(
            votes_for=Count("votes", filter=Q(votes__is_for=True)),
            votes_against=Count("votes", filter=Q(votes__is_for=False)),
        )
        .order_by("proposed_at", "pk")
    )
    return Section(
        "What they decided together",
        ["day", "who proposed", "what", "for", "against", "became"],
        [
            [f"{one.proposed_at:%d %b}", str(one.character or one.person), one.content,
             one.votes_for, one.votes_against, one.status]
            for one in found[:MOST]
        ],
        "Nobody proposed anything.",
    )  # fmt: skip


def _health() -> Section:
    rows = CommunityHealth.objects.select_related("community").order_by("day", "community")
    return Section(
        "How the days were",
        ["day", "messages", "unevenness", "sentiment", "diversity of pairs", "novelty"],
        [
            [f"{one.day:%d %b}", one.messages, one.participation_gini, f"{one.sentiment:+.2f}",
             one.pair_diversity, "" if one.novelty is None else one.novelty]
            for one in rows[:MOST]
        ],
        "No day is over yet.",
    )  # fmt: skip


def _costs(since: dt.datetime) -> Section:
    rows = [[one.label, one.calls, one.tokens, float(one.usd)] for one in costs.by_purpose(since)]
    return Section("What it cost", ["purpose", "calls", "tokens", "USD"], rows, "Nothing.")
