"""Rows for tests, each with as little said as the test needs: `make_character(talkativeness=.9)`.

Every builder goes through the service that makes such a row where there is one, so that what tests
start from is what the society would have made. Names are unique without being asked for.
"""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from audit.configuration import configuration
from audit.models import Budget, BudgetSpend, LLMCall
from characters import relationship
from characters.models import (
    Character,
    Community,
    CreativeProject,
    Goal,
    Insight,
    Interest,
    Membership,
    MoodChange,
    Opinion,
    OpinionEvidence,
    Person,
    ProjectMember,
    Relationship,
    RelationshipEvent,
    WorkspaceFile,
)
from characters.services import create_character
from conversations.models import (
    Agreement,
    CareNotice,
    Channel,
    CommunityHealth,
    Conversation,
    ConversationContext,
    Message,
    ModerationCase,
    ModerationRule,
    Proposal,
    Reaction,
    Reliance,
    Scenario,
    ScheduledEvent,
    ToolUse,
    Turn,
)
from conversations.moderation import rulebook
from conversations.services import append_message, local_community
from conversations.tank.guests import hash_key
from memories import workspace
from memories.models import Memory
from memories.writing import NewMemory, store

NOON = dt.datetime(2026, 3, 4, 12, 0, tzinfo=dt.UTC)  # a Wednesday
_numbers = itertools.count(1)


def number() -> int:
    """A number that no other row of this process was named by."""
    return next(_numbers)


# --- who exists -----------------------------------------------------------------------------------


def make_community(**fields: Any) -> Community:
    """The local community; a guild's when `discord_id` is given."""
    if "discord_id" not in fields:
        community = local_community()
        for name, value in fields.items():
            setattr(community, name, value)
        community.save()
        return community
    return Community.objects.create(**{"name": f"Guild {number()}", **fields})


def make_character(
    name: str = "",
    *,
    interests: tuple[str, ...] = (),
    goals: tuple[str, ...] = (),
    persona: dict[str, Any] | None = None,
    style: dict[str, Any] | None = None,
    state: dict[str, Any] | None = None,
    **fields: Any,
) -> Character:
    """An active character with persona, style and state; the last three take columns."""
    character = create_character(
        name=name or f"Character {number()}", persona=persona, style=style, **fields
    )
    for topic in interests:
        Interest.objects.create(character=character, topic=topic, weight=0.8)
    for description in goals:
        Goal.objects.create(
            character=character, goal_id=f"goal-{number()}", description=description
        )
    if state:
        for column, value in state.items():
            setattr(character.state, column, value)
        character.state.save()
    return character


def make_person(name: str = "", *, key: str = "", **fields: Any) -> Person:
    """A guest at the tank; `key` is the secret its browser holds. With `discord_id`, a member."""
    username = name or f"person{number()}"
    if "discord_id" not in fields:
        fields.setdefault("web_key", hash_key(key or uuid.uuid4().hex))
    person = Person.objects.create(username=username, **fields)
    if not person.discord_id:
        Membership.objects.create(community=local_community(), person=person)
    return person


def make_keeper(username: str = "", **fields: Any) -> Any:
    """A staff user with every permission."""
    return get_user_model().objects.create_superuser(
        username or f"keeper{number()}", password=fields.pop("password", "correct horse"), **fields
    )


def make_staff(username: str = "", **fields: Any) -> Any:
    """A staff user without any permission."""
    return get_user_model().objects.create_user(
        username or f"staff{number()}",
        password=fields.pop("password", "correct horse"),
        is_staff=True,
        **fields,
    )


def make_relationship(
    from_character: Character, to: Character | Person, **fields: Any
) -> Relationship:
    """How a character stands to somebody, in the local community; score and level follow."""
    bond = relationship.Bond(
        fields.get("trust", 0.5), fields.get("affection", 0.4), fields.get("attunement", 0.3)
    )
    points = relationship.score(bond)
    target = {"to_character": to} if isinstance(to, Character) else {"to_person": to}
    return Relationship.objects.create(
        **{
            "from_character": from_character,
            "community": local_community(),
            "score": points,
            "level": relationship.level(points),
            **target,
            **fields,
        }
    )


def make_relationship_event(bond: Relationship, **fields: Any) -> RelationshipEvent:
    """Why a relationship moved."""
    return RelationshipEvent.objects.create(
        **{
            "relationship": bond,
            "kind": RelationshipEvent.Kind.EXCHANGE,
            "cause": "an exchange of good quality",
            "occurred_at": timezone.now(),
            **fields,
        }
    )


def make_mood_change(character: Character, **fields: Any) -> MoodChange:
    """Why a mood moved."""
    return MoodChange.objects.create(
        **{
            "character": character,
            "valence": 0.1,
            "arousal": 0.0,
            "delta_valence": 0.1,
            "delta_arousal": 0.0,
            "trigger_type": MoodChange.TriggerType.CONVERSATION,
            "description": "what was said sounded warm",
            "recorded_at": timezone.now(),
            **fields,
        }
    )


