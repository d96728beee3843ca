"""What a model is asked of a stretch of talk, and how its answer is checked: it cites the lines it
read, and what they don't bear out is dropped. Where no model is to be asked, rules read instead."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from django.utils import timezone
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from audit.calls import ledger
from audit.calls.budgets import BudgetExhausted
from audit.configuration.wording import wording
from fishbowl.llm.fence import flat
from fishbowl.llm.types import Brief, ChatMessage, ChatRequest, Line
from memories.formation import extraction_rules, proposals
from memories.formation.discretion import of_text, strictest
from memories.formation.echo import content_words
from memories.formation.findings import (
    Discussion,
    Feeling,
    Findings,
    Named,
    Note,
    Reference,
    Related,
    Side,
    Statement,
)
from memories.formation.patterns import KIN_PRONOUN
from memories.formation.proposals import ProposalFound
from memories.formation.stretch import Heard, Stretch
from memories.formation.telling import day
from memories.models.entity import EntityGender, EntityKind
from memories.models.fact import FactType
from memories.rules import MemoryRules

ANSWER_TOKENS = 1300
SHORTEST_LINE = 20  # characters from which a line may tell a model anything
GROUNDED = 0.5  # share of a memory's words that its lines must bear out
MOST_MEMORIES, MOST_NOTES, MOST_TOPICS, MOST_REFERENCES = 12, 4, 4, 6

Sentence = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Unit = Annotated[float, Field(ge=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore")


class MemoryFound(_Part):
    content: Sentence
    lines: list[int]
    about: Name = ""
    is_fact: bool = False
    fact_type: Literal[
        "hobby", "work", "family", "preference", "location", "event", "relationship", "general",
        "attachment_pattern", "grief_context", "coping_mechanism",
    ] = "general"  # fmt: skip
    temporal: Literal["past", "present", "future", "timeless"] = "present"
    lasts: Literal["", "home", "job", "relationship", "plan", "feeling"] = ""
    confidence: Unit = 0.8
    importance: Annotated[float, Field(ge=1, le=10)] = 5
    tone: Annotated[float, Field(ge=-1, le=1)] = 0
    visibility: Literal["public", "personal", "intimate", "full"] = "personal"


class EntityFound(_Part):
    name: Name
    kind: Literal[
        "person", "character", "place", "organisation", "animal", "work", "event", "thing"
    ] = "thing"
    pronoun: Literal["", "she", "he", "they", "it"] = ""
    aliases: list[Name] = []


class RelationFound(_Part):
    subject: Name
    relation: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
    object: Name
    lines: list[int]


class NoteFound(_Part):
    part: Literal["observation", "reasoning", "example", "trajectory"]
    content: Sentence
    lines: list[int]
    confidence: Unit = 0.6
    is_for_all: bool = False


class OpinionFound(_Part):
    topic: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
    speaker: Name
    lines: list[int]
    sentiment: Annotated[float, Field(ge=-1, le=1)] = 0
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=240)] = ""


class ReferenceFound(_Part):
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]
    kind: Literal["joke", "place", "phrase"] = "phrase"
    lines: list[int]


class FeelingFound(_Part):
    line: int
    emotion: Literal[
        "anger", "anticipation", "disgust", "fear", "joy", "love", "optimism", "pessimism",
        "sadness", "surprise", "trust",
    ]  # fmt: skip
    intensity: Unit = 0.5


class Observed(_Part):
    """What is worth remembering of these lines."""

    memories: list[MemoryFound] = []
    entities: list[EntityFound] = []
    relations: list[RelationFound] = []
    notes: list[NoteFound] = []
    opinions: list[OpinionFound] = []
    references: list[ReferenceFound] = []
    feelings: list[FeelingFound] = []
    proposals: list[ProposalFound] = []


def find(
    stretch: Stretch,
    levels: Mapping[int, str],
    pronouns: Mapping[str, str],
    rules: MemoryRules,
) -> Findings:
    """What is worth remembering of a stretch: as a model reads it, or, where none speaks, none is
    due or it fails, as the rules do. Never in a transaction."""
    found = None
    if not ledger.is_offline() and is_due(stretch, rules):
        found = _ask(stretch, levels)
    return found or by_rules(stretch, pronouns)


def by_rules(stretch: Stretch, pronouns: Mapping[str, str]) -> Findings:
    """What the rules find in a stretch."""
    return extraction_rules.extract(stretch.lines, pronouns)


def is_due(stretch: Stretch, rules: MemoryRules) -> bool:
    """Whether a model is to read this stretch. On average one call comes on so many messages at
    least, and only a share of the talk in which nobody tells of themselves is read at all. The
    same stretch always falls the same way."""
    telling = [line for line in stretch.lines if len(line.text) >= SHORTEST_LINE]
    if not telling:
        return False
    chance = min(1.0, len(telling) / rules.messages_a_call)
    if not any(x.person_id and extraction_rules.tells_of_self(x.text) for x in telling):
        chance *= rules.extraction_rate
    seed = f"{stretch.session_key} {telling[0].number}".encode()
    return int.from_bytes(hashlib.sha256(seed).digest()[:4]) / 2**32 < chance


def _ask(stretch: Stretch, levels: Mapping[int, str]) -> Findings | None:
    request = ChatRequest(
        messages=(
            ChatMessage(
                "system",
                wording(community=stretch.community_id, channel=stretch.channel_id).fill(
                    "observe",
                    {"room": stretch.room or "a room", "day": _weekday(stretch.lines[-1].at)},
                ),
            ),
            ChatMessage("user", talk(stretch.lines)),
        ),
        purpose="observe",
        tier="small",
        temperature=0.1,
        max_tokens=ANSWER_TOKENS,
        schema=Observed,
        brief=Brief(
            speaker="",
            lines=tuple(Line(x.number, x.speaker, x.text, 0.0) for x in stretch.lines),
            room=stretch.room,
        ),
    )
    try:
        answer = ledger.ask_within_budgets(
            request,
            community_id=stretch.community_id,
            conversation_id=stretch.conversation_id,
            now=timezone.now(),
        )
    except (BudgetExhausted, ledger.NoVoice):
        return None
    if not isinstance(answer.result.parsed, Observed):
        return None
    return checked(answer.result.parsed, stretch.lines, levels, by=answer.result.model)


def _weekday(at: dt.datetime) -> str:
    """'Thursday, 5 March 2026': without it nobody can tell which day 'on Friday' is."""
    return f"{at:%A}, {day(at)}"


def talk(lines: Sequence[Heard]) -> str:
    """Lines for a model to read: what people wrote is data, on one line each, and can't pass for
    the frame around it."""
    said = "\n".join(
        f"[{line.number}] {flat(line.speaker, 60)}"
        f"{' (a person)' if line.person_id else ''}: {flat(line.text, 1200)}"
        for line in lines
    )
    return f"<<talk\n{said}\ntalk>>"


# --- checking -------------------------------------------------------------------------------------

_FIRST_PERSON = re.compile(r"\b(?:I|I'm|I've|I'll|I'd|my|mine|me|we|our|us)\b")
_INSTRUCTION = re.compile(
    r"\b(?:ignore (?:all|any|previous|the)|system prompt|as an ai|language model|you "
    r"(?:must|should) (?:always|never|now))\b",
    re.IGNORECASE,
)


def checked(
    answer: Observed, lines: Sequence[Heard], levels: Mapping[int, str], *, by: str = "a model"
) -> Findings:
    """What of an answer can stand: in the third person, borne out by lines that were read, never
    more open than those lines are, facts only from a person's own words about themselves."""
    read = {line.number: line for line in lines}
    statements = []
    for one in answer.memories[:MOST_MEMORIES]:
        cited = [read[n] for n in dict.fromkeys(one.lines) if n in read]
        if not cited or not _stands(one.content, cited):
            continue
        subject = next((x for x in cited if one.about and x.speaker == one.about), None)
        is_fact = bool(one.is_fact and subject and subject.person_id)
        statements.append(
            Statement(
                content=_sentence(one.content),
                lines=tuple(line.number for line in cited),
                subject=subject.speaker if subject else "",
                fact_type=FactType(one.fact_type).value if is_fact else "",
                temporal=one.temporal,
                lasts=one.lasts if is_fact else "",
                confidence=round(min(one.confidence, 0.95), 2),
                tone=one.tone,
                visibility=strictest(
                    one.visibility,
                    of_text(one.content),
                    "personal" if subject and subject.person_id else "public",
                    *(levels[line.number] for line in cited),
                ),
                importance=one.importance,
                named=_named(answer.entities, one.content, cited),
                related=_related(answer.relations, one.content, cited),
            )
        )
    return Findings(
        tuple(statements),
        _notes(answer.notes, read, levels),
        by,
        _discussions(answer.opinions, read),
        _references(answer.references, read),
        tuple(
            Feeling(one.line, one.emotion, one.intensity)
            for one in answer.feelings
            if one.line in read
        ),
        proposals.checked(answer.proposals, read),
    )


