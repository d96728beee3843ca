"""What the bot takes in and whom it listens to: settings of the section `discord_inbound`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit import configuration
from characters.models import Person
from conversations.models import Channel
from fishbowl.overrides import laid_over

SECTION = "discord_inbound"

CHOICES: dict[str, tuple[str, ...]] = {
    "new_channel_mode": tuple(Channel.Mode.values),
    "new_channel_pace": tuple(Channel.Pace.values),
    "newcomer_consent": tuple(Person.Consent.values),
    "other_bots": ("ignore", "record"),
}
LIMITS: dict[str, tuple[float, float]] = {
    "fresh_min": (0, 24 * 60),
    "answer_within_min": (0, 24 * 60),
    "catch_up_messages": (0, 10_000),
    "catch_up_hours": (0, 24 * 30),
    "spam_messages": (1, 10_000),
    "spam_window_s": (1, 3600),
}


@dataclass(frozen=True, slots=True)
class InboundRules:
    """Why each default is what it is: docs/decisions/0012.

    A message older than `fresh_min` is context and wakes nobody; after a pause the room is looked
    at once if the last of them is younger than `answer_within_min`. `spam_messages` in
    `spam_window_s` are twice what Discord lets a person write in one channel.
    """

    new_channel_mode: str = Channel.Mode.MUTED
    new_channel_pace: str = Channel.Pace.CALM
    direct_messages: bool = True
    newcomer_consent: str = Person.Consent.MINIMAL
    other_bots: str = "ignore"
    fresh_min: float = 3.0
    answer_within_min: float = 30.0
    catch_up_messages: int = 500
    catch_up_hours: float = 48.0
    spam_messages: int = 120
    spam_window_s: float = 60.0

    @classmethod
    def from_configuration(cls, overrides: Mapping[str, Any]) -> InboundRules:
        """The defaults with `overrides` laid over them.

        Raises:
            ValueError: a name is unknown, or a value isn't a possible one.
        """
        return laid_over(cls, SECTION, overrides, of="the bot", limits=LIMITS, choices=CHOICES)


def in_force() -> InboundRules:
    """The settings as they stand, at most a second old."""
    return InboundRules.from_configuration(configuration.section(SECTION))