def make_opinion(character: Character, topic: str, **fields: Any) -> Opinion:
    """What a character thinks, here: a stance, formed after three discussions."""
    return Opinion.objects.create(
        **{
            "character": character,
            "community": local_community(),
            "topic": topic,
            "sentiment": 0.6,
            "interest_level": 0.5,
            "confidence": 0.5,
            "discussion_count": 3,
            "formed_at": timezone.now(),
            "last_reinforced_at": timezone.now(),
            **fields,
        }
    )


def make_evidence(
    opinion: Opinion, author: Character | Person, quote: str = "It holds.", **fields: Any
) -> OpinionEvidence:
    """An argument that an opinion rests on."""
    who = {"character": author} if isinstance(author, Character) else {"person": author}
    return OpinionEvidence.objects.create(
        **{
            "opinion": opinion,
            "sentiment": 0.6,
            "weight": 0.8,
            "quote": quote,
            "argued_at": timezone.now(),
            **who,
            **fields,
        }
    )


# --- what is said ---------------------------------------------------------------------------------


def make_scenario(**fields: Any) -> Scenario:
    """A situation that talk takes place in."""
    n = number()
    return Scenario.objects.create(
        **{"slug": f"scenario-{n}", "name": f"Scenario {n}", "premise": "It rains.", **fields}
    )


def make_channel(
    name: str = "", *, residents: tuple[Character, ...] = (), **fields: Any
) -> Channel:
    """A room of the local community, live and calm; empty `residents` means everybody."""
    fields.setdefault("community", None)
    fields["community"] = fields["community"] or local_community()
    channel = Channel.objects.create(name=name or f"room-{number()}", **fields)
    channel.residents.set(residents)
    return channel


def make_conversation(
    channel: Channel | None = None, *, energy: float = 0.8, **fields: Any
) -> Conversation:
    """An open conversation with its context; closed when `status` says so."""
    now = timezone.now()
    values: dict[str, Any] = {"started_at": now, **fields}
    if values.get("status") == Conversation.Status.CLOSED:
        values.setdefault("closed_at", now)
    conversation = Conversation.objects.create(channel=channel or make_channel(), **values)
    ConversationContext.objects.create(conversation=conversation, energy_level=energy)
    return conversation


def make_message(
    conversation: Conversation,
    author: Character | Person | None,
    content: str = "The kettle is on.",
    *,
    at: dt.datetime | None = None,
    **fields: Any,
) -> Message:
    """The next message of a conversation, by a character, a person, or (None) the system."""
    if isinstance(author, Character):
        fields |= {"character": author, "role": Message.Role.ASSISTANT}
    elif isinstance(author, Person):
        fields |= {"person": author, "role": Message.Role.USER}
    else:
        fields |= {"role": Message.Role.SYSTEM}
    return append_message(conversation, at or timezone.now(), content=content, **fields)


def make_turn(conversation: Conversation, chosen: Character | None = None, **fields: Any) -> Turn:
    """The next turn of a conversation: planned and due when somebody is chosen, else a silence."""
    now = timezone.now()
    conversation.turn_number += 1
    conversation.save(update_fields=["turn_number"])
    planned = {"status": Turn.Status.PLANNED, "action": Turn.Action.SPEAK, "move": "reply"}
    silent = {"status": Turn.Status.SILENT, "action": Turn.Action.SILENCE, "finished_at": now}
    return Turn.objects.create(
        **{
            "conversation": conversation,
            "number": conversation.turn_number,
            "chosen": chosen,
            "trigger": "character",
            "reason": "for a test",
            "random_seed": 1,
            "due_at": now,
            "decided_at": now,
            **(planned if chosen else silent),
            **fields,
        }
    )


def make_reaction(message: Message, author: Character | Person, **fields: Any) -> Reaction:
    """An emoji under a message."""
    who = {"character": author} if isinstance(author, Character) else {"person": author}
    return Reaction.objects.create(
        **{"message": message, "emoji": "👍", "created_at": timezone.now(), **who, **fields}
    )


def make_event(channel: Channel, **fields: Any) -> ScheduledEvent:
    """Something that gives cause to speak, due now."""
    return ScheduledEvent.objects.create(
        **{
            "channel": channel,
            "community": channel.community,
            "event_type": ScheduledEvent.EventType.REMINDER,
            "trigger_at": timezone.now(),
            "title": "The ferry is due",
            **fields,
        }
    )


def make_tool_use(turn: Turn, **fields: Any) -> ToolUse:
    """Something that was done in a turn besides."""
    return ToolUse.objects.create(
        **{
            "turn": turn,
            "key": "k",
            "name": "recall",
            "outcome": "done",
            "used_at": timezone.now(),
            **fields,
        }
    )


def make_proposal(message: Message, **fields: Any) -> Proposal:
    """What a message proposed to its community."""
    channel = message.conversation.channel
    return Proposal.objects.create(
        **{
            "community": channel.community, "channel": channel, "message": message,
            "character": message.character, "person": message.person, "kind": "event",
            "content": "meet at the pier", "proposed_at": NOON, **fields,
        }
    )  # fmt: skip


