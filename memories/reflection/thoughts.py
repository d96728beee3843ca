"""What a model makes of a character's life: asked with numbered memories, checked against them.
Offline nobody is asked: what the rules noticed stands by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from audit.calls import ledger
from audit.configuration.wording import wording
from characters.models import Character
from characters.voices import who
from fishbowl.llm.fence import flat
from fishbowl.llm.types import Brief, ChatMessage, ChatRequest
from memories.formation.echo import content_words
from memories.reflection.found import Found, Wish, level
from memories.reflection.life import Life, Spoken, Who
from memories.reflection.rules import ReflectionRules

ANSWER_TOKENS = 1200
MOST_LINES = 60
LONGEST_LINE = 300
GROUNDED = 0.35  # share of an insight's words that its evidence and the names must bear out

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class InsightThought(_Part):
    content: Sentence
    type: Literal["relationship", "person", "topic", "self", "mood", "contradiction", "goal"]
    evidence: list[int]
    subject: Name = ""
    stance: Literal[-1, 0, 1] = 0
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.6
    importance: Annotated[float, Field(ge=1, le=10)] = 5
    valence: Annotated[float, Field(ge=-1, le=1)] = 0
    triggers: list[Name] = []


class GoalThought(_Part):
    description: Sentence
    criteria: Sentence = ""
    seeks: Name = ""
    question: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    priority: Annotated[int, Field(ge=1, le=10)] = 5
    evidence: list[int] = []


class ChangeThought(_Part):
    field: Name
    value: str | float | list[str]
    reason: Sentence


class Thoughts(_Part):
    """What a character makes of what it lived through."""

    insights: list[InsightThought] = []
    goals: list[GoalThought] = []
    change: ChangeThought | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a model said that its evidence bears out."""

    found: Sequence[Found]
    wishes: Sequence[Wish]
    changes: Sequence[tuple[str, object, str]]
    content: str
    call_id: int


def ask(
    life: Life,
    character: Character,
    noticed: Sequence[Found],
    rules: ReflectionRules,
    now: dt.datetime,
) -> Told | None:
    """What a model makes of a life; None offline. Never in a transaction.

    Raises:
        NoVoice: no model answers.
        BudgetExhausted: a budget is spent.
    """
    if ledger.is_offline():
        return None
    lines = _numbered(life, noticed)
    answer = ledger.ask_within_budgets(
        _request(life, character, lines, noticed, rules),
        character_id=character.pk,
        community_id=life.community,
        now=now,
    )
    thoughts: Thoughts = answer.result.parsed
    numbered = dict(enumerate(lines, 1))
    found = [made for one in thoughts.insights if (made := _found(one, numbered, life))]
    change = thoughts.change
    return Told(
        found=found,
        wishes=[_wish(one, numbered, life) for one in thoughts.goals[:2] if one.description],
        changes=[(change.field, change.value, change.reason)] if change and change.reason else [],
        content=" ".join(one.content for one in found),
        call_id=answer.call_id,
    )


def _numbered(life: Life, noticed: Sequence[Found]) -> list[Spoken]:
    """The lines a model reads: what the rules rest on, and the weightiest besides, in order."""
    named = {pk for one in noticed for pk in one.evidence[:4]}
    first = [line for line in life.lines if line.memory in named]
    rest = sorted(
        (line for line in life.lines if line.memory not in named),
        key=lambda line: (-line.importance, -line.memory),
    )
    chosen = [*first, *rest][:MOST_LINES]
    return sorted(chosen, key=lambda line: (line.at, line.memory))


def _request(
    life: Life,
    character: Character,
    lines: Sequence[Spoken],
    noticed: Sequence[Found],
    rules: ReflectionRules,
) -> ChatRequest:
    heard = "\n".join(
        f"{number}. [{line.at:%a %H:%M}] {flat(life.called(line.who))}: "
        f"{flat(line.text, LONGEST_LINE)}"
        for number, line in enumerate(lines, 1)
    )
    counted = "\n".join(f"- {flat(one.content)}" for one in noticed) or "- nothing stands out"
    wanted = (
        "\n".join(f"- {flat(aim.description)} ({aim.progress:.0%})" for aim in life.aims) or "- ?"
    )
    system = wording(community=life.community, character=character.pk).fill(
        "reflect",
        {
            "name": life.name,
            "identity": who(character),
            "most": int(rules.most_insights),
        },
    )
    return ChatRequest(
        messages=(
            ChatMessage("system", system),
            ChatMessage(
                "user",
                f"<<lived>>\n{heard}\n<</lived>>\n\nWhat can be counted:\n{counted}\n\n"
                f"What {life.name} wants:\n{wanted}",
            ),
        ),
        purpose="reflect",
        tier="reflective",
        model=character.llm_model or None,
        temperature=0.6,
        max_tokens=ANSWER_TOKENS,
        brief=Brief(speaker=life.name),
        schema=Thoughts,
    )


def _who(name: str, life: Life) -> Who | None:
    return next((who for who, one in life.names.items() if one.lower() == name.lower()), None)


def _found(one: InsightThought, numbered: dict[int, Spoken], life: Life) -> Found | None:
    """An insight as it is kept; None where it rests on nothing, or says what nothing bears out."""
    lines = [numbered[number] for number in dict.fromkeys(one.evidence) if number in numbered]
    said = content_words(one.content)
    known = content_words(" ".join([*(x.text for x in lines), *life.names.values()]))
    if not lines or not said or len(said & known) / len(said) < GROUNDED:
        return None
    about = _who(one.subject, life)
    if about == life.me:
        about = None
    of = f"{about.kind}{about.id}" if about else "me"
    return Found(
        kind=one.type,
        content=one.content,
        question=f"What does it mean, of {life.called(about or life.me)}?",
        subject=f"thought:{one.type}:{of}:{'-'.join(sorted(said)[:3])}",
        stance=one.stance,
        evidence=tuple(line.memory for line in lines),
        confidence=one.confidence,
        importance=one.importance,
        valence=one.valence,
        triggers=tuple(word.lower() for word in one.triggers[:8]),
        said=tuple(f"{life.called(x.who)}: “{x.text[:160]}”" for x in lines[:3]),
        about=about,
        visibility=level(lines),
        message=lines[-1].message,
        talk=lines[-1].talk,
        community=life.community,
    )


def _wish(one: GoalThought, numbered: dict[int, Spoken], life: Life) -> Wish:
    words = "-".join(sorted(content_words(one.description))[:6])
    return Wish(
        key=f"thought-{words}",
        description=one.description,
        criteria=one.criteria,
        priority=one.priority,
        seeks=_who(one.seeks, life),
        question=one.question,
        evidence=tuple(numbered[n].memory for n in one.evidence if n in numbered),
        why="It came of thinking.",
        community=life.community,
    )
