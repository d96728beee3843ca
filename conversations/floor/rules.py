"""The constants of talk as keepers have set them, for a channel where one is at hand."""

from __future__ import annotations

from dataclasses import dataclass

from audit.configuration.configuration import declare, in_force
from conversations.floor.pace import PACES, Pace, Rules
from conversations.models import Channel
from conversations.turns.guard import GuardRules
from conversations.turns.prompts import PromptRules
from fishbowl.overrides import setting

DIRECTOR = declare("director", Rules(), title="the director", scopes=("community", "channel"))

PROMPT = declare(
    "prompt", PromptRules(), title="the prompt", scopes=("community", "channel", "character")
)

GUARD = declare(
    "guard", GuardRules(), title="the guard", scopes=("community", "channel", "character")
)

PACE = {
    name: declare(f"pace_{name}", pace, title=f"the {name} pace", scopes=("community", "channel"))
    for name, pace in PACES.items()
}


@dataclass(frozen=True, slots=True)
class ScenarioRules:
    """The situation that talk takes place in, beside what a scene or a channel's own scenario
    says."""

    premise: str = setting(
        "", "The situation, as characters are told of it. A scene's own premise goes before it."
    )


SCENARIO = declare(
    "scenario", ScenarioRules(), title="the scenario", scopes=("community", "channel")
)


@dataclass(frozen=True, slots=True)
class WritingRules:
    """How fast one person may write."""

    messages: int = setting(
        6,
        "So many messages of one person are taken in within the window. In the tank more are "
        "refused; on Discord they are read, and not answered.",
        least=1,
        most=1000,
    )
    window_s: float = setting(10.0, "The window.", least=1, most=3600, unit="seconds")


WRITING = declare("writing", WritingRules(), title="how fast people write", scopes=("channel",))


@dataclass(frozen=True, slots=True)
class AgeRules:
    """What becomes of channels that are marked as for adults alone."""

    restricted_channels: str = setting(
        "allowed",
        "Whether characters live in channels that are age-restricted. Refused: nothing is taken "
        "in there, and nothing said.",
        choices=("allowed", "refused"),
    )


AGE = declare("age", AgeRules(), title="age restriction", scopes=("community", "channel"))


def is_refused(channel: Channel) -> bool:
    """Whether a channel is age-restricted, and such ones are refused."""
    if not channel.is_nsfw:
        return False
    rules = in_force(AGE, community=channel.community_id, channel=channel.pk)
    return rules.restricted_channels == "refused"


def premise_of(channel: Channel) -> str:
    """The situation that keepers have set for a channel; empty where none is set."""
    return in_force(SCENARIO, community=channel.community_id, channel=channel.pk).premise


def guard_rules(channel: Channel, character_id: int | None) -> GuardRules:
    """How a character's lines are guarded in a channel."""
    return in_force(
        GUARD, community=channel.community_id, channel=channel.pk, character=character_id
    )


def writing_rules(channel_id: int) -> WritingRules:
    """How fast a person may write in a channel."""
    return in_force(WRITING, channel=channel_id)


def pace_rules(channel: Channel, name: str) -> Pace:
    """A pace as it stands in a channel, at most a second old."""
    return in_force(PACE[name], community=channel.community_id, channel=channel.pk)


def director_rules(channel: Channel | None = None) -> Rules:
    """The director's constants as they stand in a channel, at most a second old."""
    if channel is None:
        return in_force(DIRECTOR)
    return in_force(DIRECTOR, community=channel.community_id, channel=channel.pk)