def make_health(community: Community | None = None, **fields: Any) -> CommunityHealth:
    """How a community fared on a day."""
    return CommunityHealth.objects.create(
        **{
            "community": community or make_community(), "day": NOON.date(),
            "calculated_at": NOON, **fields,
        }
    )  # fmt: skip


def make_care_notice(message: Message, **fields: Any) -> CareNotice:
    """That who said this may be in danger."""
    return CareNotice.objects.create(
        **{
            "message": message,
            "person": message.person,
            "channel": message.conversation.channel,
            "noticed_at": timezone.now(),
            **fields,
        }
    )


def make_rule(pattern: str = "herring", **fields: Any) -> ModerationRule:
    """A rule for a word, or what `kind` says; in force at once."""
    made = {"name": f"no {pattern}", "kind": "word", "pattern": pattern, **fields}
    rule = rulebook.save_rule(ModerationRule(**made))
    configuration.forget_cached()
    return rule


def make_case(person: Person | None = None, **fields: Any) -> ModerationCase:
    """Something that somebody said, or what a `character` did, held for a moderator."""
    whose = {"person": person or (None if "character" in fields else make_person())}
    made = {"channel": fields.pop("channel", None) or make_channel(), "why": "rule “no fish”"}
    made |= {"action": "quarantine", "text": "Fish!", "opened_at": timezone.now()}
    return ModerationCase.objects.create(**{**made, **whose, **fields})


def make_reliance(person: Person, **fields: Any) -> Reliance:
    """A day of somebody's, counted."""
    return Reliance.objects.create(**{"person": person, "day": NOON.date(), **fields})


def make_agreement(character: Character, person: Person, **fields: Any) -> Agreement:
    """How readily a character agreed with somebody in a day."""
    facts = {"with_person": person, "day": NOON.date(), "answers": 4, "agreed": 2}
    return Agreement.objects.create(**{"character": character, **facts, **fields})


# --- what is remembered ---------------------------------------------------------------------------


def make_memory(
    owner: Character | None, content: str = "", *, text: str = "", **fields: Any
) -> Memory:
    """A memory of `owner`, stored as everything is that is remembered, with its vector. `text` is
    what is embedded where that isn't the content; objects are given by their ids."""
    new = NewMemory(
        owner_id=owner.pk if owner else None,
        content=content or f"Something that happened, number {number()}.",
        embedded_text=text,
        **{
            "kind": Memory.Kind.EXPERIENCE if owner else Memory.Kind.LORE,
            "occurred_at": timezone.now(),
            **fields,
        },
    )
    (stored,) = store([new])
    return Memory.objects.get(pk=stored.id)


# --- what is written ------------------------------------------------------------------------------


def make_file(character: Character, path: str = "", content: str = "The tide.") -> WorkspaceFile:
    """A file of a character's own."""
    return workspace.write(
        workspace.Space(character.pk), path or f"notes/{number()}.md", content, timezone.now()
    )


def make_project(starter: Character, **fields: Any) -> CreativeProject:
    """A work that a character has begun, alone."""
    now = timezone.now()
    project = CreativeProject.objects.create(
        **{
            "title": "The Kettle",
            "kind": "poem",
            "started_by": starter,
            "started_at": now,
            **fields,
        }
    )
    ProjectMember.objects.create(
        project=project, character=starter, status="accepted", invited_at=now, answered_at=now
    )
    return project


def make_insight(character: Character, content: str = "", **fields: Any) -> Insight:
    """Something a character has understood, with the memory that recall finds."""
    content = content or f"{character.name} talks with somebody most, number {number()}."
    return Insight.objects.create(
        **{
            "character": character,
            "insight_type": Insight.Type.RELATIONSHIP,
            "insight_content": content,
            "memory": make_memory(character, content, kind=Memory.Kind.INSIGHT),
            "discovery_date": timezone.now(),
            **fields,
        }
    )


# --- what it cost ---------------------------------------------------------------------------------


def make_budget(
    *,
    character: Character | None = None,
    community: Community | None = None,
    tokens: int | None = None,
    usd: str | None = None,
    period: str = Budget.Period.DAY,
) -> Budget:
    """A budget of the deployment, or of the character or community that is given."""
    scope = (
        Budget.Scope.CHARACTER
        if character
        else Budget.Scope.COMMUNITY
        if community
        else Budget.Scope.DEPLOYMENT
    )
    return Budget.objects.create(
        scope=scope,
        character=character,
        community=community,
        period=period,
        limit_tokens=tokens,
        limit_usd=None if usd is None else Decimal(usd),
    )


def spent(budget: Budget) -> tuple[int, Decimal]:
    """What a budget's periods hold together: tokens and US dollars."""
    rows = BudgetSpend.objects.filter(budget=budget)
    return sum(r.tokens for r in rows), sum((r.usd for r in rows), Decimal(0))


def make_call(**fields: Any) -> LLMCall:
    """One attempt at a voice, done."""
    return LLMCall.objects.create(
        **{
            "purpose": "speak",
            "provider": "test",
            "model": "a-model",
            "status": LLMCall.Status.DONE,
            "prompt_tokens": 100,
            "completion_tokens": 20,
            "started_at": timezone.now(),
            **fields,
        }
    )