def _stands(content: str, cited: Sequence[Heard]) -> bool:
    if len(content) < 15 or content.rstrip().endswith("?"):
        return False
    if _FIRST_PERSON.search(re.sub(r"“[^”]*”", "", content)) or _INSTRUCTION.search(content):
        return False
    return _grounded(content, cited)


def _grounded(content: str, cited: Sequence[Heard]) -> bool:
    """Whether the lines bear the words out. What a date or a name adds counts for nothing."""
    said = content_words(" ".join(f"{line.speaker} {line.text} {day(line.at)}" for line in cited))
    words = {w for w in content_words(content) if not w.isdigit()}
    return bool(words) and len(words & said) / len(words) >= GROUNDED


def _sentence(text: str) -> str:
    flat = " ".join(text.split())
    return flat if flat[-1:] in '.!”"' else f"{flat}."


def _named(
    entities: Sequence[EntityFound], content: str, cited: Sequence[Heard]
) -> tuple[Named, ...]:
    said = " ".join([content, *(line.text for line in cited)])
    return tuple(
        Named(
            one.name,
            EntityKind(one.kind).value,
            EntityGender(one.pronoun).value,
            tuple(alias for alias in one.aliases[:5] if _is_in(alias, said)),
        )
        for one in entities[:20]
        if one.name and _is_in(one.name, content) and one.name.lower() not in KIN_PRONOUN
    )


