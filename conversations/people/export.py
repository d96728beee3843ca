"""Everything that is kept of a person, as they may take it with them. Only reads.

What other people said of them isn't theirs: it is counted. Vectors are machines' and left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.apps import apps
from django.contrib.postgres.search import SearchVectorField
from django.db.models import Q
from pgvector.django import HalfVectorField

from characters.models import (
    CommunicationStyle,
    Goal,
    Insight,
    Membership,
    MoodChange,
    OpinionEvidence,
    Person,
    PersonPreference,
    Relationship,
)
from conversations.models import (
    Message,
    MessageEdit,
    ModerationCase,
    Participant,
    Proposal,
    ProposalVote,
    Reaction,
    ScheduledEvent,
)
from conversations.people import came_of, leftovers
from memories import knowledge
from memories.models import Entity, EntityAlias, Memory, PersonFact

VERSION = 1
Rows = list[dict[str, Any]]


def export_person(person: Person, now: dt.datetime) -> dict[str, Any]:
    """All of it, in values that JSON can hold."""
    came = {name: _plain(_rows(values)) for name, values in came_of.rows(person).items()}
    return {"version": VERSION, "exported_at": _plain(now), **kept(person), **came}


def kept(person: Person) -> dict[str, Any]:
    """What tables hold of the person themself, without what came of it: of bonds and memories."""
    said = Message.objects.filter(person=person)
    of_others = knowledge.of_others(person.pk)
    found = {
        "person": _person(person),
        "memberships": _rows(
            person.memberships.values(
                "community__name", "nickname", "roles", "joined_at", "left_at"
            )
        ),
        "preferences": _rows(
            PersonPreference.objects.filter(person=person).values("key", "value", "updated_at")
        ),
        "how_you_talk": _rows(
            CommunicationStyle.objects.filter(person=person).values(
                "character__name", "preferred_length", "preferred_formality", "emoji_affinity",
                "humor_affinity", "detail_preference", "engagement_signals", "samples_collected",
                "confidence",
            )
        ),
        "arguments": _rows(
            OpinionEvidence.objects.filter(person=person).values(
                "opinion__character__name", "opinion__topic", "quote", "argued_at", "message_id"
            )
        ),
        "messages": _rows(
            said.order_by("created_at").values(
                "id", "conversation__channel__name", "conversation__channel__community__name",
                "conversation_id", "content", "image_urls", "created_at", "edited_at",
                "deleted_at", "discord_message_id", "sentiment", "emotion",
            )
        ),
        "earlier_words": _rows(
            MessageEdit.objects.filter(message__in=said).values(
                "message_id", "content_before", "edited_at"
            )
        ),
        "reactions": _rows(
            Reaction.objects.filter(person=person).values(
                "message_id", "emoji", "created_at", "removed_at"
            )
        ),
        "conversations": _rows(
            Participant.objects.filter(person=person).values(
                "conversation_id", "joined_at", "left_at", "message_count"
            )
        ),
        "facts": _rows(
            PersonFact.objects.filter(person=person)
            .exclude(_said_by_others(person))
            .values(
                "id", "character__name", "community__name", "fact_type", "fact_content",
                "confidence", "importance", "visibility", "is_active", "learned_at",
                "expiry_date", "extraction_context",
            )
        ),
        "memories": _rows(
            knowledge.theirs(person.pk).values(
                "id", "owner__name", "community__name", "kind", "content", "importance",
                "visibility", "tier", "occurred_at", "created_at",
            )
        ),
        "told_by_others": {
            "memories": of_others.count(),
            "facts": PersonFact.objects.filter(_said_by_others(person), person=person).count(),
        },
        "relationships": _rows(
            Relationship.objects.filter(to_person=person).values(
                "from_character__name", "community__name", "level", "score", "trust",
                "affection", "attunement", "note", "shared_references", "milestones",
                "repair_since", "total_interactions",
                "first_interaction_at", "last_interaction_at",
            )
        ),
        "moods_moved": _rows(
            MoodChange.objects.filter(trigger_person=person).values(
                "character__name", "delta_valence", "delta_arousal", "description", "recorded_at"
            )
        ),
        "understood": _rows(
            came_of.understood(person).values(
                "character__name", "insight_type", "insight_content", "supporting_evidence",
                "confidence_score", "importance_level", "discovery_date",
            )
        ),
        "sought": _rows(
            came_of.sought(person).values(
                "character__name", "description", "question", "status", "progress", "created_at"
            )
        ),
        "known_as": _rows(
            Entity.objects.filter(person=person).values("name", "aliases__alias")
        ),
        "proposals": _rows(
            Proposal.objects.filter(person=person).values(
                "community__name", "channel__name", "kind", "content", "status", "proposed_at",
                "decided_at", "message_id",
            )
        ),
        "votes": _rows(
            ProposalVote.objects.filter(person=person).values(
                "proposal__kind", "is_for", "message_id", "voted_at"
            )
        ),
        "moderation": _rows(
            ModerationCase.objects.filter(person=person).values(
                "channel__name", "action", "state", "text", "why", "message_id", "opened_at",
                "decided_at",
            )
        ),
        "dates": _rows(
            ScheduledEvent.objects.filter(person=person).values(
                "event_type", "title", "trigger_at", "status", "channel__name", "context",
                "recurrence_rule",
            )
        ),
        "elsewhere": _elsewhere(person),
    }  # fmt: skip
    return {name: _plain(value) for name, value in found.items()}


# What the export tells by name. Of every other table that refers to a person, those added later
# included, it tells what stands in it.
TOLD = (
    CommunicationStyle, Entity, EntityAlias, Goal, Insight, Membership, Memory, Message,
    MessageEdit, ModerationCase, MoodChange, OpinionEvidence, Participant, PersonFact,
    PersonPreference, Proposal, ProposalVote, Reaction, Relationship, ScheduledEvent,
    *came_of.TOLD,
)  # fmt: skip


def _elsewhere(person: Person) -> dict[str, Rows]:
    found: dict[str, Rows] = {}
    for model in apps.get_models(include_auto_created=True):
        columns = list(leftovers.references(model, Person))
        if not columns or model in TOLD or model._meta.proxy:
            continue
        where = Q(pk__in=[])
        for column in columns:
            where |= Q(**{column.name: person})
        names = [
            one.name
            for one in model._meta.concrete_fields
            if not one.remote_field and not isinstance(one, HalfVectorField | SearchVectorField)
        ]
        rows = _rows(model._default_manager.filter(where).order_by("pk").values(*names))
        if rows:
            found[str(model._meta.verbose_name_plural)] = rows
    return found


def _person(person: Person) -> dict[str, Any]:
    names = (
        "discord_id", "username", "display_name", "custom_name", "first_seen_at", "last_seen_at",
        "is_active", "timezone", "quiet_hours", "birthday", "consent_level",
        "heard_from", "blocked_until",
    )  # fmt: skip
    return {name: getattr(person, name) for name in names}


def _said_by_others(person: Person) -> Q:
    return Q(extracted_from_message__person__isnull=False) & ~Q(
        extracted_from_message__person=person
    )


def _rows(rows: Iterable[Mapping[str, object]]) -> Rows:
    """Rows with their columns called as a reader would: `channel`, not `channel__name`."""
    return [{_called(name): value for name, value in row.items()} for row in rows]


def _called(name: str) -> str:
    *way, last = name.split("__")
    return way[-1] if way and last == "name" else last


def _plain(value: Any) -> Any:
    """A value as JSON holds it. Discord's ids are texts: other programs lose their last digits."""
    if isinstance(value, dict):
        return {key: _id_or_plain(key, one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dt.date | dt.datetime | dt.time):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _id_or_plain(key: str, value: Any) -> Any:
    return str(value) if key.startswith("discord_") and value is not None else _plain(value)
