"""What a card becomes here: which of its fields go where. Pure.

Nothing of a card is lost by it: the card is kept whole. What has no place of its own here, and
what only Fishbowl has, travels in `extensions.fishbowl`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from characters.cards import hints, shapes
from characters.cards.errors import CardRefused
from characters.world import valence_of
from characters.worldshapes import (
    Clock,
    FormativePart,
    Improv,
    InterestPart,
    KnowledgePart,
    Lines,
    Part,
    Phrase,
    StylePart,
    Text,
    TriggerPart,
    Unit,
    known_zone,
)
from fishbowl.macros import with_names

IDENTITY = 1_500  # letters of a description that are said to every prompt; the rest is background
OWN = "fishbowl"
# Cards have no field for it; their makers say it by a tag.
ADULT = frozenset({"nsfw", "adult", "adults only", "18+", "+18", "r18", "r-18", "explicit", "smut"})
_KEYS = {
    "interests": "topic",
    "knowledge": "topic",
    "goals": "description",
    "formative_memories": "title",
    "triggers": "pattern",
}


class OwnCharacter(Part):
    tagline: Annotated[str, StringConstraints(strict=True, max_length=200)] = ""
    timezone: Annotated[str, AfterValidator(known_zone)] = "UTC"
    active_hours_start: Clock | None = None
    active_hours_end: Clock | None = None
    system_note: Lines = ""
    is_adult: bool | None = None  # not said: by the tags


class OwnPersona(Part):
    appearance: Text = ""
    values: list[Phrase] = []
    openness: Unit = 0.5
    conscientiousness: Unit = 0.5
    extraversion: Unit = 0.5
    agreeableness: Unit = 0.5
    neuroticism: Unit = 0.5
    drives: dict[str, Unit] = {}
    constitution: Lines = ""
    disclosure: Text = ""


class OwnStyle(StylePart):
    improv: Improv = Improv()


class OwnGoal(Part):
    description: Text
    success_criteria: Text = ""
    strategy: Text = ""
    priority: Annotated[int, Field(ge=1, le=10)] = 5


class Own(Part):
    """`extensions.fishbowl`: what a card has no other place for."""

    version: int = 1
    character: OwnCharacter | None = None
    persona: OwnPersona | None = None
    style: OwnStyle | None = None
    interests: Annotated[list[InterestPart], Field(max_length=200)] | None = None
    knowledge: Annotated[list[KnowledgePart], Field(max_length=200)] | None = None
    goals: Annotated[list[OwnGoal], Field(max_length=200)] | None = None
    formative_memories: Annotated[list[FormativePart], Field(max_length=500)] | None = None
    triggers: Annotated[list[TriggerPart], Field(max_length=200)] | None = None


@dataclass(frozen=True, slots=True)
class Becoming:
    """A character's columns and belongings, as plain values. `story` is what cards have a field of
    their own for; `own` what stands in `extensions.fishbowl`, by part."""

    name: str
    talkativeness: float
    story: dict[str, Any]
    own: dict[str, Any] = field(default_factory=dict)


def become(card: Mapping[str, Any]) -> Becoming:
    """What a checked card becomes.

    Raises:
        CardRefused: its `extensions.fishbowl` is not of the kind that is understood here.
    """
    data = shapes.fields(card)

    def text(name: str) -> str:
        return str(data.get(name) or "")

    name = " ".join(text("name").split())
    nickname = " ".join(text("nickname").split())
    identity, background = split(text("description"))
    greetings = [text("first_mes"), *(data.get("alternate_greetings") or [])]
    extensions = data.get("extensions") or {}
    story = {
        "nickname": nickname[: shapes.LONGEST_NAME],
        "identity": identity,
        "background": background,
        "personality": text("personality"),
        "scenario": text("scenario"),
        "example_dialogue": text("mes_example"),
        "system_prompt": text("system_prompt"),
        "post_history_note": text("post_history_instructions"),
        "greetings": [one for one in greetings if one.strip()],
        "group_greetings": [one for one in data.get("group_only_greetings") or [] if one.strip()],
        "depth_note": _depth_note(extensions),
    }
    own = {**_guessed(name, story), **_own(extensions)}
    if own["character"]["is_adult"] is None:
        own["character"]["is_adult"] = is_for_adults(data.get("tags") or ())
    return Becoming(name, _talkativeness(extensions), story, own)


def is_for_adults(tags: Iterable[object]) -> bool:
    """Whether a card's tags say that it is for adults."""
    return any(" ".join(str(tag).lower().split()) in ADULT for tag in tags)


