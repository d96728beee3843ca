"""The constants of talk as keepers have set them, for a channel where one is at hand."""

from __future__ import annotations

from dataclasses import dataclass

from audit.configuration.configuration import declare, in_force
from conversations.floor.pace import PACES, Pace, Rules
from conversations.models import Channel
from conversations.turns.prompts import PromptRules
from fishbowl.overrides import setting

DIRECTOR = declare("director", Rules(), title="the director", scopes=("community", "channel"))

PROMPT = declare(
    "prompt", PromptRules(), title="the prompt", scopes=("community", "channel", "character")
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


def pace_rules(channel: Channel, name: str) -> Pace:
    """A pace as it stands in a channel, at most a second old."""
    return in_force(PACE[name], community=channel.community_id, channel=channel.pk)


def director_rules(channel: Channel | None = None) -> Rules:
    """The director's constants as they stand in a channel, at most a second old."""
    if channel is None:
        return in_force(DIRECTOR)
    return in_force(DIRECTOR, community=channel.community_id, channel=channel.pk)