def _related(
    relations: Sequence[RelationFound], content: str, cited: Sequence[Heard]
) -> tuple[Related, ...]:
    numbers = {line.number for line in cited}
    return tuple(
        Related(one.subject, one.relation.lower(), one.object)
        for one in relations[:20]
        if numbers & set(one.lines)
        and one.relation
        and _is_in(one.subject, content)
        and _is_in(one.object, content)
    )


def _is_in(name: str, text: str) -> bool:
    return bool(name) and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.I) is not None


def _notes(
    notes: Sequence[NoteFound], read: Mapping[int, Heard], levels: Mapping[int, str]
) -> tuple[Note, ...]:
    kept = []
    for one in notes[:MOST_NOTES]:
        cited = [read[n] for n in dict.fromkeys(one.lines) if n in read]
        if not cited or not one.content or _INSTRUCTION.search(one.content):
            continue
        is_open = strictest(of_text(one.content), *(levels[x.number] for x in cited)) == "public"
        kept.append(
            Note(
                one.part,
                one.content,
                tuple(line.number for line in cited),
                one.confidence,
                one.is_for_all and is_open,
            )
        )
    return tuple(kept)


def _discussions(
    found: Sequence[OpinionFound], read: Mapping[int, Heard]
) -> tuple[Discussion, ...]:
    """The topics that two at least took a side on or spoke of, each side its speaker's own."""
    sides: dict[str, dict[str, Side]] = {}
    lines: dict[str, set[int]] = {}
    for one in found[:20]:
        topic = " ".join(one.topic.lower().split())
        cited = [read[n] for n in dict.fromkeys(one.lines) if n in read]
        own = [line for line in cited if line.speaker == one.speaker]
        if not own or not topic or _INSTRUCTION.search(f"{topic} {one.reason}"):
            continue
        if not content_words(topic) & content_words(" ".join(line.text for line in cited)):
            continue
        lines.setdefault(topic, set()).update(line.number for line in cited)
        quote = one.reason if one.reason and _grounded(one.reason, own) else ""
        side = Side(own[-1].number, one.sentiment, 0.9, quote)
        sides.setdefault(topic, {}).setdefault(one.speaker, side)
    return tuple(
        Discussion(topic, tuple(sorted(lines[topic])), tuple(taken.values()))
        for topic, taken in list(sides.items())[:MOST_TOPICS]
        if len({read[n].speaker for n in lines[topic]}) >= 2
    )


def _references(
    found: Sequence[ReferenceFound], read: Mapping[int, Heard]
) -> tuple[Reference, ...]:
    """What two speakers said word for word in the lines that are cited."""
    kept = []
    for one in found[:MOST_REFERENCES]:
        said = [read[n] for n in dict.fromkeys(one.lines) if n in read]
        said = [line for line in said if _is_in(one.text, line.text)]
        if len({line.speaker for line in said}) >= 2 and not _INSTRUCTION.search(one.text):
            kept.append(Reference(one.text, one.kind, tuple(line.number for line in said)))
    return tuple(kept)