def split(description: str) -> tuple[str, str]:
    """A description as what is said to every prompt, and what may give way to talk: its first
    paragraphs, and the others."""
    if len(description) <= IDENTITY:
        return description, ""
    paragraphs = description.split("\n\n")
    size, kept = 0, 0
    for paragraph in paragraphs:
        size += len(paragraph) + 2
        if kept and size > IDENTITY:
            break
        kept += 1
    return "\n\n".join(paragraphs[:kept]), "\n\n".join(paragraphs[kept:])


def join(identity: str, background: str) -> str:
    """The description of which these are the parts."""
    return "\n\n".join(part for part in (identity, background) if part)


def _talkativeness(extensions: Mapping[str, Any]) -> float:
    """SillyTavern writes it as a number, or as the text of one."""
    try:
        value = float(extensions.get("talkativeness", 0.5))
    except (TypeError, ValueError):
        return 0.5
    return min(1.0, max(0.0, value)) if value == value else 0.5


def _depth_note(extensions: Mapping[str, Any]) -> str:
    note = extensions.get("depth_prompt")
    prompt = note.get("prompt") if isinstance(note, Mapping) else ""
    return prompt if isinstance(prompt, str) else ""


def _guessed(name: str, story: Mapping[str, Any]) -> dict[str, Any]:
    """What the prose says of what cards have no fields for."""
    prose = (story["personality"], story["identity"], story["background"])
    lines = hints.spoken(name, story["nickname"], story["example_dialogue"], story["greetings"])
    spoken = [with_names(line, story["nickname"] or name) for line in lines]
    own = Own.model_validate(
        {
            "character": {"tagline": _tagline(name, story)},
            "persona": {
                "appearance": hints.appearance(name, *prose),
                "values": hints.values(name, *prose),
                **hints.traits(*prose),
            },
            "style": {**hints.style(spoken), "improv": {"openers": hints.openers(spoken)}},
            "interests": hints.topics(name, *prose),
            "knowledge": [],
            "goals": [],
            "formative_memories": hints.formative(name, *prose),
            "triggers": [],
        }
    )
    return _parts(own)


def _tagline(name: str, story: Mapping[str, Any]) -> str:
    """The first words of its personality, or of its description."""
    text = with_names(story["personality"] or story["identity"], name)
    first = " ".join(text.split()).partition(". ")[0].strip(' [](){}"*_.')
    return first if len(first) <= 120 else first[:119].rsplit(" ", 1)[0] + "…"


def _own(extensions: Mapping[str, Any]) -> dict[str, Any]:
    given = extensions.get(OWN)
    if given is None:
        return {}
    try:
        return _parts(Own.model_validate(given))
    except ValidationError as error:
        raise CardRefused(
            *(
                f"data.extensions.{OWN}.{'.'.join(map(str, one['loc']))}: "
                f"{one['msg'].lower()}; correct it, or leave it out."
                for one in error.errors()[: shapes.MOST_PROBLEMS]
            )
        ) from None


def in_order(part: str, value: Any) -> Any:
    """A part with its things in an order that doesn't depend on where they come from."""
    if part not in _KEYS or not isinstance(value, list):
        return value
    return sorted(value, key=lambda one: str(one[_KEYS[part]]))


def _parts(own: Own) -> dict[str, Any]:
    """The parts that are there, as plain values."""
    dumped = own.model_dump(exclude={"version"}, exclude_none=False)
    found = {name: value for name, value in dumped.items() if value is not None}
    if own.style is not None:
        found["style"]["improv"] = own.style.improv.model_dump(exclude_defaults=True)
    for name, key in _KEYS.items():  # a thing that stands twice is there once
        if name in found:
            found[name] = list({str(one[key]): one for one in found[name]}.values())
    for one in found.get("triggers", ()):
        if one["valence"] is None:
            one["valence"] = valence_of(one["reaction"])
    return found
