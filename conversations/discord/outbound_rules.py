"""How what characters say goes out to Discord: settings of the section `discord_outbound`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.configuration import configuration
from fishbowl.overrides import laid_over, setting

SECTION = "discord_outbound"

CHOICES: dict[str, tuple[str, ...]] = {
    "mentions": ("none", "people"),
    "quotes": ("always", "apart", "never"),
}


@dataclass(frozen=True, slots=True)
class OutboundRules:
    """How what is said is shown on Discord, and how late it may be (docs/decisions/0013).

    `mentions`: whether an @name of a person rings them ("people"); roles and everyone never ring.
    A community may have a choice of its own in its settings, as `mentions`.
    `quotes`: whether a line above an answer tells what it answers: always, where something was
    said in between ("apart"), or never.
    What could not be sent for `stale_min` is not said any more, an answer to a person not after
    `stale_answer_min`. Of what is later than `late_s`, the last `late_most` of a channel are said.
    """

    mentions: str = setting(
        "none",
        "Whether an @name of a person rings them; roles and everyone never ring.",
        choices=CHOICES["mentions"],
    )
    quotes: str = setting(
        "always",
        "Whether a line above an answer tells what it answers: apart, where more was said between.",
        choices=CHOICES["quotes"],
    )
    stale_min: float = setting(
        15.0,
        "What could not be sent for so long is not said any more.",
        least=0.5,
        most=1440,
        unit="min",
    )
    stale_answer_min: float = setting(
        120.0,
        "What could not be sent for so long in answer to a person is not said any more.",
        least=0.5,
        most=1440,
        unit="min",
    )
    late_s: float = setting(
        60.0,
        "Later than this, only the last of a channel's lines are said.",
        least=5,
        most=3600,
        unit="s",
    )
    late_most: int = setting(6, "So many of them.", least=1, most=1000)

    @classmethod
    def from_configuration(cls, overrides: Mapping[str, Any]) -> OutboundRules:
        """The defaults with `overrides` laid over them.

        Raises:
            ValueError: a name is unknown, or a value isn't a possible one.
        """
        return laid_over(
            cls,
            SECTION,
            overrides,
            of="what is sent to Discord",
        )


DISCORD_OUTBOUND = configuration.declare(SECTION, OutboundRules(), title="what is sent to Discord")


def in_force() -> OutboundRules:
    """The settings as they stand, at most a second old."""
    return configuration.in_force(DISCORD_OUTBOUND)
