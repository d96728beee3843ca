"""What a world's files may hold: kinds of fields, and the parts of a character (docs/worlds.md)."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

# --- kinds of fields ------------------------------------------------------------------------------


def _joined(value: object) -> object:
    """A list of lines as one text: rules and dialogue are pleasanter to write as lists."""
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        return "\n".join(" ".join(line.split()) for line in value)
    return value


def _clock(value: object) -> object:
    """A time of day. YAML reads an unquoted 22:30 as 22 × 60 + 30."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        return dt.time(value // 60, value % 60)
    return value


def known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name} is no time zone; use a name such as Europe/Oslo or UTC")
    return name


def _text(value: object) -> object:
    """Text without the blanks around it. A whole number is text too: an age, a year."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else value


Unit = Annotated[float, Field(ge=0, le=1, strict=True)]
Signed = Annotated[float, Field(ge=-1, le=1, strict=True)]
Text = Annotated[str, BeforeValidator(_text), Field(strict=True)]
Lines = Annotated[str, BeforeValidator(_joined), BeforeValidator(_text), Field(strict=True)]
Phrase = Annotated[
    str, BeforeValidator(_text), StringConstraints(strict=True, min_length=1, max_length=300)
]
Topic = Annotated[
    str, BeforeValidator(_text), StringConstraints(strict=True, min_length=1, max_length=200)
]
Slug = Annotated[
    str,
    StringConstraints(strict=True, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80),
]
Clock = Annotated[dt.time, BeforeValidator(_clock)]
Pieces = list[Annotated[str, StringConstraints(strict=True, min_length=1, max_length=700)]]


class Part(BaseModel):
    """A mapping in a file. Unknown fields are mistakes, not extras."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# --- a character ----------------------------------------------------------------------------------


class ActiveHours(Part):
    start: Clock
    end: Clock


class Traits(Part):
    openness: Unit = 0.5
    conscientiousness: Unit = 0.5
    extraversion: Unit = 0.5
    agreeableness: Unit = 0.5
    neuroticism: Unit = 0.5


class PersonaPart(Part):
    identity: Text
    appearance: Text = ""
    background: Text = ""
    values: list[Phrase] = []
    traits: Traits = Traits()
    drives: dict[str, Unit] = {}
    constitution: Lines = ""
    disclosure: Text = ""
    example_dialogue: Lines = ""
    post_history_note: Text = ""


class StylePart(Part):
    formality: Unit = 0.5
    verbosity: Unit = 0.5
    humour: Unit = 0.5
    emoji_use: Unit = 0.1
    signature_phrases: list[Phrase] = []
    avoided_phrases: list[Phrase] = []
    preferred_words: list[Phrase] = []
    response_language: Annotated[str, StringConstraints(strict=True, max_length=35)] = "en"


class InterestPart(Part):
    topic: Topic
    weight: Unit = 0.5


class KnowledgePart(Part):
    topic: Topic
    expertise: Unit = 0.3
    passion: Unit = 0.5


class GoalPart(Part):
    goal_id: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=120)]
    description: Text
    success_criteria: Text = ""
    strategy: Text = ""
    priority: Annotated[int, Field(ge=1, le=10)] = 5


class FormativePart(Part):
    title: Topic
    content: Text
    age_or_date: Annotated[
        str, BeforeValidator(_text), StringConstraints(strict=True, max_length=60)
    ] = ""
    emotional_valence: Signed = 0.0
    triggers: list[Phrase] = []


class TriggerPart(Part):
    kind: Literal["topic", "emotion", "phrase", "person"]
    pattern: Topic
    reaction: Text = ""
    intensity: Unit = 0.5
    valence: Signed | None = None


class RelationshipPart(Part):
    to: Slug
    trust: Unit = 0.5
    affection: Unit = 0.4
    attunement: Unit = 0.3
    note: Annotated[str, StringConstraints(strict=True, max_length=300)] = ""


class TopicMaterial(Part):
    keys: Pieces = []
    claims: Pieces = []
    stories: Pieces = []
    questions: Pieces = []
    answers: Pieces = []
    asides: Pieces = []


class Manner(Part):
    """Overrides what the offline voice sees in the lines themselves."""

    casing: Literal["lower", "normal"] | None = None
    final_stop: bool | None = None
    address_by_name: Unit | None = None


class Improv(Part):
    """What the offline voice draws on (docs/offline-voice.md)."""

    topics: dict[str, TopicMaterial] = {}
    doing: Pieces = []
    openers: Pieces = []
    agree: Pieces = []
    disagree: Pieces = []
    amused: Pieces = []
    touched: Pieces = []
    curious: Pieces = []
    unsure: Pieces = []
    greet: Pieces = []
    farewell: Pieces = []
    comfort: Pieces = []
    to: dict[str, Pieces] = {}
    stock: dict[str, Pieces] = {}
    places: dict[str, Pieces] = {}
    manner: Manner = Manner()


class CharacterFile(Part):
    """One file of `characters/`."""

    name: Annotated[
        str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=80)
    ]
    slug: Slug
    tagline: Annotated[str, StringConstraints(strict=True, max_length=200)] = ""
    avatar_url: Annotated[str, StringConstraints(strict=True, max_length=200)] = ""
    timezone: Annotated[str, AfterValidator(known_zone)] = "UTC"
    active_hours: ActiveHours | None = None
    talkativeness: Unit = 0.5
    system_note: Lines = ""
    llm_model: Annotated[str, StringConstraints(strict=True, max_length=200)] = ""
    llm_temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    persona: PersonaPart
    style: StylePart = StylePart()
    interests: list[InterestPart] = []
    knowledge: list[KnowledgePart] = []
    goals: list[GoalPart] = []
    formative_memories: list[FormativePart] = []
    triggers: list[TriggerPart] = []
    relationships: list[RelationshipPart] = []
    improv: Improv = Improv()
