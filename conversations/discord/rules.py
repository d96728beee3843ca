"""What the bot takes in and whom it listens to: settings of the section `discord_inbound`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.configuration import configuration
from characters.models import Person
from conversations.models import Channel
from fishbowl.overrides import laid_over, setting

SECTION = "discord_inbound"

CHOICES: dict[str, tuple[str, ...]] = {
    "new_channel_mode": tuple(Channel.Mode.values),
    "new_channel_pace": tuple(Channel.Pace.values),
    "newcomer_consent": tuple(Person.Consent.values),
    "other_bots": ("ignore", "record"),
}


@dataclass(frozen=True, slots=True)
class InboundRules:
    """What is heard of Discord, and from whom (docs/decisions/0012).

    A message older than `fresh_min` is context and wakes nobody; after a pause the room is looked
    at once if the last of them is younger than `answer_within_min`. `spam_messages` in
    `spam_window_s` are twice what Discord lets a person write in one channel.
    """

    new_channel_mode: str = setting(
        Channel.Mode.MUTED,
        "How a channel that the bot sees first is lived in.",
        choices=CHOICES["new_channel_mode"],
    )
    new_channel_pace: str = setting(
        Channel.Pace.CALM,
        "How fast a channel that the bot sees first lives.",
        choices=CHOICES["new_channel_pace"],
    )
    direct_messages: bool = setting(True, "Whether characters answer direct messages.")
    newcomer_consent: str = setting(
        Person.Consent.MINIMAL,
        "What may be remembered of somebody who has said nothing about it.",
        choices=CHOICES["newcomer_consent"],
    )
    other_bots: str = setting(
        "ignore", "What becomes of what other bots say.", choices=CHOICES["other_bots"]
    )
    fresh_min: float = setting(
        3.0, "An older message is context, and wakes nobody.", least=0, most=1440, unit="min"
    )
    answer_within_min: float = setting(
        30.0,
        "After a pause the room is looked at at once if its last message is younger.",
        least=0,
        most=1440,
        unit="min",
    )
    catch_up_messages: int = setting(
        500, "So many messages of a channel are caught up with after a pause.", least=0, most=10000
    )
    catch_up_hours: float = setting(
        48.0, "So far back it is caught up with after a pause.", least=0, most=720, unit="hours"
    )
    catch_up_changes: int = setting(
        100,
        "So many of a channel's last messages are compared after a pause: what was edited or "
        "removed meanwhile.",
        least=0,
        most=100,
    )
    spam_messages: int = setting(120, "So many messages of one person...", least=1, most=10000)
    spam_window_s: float = setting(
        60.0, "...within so long are spam.", least=1, most=3600, unit="s"
    )

    @classmethod
    def from_configuration(cls, overrides: Mapping[str, Any]) -> InboundRules:
        """The defaults with `overrides` laid over them.

        Raises:
            ValueError: a name is unknown, or a value isn't a possible one.
        """
        return laid_over(cls, SECTION, overrides, of="the bot")


DISCORD_INBOUND = configuration.declare(SECTION, InboundRules(), title="the bot")


def in_force() -> InboundRules:
    """The settings as they stand, at most a second old."""
    return configuration.in_force(DISCORD_INBOUND)
